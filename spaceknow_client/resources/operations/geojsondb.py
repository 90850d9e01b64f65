# Compiled by `python -m generator` from geojsondb_async.py. Never edit by hand.
# ruff: noqa
"""Stored GeoJSON features. SpaceKnow marks this API as internal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...pages.page import Page
from ...pages.pager import Pager
from ..argument_checks import Check, among, anything, array, json_object, record, text
from ..arguments import Argument, Arguments
from ..results import page_of as _page_of

if TYPE_CHECKING:
    from ...generated.models import NewFeature
    from ...runtime.lists import ListLike
    from ...transport.transport import Transport

_NewFeatureProperties: Check = record({"collection": text()}, required=("collection",))
_NewFeature: Check = record(
    {"type": among("Feature"), "geometry": json_object(), "properties": _NewFeatureProperties},
    required=("type", "geometry", "properties"),
)
_CREATE_BODY = Arguments(
    Argument("features", "features", array(_NewFeature), required=True),
    constants={"type": "FeatureCollection"},
)
_SEARCH_BODY = Arguments(Argument("fields", "fields", anything()), rest="query")


class GeojsondbResource:
    """Stored GeoJSON features. SpaceKnow marks this API as internal."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _create(self, features: ListLike[NewFeature | Mapping[str, Any]]) -> list[str]:
        """Store features.

        Stores the features of a FeatureCollection. Each names its collection in
        `properties.collection`, and must not have an `id`. The server derives the id from the
        feature, so sending the same again stores nothing twice. The permission depends on the body:
        `geojsondb.create.<collection>` for each collection that is named. SpaceKnow marks this API
        as internal, so it may change without notice. The path is not certain: the pages write
        `/api/features/...`, and this is the literal join with the base `/geojsondb`.

        Requires `geojsondb.create`. Sending it twice costs nothing, so it is retried after
        temporary failures.

        Args:
            features: not described.

        Raises InvalidArgumentError before anything is sent. Errors of the API: ForbiddenError,
        NotAuthorizedError, InvalidJwtError, AccessDeniedError, MethodNotAllowedError,
        PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.geojsondb import geojsondb_create as operation

        body: Any = _CREATE_BODY(features=features)
        answer = self._transport.send(operation.get_request(body=body), operation.parse)
        return answer.parsed.created

    def search(
        self, query: Mapping[str, Any] | None = None, *, fields: Any | None = None
    ) -> Pager[dict[str, Any]]:
        """Find stored features.

        Returns the stored features that a query matches, one page at a time. For the next page send
        the same body again with the `cursor` of the page before. The body itself is the query, and
        its language is not published. Ids look like those of MongoDB, and so may the queries. A
        selection of members (`fields`, in older pages `_fields`) that lacks the geometry makes
        results that are no valid GeoJSON. SpaceKnow marks this API as internal, so it may change
        without notice. The path is not certain: the pages write `/api/features/...`, and this is
        the literal join with the base `/geojsondb`.

        Requires `geojsondb.search`. Sending it twice costs nothing, so it is retried after
        temporary failures. No request is sent before the listing is read.

        Args:
            query: further members of the request, which are sent as they are.
            fields: Members that the results should have (2024). Its form is not published,
                presumably an array of names.

        Raises InvalidArgumentError before anything is sent. Errors of the API: MalformedQueryError,
        InvalidCursorError, NotAuthorizedError, InvalidJwtError, AccessDeniedError,
        MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.geojsondb import geojsondb_search as operation

        body: Any = _SEARCH_BODY(fields=fields, query=query)

        def fetch(cursor: str | None) -> Page[dict[str, Any]]:
            following: Any = body if cursor is None else {**body, "cursor": cursor}
            page = self._transport.send(operation.get_request(body=following), operation.parse)
            return _page_of(page.parsed)

        return Pager(fetch, "geojsondb.search")
