"""One file of one tile of a Kraken map."""

from __future__ import annotations

import json
from typing import Any

from attrs import field, frozen

from ..errors.base import InvalidArgumentError, InvalidResponseError
from .tile import Tile


def checked_file_name(name: str) -> str:
    """A name that can be a file of a tile: no path, not empty. Raises InvalidArgumentError."""
    if isinstance(name, str) and ("/" in name or "\\" in name):
        raise InvalidArgumentError(f"{name!r} is a path; a file of a tile has a bare name.")
    return checked_segment("a file of a tile", name)


def checked_segment(what: str, value: str) -> str:
    """A text that can be one part of an address: `..` would lead to another endpoint."""
    if not isinstance(value, str) or not value or value in (".", ".."):
        raise InvalidArgumentError(f"{what} has a name, and {value!r} is none.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"{what} has a name that cannot be sent: {value!r}.") from error
    return value


def png_width(content: bytes) -> int | None:
    """How many pixels wide a PNG is, by its first bytes; None for anything else."""
    is_png = content.startswith(b"\x89PNG") and len(content) >= 24
    return int.from_bytes(content[16:20]) if is_png else None


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
