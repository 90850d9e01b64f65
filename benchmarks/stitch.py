"""Makes a GeoTIFF from a downloaded map in one of several ways, in this process.

`python -m benchmarks.stitch WAY SIDE FOLDER` prints the seconds from the files of tiles to
one file, and the growth of the process in MB. There are SIDE x SIDE tiles in the folder, as written by
`python -m benchmarks.stitch tiles SIDE FOLDER`.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from rasterio.merge import merge
from rasterio.shutil import copy
from rasterio.transform import from_origin

import spaceknow_client as sk
from spaceknow_client.maps.manifest import Manifest
from spaceknow_client.maps.map_files import place_of

TILE = 256
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes per unit of ru_maxrss
NAME = "truecolor.png"


def pictures() -> list[bytes]:
    """Pictures of ground."""
    chance = np.random.default_rng(1)
    slope = np.add.outer(np.arange(TILE), np.arange(TILE)) // 4
    made = []
    for number in range(16):
        bands = [(slope + number) % 200 + chance.integers(0, 16, (TILE, TILE)) for _ in range(3)]
        pixels = np.stack([*bands, np.full((TILE, TILE), 255)], -1).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        made.append(file.getvalue())
    return made


def fill(side: int, folder: Path) -> None:
    """Writes the files of tiles as a download does."""
    tiles = [sk.Tile(16, 100 + n % side, 200 + n // side) for n in range(side * side)]
    whole = sk.KrakenMap(map_id="map", map_type="imagery", max_zoom=19, tiles=tuple(tiles))
    folder.mkdir()
    manifest = Manifest(folder, whole, "-")
    manifest.open()
    some = pictures()
    for number, tile in enumerate(tiles):
        path = folder / place_of(tile, NAME)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(some[number % len(some)])
        manifest.note(NAME, tile, path.stat().st_size)
    manifest.save()


def files_of(folder: Path) -> Iterator[tuple[sk.Tile, Path]]:
    for tile in sk.MapFolder(folder).tiles(NAME):
        yield tile, folder / place_of(tile, NAME)


def ours(folder: Path, path: Path, **how: Any) -> None:
    sk.MapFolder(folder).save_mosaic(path, **how)


def merged(folder: Path, path: Path) -> None:
    """rasterio.merge of tiles that are georeferenced in memory, as in typical code."""
    side = sk.Tile(16, 1, 0).corner[0] - sk.Tile(16, 0, 0).corner[0]
    with ExitStack() as stack:
        placed = []
        for tile, file in files_of(folder):
            with rasterio.open(file) as picture:
                pixels = picture.read()
            profile: dict[str, Any] = {
                "driver": "GTiff",
                "width": TILE,
                "height": TILE,
                "count": 4,
                "dtype": "uint8",
                "crs": "EPSG:3857",
                "transform": from_origin(*tile.corner, side / TILE, side / TILE),
            }
            memory = stack.enter_context(MemoryFile())
            with memory.open(**profile) as made:
                made.write(pixels)
            placed.append(stack.enter_context(memory.open()))
        whole, transform = merge(placed)
    size = {"width": whole.shape[2], "height": whole.shape[1], "transform": transform}
    with rasterio.open(path, "w", **{**profile, **size}, tiled=True) as made:
        made.write(whole)


def merged_cog(folder: Path, path: Path) -> None:
    """The same, as cloud-optimized GeoTIFF."""
    plain = path.with_name("plain.tif")
    merged(folder, plain)
    how = {"compress": "zstd", "level": 1, "predictor": "yes", "num_threads": "all_cpus"}
    copy(str(plain), str(path), driver="COG", overview_resampling="average", **how)


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "ours": lambda *a: ours(*a, compression="none", cloud_optimized=False),
    "merge": merged,
    "ours-zstd": lambda *a: ours(*a, cloud_optimized=False),
    "ours-cog": ours,
    "merge-cog": merged_cog,
}


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def main(way: str, side: str, folder: str) -> None:
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    place = Path(folder)
    if way == "tiles":
        return fill(int(side), place / side)
    if not (place / "2").exists():
        fill(2, place / "2")
    WAYS[way](place / "2", place / "warm.tif")
    os.sync()  # completes the writes of earlier runs
    before, started = _memory(), time.perf_counter()
    WAYS[way](place / side, place / "mosaic.tif")
    print(time.perf_counter() - started, (_memory() - before) / 1e6)
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
