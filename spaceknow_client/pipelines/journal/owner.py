"""Owners of journal entries: processes, each of which holds a lock while it lives.

Each process has its own lock file in a folder next to the journal. The operating system releases the
lock when the process ends, for whatever reason, and shows it to all processes of the machine, in any
container. Programs started by the process do not inherit the file; a forked child closes its copy, which
does not release the lock: the child is a separate owner.
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

# No other file name is opened or removed, even if a damaged journal contains one.
NAME = re.compile("[0-9a-f]{32}")


@frozen
class _Lock:
    """The lock of this process on its file."""

    name: str
    file: int
    found: os.stat_result

    @classmethod
    def take(cls, folder: Path) -> _Lock:
        """Creates the file. Raises OSError, also if locks have no effect."""
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
        """Whether the file is open. A daemon may have closed all descriptors and reused them."""
        try:
            return os.path.samestat(self.found, os.fstat(self.file))
        except OSError:
            return False

    def is_valid(self, folder: Path) -> bool:
        """Whether other processes see the lock. The file may have been deleted."""
        try:
            return self.is_open() and os.path.samestat(self.found, (folder / self.name).stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        if self.is_open():
            os.close(self.file)


# The locks of this process by folder: clients that use different paths to one journal are one
# owner. They are held until the process ends.
_mine: dict[tuple[int, int], _Lock] = {}


class Owners:
    """The owners of one journal.

    Each method is called within a write transaction of the journal, so that no process looks for
    ended owners while another becomes one. All raise OSError if the locks cannot be used.
    """

    def __init__(self, journal: Path) -> None:
        self._folder = Path(f"{os.path.realpath(journal)}-owners")

    def own_name(self) -> str:
        """The name of this process, which holds its lock from now on. Raises ConfigError if other
        users can access the folder."""
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
        """Whether a process has ended. Its lock file is then removed; its name is never reused."""
        if not NAME.fullmatch(name):
            raise ValueError(f"invalid owner {name!r:.50}")
        path = self._folder / name
        try:
            file = open_locked(path)
        except FileNotFoundError:
            return True
        if file is None:
            return False
        try:
            path.unlink()
        except OSError:  # on Windows, while it is open
            os.close(file)
            path.unlink(missing_ok=True)
        else:
            os.close(file)
        return True

    def dead(self, names: Iterable[str]) -> list[str]:
        """The names whose processes have ended; removes leftover files of ended processes."""
        files = (name for name in os.listdir(self._folder) if NAME.fullmatch(name))
        return [name for name in {*names, *files} if self.is_dead(name)]


def _in_child() -> None:
    for lock in _mine.values():
        lock.close()
    _mine.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
