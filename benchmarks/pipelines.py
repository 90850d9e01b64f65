"""`make bench-pipelines`: how soon, and at what cost, the ends of many pipelines are noticed.

100, 1,000 and 10,000 concurrent pipelines (`--quick`: without the last, and without the plot), with our
client, with our client on aiohttp, and with typical handwritten code. Exits with 1 if a goal is missed.

The ideal total is the time at which `nextTry` allows the end of the last pipeline to be noticed; a lag is
the time from the first moment at which `nextTry` allows the end of a pipeline to be noticed until it is.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from typing import Any

from . import pipeline_server
from .followed import HEAD, UNITS, WAYS, Followed
from .pipeline_server import LONGEST, REPORT, SHORTEST, ceiling, tell
from .process import PROJECT
from .server import running
from .table import WIDTH, Row, heading, show

PATIENCE = 100  # seconds; time limit of a way


def read(way: str, pipelines: int, told: dict[str, Any], report: dict[str, Any]) -> Followed:
    """The report of the process, compared with that of the server."""
    begun, seeable = report["begun"], report["seeable"]
    seen = {int(number): moment for number, moment in told["seen"].items()}
    if seen.keys() != set(range(pipelines)):
        raise ValueError(f"{len(seen)} of {pipelines} pipelines were seen")
    return Followed(
        pipelines=pipelines,
        way=way,
        started=told["seconds_to_start"],
        total=max(seen.values()) - begun,
        ideal=max(seeable) - begun,
        lags=sorted(seen[number] - moment for number, moment in enumerate(seeable)),
        asked=report["asked"],
        early=report["early"],
        cpu=told["cpu"],
        kilobytes=told["bytes"] / 1024,
        connections=report["connections"],
    )


def followed(way: str, pipelines: int) -> Followed | str:
    """The measurements of a way, or why it failed."""
    command = [sys.executable, "-m", "benchmarks.follow", way, str(pipelines)]
    with running(pipeline_server.__name__) as url:
        try:
            ran = subprocess.run(
                [*command, url],
                cwd=PROJECT,
                capture_output=True,
                text=True,
                check=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return f"not done in {PATIENCE} s"
        except subprocess.CalledProcessError as error:
            last = error.stderr.strip().splitlines()[-1] if error.stderr.strip() else "no word"
            return f"failed: {last}"
        return read(way, pipelines, json.loads(ran.stdout), tell(url, REPORT))


def goals(found: dict[tuple[int, str], Followed], sizes: list[int]) -> Iterator[Row | str]:
    """A row for each goal, or its name if there is no measurement."""
    bounds: dict[tuple[int, str], tuple[float, float | None, float]] = {
        (1000, "ours"): (1.02, 4, 20),
        (1000, "ours-aiohttp"): (1.02, 4, 20),
        (10_000, "ours"): (1.05, None, 150),
        (10_000, "ours-aiohttp"): (1.10, None, 100),
    }
    for (size, way), (total, middle, late) in bounds.items():
        if size not in sizes:
            continue
        ours, name = found.get((size, way)), f"{size:,}, {WAYS[way]}"
        if ours is None:
            yield name
            continue
        yield Row(name=f"{name}: total/ideal", ours=ours.total / ours.ideal, unit="", most=total)
        if middle is not None:
            lag = median(ours.lags) * 1000
            yield Row(name=f"{name}: lag", ours=lag, unit="ms", most=middle)
        yield Row(name=f"{name}: lag p99", ours=ours.late * 1000, unit="ms", most=late)
    if 10_000 in sizes:
        for way in ("ours", "ours-aiohttp"):
            ours = found.get((10_000, way))
            if ours is not None:
                each = ours.kilobytes / ours.pipelines
                name = f"10,000, {WAYS[way]}: memory each"
                yield Row(name=name, ours=each, unit="KB", most=1)
    early = sum(one.early for (_, way), one in found.items() if way.startswith("ours"))
    yield Row(name="asks before nextTry, ours", ours=early, unit="", most=0)


def main(*arguments: str) -> int:
    sizes = [100, 1000] if "--quick" in arguments else [100, 1000, 10_000]
    with running(pipeline_server.__name__) as url:
        rate = asyncio.run(ceiling(url))
    print(f"The server responds to {rate:,.0f} requests a second, as far as Python can send them.")
    found: dict[tuple[int, str], Followed] = {}
    for size in sizes:
        print(f"\n{size:,} pipelines of {SHORTEST:.0f} to {LONGEST:.0f} s\n{HEAD}\n{UNITS}")
        print("-" * WIDTH)
        for way in WAYS:
            got = followed(way, size)
            print(f"{WAYS[way]:<18} {got}"[:WIDTH] if isinstance(got, str) else got, flush=True)
            if isinstance(got, Followed):
                found[size, way] = got
    if "--quick" not in arguments:
        from .pipeline_plot import draw

        print(f"\nDrawn: {draw(found, sizes).relative_to(PROJECT)}")
    print()
    heading()
    missed = 0
    for row in goals(found, sizes):
        if isinstance(row, Row):
            missed += not show(row).is_met
        else:
            print(f"{row:<76} NO")
            missed += 1
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
