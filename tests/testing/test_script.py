"""Pipelines with states that a test has set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.emulator.conftest import Api
from tests.places import CAR_PARK, GBDX, PARK

PAIR = "kraken.release"


@pytest.fixture(scope="module")
def emu() -> Emulator:
    return Emulator(seconds_per_pipeline=60)


@pytest.fixture
def api(emu: Emulator) -> Iterator[Api]:
    with emu.start(), Api(emu) as made:
        yield made


def release(api: Api) -> str:
    return api.start("/kraken/release", {"mapType": "cars", "sceneIds": ["x"], "extent": PARK})


def statuses(api: Api, pipeline: str, times: int) -> list[str]:
    return [api.status(pipeline)["status"] for _ in range(times)]


def test_each_call_is_told_the_next_status(api: Api) -> None:
    api.emu.script(PAIR, ["NEW", "PROCESSING", "FAILED"], error="NOT-ENOUGH-CREDITS")
    pipeline = release(api)
    early = api.retrieve("/kraken/release", pipeline)
    assert early.json()["error"] == "PIPELINE-NOT-PROCESSED"
    assert statuses(api, pipeline, 4) == ["NEW", "PROCESSING", "FAILED", "FAILED"]
    failed = api.retrieve("/kraken/release", pipeline)
    assert (failed.status_code, failed.json()["error"]) == (424, "NOT-ENOUGH-CREDITS")


def test_progress_is_told_where_it_is_asked_for(api: Api) -> None:
    api.emu.script(PAIR, ["PROCESSING"] * 3)
    pipeline = release(api)
    told = [api.status(pipeline, getProgress=True) for _ in range(4)]
    assert [each["progress"]["step"] for each in told] == sorted(
        each["progress"]["step"] for each in told
    )
    assert {each["status"] for each in told} == {"PROCESSING"}


def test_a_status_to_come_is_told_as_it_is(api: Api) -> None:
    api.emu.script(PAIR, ["QUEUED", "NEW"])
    assert statuses(api, release(api), 2) == ["QUEUED", "NEW"]


def test_scripts_are_for_so_many_pipelines_and_in_order(api: Api) -> None:
    api.emu.script(PAIR, ["FAILED"], error="PROVIDER-ERROR", times=2)
    api.emu.script(PAIR, ["PROCESSING"])
    told = [statuses(api, release(api), 1)[0] for _ in range(4)]
    assert told == ["FAILED", "FAILED", "PROCESSING", "NEW"]


def test_what_cannot_work_fails_by_itself(api: Api) -> None:
    api.emu.script(PAIR, ["NEW", "RESOLVED"])
    pipeline = release(api)  # of a scene that does not exist
    assert statuses(api, pipeline, 2) == ["NEW", "FAILED"]
    assert api.retrieve("/kraken/release", pipeline).json()["error"] == "NON-EXISTING-SCENE"


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ([], None),
        ([""], None),
        ([5], None),
        (["RESOLVED", "NEW"], None),
        (["FAILED"], None),
        (["RESOLVED"], "PROVIDER-ERROR"),
        (["NEW"], "PROVIDER-ERROR"),
    ],
)
def test_a_script_makes_sense(emu: Emulator, told: list[str], error: str | None) -> None:
    with pytest.raises(ValueError, match=r"statuses must be|must be the last|error= is"):
        emu.script(PAIR, told, error=error)


def test_only_pairs_have_scripts(emu: Emulator) -> None:
    with pytest.raises(ValueError, match=r"unknown operation 'user.info'"):
        emu.script("user.info", ["NEW"])


async def test_both_clients_follow_it(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        emu.script("kraken.release", ["NEW", "PROCESSING", "RESOLVED"])
        client = both.of(emu)
        search = client.imagery.search(extent=CAR_PARK, end="2018", **GBDX)
        scene = await both.settle(search.first())
        before = len(emu.calls("tasking.get_status"))
        run = await both.settle(client.kraken.release("cars", scene_ids=[scene], extent=CAR_PARK))
        assert await both.settle(run.wait()) == "RESOLVED"
        assert [call.status for call in emu.calls("tasking.get_status")[before:]] == [200] * 3
        emu.script("kraken.release", ["FAILED"], error="VERSION-MISMATCH")
        run = await both.settle(client.kraken.release("cars", scene_ids=[scene], extent=CAR_PARK))
        with pytest.raises(sk.errors.VersionMismatchError):
            await both.settle(run.result())
