"""GeoJSON features as files: GeoJSON, GeoPackage and GeoParquet, and as a GeoDataFrame."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors.base import (
    DownloadError,
    InvalidArgumentError,
    InvalidResponseError,
    SpaceKnowError,
)
from ..runtime.extras import require
from ..runtime.paths import PathLike, atomic_write, checked_path

if TYPE_CHECKING:
    import geopandas

Features = list[dict[str, Any]]

LAYER = "detections"
# Columns that a GeoPackage has of its own; a property of that name gets a line at its end.
_TAKEN = {"fid", "geom"}


def geodataframe(features: Features) -> geopandas.GeoDataFrame:
    """A column for each property. Raises MissingExtraError, InvalidResponseError."""
    require("geo", "geopandas", "shapely")
    import geopandas
    import shapely

    try:
        shapes: Any = [
            shapely.geometry.shape(feature["geometry"]) if feature.get("geometry") else None
            for feature in features
        ]
        rows = [feature.get("properties") or {} for feature in features]
        columns = list(dict.fromkeys(name for row in rows for name in row if name != "geometry"))
        data = {_utf8(name): [_utf8(row.get(name)) for row in rows] for name in columns}
        return geopandas.GeoDataFrame(data, geometry=shapes, crs="EPSG:4326")
    except Exception as error:  # shapely raises all sorts on coordinates that are none
        raise InvalidResponseError(
            f"a detection has a geometry that is none ({type(error).__name__})",
            operation="kraken.grid_file",
        ) from error


def _utf8(value: Any) -> Any:
    """Half a surrogate pair, which JSON may hold, as its escape."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def save(features: Features, path: PathLike) -> Path:
    """Writes features in the form that the suffix names."""
    target = checked_path(path)
    suffix = target.suffix.lower()
    if suffix not in _WRITERS:
        raise InvalidArgumentError(
            f"detections are a file that ends in {', '.join(_WRITERS)}, not {target.name!r}."
        )
    with atomic_write(target) as part:
        try:
            _WRITERS[suffix](features, part)
        except (SpaceKnowError, OSError):
            raise
        except Exception as error:  # of GDAL, pandas or Arrow, which share no class
            raise DownloadError(f"{target} cannot be written: {error}") from error
    return target


def _geojson(features: Features, path: Path) -> None:
    # Half a surrogate pair becomes its escape, which JSON knows.
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for index, feature in enumerate(features):
            file.write(",\n" if index else "\n")
            file.write(json.dumps(feature, ensure_ascii=False))
        file.write("\n]}\n")


def _geopackage(features: Features, path: Path) -> None:
    frame = _flat(features)
    names = {name: f"{name}_" for name in frame.columns if name.lower() in _TAKEN}
    options: dict[str, Any] = {"VERSION": "1.2"}  # older programs warn of newer ones
    if not len(frame):
        options["geometry_type"] = "Polygon"
    table = frame.rename(columns=names)
    table.to_file(path, driver="GPKG", layer=LAYER, engine="pyogrio", **options)


def _geoparquet(features: Features, path: Path) -> None:
    require("geo", "pyarrow")  # geopandas would say so in its own words
    _flat(features).to_parquet(path, index=False)


_WRITERS = {
    ".geojson": _geojson,
    ".json": _geojson,
    ".gpkg": _geopackage,
    ".parquet": _geoparquet,
}


def _flat(features: Features) -> geopandas.GeoDataFrame:
    """As a GeoDataFrame whose values are plain: a column of a file has one type."""
    return geodataframe(
        [{**feature, "properties": _plain(feature.get("properties") or {})} for feature in features]
    )


def _plain(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
        for name, value in properties.items()
    }
