"""Methods of an extent that require the extra `geo`."""

from __future__ import annotations

import math
from typing import Any

import pytest
import shapely
from pyproj import Geod

import spaceknow_client as sk

from .places import COUNTRIES, DRAWN, country, rectangle

EARTH = 510_065_621_724_089  # square meters of the WGS84 ellipsoid
BOW = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}


def test_the_area_of_the_earth_and_of_a_belt() -> None:
    assert sk.Extent(DRAWN["the_earth"]).area == pytest.approx(EARTH, rel=1e-9)
    halves = (sk.Extent(rectangle(-180, -90, 180, 0)), sk.Extent(rectangle(-180, 0, 180, 90)))
    assert halves[0].area == halves[1].area == pytest.approx(EARTH / 2, rel=1e-9)
    wedge = sk.Extent(DRAWN["wedge_to_the_pole"]).area
    assert wedge * 9 == pytest.approx(sk.Extent(rectangle(-180, 60, 180, 90)).area, rel=1e-12)


@pytest.mark.parametrize("name", [*COUNTRIES, "large_rectangle", "car_park"])
def test_areas_agree_with_geodesics(name: str) -> None:
    geojson: Any = DRAWN.get(name) or country(name)
    shape = shapely.segmentize(shapely.geometry.shape(sk.Extent(geojson)), 0.01)
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(shape))
    # Its edges are geodesics, ours are straight in degrees.
    assert sk.Extent(geojson).area == pytest.approx(abs(area), rel=1e-6)


def test_a_crossing_is_told_and_repaired_only_when_asked() -> None:
    with pytest.raises(sk.InvalidExtentError, match="repaired"):
        _ = sk.Extent(BOW).area
    repaired = sk.Extent(BOW).repaired()
    assert repaired.to_geojson()["type"] == "MultiPolygon"
    assert repaired.area == pytest.approx(sk.Extent(rectangle(0, 0, 1, 1)).area / 2, rel=1e-3)
    line = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}
    with pytest.raises(sk.InvalidExtentError, match="nothing is left"):
        sk.Extent(line).repaired()


def test_both_ways_across_the_antimeridian() -> None:
    beyond = sk.Extent(DRAWN["across_the_antimeridian"])
    cut = beyond.split_at_antimeridian()
    assert cut.bounds == (-180, -20, 180, -10)
    assert cut.area == pytest.approx(beyond.area, rel=1e-12)
    assert cut.joined_at_antimeridian().bounds == beyond.bounds
    for name in COUNTRIES:
        extent = sk.Extent(country(name))
        joined = extent.joined_at_antimeridian()
        assert joined.area == pytest.approx(extent.area, rel=1e-9)
        assert joined.split_at_antimeridian().area == pytest.approx(extent.area, rel=1e-9)
        if name in ("fiji", "russia"):
            west, _, east, _ = joined.bounds
            assert east - west < 180 < east
    around = sk.Extent(DRAWN["cap_at_the_pole"])
    assert around.joined_at_antimeridian().bounds == around.bounds
    apart = sk.Extent(DRAWN["far_apart"]).joined_at_antimeridian()
    assert apart.area == pytest.approx(sk.Extent(DRAWN["far_apart"]).area, rel=1e-9)


def test_rings_that_jump() -> None:
    ring = [[175, -20], [-175, -20], [-175, -10], [175, -10], [175, -20]]
    jumping = sk.Extent({"type": "Polygon", "coordinates": [ring]})
    for use in (lambda: jumping.area, jumping.to_geojson, lambda: sk.decompose(jumping)):
        with pytest.raises(sk.InvalidExtentError, match="10 or 350 degrees") as caught:
            use()
        assert "short_edges=True" in str(caught.value)
    long = jumping.split_at_antimeridian()
    assert long.area == pytest.approx(sk.Extent.from_bounds(-175, -20, 175, -10).area, rel=1e-12)
    cut = jumping.split_at_antimeridian(short_edges=True)
    assert cut.area == pytest.approx(sk.Extent(DRAWN["cut_at_the_antimeridian"]).area, rel=1e-12)
    # A ring around the pole, without a line to it.
    coast = [[longitude, 75.0 + longitude % 3] for longitude in range(-175, 180, 10)]
    ringed = sk.Extent({"type": "Polygon", "coordinates": [[*coast, coast[0]]]})
    cap = ringed.split_at_antimeridian(short_edges=True)
    assert cap.bounds == (-180, 75, 180, 90)
    assert cap.area == pytest.approx(sk.Extent(rectangle(-180, 76, 180, 90)).area, rel=0.01)


@pytest.mark.parametrize("name", ["brazil", "norway", "indonesia"])
@pytest.mark.parametrize("limit", [60_000, 3_000])
def test_simpler_until_it_fits(name: str, limit: int) -> None:
    extent = sk.Extent(country(name))
    simple, tolerance, error = extent.simplify_to(limit)
    assert limit * 0.8 < simple.size_in_bytes <= limit
    assert 0 < tolerance < 200_000
    assert 0 < error < 0.5
    assert math.isclose(simple.area, extent.area, rel_tol=error + 1e-3)


def test_what_fits_stays_and_what_cannot_fit_is_told() -> None:
    small = sk.Extent(DRAWN["car_park"])
    assert small.simplify_to(1000).area_error == pytest.approx(0, abs=1e-6)
    with pytest.raises(sk.InvalidExtentError, match="simplified to 50 bytes"):
        small.simplify_to(50)
