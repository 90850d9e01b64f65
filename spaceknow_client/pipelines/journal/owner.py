"""Whose an entry of a journal is: a process, which holds a lock for as long as it lives.

Each process has a lock file of its own in a folder beside the journal. The operating system gives a
lock back when its process ends, however it ends, and shows it to all processes of the machine, in
whatever containers they are. Programs that a process starts do not inherit the file, and a forked
child closes its copy, which frees nothing: the child is another owner.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from attrs import frozen

from ...runtime.file_lock import open_locked
from .file_format import check_mode

# No other name is opened or removed, whatever a damaged journal says.
NAME = re.compile("[0-9a-f]{32}")


@frozen
class _Lock:
    """The lock of this process on a file."""

    name: str
    file: int
    found: os.stat_result

    @classmethod
    def take(cls, folder: Path) -> _Lock:
        """Makes the file. Raises OSError, also where locks have no effect."""
        path = folder / uuid4().hex
        files: list[int | None] = []
        try:
            files.append(open_locked(path, os.O_CREAT | os.O_EXCL))
            files.append(open_locked(path))
            mine, again = files
            if mine is None or again is not None:
                raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
            return cls(path.name, mine, os.fstat(mine))
        except BaseException:
            for file in files:
                if file is not None:
                    os.close(file)
            path.unlink(missing_ok=True)
            raise

    def is_open(self) -> bool:
        """Whether the file is open. A daemon may have closed all files, and opened others."""
        try:
            return os.path.samestat(self.found, os.fstat(self.file))
        except OSError:
            return False

    def is_valid(self, folder: Path) -> bool:
        """Whether other processes see the lock. Someone may have deleted the file."""
        try:
            return self.is_open() and os.path.samestat(self.found, (folder / self.name).stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        if self.is_open():
            os.close(self.file)


# The locks of this process by the folder they are in: clients that name a journal by different
# paths are one owner. They are held until the process ends.
_mine: dict[tuple[int, int], _Lock] = {}


class Owners:
    """The owners of one journal.

    Every method is called within a write transaction of the journal, so that no process looks for
    dead owners while another becomes one. All raise OSError when the locks cannot be used.
    """

    def __init__(self, journal: Path) -> None:
        self._folder = Path(f"{os.path.realpath(journal)}-owners")

    def me(self) -> str:
        """The name of this process, which holds its lock from now on. Raises ConfigError when other
        users can open the folder."""
        try:
            found = self._folder.stat()
        except FileNotFoundError:
            self._folder.mkdir(mode=0o700)
            found = self._folder.stat()
        check_mode(self._folder, found.st_mode, "700")
        key = (found.st_dev, found.st_ino)
        lock = _mine.get(key)
        if lock is None or not lock.is_valid(self._folder):
            _mine[key], lost = _Lock.take(self._folder), lock
            if lost is not None:
                lost.close()
        return _mine[key].name

    def is_dead(self, name: str) -> bool:
        """Whether a process has ended. Its lock file is removed then; no other will have its name."""
        if not NAME.fullmatch(name):
            raise ValueError(f"an owner is {name!r:.50}")
        path = self._folder / name
        try:
            file = open_locked(path)
        except FileNotFoundError:
            return True
        if file is None:
            return False
        try:
            path.unlink()
        except OSError:  # Windows: not while it is open
            os.close(file)
            path.unlink(missing_ok=True)
        else:
            os.close(file)
        return True

    def dead(self, names: Iterable[str]) -> list[str]:
        """Those of the names whose processes have ended, and what else was left by dead processes."""
        files = (name for name in os.listdir(self._folder) if NAME.fullmatch(name))
        return [name for name in {*names, *files} if self.is_dead(name)]


def _in_child() -> None:
    for lock in _mine.values():
        lock.close()
    _mine.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
