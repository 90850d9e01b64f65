# Compiled by `python -m generator` from _async/. Never edit by hand.
"""Stored GeoJSON features (the GeoJSON DB API, internal and subject to change): `client.geojsondb`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve

from ..features import new_features
from ..generated.api.geojsondb import geojsondb_create, geojsondb_search
from ..generated.models import FeatureQuery, NewFeatureCollection
from ..pages import Page
from .pages import Pager
from .transport import Transport


class GeoJSONDB:
    """Features in collections. SpaceKnow marks this API as internal: it may change without notice."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        features: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        collection: str | None = None,
    ) -> list[str]:
        """Stores features; gives their ids (24 hexadecimal digits), in order.

        The ids follow from the content, so storing something twice creates nothing new. Needs
        `geojsondb.create.<collection>`.

        Args:
            features: a FeatureCollection, or GeoJSON features; without `id`.
            collection: the collection for those that do not name theirs in `properties.collection`.

        Raises InvalidArgumentError before anything is sent. API facts, section 14.
        """
        body = NewFeatureCollection.from_dict(
            {"type": "FeatureCollection", "features": new_features(features, collection)}
        )
        request = geojsondb_create.get_request(body=body)
        answer = self._transport.send(request, geojsondb_create.parse)
        return answer.parsed.created

    def search(
        self, query: Mapping[str, Any] | None = None, *, fields: Sequence[str] | None = None
    ) -> Pager[dict[str, Any]]:
        """Stored features that fit a query. Needs `geojsondb.search`.

        Args:
            query: sent as it is; its language is not published.
            fields: members that the results shall have; without the geometry they are no valid
                GeoJSON.

        Raises MalformedQueryError when it is read. API facts, section 14.
        """
        first = FeatureQuery(
            fields=None if fields is None else list(fields), additional_properties=dict(query or {})
        )

        def fetch(cursor: str | None) -> Page[dict[str, Any]]:
            request = geojsondb_search.get_request(body=evolve(first, cursor=cursor))
            answer = self._transport.send(request, geojsondb_search.parse)
            return Page(items=answer.parsed.results, cursor=answer.parsed.cursor)

        return Pager(fetch, "geojsondb.search")
