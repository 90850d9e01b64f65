"""What `decompose` takes and gives, and how it says no."""

from __future__ import annotations

import json
import math
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import shapely

import spaceknow_client as sk

from .places import DRAWN, country, rectangle

QUEENSLAND = rectangle(150, -27, 151.3, -26)


@pytest.fixture(scope="module")
def grid() -> sk.TileGrid:
    return sk.decompose(QUEENSLAND, 10_000)


def test_a_grid_is_a_sequence_of_tiles(grid: sk.TileGrid) -> None:
    tiles = list(grid)
    assert len(tiles) == len(grid) > 100
    assert [tile.row for tile in tiles] == grid.rows.tolist()
    assert [tile.column for tile in tiles] == grid.columns.tolist()
    assert [tile.fraction for tile in tiles] == grid.fractions.tolist()
    assert [tile.is_inside for tile in tiles] == grid.inside.tolist()
    assert grid[-1].row == grid.rows.max()
    assert grid[0].row == 0
    with pytest.raises(IndexError):
        grid[len(grid)]


def test_a_slice_is_a_grid(grid: sk.TileGrid) -> None:
    part = grid[10:40:3]
    assert isinstance(part, sk.TileGrid)
    assert len(part) == 10
    assert part.columns.tolist() == grid.columns.tolist()[10:40:3]
    assert part[::-1][0].column == part.columns[-1]
    assert [piece.wkb for piece in part.intersections] == [
        piece.wkb for piece in grid.intersections[10:40:3]
    ]
    assert len(grid[5:5]) == 0
    assert len(grid[5:5].intersections) == 0


