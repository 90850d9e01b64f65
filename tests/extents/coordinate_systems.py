"""Coordinate systems of PROJ, each with an extent in its center: `make test-crs` splits all of them."""

from __future__ import annotations

import os
import sys
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.database import query_crs_info
from pyproj.enums import PJType

import spaceknow_client as sk

KINDS = [PJType.PROJECTED_CRS, PJType.GEOGRAPHIC_2D_CRS]
AUTHORITIES = ("EPSG", "ESRI", "OGC")


def names() -> list[str]:
    """All systems of the Earth that are in use."""
    found = [
        info for authority in AUTHORITIES for info in query_crs_info(authority, pj_types=KINDS)
    ]
    return [f"{info.auth_name}:{info.code}" for info in found]


def extent_in(crs: CRS) -> sk.Extent:
    """A hexagon in the center of its area of use."""
    west, south, east, north = crs.area_of_use.bounds if crs.area_of_use else (-20, 40, 20, 60)
    east += 360 if east < west else 0
    middle = (west + east) / 2, float(np.clip((south + north) / 2, -84, 84))
    reach = min(0.25, (east - west) / 4, (north - south) / 4)
    corners = [(-1, -0.2), (-0.4, -1), (0.7, -0.8), (1, 0.3), (0.2, 1), (-0.8, 0.6), (-1, -0.2)]
    ring = [[middle[0] + x * reach, middle[1] + y * reach] for x, y in corners]
    return sk.Extent({"type": "Polygon", "coordinates": [ring]})


def cut(name: str, tiles: float = 20) -> str:
    """Splits the extent; returns the refusal, or an empty string. Raises AssertionError for a wrong grid."""
    crs = CRS(name)
    extent = extent_in(crs)
    west, south, east, north = extent.bounds
    unit = crs.axis_info[0].unit_conversion_factor if crs.axis_info else 1.0
    meters = np.degrees(unit) * 111_195 if crs.is_geographic else unit
    side = float(np.sqrt(extent.area / tiles) / meters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.DistortionWarning)
        warnings.simplefilter("ignore", UserWarning)  # of PROJ, about grids that are not installed
        try:
            grid = sk.decompose(extent, side, crs=name)
        except sk.InvalidArgumentError as error:
            return str(error)
        back = Transformer.from_crs(name, "OGC:CRS84", always_xy=True)
    parts = grid.intersections
    area = sum(tile.area for tile in grid)
    assert abs(area / extent.area - 1) < 1e-6, f"{name}: {area / extent.area - 1:g}"
    assert shapely.is_valid(parts).all(), name
    whole = shapely.geometry.shape(extent.split_at_antimeridian())
    off = shapely.symmetric_difference(whole, shapely.union_all(parts)).area / whole.area
    assert off < 1e-3, f"{name}: {off:g} lies elsewhere"
    # They are at the right position, as PROJ's own choice of an operation shows.
    corners = shapely.get_coordinates(grid.local_intersections)
    places = np.column_stack(back.transform(*corners.T))
    places[:, 0] = (places[:, 0] - west + 180) % 360 - 180 + west
    beyond = (places < (west - 0.02, south - 0.02)) | (places > (east + 0.02, north + 0.02))
    assert not beyond.any(), f"{name}: {places[beyond.any(axis=1)][:1]} is off {extent.bounds}"
    return ""


def outcome(name: str) -> tuple[str, str]:
    """(kind of outcome, message), for a pool of processes."""
    try:
        refused = cut(name)
    except AssertionError as error:
        return "wrong", str(error)
    except Exception as error:  # a crash is the subject of the test
        return "crashed", f"{name}: {error!r}"
    return ("refused", f"{name}: {refused}") if refused else ("cut", name)


def main() -> int:
    chosen: list[Any] = names()
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        counts: Counter[str] = Counter()
        for kind, text in pool.map(outcome, chosen, chunksize=20):
            counts[kind] += 1
            if kind != "cut":
                print(f"{kind}: {text}", flush=True)
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    return 1 if counts["wrong"] or counts["crashed"] else 0


if __name__ == "__main__":
    sys.exit(main())
