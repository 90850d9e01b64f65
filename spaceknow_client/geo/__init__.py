"""Geometry of extents on arrays, without GeoJSON's checks and without tiles. Needs the extra `geo`."""

from __future__ import annotations

from ..extras import require


def require_geo() -> None:
    """Raises ConfigError when numpy, shapely or pyproj is not installed."""
    require("geo", "numpy", "shapely", "pyproj", purpose="areas and tiles need")
