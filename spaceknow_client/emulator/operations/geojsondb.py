"""GeoJSON DB: features stored by users."""

from __future__ import annotations

from ..state import State
from ..stores.pipelines import JSON
from .registry import OperationRequest, handles


@handles("geojsondb.create")
def create(state: State, asked: OperationRequest) -> JSON:
    """Stores features. Each collection requires its own permission."""
    features = asked.body["features"]
    for collection in dict.fromkeys(each["properties"]["collection"] for each in features):
        asked.caller.require(f"geojsondb.create.{collection}")
    return {"created": state.features.create(features)}


@handles("geojsondb.search")
def search(state: State, asked: OperationRequest) -> JSON:
    """A page of features of all users."""
    return state.features.search(asked.body)
