"""Writes the page. It is self-contained, and treats all text of the server as data."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from attrs import frozen

from ...errors.base import InvalidArgumentError, InvalidResponseError
from ...errors.shown import printable
from ...runtime.paths import PathLike, atomic_write, checked_path
from ..grid_file import GridFile, png_width
from ..layout import shortest_arc
from ..provenance import SOFTWARE
from ..tile import Tile, meters_per_pixel, position
from .frames import Frame, Layer

# Larger pages are too slow in a browser; pictures are a third larger in a page than as files.
MOST_BYTES = 150_000_000
SIZE = 256
_Box = tuple[float, float, float, float]
_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


def page(frames: Sequence[Frame], title: str) -> str:
    """The text of a page. Raises InvalidArgumentError if it would be too large."""
    parts = {name: _asset(f"page.{name}") for name in ("html", "css", "js")}
    data = _data(frames)
    text = json.dumps(data, separators=(",", ":"))  # ASCII: half surrogate pairs cannot be written
    return Template(parts["html"]).substitute(
        title=html.escape(title),
        scale=_scale(frames, data),
        source=_source(frames),
        software=SOFTWARE,
        style=parts["css"],
        style_hash=_hash(parts["css"]),
        script=parts["js"],
        script_hash=_hash(parts["js"]),
        # Nothing in it can end the surrounding element.
        data=text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
    )


def write(frames: Sequence[Frame], path: PathLike | None, title: str) -> Path:
    """Writes the page, by default to a new temporary file; returns its path."""
    text = page(frames, title)
    where = Path(tempfile.mkdtemp(prefix="spaceknow-"), "view.html") if path is None else path
    target = checked_path(where)
    with atomic_write(target) as part:
        part.write_text(text, encoding="utf-8")
    return target


def show(path: Path) -> None:
    """Opens the page in the browser."""
    import webbrowser

    webbrowser.open(path.as_uri())


def _asset(name: str) -> str:
    return files("spaceknow_client.maps.view").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(frames: Sequence[Frame]) -> dict[str, Any]:
    tiles = [file.tile for frame in frames for layer in frame.layers for file in layer.pictures]
    places = [place for frame in frames for layer in frame.layers for place in _places(layer)]
    if not tiles and not places:
        raise InvalidArgumentError("the maps have no pictures and no detections to show.")
    zoom = max((tile.z for tile in tiles), default=19)
    plane = _Plane.of(zoom, tiles, places)
    boxes = [
        box
        for frame in frames
        for layer in frame.layers
        for box in _shown(layer, [plane.box(file.tile) for file in layer.pictures], plane)
    ] + [(x, y, x, y) for x, y in (plane.place(lon, lat) for lon, lat in places)]
    left, top = (math.floor(min(box[side] for box in boxes)) for side in (0, 1))
    right, bottom = (math.ceil(max(box[side] for box in boxes)) for side in (2, 3))
    pictures = _Pictures()
    made = [
        {
            "label": frame.label,
            "layers": [_layer(layer, plane, (left, top), pictures) for layer in frame.layers],
        }
        for frame in frames
    ]
    return {
        "zoom": zoom,
        "origin": [left, top],
        "bounds": [0, 0, max(right - left, 1), max(bottom - top, 1)],
        "frames": made,
        "pictures": pictures.texts,
    }


@frozen
class _Plane:
    """Pixel coordinates of a zoom level. Positions west of `left` are shifted beyond 180 degrees."""

    zoom: int
    left: float

    @classmethod
    def of(cls, zoom: int, tiles: Sequence[Tile], places: Sequence[tuple[float, float]]) -> _Plane:
        """The coordinates of a page with these tiles and places."""
        spans = {(float(box[0]), float(box[2])) for box in (_box(tile, zoom) for tile in tiles)}
        world = SIZE * 2.0**zoom
        spans |= {(x, x) for lon, _ in places if 0 <= (x := (lon + 180) / 360 * world) <= world}
        return cls(zoom, shortest_arc(spans, world)[0] if spans else 0)

    def _turned(self, x: float) -> float:
        """Half a pixel is added for positions on the edge of a tile."""
        return x + SIZE * 2**self.zoom if x < self.left - 0.5 else x

    def box(self, tile: Tile) -> _Box:
        west, north, east, south = _box(tile, self.zoom)
        left = self._turned(west)
        return left, north, left + east - west, south

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        x, y = position(longitude, latitude, self.zoom)
        return self._turned(x * SIZE), y * SIZE


def _shown(layer: Layer, boxes: list[_Box], plane: _Plane) -> list[_Box]:
    """The boxes of a layer's tiles, or the part of them in the extent."""
    if layer.bounds is None or not boxes:
        return boxes
    west, south, east, north = layer.bounds
    left, top = plane.place(west, min(north, 85))
    right, bottom = plane.place(east, max(south, -85))
    cut = [
        (max(box[0], left), max(box[1], top), min(box[2], right), min(box[3], bottom))
        for box in boxes
    ]
    return [box for box in cut if box[0] < box[2] and box[1] < box[3]] or boxes


