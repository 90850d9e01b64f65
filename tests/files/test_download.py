"""Files are complete or absent, and a second download fetches only the missing ones."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.generated.map_types import FILES
from tests.conftest import KINDS, Both
from tests.files.maps import fetched, made, released
from tests.places import CAR_PARK

FILE_COUNT = 4 * len(FILES["cars"])

LIFE = """
import asyncio, json, sys
import spaceknow_client as sk
kind, url, folder, text = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
options = {"auth": sk.TokenAuth("t"), "limits": sk.Limits(concurrency=3)}
wanted = sk.KrakenMap.from_dict(json.loads(text))
def told(progress):
    print(progress.done, flush=True)
async def main():
    async with sk.AsyncSpaceKnow(environment, **options) as client:
        await client.kraken.download(wanted, folder, on_progress=told)
if kind == "sync":
    with sk.SpaceKnow(environment, **options) as client:
        client.kraken.download(wanted, folder, on_progress=told)
else:
    asyncio.run(main())
"""


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent != folder
    }


async def test_all_files_of_all_tiles_come_once(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    cars = released(emulator)
    client = both.of(emulator)
    told: list[sk.DownloadProgress] = []
    done = await both.settle(client.kraken.download(cars, tmp_path, on_progress=told.append))
    assert (done.total, done.fetched, done.failed) == (FILE_COUNT, FILE_COUNT, 0)
    assert told[-1].done == FILE_COUNT
    assert sorted(one.done for one in told[:-1]) == [one.done for one in told[:-1]]
    files = files_in(tmp_path)
    assert done.bytes == sum(map(len, files.values()))
    for tile in cars.tiles:
        path = f"cars.png/{tile.z}/{tile.x}/{tile.y}.png"
        served = await both.settle(client.kraken.grid_file(cars, tile, "cars.png"))
        assert files[path] == served.content
    asked = len(fetched(emulator))
    again = await both.settle(client.kraken.download(cars, tmp_path))
    assert (again.fetched, again.present, again.bytes) == (0, FILE_COUNT, 0)
    assert len(fetched(emulator)) == asked


async def test_only_what_is_missing_or_damaged_is_fetched_again(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    cars, client = released(emulator), both.of(emulator)
    names = ["cars.png", "detections.geojson"]
    await both.settle(client.kraken.download(cars, tmp_path, names))
    before = files_in(tmp_path)
    gone, cut, *_ = sorted(before)
    (tmp_path / gone).unlink()
    (tmp_path / cut).write_bytes(before[cut][:-1])
    emulated = len(fetched(emulator))
    done = await both.settle(client.kraken.download(cars, tmp_path, names))
    assert (done.fetched, done.present) == (2, 6)
    assert len(fetched(emulator)) == emulated + 2
    assert files_in(tmp_path) == before


async def test_children_of_the_tiles(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    whole = released(emulator, extent=CAR_PARK)
    cars = evolve(whole, tiles=whole.tiles[:1], extent=None)
    (tile,), client = cars.tiles, both.of(emulator)
    assert tile.z < cars.max_zoom
    done = await both.settle(client.kraken.download(cars, tmp_path, "area.json", tile.z + 1))
    assert done.fetched == 4
    paths = {f"area.json/{child.z}/{child.x}/{child.y}.json" for child in tile.children}
    assert files_in(tmp_path).keys() == paths
    for wrong in (tile.z - 1, 20, "17", True):
        with pytest.raises(sk.InvalidArgumentError):
            await both.settle(client.kraken.download(cars, tmp_path, "area.json", wrong))


async def test_what_the_server_does_not_have_is_remembered(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    cars, client = released(emulator), both.of(emulator)
    emulator.fault("kraken.grid_file", Fault.raw(b"HTTP/1.1 204 No Content\r\n\r\n", times=4))
    done = await both.settle(client.kraken.download(cars, tmp_path, "cars.png"))
    assert (done.absent, done.fetched) == (4, 0)
    assert files_in(tmp_path) == {}
    again = await both.settle(client.kraken.download(cars, tmp_path, "cars.png"))
    assert (again.absent, again.present) == (4, 0)
    assert len(fetched(emulator)) == 4


async def test_failures_are_collected_and_a_repeat_makes_up_for_them(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    cars, client = released(emulator), both.of(emulator)
    emulator.fail("kraken.grid_file", "TILE-DOES-NOT-EXIST", times=2)
    with pytest.raises(sk.DownloadError) as caught:
        await both.settle(client.kraken.download(cars, tmp_path, "cars.png"))
    done = pickle.loads(pickle.dumps(caught.value)).downloaded
    assert (done.total, done.fetched, done.failed) == (4, 2, 2)
    assert [failed.error.code for failed in done.failures] == ["TILE-DOES-NOT-EXIST"] * 2
    assert {failed.name for failed in done.failures} == {"cars.png"}
    done = await both.settle(client.kraken.download(cars, tmp_path, "cars.png"))
    assert (done.fetched, done.present) == (2, 2)


@pytest.mark.parametrize(
    ("code", "stop"), [("INVALID-MAP-ID", False), ("TILE-OUTSIDE-SCENE", True)]
)
async def test_what_concerns_all_files_ends_it(
    both: Both, emulator: Emulator, tmp_path: Path, code: str, stop: bool
) -> None:
    cars, client = released(emulator), both.of(emulator, limits=sk.Limits(concurrency=1))
    emulator.fail("kraken.grid_file", code)
    with pytest.raises(sk.DownloadError, match="stopped") as caught:
        await both.settle(client.kraken.download(cars, tmp_path, stop_on_error=stop))
    assert caught.value.__cause__ is not None
    assert len(fetched(emulator)) == 1


async def test_after_a_version_mismatch_everything_is_fetched_anew(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    cars, client = released(emulator), both.of(emulator, limits=sk.Limits(concurrency=1))
    await both.settle(client.kraken.download(cars, tmp_path, "area.json"))
    emulator.fail("kraken.grid_file", "VERSION-MISMATCH")
    with pytest.raises(sk.DownloadError, match="Run the analysis again"):
        await both.settle(client.kraken.download(cars, tmp_path, ["area.json", "cars.png"]))
    assert sk.MapFolder(tmp_path).has_version_mismatch
    done = await both.settle(client.kraken.download(cars, tmp_path, ["area.json", "cars.png"]))
    assert (done.fetched, done.present) == (8, 0)
    assert not sk.MapFolder(tmp_path).has_version_mismatch


async def test_a_file_that_the_map_has_not_is_skipped_unless_it_was_named(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    cars, client = released(emulator), both.of(emulator, limits=sk.Limits(concurrency=1))
    emulator.fail("kraken.grid_file", "UNSUPPORTED-FILE-NAME")
    done = await both.settle(client.kraken.download(cars, tmp_path / "all"))
    assert (done.absent, done.failed) == (4, 0)
    assert len(fetched(emulator)) == FILE_COUNT - 3
    with pytest.raises(sk.DownloadError):
        await both.settle(client.kraken.download(cars, tmp_path / "named", ["water.png"]))


async def test_a_folder_holds_one_map(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    cars, client = released(emulator), both.of(emulator)
    await both.settle(client.kraken.download(cars, tmp_path, "area.json"))
    other = made(*cars.tiles)
    with pytest.raises(sk.InvalidArgumentError, match="another map"):
        await both.settle(client.kraken.download(other, tmp_path))
    (tmp_path / "manifest.json").write_text('{"format": "other"}')
    with pytest.raises(sk.InvalidArgumentError, match="is not the manifest"):
        await both.settle(client.kraken.download(cars, tmp_path))


async def test_folders_that_cannot_be_used(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    cars, client = released(emulator), both.of(emulator)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(sk.DownloadError):
        await both.settle(client.kraken.download(cars, tmp_path / "file"))
    (tmp_path / "cars.png").write_text("where a folder has to be made")
    with pytest.raises(sk.DownloadError, match="cannot write"):
        await both.settle(client.kraken.download(cars, tmp_path, "cars.png"))
    for wrong in (None, 5, "a\0b"):
        with pytest.raises(sk.InvalidArgumentError):
            await both.settle(client.kraken.download(cars, wrong))


@pytest.mark.parametrize(
    "names", ["../x.png", "a/b", "", ["x", 5], [], 5, ["A.png", "a.png"], "x" * 300, ".."]
)
async def test_names_that_are_none(
    both: Both, emulator: Emulator, tmp_path: Path, names: Any
) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidArgumentError):
        await both.settle(client.kraken.download(made(sk.Tile(1, 0, 0)), tmp_path, names))
    assert os.listdir(tmp_path) == []
    assert emulator.calls() == []


@pytest.mark.kinds(*KINDS)
async def test_a_server_that_is_gone_ends_it_soon(both: Both, tmp_path: Path) -> None:
    gone = sk.Environment(
        base_url="http://127.0.0.1:9", auth_domain="http://127.0.0.1:9", client_id="c"
    )
    client = both.connect(
        gone,
        auth=sk.TokenAuth("t"),
        retry=sk.RetryPolicy(max_attempts=1),
        limits=sk.Limits(concurrency=1),
    )
    tiles = [sk.Tile(16, 100, y) for y in range(1000)]
    with pytest.raises(sk.DownloadError, match="stopped") as caught:
        await both.settle(client.kraken.download(made(*tiles), tmp_path, "cars.png"))
    assert caught.value.downloaded is not None
    assert caught.value.downloaded.failed == 10


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_killed_it_goes_on_with_the_rest(kind: str, emulator: Emulator, tmp_path: Path) -> None:
    cars = released(emulator)
    text = json.dumps(cars.to_dict())
    command = [sys.executable, "-c", LIFE, kind, emulator.url, str(tmp_path / "a"), text]
    for lines in (3, 5):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(lines):
                assert process.stdout.readline().strip().isdigit()
            os.kill(process.pid, signal.SIGKILL)
    there = {path for path in files_in(tmp_path / "a") if not path.endswith(".part")}
    assert 8 <= len(there) < FILE_COUNT
    with emulator.client() as client:
        done = client.kraken.download(cars, tmp_path / "a")
        assert done.present == len(there)
        assert done.fetched == FILE_COUNT - len(there)
        client.kraken.download(cars, tmp_path / "b")
    assert files_in(tmp_path / "a") == files_in(tmp_path / "b")


async def test_two_downloads_into_one_folder(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    cars, client = released(emulator), both.of(emulator)
    nested: list[BaseException] = []

    def again(progress: sk.DownloadProgress) -> None:
        if not nested:
            with emulator.client() as other, pytest.raises(sk.DownloadError) as caught:
                other.kraken.download(cars, tmp_path)
            nested.append(caught.value)

    await both.settle(client.kraken.download(cars, tmp_path, "area.json", on_progress=again))
    assert "another download" in str(nested[0])
