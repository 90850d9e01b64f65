"""Ragnar: the search for scenes."""

from __future__ import annotations

from ..extents import area_of, on_earth, square_meters
from ..state import State
from ..stores.pipelines import JSON
from ..stores.searches import Query
from ..validation.bodies import date_time
from ..validation.failures import Failure
from .registry import OperationRequest, handles, started


@handles("imagery.search.initiate")
def initiate(state: State, asked: OperationRequest) -> JSON:
    """Starts the search for one page. The required permission contains provider and dataset."""
    body = asked.body
    provider, dataset = body["provider"], body["dataset"]
    asked.caller.require(f"imagery.availability.{provider}.{dataset}")
    whole = area_of(body["extent"])
    area = on_earth(whole)
    query = Query(
        provider=provider,
        dataset=dataset,
        area=area,
        area_wkb=area.normalize().wkb,
        start=date_time(body.get("startDatetime")),
        end=date_time(body.get("endDatetime")),
        min_intersection=body.get("minIntersection", 0.0),
        only_ingested=body.get("onlyIngested", False),
    )
    of, offset = state.searches.place(query, body.get("cursor"))
    failure = None
    if square_meters(whole) <= 0:
        failure = Failure("EXTENT-TOO-SMALL", "The extent has no area.")
    return started(
        state,
        asked,
        lambda: state.searches.page(query, of, offset),
        provider=provider,
        failure=failure,
    )
