"""Input and output of `decompose`, and its errors."""

from __future__ import annotations

import json
import math
import pickle
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

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
        # As RFC 7946 requires: closed, anticlockwise.
        ring = tile.square["coordinates"][0]
        assert ring[0] == ring[-1]
        assert shapely.LinearRing(ring).is_ccw
        assert len(json.dumps(tile.square)) < 2000


def test_neighbors_share_their_corners(grid: sk.TileGrid) -> None:
    inside = [tile for tile in grid if tile.is_inside]
    first = inside[0]
    second = next(t for t in inside if (t.row, t.column) == (first.row, first.column + 1))
    shared = {*map(tuple, first.square["coordinates"][0])} & {
        *map(tuple, second.square["coordinates"][0])
    }
    assert len(shared) >= 3  # two corners and the points between


def test_pickles(grid: sk.TileGrid) -> None:
    again = pickle.loads(pickle.dumps(grid))
    assert again.fractions.tolist() == grid.fractions.tolist()
    assert again[7].intersection == grid[7].intersection
    alone = pickle.dumps(grid[3])
    assert len(alone) < 3000  # a tile does not include another
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
    for same in (32756, CRS(32756)):
        assert sk.decompose(QUEENSLAND, 10_000, crs=same).crs == grid.crs  # type: ignore[arg-type]


