"""The fault matrix: what a server can do, and the result for both kinds of calls.

`safe` is a call that costs nothing and may be repeated, `initiate` one that spends credits. For each
the class of the error that the user gets when the fault goes on (None: the call succeeds), and how
often it is tried, of three attempts that are allowed.
"""

from __future__ import annotations

import gzip
import json
import math
import socket
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from attrs import field, frozen
from starlette.responses import Response

import spaceknow_client as sk
from spaceknow_client.emulator import Fault
from spaceknow_client.emulator.fault import changed
from tests.faults.wire import Behavior, slowly

MAX_BYTES = 100_000
"""The `max_response_bytes` of the clients."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class End(NamedTuple):
    """The result of a call: its error, and the number of attempts."""

    error: type[sk.SpaceKnowError] | None
    tries: int


@frozen(kw_only=True)
class Row:
    """One fault.

    Attributes:
        status: what the error tells of an answer that came whole; then it has the request id too.
        seen: whether the server reads the request.
        timed: whether the fault takes time, so that only `timeout` and `deadline` end it.
        waits: the least and the most seconds before each repeat.
        call: the safe operation, where another one than credits.remaining shows more.
    """

    name: str
    fault: Behavior | None
    safe: End
    initiate: End
    status: int | None = None
    code: str | None = None
    seen: bool = True
    timed: bool = False
    waits: tuple[float, float] = field(default=(0.0, 0.1))
    call: str = "credits.remaining"


AMBIGUOUS = End(sk.AmbiguousRequestError, 1)
WELL = End(None, 1)


def lost(name: str, fault: Behavior, *, seen: bool = True) -> Row:
    """The connection breaks: safe calls are retried, and the outcome of an initiate is unknown."""
    return Row(
        name=name, fault=fault, safe=End(sk.TransportError, 3), initiate=AMBIGUOUS, seen=seen
    )


def slow(name: str, fault: Behavior) -> Row:
    return Row(
        name=name,
        fault=fault,
        safe=End(sk.RequestTimeoutError, 3),
        initiate=AMBIGUOUS,
        timed=True,
    )


def outage(status: int, name: str | None = None, fault: Fault | None = None, **more: object) -> Row:
    """A temporary status."""
    return Row(
        name=name or str(status),
        fault=fault or Fault.status(status, code="X"),
        safe=End(sk.APIError, 3),
        initiate=AMBIGUOUS,
        status=status,
        **{"code": "X", **more},  # type: ignore[arg-type]
    )


def busy(
    name: str,
    retry_after: float | datetime | str | None,
    least: float,
    most: float,
    fault: Fault | None = None,
) -> Row:
    """429: the call was not accepted, so even an initiate is retried."""
    end = End(sk.APIError, 3)
    return Row(
        name=name if fault else f"429 {name}",
        fault=fault or Fault.status(429, code="X", retry_after=retry_after),
        safe=end,
        initiate=end,
        status=429,
        code=None if fault else "X",
        waits=(least, most),
    )


def refused(
    status: int,
    code: str | None,
    kind: type[sk.SpaceKnowError],
    name: str | None = None,
    fault: Fault | None = None,
) -> Row:
    """The API refused: nothing was started, and a retry would not help."""
    end = End(kind, 1)
    return Row(
        name=name or f"{status} {code}"[:27],
        fault=fault or Fault.status(status, code=code),
        safe=end,
        initiate=end,
        status=status,
        code=code,
    )


def rubbish(name: str, fault: Behavior, **more: object) -> Row:
    """Success with an invalid body: not retried, because it would be the same again."""
    return Row(
        name=name,
        fault=fault,
        safe=End(sk.InvalidResponseError, 1),
        initiate=AMBIGUOUS,
        **{"status": 200, **more},  # type: ignore[arg-type]
    )


def head_only(status: int, name: str, headers: bytes, body: bytes = b"") -> Row:
    """A response whose body cannot be read, or never arrives. The status counts nevertheless."""
    fault = Fault.raw(
        f"HTTP/1.1 {status} X\r\nSpaceKnow-Request-Id: QyhRiSw87c\r\n".encode()
        + b"SpaceKnow-Api-Version: 106\r\nContent-Type: application/json\r\n"
        + b"Retry-After: 1\r\n" * (status in (429, 503))
        + headers
        + b"\r\n"
        + body
    )
    name = f"{status} {name}"
    if status == 429:
        return busy(name, None, 1, 1.1, fault=fault)
    if status >= 500:
        return outage(status, name, fault, code=None, waits=(1, 1.1))
    if status == 204:
        return rubbish(name, fault, status=204)
    return refused(status, None, sk.APIError, name=name, fault=fault)


def packed(encoding: str, pack: Callable[[bytes], bytes]) -> Row:
    """A good response in a requested encoding, in any spelling."""

    def change(response: Response) -> Response:
        headers = {"content-encoding": encoding.removesuffix(", padded")}
        return changed(response, pack(bytes(response.body)), headers=headers)

    return Row(
        name=f"encoding {encoding}",
        fault=Fault(name=encoding, after="effect", change=change),
        safe=WELL,
        initiate=WELL,
    )


def too_short_but_kept(connection: socket.socket) -> bool:
    """Half of the body counts as body; the rest stays on a persistent connection."""
    body = b'{"remainingCredit": 12.5}'
    connection.sendall(
        HEAD + f"SpaceKnow-Request-Id: QyhRiSw87c\r\nContent-Length: {len(body) // 2}\r\n".encode()
    )
    connection.sendall(b"\r\n" + body)
    return True


def two_answers(connection: socket.socket) -> bool:
    """A good response, and another unrequested one, on a persistent connection."""
    sent = b""
    for credit in (12.5, 99):
        body = json.dumps({"remainingCredit": credit, "pipelineId": "3g4PovfhGxmymQolpgvv"})
        sent += HEAD + f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    connection.sendall(sent)
    return True


_FAR = datetime(2099, 10, 21, 7, 28, tzinfo=UTC)

NEXT_TRIES: tuple[Any, ...] = (-1, None, "soon", [], 1e300, 10**400)


# Headers and bodies that cannot be read. After 204 they are not read at all.
UNREADABLE = (
    ("another encoding", b"Content-Encoding: br\r\nContent-Length: 1\r\n", b"x"),
    ("broken gzip", b"Content-Encoding: gzip\r\nContent-Length: 1\r\n", b"x"),
    ("too large a body", b"", b" " * (MAX_BYTES + 1)),
    ("a cut body", b"Content-Length: 100\r\n", b"{"),
    ("a length of -1", b"Content-Length: -1\r\n", b"{}"),
    ("a broken header", b"what\r\n", b"{}"),
    ("a broken chunk", b"Transfer-Encoding: chunked\r\n", b"zz\r\n"),
    ("gzip, chunked", b"Transfer-Encoding: gzip, chunked\r\n", b"2\r\n\x1f\x8b\r\n0\r\n\r\n"),
)

ROWS = (
    Row(
        name="connection refused",
        fault=None,
        safe=End(sk.ConnectError, 3),
        initiate=End(sk.ConnectError, 3),
        seen=False,
    ),
    lost("dropped before it is read", Fault.drop("nothing"), seen=False),
    lost("dropped after it is read", Fault.drop("request")),
    lost("dropped after the effect", Fault.drop("effect")),
    lost("dropped in the headers", Fault.drop("headers")),
    lost("dropped in the body", Fault.drop("body")),
    lost("reset before it is read", Fault.reset("nothing"), seen=False),
    lost("reset after it is read", Fault.reset("request")),
    lost("reset after the effect", Fault.reset("effect")),
    lost("reset in the headers", Fault.reset("headers")),
    lost("reset in the body", Fault.reset("body")),
    slow("drip of the headers", Fault.drip(0.1)),
    slow("drip of the body", Fault.drip(0.3, of="body")),
    slow("header without end", slowly((0.0, HEAD + b"X: "), *((0.1, b"x"),) * 600)),
    slow("stall in the body", slowly((0.0, HEAD + b"Content-Length: 22\r\n\r\n{"), (60, b"}"))),
    slow("silence", Fault.silence(60)),
    slow("silence after the effect", Fault.silence(60, "effect")),
    outage(408),
    busy("without Retry-After", None, 0, 0.1),
    busy("with seconds", 7, 7, 7.1),
    busy("with a date", datetime.now(UTC) + timedelta(hours=10), 120, 120.1),  # capped
    busy("with a date gone by", datetime(2018, 1, 1, tzinfo=UTC), 0, 0.1),
    busy("with rubbish", "soon", 0, 0.1),
    busy("with a negative wait", -7, 0, 0.1),
    busy("with 10^30 seconds", "1" + "0" * 30, 120, 120.1),
    outage(500),
    outage(502),
    outage(503),
    outage(503, "503 with seconds", Fault.status(503, code="X", retry_after=3), waits=(3, 3.1)),
    outage(
        503, "503 with a date", Fault.status(503, code="X", retry_after=_FAR), waits=(120, 120.1)
    ),
    outage(503, "503 after the effect", Fault.status(503, code="X", after="effect")),
    outage(504),
    *(
        Row(
            name=str(status),
            fault=Fault.status(status, code="X"),
            safe=End(sk.APIError, 1),
            initiate=AMBIGUOUS,
            status=status,
            code="X",
        )
        for status in (501, 520, 599)
    ),
    *(
        refused(status, "NOT-ENOUGH-CREDITS", sk.errors.NotEnoughCreditsError)
        for status in (400, 401, 402, 403, 404, 409, 422)
    ),
    refused(418, "TEAPOT", sk.APIError),  # a code that this client does not know
    rubbish("HTML with 200", Fault.html(200)),
    outage(502, "HTML with 502", Fault.html(502), code=None),
    Row(
        name="HTML with 404",
        fault=Fault.html(404),
        safe=End(sk.APIError, 1),
        initiate=End(sk.APIError, 1),
        status=404,
    ),
    rubbish("no body", Fault.body(b"")),
    rubbish("null", Fault.json(None)),
    rubbish("an array", Fault.json([1])),
    rubbish("a wrong type", Fault.json({"remainingCredit": "much", "pipelineId": 5})),
    rubbish("a number without end", Fault.body(b'{"remainingCredit": ' + b"9" * 5000 + b"}")),
    rubbish("truncated JSON", Fault.truncated()),
    rubbish("nesting without end", Fault.body(b"[" * (MAX_BYTES - 1))),
    rubbish("invalid UTF-8", Fault.body(b'{"a": "\xff\xfe"}')),
    rubbish("missing members", Fault.json({})),
    rubbish("missing status", Fault.edit(without=["status", "pipelineId"]), call="get_status"),
    Row(
        name="unknown members",
        fault=Fault.edit({"new": {"": [math.pi]}, "progress": 7}),
        safe=WELL,
        initiate=WELL,
    ),
    Row(
        name="unknown enum value",
        fault=Fault.edit({"status": "PAUSED"}),
        safe=WELL,
        initiate=WELL,
        call="get_status",
    ),
    Row(
        name="nextTry is missing",
        fault=Fault.edit(without=["nextTry"]),
        safe=WELL,
        initiate=WELL,
        call="get_status",
    ),
    *(
        Row(
            name=f"nextTry is {str(value)[:8]}",
            fault=Fault.edit({"nextTry": value}),
            safe=WELL,
            initiate=WELL,
            call="get_status",
        )
        for value in NEXT_TRIES
    ),
    lost("length too long", Fault.wrong_length(5)),
    rubbish("length too short", Fault.wrong_length(-5)),
    rubbish("length too short, kept", too_short_but_kept),
    Row(name="two answers to one request", fault=two_answers, safe=WELL, initiate=WELL),
    rubbish("too large a body", Fault.body(b" " * (MAX_BYTES + 1))),
    rubbish("gzip bomb", Fault.gzip_bomb(20_000_000)),
    lost("broken gzip", Fault.body(b"nope", headers={"content-encoding": "gzip"})),
    *(packed(name, gzip.compress) for name in ("GZIP", "x-gzip", "X-GZip", "identity, gzip")),
    packed("gzip, padded", lambda body: gzip.compress(body) + bytes(9)),
    packed("Deflate", zlib.compress),
    packed("Identity", bytes),
    rubbish("an encoding not asked for", Fault.body(b"x", headers={"content-encoding": "br"})),
    rubbish("packed twice", Fault.body(b"x", headers={"content-encoding": "gzip, gzip"})),
    *(
        head_only(status, name, headers, body)
        for status in (400, 429, 503)
        for name, headers, body in UNREADABLE
    ),
    *(
        head_only(204, f"with {name}", headers, body)
        for name, headers, body in (*UNREADABLE, ("nothing", b"", b""))
    ),
    lost("gzip, chunked", Fault.raw(HEAD + UNREADABLE[-1][1] + b"\r\n" + UNREADABLE[-1][2])),
    lost("interim without end", Fault.raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 1500)),
    lost("no HTTP", Fault.raw(b"SSH-2.0-OpenSSH_9.2\r\n")),
)
