"""What geometry needs: the libraries of the extra `geo`."""

from __future__ import annotations

from ...runtime.extras import require


def require_geo() -> None:
    """Raises MissingExtraError when numpy, shapely or pyproj is not installed."""
    require("geo", "numpy", "shapely", "pyproj", purpose="geometry")
