"""A sample of `make fuzz`."""

from __future__ import annotations

import gzip
import io
import resource
import struct

import pytest
from PIL import Image

from tests.fuzz import areas, bodies, files


@pytest.mark.parametrize("operation", bodies.operations())
def test_damaged_answers(operation: str) -> None:
    bodies.fuzz(operation, 300, seed=19)


def test_damaged_areas() -> None:
    areas.fuzz(1000, seed=19)


@pytest.mark.parametrize("name", files.names())
def test_damaged_files(name: str) -> None:
    files.fuzz(name, 10 if name.endswith((".ski", ".png")) else 40, seed=19)


def test_damaged_manifests() -> None:
    files.fuzz_manifests(200, seed=19)


def test_damaged_token_stores() -> None:
    files.fuzz_stores(200, seed=19)


def bomb(name: str) -> bytes:
    """A small file that claims to be large."""
    if name.endswith(".ski"):
        return gzip.compress(bytes(2**28))
    if name.endswith(".png"):
        made = io.BytesIO()
        Image.new("1", (30_000, 30_000)).save(made, "PNG")
        return made.getvalue()
    shape = struct.pack("<HHI", 256, 4, 1) + struct.pack("<I", 2**31 - 1)
    good = files.samples()[name].content
    return good.replace(struct.pack("<HHII", 256, 4, 1, 256), shape)


@pytest.mark.parametrize("name", ["segmentation.ski", "cars.png", "analysis.geotiff"])
def test_bombs_take_no_memory(name: str) -> None:
    content = bomb(name)
    assert content != files.samples()[name].content
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files.read(files.with_content(files.samples()[name], content))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 600 * 1024  # kilobytes: a tile's SKI file can have 512 MB
