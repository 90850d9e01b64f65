"""A lock between processes, on a file.

The library for it, filelock, would be a fifth of the base install. The operating system gives the
lock back when its holder dies, so a file that was left behind means nothing; it is never deleted,
since another process might be about to lock it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

Release = Callable[[], None]
HELD: type[OSError]  # what the operating system raises when another holds the lock

if sys.platform == "win32":
    import msvcrt

    HELD = PermissionError

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _unlock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    HELD = BlockingIOError

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: int) -> None:
        # Said, not left to `close`: a forked child has the file open too.
        fcntl.flock(file, fcntl.LOCK_UN)


def try_lock(path: Path) -> Release | None:
    """Locks a file, which is made when it is not there: gives what unlocks it, None when another
    holds it. Two locks of one process exclude each other too. Raises OSError for other reasons."""
    file = open_locked(path, os.O_CREAT)
    if file is None:
        return None

    def give_back() -> None:
        try:
            _unlock(file)
        finally:
            os.close(file)

    return give_back


def open_locked(path: Path, flags: int = 0) -> int | None:
    """Opens a file and locks it, as `try_lock`; it stays locked until the last copy of its descriptor
    is closed. `flags` are added to those of `os.open`."""
    file = os.open(path, os.O_RDWR | flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _lock(file)
    except BaseException as error:
        os.close(file)
        if isinstance(error, HELD):
            return None
        raise
    return file
