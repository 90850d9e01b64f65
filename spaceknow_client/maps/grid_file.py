"""One file of one tile of a Kraken map."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
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
# File formats by suffix, with the first bytes of a file. JSON is parsed instead.
_FORMS: Mapping[str, tuple[str, tuple[bytes, ...]]] = {
    ".png": ("PNG", (b"\x89PNG\r\n\x1a\n",)),
    **dict.fromkeys((".geotiff", ".tif", ".tiff"), _TIFF),
    **dict.fromkeys((".ski", ".gz", ".tgz"), _GZIP),
    **dict.fromkeys((".json", ".geojson"), ("JSON", ())),
}
# Pages of proxies, and errors of storage services.
_PAGE = re.compile(
    rb"(?>\xef\xbb\xbf|\s|<\?xml.*?\?>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body|error)\b",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_ERROR = 64 * 1024  # bytes; larger JSON is no error message


def checked_file_name(name: str) -> str:
    """A valid name for a file of a tile: not empty, not a path. Raises InvalidArgumentError."""
    if isinstance(name, str) and ("/" in name or "\\" in name):
        raise InvalidArgumentError(f"the name of a file must not be a path, as {shown(name)} is.")
    return checked_segment("a file of a tile", name)


def checked_segment(what: str, value: str) -> str:
    """A valid segment of a URL path; `..` would lead to another endpoint."""
    if not isinstance(value, str) or not value or value in (".", ".."):
        raise InvalidArgumentError(
            f"the name of {what} must be a non-empty string, not {shown(value)}."
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(
            f"the name of {what} cannot be sent in a URL: {shown(value)}."
        ) from error
    return value


def png_width(content: bytes) -> int | None:
    """The width of a PNG in pixels, from its first bytes; None for other data."""
    is_png = content.startswith(b"\x89PNG") and len(content) >= 24
    return int.from_bytes(content[16:20]) if is_png else None


def has_known_form(name: str) -> bool:
    """Whether the bytes of a file can be checked against its name."""
    return _suffix(name) in _FORMS


def checked_content(name: str, answer: Any) -> bytes | None:
    """The content of a file, checked against the suffix of its name; None for a response without body.

    The media type is ignored, because this service's media types are unknown. Raises WrongShapeError
    for another format, an HTML page or an error message.
    """
    content = kraken_grid_file.parse(answer)
    if content is None:
        return None
    form, beginnings = _FORMS.get(_suffix(name), ("", ()))
    if beginnings and content.startswith(beginnings):
        return content
    if _suffix(name) not in (".html", ".htm") and _PAGE.match(content[:4096]):
        raise WrongShapeError(name, "is an HTML or XML page, probably from a proxy")
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


@lru_cache(maxsize=256)  # all tiles of a map have the same few names
def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


@frozen(kw_only=True)
class GridFile:
    """A file as the server sent it.

    Attributes:
        content: its bytes.
        media_type: its Content-Type; None if the response has none.
    """

    tile: Tile
    name: str
    content: bytes = field(repr=lambda value: f"<{len(value)} bytes>")
    media_type: str | None

    def json(self) -> Any:
        """The content of a JSON or GeoJSON file. Raises InvalidResponseError for invalid JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise InvalidResponseError(
                f"{self.name} of tile {tuple(self.tile)} is invalid JSON",
                operation="kraken.grid_file",
            ) from error
