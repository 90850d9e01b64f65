"""Recorded responses instead of the emulator's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from spaceknow_client.emulator import Emulator
from tests.emulator.conftest import SEARCH, Api
from tests.recorded.conftest import CASSETTES


@pytest.fixture
def api() -> Iterator[Api]:
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as made:
        yield made


def interaction(path: str, asked: Any, answered: Any, status: int = 200) -> dict[str, Any]:
    """As pytest-recording writes it."""
    return {
        "request": {
            "method": "POST",
            "uri": f"https://api.spaceknow.com{path}",
            "body": None if asked is None else json.dumps(asked),
            "headers": {"authorization": ["REDACTED"]},
        },
        "response": {
            "status": {"code": status, "message": "whatever"},
            "headers": {
                "Content-Type": ["application/json"],
                "SpaceKnow-Request-Id": ["recorded00"],
                "Content-Encoding": ["gzip"],  # it was decompressed when it was recorded
            },
            "body": {"string": json.dumps(answered)},
        },
    }


def cassette(path: Path, *interactions: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"version": 1, "interactions": list(interactions)}))


def test_a_cassette_answers_what_was_asked(api: Api, tmp_path: Path) -> None:
    status = {"pipelineId": "p1"}
    cassette(
        tmp_path / "deeper" / "day.yaml",
        interaction("/oauth/ro", {"username": "REDACTED"}, {"id_token": "REDACTED"}),
        interaction("/imagery/search/initiate", SEARCH, {"pipelineId": "p1"}),
        interaction("/tasking/get-status", status, {"status": "PROCESSING"}),
        interaction("/tasking/get-status", status, {"status": "RESOLVED"}),
        interaction("/imagery/search/retrieve", status, {"error": "NO-VALID-PIXELS"}, 424),
        interaction("/user/info", None, {"anything": 5}),
    )
    api.emu.load(tmp_path)
    # The same request, its members in another order.
    assert api.start("/imagery/search", dict(reversed(SEARCH.items()))) == "p1"
    assert [api.status("p1")["status"] for _ in range(3)] == ["PROCESSING", "RESOLVED", "RESOLVED"]
    answer = api.retrieve("/imagery/search", "p1")
    assert (answer.status_code, answer.json()["error"]) == (424, "NO-VALID-PIXELS")
    assert answer.headers["spaceknow-request-id"] == "recorded00"
    assert api.post("/user/info").json() == {"anything": 5}  # though the document has others
    assert api.post("/user/info", {}).json() == {"anything": 5}
    other = api.start("/imagery/search", {**SEARCH, "minIntersection": 1})
    assert other != "p1"
    assert api.status(other)["status"] == "RESOLVED"
    assert api.login(api.emu.username, api.emu.password).json()["id_token"] != "REDACTED"
    assert len(api.emu.calls("tasking.get_status")) == 4


def test_our_own_cassettes_are_answered(api: Api) -> None:
    api.emu.load(CASSETTES)
    with api.emu.client() as client:
        assert client.user.info().email == "REDACTED"
        assert client.credits.remaining()


def test_bodies_are_named_by_their_operation(api: Api, tmp_path: Path) -> None:
    for number in (1, 2, 10):
        (tmp_path / f"credits.remaining.{number}.json").write_text(
            f'{{"remainingCredit":{number}}}'
        )
    (tmp_path / "notes.txt").write_text("not looked at")
    api.emu.load(tmp_path)
    found = [api.post("/credits/get-remaining-credit").json() for _ in range(4)]
    assert [each["remainingCredit"] for each in found] == [1, 2, 10, 10]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("nothing.txt", "", "no recorded responses"),
        ("user.json", "{}", "must start with an operation"),
        ("user.information.json", "{}", "must start with an operation"),
        ("user.info.json", "{", "is not JSON"),
        ("day.yaml", "interactions: 5", "not a cassette"),
        ("day.yaml", "[", "not a cassette"),
        ("day.yaml", None, "no POST /nowhere"),
    ],
)
def test_what_cannot_be_read_is_said(
    api: Api, tmp_path: Path, name: str, text: str | None, problem: str
) -> None:
    if text is None:
        cassette(tmp_path / name, interaction("/nowhere", None, {}))
    else:
        (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=problem):
        api.emu.load(tmp_path)


def test_a_folder_is_one(api: Api, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="folder not found"):
        api.emu.load(tmp_path / "nowhere")
