"""Checks that the libraries of the extra `geo`, which geometry requires, are installed."""

from __future__ import annotations

from ...runtime.extras import require


def require_geo() -> None:
    """Raises MissingExtraError if numpy, shapely or pyproj is not installed."""
    require("geo", "numpy", "shapely", "pyproj", purpose="geometry")
