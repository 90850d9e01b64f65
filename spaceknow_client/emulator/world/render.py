"""Files of a map's tiles: what the Kraken grid serves."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ...generated.map_types import FILES
from . import detections, files
from .catalogue import Names
from .imagery import coverage, picture, rgba
from .noise import Pixels, key
from .scenes import SceneRecord
from .tiles import TILE_SIZE, Tile, pixel_area
from .vehicles import Detections
from .world import World

MAP_TYPES: Mapping[str, Names] = {
    **{name: known for name, known in FILES.items() if known},
    "ndvi": ("heatmap.png",),  # the sources tell of a heatmap: its name is the emulator's own
}
"""The map types and the names of the files that each has for a tile."""

ALGORITHM_VERSION = "2.4.1"

# How each band follows from red, green and blue: the world has no other light of its own. The
# last weight is for plants, which shine in the near infrared.
_SPECTRUM: Mapping[str, tuple[float, float, float, float]] = {
    "Coastal": (0.0, 0.1, 0.85, 0.0),
    "Blue": (0.0, 0.0, 1.0, 0.0),
    "Green": (0.0, 1.0, 0.0, 0.0),
    "Yellow": (0.5, 0.5, 0.0, 0.0),
    "Red": (1.0, 0.0, 0.0, 0.0),
    "Red Edge": (0.8, 0.2, 0.0, 2.5),
}
_INFRARED = (0.7, 0.3, 0.0, 4.5)
_GREY = (0.3, 0.5, 0.2, 0.0)
_COLOURS: Mapping[str, tuple[int, int, int]] = {"cars": (255, 48, 48), "trucks": (255, 176, 32)}

_MEDIA_TYPES = {
    "png": "image/png",
    "json": "application/json",
    "geojson": "application/geo+json",
    "geotiff": "image/tiff",
    "ski": "application/gzip",
}


class RenderedFile(NamedTuple):
    """A file of a tile: its bytes and media type."""

    content: bytes
    media_type: str


def render(
    world: World,
    scene: SceneRecord,
    map_type: str,
    extent: BaseGeometry,
    tile: Tile,
    file_name: str,
) -> RenderedFile | None:
    """One file of one tile of a map; None when the tile has nothing of it.

    None is answered for a tile outside the scene's footprint. Imagery is not clipped to the
    extent, an analysis is: only detections whose centroid lies in it count. Only `imagery` and
    `cars` have content: every other map type is an analysis that found nothing (transparent
    masks, no features, areas of 0.0). Raises KeyError for a file name that the map type lacks, or
    an unknown map type. Any zoom from 14 to 19 will do.
    """
    if file_name not in MAP_TYPES[map_type]:
        raise KeyError(file_name)
    media_type = _MEDIA_TYPES[file_name.rpartition(".")[2]]
    if file_name == "metadata.json":
        return RenderedFile(json.dumps(_metadata(scene, map_type, tile)).encode(), media_type)
    if map_type == "imagery":
        content = _imagery(world, scene, tile, file_name)
        return None if content is None else RenderedFile(content, media_type)
    if coverage(scene, tile) is None:
        return None
    found = None
    if map_type == "cars":
        found = detections.tile_detections(world, scene, extent, tile)
    return RenderedFile(_analysis(scene, map_type, tile, file_name, found), media_type)


def _imagery(world: World, scene: SceneRecord, tile: Tile, file_name: str) -> bytes | None:
    if file_name == "imagery.ski":
        inside = coverage(scene, tile)
        if inside is None:
            return None
        seen = picture(world, scene, tile) * inside
        bands = [(names, _band(seen, names[0])) for names in scene.bands]
        return files.ski(bands, _ski_meta(scene, "imagery", tile, scene.bands))
    pixels = rgba(world, scene, tile)
    if pixels is None:
        return None
    if file_name == "truecolor.png":
        return files.png(pixels)
    if file_name == "visualization.geotiff":
        return files.geotiff(pixels, tile)
    grey = np.where(
        pixels[..., 3] > 0, _mixed(pixels[..., :3].astype(np.float32).transpose(2, 0, 1), _GREY), 0
    )
    return files.geotiff(grey.astype(np.uint16), tile)


def _analysis(
    scene: SceneRecord,
    map_type: str,
    tile: Tile,
    file_name: str,
    found: Detections | None,
) -> bytes:
    stem, _, kind = file_name.rpartition(".")
    classes = [name[:-4] for name in MAP_TYPES[map_type] if name.endswith(".png")]
    if kind == "geojson":
        return detections.geojson(found).encode()
    if file_name == "area.json":
        areas = detections.areas(found) if map_type == "cars" else dict.fromkeys(classes, 0.0)
        return json.dumps(areas).encode()

    def mask(name: str) -> NDArray[np.bool_]:
        return detections.mask(tile, found, name == "trucks")

    if kind == "png":
        return files.png(_coloured(mask, [stem]))
    if stem == "visualization":
        return files.geotiff(_coloured(mask, classes), tile)
    if stem == "analysis":
        numbers = [mask(name) * np.uint8(number) for number, name in enumerate(classes, 1)]
        return files.geotiff(np.maximum.reduce(numbers), tile)
    bands = [((f"__MASK__{name}__",), mask(name).astype(np.uint8)) for name in classes]
    return files.ski(bands, _ski_meta(scene, map_type, tile, [names for names, _ in bands]))


def _coloured(mask: Callable[[str], NDArray[np.bool_]], names: Sequence[str]) -> NDArray[np.uint8]:
    result = np.zeros((TILE_SIZE, TILE_SIZE, 4), np.uint8)
    for name in names:
        result[mask(name)] = (*_COLOURS.get(name, (255, 255, 255)), 255)
    return result


def _mixed(seen: Pixels, weights: tuple[float, float, float, float]) -> Pixels:
    red, green, blue = seen[0], seen[1], seen[2]
    plants = np.maximum(green - (red + blue) / 2, 0)
    light = weights[0] * red + weights[1] * green + weights[2] * blue + weights[3] * plants
    counts: Pixels = np.clip(light * 5, 0, 2047)  # sensors of this kind give 11 bits
    return counts


def _band(seen: Pixels, name: str) -> NDArray[np.uint16]:
    infrared = name.startswith(("NIR", "Near", "SWIR"))
    return _mixed(seen, _SPECTRUM.get(name, _INFRARED if infrared else _GREY)).astype(np.uint16)


def _metadata(scene: SceneRecord, map_type: str, tile: Tile) -> dict[str, object]:
    rng = np.random.default_rng(key(scene.scene_id, map_type, *tile))
    return {"sScore": round(float(rng.uniform(0.8, 0.99)), 3), "algoVersion": ALGORITHM_VERSION}


def _ski_meta(
    scene: SceneRecord, map_type: str, tile: Tile, bands: Sequence[Names]
) -> dict[str, object]:
    ground = tile.step * math.sqrt(float(pixel_area(np.array([tile.top + tile.size / 2]))[0]))
    place = files.tile_georeference(tile, ground)
    if map_type != "imagery":
        named = [{"names": list(names), **place} for names in bands]
        return {**_metadata(scene, map_type, tile), "crsEpsg": 3857, "bands": named}
    named = [{"names": list(names), "bitDepth": 16, "gsd": scene.gsd, **place} for names in bands]
    return {**scene.metadata(), "bands": named}
