"""Common properties of responses, from any source: the names that facts use."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jwt
import numpy as np
import shapely
from PIL import Image

import spaceknow_client as sk
from spaceknow_client.emulator.extents import square_kilometers
from tests.emulator.test_world import read_ski
from tests.evidence.facts import Outline

Files = Mapping[sk.Tile, bytes]


def of_scenes(scenes: Sequence[Mapping[str, Any]]) -> Outline:
    """Of the results of a search."""
    times = [scene["datetime"] for scene in scenes]
    shapes: list[Any] = [shapely.geometry.shape(scene["footprint"]) for scene in scenes]
    return {
        "newest_first": times == sorted(times, reverse=True),
        "has_cloudy": any(scene.get("cloudCover", 0) > 0.1 for scene in scenes),
        "satellites": sorted({scene["satellite"] for scene in scenes}),
        "id_length": sorted({len(scene["sceneId"]) for scene in scenes}),
        "clockwise": all(not part.exterior.is_ccw for shape in shapes for part in shape.geoms),
        "square_km": [square_kilometers(shape) for shape in shapes],
    }


def of_map(released: Mapping[str, Any]) -> Outline:
    """Of the response of a release."""
    claims = jwt.decode(released["mapId"], options={"verify_signature": False, "verify_exp": False})
    return {
        "max_zoom": released["maxZoom"],
        "tiles": sorted(map(list, released["tiles"])),
        "zooms": sorted({tile[0] for tile in released["tiles"]}),
        "claims": sorted(claims),
        "version": claims["version"],
    }


def of_files(name: str, files: Files, extent: Mapping[str, Any]) -> Outline:
    """Of the files of one name, by tile."""
    if name == "detections.geojson":
        return of_detections(json.loads(content) for content in files.values())
    if name.endswith(".json"):
        (first, *_) = (json.loads(content) for content in files.values())
        return {"types": {key: type(value).__name__ for key, value in first.items()}}
    if name.endswith(".ski"):
        bands = [read_bands(content) for content in files.values()]
        return of_bands(bands[0], [each[-1][1] for each in bands])
    pictures = {tile: Image.open(io.BytesIO(content)) for tile, content in files.items()}
    return of_pictures(pictures, extent)


def read_bands(content: bytes) -> list[tuple[list[str], np.ndarray[Any, Any]]]:
    """The bands of a SKI file with all their names, read as the facts describe the format."""
    import gzip
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as archive:
        told = archive.extractfile("info.json")
        assert told is not None
        names = [band["names"] for band in json.load(told)["bands"]]
    return list(zip(names, read_ski(content).values(), strict=True))


def of_bands(
    bands: Sequence[tuple[list[str], np.ndarray[Any, Any]]],
    masks: Iterable[np.ndarray[Any, Any]],
) -> Outline:
    """Of bands with their names, and of the masks of all tiles."""
    names = [names for names, _ in bands]
    *first, joined = [each[0] for each in names]
    shared = "_".join(name.replace("__MASK__", "").strip("_") for name in names[-1])
    return {
        "bands": names,
        "variables": [*first, f"mask_{shared}" if joined.startswith("__MASK__") else joined],
        "mask": sorted({int(value) for mask in masks for value in np.unique(mask)}),
    }


def of_detections(collections: Iterable[Mapping[str, Any]]) -> Outline:
    """Of the detections in all tiles."""
    found = [feature["properties"] for each in collections for feature in each["features"]]
    return {
        "count": sum(each["count"] for each in found),
        "classes": sorted({each["class"] for each in found}),
    }


def of_pictures(pictures: Mapping[sk.Tile, Image.Image], extent: Mapping[str, Any]) -> Outline:
    """Of pictures; `clipped` is the agreement of their pixels with the extent (IoU)."""
    inside = union = 0
    area = shapely.geometry.shape(dict(extent))
    for tile, picture in pictures.items():
        seen = np.asarray(picture)[..., 3] > 0
        west, south, east, north = tile.bounds
        lon = west + (np.arange(picture.width) + 0.5) / picture.width * (east - west)
        lat = north - (np.arange(picture.height) + 0.5) / picture.height * (north - south)
        wanted = shapely.contains_xy(area, *np.meshgrid(lon, lat))
        inside += int((seen & wanted).sum())
        union += int((seen | wanted).sum())
    first = next(iter(pictures.values()))
    alpha = {int(v) for each in pictures.values() for v in np.unique(np.asarray(each)[..., 3])}
    return {
        "size": list(first.size),
        "alpha": sorted(alpha),
        "clipped": inside / union if union else 0.0,
    }


def of_state(state: Mapping[str, Any]) -> Outline:
    """Of the response to a start, or to a status request."""
    wait = state.get("nextTry")
    return {
        "status": state["status"],
        "id_length": len(state.get("pipelineId", "")),
        "is_whole": isinstance(wait, int),
        "wait": wait,
        "members": sorted(state),
    }
