"""One file of one tile of a Kraken map."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from attrs import field, frozen

from .errors.base import InvalidArgumentError, InvalidResponseError
from .tile import Tile


def checked_file_name(name: str) -> str:
    """A name that can be a file of a tile: no path, not empty. Raises InvalidArgumentError."""
    if not isinstance(name, str) or not name or PurePosixPath(name).name != name or "\\" in name:
        raise InvalidArgumentError(
            f"{name!r} is no file name of a tile; give one such as truecolor.png or cars.png."
        )
    return name


@frozen(kw_only=True)
class GridFile:
    """A file as the server sent it.

    Attributes:
        content: its bytes.
        media_type: what the server said it is; None when it said nothing.
    """

    tile: Tile
    name: str
    content: bytes = field(repr=lambda value: f"<{len(value)} bytes>")
    media_type: str | None

    def json(self) -> Any:
        """The content of a JSON or GeoJSON file. Raises InvalidResponseError when it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise InvalidResponseError(
                f"{self.name} of tile {tuple(self.tile)} is no JSON", operation="kraken.grid_file"
            ) from error
