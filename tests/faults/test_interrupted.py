"""Runs that are interrupted, copied, shared or kept for too long keep all promises."""

from __future__ import annotations

import asyncio
import copy
import gc
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both, on_every_kind
from tests.faults.wire import WireServer
from tests.files.maps import released
from tests.pages.test_pages import pages_of
from tests.pipelines.journals import process
from tests.places import CAR_PARK, GBDX


@pytest.fixture
def slow() -> Iterator[Emulator]:
    """Its pipelines take time, and a listing has several pages."""
    with Emulator(seconds_per_pipeline=0.5, page_size=200, zero_next_try=True) as emulator:
        yield emulator


def scene_of(emulator: Emulator) -> str:
    with emulator.client() as client:
        scene = client.imagery.search(
            provider="gbdx", dataset="idaho-pansharpened", extent=CAR_PARK
        ).first()
    assert scene is not None
    return scene.scene_id


def leftovers(folder: Path) -> list[Path]:
    """Temporary files without their final name."""
    return [*folder.rglob("*.part*")]


SETTINGS = """
import multiprocessing, os, sys, threading
import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
how, url, username, password, scene = sys.argv[1:]
environment = sk.Environment(base_url=url, auth_domain=url, client_id="emulator")
auth = sk.PasswordAuth(username, password, sk.FileTokenStore(os.environ["STORE"]))
place = sk.Extent.from_bounds(153.0940, -27.3967, 153.0950, -27.3953)
"""
# During a listing and a run, while another thread waits for the same pipeline.
SPLITS = (
    SETTINGS
    + """
def finish(client, token, run_map, scenes, rest):
    assert client.pipelines.attach(token).result(deadline=30).map_id == run_map
    pages = client.imagery.search(provider="gbdx", dataset="idaho-pansharpened", extent=place)
    found = [scene.scene_id for page in pages.by_page(cursor=rest) for scene in page.items]
    assert len(set(found)) == len(found) and not set(found) & set(scenes), found

def main():
    with sk.SpaceKnow(environment, auth=auth, deadline=20) as client:
        run = client.kraken.release("cars", scene_ids=[scene], extent=place)
        listing = client.imagery.search(
            provider="gbdx", dataset="idaho-pansharpened", extent=place
        ).by_page()
        first = next(iter(listing))
        results = []
        waiting = threading.Thread(target=lambda: results.append(run.result(deadline=30)))
        waiting.start()
        seen = [each.scene_id for each in first.items]
        if how == "fork":
            children = [os.fork() for _ in range(1)]
            if not children[0]:
                code = 1
                try:
                    found = client.pipelines.attach(str(run.token())).result(deadline=30)
                    finish(client, str(run.token()), found.map_id, seen, first.cursor)
                    code = 0
                finally:
                    os._exit(code)
            waiting.join()
            ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        else:
            waiting.join()
            context = multiprocessing.get_context("spawn")
            arguments = (client, str(run.token()), results[0].map_id, seen, first.cursor)
            children = [context.Process(target=finish, args=arguments) for _ in range(2)]
            for child in children:
                child.start()
            for child in children:
                child.join()
            ended = [child.exitcode for child in children]
        assert set(ended) == {0}, ended
        finish(client, str(run.token()), results[0].map_id, seen, first.cursor)
        print("ok")

if __name__ == "__main__":
    main()
"""
)


