"""Parsing the response of a search with 10,000 scenes: models compared with `json.loads`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from spaceknow_client.generated.api.imagery.imagery_search_retrieve import parse
from spaceknow_client.generated.models import ScenePage

from .table import Row

SCENES = 10_000
BANDS = ("Red", "Green", "Blue", "Near-IR1")
ROUNDS = 9

Reader = Callable[[bytes], Any]


def scene(number: int) -> dict[str, Any]:
    """Eleven plain members, a polygon, and four bands."""
    west, south = 151 + number * 1e-5, -33.9 + number * 1e-6
    ring = [(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1), (0.0, 0.0)]
    return {
        "sceneId": f"{number:064x}",
        "provider": "gbdx",
        "dataset": "idaho-pansharpened",
        "satellite": "WorldView-02",
        "datetime": f"2018-01-{number % 28 + 1:02d} 00:{number % 60:02d}:11",
        "footprint": {
            "type": "Polygon",
            "coordinates": [[[west + x, south + y] for x, y in ring]],
        },
        "crsEpsg": 32756,
        "cloudCover": number % 100 / 100,
        "offNadir": 12.5,
        "sunAzimuth": 71.25,
        "sunElevation": 54.5,
        "bands": [
            {"names": [name, name.lower()], "bitDepth": 11, "gsd": 0.5, "pixelSizeX": 0.5}
            for name in BANDS
        ],
    }


def touch(page: ScenePage) -> None:
    for item in page.results:
        for band in item.bands or ():
            _ = band.gsd


def readers() -> dict[str, Reader]:
    """The JSON parsers of the client: orjson if it is installed."""
    found: dict[str, Reader] = {"json": json.loads}
    try:
        import orjson
    except ImportError:
        return found
    return {**found, "orjson": orjson.loads}


def _in_hand(reader: Reader, content: bytes) -> ScenePage:
    return parse(reader(content))


def _touched(reader: Reader, content: bytes) -> ScenePage:
    page = _in_hand(reader, content)
    touch(page)
    return page


def rows() -> Iterator[Row]:
    """Medians of rounds in which the ways alternate. The garbage collector runs as for users."""
    body = {"results": [scene(number) for number in range(SCENES)], "cursor": None}
    content = json.dumps(body).encode()
    del body
    ways: dict[tuple[str, str], tuple[Callable[[Reader, bytes], Any], Reader]] = {
        ("", "bare"): (lambda reader, content: reader(content), json.loads)
    }
    for name, reader in readers().items():
        ways["in hand", name] = _in_hand, reader
        ways["all touched", name] = _touched, reader
    taken: dict[tuple[str, str], list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, (read, reader) in ways.items():
            started = time.perf_counter()
            result = read(reader, content)
            taken[way].append((time.perf_counter() - started) * 1000)
            del result
    bare = median(taken.pop(("", "bare")))
    for (what, name), values in taken.items():
        yield Row(
            name=f"10,000 scenes {what}, {name}",
            ours=median(values),
            unit="ms",
            bare=bare,
            most_ratio=2.0 if what == "in hand" else 2.6,
        )
