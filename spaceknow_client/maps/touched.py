"""Finds the tiles of a zoom level that an extent touches, from the largest to the smallest. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil, cos, pi, radians, sin, sqrt
from typing import Any, Literal, TypeAlias

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from .tile import Tile, position

_MAX_LATITUDE = 85.051128
_BEND = 2e-5  # of a tile: edges are straight in degrees, and curved on the map
_NOTHING = 1e-7  # of a tile: sharing only an edge is not touching
# A square is inside an extent if this point of the square is; no extent has a corner there.
_AT = 0.4999713, 0.5000219

Zoom: TypeAlias = int | Literal["max"] | None
"""The tiles to use: the map's own (None), or their child tiles at a zoom level."""

Edge: TypeAlias = tuple[float, float, float, float]
_Part: TypeAlias = tuple[
    list[Edge], bool
]  # the edges of a polygon in a square; is its place inside


def checked_level(tiles: Sequence[Tile], max_zoom: int, zoom: Zoom) -> int | None:
    """The requested zoom level of a map; None for that of its own tiles.

    Raises InvalidArgumentError for a level at which it has no tiles.
    """
    wrong = next((tile for tile in tiles if not tile.exists), None)
    if wrong is not None:
        raise InvalidArgumentError(f"the map has an invalid tile: {shown(tuple(wrong))}.")
    least = max((tile.z for tile in tiles), default=0)
    if zoom is None:
        return None
    if zoom == "max":
        return max(max_zoom, least)
    if isinstance(zoom, bool) or not isinstance(zoom, int):
        raise InvalidArgumentError(f"zoom must be a whole number or 'max', not {shown(zoom)}.")
    if not least <= zoom <= max_zoom:
        raise InvalidArgumentError(f"zoom must be {least} to {max_zoom} for this map, not {zoom}.")
    return zoom


def quads(
    tiles: Sequence[Tile], level: int, geojson: Mapping[str, Any] | None = None
) -> Iterator[Tile]:
    """The largest tiles that together cover the given ones, at `level` or above it.

    With an extent they cover only what it touches. They are in Z-order (top left quarter first,
    recursively).
    """
    squares = [
        (tile.x << level - tile.z, tile.y << level - tile.z, 1 << level - tile.z) for tile in tiles
    ]
    if not squares:
        return
    left, top = min(x for x, _, _ in squares), min(y for _, y, _ in squares)
    across = max(max(x - left, y - top) + side for x, y, side in squares)
    side = 1 << (across - 1).bit_length()
    x, y = left + _AT[0] * side, top + _AT[1] * side
    parts: list[_Part] | None = None
    if geojson is not None:
        parts = [(edges, _is_inside(edges, x, y)) for edges in _polygons(geojson, level)]
    yield from _walk(level, left, top, side, squares, parts)


def _walk(
    level: int,
    left: int,
    top: int,
    side: int,
    squares: Sequence[tuple[int, int, int]],
    parts: list[_Part] | None,
) -> Iterator[Tile]:
    """The covering of one square: `squares` are the tiles in it, or those that contain it."""
    if parts is not None:
        parts = [
            (own, inside)
            for edges, inside in parts
            if (own := [edge for edge in edges if _meets(edge, left, top, side)]) or inside
        ]
        if not parts:
            return
        if any(inside and not edges for edges, inside in parts):
            parts = None
    whole = any(x <= left and y <= top and side <= size for x, y, size in squares)
    if side == 1 or (parts is None and whole and not (left % side or top % side)):
        above = side.bit_length() - 1
        yield Tile(level - above, left >> above, top >> above)
        return
    half = side // 2
    for y in (top, top + half):
        for x in (left, left + half):
            here = [
                square
                for square in squares
                if x - square[2] < square[0] < x + half and y - square[2] < square[1] < y + half
            ]
            if here:
                moved = parts and [
                    (edges, inside ^ _crossed(edges, (left, top, side), (x, y, half)))
                    for edges, inside in parts
                ]
                yield from _walk(level, x, y, half, here, moved)


