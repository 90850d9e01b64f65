"""What an error can say of a download. The class itself is in `maps`, which imports the errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class Downloaded(Protocol):
    """What a download did: `spaceknow_client.Downloaded`, as far as the error has to know it."""

    @property
    def folder(self) -> Path:
        """Where the files are."""
        ...

    @property
    def zoom(self) -> int:
        """The zoom level of the tiles."""
        ...

    @property
    def meters_per_pixel(self) -> float | None:
        """Of their pictures."""
        ...

    @property
    def total(self) -> int:
        """How many were asked for."""
        ...

    @property
    def done(self) -> int:
        """Files that nothing more will be done about."""
        ...

    @property
    def fetched(self) -> int:
        """Fetched by this call."""
        ...

    @property
    def present(self) -> int:
        """Whole in the folder already."""
        ...

    @property
    def absent(self) -> int:
        """That the server does not have."""
        ...

    @property
    def failed(self) -> int:
        """That could not be fetched."""
        ...

    @property
    def bytes(self) -> int:
        """What this call has fetched."""
        ...

    @property
    def failures(self) -> tuple[Any, ...]:
        """FailedFiles, the first 1,000."""
        ...
