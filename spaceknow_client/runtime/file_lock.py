"""A lock between processes, on a file.

The library filelock would be a fifth of the base install. The operating system releases the lock when
its holder dies, so a leftover file is harmless. The file is never deleted, because another process
might be about to lock it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

Release = Callable[[], None]
HELD: type[OSError]  # raised by the operating system if another process holds the lock

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
        # Explicit, because a forked child keeps the file open after `close`.
        fcntl.flock(file, fcntl.LOCK_UN)


def try_lock(path: Path) -> Release | None:
    """Locks a file, which is created if missing. Returns a function that unlocks it, or None if it is
    locked, be it by this process. Raises OSError for other reasons."""
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
    """Opens a file and locks it, as `try_lock`; it stays locked until all copies of its descriptor are
    closed. `flags` are added to those of `os.open`."""
    file = os.open(path, os.O_RDWR | flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _lock(file)
    except BaseException as error:
        os.close(file)
        if isinstance(error, HELD):
            return None
        raise
    return file
