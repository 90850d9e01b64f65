"""Pipelines: their states by the clock, and the response of retrieve in each state."""

from __future__ import annotations

import re
import time

import pytest

from spaceknow_client.emulator import Emulator, EmulatorClock
from spaceknow_client.emulator.stores.pipelines import Pipelines
from tests.places import PARK

from .conftest import SEARCH, Api, code


def test_the_life_of_a_pipeline(slow: Api) -> None:
    started = slow.post("/imagery/search/initiate", SEARCH).json()
    assert re.fullmatch("[A-Za-z0-9]{20}", started["pipelineId"])
    assert started == {"pipelineId": started["pipelineId"], "status": "NEW", "nextTry": 2}
    name = started["pipelineId"]
    assert slow.status(name, getProgress=True) == {"status": "NEW", "nextTry": 2}
    assert code(slow.retrieve("/imagery/search", name)) == (400, "PIPELINE-NOT-PROCESSED")
    slow.emu.clock.advance(2)
    assert slow.status(name) == {"status": "PROCESSING", "nextTry": 2}
    assert code(slow.retrieve("/imagery/search", name)) == (400, "PIPELINE-NOT-PROCESSED")
    steps = []
    while (state := slow.status(name, getProgress=True))["status"] == "PROCESSING":
        steps.append(state["progress"]["step"])
        if "provider" in state["progress"]:
            assert state["progress"]["provider"] == "gbdx"
        assert state["nextTry"] in (1, 2)
        slow.emu.clock.advance(0.5)
    assert sorted(set(steps)) == [1, 2, 3, 4, 5, 6]
    assert steps == sorted(steps)
    assert state == {"status": "RESOLVED"}
    for _ in range(2):  # retrieving again works
        assert slow.retrieve("/imagery/search", name).status_code == 200


def test_next_try_does_not_go_beyond_the_end(slow: Api) -> None:
    name = slow.start("/imagery/search", SEARCH)
    slow.emu.clock.advance(9.2)
    assert slow.status(name)["nextTry"] == 1


@pytest.mark.parametrize(
    ("seconds", "next_try"), [(0, 1), (0.5, 1), (1, 1), (5, 1), (10, 2), (12, 3), (60, 5)]
)
def test_a_pipeline_is_not_new_after_next_try(seconds: float, next_try: int) -> None:
    clock = EmulatorClock()
    pipelines = Pipelines(seconds, 0, clock)
    started = pipelines.start("any", dict)
    assert started["nextTry"] == next_try
    clock.advance(next_try)
    state = pipelines.state(started["pipelineId"], with_progress=True)
    assert state["status"] in ("PROCESSING", "RESOLVED")


def test_fractions_of_a_second_are_real_time() -> None:
    with Emulator(seconds_per_pipeline=0.3) as emu, Api(emu) as api:
        began = time.monotonic()
        name = api.start("/imagery/search", SEARCH)
        assert api.status(name) == {"status": "NEW", "nextTry": 1}
        while api.status(name)["status"] in ("NEW", "PROCESSING"):
            time.sleep(0.02)
        assert 0.28 < time.monotonic() - began < 2
        assert api.retrieve("/imagery/search", name).status_code == 200


def test_a_failed_pipeline_tells_its_own_code(slow: Api) -> None:
    body = {"mapType": "cars", "sceneIds": ["unknown"], "extent": PARK}
    name = slow.start("/kraken/release", body)
    assert slow.status(name)["status"] == "NEW"
    assert code(slow.retrieve("/kraken/release", name)) == (400, "PIPELINE-NOT-PROCESSED")
    slow.emu.clock.advance(10)
    assert slow.status(name) == {"status": "FAILED"}
    for _ in range(2):
        assert code(slow.retrieve("/kraken/release", name)) == (424, "NON-EXISTING-SCENE")


def test_a_pipeline_of_another_kind_is_unknown(api: Api) -> None:
    name = api.start("/imagery/search", SEARCH)
    assert code(api.retrieve("/kraken/release", name)) == (404, "NON-EXISTENT-PIPELINE")
    assert api.retrieve("/imagery/search", name).status_code == 200


def test_an_unknown_pipeline(api: Api) -> None:
    for body in ({"pipelineId": "\ud800"}, {"pipelineId": "x" * 50_000}, {"pipelineId": ""}):
        for path in ("/tasking/get-status", "/imagery/search/retrieve"):
            assert code(api.post(path, body)) == (404, "NON-EXISTENT-PIPELINE")


def test_impossible_settings_are_refused() -> None:
    for options in (
        {"seconds_per_pipeline": -1},
        {"seconds_per_pipeline": float("nan")},
        {"seconds_per_pipeline": float("inf")},
        {"page_size": 0},
    ):
        with pytest.raises(ValueError, match="must be"):
            Emulator(**options)


def test_next_try_is_zero_where_it_is_asked_for() -> None:
    for seconds, next_try in ((0, 0), (0.9, 0), (1, 1), (60, 5)):
        with Emulator(seconds_per_pipeline=seconds, zero_next_try=True) as emu, Api(emu) as api:
            assert api.post("/imagery/search/initiate", SEARCH).json()["nextTry"] == next_try


def test_next_try_is_a_second_at_least_and_absent_when_it_is_over() -> None:
    for seconds in (0, 0.2, 3):
        with Emulator(seconds_per_pipeline=seconds) as emu, Api(emu) as api:
            started = api.post("/imagery/search/initiate", SEARCH).json()
            state = api.status(started["pipelineId"], getProgress=True)
            while state["status"] != "RESOLVED":
                assert state["nextTry"] >= 1
                emu.clock.advance(0.1)
                state = api.status(started["pipelineId"], getProgress=True)
            assert started["nextTry"] >= 1
            assert state == {"status": "RESOLVED"}
