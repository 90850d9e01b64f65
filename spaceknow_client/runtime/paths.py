"""Paths that users give, and files that get their name when they are whole."""

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
    """An absolute path. Raises InvalidArgumentError for what is none."""
    try:
        text = os.fspath(path)
    except TypeError as error:
        raise InvalidArgumentError(f"a path is needed here, not {shown(path)}.") from error
    if not isinstance(text, str) or not text or not _is_usable(text):
        raise InvalidArgumentError(f"{shown(text)} is no path.")
    return Path(text).absolute()


def expanded_path(path: PathLike) -> Path:
    """A path with `~` replaced by the home directory. Raises ConfigError for what is no path, and if
    the user has no home, which happens in containers: no HOME, and no entry in /etc/passwd."""
    if not _is_usable(os.fspath(path)):
        raise ConfigError(f"{shown(path)} is no path.")
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise ConfigError(
            f"{path}: this user has no home directory, and the environment variable HOME is not set.",
            hint="Set HOME, or name a path without `~`.",
        ) from error


def _is_usable(text: str) -> bool:
    """Whether the operating system can be asked about it: without NUL, and in its encoding."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A new path beside `path`, which takes its place when the block is over without an error.

    `private`: the file is its owner's alone (0600) from the beginning.
    """
    # Some formats are known by the suffix.
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
    """As `replacing`. Raises DownloadError when the block, or this, cannot write."""
    try:
        with replacing(path) as part:
            yield part
    except OSError as error:
        raise DownloadError(f"{path} cannot be written: {error}") from error
