"""Many pipelines: started with limited concurrency, collected as they end, none forgotten."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.pipelines.due_queue import DueQueue
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX


@given(st.lists(st.tuples(st.floats(0, 100), st.integers()), max_size=50), st.floats(0, 100))
def test_what_is_due_longest_comes_first(items: list[tuple[float, int]], now: float) -> None:
    schedule: DueQueue[tuple[float, int]] = DueQueue()
    for item in items:
        schedule.add(item, item[0])
    taken: list[tuple[float, int]] = []
    while (first := schedule.take(now)) is not None:
        taken.append(first)
    assert taken == sorted((item for item in items if item[0] <= now), key=lambda item: item[0])
    assert schedule.next_due() == min((due for due, _ in items if due > now), default=None)
    left = len(schedule)
    assert schedule.keep(lambda item: item[1] % 2 == 0) + len(schedule) == left


async def scenes(both: Both, client: Any, number: int) -> list[str]:
    found = await both.items_of(client.imagery.search(extent=CAR_PARK, **GBDX).limit(number))
    return [scene.scene_id for scene in found]


def releases(client: Any, ids: Any) -> Iterator[Any]:
    for scene_id in ids:
        yield partial(client.kraken.release, "cars", scene_ids=[scene_id], extent=CAR_PARK)


async def test_each_outcome_comes_with_its_input(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    ids = [*await scenes(both, client, 3), "no-such-scene"]
    seen: list[sk.RunProgress] = []
    calls = list(releases(client, ids))
    outcomes = await both.items_of(client.pipelines.run(calls, on_progress=seen.append))
    assert {outcome.input for outcome in outcomes} == set(calls)
    for outcome in outcomes:
        (scene_id,) = outcome.input.keywords["scene_ids"]
        assert outcome.pipeline is not None
        if scene_id == "no-such-scene":
            assert isinstance(outcome.error, sk.errors.NonExistingSceneError)
            with pytest.raises(sk.PipelineFailedError):
                _ = outcome.result
        else:
            assert outcome.error is None
            assert isinstance(outcome.result, sk.KrakenMap)
    assert seen[-1] == sk.RunProgress(total=4, started=4, done=3, failed=1)
    assert [p.started for p in seen] == sorted(p.started for p in seen)


async def test_an_endless_iterator_is_taken_from_as_there_is_room(both: Both) -> None:
    taken = itertools.count()

    def endless() -> Iterator[str]:
        for number in taken:
            yield f"no-such-scene-{number}"

    with Emulator(seconds_per_pipeline=0.1) as emulator:
        client = both.of(emulator)
        run = client.kraken.release_many(
            "cars", scene_ids=endless(), extent=CAR_PARK, concurrency=5
        )
        outcomes = []
        if both.is_sync:
            outcomes = list(itertools.islice(run, 12))
            run.close()
        else:
            async for outcome in run:
                outcomes.append(outcome)
                if len(outcomes) == 12:
                    break
            await run.aclose()
        assert next(taken) <= 12 + 5
    assert all(isinstance(o.error, sk.errors.NonExistingSceneError) for o in outcomes)
    assert all(o.input.startswith("no-such-scene-") for o in outcomes)


async def test_who_breaks_off_is_told_how_to_go_on(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    with Emulator(seconds_per_pipeline=0.2) as emulator:
        client = both.of(emulator)
        ids = await scenes(both, client, 3)
        run = client.kraken.release_many("cars", scene_ids=["bad", *ids], extent=CAR_PARK)
        emulator.clock.advance(0)
        if both.is_sync:
            next(run)
            run.close()
        else:
            await anext(run)
            await run.aclose()
        (record,) = [r for r in caplog.records if r.levelno == logging.WARNING]
        tokens = [line for line in record.getMessage().splitlines() if line.startswith("{")]
        assert len(tokens) == 3
        for token in tokens:
            assert await both.settle(client.pipelines.attach(token).wait()) in (
                "RESOLVED",
                "FAILED",
            )
    assert len(emulator.calls("kraken.release.initiate")) == 4


async def test_the_first_error_may_stop_it(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    run = client.kraken.release_many(
        "cars",
        scene_ids=(f"bad-{n}" for n in range(100)),
        extent=CAR_PARK,
        concurrency=2,
        stop_on_error=True,
    )
    with pytest.raises(sk.errors.NonExistingSceneError):
        await both.items_of(run)
    assert len(emulator.calls("kraken.release.initiate")) <= 4


async def test_a_deadline_gives_what_is_under_way_with_its_token(both: Both) -> None:
    with Emulator(seconds_per_pipeline=1000) as emulator:
        client = both.of(emulator)
        run = client.kraken.release_many(
            "cars", scene_ids=["a", "b", "c"], extent=CAR_PARK, deadline=0.5
        )
        outcomes = await both.items_of(run)
    assert sorted(outcome.input for outcome in outcomes) == ["a", "b", "c"]
    for outcome in outcomes:
        assert isinstance(outcome.error, sk.PipelineTimeoutError)
        assert outcome.error.resume_token == outcome.pipeline.token()


async def test_no_more_credits_are_planned_than_may_be(both: Both, emulator: Emulator) -> None:
    """In a place that costs credits; the emulator refuses each release before its allocation."""
    tokyo = sk.Extent.from_bounds(139.77, 35.54, 139.78, 35.55)
    client = both.of(emulator)
    found = await both.items_of(
        client.imagery.search(extent=tokyo, provider="gbdx", dataset="idaho-pansharpened").limit(4)
    )
    ids = [scene.scene_id for scene in found]
    dry_run = await both.settle(client.kraken.dry_run("cars", scene_ids=ids[:1], extent=tokyo))
    cost = (await both.settle(dry_run.result())).allocated_credits
    assert cost > 0
    seen: list[sk.RunProgress] = []
    run = client.kraken.release_many(
        "cars",
        scene_ids=ids,
        extent=tokyo,
        concurrency=1,
        max_credits=cost * 2.5,
        on_progress=seen.append,
    )
    outcomes = await both.items_of(run)
    assert [outcome.input for outcome in outcomes] == ids[:3]
    assert [type(outcome.error) for outcome in outcomes] == [
        sk.errors.NotEnoughCreditsError,
        sk.errors.NotEnoughCreditsError,
        sk.CreditLimitError,
    ]
    error = outcomes[-1].error
    assert (error.estimate, error.planned) == (cost, 2 * cost)
    assert outcomes[-1].pipeline is None
    assert seen[-1].credits == 2 * cost
    assert len(emulator.calls("kraken.release.initiate")) == 2


async def test_what_costs_nothing_is_within_any_limit(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    ids = await scenes(both, client, 2)
    run = client.kraken.release_many("cars", scene_ids=ids, extent=CAR_PARK, max_credits=0)
    for outcome in await both.items_of(run):
        assert isinstance(outcome.result, sk.KrakenMap)
        assert outcome.pipeline.operation == "kraken.release"


@pytest.mark.parametrize("deadline", ["5", float("nan"), True])
async def test_what_is_no_deadline(both: Both, emulator: Emulator, deadline: Any) -> None:
    client = both.of(emulator)
    run = client.pipelines.attach("p", operation="kraken.release")
    for wait in (run.wait, run.result):
        with pytest.raises(sk.InvalidArgumentError, match="deadline"):
            await both.settle(wait(deadline=deadline))
    with pytest.raises(sk.InvalidArgumentError, match="deadline"):
        await both.settle(client.pipelines.wait_all([run], deadline=deadline))
    with pytest.raises(sk.InvalidArgumentError, match="deadline"):
        client.pipelines.run([lambda: run], deadline=deadline)
    assert emulator.calls() == []


@pytest.mark.parametrize("odd", [{"concurrency": 0}, {"max_credits": -1}, {"max_credits": "x"}])
def test_odd_arguments_of_a_run(emulator: Emulator, odd: Any) -> None:
    with emulator.client() as client, pytest.raises(sk.InvalidArgumentError):
        client.kraken.release_many("cars", scene_ids=["a"], extent=CAR_PARK, **odd)
    assert emulator.calls() == []


async def test_many_more_pipelines_than_workers(both: Both) -> None:
    """Four workers wait for sixty pipelines, and no status is requested early."""
    polls: list[sk.PollEvent] = []
    with Emulator(seconds_per_pipeline=0.5) as emulator:
        client = both.of(
            emulator, limits=sk.Limits(concurrency=4), hooks=sk.Hooks(on_poll=polls.append)
        )
        ids = [f"bad-{n}" for n in range(60)]
        runs = [
            await both.settle(client.kraken.release("cars", scene_ids=[i], extent=CAR_PARK))
            for i in ids
        ]
        order = await both.items_of(client.pipelines.as_completed(runs))
        assert {run.id for run in order} == {run.id for run in runs}
        asked: dict[str, list[float]] = {}
        for call in emulator.calls("tasking.get_status"):
            asked.setdefault(call.body["pipelineId"], []).append(call.at)
        assert set(asked) == {run.id for run in runs}
        for thread in (t for t in threading.enumerate() if t.name == "spaceknow"):
            thread.join(5)
            assert not thread.is_alive()
    assert len(polls) == sum(len(times) for times in asked.values())


async def test_several_groups_share_the_workers(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    runs = [
        await both.settle(client.kraken.release("cars", scene_ids=["x"], extent=CAR_PARK))
        for _ in range(6)
    ]
    groups = [client.pipelines.as_completed(runs[:3]), client.pipelines.as_completed(runs[3:])]
    seen: list[list[str]] = [[], []]
    if both.is_sync:
        for one, other in zip(*groups, strict=True):
            seen[0].append(one.id)
            seen[1].append(other.id)
    else:
        for _ in range(3):
            for number, group in enumerate(groups):
                seen[number].append((await anext(group)).id)
    assert [set(ids) for ids in seen] == [{r.id for r in runs[:3]}, {r.id for r in runs[3:]}]
