"""Every fault of the table, for both clients, for a call that is safe to retry and one that pays.

Each cell tells the class of the error, how often the server was asked, that the time was kept, that
nothing is left behind and that no secret was told.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from attrs import define

import spaceknow_client as sk
from spaceknow_client.errors import SpaceKnowError
from spaceknow_client.runtime.clock import SYSTEM_CLOCK
from tests.conftest import Both, on_every_kind
from tests.faults import changing, connecting, files, results
from tests.faults.leaks import Watch
from tests.faults.printer import short
from tests.faults.results import LeapingClock
from tests.faults.table import MAX_BYTES, ROWS, End, Row
from tests.faults.wire import GOOD, REQUEST_ID, WELL, Behavior, WireServer
from tests.places import CAR_PARK
from tests.secret_scan import Scan, everything

pytestmark = on_every_kind

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0aGUtbWF0cml4In0.bm90LWZvci1vdGhlcnMtdG8tc2Vl"
ATTEMPTS = 3
TIMEOUT = 0.25  # seconds, if only time ends an attempt
DEADLINE = 0.4  # seconds, if only the deadline ends the call
MESSAGE = "This failure was requested."
LATE = 1.5  # seconds after the deadline that are allowed, even on a busy machine

MORE = {**changing.ROWS, **connecting.ROWS, **results.ROWS, **files.ROWS}
NAMES = [*(row.name for row in ROWS), *MORE]


CALLS: dict[str, Callable[[Any], Any]] = {
    "credits.remaining": lambda client: client.credits.remaining(),
    "get_status": lambda client: client.pipelines.attach("p", operation="kraken.release").status(),
    "initiate": lambda client: client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK),
    "login": lambda client: client.user.info(),
}
OPERATIONS = {
    "credits.remaining": "credits.remaining",
    "get_status": "tasking.get_status",
    "initiate": "kraken.release.initiate",
    "login": "auth0.login",
}


@define
class Outcome:
    """The result of a call, and the requests that the server received."""

    error: SpaceKnowError | None
    value: Any
    tries: int
    seen: int
    seconds: float
    slept: list[float]


async def ask(
    both: Both,
    call: str,
    behaviors: Sequence[Behavior],
    *,
    afterwards: bool = False,
    auth: Any = None,
    clock: LeapingClock | None = None,
    **options: Any,
) -> Outcome:
    """Makes one call, with its own client and server.

    `afterwards`: the server is well again, and the same client has to be, too.
    """
    events: list[sk.RequestEvent] = []
    error: SpaceKnowError | None = None
    value: Any = None
    with WireServer(behaviors) as server:
        client = both.connect(
            server.environment,
            auth=auth or sk.TokenAuth(TOKEN),
            max_response_bytes=MAX_BYTES,
            hooks=sk.Hooks(on_request=events.append),
            _clock=clock or SYSTEM_CLOCK,
            **options,
        )
        began = time.monotonic()
        try:
            value = await both.settle(CALLS[call](client))
        except SpaceKnowError as caught:
            error = caught
        seconds = time.monotonic() - began
        outcome = Outcome(
            error=error,
            value=value,
            tries=len(events),
            seen=len(server.requests),
            seconds=seconds,
            slept=list(clock.slept) if clock else [],
        )
        if afterwards:
            assert await both.settle(client.credits.remaining()) == 12.5
        for request in server.requests:
            bearer = request.headers.get("authorization")
            assert bearer in (None, f"Bearer {TOKEN}")
        await both.aclose()
    return outcome


async def leaping(both: Both, call: str, row: Row, behaviors: Sequence[Behavior]) -> Outcome:
    """One call whose waits take no time, but are as long as the row requires."""
    outcome = await ask(
        both,
        call,
        behaviors,
        afterwards=behaviors[-1:] == [WELL],
        retry=sk.RetryPolicy(max_attempts=ATTEMPTS, backoff=0.01),
        timeout=TIMEOUT if row.timed else 10,
        deadline=1000,
        clock=LeapingClock(),
    )
    if row.timed:
        late = outcome.tries if outcome.error else outcome.tries - 1
        assert outcome.seconds >= late * TIMEOUT * 0.9
        assert outcome.seconds < outcome.tries * TIMEOUT + LATE
    else:
        assert outcome.seconds < LATE
    assert len(outcome.slept) == outcome.tries - 1
    least, most = row.waits
    assert all(least <= slept <= most for slept in outcome.slept)
    return outcome


def check(row: Row, call: str, end: End, outcome: Outcome) -> None:
    """Checks that the call ended in this way, and that its error contains what it must, and no more."""
    error = outcome.error
    assert type(error) is (end.error or type(None)), error
    assert outcome.tries == end.tries
    assert outcome.seen == (end.tries if row.seen else 0)
    if error is None:
        wanted = {
            "credits.remaining": GOOD["/get-remaining-credit"]["remainingCredit"],
            "initiate": GOOD["/initiate"]["pipelineId"],
            "get_status": "PAUSED" if row.name == "unknown enum value" else "PROCESSING",
        }
        found = outcome.value.id if call == "initiate" else outcome.value
        assert found == wanted[call]
        return
    assert error.operation == OPERATIONS[call]
    if row.status is not None and not isinstance(error, sk.DeadlineExceededError):
        assert getattr(error, "status", None) == row.status
        assert getattr(error, "code", None) == row.code
        assert error.request_id == REQUEST_ID
    if isinstance(error, sk.APIError):
        assert error.api_version == "106"
        assert error.code is None or error.message == MESSAGE
        assert bool(error.hint) is isinstance(error, sk.CreditsError)
    if isinstance(error, sk.ConnectError):
        assert "base_url" in str(error)
    if isinstance(error, sk.AmbiguousRequestError):
        assert "remaining()" in str(error)
    told = everything(error)
    assert not any(part in told for part in (TOKEN, *TOKEN.split(".")))
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
@pytest.mark.parametrize("kind", ["safe", "initiate"])
async def test_cell(
    both: Both,
    kind: str,
    row: Row,
    scan: Scan,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("cell", (row.name, f"{both.kind} {kind}"))
    call = row.call if kind == "safe" else "initiate"
    end = row.safe if kind == "safe" else row.initiate
    async with Watch():
        if row.fault is None or end.tries > 1:  # forever
            outcome = await leaping(both, call, row, [row.fault] if row.fault else [])
            check(row, call, end, outcome)
        if row.fault is not None:  # once: a retry, if there is one, succeeds
            once = End(None, 2) if end.tries > 1 else end
            outcome_once = await leaping(both, call, row, [row.fault, WELL])
            if once.tries == 1 or row.seen:
                check(row, call, once, outcome_once)
            else:
                assert (outcome_once.error, outcome_once.tries, outcome_once.seen) == (None, 2, 1)
            outcome = outcome if end.tries > 1 else outcome_once
        if row.timed:
            await in_time(both, call, row)
    record_property("end", f"{short(end.error)} {outcome.seen}")
    assert scan.found() == []


async def in_time(both: Both, call: str, row: Row) -> None:
    """The deadline ends the call, however long an attempt may take."""
    assert row.fault is not None
    outcome = await ask(both, call, [row.fault], timeout=30, deadline=DEADLINE)
    assert DEADLINE * 0.9 <= outcome.seconds < DEADLINE + LATE
    late = sk.AmbiguousRequestError if call == "initiate" else sk.DeadlineExceededError
    check(row, call, End(late, 1), outcome)


@pytest.mark.parametrize("name", MORE)
@pytest.mark.parametrize("kind", ["safe", "initiate"])
async def test_changing_cell(
    both: Both,
    kind: str,
    name: str,
    scan: Scan,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("cell", (name, f"{both.kind} {kind}"))
    async with Watch():
        end = await MORE[name](both, kind)
    record_property("end", end)
    assert scan.found() == []


PASSWORD = "kookaburra-7"


# What a login notices, too.
LOGINS = [row for row in ROWS if row.safe.error and row.call == "credits.remaining"]


@pytest.mark.parametrize("row", LOGINS, ids=[row.name for row in LOGINS])
async def test_a_login_meets_the_fault(both: Both, row: Row) -> None:
    async with Watch():
        outcome = await ask(
            both,
            "login",
            [row.fault] if row.fault else [],
            auth=sk.PasswordAuth("me@example.com", PASSWORD),
            retry=sk.RetryPolicy.none(),
            timeout=TIMEOUT if row.timed else 10,
        )
    refused = row.status is not None and 400 <= row.status < 500
    assert outcome.error is not None
    assert type(outcome.error) is (sk.LoginError if refused else row.safe.error)
    assert outcome.error.operation == "auth0.login"
    assert outcome.tries == 1
    assert PASSWORD not in everything(outcome.error)
