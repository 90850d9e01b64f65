"""Which objects are extents, and the errors for the others."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceknow_client import Extent, InvalidExtentError

SQUARE = [[153.0, -27.4], [153.1, -27.4], [153.1, -27.3], [153.0, -27.3], [153.0, -27.4]]
POLYGON: dict[str, Any] = {"type": "Polygon", "coordinates": [SQUARE]}


class Described:
    def __init__(self, geojson: dict[str, Any]) -> None:
        self.__geo_interface__ = geojson


@pytest.mark.parametrize(
    "source",
    [
        POLYGON,
        json.dumps(POLYGON),
        Described({"type": "Polygon", "coordinates": (tuple(map(tuple, SQUARE)),)}),
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        {"type": "GeometryCollection", "geometries": [POLYGON]},
        {"type": "Feature", "id": 1, "properties": {"a": 1}, "geometry": POLYGON},
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "geometry": POLYGON, "properties": None}],
        },
        Extent(POLYGON),
    ],
)
def test_what_is_an_extent(source: Any) -> None:
    extent = Extent(source)
    assert extent.bounds == (153.0, -27.4, 153.1, -27.3)
    assert extent.to_geojson()["type"] in ("Polygon", "MultiPolygon", "GeometryCollection")
    assert Extent(extent) == extent


def test_only_the_geometry_is_sent() -> None:
    feature = {"type": "Feature", "properties": {"big": "x" * 100_000}, "geometry": POLYGON}
    assert Extent(feature).to_geojson() == POLYGON


def test_rings_come_out_as_rfc_7946_asks() -> None:
    hole = [[153.02, -27.38], [153.08, -27.38], [153.08, -27.32], [153.02, -27.38]]
    outer, inner = Extent({"type": "Polygon", "coordinates": [SQUARE[::-1], hole]}).to_geojson()[
        "coordinates"
    ]
    assert outer == SQUARE
    assert inner == hole[::-1]


def test_the_bytes_it_takes_in_a_request() -> None:
    extent = Extent(POLYGON)
    text = json.dumps(extent.to_geojson(), separators=(",", ":"))
    assert extent.size_in_bytes == len(text)


class InMetres(Described):
    class crs:  # noqa: N801
        @staticmethod
        def to_epsg() -> int:
            return 32633


def test_another_coordinate_system_is_refused() -> None:
    with pytest.raises(InvalidExtentError, match="not in WGS84"):
        Extent(InMetres(POLYGON))
    old = {**POLYGON, "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}}
    with pytest.raises(InvalidExtentError, match="not in WGS84") as caught:
        Extent(old)
    assert caught.value.path == "crs"


def test_a_hundred_thousand_positions() -> None:
    ring = [[(number % 1000) / 100, number / 10_000] for number in range(100_000)]
    extent = Extent({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    assert extent.bounds == (0, 0, 9.99, 9.9999)
    ring[77_777] = [1.0, 91.0]
    with pytest.raises(InvalidExtentError, match="from -90 to 90, not 91") as caught:
        Extent({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    assert caught.value.path == "coordinates[0][77777]"


def test_too_many_positions() -> None:
    ring = [[0.0, 0.0]] * 5_000_001
    with pytest.raises(InvalidExtentError, match="more than 5000000 positions"):
        Extent({"type": "Polygon", "coordinates": [ring]})


def test_a_rectangle_from_bounds() -> None:
    assert Extent.from_bounds(153.0, -27.4, 153.1, -27.3) == Extent(POLYGON)


def test_a_rectangle_over_the_antimeridian_goes_on_beyond_180() -> None:
    with pytest.raises(InvalidExtentError, match=r"pass 180\.1 for east"):
        Extent.from_bounds(179.9, -17, -179.9, -16.9)
    assert Extent.from_bounds(179.9, -17, 180.1, -16.9).bounds == (179.9, -17, 180.1, -16.9)
    with pytest.raises(InvalidExtentError, match=r"south \(2\) must be less than north \(1\)"):
        Extent.from_bounds(0, 2, 1, 1)


def test_what_was_checked_is_what_is_sent() -> None:
    source = json.loads(json.dumps(POLYGON))
    extent = Extent(source)
    source["coordinates"][0][0] = ["oops"]
    assert extent.to_geojson() == POLYGON


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps(POLYGON))
    assert Extent.from_file(path) == Extent(POLYGON)
    with pytest.raises(InvalidExtentError, match="cannot be read"):
        Extent.from_file(tmp_path / "nothing.geojson")


def with_ring(*ring: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(ring)]}


@pytest.mark.parametrize(
    ("source", "path", "problem"),
    [
        (None, "", "NoneType is not an extent"),
        ("not json", "", "neither JSON nor WKT"),
        ("[" * 100_000, "", "nested too deep"),
        ("[1]", "", "an object, not list"),
        ({}, "", "no type"),
        ({"type": "Circle"}, "type", "'Circle' is not a GeoJSON type"),
        ({"type": "Point", "coordinates": [1, 2]}, "type", "a Point has no area"),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "type", "has no area"),
        ({"type": "Polygon"}, "coordinates", "expected an array"),
        ({"type": "Polygon", "coordinates": []}, "coordinates", "no ring"),
        ({"type": "Polygon", "coordinates": [5]}, "coordinates[0]", "expected an array"),
        (with_ring([1, 2], [1, 3], [1, 2]), "coordinates[0]", "at least 4"),
        (with_ring([1, 2], [1, 3], [2, 3], [2, 2]), "coordinates[0]", "not closed"),
        (with_ring([1, 2], [1, 3], ["2", 3], [1, 2]), "coordinates[0][2]", "expected a number"),
        (with_ring([1, 2], [1, 3], [2], [1, 2]), "coordinates[0][2]", "longitude, latitude"),
        (with_ring([1, 2], [1, 3], [float("nan"), 3], [1, 2]), "coordinates[0][2]", "finite"),
        (with_ring([1, 2], [1, 3], [2, 3, float("nan")], [1, 2]), "coordinates[0][2]", "finite"),
        (
            with_ring([1, 2], [1, 3], [2, 3, "high"], [1, 2]),
            "coordinates[0][2]",
            "expected a number",
        ),
        (with_ring([1, 2], [1, 3], [10**400, 3], [1, 2]), "coordinates[0][2]", "finite"),
        (with_ring([1, 2], [1, 3], [2, 153], [1, 2]), "coordinates[0][2]", "may be swapped"),
        (
            with_ring([1, 2], [1, 3], [400, 3], [1, 2]),
            "coordinates[0][2]",
            "from -360 to 360, not 400",
        ),
        (with_ring([1, 2], [1, 3], [1, 4], [1, 2]), "", "no area"),
        ({"type": "GeometryCollection", "geometries": []}, "", "no polygon"),
        ({"type": "MultiPolygon", "coordinates": []}, "", "no polygon"),
        (
            {"type": "GeometryCollection", "geometries": [POLYGON, {"type": "Point"}]},
            "geometries[1].type",
            "a Point",
        ),
        ({"type": "Feature", "geometry": None}, "", "the Feature has no geometry"),
    ],
)
def test_what_is_none(source: Any, path: str, problem: str) -> None:
    with pytest.raises(InvalidExtentError, match=problem) as caught:
        Extent(source)
    assert caught.value.path == path
    assert isinstance(caught.value, ValueError)


def test_an_endless_nesting() -> None:
    value: dict[str, Any] = POLYGON
    for _ in range(100_000):
        value = {"type": "GeometryCollection", "geometries": [value]}
    with pytest.raises(InvalidExtentError, match="levels deep"):
        Extent(value)
    while "geometries" in value:  # freed from the outside in: its own repr and del would recurse
        value = value["geometries"].pop()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["type", "coordinates", "geometries", "features", "geometry", "x"]),
                inner
                | st.sampled_from(["Polygon", "MultiPolygon", "GeometryCollection", "Feature"]),
                max_size=3,
            )
        ),
        max_leaves=20,
    )
)
def test_rubbish_gives_an_extent_or_our_error(source: Any) -> None:
    with contextlib.suppress(InvalidExtentError):
        west, south, east, north = Extent(source).bounds
        assert west < east
        assert south < north
