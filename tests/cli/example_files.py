"""The files and variables that the examples of `--help` use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.places import CAR_PARK, GBDX

FILTERS = [{"field": "project", "type": "value-list", "params": {"values": ["coal"]}}]
FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [153.1, -27.4]},
            "properties": {"name": "a port"},
        }
    ],
}


def write_example_files(folder: Path, emulator: Emulator) -> dict[str, str]:
    """Writes the files; returns the variables."""

    def write(name: str, data: Any) -> None:
        (folder / name).write_text(json.dumps(data), encoding="utf-8")

    with emulator.client(journal=folder / "runs.sqlite") as client:
        scenes = (
            client.imagery.search(
                provider=GBDX["provider"], dataset=GBDX["dataset"], extent=CAR_PARK
            )
            .limit(2)
            .collect()
        )
        run = client.kraken.release("cars", scene_ids=[scenes[0].scene_id], extent=CAR_PARK)
        kraken_map: sk.KrakenMap = run.result()
    write("place.geojson", CAR_PARK.to_geojson())
    write("map.json", kraken_map.to_dict())
    write("search.json", {**GBDX, "extent": CAR_PARK.to_geojson()})
    write("filters.json", FILTERS)
    write("features.geojson", FEATURES)
    line = {**kraken_map.to_dict(), "sceneIds": [scenes[0].scene_id], "pipelineId": run.id}
    (folder / "maps.ndjson").write_text(f"{json.dumps(line)}\n", encoding="utf-8")
    lines = [json.dumps(scene.to_dict()) for scene in scenes]
    (folder / "scenes.ndjson").write_text("\n".join(lines), encoding="utf-8")
    (folder / "handles").write_text(f"{run.token()}\n", encoding="utf-8")
    z, x, y = map(str, kraken_map.tiles[0])
    return {
        "SCENE": scenes[0].scene_id,
        "HANDLE": run.token(),
        "PIPELINE": run.id,
        "MAP": kraken_map.map_id,
        "Z": z,
        "X": x,
        "Y": y,
    }
