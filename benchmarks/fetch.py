"""Fetches the files of a map in one of several ways, in this process.

`python -m benchmarks.fetch WAY FILES AT_ONCE FOLDER URL` prints the elapsed seconds and the CPU seconds
for each file, after a warm-up. Each file is written under a temporary name and renamed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import httpx

import spaceknow_client as sk

WARM_UP = 100  # files
NAME = "truecolor.png"
HEADERS = {"authorization": "Bearer a.b.c"}

Tiles = list[sk.Tile]


def tiles(count: int, row: int = 0) -> Tiles:
    """Tiles in rows of 32, as in a map."""
    return [sk.Tile(16, 1000 + number % 32, row + number // 32) for number in range(count)]


def options(url: str, at_once: int) -> dict[str, Any]:
    return {
        "environment": sk.Environment(base_url=url, auth_domain=url, client_id="benchmark"),
        "auth": sk.TokenAuth("a.b.c"),
        "limits": sk.Limits(concurrency=at_once),
    }


def a_map(some: Tiles) -> sk.KrakenMap:
    return sk.KrakenMap(map_id="map", map_type="imagery", max_zoom=19, tiles=tuple(some))


def path_of(tile: sk.Tile) -> str:
    return f"/kraken/grid/map/-/{tile.z}/{tile.x}/{tile.y}/{NAME}"


class Writer:
    """Writes files as handwritten code would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[str] = set()

    def __call__(self, tile: sk.Tile, content: bytes) -> None:
        folder = f"{self._folder}/{tile.z}/{tile.x}"
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)
        path = f"{folder}/{tile.y}.png"
        with open(f"{path}.part", "wb") as file:
            file.write(content)
        os.replace(f"{path}.part", path)


async def _spread(one: Callable[[sk.Tile], Awaitable[None]], some: Tiles, at_once: int) -> None:
    line = iter(some)

    async def work() -> None:
        for tile in line:
            await one(tile)

    await asyncio.gather(*(work() for _ in range(at_once)))


Timer = Callable[[], None]


async def bare_aiohttp(url: str, at_once: int, folder: Path, count: int, begin: Timer) -> None:
    """Only aiohttp."""
    write = Writer(folder)
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector, headers=HEADERS) as session:

        async def one(tile: sk.Tile) -> None:
            async with session.get(url + path_of(tile)) as response:
                response.raise_for_status()
                write(tile, await response.read())

        await _spread(one, tiles(WARM_UP, 5000), at_once)
        begin()
        await _spread(one, tiles(count), at_once)


async def bare_httpx(url: str, at_once: int, folder: Path, count: int, begin: Timer) -> None:
    """Only httpx.AsyncClient."""
    write = Writer(folder)
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(base_url=url, headers=HEADERS, limits=limits) as client:

        async def one(tile: sk.Tile) -> None:
            response = await client.get(path_of(tile))
            response.raise_for_status()
            write(tile, response.content)

        await _spread(one, tiles(WARM_UP, 5000), at_once)
        begin()
        await _spread(one, tiles(count), at_once)


def bare_threads(url: str, at_once: int, folder: Path, count: int, begin: Timer) -> None:
    """Only httpx.Client, with threads."""
    write = Writer(folder)
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    with (
        httpx.Client(base_url=url, headers=HEADERS, limits=limits) as client,
        ThreadPoolExecutor(at_once) as pool,
    ):

        def one(tile: sk.Tile) -> None:
            response = client.get(path_of(tile))
            response.raise_for_status()
            write(tile, response.content)

        list(pool.map(one, tiles(WARM_UP, 5000)))
        begin()
        list(pool.map(one, tiles(count)))


def _ours(library: str | None) -> Callable[..., Awaitable[None]]:
    async def ours(url: str, at_once: int, folder: Path, count: int, begin: Timer) -> None:
        made: Any = {**options(url, at_once), "http_client": library}
        async with sk.AsyncSpaceKnow(**made) as client:
            await client.kraken.download(a_map(tiles(WARM_UP, 5000)), folder / "w", NAME)
            begin()
            done = await client.kraken.download(a_map(tiles(count)), folder / "f", NAME)
            assert done.fetched == count

    return ours


def ours_threads(url: str, at_once: int, folder: Path, count: int, begin: Timer) -> None:
    """Our synchronous client."""
    with sk.SpaceKnow(**options(url, at_once)) as client:
        client.kraken.download(a_map(tiles(WARM_UP, 5000)), folder / "w", NAME)
        begin()
        assert client.kraken.download(a_map(tiles(count)), folder / "f", NAME).fetched == count


WAYS: dict[str, Callable[..., Any]] = {
    "ours-aiohttp": _ours("aiohttp"),
    "aiohttp": bare_aiohttp,
    "ours": _ours(None),
    "httpx": bare_httpx,
    "ours-threads": ours_threads,
    "threads": bare_threads,
}


def main(way: str, count: str, at_once: str, folder: str, url: str) -> None:
    started = [0.0, 0.0]

    def begin() -> None:
        os.sync()  # completes the writes of earlier runs
        started[:] = [time.perf_counter(), time.process_time()]

    running = WAYS[way](url, int(at_once), Path(folder), int(count), begin)
    if running is not None:
        asyncio.run(running)
    seconds = time.perf_counter() - started[0]
    cpu = time.process_time() - started[1]
    print(seconds / int(count), cpu / int(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
