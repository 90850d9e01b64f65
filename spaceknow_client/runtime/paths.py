"""Checks user paths, and writes files atomically."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from ..errors.base import ConfigError, DownloadError, InvalidArgumentError
from ..errors.shown import shown

PathLike = str | os.PathLike[str]


def checked_path(path: PathLike) -> Path:
    """An absolute path. Raises InvalidArgumentError for an invalid path."""
    try:
        text = os.fspath(path)
    except TypeError as error:
        raise InvalidArgumentError(
            f"a path must be a string or a Path, not {shown(path)}."
        ) from error
    if not isinstance(text, str) or not text or not _is_usable(text):
        raise InvalidArgumentError(f"invalid path {shown(text)}.")
    return Path(text).absolute()


def expanded_path(path: PathLike) -> Path:
    """A path with `~` replaced by the home directory. Raises ConfigError for an invalid path, and if the
    user has no home, as in some containers: HOME is not set, and /etc/passwd has no entry."""
    if not _is_usable(os.fspath(path)):
        raise ConfigError(f"invalid path {shown(path)}.")
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise ConfigError(
            f"{path}: this user has no home directory, and the environment variable HOME is not set.",
            hint="Set HOME, or use a path without `~`.",
        ) from error


def _is_usable(text: str) -> bool:
    """Whether the operating system accepts it: without NUL, and in its encoding."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A temporary path next to `path`, which is moved to `path` if the block ends without an error.

    `private`: only the owner can access the file (0600), from its creation on.
    """
    # The suffix stays, because some libraries choose the format by it.
    part = path.with_name(f".{path.stem}.{uuid4().hex[:12]}.part{path.suffix}")
    try:
        if private:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        os.replace(part, path)
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Like `replacing`. Raises DownloadError if writing fails, within the block or here."""
    try:
        with replacing(path) as part:
            yield part
    except OSError as error:
        raise DownloadError(f"{path} cannot be written: {error}") from error
