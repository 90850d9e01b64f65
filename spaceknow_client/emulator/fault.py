"""Network faults, as data that a server applies: the emulator, or a test server of raw sockets."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Literal

from attrs import Attribute, field, frozen
from starlette.responses import Response

Step = bytes | float
"""Bytes to send, or seconds to wait."""

Moment = Literal["nothing", "request", "effect", "headers", "body"]

# Otherwise a client that considers the response complete would send its next request while it closes.
_CLOSING = {"connection": "close"}
_HTML = b"<html><body><h1>Bad gateway</h1></body></html>"
_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED)
_MOMENTS = ("nothing", "request", "effect", "headers", "body")


def _unchanged(answer: Response) -> Response:
    return answer


def _text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _holders(value: Any, member: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects that have a member, in all items of the arrays on the way, and its last name."""
    step, _, rest = member.partition(".")
    name, *arrays = step.split("[]")
    if not isinstance(value, dict):
        return
    if not rest and not arrays:
        yield value, name
    found = [value[name]] if name in value else []
    for _ in arrays:
        found = [item for each in found if isinstance(each, list) for item in each]
    for each in found if rest else ():
        yield from _holders(each, rest)


def _positive(fault: object, attribute: Attribute[Any], value: int | None) -> None:
    if value is not None and value < 1:
        raise ValueError(f"times must be at least 1, not {value}.")


