"""Reads areas from strings of GeoJSON or WKT, and from files of other formats.

GeoJSON, including newline-delimited GeoJSON and sequences (RFC 8142), and WKT need no extra. Other formats
are read with geopandas, of the extra `geo`. An unsupported format is named in the error.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors.base import InvalidExtentError
from ..runtime.extras import is_installed
from .wgs84 import check_name

# Formats by their first bytes, and by the root element of an XML file. The third value tells whether
# geopandas reads the format.
_MAGIC = (
    (b"SQLite format 3\0", "GeoPackage", True),
    (b"\0\0\x27\x0a", "shapefile", True),
    (b"fgb\x03", "FlatGeobuf", True),
    (b"PAR1", "GeoParquet", True),
    (b"PK\x03\x04", "zip archive", True),
    (b"\x1f\x8b", "gzip archive", False),
    (b"II*\0", "TIFF image", False),
    (b"MM\0*", "TIFF image", False),
    (b"\x89PNG", "PNG image", False),
    (b"\xff\xd8", "JPEG image", False),
    (b"%PDF", "PDF document", False),
    (b"\x89HDF", "HDF5 file", False),
    (b"CDF", "NetCDF file", False),
    (b"ARROW1", "Feather file", True),
    (b"BZh", "bzip2 archive", False),
    (b"\xfd7zXZ", "xz archive", False),
    (b"7z\xbc\xaf", "7z archive", False),
    (b"\x28\xb5\x2f\xfd", "Zstandard archive", False),
    (b"\0\0\0\x0cjP", "JPEG 2000 image", False),
    (b"II+\0", "TIFF image", False),
    (b"AC10", "DWG drawing", False),
    (b"\1\3\0\0", "file of WKB", False),
    (b"\1\6\0\0", "file of WKB", False),
    (b"\x7fELF", "program", False),
)
_XML = {"kml": "KML", "gml": "GML", "featurecollection": "GML"}
_WKT = re.compile(
    r"\s*(?:SRID\s*=\s*(?P<srid>\d+)\s*;)?\s*(?P<kind>(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|"
    r"GEOMETRYCOLLECTION|(?:COMPOUND|MULTI)CURVE|CURVEPOLYGON|(?:MULTI)?SURFACE|CIRCULARSTRING|TIN)"
    r"\s*(?:ZM|Z|M)?\s*(?P<rest>EMPTY|\(.*\))\s*",
    re.IGNORECASE | re.DOTALL,
)
_KINDS = {kind.upper(): kind for kind in ("Polygon", "MultiPolygon", "Point", "MultiPoint")}
_KINDS |= {kind.upper(): kind for kind in ("LineString", "MultiLineString")}


def is_text(source: str) -> bool:
    """Whether it looks like GeoJSON or WKT rather than a file name."""
    return source.lstrip("\ufeff \t\r\n\x1e")[:1] in ("{", "[") or bool(_WKT.fullmatch(source))


def parse(text: str, *, of_file: bool = False) -> Any:
    """GeoJSON from a string of GeoJSON, lines or a sequence of it, or WKT. Raises InvalidExtentError."""
    text = text.lstrip("\ufeff")
    if not text.strip():
        raise InvalidExtentError("the string is empty.")
    found = _WKT.fullmatch(text)
    if found:
        return _of_wkt(found)
    if not is_text(text):
        is_path = not of_file and re.fullmatch(r"[^\n]*\.\w{2,8}\s*", text)
        hint = "For a file, use Extent.from_file(path)." if is_path else _TAKEN
        raise InvalidExtentError(f"the string is {_named(text.strip())}.", hint=hint)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise InvalidExtentError("the JSON is nested too deeply.") from error
    except ValueError as error:
        items = []
        for number, line in enumerate(text.split("\x1e" if "\x1e" in text else "\n"), 1):
            try:
                items += [json.loads(line)] if line.strip() else []
            except (ValueError, RecursionError):
                where = f" in line {number}" if items else ""
                raise InvalidExtentError(f"invalid JSON{where}: {error}.", hint=_TAKEN) from error
        return {"type": "FeatureCollection", "features": items}


def read_file(path: Path) -> Any:
    """GeoJSON, or an object with `__geo_interface__`, of a file. Raises InvalidExtentError."""
    try:
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise InvalidExtentError(
            "it is a folder, not a file.", hint="Pass a file in it."
        ) from error
    except (OSError, ValueError) as error:  # ValueError for a name with NUL
        told = getattr(error, "strerror", error)
        raise InvalidExtentError(f"it cannot be read: {told}.") from error
    for magic, kind, is_read in _MAGIC:
        if data.startswith(magic):
            return converted(path, f"it is a {kind}", is_read)
    return read_bytes(data)


def read_bytes(data: bytes) -> Any:
    """The same from the content of a file; text may be in any encoding of Unicode."""
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        raise InvalidExtentError("the content is not Unicode text.", hint=_TAKEN) from error
    start = text[:4000].lstrip("\ufeff \t\r\n")
    root = re.search(r"<(?:\w+:)?(\w+)[\s>]", start) if start[:1] == "<" else None
    if root:
        kind = _XML.get(root[1].lower())
        return converted(data, f"it is {kind or f'XML, <{root[1]}>'}", bool(kind))
    return parse(text, of_file=True)


def converted(source: Path | bytes, what: str, is_read: bool) -> Any:
    """A GeoDataFrame of another format. Raises InvalidExtentError if it cannot be read in full."""
    if not is_read:
        raise InvalidExtentError(f"{what}.", hint=_TAKEN)
    if not (is_installed("geopandas") and is_installed("pyogrio")):
        raise InvalidExtentError(
            f"{what}, which requires geopandas.", hint="pip install 'spaceknow-client[geo]'"
        )
    import geopandas
    from pyogrio import list_layers
    from pyogrio.errors import DataLayerError, DataSourceError

    opened: Any = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        if what.endswith("GeoParquet"):
            return geopandas.read_parquet(opened)
        if what.endswith("Feather file"):
            return geopandas.read_feather(opened)
        layers = [name for name, kind in list_layers(source) if kind]
        if len(layers) > 1:
            raise InvalidExtentError(
                f"{what} with several layers: {', '.join(layers)}.",
                hint="Choose one: sk.Extent(geopandas.read_file(path, layer=...)).",
            )
        if not layers:
            raise InvalidExtentError(f"{what} without polygons.")
        return geopandas.read_file(opened)
    except (DataSourceError, DataLayerError, ValueError) as error:
        if isinstance(error, InvalidExtentError):
            raise
        raise InvalidExtentError(f"{what}, which cannot be read: {error}", hint=_TAKEN) from error


def foreign(value: Mapping[str, Any]) -> str | None:
    """The name of a JSON format other than GeoJSON, or None."""
    if value.get("type") == "Topology":
        return "TopoJSON"
    if "type" in value:
        return None
    features = value.get("features")
    is_esri = "rings" in value or "geometryType" in value or "spatialReference" in value
    return "Esri JSON" if is_esri and (features is None or isinstance(features, list)) else None


_TAKEN = "Pass GeoJSON or WKT; with the extra `geo` also any format that geopandas reads."


def _named(start: str) -> str:
    """The probable kind of an unreadable string."""
    if re.fullmatch(r"(?:[-+\d.eE]+[\s,;]+){3}[-+\d.eE]+", start):
        return "four numbers; for a rectangle, use Extent.from_bounds(west, south, east, north)"
    if re.fullmatch(r"[0-9A-Fa-f]{18,}", start):
        return "WKB; pass shapely.from_wkb(text)"
    if start[:1] == "<":
        return "XML"
    return f"neither JSON nor WKT: {start!r:.60}"


def _of_wkt(found: re.Match[str]) -> dict[str, Any]:
    """GeoJSON from Well-Known Text, or from the EWKT of PostGIS."""
    if found["srid"]:
        check_name(f"EPSG:{found['srid']}", "")
    kind, rest = found["kind"].upper(), found["rest"]
    if kind == "GEOMETRYCOLLECTION":
        parts = [_WKT.fullmatch(part) for part in _parts(rest[1:-1])]
        if not all(parts):
            raise InvalidExtentError("invalid WKT.", hint=_TAKEN)
        return {
            "type": "GeometryCollection",
            "geometries": [_of_wkt(part) for part in parts if part],
        }
    if kind not in _KINDS:
        raise InvalidExtentError(
            f"unsupported WKT type {kind}.", hint="Approximate curves with lines."
        )
    numbers = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
    json_text = re.sub(
        rf"\s*({numbers}(?:\s+{numbers})+)\s*",
        lambda m: "[" + ",".join(map(_json, m[1].split())) + "]",
        rest,
    )
    try:
        coordinates = json.loads(json_text.translate({40: "[", 41: "]"})) if rest[0] == "(" else []
    except (ValueError, RecursionError) as error:
        raise InvalidExtentError("invalid WKT.", hint=_TAKEN) from error
    return {"type": _KINDS[kind], "coordinates": coordinates}


def _json(number: str) -> str:
    return repr(float(number)) if not number.lstrip("-").isdigit() else str(int(number))


def _parts(text: str) -> list[str]:
    """Splits at commas outside parentheses."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [part for part in (*parts, text[start:]) if part.strip()]
