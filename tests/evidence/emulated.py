"""Facts as requests to the emulator, in plain HTTP as old programs send them.

`ask` holds one of `search` (provider/dataset), `release` (map type; with `file`, the files of that name
too), `files` (map type), `ingest` (provider/dataset), `begin` (search or release) and `state`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.emulator.conftest import Api
from tests.evidence.facts import Fact, Outline
from tests.evidence.outlines import of_files, of_map, of_scenes, of_state

BRISBANE = timedelta(hours=10)
NOW = datetime(2019, 7, 1)


def emulator() -> Emulator:
    """In the form in which it is sent."""
    return Emulator(seconds_per_pipeline=0, page_size=40, now=NOW)


def outline(api: Api, fact: Fact) -> Outline:
    """The outline of the emulator's response."""
    match fact.ask:
        case {"search": names}:
            found = scenes(api, fact, names)
            return {**of_scenes(found), "free": free(api, fact, found)}
        case {"release": map_type, "file": name}:
            released = release(api, fact, map_type)
            files = {
                sk.Tile(*tile): answer.content
                for tile in released["tiles"]
                if (answer := api.file(released, tile, name)).status_code == 200
            }
            return of_files(name, files, fact.extent)
        case {"release": map_type}:
            return of_map(release(api, fact, map_type))
        case {"files": map_type}:
            released = release(api, fact, map_type)
            tile = released["tiles"][0]
            return {
                "missing": [
                    name
                    for name in fact.answer
                    if api.file(released, tile, name).status_code not in (200, 204)
                ]
            }
        case {"ingest": names}:
            return ingested(api, fact, names)
        case {"begin": what}:
            path = {"search": "/imagery/search", "release": "/kraken/release"}[what]
            return of_state(api.post(f"{path}/initiate", body(api, fact, what)).json())
        case {"state": status}:
            if status == "NEW":
                api.emu.script("imagery.search", ["NEW", "RESOLVED"])
            return of_state(api.status(api.start("/imagery/search", body(api, fact, "search"))))
    raise ValueError(f"{fact.fact}: nothing is asked.")


def body(api: Api, fact: Fact, what: str) -> dict[str, Any]:
    """A request to start something."""
    if what == "search":
        return _search(fact, "gbdx/idaho-pansharpened")
    return {"mapType": "cars", "sceneIds": [scene(api, fact)], "extent": fact.extent}


def _search(fact: Fact, names: str) -> dict[str, Any]:
    provider, _, dataset = names.partition("/")
    times = {
        f"{side}Datetime": f"{fact.ask[side]} 00:00:00"
        for side in ("start", "end")
        if side in fact.ask
    }
    return {"provider": provider, "dataset": dataset, "extent": fact.extent, **times}


def scenes(api: Api, fact: Fact, names: str, **more: Any) -> list[dict[str, Any]]:
    """All pages of a search."""
    found: list[dict[str, Any]] = []
    asked = {**_search(fact, names), **more}
    page = api.run("/imagery/search", asked).json()
    found += page["results"]
    while page["cursor"] is not None:
        page = api.run("/imagery/search", {**asked, "cursor": page["cursor"]}).json()
        found += page["results"]
    return found


def scene(api: Api, fact: Fact) -> str:
    """A clear scene that covers the extent: of a weekday (in Brisbane) or a satellite."""
    more = {"startDatetime": "2014-01-01 00:00:00", "minIntersection": 1}
    suitable = [
        each["sceneId"]
        for each in scenes(api, fact, "gbdx/idaho-pansharpened", **more)
        if each["cloudCover"] < 0.05
        and fact.ask.get("satellite", each["satellite"]) == each["satellite"]
        and fact.ask.get("weekday", weekday(each["datetime"])) == weekday(each["datetime"])
    ]
    return str(suitable[fact.ask.get("nth", 0)])


def weekday(time: str) -> int:
    """Of a time in UTC, at Brisbane; Monday is 0."""
    return (datetime.fromisoformat(time) + BRISBANE).weekday()


def release(api: Api, fact: Fact, map_type: str) -> dict[str, Any]:
    """A map of a scene, in the form of 2018."""
    asked = {"sceneId": scene(api, fact), "extent": fact.extent}
    answer = api.run(f"/kraken/release/{map_type}/geojson", asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def free(api: Api, fact: Fact, found: list[dict[str, Any]]) -> list[str]:
    """The scenes that can be released there without an allocation."""
    if "free" not in fact.known:
        return []
    return [
        each["sceneId"]
        for each in found
        if api.post(
            "/kraken/release/initiate",
            {"mapType": "cars", "sceneIds": [each["sceneId"]], "extent": fact.extent},
        ).status_code
        == 200
    ]


def ingested(api: Api, fact: Fact, names: str) -> Outline:
    """The scene that a release of imagery makes of a clipped dataset's scene."""
    whole = scenes(api, fact, names)[0]["sceneId"]
    before = scenes(api, fact, names, onlyIngested=True)
    allocation = {"sceneIds": [whole], "geojson": fact.extent}
    assert api.post("/credits/area/allocate-geojson", allocation).status_code == 200
    api.release(mapType="imagery", sceneIds=[whole], extent=fact.extent)
    after = scenes(api, fact, names, onlyIngested=True)
    part = {"type": "Polygon", "coordinates": [fact.extent["coordinates"][0][:3]]}
    part["coordinates"][0].append(part["coordinates"][0][0])
    analyzed = api.release(sceneIds=[each["sceneId"] for each in after], extent=part)
    return {
        "before": len(before),
        "after": len(after),
        "is_new": all(each["sceneId"] != whole for each in after),
        "can_be_analyzed": bool(analyzed["tiles"]),
    }
