"""The program of test_exercise.py, which runs in a separate process on the code that it has generated."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.contract_check import check_contract
from spaceknow_client.emulator import Emulator, Fault

PLACE = sk.Extent.from_bounds(153.1036, -27.3934, 153.1068, -27.3904)
RECORDS = {"kind": "heat", "limits": [{"least": 30}], "note": None}


async def settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


async def collected(pager: Any) -> list[Any]:
    found: list[Any] = await settled(pager.collect())
    return found


async def calls_of_the_new(emu: Emulator, client: Any) -> None:
    """The new endpoint, the new pair, the new code, the new and the renamed member."""
    told = await settled(client.weather.forecast("s1", with_wind=True, since="2018-03"))
    assert (told.day.day, told.degrees) == (3, 31.5)
    assert emu.calls("weather.forecast")[-1].path == "/weather/s1/forecast"
    before = len(emu.calls("weather.records.initiate"))
    pager = client.weather.records(**RECORDS)
    assert len(emu.calls("weather.records.initiate")) == before
    assert [item.degrees for item in await collected(pager)] == [31.5, 35]
    bodies = [call.body for call in emu.calls("weather.records.initiate")[before:]]
    assert [bool(body.pop("cursor", None)) for body in bodies] == [False, True]
    assert bodies == [RECORDS, RECORDS]
    first = await settled(pager.first())
    await settled(client.weather.records(**RECORDS, but_for=(first, "r2")).first())
    assert emu.calls("weather.records.initiate")[-1].body["butFor"] == ["r1", "r2"]
    emu.fail("weather.forecast", "NO-SUCH-STATION")
    with pytest.raises(sk.errors.NoSuchStationError) as caught:
        await settled(client.weather.forecast("s1", with_wind=False))
    assert (caught.value.status, caught.value.hint) == (404, "Ask for another one.")
    scene = await settled(
        client.imagery.search("gbdx", "idaho-pansharpened", PLACE, most_clouds=0.5).first()
    )
    assert scene.cloudiness is None  # the emulator uses only the old name, and that stays
    assert "cloudCover" in scene.additional_properties
    assert emu.calls("imagery.search.initiate")[-1].body["mostClouds"] == 0.5
    assert isinstance(await settled(client.credits.remaining()), (int, float))
    assert await settled(client.user.delete_guardian_user(address="a@example.com")) is None


async def safety_and_permissions(emu: Emulator, client: Any, guest: Any) -> None:
    emu.fault("weather.forecast", Fault.status(503, retry_after=0))
    before = len(emu.calls("weather.forecast"))
    await settled(client.weather.forecast("s1", with_wind=True))
    assert len(emu.calls("weather.forecast")) == before + 2
    emu.fault("weather.records.initiate", Fault.status(503, retry_after=0))
    with pytest.raises(sk.AmbiguousRequestError):
        await collected(client.weather.records(**RECORDS))
    before = len(emu.calls("weather.records"))
    with pytest.raises(sk.PermissionDeniedError, match=r"weather\.records"):
        await collected(guest.weather.records(**RECORDS))
    assert len(emu.calls("weather.records")) == before


def wrong(client: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    for name, value in (("kind", "wet"), ("limits", []), ("limits", [{}]), ("note", 5)):
        yield name, partial(client.weather.records, **RECORDS | {name: value})
    yield "limits", lambda: client.weather.records("heat", [{"least": 61}], None)
    for given in ("r1", {"r1"}, ["r1", None], ["r1", "long"], sk.UserInfo):
        yield "but_for", partial(client.weather.records, **RECORDS, but_for=given)
    yield "station_id", lambda: client.weather.forecast("..", with_wind=True)
    yield "since", lambda: client.weather.forecast("s1", with_wind=True, since="soon")
    yield "with_wind", lambda: client.weather.forecast("s1", with_wind="yes")
    yield "most_clouds", lambda: client.imagery.search("a", "b", PLACE, most_clouds=2)


async def everything(emu: Emulator, client: Any, guest: Any) -> None:
    await calls_of_the_new(emu, client)
    await safety_and_permissions(emu, client, guest)
    before = len(emu.calls())
    for name, call in wrong(client):
        with pytest.raises(sk.InvalidArgumentError, match=name):
            await settled(call())
    assert len(emu.calls()) == before
    assert not hasattr(client.datacube, "catalogue")
    assert hasattr(client.datacube, "datapoints")
    assert type(client.weather).forecast.__doc__.startswith("Tell what the weather will be.")


async def asynchronously(emu: Emulator, guest: sk.PasswordAuth) -> None:
    async with (
        emu.async_client() as client,
        emu.async_client(auth=guest, check_permissions=True) as denied,
    ):
        await everything(emu, client, denied)


def contract(emu: Emulator, client: sk.SpaceKnow) -> None:
    """A new read-only operation is checked without further code, and one that spends is not called."""
    emu.fault("weather.forecast", Fault.edit({"gusts": 9}, times=None))
    before = len(emu.calls("weather.records.initiate"))
    report = check_contract(client)
    found = {each.operation: each for each in report.operations}
    drifts = {str(each) for each in report.drifts}
    assert drifts == {
        "weather.forecast: unknown member gusts: it is undocumented",
        # The emulator uses only the old names.
        "credits.remaining: unknown member remainingCredit: it is undocumented",
        "imagery.search.retrieve: unknown member results[].cloudCover: it is undocumented",
    }, drifts
    assert found["weather.records.initiate"].outcome == "not called"
    assert len(emu.calls("weather.records.initiate")) == before


def main(run: Callable[[Awaitable[None]], None]) -> None:
    guest = sk.PasswordAuth("guest@example.com", "word")
    with Emulator(seconds_per_pipeline=0) as emu:
        emu.add_user("guest@example.com", "word", permissions=[])
        with emu.client() as client, emu.client(auth=guest, check_permissions=True) as denied:
            run(everything(emu, client, denied))
        run(asynchronously(emu, guest))
        with emu.client() as client:
            contract(emu, client)
        assert [call for call in emu.calls() if call.status >= 500 and call.fault is None] == []


if __name__ == "__main__":
    main(asyncio.run)  # type: ignore[arg-type]  # it takes coroutines, and these are some
