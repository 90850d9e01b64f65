"""Facts as messages of the service: complete recorded responses for clients and the document."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jwt
import numpy as np
import shapely
import yaml
from PIL import Image

import spaceknow_client as sk
from tests.evidence.facts import Fact, Outline
from tests.evidence.outlines import Files, of_files, of_map, of_scenes, of_state
from tests.interop.ski_files import members, packed

MAP_ID = "example-map-id"
PIPELINE = {"pipelineId": "3g4PovfhGxmymQolpgvv", "status": "NEW", "nextTry": 1}
RESOLVED = {"status": "RESOLVED"}


def page(fact: Fact) -> dict[str, Any]:
    """The page of a search."""
    half = 0.0225 if "square_km" in fact.known else 0.1  # degrees; the first makes 25 km2
    west, south, east, north = (
        153.1 - half * 1.126,
        -27.4 - half,
        153.1 + half * 1.126,
        -27.4 + half,
    )
    ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    results = [
        {
            "sceneId": f"example-scene-{number:02d}".ljust(80, "-"),
            "provider": fact.ask["search"].partition("/")[0],
            "dataset": fact.ask["search"].partition("/")[2],
            "satellite": satellite,
            "datetime": f"{time:%Y-%m-%d %H:%M:%S}",
            "cloudCover": cover,
            "footprint": {"type": "MultiPolygon", "coordinates": [[ring]]},
        }
        for number, (time, satellite, cover) in enumerate(fact.answer)
    ]
    return {"results": results, "cursor": None}


def released(fact: Fact) -> dict[str, Any]:
    """The response of a release."""
    claims = fact.answer.get("mapId", {"version": "128"})
    return {**fact.answer, "mapId": jwt.encode(claims, "x" * 32, "HS256")}


def files(fact: Fact) -> Files:
    """Files of tiles."""
    match fact.answer:
        case {"counts": counts}:
            return {_tile(name): _detections(count) for name, count in counts.items()}
        case {"json": value, "tile": name}:
            return {_tile(name): json.dumps(value).encode()}
        case {"ski": {"bands": bands, "mask": values}, "tile": name}:
            empty = np.zeros((256, 256), np.uint8)
            mask = np.array(values, np.uint8)[np.indices((256, 256))[0] % len(values)]
            pixels = [*([empty] * (len(bands) - 1)), mask]
            meta = {"bands": [{"names": names} for names in bands[:-1]], "crsEpsg": 3857}
            return {_tile(name): packed(members(zip(bands, pixels, strict=True), meta))}
        case {"png": size, "tile": name}:
            return {_tile(name): _picture(size, _tile(name), fact)}
    raise ValueError(f"{fact.fact}: no files in the answer.")


def _tile(name: str) -> sk.Tile:
    return sk.Tile(*map(int, name.split("/")))


def _detections(count: int) -> bytes:
    ring = [[153.105, -27.392], [153.10503, -27.392], [153.10503, -27.39202], [153.105, -27.392]]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"class": "cars", "count": 1, "area": 8.2},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature] * count}).encode()


def _picture(size: int, tile: sk.Tile, fact: Fact) -> bytes:
    pixels = np.full((size, size, 4), 90, np.uint8)
    west, south, east, north = tile.bounds
    at = (np.arange(size) + 0.5) / size
    lon, lat = np.meshgrid(west + at * (east - west), north - at * (north - south))
    inside = shapely.contains_xy(shapely.geometry.shape(fact.extent), lon, lat)
    pixels[..., 3] = np.where(inside, 255, 0)
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    return target.getvalue()


def outline(fact: Fact) -> Outline:
    """The outline of the recorded response."""
    match fact.ask:
        case _ if fact.answer is None:
            return {}
        case {"search": _}:
            return of_scenes(page(fact)["results"])
        case {"release": _, "file": name}:
            return of_files(name, files(fact), fact.extent)
        case {"release": _}:
            return of_map(released(fact))
        case {"files": _}:
            return {"missing": []}
    return of_state(fact.answer)


def messages(fact: Fact) -> dict[str, Any]:
    """The JSON of the responses, by operation; the last one is the subject of the fact."""
    match fact.ask:
        case _ if fact.answer is None:
            return {}
        case {"search": _}:
            name, result = "imagery.search", page(fact)
        case {"release": _, "file": _} | {"files": _}:
            return {}
        case {"release": _}:
            name, result = "kraken.release", released(fact)
        case {"begin": what}:
            return {
                f"{'imagery.search' if what == 'search' else 'kraken.release'}.initiate": fact.answer
            }
        case _:
            return {"tasking.get_status": fact.answer}
    return {
        f"{name}.initiate": PIPELINE,
        "tasking.get_status": RESOLVED,
        f"{name}.retrieve": result,
    }


def write(fact: Fact, folder: Path) -> None:
    """Writes the responses where an emulator loads them from."""
    for operation, message in messages(fact).items():
        (folder / f"{operation}.json").write_text(json.dumps(message))
    if "file" in fact.ask:
        taken = [
            {
                "request": {
                    "method": "GET",
                    "uri": f"http://api/kraken/grid/{MAP_ID}/-/{z}/{x}/{y}/{fact.ask['file']}",
                    "body": None,
                },
                "response": {
                    "status": {"code": 200},
                    "headers": {"content-type": ["application/octet-stream"]},
                    "body": {"string": content},
                },
            }
            for (z, x, y), content in files(fact).items()
        ]
        (folder / "files.yaml").write_text(yaml.safe_dump({"interactions": taken}))
