"""Permissions are checked before a call, with one request per token."""

from __future__ import annotations

import asyncio

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.places import CAR_PARK


def poor(emulator: Emulator) -> sk.PasswordAuth:
    """A user who may search, and nothing else."""
    emulator.add_user("poor@example.com", "word", permissions=["imagery.availability.gbdx"])
    return sk.PasswordAuth("poor@example.com", "word")


async def test_a_call_without_permission_is_not_sent(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator, auth=poor(emulator), check_permissions=True)
    with pytest.raises(sk.PermissionDeniedError) as caught:
        await both.settle(client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK))
    assert caught.value.missing == ("kraken.release",)
    assert caught.value.operation == "kraken.release.initiate"
    assert "kraken.release" in str(caught.value)
    assert emulator.calls("kraken.release.initiate") == []
    # The narrow permission covers the broad requirement, as the rule says.
    assert await both.settle(
        client.imagery.search(
            extent=CAR_PARK,
            provider="gbdx",
            dataset="idaho-pansharpened",
            start="2018-01-01",
            end="2018-12-31",
        ).first()
    )
    assert len(emulator.calls("user.info")) == 1


async def test_by_default_the_server_is_asked(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator, auth=poor(emulator))
    with pytest.raises(sk.errors.NotAuthorizedError):
        await both.settle(client.credits.remaining())
    assert len(emulator.calls("credits.remaining")) == 1
    assert emulator.calls("user.info") == []
    careful = client.with_options(check_permissions=True)
    with pytest.raises(sk.PermissionDeniedError):
        await both.settle(careful.credits.remaining())
    assert len(emulator.calls("credits.remaining")) == 1


async def test_check(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator, auth=poor(emulator))
    for fine in ("imagery.search", "imagery.search.initiate", "user.info", "tasking.get_status"):
        await both.settle(client.check(fine))
    for refused in ("kraken.release", "kraken.dry_run.initiate", "credits.remaining"):
        with pytest.raises(sk.PermissionDeniedError):
            await both.settle(client.check(refused))
    with pytest.raises(sk.InvalidArgumentError, match=r"kraken\.release"):
        await both.settle(client.check("kraken.relese"))
    assert len(emulator.calls("user.info")) == 1
    assert [call for call in emulator.calls() if "kraken" in (call.operation or "")] == []


async def test_an_unknown_permission_is_never_refused(both: Both, emulator: Emulator) -> None:
    """No permission is known for a pipeline's status: nothing is requested or refused."""
    client = both.of(emulator, auth=poor(emulator), check_permissions=True)
    run = client.pipelines.attach("A" * 20, operation="kraken.release")
    with pytest.raises(sk.errors.NonExistentPipelineError):
        await both.settle(run.status())
    assert emulator.calls("user.info") == []


async def test_another_token_asks_anew(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    assert (await both.settle(client.permissions())).allows("kraken.release")
    await both.settle(client.permissions())
    assert len(emulator.calls("user.info")) == 1
    emulator.clock.advance(11 * 3600)
    await both.settle(client.permissions())
    assert len(emulator.calls("user.info")) == 2


async def test_many_tasks_ask_once(emulator: Emulator) -> None:
    async with emulator.async_client(check_permissions=True) as client:
        assert len(await asyncio.gather(*(client.credits.remaining() for _ in range(30)))) == 30
    assert len(emulator.calls("user.info")) == 1


async def test_no_time_to_ask(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator, check_permissions=True, deadline=0.2)
    lock = client._transport.permissions._lock
    await both.settle(lock.acquire())
    with pytest.raises(sk.DeadlineExceededError, match="permissions"):
        await both.settle(client.credits.remaining())
    lock.release()
    await both.settle(client.credits.remaining())
