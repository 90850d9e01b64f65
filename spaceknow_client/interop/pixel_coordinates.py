"""Coordinates of pixel centers and the coordinate system, by the CF conventions."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray
from attrs import frozen

from ..errors.base import InvalidResponseError
from ..errors.shown import shown


@frozen
class PixelGrid:
    """A grid of pixels of one size: `left` and `top` are the outer corner of the first; `height` is
    usually negative, because rows go south. All in units of the coordinate system."""

    width: float
    height: float
    left: float
    top: float

    def coordinates(
        self, rows: int, columns: int, reference: xarray.Variable | None, y: str, x: str
    ) -> dict[str, xarray.Variable]:
        """The centers of rows and columns, with the axes of the coordinate system."""
        axes = {} if reference is None else _axes(reference)
        return {
            x: xarray.Variable(
                (x,), self.left + (np.arange(columns) + 0.5) * self.width, axes.get("X", {})
            ),
            y: xarray.Variable(
                (y,), self.top + (np.arange(rows) + 0.5) * self.height, axes.get("Y", {})
            ),
        }


def spatial_ref(epsg: object) -> xarray.Variable:
    """The variable that describes a coordinate system. Raises InvalidResponseError for an unknown code."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        if not isinstance(epsg, int) or isinstance(epsg, bool):
            raise CRSError("no number")
        crs = CRS.from_epsg(epsg)
    except (CRSError, OverflowError) as error:
        raise InvalidResponseError(f"unknown coordinate system EPSG:{shown(epsg)}") from error
    described = crs.to_cf()
    # GDAL and rioxarray read the second name of the same string.
    return xarray.Variable((), 0, {**described, "spatial_ref": described["crs_wkt"]})


def _axes(reference: xarray.Variable) -> dict[str, dict[str, Any]]:
    from pyproj import CRS

    axes = CRS.from_wkt(reference.attrs["crs_wkt"]).cs_to_cf()
    return {axis["axis"]: axis for axis in axes if "axis" in axis}