def _scale(frames: Sequence[Frame], data: dict[str, Any]) -> str:
    """Zoom level and meters per pixel of the deepest pictures, in words."""
    files = [file for frame in frames for layer in frame.layers for file in layer.pictures]
    file = max(files, key=lambda file: file.tile.z, default=None)
    if file is None:
        return ""
    middle = (data["origin"][1] + data["bounds"][3] / 2) / SIZE
    meters = meters_per_pixel(data["zoom"], middle, png_width(file.content) or SIZE)
    return f"Zoom {file.tile.z}, {meters:.3g} m per pixel"


def _source(frames: Sequence[Frame]) -> str:
    """A row of the table for each map."""
    names = ("map_type", "acquired", "scene_ids", "map_id")
    rows = dict.fromkeys(
        (frame.label, *(str(layer.about.get(name, "")) for name in names))
        for frame in frames
        for layer in frame.layers
        if layer.about
    )
    return "\n".join(
        f"<tr>{''.join(f'<td>{html.escape(printable(cell))}</td>' for cell in row)}</tr>"
        for row in rows
    )


class _Pictures:
    """Pictures as data URLs; equal ones, such as empty tiles, are stored once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._known: dict[bytes, int] = {}
        self._bytes = 0

    def add(self, file: GridFile) -> int:
        """The number of a picture."""
        key = hashlib.sha256(file.content).digest()
        if key in self._known:
            return self._known[key]
        kind = next(
            (name for start, name in _KINDS.items() if file.content.startswith(start)), None
        )
        if kind is None:
            raise InvalidResponseError(
                f"{file.name} of tile {tuple(file.tile)} is not a valid picture",
                operation="kraken.grid_file",
            )
        self._bytes += len(file.content)
        if self._bytes > MOST_BYTES:
            raise InvalidArgumentError(
                f"the pictures have more than {MOST_BYTES // 10**6} MB, the maximum for a page.",
                hint="Show fewer maps or dates, or write a GeoTIFF with client.kraken.save_mosaic(...).",
            )
        self.texts.append(f"data:{kind};base64,{base64.b64encode(file.content).decode()}")
        self._known[key] = len(self.texts) - 1
        return self._known[key]


def _layer(
    layer: Layer, plane: _Plane, origin: tuple[int, int], pictures: _Pictures
) -> dict[str, Any]:
    left, top = origin
    made: dict[str, Any] = {"name": layer.name, "on": layer.on}
    if layer.pictures:
        made["tiles"] = []
        for file in layer.pictures:
            west, north, east, _ = plane.box(file.tile)
            made["tiles"].append([west - left, north - top, east - west, pictures.add(file)])
    if layer.detections is not None:
        shapes = (_shape(feature, plane, origin) for feature in layer.detections.features)
        made["shapes"] = [shape for shape in shapes if shape is not None]
    return made


def _box(tile: Tile, zoom: int) -> tuple[int, int, int, int]:
    size = SIZE << (zoom - tile.z)
    return tile.x * size, tile.y * size, (tile.x + 1) * size, (tile.y + 1) * size


def _places(layer: Layer) -> Iterator[tuple[float, float]]:
    if layer.detections is not None:
        for feature in layer.detections.features:
            for ring in _rings(feature):
                yield from ring


def _shape(
    feature: dict[str, Any], plane: _Plane, origin: tuple[int, int]
) -> dict[str, Any] | None:
    """A detection in pixels from the origin; None if it has no geometry."""
    rings = []
    for ring in _rings(feature):
        placed = (plane.place(lon, lat) for lon, lat in ring)
        rings.append([[round(x - origin[0], 2), round(y - origin[1], 2)] for x, y in placed])
    if not rings:
        return None
    properties = feature.get("properties") or {}
    count, area = properties.get("count"), properties.get("area")
    told = [] if area is None else [f"{area:.1f} m²"]
    confidence = properties.get("confidence")
    if isinstance(confidence, (int, float)) and 0 <= confidence <= 1:
        told.append(f"confidence {confidence:.0%}")
    first = rings[0][0]
    return {
        "rings": rings,
        "reach": math.ceil(max(math.dist(first, point) for ring in rings for point in ring)),
        "kind": str(properties.get("class") or "detection"),
        "count": 1 if count is None else count,
        "area": 0 if area is None else area,
        "told": told if count in (None, 1) else [f"{count} together", *told],
    }


def _rings(feature: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """The rings of a feature's polygons. Raises InvalidResponseError for invalid coordinates."""
    geometry = feature.get("geometry") or {}
    try:
        found = geometry.get("coordinates") or []
        polygons = found if geometry.get("type") == "MultiPolygon" else [found]
        rings = [
            [(float(point[0]), float(point[1])) for point in ring]
            for polygon in polygons
            for ring in polygon
        ]
    except (AttributeError, TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise InvalidResponseError(
            "a detection has an invalid geometry", operation="kraken.grid_file"
        ) from error
    if not all(abs(lon) <= 720 and abs(lat) <= 90 for ring in rings for lon, lat in ring):
        raise InvalidResponseError(
            "a detection has an invalid geometry", operation="kraken.grid_file"
        )
    return [[(lon, max(-85.06, min(85.06, lat))) for lon, lat in ring] for ring in rings if ring]
