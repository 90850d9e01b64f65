"""schemathesis generates requests to the emulator from the document, along its links."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC
from functools import cache
from importlib.resources import files
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.generation.stateful import run_state_machine_as_test
from schemathesis.generation.stateful.state_machine import StepInput, StepOutput

from tests.places import PARK

from .conftest import Api

# Scenarios per pair of operations: with requests that match the document, and with some that do
# not. They are the same in every run of the same code.
SCENARIOS = {"positive": 5, "all": 2}
STEPS = 6
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
TILE = [17, 121293, 75911]


@cache
def document() -> dict[str, Any]:
    text = files("spaceknow_client").joinpath("generated", "openapi.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def pairs() -> list[str]:
    ids = [item["post"]["operationId"] for item in document()["paths"].values() if "post" in item]
    return sorted(name.removesuffix(".initiate") for name in ids if name.endswith(".initiate"))


def operation_id(operation: Any) -> str:
    found: str = operation.definition.raw["operationId"]
    return found


def make_sensible(case: Any, scene: str) -> None:
    """Replaces invented identifiers, which never exist, by existing ones."""
    real: dict[str, Any] = {"sceneId": scene, "sceneIds": [scene], "extent": PARK, "filters": []}
    real |= {"mapType": "cars", "mapTypes": ["cars"], "tiles": [TILE]}
    real |= {"provider": "gbdx", "dataset": "idaho-pansharpened", "cursor": None}
    if isinstance(case.body, dict):
        body = {name: real.get(name, value) for name, value in case.body.items()}
        case.body = {name: value for name, value in body.items() if value is not None}
        for run in case.body.get("dryRuns", ()):
            run |= {"scenes": [{"sceneId": scene}], "mapTypes": ["cars"]}
    for name, value in {"mapType": "cars", "fileName": "detections.geojson"}.items():
        if name in case.path_parameters:
            case.path_parameters[name] = value


def workflow(api: Api, pair: str, mode: str) -> tuple[Counter[str], Counter[tuple[str, int]]]:
    """Runs scenarios; returns the links that were followed, and the statuses of the operations."""
    config = {
        "base-url": api.emu.url,
        "generation": {"mode": mode, "with-security-parameters": False},  # the token is ours
        # Only links of the document, none that are guessed from names.
        "phases": {"stateful": {"inference": {"algorithms": []}}},
        "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
    }
    schema = schemathesis.openapi.from_dict(document(), config=SchemathesisConfig.from_dict(config))
    # Without an operation that returns scenes schemathesis does not start with one that accepts them.
    wanted = (pair, "imagery.search") if pair.startswith("kraken.release") else (pair,)
    names = {f"{name}.{step}" for name in wanted for step in ("initiate", "retrieve")}
    names |= {"tasking.get_status", "kraken.grid_file"}
    part = schema.include(lambda context: operation_id(context.operation) in names)
    scene = api.scene()
    followed: Counter[str] = Counter()
    answered: Counter[tuple[str, int]] = Counter()

    class Machine(part.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {api.token}"}}

        def before_call(self, case: Any) -> None:
            if crc32(repr(case.body).encode("utf-8", "replace")) % 6:
                make_sensible(case, scene)

        def after_call(self, response: Response, case: Any) -> None:
            super().after_call(response, case)
            answered[operation_id(case.operation), response.status_code] += 1

        def step(self, input: StepInput) -> StepOutput:
            output: StepOutput = super().step(input)
            if input.transition is not None and input.is_applied:
                followed[input.transition.id] += 1
            return output

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=SCENARIOS[mode] * len(wanted),
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return followed, answered


@pytest.fixture(scope="module", autouse=True)
def times_that_exist() -> None:
    times = st.datetimes(timezones=st.just(UTC)).map("{:%Y-%m-%d %H:%M:%S}".format)
    schemathesis.openapi.format("spaceknow-date-time", times)


@pytest.mark.parametrize("pair", pairs())
def test_no_answer_is_outside_the_document(
    api: Api, pair: str, record_property: Callable[[str, object], None]
) -> None:
    followed, answered = workflow(api, pair, "positive")
    more, rest = workflow(api, pair, "all")
    followed += more
    answered += rest
    # Printed at the end of the run, in tests/conftest.py: worker processes print nothing themselves.
    record_property("links", f"{pair}: {followed.total()} links followed, {len(followed)} kinds")
    assert followed.total() > 0
    assert answered["tasking.get_status", 200] > 0
    assert answered[f"{pair}.retrieve", 200] > 0
