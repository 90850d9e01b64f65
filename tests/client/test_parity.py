"""The synchronous and the asynchronous client offer the same names with the same parameters."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.generated import client as raw
from spaceknow_client.maps.kraken_files import KrakenFiles
from spaceknow_client.maps.kraken_files_async import AsyncKrakenFiles
from spaceknow_client.pipelines.pipelines import Pipelines
from spaceknow_client.pipelines.pipelines_async import AsyncPipelines
from spaceknow_client.resources.apis import APIs
from spaceknow_client.resources.apis_async import AsyncAPIs

RENAMED = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}
PAIRS = [
    (sk.AsyncSpaceKnow, sk.SpaceKnow),
    (sk.AsyncPipeline, sk.Pipeline),
    (sk.AsyncPager, sk.Pager),
    (sk.AsyncRecovery, sk.Recovery),
    (AsyncAPIs, APIs),
    (AsyncKrakenFiles, KrakenFiles),
    (AsyncPipelines, Pipelines),
    (raw.AsyncClient, raw.Client),
    (raw.AsyncKrakenOperations, raw.KrakenOperations),
]
TOKEN = sk.TokenAuth("t")
ATTRIBUTES = [name for name in vars(APIs) if not name.startswith("_")]


def public(kind: type[Any]) -> dict[str, Any]:
    found = {name: inspect.getattr_static(kind, name) for name in dir(kind)}
    members = {name: member for name, member in found.items() if not name.startswith("_")}
    return {RENAMED.get(name, name): member for name, member in members.items()}


def parameters(function: Any) -> list[tuple[str, Any, Any, str]]:
    found = inspect.signature(function).parameters.values()
    return [(p.name, p.kind, p.default, re.sub(r"\bAsync", "", str(p.annotation))) for p in found]


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda kind: kind.__name__)
def test_names_and_parameters_are_equal(one: type[Any], other: type[Any]) -> None:
    ours, theirs = public(one), public(other)
    assert ours.keys() == theirs.keys()
    for name, member in ours.items():
        if inspect.isfunction(member):
            assert parameters(member) == parameters(theirs[name]), name
    assert parameters(one.__init__) == parameters(other.__init__)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_resources_are_equal(name: str) -> None:
    with sk.SpaceKnow(auth=TOKEN) as client:
        test_names_and_parameters_are_equal(
            type(getattr(sk.AsyncSpaceKnow(auth=TOKEN), name)), type(getattr(client, name))
        )


def test_the_emulator_names_its_extra_where_it_is_not_installed() -> None:
    script = (
        "import sys; sys.modules['starlette'] = None\n"
        "try:\n    from spaceknow_client.emulator import Emulator\n"
        "except ImportError as error:\n    print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "spaceknow-client[emulator]" in ran.stdout
