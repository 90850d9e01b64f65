"""Stored GeoJSON features (the GeoJSON DB API, internal and subject to change): `client.geojsondb`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..runtime.lists import ListLike
from .features import new_features
from .operations.geojsondb_async import AsyncGeojsondbResource


class AsyncGeoJSONDB(AsyncGeojsondbResource):
    """Features in collections. SpaceKnow marks this API as internal: it may change without notice."""

    async def create(
        self,
        features: Mapping[str, Any] | ListLike[Mapping[str, Any]],
        *,
        collection: str | None = None,
    ) -> list[str]:
        """Stores features; returns their ids (24 hexadecimal digits), in order.

        The server derives ids from the content, so storing a feature twice creates no duplicate.
        Requires the permission `geojsondb.create.<collection>`.

        Args:
            features: a FeatureCollection, or GeoJSON features; without `id`.
            collection: the collection of features without `properties.collection`.

        Raises InvalidArgumentError before anything is sent.
        """
        return await self._create(new_features(features, collection))
