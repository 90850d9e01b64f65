"""What an analysis found: the detections of all tiles of a map."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ..errors.base import InvalidResponseError
from ..generated.types import WrongShapeError, number
from ..runtime.paths import PathLike
from .grid_file import GridFile

if TYPE_CHECKING:
    import geopandas


DETECTIONS = "detections.geojson"


@frozen
class Detections:
    """Found objects, as GeoJSON features.

    A detection belongs to the one tile that holds its centroid, so those of all tiles are simply
    put together.

    Attributes:
        features: GeoJSON features; `properties.count` tells how many objects one stands for,
            `properties.class` of which kind, `properties.area` how many square metres they cover.
    """

    features: list[dict[str, Any]] = field(repr=lambda value: f"<{len(value)} features>")

    @classmethod
    def read(cls, files: Iterable[GridFile | None]) -> Detections:
        """From the `detections.geojson` of tiles; a tile without one has none.

        Raises InvalidResponseError.
        """
        features: list[dict[str, Any]] = []
        for file in files:
            if file is None:
                continue
            collection = file.json()
            found = collection.get("features") if isinstance(collection, dict) else None
            if not isinstance(found, list) or not all(map(_is_detection, found)):
                raise InvalidResponseError(
                    f"{file.name} of tile {tuple(file.tile)} is no GeoJSON of detections",
                    operation="kraken.grid_file",
                )
            features += found
        return cls(features)

    @property
    def count(self) -> int:
        """How many objects were found. A feature that tells no count stands for one."""
        return int(sum(_member(feature, "count", 1) for feature in self.features))

    @property
    def area(self) -> float:
        """How many square metres they cover."""
        return float(sum(_member(feature, "area", 0) for feature in self.features))

    def to_dict(self) -> dict[str, Any]:
        """As a GeoJSON FeatureCollection."""
        return {"type": "FeatureCollection", "features": self.features}

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """As a GeoDataFrame in WGS84 (EPSG:4326), a column for each property. Needs the extra `geo`.

        Raises ConfigError without it, InvalidResponseError for a geometry that is none.
        """
        from .vector_files import geodataframe

        return geodataframe(self.features)

    def save(self, path: PathLike) -> Path:
        """Writes them to a file, in the form that its suffix names; gives its path.

        `.geojson` (or `.json`) needs nothing more; `.gpkg` is a GeoPackage with the layer
        `detections`, `.parquet` is GeoParquet; both need the extra `geo`. What is nested in
        properties becomes JSON text in these two. The file gets its name when it is whole.

        Raises InvalidArgumentError for another suffix, ConfigError without the extra, DownloadError
        when the file cannot be written, InvalidResponseError for a geometry that is none.
        """
        from .vector_files import save

        return save(self.features, path)

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return self.to_dict()


def _member(feature: dict[str, Any], name: str, otherwise: float) -> float:
    value = (feature.get("properties") or {}).get(name)
    return otherwise if value is None else value


def _is_detection(value: Any) -> bool:
    """A feature whose count and area, where it has them, are finite numbers."""
    if not isinstance(value, dict) or not isinstance(value.get("properties") or {}, dict):
        return False
    numbers = (_member(value, "count", 1), _member(value, "area", 0))
    try:
        return all(number(n, "") is not None for n in numbers)
    except WrongShapeError:
        return False
