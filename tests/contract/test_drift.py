"""Drift of every kind in every member of every answer is found: that one, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.responses import Response

from spaceknow_client.contract import Drift, Judge
from spaceknow_client.contract.judge import Message
from spaceknow_client.contract.schemas import Schema, choices
from spaceknow_client.contract_check import _Run, check_contract
from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.drift import seeded

JUDGE = Judge.bundled()
SCHEMAS = JUDGE.document["components"]["schemas"]
KINDS = {
    "add": "unknown member",
    "remove": "missing member",
    "type": "type",
    "null": "type",
    "enum": "enum",
    "content-type": "content type",
}


@pytest.fixture(scope="module")
def answers() -> dict[str, list[Message]]:
    """What the emulator answers to everything that a check calls, by operation."""
    found: dict[str, list[Message]] = {}
    with pytest.MonkeyPatch.context() as monkeypatch, Emulator(seconds_per_pipeline=0) as emu:
        for pair in ("imagery.search", "kraken.release"):
            emu.script(pair, ["NEW", "PROCESSING", "RESOLVED"], times=9)
        read = _Run._read

        def kept(run: _Run, operation: str) -> dict[str, Any]:
            answer = run._watch.last.get(operation)
            if answer is not None and answer.status < 300:
                message = Message(answer.status, answer.headers, answer.content)
                found.setdefault(operation, []).append(message)
            return read(run, operation)

        monkeypatch.setattr(_Run, "_read", kept)
        with emu.client() as client:
            assert check_contract(client, everything=True).is_fine
    assert len(found) >= 26
    return found


def members(node: Schema, place: str = "", depth: int = 0) -> Iterator[str]:
    """Every member that a schema describes, as it is written in a drift."""
    if depth > 6:
        return
    for choice in choices(node, SCHEMAS):
        for name, child in choice.get("properties", {}).items():
            member = f"{place}.{name}" if place else name
            yield member
            yield from members(child, member, depth + 1)
        if "items" in choice:
            yield from members(choice["items"], f"{place}[]", depth + 1)


def drifts() -> Iterator[tuple[str, str, str]]:
    """(kind, operation, member) of all that can be seeded."""
    for operation in JUDGE.operations:
        content = JUDGE.success(operation).get("content", {}).get("application/json")
        if content is None:
            continue
        named = dict.fromkeys(members(content["schema"]))
        around = dict.fromkeys(member.rpartition(".")[0] for member in named)
        added = [f"{place}.brandNew" if place else "brandNew" for place in around]
        for kind, places in (("add", added), *((kind, named) for kind in KINDS)):
            for member in (
                places if kind == "add" or kind in ("remove", "type", "null", "enum") else ()
            ):
                if kind != "add" or member.endswith("brandNew"):
                    yield kind, operation, member
        yield "content-type", operation, "text/plain"
        for status in ("203", "299", "418", "503", "307"):
            yield "status", operation, status


def judged(operation: str, answers: list[Message], apply: Any) -> tuple[bool, list[Drift]]:
    """Whether anything changed, and what is found in all answers of an operation, once each."""
    found: dict[object, Drift] = {}
    changed = False
    for message in answers:
        response = Response(message.content, message.status, dict(message.headers))
        response = apply(response)
        after = Message(response.status_code, dict(response.headers), bytes(response.body))
        changed = changed or after[:1] + after[2:] != message[:1] + message[2:]
        changed = changed or after.headers["content-type"] != message.headers["content-type"]
        for drift in JUDGE.answered(operation, after):
            found.setdefault(drift.key, drift)
    return changed, list(found.values())


def test_every_drift_is_found_and_nothing_else(answers: dict[str, list[Message]]) -> None:
    tried: dict[str, int] = {}
    wrong = []
    for kind, operation, what in drifts():
        if operation not in answers:
            continue
        try:
            drift = seeded(f"{kind}:{operation}:{what}", JUDGE.document)
        except ValueError:
            continue
        changed, found = judged(operation, answers[operation], drift.apply)
        if not changed:
            continue
        tried[kind] = tried.get(kind, 0) + 1
        member = "" if kind in ("status", "content-type") else what
        expected = (KINDS.get(kind, kind), member)
        if [(each.kind, each.member) for each in found] != [expected]:
            wrong.append((kind, operation, what, [str(each) for each in found]))
    print(tried, *wrong, sep="\n")
    assert wrong == []
    assert tried["add"] > 25
    assert min(tried.values()) > 10
