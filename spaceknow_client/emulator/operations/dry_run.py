"""Kraken's dry run: the cost of a release."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry

from ..accounts.groups import of_scene
from ..extents import square_kilometers
from ..state import State
from ..stores.pipelines import JSON
from ..world.scenes import SceneRecord
from .checks import area_of_extent, scenes_of, unsuitable
from .registry import OperationRequest, handles, started


@handles("kraken.dry_run.initiate")
def initiate(state: State, asked: OperationRequest) -> JSON:
    """Starts an estimate, with the current credits and allocations."""
    group = asked.caller.purse
    area, failure = area_of_extent(asked.body["extent"])
    scenes: dict[str, SceneRecord] = {}
    analyzed = 0.0
    for run in asked.body["dryRuns"]:
        if failure is None:
            found, unknown = scenes_of(state, (each["sceneId"] for each in run["scenes"]))
            failure = unknown or unsuitable(found, run["mapTypes"], area)
            analyzed += len(run["mapTypes"]) * sum(_seen(scene, area) for scene in found)
            scenes |= {scene.scene_id: scene for scene in found}
    if failure is not None:
        return started(state, asked, dict, failure=failure)
    quote = group.quote(map(of_scene, scenes.values()), area)
    estimate: JSON = {
        "allocatedCredits": quote.cost,
        "allocatedKm2": quote.km2,
        "analyzedKm2": round(analyzed, 6),
        "ingestedKm2": round(sum(_seen(scene, area) for scene in scenes.values()), 6),
    }
    return started(state, asked, lambda: estimate)


def _seen(scene: SceneRecord, area: BaseGeometry) -> float:
    return square_kilometers(area.intersection(scene.footprint))