@frozen(eq=False, kw_only=True)
class Fault:
    """A network fault. Created by the class methods, used by `Emulator.fault`.

    The request either has no effect, or it takes effect (a pipeline starts, credits are spent) but its
    response is lost or changed. Each class method says which.

    Attributes:
        name: description of the fault.
        after: what the server has done before the fault: "nothing" (only the operation is known),
            "request" (it has read the request), "effect" (it has done the work).
        times: number of affected requests; None: all from now on.
    """

    name: str
    after: Literal["nothing", "request", "effect"] = "request"
    times: int | None = field(default=1, validator=_positive)
    change: Callable[[Response], Response] = field(default=_unchanged, repr=False)
    """Creates the sent response from the original one, which is empty if nothing was done."""
    steps: Callable[[Response], Iterable[Step]] | None = field(default=None, repr=False)
    """How the response is sent, before the connection closes. None: normally, and it stays open."""
    ending: Literal["close", "reset"] = field(default="close", repr=False)

    @classmethod
    def drop(cls, after: Moment = "request", *, times: int | None = 1) -> Fault:
        """Closes the connection.

        `after` "nothing": before the request body is read; `Emulator.calls` does not contain it.
        "request": after it was read, without effect. "effect": after it took effect, without a
        response. "headers", "body": after it took effect and half of the response headers or body
        was sent.
        """
        return cls._broken("dropped", after, times=times)

    @classmethod
    def reset(cls, after: Moment = "request", *, times: int | None = 1) -> Fault:
        """Like `drop`, with a TCP reset instead of an orderly close."""
        return cls._broken("reset", after, times=times, ending="reset")

    @classmethod
    def _broken(cls, verb: str, after: Moment, **details: Any) -> Fault:
        if after not in _MOMENTS:
            raise ValueError(f"after must be one of {', '.join(_MOMENTS)}, not {after!r}.")

        def steps(answer: Response) -> Iterable[Step]:
            head = head_of(answer)
            if after == "headers":
                yield head[: len(head) // 2]
            elif after == "body":
                yield head + bytes(answer.body[: len(answer.body) // 2])

        moment = after if after in ("nothing", "request") else "effect"
        return cls(name=f"{verb} after {after}", after=moment, steps=steps, **details)

    @classmethod
    def drip(
        cls,
        seconds_per_byte: float,
        *,
        of: Literal["answer", "body"] = "answer",
        times: int | None = 1,
    ) -> Fault:
        """The request takes effect, and its response (or only its body) is sent byte by byte."""

        def steps(answer: Response) -> Iterable[Step]:
            head = head_of(changed(answer, answer.body, headers=_CLOSING))
            whole = head + bytes(answer.body)
            at_once = len(head) if of == "body" else 0
            yield whole[:at_once]
            for byte in whole[at_once:]:
                yield seconds_per_byte
                yield bytes([byte])

        return cls(name=f"slow drip of the {of}", after="effect", times=times, steps=steps)

    @classmethod
    def silence(
        cls,
        seconds: float,
        after: Literal["request", "effect"] = "request",
        *,
        times: int | None = 1,
    ) -> Fault:
        """Sends no response for `seconds`, then closes the connection."""
        return cls(
            name=f"silence after {after}", after=after, times=times, steps=lambda _: [seconds]
        )

    @classmethod
    def status(
        cls,
        status: int,
        *,
        code: str | None = None,
        message: str = "This failure was requested.",
        retry_after: float | datetime | str | None = None,
        body: Any = None,
        after: Literal["request", "effect"] = "request",
        times: int | None = 1,
    ) -> Fault:
        """Returns a response with this status, in the API's error format unless `body` (JSON) is given.

        `retry_after`: seconds, an aware time (sent as a date), or any string. With `after` "effect"
        the request takes effect nevertheless, as behind a gateway that timed out.
        """
        if body is None:
            body = {"error": code or f"STATUS-{status}", "errorMessage": message}
        headers = {}
        if isinstance(retry_after, datetime):
            headers["retry-after"] = format_datetime(retry_after.astimezone(UTC), usegmt=True)
        elif retry_after is not None:
            headers["retry-after"] = str(retry_after)
        content = _text(body)
        return cls.body(
            content, status=status, headers=headers, after=after, times=times, name=str(status)
        )

    @classmethod
    def html(
        cls,
        status: int = 502,
        *,
        after: Literal["request", "effect"] = "request",
        times: int | None = 1,
    ) -> Fault:
        """Returns an HTML page, as proxies do."""
        name = f"HTML with {status}"
        return cls.body(
            _HTML, status=status, media_type="text/html", after=after, times=times, name=name
        )

    @classmethod
    def json(cls, value: Any, *, status: int = 200, times: int | None = 1) -> Fault:
        """Returns any JSON value; the request has no effect."""
        content = _text(value)
        return cls.body(content, status=status, times=times, name=f"JSON {content[:40]!r}")

    @classmethod
    def body(
        cls,
        content: bytes,
        *,
        status: int = 200,
        media_type: str = "application/json; charset=utf-8",
        headers: Mapping[str, str] | None = None,
        after: Literal["request", "effect"] = "request",
        times: int | None = 1,
        name: str | None = None,
    ) -> Fault:
        """Returns a response with any bytes as its body."""
        sent = {"content-type": media_type, **(headers or {})}

        def change(answer: Response) -> Response:
            return changed(answer, content, status=status, headers=sent)

        return cls(name=name or f"body {content[:40]!r}", after=after, times=times, change=change)

    @classmethod
    def raw(cls, content: bytes, *, times: int | None = 1) -> Fault:
        """Sends these bytes instead of HTTP and closes the connection; the request has no effect."""
        return cls(name=f"bytes {content[:40]!r}", times=times, steps=lambda _: [content])

    @classmethod
    def edit(
        cls,
        members: Mapping[str, Any] | None = None,
        *,
        without: Collection[str] = (),
        status: int | None = None,
        media_type: str | None = None,
        times: int | None = 1,
    ) -> Fault:
        """The operation is done, and its answer is changed, unless it is an error.

        Members of its JSON are set, or left out. They are written as a check of the contract tells
        them: `results[].bands[].gsd` is `gsd` in every item of `bands` in every item of `results`.
        """

        def change(answer: Response) -> Response:
            if answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
                return answer
            content = bytes(answer.body)
            if members or without:
                body = json.loads(content)
                for member, value in (members or {}).items():
                    for holder, name in _holders(body, member):
                        holder[name] = value
                for member in without:
                    for holder, name in _holders(body, member):
                        holder.pop(name, None)
                content = _text(body)
            if status in _BODILESS:
                content = b""
            headers = {} if media_type is None else {"content-type": media_type}
            return changed(answer, content, status=status, headers=headers)

        told = ", ".join(map(str, filter(None, (*(members or {}), *without, status, media_type))))
        name = f"edited: {told}"
        return cls(name=name, after="effect", times=times, change=change)

    @classmethod
    def truncated(cls, *, times: int | None = 1) -> Fault:
        """The request takes effect, and half of its response body is lost, with matching headers."""
        return cls(
            name="cut body",
            after="effect",
            times=times,
            change=lambda answer: changed(answer, bytes(answer.body[: len(answer.body) // 2])),
        )

    @classmethod
    def wrong_length(cls, by: int, *, times: int | None = 1) -> Fault:
        """The request takes effect, and the Content-Length of its response is off by `by` bytes."""

        def steps(answer: Response) -> Iterable[Step]:
            length = str(max(0, len(answer.body) + by))
            lying = changed(answer, answer.body, headers={**_CLOSING, "content-length": length})
            yield head_of(lying) + bytes(answer.body)

        return cls(name=f"length wrong by {by:+}", after="effect", times=times, steps=steps)

    @classmethod
    def gzip_bomb(cls, size: int, *, times: int | None = 1) -> Fault:
        """Returns a small body that decompresses to `size` bytes; the request has no effect."""
        packed = gzip.compress(bytes(size), mtime=0)
        headers = {"content-encoding": "gzip"}
        return cls.body(packed, headers=headers, times=times, name=f"gzip bomb of {size} bytes")

    @classmethod
    def redirect(cls, to: str, *, status: int = 307, times: int | None = 1) -> Fault:
        """Redirects the client to `to`; the request has no effect."""
        headers = {"location": to}
        return cls.body(b"", status=status, headers=headers, times=times, name="redirect")


def changed(
    answer: Response,
    content: bytes | memoryview,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A response with another body, and with other headers and status if given."""
    kept = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(
        content,
        status_code=answer.status_code if status is None else status,
        headers={**kept, **(headers or {})},
    )


def head_of(answer: Response) -> bytes:
    """Status line and headers as sent."""
    try:
        phrase = HTTPStatus(answer.status_code).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {answer.status_code} {phrase}".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"", b""])