def test_degrees_have_to_be_meant() -> None:
    with pytest.raises(sk.InvalidArgumentError, match=r"EPSG:4326 is in degrees\. Pass tile_size"):
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
        ({"tile_size": 10**400}, "finite"),
        ({"max_area": 10**5000}, "finite"),
        ({"max_bytes": -(10**400)}, "finite"),
        ({"tile_size": True}, "above 0, not True"),
        ({"tile_size": 9e6}, "at most 5000 km"),
        ({"tile_size": 0.1}, "more than the limit|crosses the grid|columns and"),
        ({"max_area": -1}, "above 0"),
        ({"min_fraction": 2}, "must be from 0 to 1"),
        ({"align": "left"}, "align must be one of"),
        ({"crs": "EPSG:1"}, "unknown coordinate system"),
        ({"crs": 1}, "unknown coordinate system"),
        ({"crs": "nonsense"}, "unknown coordinate system"),
        ({"crs": "EPSG:4978"}, "no horizontal plane"),
        ({"crs": "EPSG:5703"}, "no horizontal plane"),
        ({"crs": "IAU_2015:30100"}, "not a coordinate system of the Earth"),
        ({"crs": "IAU_2015:30110"}, "not a coordinate system of the Earth"),
        ({"crs": "+proj=longlat +R=3396190 +no_defs"}, "not a coordinate system of the Earth"),
        ({"crs": "ESRI:54050"}, "no conversion from degrees"),
        ({"crs": "EPSG:4807", "tile_size": 201}, "in units of 0.9 degrees"),
        ({"crs": "EPSG:4326", "tile_size": 1, "max_area": 1e6}, "max_area requires a CRS"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(sk.InvalidArgumentError, match=problem):
        sk.decompose(QUEENSLAND, **options)


def test_a_plane_that_does_not_reach() -> None:
    with pytest.raises(sk.InvalidArgumentError, match="does not cover"):
        sk.decompose(DRAWN["cap_at_the_pole"], 100_000, crs="EPSG:3857")


def test_a_ring_that_crosses_itself() -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    collection = {"type": "GeometryCollection", "geometries": [QUEENSLAND, bow]}
    with pytest.raises(sk.InvalidExtentError, match=r"crosses itself near 0\.5, 0\.5") as caught:
        sk.decompose(collection)
    assert caught.value.path == "geometries[1].coordinates[0]"


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


@pytest.mark.parametrize(
    "options",
    [
        {"max_bytes": 60_000},
        {"max_area": 1e13},
        {"tile_size": 5e6},
        {"tile_size": np.float32(4e6), "align": "origin"},
        {"max_area": 1e12, "crs": "utm"},
        {"tile_size": 90, "crs": "EPSG:4326"},
        {"tile_size": 90, "crs": "EPSG:4269"},
        {"clip": False, "tile_size": 1e6},
    ],
)
@pytest.mark.parametrize("name", ["car_park", "far_apart", "across_the_antimeridian"])
def test_a_tile_far_larger_than_the_extent_holds_all_of_it(
    name: str, options: dict[str, Any]
) -> None:
    extent = sk.Extent(DRAWN[name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.DistortionWarning)
        grid = sk.decompose(extent, **options)
    close = 1e-9 if grid.is_equal_area else 1e-6
    assert sum(tile.area for tile in grid) == pytest.approx(extent.area, rel=close)
    assert grid.area == pytest.approx(extent.area, rel=close)
    if grid.clip:
        sent = [sk.Extent(tile).area for tile in grid]
        assert sum(sent) == pytest.approx(extent.area, rel=5e-6)


def test_a_rotated_pole() -> None:
    turned = "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=40 +lon_0=150 +to_meter=0.0174532925199433"
    with pytest.warns(sk.DistortionWarning):
        grid = sk.decompose(QUEENSLAND, 0.2, crs=turned)
    assert sum(tile.area for tile in grid) == pytest.approx(sk.Extent(QUEENSLAND).area, rel=1e-6)
    assert shapely.total_bounds(grid.local_squares)[3] < -40  # not its latitudes


@pytest.mark.parametrize("crs", ["EPSG:4269", "EPSG:4807", "EPSG:4267", "EPSG:4326"])
def test_longitudes_of_other_systems_go_on_across_the_antimeridian(crs: str) -> None:
    extent = sk.Extent(country("fiji"))
    with pytest.warns(sk.DistortionWarning):
        grid = sk.decompose(extent, 1, crs=crs)
    assert sum(tile.area for tile in grid) == pytest.approx(extent.area, rel=1e-6)
    west, _, east, _ = shapely.total_bounds(grid.local_squares)
    assert east - west < 20


def test_a_coordinate_system_with_south_and_west_axes() -> None:
    krovak, turned = (
        sk.decompose(rectangle(14, 50, 14.5, 50.4), 10_000, crs=crs, align="origin")
        for crs in ("EPSG:5513", "EPSG:5514")
    )
    # Axes of EPSG:5513 are southing and westing, of EPSG:5514 easting and northing.
    south, west = shapely.get_coordinates(krovak.local_intersections).T
    east, north = shapely.get_coordinates(turned.local_intersections).T
    assert [south.min(), west.max()] == pytest.approx([-north.max(), -east.min()], abs=1e-3)
    assert krovak.fractions == pytest.approx(turned.fractions, abs=1e-9)
    assert (krovak.rows == turned.rows).all()
    assert krovak[3].local_square.equals(krovak.local_squares[3])
    corners = (tile.square["coordinates"][0] for tile in (krovak[3], turned[3]))
    assert np.array(next(corners)) == pytest.approx(np.array(next(corners)), abs=1e-6)


def test_whole_squares_of_several_planes_overlap() -> None:
    with (
        pytest.warns(sk.DistortionWarning),
        pytest.warns(sk.OverlapWarning, match="pairs of whole squares overlap"),
    ):
        grid = sk.decompose(DRAWN["the_earth"], 2_000_000, clip=False)
    assert grid.overlapping > 0
    assert grid[:1].overlapping == 0
    assert sk.decompose(country("fiji"), 100_000, clip=False).overlapping == 0
    with pytest.warns(sk.DistortionWarning):
        assert sk.decompose(DRAWN["the_earth"], 2_000_000).overlapping == 0
    with pytest.warns(sk.OverlapWarning), pytest.warns(sk.DistortionWarning):
        # The last column of a belt around the Earth overlaps the first one.
        assert sk.decompose(DRAWN["belt"], 50, crs="EPSG:4326", clip=False).overlapping == 1
