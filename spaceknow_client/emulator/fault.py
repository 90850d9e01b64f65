"""What goes wrong on the wire: data that a server plays, the emulator's or one of raw sockets."""

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

# A client that takes the answer for whole would else send its next request into the closing.
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
        raise ValueError(f"A fault happens once or more often, not {value} times.")


@frozen(eq=False, kw_only=True)
class Fault:
    """One way in which an answer goes wrong. Made by the class methods, used by `Emulator.fault`.

    A request that a fault meets is either not done at all, or it takes effect (a pipeline begins,
    credits are spent) and its answer suffers. Each class method says which.

    Attributes:
        name: what happens, in words.
        after: what the server has done when it happens: "nothing" (it has seen which operation is
            called, no more), "request" (it has read the request), "effect" (it has done the work).
        times: so many requests suffer; None: all of them from now on.
    """

    name: str
    after: Literal["nothing", "request", "effect"] = "request"
    times: int | None = field(default=1, validator=_positive)
    change: Callable[[Response], Response] = field(default=_unchanged, repr=False)
    """Makes the answer that is sent. It gets the true one, or an empty one if nothing was done."""
    steps: Callable[[Response], Iterable[Step]] | None = field(default=None, repr=False)
    """How the answer is sent, after which the connection ends. None: in order, and it is kept."""
    ending: Literal["close", "reset"] = field(default="close", repr=False)

    @classmethod
    def drop(cls, after: Moment = "request", *, times: int | None = 1) -> Fault:
        """The connection is closed.

        `after` "nothing": before the request's body is read; `Emulator.calls` does not have it.
        "request": when it is read, and nothing done. "effect": when it is done, and nothing
        answered. "headers", "body": it is done, and half of the answer's headers or body is sent.
        """
        return cls._broken("dropped", after, times=times)

    @classmethod
    def reset(cls, after: Moment = "request", *, times: int | None = 1) -> Fault:
        """As `drop`, with a TCP reset in place of an orderly end."""
        return cls._broken("reset", after, times=times, ending="reset")

    @classmethod
    def _broken(cls, verb: str, after: Moment, **details: Any) -> Fault:
        if after not in _MOMENTS:
            raise ValueError(f"A fault comes after one of {', '.join(_MOMENTS)}; not {after!r}.")

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
        """The operation is done, and its answer (or only the body of it) comes byte by byte."""

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
        """No answer for so long, and then the connection is closed."""
        return cls(
            name=f"silence after {after}", after=after, times=times, steps=lambda _: [seconds]
        )

    @classmethod
    def status(
        cls,
        status: int,
        *,
        code: str | None = None,
        message: str = "This failure was asked for.",
        retry_after: float | datetime | str | None = None,
        body: Any = None,
        after: Literal["request", "effect"] = "request",
        times: int | None = 1,
    ) -> Fault:
        """An answer of this status, in the API's form of an error unless a JSON `body` is given.

        `retry_after`: seconds, an aware time (which is sent as a date), or any text. With `after`
        "effect" the work was done all the same: a gateway that lost patience.
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
        """A page of HTML, as proxies send it."""
        name = f"HTML with {status}"
        return cls.body(
            _HTML, status=status, media_type="text/html", after=after, times=times, name=name
        )

    @classmethod
    def json(cls, value: Any, *, status: int = 200, times: int | None = 1) -> Fault:
        """Any JSON value, and nothing is done."""
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
        """Any bytes as the body of an answer that is in order otherwise."""
        sent = {"content-type": media_type, **(headers or {})}

        def change(answer: Response) -> Response:
            return changed(answer, content, status=status, headers=sent)

        return cls(name=name or f"body {content[:40]!r}", after=after, times=times, change=change)

    @classmethod
    def raw(cls, content: bytes, *, times: int | None = 1) -> Fault:
        """These bytes in place of HTTP, and the connection is closed. Nothing is done."""
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
        """The operation is done, and half of its answer's body is lost before HTTP counts it."""
        return cls(
            name="cut body",
            after="effect",
            times=times,
            change=lambda answer: changed(answer, bytes(answer.body[: len(answer.body) // 2])),
        )

    @classmethod
    def wrong_length(cls, by: int, *, times: int | None = 1) -> Fault:
        """The operation is done, and its answer's Content-Length is wrong by so many bytes."""

        def steps(answer: Response) -> Iterable[Step]:
            length = str(max(0, len(answer.body) + by))
            lying = changed(answer, answer.body, headers={**_CLOSING, "content-length": length})
            yield head_of(lying) + bytes(answer.body)

        return cls(name=f"length wrong by {by:+}", after="effect", times=times, steps=steps)

    @classmethod
    def gzip_bomb(cls, size: int, *, times: int | None = 1) -> Fault:
        """A small body that unpacks to `size` bytes. Nothing is done."""
        packed = gzip.compress(bytes(size), mtime=0)
        headers = {"content-encoding": "gzip"}
        return cls.body(packed, headers=headers, times=times, name=f"gzip bomb of {size} bytes")

    @classmethod
    def redirect(cls, to: str, *, status: int = 307, times: int | None = 1) -> Fault:
        """Sends the client elsewhere. Nothing is done."""
        headers = {"location": to}
        return cls.body(b"", status=status, headers=headers, times=times, name="redirect")


def changed(
    answer: Response,
    content: bytes | memoryview,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer with another body, and with other headers and status where they are given."""
    kept = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(
        content,
        status_code=answer.status_code if status is None else status,
        headers={**kept, **(headers or {})},
    )


def head_of(answer: Response) -> bytes:
    """Status line and headers as they go over the wire."""
    try:
        phrase = HTTPStatus(answer.status_code).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {answer.status_code} {phrase}".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"", b""])
