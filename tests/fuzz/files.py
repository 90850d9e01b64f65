"""Damaged files of maps: the result of a reader, or one of our errors. Memory is limited."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import resource
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import spaceknow_client as sk
from spaceknow_client.auth.token import Token
from spaceknow_client.emulator import Emulator
from spaceknow_client.errors import SpaceKnowError
from spaceknow_client.interop.tile_arrays import pixels_of
from spaceknow_client.maps.grid_file import GridFile, checked_content
from spaceknow_client.maps.manifest import LOG, NAME
from spaceknow_client.maps.pictures.mosaic import picture
from spaceknow_client.maps.pictures.tile_pixels import decoded, quiet
from spaceknow_client.maps.view.frames import Frame, layers_of
from spaceknow_client.maps.view.page import page
from tests.files.maps import released
from tests.fuzz.bodies import told
from tests.fuzz.mutations import Damage

MEMORY = 3 * 2**30  # bytes of address space beyond those at the start of the process


@lru_cache(maxsize=1)
def samples() -> dict[str, GridFile]:
    """A good file of each name."""
    found = {}
    with Emulator(seconds_per_pipeline=0) as emulator, emulator.client() as client:
        for kind in ("cars", "imagery"):
            map = released(emulator, kind)
            for name in NAMES[kind]:
                file = client.kraken.grid_file(map, map.tiles[0], name)
                if file is not None:
                    found[name] = file
    return found


NAMES = {
    "cars": ("cars.png", "segmentation.ski", "analysis.geotiff", "detections.geojson"),
    "imagery": ("truecolor.png", "imagery.ski", "visualization.geotiff"),
}


def with_content(file: GridFile, content: bytes) -> GridFile:
    return GridFile(tile=file.tile, name=file.name, content=content, media_type=None)


def ski(damage: Damage, content: bytes) -> bytes:
    """A SKI file damaged outside, in its tar, or in one of its members."""
    chance = damage.random.random()
    if chance < 0.3:
        return damage.bytes(content)
    inside = gzip.decompress(content)
    if chance < 0.6:
        return gzip.compress(damage.bytes(inside), 1)
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(inside)) as source,
        tarfile.open(fileobj=made, mode="w") as target,
    ):
        members = [*source.getmembers()]
        odd = damage.random.choice(members)
        for member in members:
            part = source.extractfile(member)
            data = b"" if part is None else part.read()
            if member is odd:
                if member.name.endswith(".json"):
                    data = damage.text(damage.json(json.loads(data)))
                else:
                    data = damage.bytes(data[:10]) + data[10:]
                if damage.random.random() < 0.2:
                    member.name = str(damage.odd())[:90].replace("\0", "") or "x"
            member.size = len(data)
            with contextlib.suppress(UnicodeEncodeError):
                target.addfile(member, io.BytesIO(data))
    return gzip.compress(made.getvalue(), 1)


def png(damage: Damage, content: bytes) -> bytes:
    """A PNG damaged anywhere, or in a chunk whose checksum is correct."""
    if damage.random.random() < 0.5:
        return damage.bytes(content)
    parts, at = [], 8
    while at < len(content):
        length = int.from_bytes(content[at : at + 4])
        parts.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    number = damage.random.randrange(len(parts))
    kind, data = parts[number]
    if kind == b"IDAT" and damage.random.random() < 0.5:
        raw = zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT"))
        parts = [part for part in parts if part[0] != b"IDAT"]
        parts.insert(-1, (b"IDAT", zlib.compress(damage.bytes(raw))))
    else:
        parts[number] = (kind, damage.bytes(data))
    return content[:8] + b"".join(
        len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
        for kind, data in parts
    )


def geojson(damage: Damage, content: bytes) -> bytes:
    return damage.text(damage.json(json.loads(content)))


DAMAGE: Mapping[str, Callable[[Damage, bytes], bytes]] = {
    ".ski": ski,
    ".png": png,
    ".geotiff": lambda damage, content: damage.bytes(damage.bytes(content)),
    ".geojson": geojson,
}


def read(file: GridFile) -> None:
    """Every function that reads a file of this name."""
    with ours():
        checked_content(file.name, file.content)
    suffix = Path(file.name).suffix
    if suffix == ".ski":
        with ours():
            sk.open_ski(file)
    if suffix in (".ski", ".png"):
        with ours():
            pixels_of(file)
    if suffix in (".png", ".geotiff"):
        with ours(), quiet():
            decoded(file.tile, file.name, file.content, None)
    if suffix == ".png":
        with ours():
            picture(file)
    if suffix == ".geojson":
        with ours():
            found = sk.Detections.read([file])
            repr(found).encode()
            assert isinstance(found.count, int)
            assert found.area < float("inf")
            map = sk.KrakenMap(map_id="m", map_type="cars", max_zoom=19, tiles=(file.tile,))
            layers = layers_of([map], [(map, "detections.geojson", [file])])
            page([Frame(label="", layers=layers)], "title").encode()


@contextlib.contextmanager
def ours() -> Iterator[None]:
    """Only our errors may be raised; WrongShapeError is one if a transport reads."""
    from spaceknow_client.generated.types import WrongShapeError

    try:
        yield
    except SpaceKnowError as error:
        told(error)
    except WrongShapeError:
        pass


def fuzz(name: str, count: int, seed: int = 0) -> None:
    """Reads `count` damaged files of a name. Raises any exception that is not one of our errors."""
    damage, file = Damage(seed), samples()[name]
    change = DAMAGE[Path(name).suffix]
    for number in range(count):
        content = change(damage, file.content)
        try:
            read(with_content(file, content))
        except BaseException as error:
            error.add_note(f"{name} seed {seed} number {number}: {content[:80]!r}")
            raise


def fuzz_manifests(count: int, seed: int = 0) -> None:
    """Opens `count` folders whose manifest is damaged."""
    damage = Damage(seed)
    file = samples()["cars.png"]
    map = sk.KrakenMap(map_id="m", map_type="cars", max_zoom=19, tiles=(file.tile,))
    z, x, y = file.tile
    value = {
        "format": "spaceknow-map",
        "formatVersion": 1,
        "map": map.to_dict(),
        "geometryId": "-",
        "versionMismatch": False,
        "unverified": [],
        "files": {
            "cars.png": {f"{z}/{x}/{y}": len(file.content)},
            "area.json": {f"{z}/{x}/{y}": None},
        },
    }
    lines = f'["cars.png",[{z},{x},{y}],7]\n["b.laz",[{z},{x},{y}],null]\n'.encode()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            content = damage.text(damage.json(value) if damage.random.random() < 0.7 else value)
            (folder / NAME).write_bytes(content)
            (folder / LOG).write_bytes(damage.bytes(lines))
            try:
                with ours():
                    opened = sk.MapFolder(folder)
                    repr(opened).encode()
                    for file_name in opened.files:
                        for tile in opened.tiles(file_name):
                            with ours():
                                opened.grid_file(tile, file_name)
                    with ours():
                        opened.detections()
            except BaseException as error:
                error.add_note(f"manifest seed {seed} number {number}: {content[:300]!r}")
                raise


def fuzz_stores(count: int, seed: int = 0) -> None:
    """Uses `count` damaged token files. A file that is not a token file is never overwritten."""
    damage, key = Damage(seed), "https://api.example.com me"
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "tokens.json")
        store = sk.FileTokenStore(path)
        store.save(key, Token(value="a.b.c", expires_at=2e9))
        good = json.loads(path.read_bytes())
        for number in range(count):
            content = damage.text(damage.json(good) if damage.random.random() < 0.7 else good)
            path.write_bytes(content)
            try:
                with ours():
                    repr(store.load(key)).encode()
                with ours():
                    store.forget("another")
                with ours():
                    store.save(key, Token(value="d.e.f", expires_at=2e9))
                    assert store.load(key) is not None
            except BaseException as error:
                error.add_note(f"tokens seed {seed} number {number}: {content[:300]!r}")
                raise


@contextlib.contextmanager
def bounded_memory() -> Iterator[None]:
    """More than MEMORY is a MemoryError, which is not one of our errors."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def names() -> list[str]:
    """The files that are damaged."""
    return [name for some in NAMES.values() for name in some]
