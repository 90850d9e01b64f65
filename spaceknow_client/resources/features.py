"""Checks features before they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors.base import InvalidArgumentError
from ..runtime.lists import as_list, refused


def new_features(source: Any, collection: str | None) -> list[dict[str, Any]]:
    """The features of a FeatureCollection or a list, each with a collection and without an id.

    Raises InvalidArgumentError with the number of the feature.
    """
    given = source.get("features") if isinstance(source, Mapping) else source
    rule = "a FeatureCollection or a non-empty list of features"
    features = as_list("features", given, rule)
    if not features:
        raise refused("features", rule, given)
    return [_new_feature(item, collection, number) for number, item in enumerate(features)]


def _new_feature(item: Mapping[str, Any], collection: str | None, number: int) -> dict[str, Any]:
    where = f"features[{number}]"
    if not isinstance(item, Mapping) or item.get("type") != "Feature":
        raise InvalidArgumentError(f"{where} must be a GeoJSON Feature.")
    if "id" in item:
        raise InvalidArgumentError(f"{where} must not have an id; the server assigns it.")
    if not isinstance(item.get("geometry"), Mapping):
        raise InvalidArgumentError(f"{where} must have a geometry.")
    properties = dict(item.get("properties") or {})
    if collection is not None:
        properties.setdefault("collection", collection)
    if not isinstance(properties.get("collection"), str) or not properties["collection"]:
        raise InvalidArgumentError(
            f"{where} has no collection.",
            hint="Set properties.collection, or the argument collection=.",
        )
    return {**item, "properties": properties}
