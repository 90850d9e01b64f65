"""Rings that cross, touch, jump or surround a pole: their errors and their content."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import HealthCheck, assume, example, given, note, settings
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.extents.crossings import is_line, problem_of
from spaceknow_client.extents.geojson import MAX_CHECKED
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX

from .places import coast, country, rectangle

EARTH = 510_065_621_724_089  # square meters of the WGS84 ellipsoid
RADIUS = 6_371_007.2


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*map(list, ring), list(ring[0])] for ring in rings]}


SQUARE = [(0, 0), (8, 0), (8, 8), (0, 8)]
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a bow tie": (polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "crosses itself near 0.5, 0.5"),
    "a bow tie that touches": (
        polygon([(0, 0), (2, 2), (4, 0), (4, 4), (2, 2), (0, 4)]),
        "touches itself near 2, 2",
    ),
    "a spike": (polygon([(0, 0), (4, 0), (4, 4), (4, 9), (4, 4), (0, 4)]), "itself"),
    "a ring twice": (polygon([*SQUARE, *SQUARE]), "itself"),
    "a corner on an edge": (polygon([(0, 0), (4, 0), (4, 4), (2, 0), (0, 4)]), "itself"),
    "points on one line": (polygon([(0, 0), (1, 1), (2, 2)]), "on one line"),
    "points nearly on one line": (
        polygon([(153, -27.4), (153.1, -27.3), (153.2, -27.2)]),
        "one line",
    ),
    "there and back": (polygon([(0, 0), (3, 1), (6, 2), (3, 1)]), "on one line"),
    "a hole across the edge": (
        polygon(SQUARE, [(4, 4), (9, 4), (9, 5), (4, 5)]),
        "two rings cross",
    ),
    "a hole outside": (polygon(SQUARE, [(9, 9), (10, 9), (10, 10)]), "is outside"),
    "a hole in a hole": (
        polygon(SQUARE, [(1, 1), (7, 1), (7, 7), (1, 7)], [(2, 2), (3, 2), (3, 3)]),
        "one hole is inside another",
    ),
    "the ring as a hole": (polygon(SQUARE, SQUARE), "two rings cross"),
    "a hole that cuts in two": (polygon(SQUARE, [(0, 4), (4, 3), (8, 4), (4, 5)]), "cut in two"),
}
GOOD = {
    "a hole that touches the edge": polygon(SQUARE, [(0, 4), (4, 3), (4, 5)]),
    "holes that touch each other": polygon(
        SQUARE, [(1, 1), (4, 4), (1, 4)], [(4, 4), (7, 4), (7, 7)]
    ),
    "repeated points": polygon([(0, 0), (0, 0), (4, 0), (4, 4), (4, 4)]),
    "points on an edge": polygon([(0, 0), (1, 0), (2, 0), (4, 0), (4, 4)]),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_sent_is_told(name: str) -> None:
    extent = sk.Extent(BAD[name][0])
    for use in (
        extent.to_geojson,
        lambda: extent.area,
        lambda: extent.size_in_bytes,
        lambda: extent.__geo_interface__,
        lambda: sk.decompose(extent),
        lambda: extent.simplify_to(1000),
        extent.split_at_antimeridian,
        extent.joined_at_antimeridian,
        lambda: sk.Extent(sk.Extent(extent)).to_geojson(),
    ):
        with pytest.raises(sk.InvalidExtentError, match=BAD[name][1]) as caught:
            use()
        assert "repaired()" in str(caught.value)
    if "line" in BAD[name][1] or name == "the ring as a hole":
        with pytest.raises(sk.InvalidExtentError, match="nothing is left"):
            extent.repaired()
    else:
        assert extent.repaired().area > 0


@pytest.mark.parametrize("name", GOOD)
def test_what_can(name: str) -> None:
    extent = sk.Extent(GOOD[name])
    assert sk.decompose(extent, 100_000).area == pytest.approx(extent.area, rel=1e-9)
    assert extent.repaired().area == pytest.approx(extent.area, rel=1e-12)


@pytest.mark.kinds("sync")  # both clients check the extent in the same code
async def test_nothing_is_sent(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    for name, (geojson, _) in BAD.items():
        collection = {"type": "GeometryCollection", "geometries": [rectangle(0, 0, 1, 1), geojson]}
        for extent in (geojson, sk.Extent(geojson), json.dumps(geojson), collection):
            if extent is collection and "nearly" in name:
                continue  # next to an area it removes nothing
            with pytest.raises(sk.InvalidExtentError):
                await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=extent))
            with pytest.raises(sk.InvalidExtentError):
                await both.items_of(client.imagery.search(extent=extent, **GBDX))
            with pytest.raises(sk.InvalidExtentError):
                await both.settle(client.credits.allocate_area(extent, scene_ids=["s"]))
    assert emulator.calls() == []
    assert sk.Extent(CAR_PARK).to_geojson()


def test_the_same_is_told_without_the_extra() -> None:
    rings = {**{name: bad for name, (bad, _) in BAD.items()}, **GOOD, "coast": coast(2_000)}
    rings["crossing coast"] = polygon(
        np.roll(coast(1_900)["coordinates"][0][:-1], (1, 0))[::3][::-1]
    )
    code = (
        "import json, sys, spaceknow_client as sk\n"
        "if sys.argv[1] == 'without':\n"
        "    sys.modules.update(dict.fromkeys(['numpy', 'shapely', 'pyproj', 'geopandas']))\n"
        "for ring in json.load(sys.stdin).values():\n"
        "    try:\n"
        "        print(sk.Extent(ring).to_geojson()['type'])\n"
        "    except sk.InvalidExtentError as error:\n"
        "        print(error)\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code, way],
            input=json.dumps(rings, default=float),
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for way in ("with", "without")
    ]
    assert told[0] == told[1]
    assert told[0].count("repaired()") >= len(BAD)


def test_longer_rings_are_compared_with_the_extra() -> None:
    around = [
        (math.cos(a / 500 * math.pi), math.sin(a / 500 * math.pi)) for a in range(MAX_CHECKED)
    ]
    crossing = sk.Extent(polygon(around[::-1]))  # twice around
    with pytest.raises(sk.InvalidExtentError, match=r"not valid: .*repaired"):
        crossing.to_geojson()
    assert crossing.repaired().area == pytest.approx(
        sk.Extent(polygon(around[:1000])).area, rel=1e-6
    )
    assert sk.Extent(coast(5_000)).to_geojson()


CORNERS = st.tuples(st.integers(0, 6), st.integers(0, 6))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(CORNERS, min_size=3, max_size=8), min_size=1, max_size=4),
    st.sampled_from([1.0, 0.1, 1 / 3, 1e-6]),
    st.booleans(),
)
def test_they_are_as_geos_judges_them(
    rings: list[list[tuple[int, int]]], step: float, in_square: bool
) -> None:
    if in_square:
        rings = [[(-1, -1), (7, -1), (7, 7), (-1, 7)], *rings]
    closed = [[(x * step, y * step) for x, y in [*ring, ring[0]]] for ring in rings]
    note(closed)
    shape = shapely.Polygon(closed[0], closed[1:])
    assume(not any(is_line(ring) for ring in closed))
    assert (problem_of(closed) is None) == shape.is_valid
    # The reported position is the one of GEOS, or of the rings.
    if shape.is_valid:
        extent = sk.Extent(shape)
        assert shapely.geometry.shape(extent).equals(shape)


# Around the Earth


def circle(longitude: float, latitude: float, reach: float, count: int = 120) -> list[list[float]]:
    """Points around a center, anticlockwise from above, longitudes from -180 to 180."""
    azimuth = np.radians(np.linspace(0, -360, count, endpoint=False))
    lat, far = math.radians(latitude), math.radians(reach)
    sine = math.sin(lat) * math.cos(far) + math.cos(lat) * math.sin(far) * np.cos(azimuth)
    east = np.arctan2(
        np.sin(azimuth) * math.sin(far) * math.cos(lat), math.cos(far) - math.sin(lat) * sine
    )
    longitudes = (longitude + np.degrees(east) + 180) % 360 - 180
    ring = np.column_stack([longitudes, np.degrees(np.arcsin(np.clip(sine, -1, 1)))]).tolist()
    return [*ring, ring[0]]


@settings(max_examples=40, deadline=None)
@given(st.floats(-180, 180), st.floats(-89, 89), st.floats(0.5, 60), st.booleans())
@example(0.0, 88.0, 10.0, False)
@example(10.0, -88.0, 10.0, True)
@example(179.0, 0.0, 5.0, True)
def test_a_cap_is_a_cap(longitude: float, latitude: float, reach: float, is_reversed: bool) -> None:
    to_pole = 90 - abs(latitude)
    assume(abs(to_pole - reach) > 0.2 * reach)
    ring = circle(longitude, latitude, reach)
    extent = sk.Extent({"type": "Polygon", "coordinates": [ring[::-1] if is_reversed else ring]})
    cap = 2 * math.pi * RADIUS**2 * (1 - math.cos(math.radians(reach)))
    # The inside is on the left of a ring around a pole; other rings contain the smaller side.
    holds_pole = to_pole < reach
    expected = EARTH - cap if is_reversed and holds_pole else cap
    split = extent.split_at_antimeridian(short_edges=True)
    assert split.area == pytest.approx(expected, rel=0.03, abs=0.03 * cap)
    assert shapely.is_valid(shapely.geometry.shape(split))
    west, _, east, _ = split.bounds
    assert west >= -180
    assert east <= 180
    assert split.repaired().area == pytest.approx(split.area, rel=1e-9)
    assert split.split_at_antimeridian(short_edges=True).area == pytest.approx(split.area, rel=1e-9)
    joined = split.joined_at_antimeridian()
    assert joined.area == pytest.approx(split.area, rel=1e-9)
    assert shapely.is_valid(shapely.geometry.shape(joined))
    if max(abs(b[0] - a[0]) for a, b in pairwise(ring)) > 180:
        with pytest.raises(sk.InvalidExtentError, match=r"short_edges=True\) takes the short way"):
            extent.to_geojson()
    else:
        assert extent.area == pytest.approx(split.area, rel=1e-9)


def test_a_swath_over_the_pole_in_both_directions() -> None:
    north = [[-170, 60], [-100, 62], [-20, 61], [60, 60], [130, 62], [-170, 60]]
    cap = sk.Extent.from_bounds(-180, 61, 180, 90).area
    for ring, expected in ((north, cap), (north[::-1], EARTH - cap)):
        extent = sk.Extent({"type": "Polygon", "coordinates": [ring]})
        assert extent.split_at_antimeridian(short_edges=True).area == pytest.approx(
            expected, rel=0.04
        )
    inner = [[lon, lat + 20] for lon, lat in north]
    belt = sk.Extent({"type": "Polygon", "coordinates": [north, inner[::-1]]})
    expected = cap - sk.Extent.from_bounds(-180, 81, 180, 90).area
    assert belt.split_at_antimeridian(short_edges=True).area == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize("latitude", [75.0, -60.0, 0.0])
def test_a_cap_at_one_latitude_has_an_area(latitude: float) -> None:
    ring = [[float(longitude), latitude] for longitude in range(-180, 180, 10)]
    if latitude < 0:
        ring.reverse()
    extent = sk.Extent({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    split = extent.split_at_antimeridian(short_edges=True)
    pole = 90 if latitude >= 0 else -90
    expected = sk.Extent.from_bounds(-180, min(latitude, pole), 180, max(latitude, pole))
    assert split.area == pytest.approx(expected.area, rel=1e-9)


JUMPS = {
    "a rectangle": [[179, -17], [-179, -17], [-179, -16], [179, -16]],
    "one corner": [[170, 0], [175, -5], [-178, 0], [175, 5]],
    "wide": [[100, -10], [-100, -10], [-100, 10], [100, 10]],
    "from 0 to 360": [[350, 10], [5, 10], [5, 12], [350, 12]],
}


@pytest.mark.parametrize("name", JUMPS)
def test_a_jump_is_told_with_both_ways_to_read_it(name: str) -> None:
    extent = sk.Extent(polygon(JUMPS[name]))
    for use in (
        extent.to_geojson,
        lambda: extent.area,
        extent.repaired,
        extent.joined_at_antimeridian,
    ):
        with pytest.raises(
            sk.InvalidExtentError, match=r"is ambiguous: \d+ or \d+ degrees"
        ) as caught:
            use()
        assert "split_at_antimeridian(short_edges=True)" in str(caught.value)
        assert "split_at_antimeridian() the long way" in str(caught.value)
    beyond = [[x + 360 if x < JUMPS[name][0][0] else x, y] for x, y in JUMPS[name]]
    beyond = [[x - 360, y] for x, y in beyond] if beyond[0][0] > 180 else beyond
    short = extent.split_at_antimeridian(short_edges=True)
    assert short.area == pytest.approx(sk.Extent(polygon(beyond)).area, rel=1e-9)
    long = extent.split_at_antimeridian()
    assert long.area > short.area or name == "wide"
    for read in (short, long):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sk.DistortionWarning)
            assert sk.decompose(read, 200_000).area == pytest.approx(read.area, rel=1e-9)


@pytest.mark.parametrize("bounds", [(-180, -20, 180, 20), (-120, -20, 120, 20), (-90, -10, 90, 10)])
def test_a_wide_rectangle_is_none(bounds: tuple[float, float, float, float]) -> None:
    extent = sk.Extent.from_bounds(*bounds)
    west, south, east, north = bounds
    assert extent.area == pytest.approx(
        sk.Extent.from_bounds(0, south, 1, north).area * (east - west), rel=1e-9
    )
    assert extent.split_at_antimeridian(short_edges=True).area == pytest.approx(
        extent.area, rel=1e-9
    )


def test_around_the_earth_as_it_is_written() -> None:
    for geojson in (
        rectangle(-180, -10, 180, 10),
        rectangle(-180, 80, 180, 90),
        country("antarctica"),
    ):
        assert sk.Extent(geojson).to_geojson()
    assert sk.Extent(rectangle(10, -10, 350, 10)).split_at_antimeridian().to_geojson()


def nested(depth: int, longitude: float, latitude: float) -> dict[str, Any]:
    """Islands in lagoons of islands, each a square."""
    rings = [shapely.box(-s, -s, s, s) for s in np.linspace(2, 0.2, depth)]
    parts = [outer.difference(inner) for outer, inner in zip(rings[::2], rings[1::2], strict=False)]
    shape = shapely.MultiPolygon(parts + rings[-1:] * (depth % 2))
    moved = shapely.transform(shape, lambda points: points + np.array((longitude, latitude)))
    return sk.Extent(moved).to_geojson()


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("longitude", [0, 179, 180, -178.5, 300])
def test_an_islet_in_a_lagoon(depth: int, longitude: float) -> None:
    extent = sk.Extent(nested(depth, longitude, 10.0))
    split = extent.split_at_antimeridian()
    joined = split.joined_at_antimeridian()
    for made in (split, joined, joined.split_at_antimeridian()):
        assert made.area == pytest.approx(extent.area, rel=1e-9)
        assert shapely.geometry.shape(made).is_valid
    assert sk.decompose(extent, 50_000).area == pytest.approx(extent.area, rel=1e-9)


# Simpler


def off(one: Any, other: Any) -> float:
    """Maximum distance in meters from the boundary of one shape to that of the other."""
    found = 0.0
    boundary = shapely.boundary(other)
    for x, y in shapely.get_coordinates(shapely.segmentize(shapely.boundary(one), 0.05)).tolist()[
        ::7
    ]:
        narrow = math.cos(math.radians(min(abs(y) + 0.5, 90)))
        near = shapely.affinity.scale(boundary, narrow, 1, origin=(x, y))
        found = max(found, near.distance(shapely.Point(x, y)) * 110_500)
    return found


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.floats(0.3, 1), min_size=30, max_size=60),
    st.floats(-75, 75),
    st.sampled_from([0.01, 2.0, 14.0]),
    st.integers(300, 900),
)
def test_a_stated_tolerance_holds(
    radii: list[float], latitude: float, size: float, limit: int
) -> None:
    angle = np.arange(len(radii)) / len(radii) * 2 * np.pi
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * np.array(radii)[:, None] * size
    extent = sk.Extent(shapely.Polygon(ring + np.array((20, latitude))))
    simple, tolerance, error = extent.simplify_to(limit)
    assert simple.size_in_bytes <= limit
    shapes = [shapely.geometry.shape(each) for each in (extent, simple)]
    assert all(shape.is_valid for shape in shapes)
    if shapes[1].geom_type == "Polygon":
        assert off(*shapes) <= tolerance
        assert off(*shapes[::-1]) <= tolerance
    assert abs(simple.area / extent.area - 1) <= error + 1e-9


def test_a_simpler_belt_around_the_earth_goes_the_same_way() -> None:
    longitudes = np.linspace(-170, 170, 341)
    coast = np.column_stack([longitudes, 10 + np.sin(3 * longitudes)])[::-1]
    border = np.column_stack([np.linspace(-170, 170, 5), np.zeros(5)])
    extent = sk.Extent(shapely.Polygon(np.concatenate([coast, border])))
    for limit in (2_000, 600, 300):
        simple, _, error = extent.simplify_to(limit)
        assert simple.size_in_bytes <= limit
        assert abs(simple.area / extent.area - 1) <= error < 0.2


@pytest.mark.parametrize("name", ["fiji", "antarctica", "brazil"])
def test_areas_are_kept_or_the_difference_is_told(name: str) -> None:
    extent = sk.Extent(country(name))
    assert extent.repaired().area == pytest.approx(extent.area, rel=1e-6)
    assert extent.split_at_antimeridian().area == pytest.approx(extent.area, rel=1e-9)
    simple, _, error = extent.simplify_to(20_000)
    assert abs(simple.area / extent.area - 1) <= error + 1e-9
    assert simple.repaired().area == pytest.approx(simple.area, rel=1e-9)
    whole = extent.simplify_to(10_000_000)
    assert (whole.tolerance, whole.area_error) == (0, 0)
    assert whole.extent.area == pytest.approx(extent.area, rel=1e-12)