def _meets(edge: Edge, left: int, top: int, side: int) -> bool:
    """Whether an edge passes through a square."""
    x0, y0, x1, y1 = edge
    west, north = left + _NOTHING, top + _NOTHING
    east, south = left + side - _NOTHING, top + side - _NOTHING
    if max(x0, x1) < west or min(x0, x1) > east or max(y0, y1) < north or min(y0, y1) > south:
        return False
    dx, dy = x1 - x0, y1 - y0
    sides = [
        dx * (y - y0) - dy * (x - x0)
        for x, y in ((west, north), (east, north), (east, south), (west, south))
    ]
    return min(sides) <= 0 <= max(sides)


def _crossed(edges: list[Edge], old: tuple[int, int, int], new: tuple[int, int, int]) -> bool:
    """Whether the path between the test points of two squares enters or leaves the extent."""
    x0, y0 = old[0] + _AT[0] * old[2], old[1] + _AT[1] * old[2]
    x1, y1 = new[0] + _AT[0] * new[2], new[1] + _AT[1] * new[2]
    crossed = False
    for xa, ya, xb, yb in edges:
        if (ya > y0) != (yb > y0):  # first to the east or west
            crossed ^= min(x0, x1) < xa + (y0 - ya) / (yb - ya) * (xb - xa) <= max(x0, x1)
        if (xa > x1) != (xb > x1):  # then to the north or south
            crossed ^= min(y0, y1) < ya + (x1 - xa) / (xb - xa) * (yb - ya) <= max(y0, y1)
    return crossed


def _is_inside(edges: list[Edge], x: float, y: float) -> bool:
    inside = False
    for xa, ya, xb, yb in edges:
        if (ya > y) != (yb > y):
            inside ^= xa + (y - ya) / (yb - ya) * (xb - xa) < x
    return inside


def _polygons(geojson: Mapping[str, Any], level: int) -> Iterator[list[Edge]]:
    """The edges of each polygon, in tiles of a zoom level; those beyond 180 degrees twice, also one
    full turn further."""
    match geojson["type"]:
        case "Polygon":
            edges = [edge for ring in geojson["coordinates"] for edge in _edges(ring, level)]
            turn = 2.0**level
            for by in (0.0, turn, -turn):
                moved = [(xa + by, ya, xb + by, yb) for xa, ya, xb, yb in edges]
                if not by or any(0 < xa < turn for xa, *_ in moved):
                    yield moved
        case "MultiPolygon":
            for rings in geojson["coordinates"]:
                yield from _polygons({"type": "Polygon", "coordinates": rings}, level)
        case "GeometryCollection":
            for part in geojson["geometries"]:
                yield from _polygons(part, level)


def _edges(ring: Sequence[Sequence[float]], level: int) -> Iterator[Edge]:
    def at(lon: float, lat: float) -> tuple[float, float]:
        return position(lon, max(-_MAX_LATITUDE, min(_MAX_LATITUDE, lat)), level)

    for (lon, lat, *_), (east, north, *_) in pairwise(ring):
        pieces = _pieces(lat, north, level) if lon != east else 1
        points = [
            at(lon + (east - lon) * n / pieces, lat + (north - lat) * n / pieces)
            for n in range(pieces + 1)
        ]
        for one, other in pairwise(points):
            yield (*one, *other)


def _pieces(lat: float, north: float, level: int) -> int:
    """The number of parts of an edge, so that none is further than `_BEND` from its chord.

    That distance is an eighth of the squared length times the second derivative of the projection.
    """
    steepest = radians(min(max(abs(lat), abs(north)), _MAX_LATITUDE))
    bend = radians(north - lat) ** 2 / 8 * sin(steepest) / cos(steepest) ** 2
    return max(1, ceil(sqrt(bend * 2**level / (2 * pi) / _BEND)))