def test_a_tile(grid: sk.TileGrid) -> None:
    for number in (0, len(grid) // 2):
        tile = grid[number]
        assert tile.local_square.area == pytest.approx(1e8)
        assert tile.local_intersection.area == pytest.approx(tile.fraction * 1e8)
        assert tile.area == pytest.approx(tile.fraction * 1e8)
        assert tile.local_square.equals(grid.local_squares[number])
        assert shapely.geometry.shape(tile.square).equals(grid.squares[number])
        assert shapely.geometry.shape(tile.intersection).equals(grid.intersections[number])
        assert sk.Extent(tile).to_geojson() == tile.intersection
        assert tile.crs == grid.crs[0]
        # As RFC 7946 asks: closed, anticlockwise.
        ring = tile.square["coordinates"][0]
        assert ring[0] == ring[-1]
        assert shapely.LinearRing(ring).is_ccw
        assert len(json.dumps(tile.square)) < 2000


def test_neighbours_share_their_corners(grid: sk.TileGrid) -> None:
    inside = [tile for tile in grid if tile.is_inside]
    first = inside[0]
    second = next(t for t in inside if (t.row, t.column) == (first.row, first.column + 1))
    shared = {*map(tuple, first.square["coordinates"][0])} & {
        *map(tuple, second.square["coordinates"][0])
    }
    assert len(shared) >= 3  # two corners and what lies between


def test_pickles(grid: sk.TileGrid) -> None:
    again = pickle.loads(pickle.dumps(grid))
    assert again.fractions.tolist() == grid.fractions.tolist()
    assert again[7].intersection == grid[7].intersection
    alone = pickle.dumps(grid[3])
    assert len(alone) < 3000  # a tile takes no other along
    assert pickle.loads(alone).intersection == grid[3].intersection


def test_other_forms(grid: sk.TileGrid) -> None:
    frame = grid.to_geodataframe()
    assert len(frame) == len(grid)
    assert frame.crs == "OGC:CRS84"
    assert frame.geometry.iloc[5].equals(grid.intersections[5])
    collection = grid.to_geojson()
    assert collection["features"][5]["geometry"] == grid[5].intersection
    assert sk.Extent(frame).area == pytest.approx(sk.Extent(QUEENSLAND).area, rel=1e-6)


def test_what_is_too_little_is_left_out(grid: sk.TileGrid) -> None:
    half = sk.decompose(QUEENSLAND, 10_000, min_fraction=0.5)
    assert half.fractions.min() >= 0.5
    assert sorted(half.fractions) == sorted(grid.fractions[grid.fractions >= 0.5])
    whole = sk.decompose(QUEENSLAND, 10_000, min_fraction=1)
    assert whole.inside.all()
    assert len(whole) == grid.inside.sum()


def test_whole_squares_without_clipping() -> None:
    grid = sk.decompose(QUEENSLAND, 10_000, clip=False)
    tile = grid[0]
    assert not tile.is_inside
    assert tile.intersection == tile.square
    assert shapely.area(grid.local_intersections) == pytest.approx(1e8)
    assert tile.fraction < 1


def test_alignment() -> None:
    def bounds(align: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        grid = sk.decompose(QUEENSLAND, 10_000, align=align)
        return shapely.total_bounds(grid.local_squares), shapely.total_bounds(
            grid.local_intersections
        )

    squares, parts = bounds("corner")
    assert squares[:2] == pytest.approx(parts[:2], abs=1e-3)
    squares, parts = bounds("center")
    assert squares[:2] + squares[2:] == pytest.approx(parts[:2] + parts[2:], abs=1e-3)
    squares, _ = bounds("origin")
    assert squares / 10_000 == pytest.approx(np.round(squares / 10_000))


def test_the_largest_tiles_below_a_limit() -> None:
    brazil = country("brazil")
    with pytest.warns(sk.DistortionWarning, match="up to 2"):
        grid = sk.decompose(brazil, max_area=4e10)
    assert grid.tile_size == pytest.approx(2e5)
    assert grid.tile_size**2 <= 4e10
    with pytest.warns(sk.DistortionWarning):
        grid = sk.decompose(brazil, max_bytes=20_000)
    sizes = [sk.Extent(tile).size_in_bytes for tile in grid]
    assert 14_000 < max(sizes) <= 20_000
    assert sk.decompose(QUEENSLAND, 5000, max_bytes=60_000).tile_size == 5000
    with pytest.raises(sk.InvalidArgumentError, match="at least 1000"):
        sk.decompose(QUEENSLAND, max_bytes=20)


def test_utm() -> None:
    grid = sk.decompose(QUEENSLAND, 10_000, crs="utm")
    assert grid.crs == ("EPSG:32756",)
    assert 0 < grid.distortion.area < 0.005
    assert grid.area == pytest.approx(sk.Extent(QUEENSLAND).area, rel=1e-6)
    assert grid[0].area == pytest.approx(grid[0].fraction * 1e8, rel=0.005)


def test_degrees_have_to_be_meant() -> None:
    with pytest.raises(sk.InvalidArgumentError, match="in degrees: give tile_size"):
        sk.decompose(QUEENSLAND, crs="EPSG:4326")
    with pytest.warns(sk.DistortionWarning, match="off"):
        grid = sk.decompose(QUEENSLAND, 0.5, crs="EPSG:4326", align="origin")
    assert grid[0].square["coordinates"][0][0] in ([150.5, -27.0], [150.0, -27.0])
    assert grid.distortion.side == pytest.approx(1 - math.cos(math.radians(27)), abs=0.01)
    fiji = country("fiji")
    with pytest.warns(sk.DistortionWarning):
        grid = sk.decompose(fiji, 1, crs="EPSG:4326")
    assert shapely.total_bounds(grid.local_squares)[2] > 180  # one grid on both sides
    assert shapely.total_bounds(grid.squares)[2] <= 180


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"tile_size": 0}, "above 0"),
        ({"tile_size": float("nan")}, "above 0"),
        ({"tile_size": "10 km"}, "above 0"),
        ({"tile_size": float("inf")}, "finite"),
        ({"tile_size": 9e6}, "over 5000 km"),
        ({"tile_size": 0.1}, "tiles, and at most|crosses the grid|columns and"),
        ({"max_area": -1}, "above 0"),
        ({"min_fraction": 2}, "share from 0 to 1"),
        ({"align": "left"}, "align is one of"),
        ({"crs": "EPSG:1"}, "no coordinate system"),
        ({"crs": "nonsense"}, "no coordinate system"),
        ({"crs": "EPSG:4978"}, "no plane"),
        ({"crs": "EPSG:4326", "tile_size": 1, "max_area": 1e6}, "max_area needs a plane"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(sk.InvalidArgumentError, match=problem):
        sk.decompose(QUEENSLAND, **options)


def test_a_plane_that_does_not_reach() -> None:
    with pytest.raises(sk.InvalidArgumentError, match="does not reach"):
        sk.decompose(DRAWN["cap_at_the_pole"], 100_000, crs="EPSG:3857")


def test_a_ring_that_crosses_itself() -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    collection = {"type": "GeometryCollection", "geometries": [QUEENSLAND, bow]}
    with pytest.raises(sk.InvalidExtentError, match="Self-intersection") as caught:
        sk.decompose(collection)
    assert caught.value.path == "geometries[1].coordinates"


def test_overlaps_are_cut_once() -> None:
    other = rectangle(150.5, -26.5, 152, -25)
    both = {"type": "GeometryCollection", "geometries": [QUEENSLAND, other]}
    union = shapely.union(shapely.geometry.shape(QUEENSLAND), shapely.geometry.shape(other))
    assert sk.decompose(both).area == pytest.approx(sk.Extent(union).area, rel=1e-9)


def test_the_base_install_needs_no_numpy() -> None:
    code = (
        "import sys, spaceknow_client as sk\n"
        "sys.modules.update(dict.fromkeys(['numpy', 'shapely', 'pyproj']))\n"
        "extent = sk.Extent.from_bounds(0, 0, 1, 1)\n"
        "assert extent.size_in_bytes == 64 or extent.size_in_bytes, extent\n"
        "for call in (lambda: sk.decompose(extent), lambda: extent.area, extent.repaired):\n"
        "    try:\n"
        "        call()\n"
        "    except sk.ConfigError as error:\n"
        "        assert 'spaceknow-client[geo]' in str(error)\n"
        "    else:\n"
        "        raise SystemExit('it went on')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
