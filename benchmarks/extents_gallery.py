"""Draws pictures of tiles: each extent in its plane, and in degrees as it would be sent.

python benchmarks/extents_gallery.py [folder]     # default: out/extents
"""

from __future__ import annotations

import math
import sys
import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path as Outline

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# The modules of the project are importable only from here on.
import spaceknow_client as sk  # noqa: E402
from tests.extents.places import COUNTRIES, DRAWN, coast, country  # noqa: E402

TILES = 500
COLORS = {True: "#9ecae1", False: "#fdae6b"}  # inside, on the boundary


def outline(shape: Any) -> Outline:
    rings = [
        Outline(shapely.get_coordinates(ring), closed=True)
        for polygon in shapely.get_parts(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return Outline.make_compound_path(*rings)


def draw(axes: Axes, shapes: Any, inside: Any) -> None:
    colors = [COLORS[bool(flag)] for flag in inside]
    axes.add_collection(
        PathCollection(
            [outline(shape) for shape in shapes],
            facecolors=colors,
            edgecolors="#333333",
            linewidths=0.3,
        )
    )
    axes.autoscale()


def squares(axes: Axes, shapes: Any) -> None:
    axes.add_collection(
        PathCollection(
            [outline(shape) for shape in shapes],
            facecolors="none",
            edgecolors="#d62728",
            linewidths=0.25,
        )
    )


def picture(name: str, geojson: dict[str, Any], path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.DistortionWarning)
        grid = sk.decompose(geojson, math.sqrt(sk.Extent(geojson).area / TILES))
    counts = np.bincount(grid.planes)
    largest = np.argsort(-counts, kind="stable")[:4]
    figure = plt.figure(figsize=(16, 7), layout="constrained")
    left, right = figure.subfigures(1, 2)
    panels = left.subplots(*((1, len(largest)) if len(largest) < 4 else (2, 2)), squeeze=False)
    for axes, plane in zip(panels.flat, largest, strict=True):
        here = grid.planes == plane
        draw(axes, grid.local_intersections[here], grid.inside[here])
        squares(axes, grid.local_squares[here])
        axes.set(aspect="equal")
        axes.set_title(grid.crs[plane].split("+datum")[0], fontsize=8)
    pieces, whole = grid.intersections, grid.squares
    west, _, east, _ = shapely.total_bounds(pieces)
    joined = sk.Extent(geojson).joined_at_antimeridian().bounds
    if west == -180 and east == 180 and joined[2] > 180:  # seen from the other side
        pieces, whole = (shapely.transform(shapes, eastward) for shapes in (pieces, whole))
    axes = right.subplots()
    draw(axes, pieces, grid.inside)
    squares(axes, whole)
    axes.set(title="degrees")
    planes = f"{len(counts)} planes, " if len(counts) > 1 else ""
    figure.suptitle(
        f"{name}: {len(grid)} tiles of {grid.tile_size / 1000:.3g} km, {planes}"
        f"sides up to {grid.distortion.side:.2%} off"
    )
    figure.savefig(path, dpi=80)
    plt.close(figure)


def eastward(points: Any) -> Any:
    return np.column_stack(
        [np.where(points[:, 0] < 0, points[:, 0] + 360, points[:, 0]), points[:, 1]]
    )


def main() -> None:
    folder = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "out" / "extents"
    folder.mkdir(parents=True, exist_ok=True)
    shapes = {name: country(name) for name in COUNTRIES} | DRAWN | {"coast": coast(100_000)}
    for name, geojson in shapes.items():
        picture(name, geojson, folder / f"{name}.png")
        print(folder / f"{name}.png")


main()
