"""The tiles that an extent touches, compared with shapely."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

import spaceknow_client as sk
from spaceknow_client.maps.map_files import count_tiles, covering, in_quads
from spaceknow_client.maps.tile import position
from tests.files.maps import made

ORIGIN = sk.Tile(16, 60639, 37955)
BLOCK = [sk.Tile(16, ORIGIN.x + i, ORIGIN.y + j) for j in (0, 1) for i in (0, 1)]
WEST, _, _, NORTH = ORIGIN.bounds
_, SOUTH, EAST, _ = BLOCK[3].bounds


def on_tiles(shape: BaseGeometry, zoom: int) -> BaseGeometry:
    """A shape in degrees, in tiles of a zoom level."""

    def move(points: Any) -> Any:
        return [position(lon, lat, zoom) for lon, lat in points]

    return shapely.transform(shapely.segmentize(shape, 0.001), move)


def touched(shape: BaseGeometry, tiles: list[sk.Tile], zoom: int, edge: float) -> set[sk.Tile]:
    """By shapely: the children that overlap a shape by more than `edge` of a tile."""
    flat = on_tiles(shape, zoom)
    return {
        child
        for tile in tiles
        for child in tile.descendants(zoom)
        if flat.intersects(
            shapely.box(child.x + edge, child.y + edge, child.x + 1 - edge, child.y + 1 - edge)
        )
    }


def of(shape: BaseGeometry, *tiles: sk.Tile) -> sk.KrakenMap:
    return made(*tiles, extent=sk.Extent(shapely.geometry.mapping(shape)))


share = st.floats(0, 1)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(share, share), min_size=3, max_size=9, unique=True),
    st.tuples(st.floats(0.2, 0.8), st.floats(0.2, 0.8), st.floats(0.01, 0.2)),
    st.integers(16, 20),
    st.sampled_from([None, 8]),
)
def test_what_an_extent_touches(
    points: list[tuple[float, float]],
    hole: tuple[float, float, float],
    zoom: int,
    snap: int | None,
) -> None:
    if snap:  # corners exactly on the lines between tiles
        points = [(round(x * snap) / snap, round(y * snap) / snap) for x, y in points]
    shape = shapely.make_valid(shapely.Polygon(points), method="structure", keep_collapsed=False)
    x, y, reach = hole
    shape = shape.difference(shapely.box(x - reach, y - reach, x + reach, y + reach))
    if shape.area < 1e-4:
        return
    shape = shapely.transform(shape, lambda at: at * [EAST - WEST, SOUTH - NORTH] + [WEST, NORTH])
    # With the precision of an extent, otherwise other points would be compared.
    try:
        parts = shapely.get_parts(shapely.set_precision(shape, 1e-9))
    except shapely.GEOSException:  # some rings that touch themselves are too much for it
        reject()
    shape = shapely.MultiPolygon([part for part in parts if isinstance(part, shapely.Polygon)])
    map = of(shape, *BLOCK)
    try:
        assert map.extent is not None
        assert map.extent.area > 0
    except sk.InvalidExtentError:  # a ring that touches itself
        reject()
    map = sk.KrakenMap(
        **{
            **{k: getattr(map, k) for k in ("map_id", "map_type", "tiles", "extent")},
            "max_zoom": 20,
        }
    )
    found = list(in_quads(map, zoom))
    assert len(found) == len(set(found)) == count_tiles(map, zoom)
    assert touched(shape, BLOCK, zoom, 1e-4) <= set(found) <= touched(shape, BLOCK, zoom, -1e-4)
    large = covering(map, zoom)
    assert len(large) <= len(found)
    assert found == [
        child for tile in large for child in sorted(tile.descendants(zoom), key=_in_quads)
    ]


def _in_quads(tile: sk.Tile) -> int:
    """The position of a tile in the quad order."""
    return sum(((tile.x >> bit & 1) | (tile.y >> bit & 1) << 1) << 2 * bit for bit in range(tile.z))


def test_an_extent_like_a_tile_touches_its_children_alone() -> None:
    child = sk.Tile(18, 4 * ORIGIN.x + 5, 4 * ORIGIN.y + 2)
    map = of(shapely.box(*child.bounds), *BLOCK)
    assert list(in_quads(map, 18)) == [child]
    assert set(in_quads(map, 19)) == set(child.children)
    # A tile outside the extent is not in the cover, a tile inside is one tile of it.
    assert covering(map, 19) == [child]


def test_an_extent_over_180_degrees_touches_both_sides() -> None:
    last = 2**10 - 1
    tiles = [sk.Tile(10, last, 400), sk.Tile(10, 0, 400)]
    _, south, _, north = tiles[0].bounds
    for extent in (
        {"type": "Polygon", "coordinates": [_ring(179.9, south, 180.1, north)]},
        {"type": "Polygon", "coordinates": [_ring(-180.1, south, -179.9, north)]},
        {
            "type": "MultiPolygon",
            "coordinates": [
                [_ring(179.9, south, 180, north)],
                [_ring(-180, south, -179.9, north)],
            ],
        },
    ):
        map = made(*tiles, extent=sk.Extent(extent))
        assert {tile.x for tile in in_quads(map, 11)} == {2 * last + 1, 0}
        assert {tile.y for tile in in_quads(map, 11)} == {800, 801}


def _ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def test_long_edges_are_straight_in_degrees() -> None:
    """As in the extent: on the map the edges deviate by some hundred meters."""
    shape = shapely.Polygon([(10, 40), (14, 48), (10, 48)])
    tile = sk.Tile(6, *map(int, position(12, 46, 6)))
    map_ = of(shape, tile)
    assert touched(shape, [tile], 12, 1e-3) <= set(in_quads(map_, 12))
    assert set(in_quads(map_, 12)) <= touched(shape, [tile], 12, -1e-3)


def test_a_deep_cover_is_counted_and_not_made() -> None:
    tile = sk.Tile(4, 14, 9)
    west, south, east, north = tile.bounds
    middle = shapely.box(west + 1, south + 1, east - 1, north - 1)
    map = made(tile, max_zoom=19, extent=sk.Extent(shapely.geometry.mapping(middle)))
    share = middle.area / shapely.box(*tile.bounds).area
    assert count_tiles(map, 14) == pytest.approx(4**10 * share, rel=0.03)
    assert count_tiles(made(tile, max_zoom=19), 19) == 4**15


@pytest.mark.parametrize("zoom", [None, 17])
def test_a_map_that_does_not_know_its_extent_has_all_children(zoom: int | None) -> None:
    found = list(in_quads(made(*BLOCK), zoom))
    assert set(found) == {child for tile in BLOCK for child in tile.descendants(zoom or 16)}
