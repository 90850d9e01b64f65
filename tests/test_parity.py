"""The synchronous and the asynchronous client offer the same names with the same parameters."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client._async.credits import AsyncCredits
from spaceknow_client._async.datacube import AsyncDatacube
from spaceknow_client._async.geojsondb import AsyncGeoJSONDB
from spaceknow_client._async.imagery import AsyncImagery
from spaceknow_client._async.kraken import AsyncKraken
from spaceknow_client._async.kraken_files import AsyncKrakenFiles
from spaceknow_client._async.pipelines import AsyncPipelines
from spaceknow_client._async.user import AsyncUser
from spaceknow_client._sync.credits import Credits
from spaceknow_client._sync.datacube import Datacube
from spaceknow_client._sync.geojsondb import GeoJSONDB
from spaceknow_client._sync.imagery import Imagery
from spaceknow_client._sync.kraken import Kraken
from spaceknow_client._sync.kraken_files import KrakenFiles
from spaceknow_client._sync.pipelines import Pipelines
from spaceknow_client._sync.user import User
from spaceknow_client.generated import client as raw

RENAMED = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}
PAIRS = [
    (sk.AsyncSpaceKnow, sk.SpaceKnow),
    (sk.AsyncPipeline, sk.Pipeline),
    (sk.AsyncPager, sk.Pager),
    (sk.AsyncRecovery, sk.Recovery),
    (AsyncImagery, Imagery),
    (AsyncKraken, Kraken),
    (AsyncKrakenFiles, KrakenFiles),
    (AsyncCredits, Credits),
    (AsyncUser, User),
    (AsyncGeoJSONDB, GeoJSONDB),
    (AsyncDatacube, Datacube),
    (AsyncPipelines, Pipelines),
    (raw.AsyncClient, raw.Client),
    (raw.AsyncKrakenOperations, raw.KrakenOperations),
]


def public(kind: type[Any]) -> dict[str, Any]:
    members = {name: member for name, member in vars(kind).items() if not name.startswith("_")}
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


def test_the_emulator_names_its_extra_where_it_is_not_installed() -> None:
    script = (
        "import sys; sys.modules['starlette'] = None\n"
        "try:\n    from spaceknow_client.emulator import Emulator\n"
        "except ImportError as error:\n    print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "spaceknow-client[emulator]" in ran.stdout
