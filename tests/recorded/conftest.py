"""Cassettes of the API's traffic: recorded by `make record`, replayed by the tests.

`make record` records an emulator. With credentials in the environment (SPACEKNOW_TOKEN, or
SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD) it records the real service, and then no more than what is
read-only; RECORD_WRITES=1 adds what changes things, RECORD_CREDITS=5 what costs up to so many credits.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.runtime.clock import SystemClock
from spaceknow_client.transport.options import auth_from, environment_from
from tests.recorded.scrub import scrubbed_request, scrubbed_response

CASSETTES = Path(__file__).parent / "cassettes"
# Before a fixture of all tests removes them.
VARIABLES = {name: value for name, value in os.environ.items() if name.startswith("SPACEKNOW_")}
LIVE = "SPACEKNOW_TOKEN" in VARIABLES or "SPACEKNOW_PASSWORD" in VARIABLES
# VCR.py logs the values that it is about to scrub.
logging.getLogger("vcr").setLevel(logging.WARNING)
MOST_CREDITS = float(os.environ.get("RECORD_CREDITS", "0"))


class Hurried(SystemClock):
    """Time that runs a hundred times as fast, for waits that were recorded."""

    def monotonic(self) -> float:
        return time.monotonic() * 100

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 100)

    async def async_sleep(self, seconds: float) -> None:
        await super().async_sleep(seconds / 100)

    def wait(self, condition: threading.Condition, until: float | None) -> None:
        condition.wait(1.0 if until is None else max(0.0, until - self.monotonic()) / 100)


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    return {
        "before_record_request": scrubbed_request,
        "before_record_response": scrubbed_response,
        "decode_compressed_response": True,
        "match_on": ["method", "path", "query", "raw_body"],
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(CASSETTES)


@pytest.fixture
def recording(record_mode: str) -> bool:
    return record_mode != "none"


@pytest.fixture
def client(request: pytest.FixtureRequest, recording: bool, vcr: Any) -> Iterator[sk.SpaceKnow]:
    """The client whose traffic is recorded or replayed."""
    if not recording:
        auth = sk.PasswordAuth("somebody@example.com", "some password")
        options: dict[str, Any] = {"deadline": 1e6, "pipeline_deadline": 1e6}
        with sk.SpaceKnow(
            sk.Environment.EMULATOR, auth=auth, _clock=Hurried(), **options
        ) as client:
            yield client
            assert vcr.all_played
    elif LIVE:
        if request.node.get_closest_marker("writes") and not os.environ.get("RECORD_WRITES"):
            pytest.skip("it changes things; RECORD_WRITES=1 would record it")
        if request.node.get_closest_marker("costs") and not MOST_CREDITS:
            pytest.skip("it may cost credits; RECORD_CREDITS=5 would record it")
        found = auth_from(VARIABLES)
        environment = environment_from(VARIABLES, logs_in=isinstance(found, sk.PasswordAuth))
        with sk.SpaceKnow(environment, auth=found) as client:
            yield client
    else:
        with Emulator(seconds_per_pipeline=0, page_size=2) as emu:
            for pair in ("imagery.search", "kraken.release"):
                emu.script(pair, ["NEW", "PROCESSING", "RESOLVED"], times=9)
            with emu.client() as client:
                yield client


@pytest.fixture
def afford(recording: bool) -> Any:
    """Fails before a recording of the real service could cost more than allowed."""

    def afford(cost: float) -> None:
        if recording and LIVE and cost > MOST_CREDITS:
            pytest.fail(f"It would cost {cost:g} credits, and RECORD_CREDITS is {MOST_CREDITS:g}.")

    return afford
