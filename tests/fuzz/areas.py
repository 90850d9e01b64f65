"""Damaged areas: a usable extent, or InvalidExtentError."""

from __future__ import annotations

import json
from typing import Any

import spaceknow_client as sk
from tests.fuzz.bodies import told
from tests.fuzz.mutations import Damage

SQUARE = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]
HOLE = [[0.5, 0.5], [0.5, 1], [1, 1], [1, 0.5], [0.5, 0.5]]
AREAS: tuple[dict[str, Any], ...] = (
    {"type": "Polygon", "coordinates": [SQUARE, HOLE]},
    {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [[[9, 9], [10, 9], [9, 10], [9, 9]]]]},
    {
        "type": "GeometryCollection",
        "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}],
    },
    {
        "type": "Feature",
        "id": 7,
        "properties": {"a": None},
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    },
    {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}],
    },
)


def fuzz(count: int, seed: int = 0) -> None:
    """Reads `count` damaged areas, as data and as text. Raises any exception that is not one of ours."""
    damage = Damage(seed)
    for number in range(count):
        value = damage.json(damage.random.choice(AREAS))
        given: Any = value
        if damage.random.random() < 0.5:
            given = damage.text(value).decode("utf-8", "surrogateescape")
        try:
            use(given, cuts=damage.random.random() < 0.01)
        except BaseException as error:
            error.add_note(f"areas seed {seed} number {number}: {str(given)[:300]!r}")
            raise


def use(given: Any, cuts: bool) -> None:
    try:
        extent = sk.Extent(given)
    except sk.InvalidExtentError as error:
        told(error)
        return
    west, south, east, north = extent.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    repr(extent).encode()
    try:
        json.dumps(extent.to_geojson(), allow_nan=False)
        assert extent.area >= 0
        if cuts:
            sk.decompose(extent, tile_size=200_000)
    except sk.InvalidArgumentError as error:
        told(error)
