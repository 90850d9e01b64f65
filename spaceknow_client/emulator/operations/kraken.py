"""Kraken: maps of imagery and analyses, and the files of their tiles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from starlette.responses import Response

from ..extents import area_of
from ..state import State
from ..stores.identifiers import digest
from ..stores.maps import MIN_ZOOM, KrakenMap, is_tile
from ..stores.pipelines import JSON
from ..validation.failures import AnswerError, Failure
from ..world.areas import Area
from ..world.scenes import SceneRecord
from ..world.tiles import MAX_ZOOM, Tile
from .checks import (
    MOST_TILES,
    area_of_extent,
    require_allocation,
    scenes_of,
    unsuitable,
)
from .registry import HANDLERS, OperationRequest, handles, retriever, started

KIND = "map"

for _pair in ("release", "release_geojson", "release_tiles"):
    HANDLERS[f"kraken.{_pair}.retrieve"] = retriever(KIND)


@handles("kraken.release.initiate")
def initiate(state: State, asked: OperationRequest) -> JSON:
    """Starts a release. If the work itself is impossible, the pipeline fails."""
    body = asked.body
    map_type = body["mapType"] if "mapType" in body else next(iter(body["mapTypes"]), "")
    area, failure = area_of_extent(body["extent"])
    answer, released = _release(state, asked, map_type, body["sceneIds"], area, failure)
    if "subGeometry" in body:
        geometry = body["subGeometry"]
        name = digest(json.dumps(geometry, sort_keys=True)).hex()[:16]
        answer["subGeometryId"] = name
        if released is not None:
            released.geometries[name] = Area(_cut(area, geometry))
    return answer


@handles("kraken.release_geojson.initiate")
def initiate_geojson(state: State, asked: OperationRequest) -> JSON:
    """Starts a release in the form of 2018."""
    area, failure = area_of_extent(asked.body["extent"])
    scene_ids = [asked.body["sceneId"]]
    return _release(state, asked, asked.path["mapType"], scene_ids, area, failure)[0]


@handles("kraken.release_tiles.initiate")
def initiate_tiles(state: State, asked: OperationRequest) -> JSON:
    """Starts a release in the form of 2016: the map has exactly the given tiles."""
    scene_ids = [asked.body["sceneId"]]
    tiles = sorted({Tile(*map(int, each)) for each in asked.body.get("tiles", ())})
    if not all(is_tile(each) for each in tiles):
        message = "Column and row must be below 2 to the power of the zoom."
        raise AnswerError("INVALID-TILE-COORDINATES", message)
    area = shapely.union_all([each.box() for each in tiles])
    failure = _unreleasable(tiles, scenes_of(state, scene_ids)[0])
    return _release(state, asked, asked.path["mapType"], scene_ids, area, failure, tiles)[0]


@handles("kraken.grid_file")
def grid_file(state: State, asked: OperationRequest) -> Response:
    """A file of a tile; 204 if it would be empty."""
    path = asked.path
    tile = Tile(int(path["z"]), int(path["x"]), int(path["y"]))
    found = state.maps.file(path["mapId"], path["geometryId"], tile, path["fileName"])
    if found is None:
        return Response(status_code=204)
    return Response(found.content, headers={"content-type": found.media_type})


def _release(
    state: State,
    asked: OperationRequest,
    map_type: str,
    scene_ids: list[str],
    area: BaseGeometry,
    failure: Failure | None,
    tiles: list[Tile] | None = None,
) -> tuple[JSON, KrakenMap | None]:
    """The response of an initiate; creates the map unless the release fails."""
    scenes, unknown = scenes_of(state, scene_ids)
    failure = failure or unknown
    if failure is None:
        require_allocation(asked, scenes, area)
        failure = unsuitable(scenes, [map_type], area)
    released = None if failure else state.maps.add(scenes, map_type, Area(area), tiles)
    if released is not None and not released.tiles:
        failure = Failure("ZERO-TILES-AVAILABLE", "The extent is beyond the map of the Earth.")
    if released is not None and failure is None:
        for scene in scenes:
            state.scenes.clip(scene, area, state.pipelines.seconds)
    answer = started(
        state,
        asked,
        lambda: _result(released),
        kind=KIND,
        provider=scenes[0].provider if scenes else None,
        failure=failure,
    )
    return answer, released


def _unreleasable(tiles: Sequence[Tile], scenes: Sequence[SceneRecord]) -> Failure | None:
    size = sum(4.0 ** (16 - tile.z) for tile in tiles)
    if size > MOST_TILES or any(tile.z < MIN_ZOOM for tile in tiles):
        message = f"The tiles cover more than {MOST_TILES} of zoom 16, or one is too large."
        return Failure("TOO-BIG-TILE-AREA", message)
    outside = [
        tile
        for tile in tiles
        if not all(scene.footprint.intersects(tile.box()) for scene in scenes)
    ]
    if len(outside) == len(tiles):
        return Failure("ZERO-TILES-AVAILABLE", "The scene covers none of the tiles.")
    if outside:
        return Failure("TILE-OUTSIDE-SCENE", f"The tile {list(outside[0])} is outside the scene.")
    return None


def _result(released: KrakenMap | None) -> JSON:
    assert released is not None  # noqa: S101 - a pipeline without failure has a map
    tiles: list[Any] = [list(tile) for tile in released.tiles]
    return {"mapId": released.id, "maxZoom": MAX_ZOOM, "tiles": tiles}


def _cut(area: BaseGeometry, geometry: Any) -> BaseGeometry:
    """The part of the extent inside a subGeometry; all of it if that is not GeoJSON."""
    try:
        return area.intersection(area_of(geometry))
    except ValueError:
        return area
