"""One file of one tile of a Kraken map."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from attrs import field, frozen

from ..errors.base import InvalidArgumentError, InvalidResponseError
from ..errors.shown import shown
from ..generated.api.kraken import kraken_grid_file
from ..generated.types import WrongShapeError
from ..runtime.json_reader import read_json
from .tile import Tile

_TIFF = ("TIFF", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"))
_GZIP = ("gzip", (b"\x1f\x8b",))
# What a file is by its suffix, and what its first bytes then are. JSON has to parse instead.
_FORMS: Mapping[str, tuple[str, tuple[bytes, ...]]] = {
    ".png": ("PNG", (b"\x89PNG\r\n\x1a\n",)),
    **dict.fromkeys((".geotiff", ".tif", ".tiff"), _TIFF),
    **dict.fromkeys((".ski", ".gz", ".tgz"), _GZIP),
    **dict.fromkeys((".json", ".geojson"), ("JSON", ())),
}
# Pages of proxies, and the errors of storage services.
_PAGE = re.compile(
    rb"(?>\xef\xbb\xbf|\s|<\?xml.*?\?>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body|error)\b",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_ERROR = 64 * 1024  # bytes; larger JSON is no error message


def checked_file_name(name: str) -> str:
    """A name that can be a file of a tile: no path, not empty. Raises InvalidArgumentError."""
    if isinstance(name, str) and ("/" in name or "\\" in name):
        raise InvalidArgumentError(f"{shown(name)} is a path; a file of a tile has a bare name.")
    return checked_segment("a file of a tile", name)


def checked_segment(what: str, value: str) -> str:
    """A text that can be one part of an address: `..` would lead to another endpoint."""
    if not isinstance(value, str) or not value or value in (".", ".."):
        raise InvalidArgumentError(f"{what} has a name, and {shown(value)} is none.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(
            f"{what} has a name that cannot be sent: {shown(value)}."
        ) from error
    return value


def png_width(content: bytes) -> int | None:
    """How many pixels wide a PNG is, by its first bytes; None for anything else."""
    is_png = content.startswith(b"\x89PNG") and len(content) >= 24
    return int.from_bytes(content[16:20]) if is_png else None


def has_known_form(name: str) -> bool:
    """Whether the bytes of a file can be checked against its name."""
    return _suffix(name) in _FORMS


def checked_content(name: str, answer: Any) -> bytes | None:
    """The content of a file, if its form matches its name; None for an answer without a body.

    The media type is no evidence: none of this service was ever recorded. Raises WrongShapeError
    for another form, a page of HTML and an error message.
    """
    content = kraken_grid_file.parse(answer)
    if content is None:
        return None
    form, beginnings = _FORMS.get(_suffix(name), ("", ()))
    if beginnings and content.startswith(beginnings):
        return content
    if _suffix(name) not in (".html", ".htm") and _PAGE.match(content[:4096]):
        raise WrongShapeError(name, "is a page of HTML or XML, as proxies send it")
    value: Any = None
    if form == "JSON" or (not form and len(content) <= _LONGEST_ERROR):
        try:
            value = read_json(content)
        except (ValueError, RecursionError):
            if form:
                raise WrongShapeError(name, "is not JSON") from None
    if isinstance(value, dict) and "error" in value and value.keys() <= {"error", "errorMessage"}:
        raise WrongShapeError(name, "is an error message")
    if beginnings:
        raise WrongShapeError(name, f"is not a {form} file")
    return content


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


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
