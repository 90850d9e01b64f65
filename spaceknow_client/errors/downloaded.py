"""The download attributes of an error. The class itself is in `maps`, which imports the errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class Downloaded(Protocol):
    """The part of `spaceknow_client.Downloaded` that errors use."""

    @property
    def folder(self) -> Path:
        """The folder of the files."""
        ...

    @property
    def zoom(self) -> int:
        """The zoom level of the tiles."""
        ...

    @property
    def meters_per_pixel(self) -> float | None:
        """Resolution of the pictures."""
        ...

    @property
    def total(self) -> int:
        """Number of requested files."""
        ...

    @property
    def done(self) -> int:
        """Number of files that need no further work."""
        ...

    @property
    def fetched(self) -> int:
        """Number of files fetched by this call."""
        ...

    @property
    def present(self) -> int:
        """Number of files that were complete in the folder before."""
        ...

    @property
    def absent(self) -> int:
        """Number of files that the server does not have."""
        ...

    @property
    def failed(self) -> int:
        """Number of files that could not be fetched."""
        ...

    @property
    def bytes(self) -> int:
        """Number of bytes fetched by this call."""
        ...

    @property
    def failures(self) -> tuple[Any, ...]:
        """The first 1,000 FailedFiles."""
        ...
