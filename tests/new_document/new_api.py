"""The program of test_new_api.py, which runs in a separate process on the generated code."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.generated.types import UNSET

RULE = {"kind": "changed", "days": 2}


async def settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


async def alerts(emu: Emulator, client: Any) -> None:
    """List, create, get, change and delete, as in REST-like APIs."""
    items = await settled(client.alerts.list(kind="threshold").collect())
    assert [item.id for item in items] == ["a1", "a2"]
    assert [call.path for call in emu.calls("alerts.list")[-2:]] == ["/alerts"] * 2
    made = await settled(client.alerts.create("Apron", RULE))
    assert (made.id, made.rule["above"]) == ("a1", 3)
    assert (await settled(client.alerts.get("a/b"))).rule["kind"] == "threshold"
    assert emu.calls("alerts.get")[-1].path == "/alerts/a/b"
    assert await settled(client.alerts.delete("a1")) is None
    assert await settled(client.alerts.test("a1")) is None
    assert emu.calls("alerts.test")[-1].path == "/alerts/a1:test"
    answer = await settled(client.raw.alerts.delete("a1"))
    assert (answer.parsed, answer.status) == (None, 204)
    assert (await settled(client.alerts.picture("a1"))).startswith(b"\x89PNG")
    changes: Any = (({}, {}), ({"note": None}, {"note": None}), ({"name": "b"}, {"name": "b"}))
    for given, sent in changes:
        await settled(client.alerts.update("a1", **given))
        assert emu.calls("alerts.update")[-1].body == sent
    emu.fault("alerts.update", Fault.body(b"", status=204))
    assert await settled(client.alerts.update("a1", name="b")) is None
    emu.fault("alerts.create", Fault.body(b"", status=202))
    assert await settled(client.alerts.create("Apron", RULE)) is None
    emu.fail("alerts.create", "TOO-MANY-ALERTS")
    with pytest.raises(sk.AlertsError) as caught:
        await settled(client.alerts.create("Apron", RULE))
    assert type(caught.value) is sk.errors.TooManyAlertsError
    assert isinstance(caught.value, sk.APIError)
    for tags in ({"a": 1}, {"a": "longer"}, None, "a"):
        with pytest.raises(sk.InvalidArgumentError, match="members"):
            await settled(client.alerts.set_tags("a1", tags))
    await settled(client.alerts.set_tags("a1", {"a": "b"}))
    assert emu.calls("alerts.set_tags")[-1].body == {"a": "b"}
    await settled(client.alerts.configure({"any": ["thing"]}))
    assert emu.calls("alerts.configure")[-1].body == {"any": ["thing"]}
    with pytest.raises(sk.APIError):  # the discriminator selects a form that requires more
        await settled(client.alerts.create("Apron", {"kind": "threshold"}))


async def laboratory(emu: Emulator, client: Any) -> None:
    pipeline = await settled(client.lab.study("run_async", {"area": "a/b"}, depth=3))
    found = client.pipelines.attach(pipeline.token())
    for each in (pipeline, found):
        result = await settled(each.result())
        assert result is None or result.title == "example"
        call = emu.calls("lab.study.retrieve")[-1]
        assert call.path == "/lab/study/a/b/retrieve"
        key = "example"  # of the first response, which is made from its schema
        expected = {"pipelineId": pipeline.id, "key": key, "kind": "run_async", "version": 2}
        assert call.body == expected
    with pytest.raises(sk.InvalidArgumentError, match="requires values of the initial request"):
        await settled(client.pipelines.attach(pipeline.id, operation="lab.study").result())
    assert (await settled(client.lab.report())).startswith(b"\x89PNG")
    emu.fault("lab.report", Fault.body(b"", status=204))
    assert await settled(client.lab.report()) is None
    assert await settled(client.lab.abilities()) == ["example"]
    assert await settled(client.lab.unwrapped()) == "example"
    emu.fault("lab.unwrapped", Fault.body(b"", status=204))
    assert await settled(client.lab.unwrapped()) is None
    assert (await settled(client.lab.either())).title == "example"
    assert await settled(client.lab.nothing()) is None
    await settled(client.lab.extra("a", {"b": 1}))
    assert emu.calls("lab.extra")[-1].body == {"name": "a", "b": 1}
    for wrong in ({"b": 0}, {"b": "1"}, {"name": "c"}):
        with pytest.raises(sk.InvalidArgumentError, match="members"):
            await settled(client.lab.extra("a", wrong))
    await settled(client.lab.change(None, hidden=True, password="p", fetch=None))
    sent = emu.calls("lab.change")[-1].body
    assert sent == {"at": None, "hidden": True, "password": "REDACTED", "fetch": None}


async def everything(emu: Emulator, client: Any) -> None:
    await alerts(emu, client)
    await laboratory(emu, client)


async def asynchronously(emu: Emulator) -> None:
    async with emu.async_client() as client:
        await everything(emu, client)


def after_a_kill(emu: Emulator) -> None:
    """A journal stores everything that the result requires, too."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "runs.sqlite"
        starter: Any = emu.client(journal=journal)
        with starter as client:
            client.lab.study("cars", {"area": "c"}, depth=4)
        with emu.client(journal=journal) as client:
            (pipeline,) = client.pipelines.recover()
            pipeline.result()
    assert emu.calls("lab.study.retrieve")[-1].body["kind"] == "cars"
    assert emu.calls("lab.study.retrieve")[-1].path == "/lab/study/c/retrieve"


def commands(emu: Emulator) -> None:
    environment = {
        "SPACEKNOW_ENVIRONMENT": "emulator",
        "SPACEKNOW_BASE_URL": emu.url,
        "SPACEKNOW_USERNAME": emu.username,
        "SPACEKNOW_PASSWORD": emu.password,
    }

    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "spaceknow_client.cli", "api", *arguments],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    done = ran("alerts.delete", "--path-param", "alert-id=a1")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    shown = ran("alerts.get", "--path-param", "alert-id=a1")
    assert shown.returncode == 0
    assert json.loads(shown.stdout)["id"] == "example"
    told = ran("alerts.update", "--path-param", "alert-id=a1", "-d", '{"note": null}', "--curl")
    assert "-X PATCH" in told.stdout
    assert "-d '{\"note\": null}'" in told.stdout


def main(run: Callable[[Awaitable[None]], None]) -> None:
    assert "UNSET" in repr(UNSET)
    with Emulator(seconds_per_pipeline=0) as emu:
        with emu.client() as client:
            run(everything(emu, client))
        run(asynchronously(emu))
        after_a_kill(emu)
        commands(emu)
        assert [call for call in emu.calls() if call.status >= 500 and call.fault is None] == []


if __name__ == "__main__":
    main(asyncio.run)  # type: ignore[arg-type]  # it takes coroutines, and these are some
