"""Files of a map's tiles, as returned by the Kraken grid."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from ...generated.map_types import FILES
from . import detections, files
from .areas import Area
from .catalog import Names
from .imagery import picture, rgba, visible
from .noise import NoiseGrid, Pixels, key
from .scenes import SceneRecord
from .tiles import Tile, pixel_area
from .vehicles import Detections
from .world import World

MAP_TYPES: Mapping[str, Names] = {
    **{name: known for name, known in FILES.items() if known},
    "ndvi": ("heatmap.png",),  # the documentation mentions a heatmap; the name is the emulator's
}
"""The map types and the names of their files for a tile."""

_VERSIONS = {"imagery": "152", "cars": "158.0"}

# Weights of red, green and blue for each band, because the world has no other light. The last weight is
# for plants, which are bright in the near infrared.
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
_COLORS: Mapping[str, tuple[int, int, int]] = {"cars": (255, 48, 48), "trucks": (255, 176, 32)}

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
    area: Area,
    tile: Tile,
    file_name: str,
) -> RenderedFile | None:
    """One file of one tile of a map; None if the file would be empty.

    Imagery is clipped to the area, and is None if nothing of it is visible. An analysis is None for a
    tile outside the scene's footprint; only detections with centroids in the area count. Only `imagery`
    and `cars` have content: all other map types are analyses without results (transparent masks, no
    features, areas of 0.0). Raises KeyError for an unknown map type, or a file name that it lacks.
    """
    if file_name not in MAP_TYPES[map_type]:
        raise KeyError(file_name)
    media_type = _MEDIA_TYPES[file_name.rpartition(".")[2]]
    if file_name in ("metadata.json", "bands.json"):
        data = _metadata(scene, map_type, tile)
        if file_name == "bands.json":
            data = {"bands": scene.metadata()["bands"]}
        return RenderedFile(json.dumps(data).encode(), media_type)
    grid = tile.grid(world.tile_pixels)
    if map_type == "imagery":
        content = _imagery(world, scene, area, grid, file_name)
        return None if content is None else RenderedFile(content, media_type)
    if not shapely.intersects(scene.footprint, tile.box()):
        return None
    found = None
    if map_type == "cars":
        found = detections.tile_detections(world, scene, area, tile)
    if file_name == "segmentation.ski":
        inside = visible(scene, area, grid)
        inside = np.zeros((grid.count, grid.count), bool) if inside is None else inside
        bands = [
            ((name,), _mask(grid, found, name).astype(np.uint8)) for name in _classes(map_type)
        ]
        place = _georeference(grid)
        named = [{"names": list(names), **place} for names, _ in bands]
        meta = {**_metadata(scene, map_type, tile), "crsEpsg": 3857, "bands": named}
        return RenderedFile(files.ski(bands, inside, meta), media_type)
    return RenderedFile(_analysis(map_type, grid, file_name, found), media_type)


def _imagery(
    world: World, scene: SceneRecord, area: Area, grid: NoiseGrid, file_name: str
) -> bytes | None:
    if file_name == "imagery.ski":
        inside = visible(scene, area, grid)
        if inside is None:
            return None
        place = _georeference(grid)
        described = [
            {"names": list(names), "bitDepth": 16, "gsd": scene.gsd, **place}
            for names in scene.bands
        ]
        bands = ski_bands(picture(world, scene, grid) * inside, scene.bands)
        return files.ski(bands, inside, {**scene.metadata(), "bands": described})
    pixels = rgba(world, scene, area, grid)
    if pixels is None:
        return None
    if file_name == "truecolor.png":
        return files.png(pixels)
    if file_name == "visualization.geotiff":
        return files.geotiff(pixels, grid)
    seen = pixels[..., :3].astype(np.float32).transpose(2, 0, 1) * (pixels[..., 3] > 0)
    return files.geotiff(_mixed(seen, _GREY).astype(np.uint16), grid)


def _classes(map_type: str) -> list[str]:
    return [name[:-4] for name in MAP_TYPES[map_type] if name.endswith(".png")]


def _analysis(map_type: str, grid: NoiseGrid, file_name: str, found: Detections | None) -> bytes:
    stem, _, kind = file_name.rpartition(".")
    classes = _classes(map_type)
    if kind == "geojson":
        return detections.geojson(found).encode()
    if file_name == "area.json":
        areas = detections.areas(found) if map_type == "cars" else dict.fromkeys(classes, 0.0)
        return json.dumps(areas).encode()
    if stem == "analysis":
        numbers = [
            _mask(grid, found, name) * np.uint8(number) for number, name in enumerate(classes, 1)
        ]
        return files.geotiff(np.maximum.reduce(numbers), grid)
    shown = np.zeros((grid.count, grid.count, 4), np.uint8)
    for name in [stem] if kind == "png" else classes:
        shown[_mask(grid, found, name)] = (*_COLORS.get(name, (255, 255, 255)), 255)
    return files.png(shown) if kind == "png" else files.geotiff(shown, grid)


def _mask(grid: NoiseGrid, found: Detections | None, name: str) -> NDArray[np.bool_]:
    return detections.mask(grid, found, name == "trucks")


def _mixed(seen: Pixels, weights: tuple[float, float, float, float]) -> Pixels:
    red, green, blue = seen[0], seen[1], seen[2]
    plants = np.maximum(green - (red + blue) / 2, 0)
    light = weights[0] * red + weights[1] * green + weights[2] * blue + weights[3] * plants
    counts: Pixels = np.clip(light * 5, 0, 2047)  # these sensors have 11 bits
    return counts


def ski_bands(seen: Pixels, bands: Sequence[Names]) -> list[tuple[Names, NDArray[np.uint16]]]:
    """Bands of a SKI file. A public reader of 2018 expects the lower-case name first."""
    found = []
    for name, lower, *others in bands:
        infrared = name.startswith(("NIR", "Near", "SWIR"))
        counts = _mixed(seen, _SPECTRUM.get(name, _INFRARED if infrared else _GREY))
        found.append(((lower, name, *others), counts.astype(np.uint16)))
    return found


def version(map_type: str) -> str:
    """The version of the algorithm of a map type; those of imagery and cars are from 2019."""
    return _VERSIONS.get(map_type, f"{100 + key(map_type) % 60}.0")


def _metadata(scene: SceneRecord, map_type: str, tile: Tile) -> dict[str, object]:
    rng = np.random.default_rng(key(scene.scene_id, map_type, *tile))
    return {"sScore": round(float(rng.uniform(1, 3)), 3), "algoVersion": version(map_type)}


def _georeference(grid: NoiseGrid) -> dict[str, object]:
    ground = math.sqrt(float(pixel_area(np.array([grid.y + grid.size / 2]))[0]))
    return files.georeference(grid, grid.step * ground)
