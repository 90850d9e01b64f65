"""The detections of all tiles of a map."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ..errors.base import InvalidResponseError
from ..generated.types import WrongShapeError, number
from ..runtime.paths import PathLike
from .grid_file import GridFile
from .provenance import SOFTWARE, provenance

if TYPE_CHECKING:
    import geopandas

    from .kraken_map import KrakenMap

DETECTIONS = "detections.geojson"


@frozen
class Detections:
    """Detected objects, as GeoJSON features.

    A detection belongs to the one tile that contains its centroid, so there are no duplicates in the
    detections of all tiles.

    Attributes:
        features: GeoJSON features. `properties.count` is the number of objects that a feature
            represents, `properties.class` their class, `properties.area` their area in square
            meters. Features of a map also have these properties, if they are known and the service
            does not use the names itself: `map_id`, `map_type`, `scene_ids`, `acquired` (UTC),
            `zoom` of the tiles and `meters_per_pixel` (for tiles of 256 pixels), so that you can
            combine the detections of several maps.
        about: the same for each map, also for a map without features; files contain it.
    """

    features: list[dict[str, Any]] = field(repr=lambda value: f"<{len(value)} features>")
    about: tuple[dict[str, Any], ...] = field(default=(), repr=False, eq=False)

    @classmethod
    def read(
        cls,
        files: Iterable[GridFile | None],
        map: KrakenMap | None = None,
        zoom: int | None = None,
    ) -> Detections:
        """From the `detections.geojson` files of a map's tiles; a tile without one has no detections.

        Raises InvalidResponseError.
        """
        features: list[dict[str, Any]] = []
        about = {} if map is None else provenance(map, zoom)
        for file in files:
            if file is None:
                continue
            collection = file.json()
            found = collection.get("features") if isinstance(collection, dict) else None
            if not isinstance(found, list) or not all(_is_detection(each) for each in found):
                raise InvalidResponseError(
                    f"{file.name} of tile {tuple(file.tile)} is not GeoJSON with detections",
                    operation="kraken.grid_file",
                )
            features += [
                {**each, "properties": {**about, **(each.get("properties") or {})}}
                for each in found
            ]
        return cls(features, (about,) if about else ())

    def __add__(self, other: Detections) -> Detections:
        return Detections(self.features + other.features, self.about + other.about)

    @property
    def count(self) -> int:
        """The number of objects. A feature without a count represents one object."""
        return int(sum(_member(feature, "count", 1) for feature in self.features))

    @property
    def area(self) -> float:
        """The area of the objects in square meters."""
        return float(sum(_member(feature, "area", 0) for feature in self.features))

    def _repr_html_(self) -> str:
        from ..runtime.notebook import drawing, table

        rows = [
            ("features", f"{len(self.features):,}"),
            ("objects", f"{self.count:,}"),
            ("area", f"{self.area:,.1f} m\u00b2"),
            (
                "acquired",
                ", ".join(filter(None, (map.get("acquired") for map in self.about))) or None,
            ),
        ]
        shapes = (feature.get("geometry") for feature in self.features)
        return table("Detections", rows, drawing(shapes, f"{len(self.features)} detections"))

    @property
    def source(self) -> dict[str, Any]:
        """The provenance that files contain: `software`, and `maps`, which is `about`."""
        return {"software": SOFTWARE, "maps": list(self.about)}

    def to_dict(self) -> dict[str, Any]:
        """As a GeoJSON FeatureCollection; its member `spaceknow` is `source`."""
        return {"type": "FeatureCollection", "spaceknow": self.source, "features": self.features}

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """As a GeoDataFrame in WGS84 (EPSG:4326), with a column for each property.

        Requires the extra `geo`. A property called `geometry` becomes `geometry_`. Ids of features
        are the column `id`, or `id_` if there is a property `id`. Times in UTC, such as `acquired` of
        one scene, are date-times. `frame.attrs["spaceknow"]` is
        `source`.

        Raises ConfigError without the extra, InvalidResponseError for an invalid geometry.
        """
        from .vectors.vector_files import geodataframe

        return geodataframe(self)

    def save(self, path: PathLike, *, layer: str | None = None, overwrite: bool = False) -> Path:
        """Writes a file in the format of its suffix; returns its path.

        `.geojson` (or `.json`) needs no extra. The others require the extra `geo`: `.gpkg` writes a
        layer of a GeoPackage, `.parquet` GeoParquet, `.fgb` FlatGeobuf, `.csv` the geometry as WKT.
        All contain the provenance of the detections: in the columns of `features`, and `source` as
        metadata (`.csv`: the column `software`).

        In these formats a column has one type. No value is lost: integers beyond 64 bits, columns of
        mixed types, objects and lists become strings, and a reserved name, such as `fid`, gets an
        underscore at its end. Times in UTC become date-times. The same detections produce the same
        bytes.

        The file is written atomically. A file of one layer is replaced. An existing GeoPackage keeps
        its other layers.

        Args:
            layer: the layer of a GeoPackage, by default `detections`.
            overwrite: replace the layer if the GeoPackage already has it.

        Raises InvalidArgumentError for another suffix, an existing layer, and a `.gpkg` that is not
        a GeoPackage; ConfigError without the extra; DownloadError if the file cannot be written, or
        another program is writing it; InvalidResponseError for an invalid geometry.
        """
        from .vectors.vector_files import save

        return save(self, path, layer, overwrite)

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {"type": "FeatureCollection", "features": self.features}


def _member(feature: dict[str, Any], name: str, otherwise: float) -> float:
    value = (feature.get("properties") or {}).get(name)
    return otherwise if value is None else value


def _is_detection(value: Any) -> bool:
    """A feature whose count and area are finite numbers or missing."""
    if not isinstance(value, dict) or not isinstance(value.get("properties") or {}, dict):
        return False
    numbers = (_member(value, "count", 1), _member(value, "area", 0))
    try:
        return all(number(n, "") is not None for n in numbers)
    except WrongShapeError:
        return False
