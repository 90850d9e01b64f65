"""`make bench-scale`: what a map of 10^5 tiles takes: as an array on a cluster, as a folder, as a mosaic.

`python -m benchmarks.scale SIDE` is of SIDE x SIDE tiles (316), from a lean server on this machine. The
cluster is a LocalCluster with a process for each core.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed import Client, LocalCluster

import spaceknow_client as sk

from . import picture_server
from .server import running
from .stitch import NAME, UNIT
from .table import Row, heading, show

SIDE = 316
THREADS = 4  # of each process of the cluster


def map_of(side: int) -> sk.KrakenMap:
    tiles = [sk.Tile(16, 1000 + n % side, 2000 + n // side) for n in range(side * side)]
    return sk.KrakenMap(map_id="map", map_type="imagery", max_zoom=19, tiles=tuple(tiles))


@contextmanager
def measured(rows: list[Row], name: str) -> Iterator[None]:
    """Notes seconds, and by how many MB this process grew at most."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    yield
    rows.append(Row(name=name, ours=time.perf_counter() - started, unit="s"))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    rows.append(Row(name="  memory of this process", ours=grown * UNIT / 1e6, unit="MB"))


def measure(url: str, side: int, folder: Path) -> Iterator[Row]:
    whole, rows = map_of(side), list[Row]()
    count = side * side
    # The workers have it from the environment, as on a real cluster.
    os.environ["SPACEKNOW_TOKEN"] = "a.b.c"  # noqa: S105
    environment = sk.Environment(base_url=url, auth_domain=url, client_id="benchmark")
    with (
        LocalCluster(
            n_workers=os.cpu_count() or 1, threads_per_worker=THREADS, dashboard_address=None
        ) as cluster,
        Client(cluster),
        sk.SpaceKnow(environment) as client,
    ):
        with measured(rows, f"{count:,} tiles, array made"):
            array = sk.map_to_xarray(client, whole, max_files=count)
        with measured(rows, "  computed on the cluster"):
            mean = array.sel(band="red").mean().compute().item()
        assert mean > 0
    yield from rows
    rows.clear()
    with measured(rows, f"{count:,} tiles, folder"):
        asyncio.run(_download(environment, whole, folder / "map"))
    mosaic = folder / "mosaic.tif"
    with measured(rows, f"{count:,} tiles, cloud-optimized mosaic"):
        sk.MapFolder(folder / "map").save_mosaic(mosaic)
    size = sum(file.stat().st_size for file in (folder / "map").rglob("*") if file.is_file())
    rows.append(Row(name="  folder on the disk", ours=size / 1e6, unit="MB"))
    rows.append(Row(name="  mosaic on the disk", ours=mosaic.stat().st_size / 1e6, unit="MB"))
    yield from rows


async def _download(environment: sk.Environment, whole: sk.KrakenMap, folder: Path) -> None:
    limits = sk.Limits(concurrency=32)
    async with sk.AsyncSpaceKnow(environment, limits=limits, http_client="aiohttp") as client:
        await client.kraken.download(whole, folder, NAME, max_files=len(whole.tiles))


def main(side: int) -> None:
    heading()
    with running(picture_server.__name__) as url, tempfile.TemporaryDirectory() as folder:
        for row in measure(url, side, Path(folder)):
            show(row)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIDE)
