"""Geometry of extents on arrays, without GeoJSON's checks and without tiles. Needs the extra `geo`."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors.base import ConfigError


def require_geo() -> None:
    """Raises ConfigError when numpy, shapely or pyproj is not installed."""
    missing = [name for name in ("numpy", "shapely", "pyproj") if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"areas and tiles need {' and '.join(missing)}.",
            hint="pip install 'spaceknow-client[geo]'",
        )
