"""What a download of files brought, and what it did not."""

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
    """How far a download is, in files.

    Attributes:
        total: all that were asked for.
        fetched: fetched by this call.
        present: whole in the folder already.
        absent: that the server does not have (status 204).
        failed: that could not be fetched.
        bytes: what this call has fetched.
    """

    total: int
    fetched: int = 0
    present: int = 0
    absent: int = 0
    failed: int = 0
    bytes: int = 0

    @property
    def done(self) -> int:
        """Files that nothing more will be done about."""
        return self.fetched + self.present + self.absent + self.failed


@frozen(kw_only=True)
class Downloaded(DownloadProgress):
    """What a download did.

    Attributes:
        folder: where the files lie; `MapFolder(folder)` reads them.
        zoom: the zoom level of the tiles.
        meters_per_pixel: on the ground, of the pictures (`.png`); None where there is none.
        failures: what could not be fetched, the first 1,000 of it.
    """

    folder: Path
    zoom: int = 0
    meters_per_pixel: float | None = None
    failures: tuple[FailedFile, ...] = ()
