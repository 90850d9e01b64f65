"""Kraken: maps of imagery and analyses, and the files of their tiles."""

from __future__ import annotations

import json
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from starlette.responses import Response

from ..extents import area_of, on_earth, square_metres
from ..failures import AnswerError, Failure
from ..identifiers import digest
from ..maps import KrakenMap
from ..pipelines import JSON
from ..state import State
from ..world import FREE_AREA, MAP_TYPES, MAX_ZOOM, SceneRecord, Tile, map_tiles
from .registry import Asked, handles

KIND = "map"
MOST_TILES = 2500
LEAST_SQUARE_METRES = 1.0


@handles("kraken.release.initiate")
def initiate(state: State, asked: Asked) -> JSON:
    """Starts a release. What is wrong with the work itself shows when the pipeline has failed."""
    body = asked.body
    map_type = body["mapType"] if "mapType" in body else next(iter(body["mapTypes"]), "")
    whole = area_of(body["extent"])
    area = on_earth(whole)
    scenes = [state.world.scene(scene_id) for scene_id in body["sceneIds"]]
    known = [scene for scene in scenes if scene is not None]
    failure = _impossible(whole, area, scenes)
    if failure is None:
        _require_allocation(asked, known, area)
        failure = _unsuitable(known, map_type, area)
    failure = state.failures.take("kraken.release") or failure
    released = None if failure else state.maps.add(known, map_type, area)
    started = state.pipelines.start(
        KIND,
        lambda: _result(released),
        provider=known[0].provider if known else None,
        failure=failure,
    )
    if "subGeometry" in body:
        geometry = body["subGeometry"]
        name = digest(json.dumps(geometry, sort_keys=True)).hex()[:16]
        started["subGeometryId"] = name
        if released is not None:
            released.geometries[name] = _cut(area, geometry)
    return started


@handles("kraken.release.retrieve")
def retrieve(state: State, asked: Asked) -> JSON:
    """A released map."""
    return state.pipelines.result(asked.body["pipelineId"], KIND)


@handles("kraken.grid_file")
def grid_file(state: State, asked: Asked) -> Response:
    """A file of a tile; 204 when the tile has nothing of it."""
    path = asked.path
    tile = Tile(int(path["z"]), int(path["x"]), int(path["y"]))
    found = state.maps.file(path["mapId"], path["geometryId"], tile, path["fileName"])
    if found is None:
        return Response(status_code=204)
    return Response(found.content, headers={"content-type": found.media_type})


def _impossible(
    whole: BaseGeometry, area: BaseGeometry, scenes: list[SceneRecord | None]
) -> Failure | None:
    """What no allocation could make good."""
    if square_metres(whole) < LEAST_SQUARE_METRES:
        return Failure("EXTENT-TOO-SMALL", "The extent is smaller than a square metre.")
    try:
        tiles = len(map_tiles(area))
    except ValueError:  # the world's own limit lies higher
        tiles = MOST_TILES + 1
    if tiles > MOST_TILES:
        message = f"The extent takes more than {MOST_TILES} tiles. Split it."
        return Failure("EXTENT-TOO-LARGE", message)
    if not scenes or None in scenes:
        return Failure("NON-EXISTING-SCENE", "There is no scene of this id.")
    return None


def _require_allocation(asked: Asked, scenes: list[SceneRecord], area: BaseGeometry) -> None:
    if FREE_AREA.covers(area):
        return
    group = asked.caller.group
    if not all(group.has_allocated(scene.scene_id, area) for scene in scenes):
        raise AnswerError(
            "NOT-ENOUGH-CREDITS", "No allocation of your group covers the extent in these scenes."
        )


def _unsuitable(scenes: list[SceneRecord], map_type: str, area: BaseGeometry) -> Failure | None:
    footprints = [scene.footprint for scene in scenes]
    if shapely.intersection_all(footprints).area <= 0:
        return Failure("SCENES-HAVE-NO-INTERSECTION", "The scenes have no ground in common.")
    if any(footprint.intersection(area).area <= 0 for footprint in footprints):
        return Failure("EXTENT-HAS-NO-INTERSECTION", "The extent lies outside the scene.")
    if map_type not in MAP_TYPES:
        return Failure("UNSUPPORTED-IMAGERY", f"There is no map type {map_type[:40]!r} for it.")
    return None


def _result(released: KrakenMap | None) -> JSON:
    assert released is not None  # noqa: S101 - a pipeline without failure has a map
    tiles: list[Any] = [list(tile) for tile in released.tiles]
    return {"mapId": released.id, "maxZoom": MAX_ZOOM, "tiles": tiles}


def _cut(area: BaseGeometry, geometry: Any) -> BaseGeometry:
    """The part of the extent inside a subGeometry; the whole of it if that is no GeoJSON."""
    try:
        return area.intersection(area_of(geometry))
    except ValueError:
        return area
