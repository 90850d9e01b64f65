"""GeoJSON features as files: GeoJSON, GeoPackage, GeoParquet, FlatGeobuf, CSV, and as a GeoDataFrame.

A column of a file has one type. Values of other types become strings, so that nothing is lost: integers
beyond 64 bits, columns of several types, objects and lists. Times in UTC become date-times, as GDAL reads
them from GeoJSON.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ...errors.base import (
    DownloadError,
    InvalidArgumentError,
    InvalidResponseError,
    SpaceKnowError,
)
from ...errors.shown import shown
from ...runtime.extras import require
from ...runtime.paths import PathLike, atomic_write, checked_path
from ..provenance import SOFTWARE

if TYPE_CHECKING:
    import geopandas

Features = list[dict[str, Any]]


class Detections(Protocol):
    """The protocol of detections with their provenance."""

    @property
    def features(self) -> Features:
        """GeoJSON features."""
        ...

    @property
    def source(self) -> dict[str, Any]:
        """The provenance for files."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """All of it as GeoJSON."""
        ...


LAYER = "detections"
_EXACT = 2**53  # integers up to here are floats, too
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\dZ")  # no leap second
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$|^$')


def geodataframe(found: Detections) -> geopandas.GeoDataFrame:
    """A column for each property. Raises MissingExtraError, InvalidResponseError."""
    return _frame(found, lambda values: values if (times := _times(values)) is None else times)


def save(found: Detections, path: PathLike, layer: str | None, overwrite: bool) -> Path:
    """Writes detections in the format of the suffix."""
    target = checked_path(path)
    suffix = target.suffix.lower()
    if suffix == ".gpkg":
        from .geopackage import save_layer

        frame = _frame(found, _of_one_type, ["fid", "geom"], str.lower)

        def write(part: Path, name: str, **options: str) -> None:
            with writing(target):
                write_layer(frame, part, name, driver="GPKG", **options)

        times = [time for map in found.source["maps"] for time in map.get("acquired", "").split()]
        name = LAYER if layer is None else layer
        save_layer(target, name, write, overwrite=overwrite, newest=max(times, default=None))
        return target
    if suffix not in _WRITERS:
        known = ", ".join([".gpkg", *_WRITERS])
        raise InvalidArgumentError(f"path must end in one of {known}, not {shown(target.name)}.")
    if layer is not None or overwrite:
        raise InvalidArgumentError(
            f"layer and overwrite require a GeoPackage (.gpkg), not {shown(target.name)}.",
            hint="Omit them: a file of one layer is replaced.",
        )
    with atomic_write(target) as part, writing(target):
        _WRITERS[suffix](found, part)
    return target


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Raises DownloadError for errors of GDAL, pandas and Arrow, which have no common class."""
    try:
        yield
    except (SpaceKnowError, OSError):
        raise
    except Exception as error:
        raise DownloadError(f"cannot write {target}: {error}") from error


def _geojson(found: Detections, path: Path) -> None:
    collection = found.to_dict()
    features = collection.pop("features")
    # Half a surrogate pair becomes its escape, which JSON knows.
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f'{_json(collection)[:-1]}, "features": [')
        for index, feature in enumerate(features):
            file.write(",\n" if index else "\n")
            file.write(_json(feature))
        file.write("\n]}\n")


