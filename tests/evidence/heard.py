"""Recorded responses as our client returns them."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.recordings import Recordings
from spaceknow_client.generated.map_types import FILES
from spaceknow_client.generated.models import GetStatusRequest, ReleaseRequest, SearchRequest
from spaceknow_client.pipelines.polling import seconds_to_next_try
from tests.evidence.facts import Fact, Outline
from tests.evidence.outlines import (
    of_bands,
    of_detections,
    of_map,
    of_pictures,
    of_scenes,
    of_state,
)
from tests.evidence.recorded import MAP_ID, files, write
from tests.places import GBDX


class Client:
    """A client of an emulator that has only recorded responses."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._client = emulator.client()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def outline(self, fact: Fact) -> Outline:
        """The client's result for the recorded response of a fact."""
        self._emulator._state.recordings = Recordings()
        with TemporaryDirectory() as name:
            write(fact, folder := Path(name))
            if any(folder.iterdir()):
                self._emulator.load(folder)
        return _outline(self._client, fact)


def _outline(client: sk.SpaceKnow, fact: Fact) -> Outline:
    answer: Any
    match fact.ask:
        case {"search": names}:
            provider, _, dataset = names.partition("/")
            found = client.imagery.search(provider=provider, dataset=dataset, extent=fact.extent)
            return of_scenes([_scene(each) for each in found])
        case {"release": map_type, "file": name}:
            return _files(client, fact, map_type, name)
        case {"release": map_type}:
            run = client.kraken.release(map_type, scene_ids=["any"], extent=fact.extent)
            map = run.result()
            return of_map({"mapId": map.map_id, "maxZoom": map.max_zoom, "tiles": map.tiles})
        case {"files": map_type}:
            return {"missing": sorted(set(fact.answer) - set(FILES[map_type]))}
        case {"begin": "search"}:
            asked = SearchRequest.from_dict({**GBDX, "extent": fact.extent})
            answer = client.raw.imagery.search_initiate(body=asked).parsed
        case {"begin": _}:
            body = {"mapType": "cars", "sceneIds": ["any"], "extent": fact.extent}
            answer = client.raw.kraken.release_initiate(body=ReleaseRequest.from_dict(body)).parsed
        case _:
            known = GetStatusRequest(pipeline_id="any")
            answer = client.raw.tasking.get_status(body=known).parsed
    told = of_state(answer.to_dict())
    return {**told, "wait": seconds_to_next_try(told["wait"])}


def _scene(scene: sk.Scene) -> dict[str, Any]:
    return {
        "sceneId": scene.scene_id,
        "satellite": scene.satellite,
        "datetime": f"{scene.datetime:%Y-%m-%d %H:%M:%S}",
        "cloudCover": scene.cloud_cover,
        "footprint": scene.footprint,
    }


def _files(client: sk.SpaceKnow, fact: Fact, map_type: str, name: str) -> Outline:
    tiles = tuple(files(fact))
    map = sk.KrakenMap(map_id=MAP_ID, map_type=map_type, max_zoom=19, tiles=tiles)
    if name == "detections.geojson":
        found = client.kraken.detections(map)
        told = of_detections([{"features": list(found.features)}])
        assert found.count == told["count"]
        return told
    if name.endswith(".png"):
        mosaic = client.kraken.mosaic(map, name)
        return of_pictures({tiles[0]: mosaic.image}, fact.extent)
    file = client.kraken.grid_file(map, tiles[0], name)
    assert file is not None
    if name.endswith(".json"):
        return {
            "types": {key: type(value).__name__ for key, value in json.loads(file.content).items()}
        }
    ds = sk.open_ski(file)
    bands = [(ds[each].attrs["names"], np.asarray(ds[each])) for each in ds.data_vars]
    return {**of_bands(bands, [bands[-1][1]]), "variables": list(ds.data_vars)}
