"""Control characters from the server are printed in escaped form, and cannot control the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Fault
from spaceknow_client.errors.shown import printable, shown
from spaceknow_client.generated.models import PipelineStatus
from tests.cli.shell import run
from tests.faults.wire import WireServer

# Colors, a title, C1, a carriage return, another direction, half of a pair, a line end.
EVIL = "\x1b[2J\x1b]0;title\x07\x9b31m\rspoofed\u202egnp\ud800\x00\u2028end"
HEADER = "abc\x1b[31mdef"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WireServer]:
    with WireServer([Fault.json({})]) as made:
        monkeypatch.setenv("SPACEKNOW_BASE_URL", made.url)
        monkeypatch.setenv("SPACEKNOW_AUTH_URL", made.url)
        monkeypatch.setenv("SPACEKNOW_TOKEN", "a-token-of-ours")
        yield made


def answers(body: object, status: int = 200) -> Fault:
    headers = {"spaceknow-request-id": HEADER, "spaceknow-api-version": HEADER}
    return Fault.body(json.dumps(body).encode(), status=status, headers=headers)


def user(**members: object) -> Fault:
    return answers(
        {"email": "me@example.com", "name": "N", "permissions": [], "id": "u", **members}
    )


COMMANDS = {
    "an error": (["user", "info"], answers({"error": EVIL, "errorMessage": EVIL}, 418)),
    "an outage": (["credits", "remaining"], answers({"error": EVIL}, 501)),
    "no JSON": (["credits", "remaining"], Fault.body(EVIL.encode("utf-8", "replace"))),
    "a user": (["user", "info"], user(email=EVIL, permissions=[EVIL], id=EVIL)),
    "a status": (
        ["pipeline", "status", "p", "--operation", "kraken.release"],
        answers({"status": EVIL}),
    ),
    "any operation": (["api", "user.info"], user(email=EVIL)),
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("verbose", [[], ["-vv"]])
def test_what_a_command_prints_can_be_printed(
    server: WireServer, name: str, verbose: list[str]
) -> None:
    arguments, fault = COMMANDS[name]
    server.behaviors = [fault]
    ran = run(*arguments, *verbose)
    assert server.requests, ran.err
    for line in [*ran.out.split("\n"), *ran.err.split("\n")]:
        assert line.isprintable(), repr(line)
    if name in ("an error", "a user", "a status"):
        assert "\\x1b[2J" in ran.out + ran.err
    if verbose:
        assert "abc\\x1b[31mdef" in ran.err or name == "no JSON"


def test_reprs_can_be_printed(server: WireServer) -> None:
    client = sk.SpaceKnow(server.environment, auth=sk.TokenAuth("a-token-of-ours"))
    identity = EVIL.replace("\ud800", "")  # no id contains one
    run_ = client.pipelines.attach(identity, operation="kraken.release")
    status = PipelineStatus(EVIL)
    found = sk.KrakenMap(map_id=EVIL, map_type=EVIL, max_zoom=1, tiles=())
    server.behaviors = [answers({"results": [], "cursor": None})]
    for value in (run_, status, found, sk.errors.APIError(EVIL), sk.PipelineTimeoutError(EVIL)):
        assert repr(value).isprintable()
    for text in (run_._repr_html_(), found._repr_html_(), str(sk.errors.APIError(EVIL))):
        assert text.isprintable(), text
    assert repr(PipelineStatus.NEW) == "<PipelineStatus.NEW: 'NEW'>"
    client.close()


def test_what_is_shown_is_short_and_never_raises() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise ValueError

    for value in (10**5000, "x" * 1000, [10**5000] * 1000, Odd(), EVIL, {EVIL: EVIL}):
        assert len(shown(value)) < 600
        assert shown(value).isprintable()
    assert shown(10**5000) == "an integer of 16610 bits"
    assert printable("ä 漢 \x1b") == "ä 漢 \\x1b"
