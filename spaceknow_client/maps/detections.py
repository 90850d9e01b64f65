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
from .provenance import SOFTWARE, provenance

if TYPE_CHECKING:
    import geopandas

    from .kraken_map import KrakenMap

DETECTIONS = "detections.geojson"


@frozen
class Detections:
    """Found objects, as GeoJSON features.

    A detection belongs to the one tile that holds its centroid, so those of all tiles are simply
    put together.

    Attributes:
        features: GeoJSON features; `properties.count` tells how many objects one stands for,
            `properties.class` of which kind, `properties.area` how many square metres they cover.
            Those of a map also have, as far as it is known and not taken by the service,
            `map_id`, `map_type`, `scene_ids`, `acquired` (UTC), `zoom` of the tiles and
            `meters_per_pixel` (of tiles with 256 pixels a side), so that detections of several maps
            that were put together can be told apart.
        about: the same of each map, of whatever number of features, as a file of them says it.
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
        """From the `detections.geojson` of tiles of a map; a tile without one has none.

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
                    f"{file.name} of tile {tuple(file.tile)} is no GeoJSON of detections",
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
        """How many objects were found. A feature that tells no count stands for one."""
        return int(sum(_member(feature, "count", 1) for feature in self.features))

    @property
    def area(self) -> float:
        """How many square metres they cover."""
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
        """What a file of them says: `software` that wrote it, and `maps`, which is `about`."""
        return {"software": SOFTWARE, "maps": list(self.about)}

    def to_dict(self) -> dict[str, Any]:
        """As a GeoJSON FeatureCollection; its member `spaceknow` is `source`."""
        return {"type": "FeatureCollection", "spaceknow": self.source, "features": self.features}

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """As a GeoDataFrame in WGS84 (EPSG:4326), a column for each property. Needs the extra `geo`.

        A property called `geometry` becomes `geometry_`. Ids of features are the column `id`, or
        `id_` beside a property `id`. `frame.attrs["spaceknow"]` is `source`.

        Raises ConfigError without it, InvalidResponseError for a geometry that is none.
        """
        from .vectors.vector_files import geodataframe

        return geodataframe(self)

    def save(self, path: PathLike, *, layer: str | None = None, overwrite: bool = False) -> Path:
        """Writes them to a file, in the form that its suffix names; gives its path.

        `.geojson` (or `.json`) needs nothing more. The others need the extra `geo`: `.gpkg` is a
        layer of a GeoPackage, `.parquet` is GeoParquet, `.fgb` FlatGeobuf, `.csv` has the geometry
        as WKT. All say where the detections come from: in the columns of `features`, and as
        metadata what `source` has (`.csv`: the column `software`).

        In these a column has one type, and nothing is lost: integers beyond 64 bits, columns of
        mixed types, objects and lists become text, and a name that the format has taken, such as
        `fid`, gets a line at its end. The same detections make the same bytes.

        The file gets its name when it is whole. A file of one layer is replaced. A GeoPackage that is
        there keeps its other layers.

        Args:
            layer: of a GeoPackage, by default `detections`.
            overwrite: replace the layer of that name, if the GeoPackage has one.

        Raises InvalidArgumentError for another suffix, a layer that is there, and a `.gpkg` that is
        no GeoPackage; ConfigError without the extra; DownloadError when the file cannot be written,
        or another program is writing it; InvalidResponseError for a geometry that is none.
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
    """A feature whose count and area, where it has them, are finite numbers."""
    if not isinstance(value, dict) or not isinstance(value.get("properties") or {}, dict):
        return False
    numbers = (_member(value, "count", 1), _member(value, "area", 0))
    try:
        return all(number(n, "") is not None for n in numbers)
    except WrongShapeError:
        return False