@pytest.mark.skipif(os.name != "posix", reason="fork")
@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_a_process_splits_in_the_middle(
    slow: Emulator, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each continues with its own connections; one login and one release are enough for all."""
    monkeypatch.setenv("STORE", str(tmp_path / "tokens.json"))
    script = tmp_path / "splits.py"
    script.write_text(SPLITS)
    code = f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')"
    if how == "spawn":  # multiprocessing finds the main module by its file
        again = f"[sys.executable, {str(script)!r}, *sys.argv[1:]]"
        code = f"import subprocess, sys\nsys.exit(subprocess.call({again}))"
    arguments = (how, slow.url, slow.username, slow.password, scene_of(slow))
    logins = len(slow.calls("auth0.login"))
    with process(code, *arguments) as running:
        told, errors = running.communicate(timeout=90)
    assert (told, running.returncode) == ("ok\n", 0), errors
    assert len(slow.calls("auth0.login")) == logins + 1
    assert len(slow.calls("kraken.release.initiate")) == 1


def test_hundreds_of_threads_share_a_client(emulator: Emulator) -> None:
    """Each receives the response to its own request, one login is enough, and nothing is started twice."""
    number, scene = 300, scene_of(emulator)
    logins = len(emulator.calls("auth0.login"))
    together = threading.Barrier(number)
    with emulator.client(deadline=60) as client, ThreadPoolExecutor(number) as pool:

        def work(index: int) -> tuple[str, str | None]:
            east = 153.0950 + index * 1e-6
            place = sk.Extent.from_bounds(153.0940, -27.3967, east, -27.3953)
            together.wait(60)
            run = client.kraken.release("cars", scene_ids=[scene], extent=place)
            assert run.result(deadline=60).map_type == "cars"
            return run.id, repr(run)

        found = [*pool.map(work, range(number))]
    assert len({identity for identity, _ in found}) == number
    sent = {
        call.body["extent"]["coordinates"][0][1][0]
        for call in emulator.calls("kraken.release.initiate")
    }
    assert len(sent) == len(emulator.calls("kraken.release.initiate")) == number
    assert len(emulator.calls("auth0.login")) == logins + 1


@on_every_kind
async def test_what_is_used_after_the_client_is_closed(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    """ConfigError for every use, and no request; closing again has no effect."""
    client = both.of(emulator)
    listing = client.imagery.search(extent=CAR_PARK, **GBDX)
    cars = released(emulator)
    run = await both.settle(
        client.kraken.release("cars", scene_ids=[scene_of(emulator)], extent=CAR_PARK)
    )
    pages = listing.by_page()
    for _ in range(2):
        await both.settle(client.close() if both.is_sync else client.aclose())
    before = len(emulator.calls())
    uses: dict[str, Callable[[], Any]] = {
        "a listing": lambda: both.items_of(listing),
        "pages": lambda: both.items_of(pages),
        "first": listing.first,
        "result": run.result,
        "a call": client.credits.remaining,
        "a download": lambda: client.kraken.download(cars, tmp_path / "map"),
        "detections": lambda: client.kraken.detections(cars),
        "a page": lambda: client.kraken.view(cars, tmp_path / "a.html", open=False),
        "wait_all": lambda: client.pipelines.wait_all([run]),
    }
    for name, use in uses.items():
        with pytest.raises((sk.ConfigError, sk.DownloadError), match="closed"):
            pytest.fail(f"{name}: {await both.settle(use())}")
    assert len(emulator.calls()) == before
    assert leftovers(tmp_path) == []
    assert run.id in repr(run)
    assert run.id in run.token()


@on_every_kind
@pytest.mark.parametrize("ahead", [0, 1])
async def test_listings_left_half_way(both: Both, emulator: Emulator, ahead: int) -> None:
    """None of them continues, whatever else the client does, and nothing remains to be closed."""
    with Emulator(seconds_per_pipeline=0, page_size=5) as pages:
        client = both.of(pages)
        for _ in range(5):
            listing = client.imagery.search(extent=CAR_PARK, **GBDX).prefetch(ahead)
            if both.is_sync:
                for _scene in listing:
                    break
            else:
                async for _scene in listing:
                    break
        del listing
        gc.collect()
        if not both.is_sync:
            await asyncio.sleep(0.05)
        asked = len(pages.calls("imagery.search.initiate"))
        assert asked <= 5 * (1 + ahead)
        await both.settle(client.credits.remaining())
        assert len(await both.items_of(client.imagery.search(extent=CAR_PARK, **GBDX))) > 20
        await both.aclose()


@pytest.mark.parametrize("ahead", [0, 1])
@pytest.mark.parametrize("length", [1, 2, 3])
async def test_cursors_that_go_round(both: Both, length: int, ahead: int) -> None:
    """Whatever the length of the cycle, each page is returned once, and then the listing ends."""
    round_trip = ["a", "b", "c"][:length]
    with WireServer(pages_of("x", *round_trip * 4)) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("t"))
        listing = client.imagery.search(extent=CAR_PARK, **GBDX).prefetch(ahead)
        pages: list[Any] = []

        async def read() -> None:
            if both.is_sync:
                pages.extend(page for page in listing.by_page())
            async for page in listing.by_page():
                pages.append(page)

        with pytest.raises(sk.PaginationError) as caught:
            await read()
        assert len(pages) == 2 + length  # the page that leads back counts too
    assert caught.value.cursor == "a"


@on_every_kind
async def test_deep_copies(both: Both, emulator: Emulator) -> None:
    """A copy works, and shares no lock and no connection with its original."""
    client = both.of(emulator)
    scene = scene_of(emulator)
    run = await both.settle(client.kraken.release("cars", scene_ids=[scene], extent=CAR_PARK))
    cars = await both.settle(run.result())
    page = (await both.items_of(client.imagery.search(extent=CAR_PARK, **GBDX).by_page()))[0]
    for value in (cars, page, run.token(), CAR_PARK, cars.tiles, page.items[0]):
        copied = copy.deepcopy(value)
        assert copied == value
        assert repr(copied) == repr(value)
    assert copy.deepcopy(page).items[0].scene_id == page.items[0].scene_id
    with pytest.raises(sk.APIError) as caught:
        await both.settle(client.pipelines.attach("none", operation="kraken.release").result())
    again = copy.deepcopy(caught.value)
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))
    assert again.pipeline_id == "none"


TERMINATED = (
    SETTINGS
    + """
import signal
if how == "exit":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
options = {"auth": auth, "journal": os.environ["STORE"] + ".journal"}
with sk.SpaceKnow(environment, **options) as client:
    cars = client.kraken.release("cars", scene_ids=[scene], extent=place, reuse=True).result()
    print("go", flush=True)
    while True:
        client.kraken.download(cars, os.environ["STORE"] + "-map", "cars.png")
        for number in range(9):
            each = sk.Extent.from_bounds(153.0940, -27.3967, 153.0950 + number * 1e-6, -27.3953)
            client.kraken.release("cars", scene_ids=[scene], extent=each, reuse=True)
"""
)


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM")
@pytest.mark.parametrize("how", ["default", "exit"])
def test_sigterm(
    emulator: Emulator, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file is incomplete, no release is lost or started twice, and the login is kept."""
    store = tmp_path / "tokens.json"
    monkeypatch.setenv("STORE", str(store))
    arguments = (how, emulator.url, emulator.username, emulator.password, scene_of(emulator))
    logins = len(emulator.calls("auth0.login"))
    for delay in (0.0, 0.3):
        with process(TERMINATED, *arguments) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == "go\n", running.stderr and running.stderr.read()
            time.sleep(delay)
            running.send_signal(signal.SIGTERM)
            _, errors = running.communicate(timeout=30)
        assert running.returncode == (7 if how == "exit" else -signal.SIGTERM), errors
        assert "Traceback" not in errors, errors
        if how == "exit":
            assert leftovers(tmp_path) == []
    assert len(emulator.calls("auth0.login")) == logins + 1
    sent = emulator.calls("kraken.release.initiate")
    begun = [json.dumps(call.body, sort_keys=True) for call in sent]
    assert len(begun) == len(set(begun))
    auth = sk.PasswordAuth(emulator.username, emulator.password, sk.FileTokenStore(store))
    with emulator.client(auth=auth, journal=f"{store}.journal") as client:
        recovery = client.pipelines.recover()
    # The request in transit at the time of the signal may have started a pipeline, or not.
    unknown = [json.dumps(one.body, sort_keys=True) for one in recovery.unknown]
    assert len(unknown) <= 2
    assert len(recovery) + len(set(begun) & set(unknown)) == len(begun)
