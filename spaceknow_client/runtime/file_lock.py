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

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _unlock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: int) -> None:
        # Said, not left to `close`: a forked child has the file open too.
        fcntl.flock(file, fcntl.LOCK_UN)


def try_lock(path: Path) -> Release | None:
    """Locks a file, which is made when it is not there: gives what unlocks it, None when another
    holds it. Two locks of one process exclude each other too. Raises OSError for other reasons."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _lock(file)
    except (BlockingIOError, PermissionError):  # the second is how Windows says it
        os.close(file)
        return None
    except BaseException:
        os.close(file)
        raise

    def give_back() -> None:
        try:
            _unlock(file)
        finally:
            os.close(file)

    return give_back
