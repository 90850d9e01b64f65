"""The outcome of a download: fetched and failed files."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from ..errors.base import SpaceKnowError
from .tile import Tile


@frozen(kw_only=True)
class FailedFile:
    """A file that was not fetched, and why."""

    tile: Tile
    name: str
    error: SpaceKnowError


@frozen(kw_only=True)
class DownloadProgress:
    """The progress of a download, as numbers of files.

    Attributes:
        total: all requested files.
        fetched: fetched by this call.
        present: already complete in the folder.
        absent: missing on the server (status 204).
        failed: could not be fetched.
        bytes: bytes fetched by this call.
    """

    total: int
    fetched: int = 0
    present: int = 0
    absent: int = 0
    failed: int = 0
    bytes: int = 0

    @property
    def done(self) -> int:
        """The number of files that are finished."""
        return self.fetched + self.present + self.absent + self.failed


@frozen(kw_only=True)
class Downloaded(DownloadProgress):
    """The outcome of a download.

    Attributes:
        folder: the folder of the files; `MapFolder(folder)` reads them.
        zoom: the zoom level of the tiles.
        meters_per_pixel: ground resolution of the pictures (`.png`); None without pictures.
        failures: the first 1,000 files that could not be fetched.
    """

    folder: Path
    zoom: int = 0
    meters_per_pixel: float | None = None
    failures: tuple[FailedFile, ...] = ()
