"""What an analysis found: the detections of all tiles of a map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from .errors.base import InvalidResponseError
from .grid_file import GridFile


@frozen
class Detections:
    """Found objects, as GeoJSON features.

    A detection belongs to the one tile that holds its centroid, so those of all tiles are simply
    put together (API facts, section 11.5).

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
            if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
                raise InvalidResponseError(
                    f"{file.name} of tile {tuple(file.tile)} is no GeoJSON FeatureCollection",
                    operation="kraken.grid_file",
                )
            features += found
        return cls(features)

    @property
    def count(self) -> int:
        """How many objects were found."""
        return sum(self._count(feature) for feature in self.features)

    @property
    def area(self) -> float:
        """How many square metres they cover."""
        return float(sum(self._properties(feature).get("area") or 0 for feature in self.features))

    @staticmethod
    def _properties(feature: dict[str, Any]) -> dict[str, Any]:
        properties = feature.get("properties")
        return properties if isinstance(properties, dict) else {}

    @classmethod
    def _count(cls, feature: dict[str, Any]) -> int:
        count = cls._properties(feature).get("count", 1)
        return count if isinstance(count, int) else 1

    def to_dict(self) -> dict[str, Any]:
        """As a GeoJSON FeatureCollection."""
        return {"type": "FeatureCollection", "features": self.features}

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return self.to_dict()
