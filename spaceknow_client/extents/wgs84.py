"""Checks for WGS84 in degrees by names of coordinate systems, in the spellings found in files."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

from ..errors.base import InvalidExtentError

_EPSG = re.compile(r"epsg\D*?(?:[\d.]*[:/])?(\d+)(?:/(?:[a-z]\w*)?)*$", re.ASCII | re.IGNORECASE)
# A number, or the code at the end of a WKT definition.
_NUMBER = re.compile(r'(?:^\s*|"EPSG",\s*"?)(\d+)(?:\s*|"?\]\]\s*)$', re.ASCII)
_NAMES = re.compile(
    r"(?:.*[:/])?crs:?84h?|.*\bogc:2:84|(?:gcs[ _])?wgs[ _-]*(?:19)?84|world geodetic system 1984"
    r'|geog(?:cs|crs)\["(?:gcs_)?wgs[ _]*(?:19)?84".*',
    re.IGNORECASE | re.DOTALL,
)
_PROJ = re.compile(
    r"(?:\+?(?:proj=(?:longlat|latlong)|(?:datum|ellps)=wgs84|towgs84=0(?:,0)*|no_defs|type=crs)\s*)+",
    re.IGNORECASE,
)
_NUMBERS = ("4326", "4979")


def check_of_source(source: Any) -> None:
    """Raises InvalidExtentError if an object (such as a GeoDataFrame, or a geometry of PostGIS) is not
    in WGS84."""
    shapely = sys.modules.get("shapely")
    if shapely and isinstance(source, shapely.Geometry):
        check_name(f"EPSG:{shapely.get_srid(source) or 4326}", "")
    crs: Any = getattr(source, "crs", None)
    if not hasattr(crs, "to_epsg"):
        return
    number = crs.to_epsg()
    if str(number) in _NUMBERS or _is_wgs84(str(crs)):
        return
    if hasattr(crs, "to_2d"):  # a CRS of pyproj
        if type(crs)("OGC:CRS84").equals(crs.to_2d(), ignore_axis_order=True):
            return
        crs = crs.name
    raise _refused(f"EPSG:{number}" if number else str(crs), "")


def check_name(crs: Any, path: str) -> None:
    """Checks the `crs` member of older GeoJSON, and of other formats. None is WGS84.

    Raises InvalidExtentError for another coordinate system.
    """
    if crs is None:
        return
    name = crs
    for member in ("properties", "name", "href", "code", "latestWkid", "wkid", "wkt", "init"):
        if isinstance(name, Mapping) and member in name:
            name = name[member]
    identifier = crs.get("id") if isinstance(crs, Mapping) else None
    if isinstance(identifier, Mapping):  # PROJJSON
        name = f"{identifier.get('authority')}:{identifier.get('code')}"
    if isinstance(name, bool) or not isinstance(name, (str, int)) or not _is_wgs84(str(name)):
        raise _refused(name, path)


def _is_wgs84(name: str) -> bool:
    name = name.strip()
    number = _EPSG.search(name)
    if number:
        return number[1] in _NUMBERS
    if name in _NUMBERS or _NAMES.fullmatch(name):
        return True
    return bool(_PROJ.fullmatch(name)) and "proj=" in name and "wgs84" in name.lower()


def _refused(crs: Any, path: str) -> InvalidExtentError:
    number = _EPSG.search(str(crs)) or _NUMBER.search(str(crs))
    return InvalidExtentError(
        f"its coordinates are in {f'EPSG:{number[1]}' if number else f'{crs!s:.60}'}, not in WGS84.",
        path=path,
        hint="Pass longitude and latitude in degrees; with geopandas, use .to_crs('OGC:CRS84').",
    )
