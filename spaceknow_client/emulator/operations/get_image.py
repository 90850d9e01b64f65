"""Ragnar's get-image: a part of a scene as one file, as available until about 2018."""

from __future__ import annotations

from ..state import State
from ..stores.downloads import Download
from ..stores.pipelines import JSON
from ..validation.failures import Failure
from ..world.clip import Clip
from .checks import area_of_extent, scenes_of, unsuitable
from .registry import OperationRequest, handles, started

TOLERANCE = 0.5
"""Maximum share of an extent outside the scene."""


@handles("imagery.get_image.initiate")
def initiate(state: State, asked: OperationRequest) -> JSON:
    """Starts to create an image. The required permission contains provider and dataset."""
    extent = asked.body["extent"]
    area, failure = area_of_extent(extent)
    scenes, unknown = scenes_of(state, [asked.body["sceneId"]])
    failure = unknown or failure
    for scene in scenes:
        asked.caller.require(f"imagery.images.{scene.provider}.{scene.dataset}")
    failure = failure or unsuitable(scenes, [], area)
    if failure is None and area.intersection(scenes[0].footprint).area < TOLERANCE * area.area:
        code = "IMAGE-HAS-INVALID-PIXELS-ABOVE-TOLERANCE"
        failure = Failure(code, "Most of the extent is outside the scene.")
    clip = None
    if failure is None:
        try:
            clip = Clip(scenes[0], area, asked.body.get("resolution"))
        except ValueError as error:
            failure = Failure("EXTENT-TOO-LARGE", f"For one image {error}. Split it.")
    return started(
        state,
        asked,
        lambda: _result(state, asked, clip),
        provider=scenes[0].provider if scenes else None,
        failure=failure,
    )


def _result(state: State, asked: OperationRequest, clip: Clip | None) -> JSON:
    assert clip is not None  # noqa: S101 - a pipeline without failure has a clip
    file = Download("application/gzip", lambda: clip.render(state.scenes.world))
    path = state.downloads.add(repr(asked.body), "image.ski", file)
    extent = asked.body["extent"]
    return {"url": asked.address + path, "meta": clip.metadata(), "extent": extent}