def _json(value: Any) -> str:
    """As JSON; NaN and infinity, which JSON does not have, become strings."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False)


def _finite(value: Any) -> Any:
    match value:
        case dict():
            return {name: _finite(each) for name, each in value.items()}
        case list():
            return [_finite(each) for each in value]
        case float() if not math.isfinite(value):
            return str(value)
    return value


def _geoparquet(found: Detections, path: Path) -> None:
    require("geo", "pyarrow")  # geopandas would raise its own error
    _frame(found, _of_one_type).to_parquet(path, index=False)


def _flatgeobuf(found: Detections, path: Path) -> None:
    frame = _frame(found, _of_one_type, [], str.lower)
    # A spatial index cannot contain empty geometries.
    has_index = len(frame) and not frame.geometry.isna().any()
    options = {"SPATIAL_INDEX": "YES" if has_index else "NO"}
    write_layer(frame, path, LAYER, driver="FlatGeobuf", **options)


def write_layer(frame: geopandas.GeoDataFrame, path: Path, layer: str, **options: Any) -> None:
    """Writes a frame with GDAL, with the provenance as metadata of the layer."""
    import pyogrio

    if not len(frame):
        options["geometry_type"] = "Polygon"
    about = {"spaceknow": _json(frame.attrs["spaceknow"])}
    pyogrio.write_dataframe(frame, path, layer=layer, layer_metadata=about, **options)


def _csv(found: Detections, path: Path) -> None:
    """CSV with WKT, which GDAL and QGIS recognize by its column name. Empty strings have quotes."""
    require("geo", "shapely")
    import shapely

    named = _columns(found.features, ["WKT", "software"], str.lower)
    shapes = [None if shape is None else shapely.to_wkt(shape, -1) for shape in _shapes(found)]
    columns = {"WKT": shapes, **named, "software": [SOFTWARE] * len(shapes)}
    with path.open("w", encoding="utf-8", newline="") as file:
        for row in ([*columns], *zip(*columns.values(), strict=True)):
            file.write(",".join(map(_cell, row)) + "\n")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = _text(value)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


_WRITERS: dict[str, Callable[[Detections, Path], None]] = {
    ".geojson": _geojson,
    ".json": _geojson,
    ".parquet": _geoparquet,
    ".fgb": _flatgeobuf,
    ".csv": _csv,
}


def _frame(
    found: Detections,
    column: Callable[[list[Any]], Any],
    taken: Iterable[str] = (),
    fold: Callable[[str], str] = str,
) -> geopandas.GeoDataFrame:
    """A column of each property, as `column` makes it of the values."""
    require("geo", "geopandas", "shapely")
    import geopandas

    named = _columns(found.features, taken, fold)
    columns = {name: column(values) for name, values in named.items()}
    frame = geopandas.GeoDataFrame(columns, geometry=_shapes(found), crs="EPSG:4326")
    frame.attrs["spaceknow"] = found.source
    return frame


def _shapes(found: Detections) -> list[Any]:
    import shapely

    try:
        return [
            shapely.geometry.shape(feature["geometry"]) if feature.get("geometry") else None
            for feature in found.features
        ]
    except Exception as error:  # shapely raises various errors for invalid coordinates
        raise InvalidResponseError(
            f"a detection has an invalid geometry ({type(error).__name__})",
            operation="kraken.grid_file",
        ) from error


def _columns(
    features: Features, taken: Iterable[str], fold: Callable[[str], str]
) -> dict[str, list[Any]]:
    """The values of each property, and the ids of features, by a unique name.

    Names are equal for the file if `fold` makes them equal; the second gets an underscore at its end.
    """
    used = {fold(name) for name in ("geometry", *taken)}
    columns: dict[str, list[Any]] = {}

    def add(name: str, values: list[Any]) -> None:
        free = _escaped(name) or "_"
        while fold(free) in used:
            free += "_"
        used.add(fold(free))
        columns[free] = values

    rows = [feature.get("properties") or {} for feature in features]
    for name in dict.fromkeys(name for row in rows for name in row):
        add(name, [_plain(row.get(name)) for row in rows])
    if any(feature.get("id") is not None for feature in features):
        add("id", [_plain(feature.get("id")) for feature in features])
    return columns


def _plain(value: Any) -> Any:
    return _escaped(value) if isinstance(value, str) else value


def _escaped(text: str) -> str:
    """Escapes characters that are invalid in UTF-8 or C strings: half surrogate pairs and NUL."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _of_one_type(values: list[Any]) -> Any:
    """A column for a file: of booleans, integers, floats or strings."""
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pd.array(values, dtype="boolean")
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in values if value is not None):
        return pd.array(values, dtype="Int64")
    if (
        kinds
        and kinds <= {int, float}
        and all(value is None or _is_float(value) for value in values)
    ):
        return pd.array(values, dtype="Float64")
    if (times := _times(values)) is not None:
        return times
    return pd.array([None if value is None else _text(value) for value in values], dtype="object")


def _times(values: list[Any]) -> Any:
    """A column of date-times if all values are times in UTC with whole seconds, or missing; else None."""
    import pandas as pd

    told = [value for value in values if value is not None]
    if not told or not all(isinstance(each, str) and _TIME.fullmatch(each) for each in told):
        return None
    try:
        return pd.to_datetime(
            pd.Series(values, dtype="object"), format="%Y-%m-%dT%H:%M:%SZ", utc=True
        )
    except ValueError:  # such as a 31st of June
        return None


def _is_float(value: float) -> bool:
    """Whether a column of floats can store the number exactly; NaN means missing in files."""
    return abs(value) <= _EXACT if isinstance(value, int) else not math.isnan(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _escaped(json.dumps(value, ensure_ascii=False))
