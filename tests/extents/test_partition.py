"""For any extent: the parts together are the extent, and no two overlap."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, note, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

import spaceknow_client as sk
from spaceknow_client.extents.geometry.projection import Projection

WORLD = shapely.box(-540, -90, 540, 90)
WHOLE = st.integers(0, 12)
STEPS = st.sampled_from([1.0, 0.5, 0.25, 1 / 3])


def valid(shape: BaseGeometry) -> BaseGeometry:
    """Only the polygons of a shape that may cross itself."""
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(shapely.get_parts([mended])) if part.area > 1e-6]
    return shapely.union_all(parts)


@st.composite
def on_the_lines(draw: st.DrawFn) -> BaseGeometry:
    """Shapes with corners on corners of the grid, touching rings, checkerboards, holes."""
    step = draw(STEPS)
    point = st.tuples(WHOLE, WHOLE).map(lambda p: (p[0] * step, p[1] * step))
    boxes = st.tuples(point, point).map(lambda two: shapely.box(*np.sort(two, axis=0).ravel()))
    rings = st.lists(point, min_size=3, max_size=9).map(shapely.Polygon)
    diamonds = point.map(lambda p: shapely.Point(p).buffer(step, quad_segs=1))
    parts = draw(st.lists(st.one_of(boxes, rings, diamonds), min_size=1, max_size=6))
    holes = draw(st.lists(st.one_of(boxes, rings, diamonds), max_size=6))
    shape = shapely.union_all([valid(part) for part in parts])
    return valid(shape.difference(shapely.union_all([valid(hole) for hole in holes])))


@settings(max_examples=150, deadline=None)
@given(
    on_the_lines(),
    st.sampled_from([1.0, 0.5, 0.7, 3.0]),
    st.sampled_from(["origin", "corner", "center"]),
)
def test_the_parts_are_what_geos_says(shape: BaseGeometry, size: float, align: str) -> None:
    """In degrees nothing is projected, so that every part can be compared."""
    assume(not shape.is_empty)
    note(shape.wkt)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.DistortionWarning)
        grid = sk.decompose(shape, size, crs="EPSG:4326", align=align)
    squares, parts = grid.local_squares, grid.local_intersections
    true = shapely.intersection(shape, squares)
    assert shapely.is_valid(parts).all()
    assert (shapely.area(shapely.symmetric_difference(true, parts)) < 1e-8 * size**2).all()
    assert grid.fractions == pytest.approx(shapely.area(true) / size**2, abs=1e-9)
    assert shapely.area(true).sum() == pytest.approx(shape.area, rel=1e-9)
    assert len({*zip(grid.rows.tolist(), grid.columns.tolist(), strict=True)}) == len(grid)
    if align == "origin":
        corners = shapely.bounds(squares)[:, :2] / size
        assert corners == pytest.approx(np.round(corners), abs=1e-9)


@st.composite
def on_earth(draw: st.DrawFn) -> BaseGeometry:
    """Stars with holes and islands, slivers and many small shapes, anywhere and of any size."""
    longitude = draw(st.sampled_from([0.0, 179.9, -180.0, 77.3, -120.0]))
    latitude = draw(st.floats(-88, 88))
    size = draw(st.sampled_from([0.01, 0.3, 4.0, 25.0]))

    def star(x: float, y: float, reach: float) -> BaseGeometry:
        radii = draw(st.lists(st.floats(0.05, 1.0), min_size=3, max_size=25))
        angles = np.arange(len(radii)) / len(radii) * 2 * np.pi
        points = np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(radii)[:, None]
        return shapely.Polygon(np.array([x, y]) + points * reach)

    kind = draw(st.sampled_from(["star", "ringed", "swarm", "sliver", "pole"]))
    if kind == "pole":
        sign = draw(st.sampled_from([-1, 1]))
        latitudes = draw(st.lists(st.floats(50, 89.9), min_size=3, max_size=20))
        longitudes = np.linspace(-180, 180, len(latitudes) + 1)
        coast = [*zip(longitudes, [*latitudes, latitudes[0]], strict=True)]
        shape = valid(shapely.Polygon([*coast, (180, 90), (-180, 90)]))
        return shapely.transform(shape, lambda points: points * np.array((1, sign)))
    if kind == "sliver":
        angle = draw(st.floats(0.1, 1.4))
        end = np.array([math.cos(angle), math.sin(angle)]) * size
        aside = np.array([-end[1], end[0]]) * 1e-4
        start = np.array([longitude, latitude])
        shape = shapely.Polygon([start, start + end, start + end + aside, start + aside])
    elif kind == "swarm":
        near = st.floats(-1, 1)
        places = draw(st.lists(st.tuples(near, near), min_size=1, max_size=6))
        shape = shapely.union_all(
            [star(longitude + x * size, latitude + y * size, size / 2) for x, y in places]
        )
    else:
        shape = star(longitude, latitude, size)
        if kind == "ringed":
            shape = shape.difference(star(longitude, latitude, size * 0.6))
            shape = shape.union(star(longitude, latitude, size * 0.2))
    return valid(shape.intersection(WORLD))


# 33 km by 3 m: the area depends on the last digit of the degrees.
SLIVER = shapely.Polygon(
    [
        (-5.592098902868097e-6, 75.5000294741994),
        (0.2947364018314737, 75.55595046322807),
        (0.2947419939303766, 75.55592098902868),
        (0, 75.5),
    ]
)


@settings(max_examples=80, deadline=None)
@example(SLIVER, 3, "center")
@given(
    on_earth(),
    st.sampled_from([1e-6, 0.01, 3, 60, 900]),
    st.sampled_from(["origin", "corner", "center"]),
)
def test_nothing_is_missed_and_nothing_twice(shape: BaseGeometry, tiles: float, align: str) -> None:
    assume(not shape.is_empty)
    note(shape.wkt)
    extent = sk.Extent(shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.DistortionWarning)
        grid = sk.decompose(extent, min(math.sqrt(extent.area / tiles), 4e6), align=align)
    parts = grid.local_intersections
    areas = shapely.area(parts)
    whole = pytest.approx(extent.area, rel=1e-9, abs=1e-8 * 111_195 * shape.length)
    assert shapely.is_valid(parts).all()
    assert areas.sum() == whole
    assert sum(tile.area for tile in grid) == whole
    assert grid.fractions == pytest.approx(areas / grid.tile_size**2, abs=1e-7)
    assert (grid.fractions > 0).all()
    places = zip(grid.planes.tolist(), grid.rows.tolist(), grid.columns.tolist(), strict=True)
    assert len({*places}) == len(grid)
    bounds, squares = shapely.bounds(parts), shapely.bounds(grid.local_squares)
    slack = 1e-9 * grid.tile_size
    assert (bounds[:, :2] >= squares[:, :2] - slack).all()
    assert (bounds[:, 2:] <= squares[:, 2:] + slack).all()


@settings(max_examples=50, deadline=None)
@given(on_earth(), st.integers(0, 1000))
def test_each_place_is_in_a_part(shape: BaseGeometry, seed: int) -> None:
    assume(not shape.is_empty)
    note(shape.wkt)
    extent = sk.Extent(shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.DistortionWarning)
        grid = sk.decompose(extent, min(math.sqrt(extent.area / 100), 4e6))
    assume(len(grid.crs) == 1)
    points = np.random.default_rng(seed).uniform(shape.bounds[:2], shape.bounds[2:], (100, 2))
    points = points[shapely.contains_xy(shape, *points.T)]
    flat: Any = shapely.points(Projection(grid.crs[0]).forward(points))
    # A point on the edge may deviate by 1e-5 of a side.
    distances = shapely.distance(grid.local_intersections[:, None], flat[None, :])
    assert (distances.min(axis=0, initial=np.inf) < 2e-5 * grid.tile_size).all()


def test_a_drop_of_a_tile_is_left_out_and_a_larger_one_is_not() -> None:
    def tiles(reach: float) -> int:
        shape = shapely.union(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 1 + reach, 0.01))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sk.DistortionWarning)
            return len(sk.decompose(shape, 1, crs="EPSG:4326", align="corner"))

    assert tiles(0.9e-8) == 1
    assert tiles(1.1e-8) == 2
