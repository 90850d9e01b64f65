"""Nothing is missing or covered twice, for countries, coasts, poles and the whole Earth."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod

import spaceknow_client as sk

from .places import COUNTRIES, DRAWN, coast, country

ALL = {**{name: country(name) for name in COUNTRIES}, **DRAWN, "coast": coast(100_000)}
TILES = 1500


def cut(geojson: dict[str, Any], tiles: float = TILES, **options: Any) -> sk.TileGrid:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.DistortionWarning)
        size = math.sqrt(sk.Extent(geojson).area / tiles)
        return sk.decompose(geojson, size, **options)


def true_area(shapes: Any) -> float:
    """Square meters of shapes in degrees, by the geodesic library, with densified edges."""
    fine = shapely.segmentize(shapely.union_all(shapes), 0.02)
    return abs(float(Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(fine))[0]))


@pytest.mark.parametrize("name", ALL)
def test_the_parts_are_the_extent(name: str) -> None:
    extent = sk.Extent(ALL[name])
    grid = cut(ALL[name])
    assert len(
        {*zip(grid.planes.tolist(), grid.rows.tolist(), grid.columns.tolist(), strict=True)}
    ) == len(grid)
    pieces = grid.local_intersections
    assert shapely.is_valid(pieces).all()
    assert {"Polygon", "MultiPolygon"} >= {piece.geom_type for piece in pieces}
    # Each is inside its own square, so none overlap.
    bounds, squares = shapely.bounds(pieces), shapely.bounds(grid.local_squares)
    slack = 1e-9 * grid.tile_size
    assert (bounds[:, :2] >= squares[:, :2] - slack).all()
    assert (bounds[:, 2:] <= squares[:, 2:] + slack).all()
    # And together they have the area of the extent on the ellipsoid.
    areas = shapely.area(pieces)
    assert areas.sum() == pytest.approx(extent.area, rel=1e-9)
    # Rings of a coast may overlap by centimeters in the plane, which no shape can represent.
    assert grid.fractions == pytest.approx(areas / grid.tile_size**2, abs=1e-6)
    assert grid.area == pytest.approx(extent.area, rel=1e-9)
    assert (areas > 0).all()
    assert (grid.inside == (grid.fractions == 1)).all()


@pytest.mark.parametrize("name", ALL)
def test_in_degrees_they_are_the_extent_too(name: str) -> None:
    extent = shapely.geometry.shape(sk.Extent(ALL[name]).split_at_antimeridian())
    grid = cut(ALL[name], 600)  # their union takes time
    pieces = grid.intersections
    assert shapely.is_valid(pieces).all()
    west, south, east, north = shapely.total_bounds(pieces)
    assert west >= -180
    assert south >= -90
    assert east <= 180
    assert north <= 90
    whole = shapely.union_all(pieces)
    # Edges may deviate by 1e-5 of a side.
    off = 1e-5 * grid.tile_size / 111_195
    error = off * extent.length / extent.area + 1e-6
    assert extent.symmetric_difference(whole).area < error * extent.area
    assert shapely.area(pieces).sum() == pytest.approx(whole.area, rel=error)


@pytest.mark.parametrize("name", ALL)
def test_every_place_has_its_tile(name: str) -> None:
    shape = shapely.geometry.shape(sk.Extent(ALL[name]).split_at_antimeridian())
    random = np.random.default_rng(7)
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)[:20]
    within = [random.uniform(part.bounds[:2], part.bounds[2:], (400, 2)) for part in parts]
    points: Any = shapely.points(np.concatenate(within))
    shapely.prepare(shape)
    points = points[shapely.contains_properly(shape, points)]
    pieces = cut(ALL[name], 200).intersections
    tree = shapely.STRtree(pieces)
    counts = np.bincount(tree.query(points, "intersects")[0], minlength=len(points))
    assert (counts == 1).mean() > 0.999  # 1 in 1e5 may be on the common edge of two
    assert len(points) > 100


@pytest.mark.parametrize("name", ALL)
def test_squares_are_as_true_as_the_grid_says(name: str) -> None:
    grid = cut(ALL[name])
    geod = Geod(ellps="WGS84")
    stated = grid.distortion
    assert stated.area == 0
    assert stated.side < (0.003 if name in ("car_park", "fiji") else 0.09)
    for tile in grid[:: max(1, len(grid) // 40)]:
        square: Any = shapely.geometry.shape(tile.square)
        assert true_area([square]) == pytest.approx(grid.tile_size**2, rel=2e-4)
        if square.geom_type == "MultiPolygon" or max(map(abs, square.bounds[1::2])) > 89:
            continue
        corners = shapely.get_coordinates(square.minimum_rotated_rectangle)
        assert len(corners) == 5
        along = geod.line_length(*shapely.get_coordinates(square.exterior).T)
        assert along / 4 / grid.tile_size == pytest.approx(1, abs=stated.side + 2e-3)


@pytest.mark.parametrize("name", ["fiji", "rectangle"])
def test_both_forms_of_one_area_give_the_same_tiles(name: str) -> None:
    """The same area in two forms, cut at 180 degrees and continued beyond."""
    shape = DRAWN["cut_at_the_antimeridian"] if name == "rectangle" else country("fiji")
    joined = sk.Extent(shape).joined_at_antimeridian()
    assert joined.bounds[2] > 180
    one, other = cut(shape), cut(joined.to_geojson())
    assert one.crs == other.crs
    assert (one.rows == other.rows).all()
    assert (one.columns == other.columns).all()
    assert one.fractions == pytest.approx(other.fractions, abs=1e-9)


@pytest.mark.parametrize("align", ["origin", "corner", "center"])
@pytest.mark.parametrize("tiles", [1, 3, 60, 900])
def test_a_ring_around_a_pole_closes_on_a_grid_line(tiles: int, align: str) -> None:
    ring = [[-180, -51], [-180, -90], [180, -90], [180, -51], [60, -50], [-60, -50], [-180, -51]]
    extent = sk.Extent({"type": "Polygon", "coordinates": [ring]})
    grid = cut(extent.to_geojson(), tiles * 4, align=align)
    assert grid.area == pytest.approx(extent.area, rel=1e-9)
    assert shapely.area(grid.local_intersections).sum() == pytest.approx(extent.area, rel=1e-9)


def test_far_apart_parts_have_planes_of_their_own() -> None:
    grid = cut(DRAWN["far_apart"])
    assert len(grid.crs) == 3
    assert grid.distortion.side < 0.001
    assert len(cut(country("norway")).crs) == 2  # Bouvet Island


def test_a_small_extent_has_one_tile() -> None:
    grid = sk.decompose(DRAWN["car_park"])
    (tile,) = grid
    assert tile.fraction * 1e8 == pytest.approx(sk.Extent(DRAWN["car_park"]).area)
