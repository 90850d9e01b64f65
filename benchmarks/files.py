"""`make bench-files`: downloads and mosaics, compared with bare libraries.

Downloads are of 1,500 files of 60,000 bytes, from a fast server on this machine to its temporary
folder; mosaics are of 32 x 32 tiles. Each is measured in its own process, alternating with the
alternatives. Exits with 1 if a goal is missed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from statistics import median

from . import file_server
from .process import PROJECT
from .server import running
from .table import Row, heading, show

FILES, SIDE, ROUNDS = 1500, 32, 11
AT_ONCE = (8, 32)
PAIRS = {"ours-aiohttp": "aiohttp", "ours-threads": "threads", "ours": "httpx"}
NAMES = {"ours-aiohttp": "on aiohttp", "ours-threads": "threads", "ours": "async"}

# Goals: 85 % of the files per second of bare aiohttp, and half of the time of bare httpx.
MOST_RATIO = {("ours-aiohttp", 8): 1 / 0.85, ("ours-aiohttp", 32): 1 / 0.85, ("ours", 32): 0.5}
# "32 concurrent requests are never slower than 8", apart from the variation between runs.
MOST_SLOWER = 1.05
FASTER = 4.5

Measured = dict[tuple[str, int], list[float]]


def _numbers(module: str, *arguments: str) -> list[float]:
    command = [sys.executable, "-m", f"{__package__}.{module}", *arguments]
    ran = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    return [float(number) for number in ran.stdout.split()]


def fetched(url: str, rounds: int = ROUNDS, files: int = FILES) -> Measured:
    """Seconds for all files, by way and concurrency; the order is reversed in each round."""
    found: Measured = {}
    ways = [(way, at_once) for pair in PAIRS.items() for at_once in AT_ONCE for way in pair]
    # The slow ones need no further rounds, because they are far from the goals.
    few = [(way, at_once) for way, at_once in ways if way in ("httpx", "threads", "ours-threads")]
    for turn in range(rounds):
        some = [each for each in ways if turn < 3 or each not in few]
        for way, at_once in some if turn % 2 else reversed(some):
            with tempfile.TemporaryDirectory() as folder:
                each, _ = _numbers("fetch", way, str(files), str(at_once), folder, url)
            found.setdefault((way, at_once), []).append(each * files)
    return found


def fetch_rows(found: Measured) -> Iterator[Row]:
    """A row for each client and concurrency, and one for the effect of higher concurrency."""
    middle = {key: median(values) for key, values in found.items()}
    for ours, bare in PAIRS.items():
        for at_once in AT_ONCE:
            yield Row(
                name=f"{FILES:,} files, {NAMES[ours]}, {at_once}",
                ours=middle[ours, at_once],
                bare=middle[bare, at_once],
                unit="s",
                most_ratio=MOST_RATIO.get((ours, at_once)),
            )
    for ours in ("ours-aiohttp", "ours"):
        few, many = (middle[ours, at_once] for at_once in AT_ONCE)
        name = f"{NAMES[ours]}, {AT_ONCE[1]} beside {AT_ONCE[0]} at once"
        yield Row(name=name, ours=many, bare=few, unit="s", most_ratio=MOST_SLOWER)


def stitched(rounds: int = 5, side: int = SIDE) -> dict[str, tuple[float, float]]:
    """Seconds and MB of memory, by way."""
    found: dict[str, list[list[float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        _numbers("stitch", "tiles", str(side), folder)
        for _ in range(rounds):
            for way in ("ours", "merge", "ours-zstd", "ours-cog", "merge-cog"):
                found.setdefault(way, []).append(_numbers("stitch", way, str(side), folder))
    return {
        way: (median(one[0] for one in values), max(one[1] for one in values))
        for way, values in found.items()
    }


def stitch_rows(found: dict[str, tuple[float, float]]) -> Iterator[Row]:
    """Rows for the same file made in both ways, and for larger tasks."""
    merge, cog = found["merge"], found["merge-cog"]
    most = 1 / FASTER
    bare = merge[0]
    name = f"{SIDE * SIDE:,} tiles, rasterio.merge"
    yield Row(name=name, ours=found["ours"][0], bare=bare, unit="s", most_ratio=most)
    yield Row(name="  its memory", ours=found["ours"][1], bare=merge[1], unit="MB", most=32)
    yield Row(name="  with zstd", ours=found["ours-zstd"][0], bare=bare, unit="s")
    name = "  cloud-optimized"
    yield Row(name=name, ours=found["ours-cog"][0], bare=cog[0], unit="s", most_ratio=most)
    yield Row(name="  its memory", ours=found["ours-cog"][1], bare=cog[1], unit="MB", most=32)


def main() -> int:
    heading()
    missed = 0
    with running(file_server.__name__) as url:
        for row in fetch_rows(fetched(url)):
            missed += not show(row).is_met
    for row in stitch_rows(stitched()):
        missed += not show(row).is_met
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
