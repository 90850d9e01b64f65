"""A full disk and a read-only folder, for everything that writes a file.

Files are whole or absent: what was there stays as it was, nothing half-written is left, the error is
one of ours, and as soon as there is room the same call works.
"""

from __future__ import annotations

import contextlib
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.files.maps import released
from tests.places import CAR_PARK, GBDX

NOBODY = 65534
ROOM = 100  # bytes


@contextlib.contextmanager
def full() -> Iterator[None]:
    """No file can be longer than a few bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing in the folder can be changed. Root could, so this process is not root."""
    places = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    for place, mode in places.items():
        place.chmod(mode & 0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for place, mode in places.items():
            place.chmod(mode)


def files_in(folder: Path) -> dict[str, bytes]:
    """The content of a folder, except for locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    }


def download(both: Both, client: Any, map: sk.KrakenMap, folder: Path) -> Any:
    return client.kraken.download(map, folder / "map", "cars.png")


async def detections(both: Both, client: Any, map: sk.KrakenMap, path: Path) -> None:
    overwrite = path.suffix == ".gpkg"  # whose other layers are kept
    (await both.settle(client.kraken.detections(map))).save(path, overwrite=overwrite)


async def geoparquet(both: Both, client: Any, map: sk.KrakenMap, folder: Path) -> None:
    scenes = await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).limit(5).collect())
    sk.scenes_to_stac_geoparquet(scenes, folder / "scenes.parquet")


WRITERS: dict[str, Callable[[Both, Any, sk.KrakenMap, Path], Any]] = {
    "download": download,
    "GeoTIFF": lambda _, client, map, folder: client.kraken.save_mosaic(map, folder / "a.tif"),
    "picture": lambda _, client, map, folder: client.kraken.save_mosaic(map, folder / "a.png"),
    "page": lambda _, client, map, folder: client.kraken.view(map, folder / "a.html", open=False),
    "GeoJSON": lambda both, client, map, folder: detections(
        both, client, map, folder / "a.geojson"
    ),
    "GeoPackage": lambda both, client, map, folder: detections(
        both, client, map, folder / "a.gpkg"
    ),
    "GeoParquet": lambda both, client, map, folder: detections(
        both, client, map, folder / "a.parquet"
    ),
    "scenes": geoparquet,
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others can access, too."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("fault", ["full", "read-only"])
async def test_what_cannot_be_written(
    both: Both, emulator: Emulator, name: str, fault: str, folder: Path, tmp_path: Path
) -> None:
    cars, client, write = released(emulator), both.of(emulator), WRITERS[name]
    await both.settle(write(both, client, cars, tmp_path))  # everything it requires is loaded
    target = folder / "target"
    for is_new in (True, False):
        target.mkdir(exist_ok=True)
        before = files_in(target)
        assert bool(before) is not is_new
        if name == "download" and not is_new:
            for path in (target / "map" / "cars.png").rglob("*.png"):  # something to fetch
                path.unlink()
            before = files_in(target)
        with (
            full() if fault == "full" else read_only(target),
            pytest.raises(sk.SpaceKnowError) as caught,
        ):
            await both.settle(write(both, client, cars, target))
        assert str(target) in str(caught.value)
        after = files_in(target)
        if name == "download":  # its notes are separate, and correct
            assert not [path for path in after if path.endswith(".png") or ".part" in path]
        else:
            assert after == before
        await both.settle(write(both, client, cars, target))
        assert files_in(target).keys() == files_in(tmp_path).keys()


@pytest.mark.parametrize("fault", ["full", "read-only"])
async def test_a_journal_that_cannot_be_written(
    both: Both, emulator: Emulator, fault: str, folder: Path
) -> None:
    """Nothing is sent that could not be found again."""
    path = folder / "runs.sqlite"
    client = both.of(emulator, journal=path, deadline=5)

    async def release(number: int) -> Any:
        place = sk.Extent.from_bounds(153.0940, -27.3967, 153.0950 + number * 1e-6, -27.3953)
        return await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=place))

    run = await release(0)
    for number in (1, 2):
        with full() if fault == "full" else read_only(folder), pytest.raises(sk.ConfigError):
            await release(number)
    assert len(emulator.calls("kraken.release.initiate")) == 1
    assert [each.id for each in await both.settle(client.pipelines.recover())] == [run.id]
    again = await release(1)
    assert {each.id for each in await both.settle(client.pipelines.recover())} == {run.id, again.id}


@pytest.mark.parametrize("fault", ["full", "read-only"])
async def test_a_store_that_cannot_be_written(
    both: Both, emulator: Emulator, fault: str, folder: Path
) -> None:
    """A login that cannot be stored is used nevertheless. Without a lock, it is refused."""
    store = sk.FileTokenStore(folder / "tokens.json")

    def client() -> Any:
        return both.of(emulator, auth=sk.PasswordAuth(emulator.username, emulator.password, store))

    one = client()
    if fault == "full":
        with full():
            for _ in range(2):
                await both.settle(one.user.info())
    else:
        with read_only(folder), pytest.raises(sk.ConfigError, match="cannot be locked"):
            await both.settle(one.user.info())
    assert files_in(folder) == {}
    logins = len(emulator.calls("auth0.login"))
    assert logins == (1 if fault == "full" else 0)
    for _ in range(2):
        await both.settle(client().user.info())
    assert len(emulator.calls("auth0.login")) == logins + 1
    assert [*files_in(folder)] == ["tokens.json"]
