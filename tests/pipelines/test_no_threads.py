"""If the system cannot start a thread, an error reports it, and the next call works."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.runtime.concurrency import Prefetch
from tests.places import CAR_PARK, GBDX


@contextmanager
def threads(most: int) -> Iterator[None]:
    """At most this many more threads can be started during the block."""
    start, left = threading.Thread.start, [most]

    def begin(thread: threading.Thread) -> None:
        if not left[0] and thread.name.startswith(("spaceknow", "asyncio", "Thread")):
            raise RuntimeError("can't start new thread")
        left[0] = max(0, left[0] - 1)
        start(thread)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", begin)
        yield


def runs_of(client: Any) -> list[Any]:
    scene = client.imagery.search(extent=CAR_PARK, **GBDX).first()
    assert scene is not None
    return [
        client.kraken.release("cars", scene_ids=[scene.scene_id], extent=CAR_PARK) for _ in range(3)
    ]


def test_pipelines_are_waited_for_later(emulator: Emulator) -> None:
    with emulator.client() as client:
        runs = runs_of(client)
        for _ in range(2):
            with threads(0), pytest.raises(sk.ConfigError, match="cannot start a thread"):
                client.pipelines.wait_all(runs, deadline=5)
        with threads(0):
            assert runs[0].result().map_id  # which needs none
        assert client.pipelines.wait_all(runs, deadline=5) == runs


def test_fewer_threads_do_it_too(emulator: Emulator) -> None:
    with emulator.client() as client:
        runs = runs_of(client)
        with threads(1):
            assert client.pipelines.wait_all(runs, deadline=5) == runs


def test_a_run_begins_nothing(emulator: Emulator) -> None:
    with emulator.client() as client:
        client.user.info()
        with threads(0), pytest.raises(sk.ConfigError, match="cannot start a thread"):
            list(client.kraken.release_many("cars", scene_ids=["a", "b"], extent=CAR_PARK))
        assert emulator.calls("kraken.release.initiate") == []


def test_files_are_downloaded_later(emulator: Emulator, tmp_path: Path) -> None:
    with emulator.client() as client:
        kraken_map = runs_of(client)[0].result()
        with threads(0), pytest.raises(sk.DownloadError, match="cannot start a thread"):
            client.kraken.download(kraken_map, tmp_path)
        assert not client.kraken.download(kraken_map, tmp_path).failures


def test_what_would_be_fetched_ahead_is_fetched_at_once() -> None:
    with threads(0):
        assert Prefetch(lambda number: number + 1, 1).result() == 2


def test_a_journal_that_no_thread_can_write(emulator: Emulator, tmp_path: Path) -> None:
    async def release() -> None:
        async with emulator.async_client(journal=tmp_path / "journal.db") as client:
            await client.user.info()
            with threads(0), pytest.raises(sk.ConfigError, match="cannot start a thread"):
                await client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK)

    asyncio.run(release())
    assert emulator.calls("kraken.release.initiate") == []
