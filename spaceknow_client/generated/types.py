"""Shared by the generated models and operations: requests, responses, and parsers of JSON values.

Handwritten, unlike the rest of this folder: nothing here depends on the document.
"""

from __future__ import annotations

import copy
import datetime as dt
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from enum import Enum, StrEnum
from typing import Any, Final, Generic, Literal, Protocol, Self, SupportsIndex, TypeVar, overload
from urllib.parse import quote, unquote

from attrs import field, frozen

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"

T = TypeVar("T")
E = TypeVar("E", bound="OpenStrEnum")


class Unset(Enum):
    """The type of UNSET, which stands for a member that is absent where null has a meaning."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET


class OpenStrEnum(StrEnum):
    """An enumeration that the server can extend: an unknown value keeps its string."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether the document lists this value."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        name = f".{self._name_}" if self.is_known else ""
        return f"<{type(self).__name__}{name}: {self._value_!r}>"

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        return type(self), (str(self.value),)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self


class WrongShapeError(ValueError):
    """JSON that does not match the document. `path` is its position, such as `results[3].sceneId`."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path, problem)
        self.path = path
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.path or 'the answer'} {self.problem}"


@frozen(kw_only=True)
class Request:
    """One call of an operation, ready to send.

    Attributes:
        path: percent-encoded.
        query: each parameter, or several of one name.
        headers: the parameters that are headers.
        json: the body before it is written as JSON or as a form, or the bytes of a file; UNSET: none.
    """

    operation: str
    method: str
    path: str
    query: dict[str, str | list[str]] = field(factory=dict)
    headers: dict[str, str] = field(factory=dict)
    json: Any = field(default=UNSET, repr=False)


@frozen(kw_only=True)
class Response(Generic[T]):
    """The response of an operation: the parsed body, and details from the headers."""

    parsed: T
    status: int
    headers: Mapping[str, str] = field(repr=False)
    request_id: str | None
    api_version: str | None


class Sender(Protocol):
    """The protocol of a sender of generated operations, such as the client's transport."""

    def send(self, request: Request, parse: Callable[[Any], T]) -> Response[T]: ...


class AsyncSender(Protocol):
    """Like `Sender`, for the asynchronous operations."""

    async def send(self, request: Request, parse: Callable[[Any], T]) -> Response[T]: ...


class Absent:
    """The type of ABSENT, which parsers get for a missing member."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = Absent()

# No number of the API comes near it, and what is computed from smaller ones stays finite.
LARGEST: Final = 1e18

API_TIME_LENGTH: Final = len("YYYY-MM-DD HH:MM:SS")


def is_json(media_type: str) -> bool:
    """Whether a media type means JSON."""
    return media_type == JSON or media_type.endswith("+json")


def is_secret(member: str) -> bool:
    """Whether a member of this name is secret, so that logs and errors must not contain it."""
    return any(word in member.lower() for word in ("password", "token", "secret"))


def wrong(path: str, expected: str, value: object) -> WrongShapeError:
    """The error for a value of another type than documented; it does not contain the value."""
    if value is ABSENT:
        return WrongShapeError(path, "is missing")
    found = "null" if value is None else type(value).__name__
    return WrongShapeError(path, f"should be {expected}, but is {found}")


def at(path: str, member: str) -> str:
    """The path of a member of the value at `path`."""
    return f"{path}.{member}" if path else member


def unknown(value: dict[str, Any], members: frozenset[str]) -> dict[str, Any]:
    """The members of `value` other than these."""
    return {name: item for name, item in value.items() if name not in members}


def anything(value: Any, path: str) -> Any:
    if value is ABSENT:
        raise wrong(path, "there", value)
    return value


def text(value: Any, path: str) -> str:
    if isinstance(value, str):
        return value
    raise wrong(path, "a string", value)


def boolean(value: Any, path: str) -> bool:
    if isinstance(value, bool):
        return value
    raise wrong(path, "true or false", value)


def number(value: Any, path: str) -> float:
    if isinstance(value, (float, int)) and not isinstance(value, bool):
        if -LARGEST < value < LARGEST:  # neither is NaN
            return value
        raise WrongShapeError(path, "should be a finite number below 10^18")
    raise wrong(path, "a number", value)


def integer(value: Any, path: str) -> int:
    found = number(value, path)
    if isinstance(found, int) or found.is_integer():
        return int(found)
    raise wrong(path, "an integer", value)


def json_object(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise wrong(path, "an object", value)


def date_time(value: Any, path: str, form: str = "YYYY-MM-DD HH:MM:SS") -> dt.datetime:
    """`YYYY-MM-DD HH:MM:SS`, and any other ISO 8601 form; without a zone it is UTC."""
    if type(value) is str and len(value) == API_TIME_LENGTH:
        try:  # in one step; a string of this length with a zone does not match, and is parsed below
            return dt.datetime.fromisoformat(value + "+00:00")
        except ValueError:
            pass
    try:
        moment = dt.datetime.fromisoformat(text(value, path))
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, WrongShapeError):
            raise
        raise WrongShapeError(path, f"should be a time ({form})") from None


def rfc3339_time(value: Any, path: str) -> dt.datetime:
    """Like `date_time`, where the document has a time of RFC 3339."""
    return date_time(text(value, path).upper(), path, "YYYY-MM-DDTHH:MM:SSZ")


def constant(expected: Any) -> Callable[[Any, str], Any]:
    def read(value: Any, path: str) -> Any:
        if value != expected:
            raise wrong(path, repr(expected), value)
        return value

    return read


def enumeration(kind: type[E]) -> Callable[[Any, str], E]:
    def read(value: Any, path: str) -> E:
        return kind(text(value, path))

    return read


def array(
    item: Callable[[Any, str], T], of: type[Any] | None = None
) -> Callable[[Any, str], list[T]]:
    """Parses each element with `item`; if all are of the class `of`, they are used unchanged."""

    def read(value: Any, path: str) -> list[T]:
        if not isinstance(value, list):
            raise wrong(path, "an array", value)
        if of is not None:
            for element in value:
                if type(element) is not of:
                    break
            else:
                return value.copy()
        try:
            return [item(element, "") for element in value]
        except WrongShapeError:
            # Find the number of the invalid element.
            return [item(element, f"{path}[{index}]") for index, element in enumerate(value)]

    return read


def mapping(item: Callable[[Any, str], T]) -> Callable[[Any, str], dict[str, T]]:
    """Reads each value of an object with `item`."""

    def read(value: Any, path: str) -> dict[str, T]:
        if not isinstance(value, dict):
            raise wrong(path, "an object", value)
        return {name: item(each, at(path, name)) for name, each in value.items()}

    return read


def or_null(inner: Callable[[Any, str], T]) -> Callable[[Any, str], T | None]:
    def read(value: Any, path: str) -> T | None:
        return None if value is None else inner(value, path)

    return read


def either(*options: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """The first matching form. Several are tried, so they must not have side effects."""

    def read(value: Any, path: str) -> Any:
        problems: list[str] = []
        for option in options:
            try:
                return option(value, path)
            except WrongShapeError as error:
                problems.append(str(error))
        raise WrongShapeError(path, "fits none of its forms: " + "; ".join(problems))

    return read


OnWrong = Callable[[WrongShapeError], Exception]

# Creates the error of an item that is found to be invalid later, on first access. The parser of a
# response sets it during parsing; None keeps the WrongShapeError.
on_wrong: ContextVar[OnWrong | None] = ContextVar("on_wrong", default=None)


_SHOWN = 300  # characters of a member


class Model:
    """An object of the API. Its attributes are the members that the document lists."""

    __slots__ = ()

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """From JSON data. Raises WrongShapeError for a missing member, or one of another type."""
        return cls.read(dict(src_dict), "")

    @classmethod
    def read(cls, value: Any, path: str) -> Self:
        """Like `from_dict`, for a value at `path` of a response."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """As JSON data, without absent members, and with unknown ones."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        """A table for notebooks, with the values of the repr as escaped text."""
        from html import escape

        from attrs import fields

        rows = []
        for member in fields(type(self)):  # type: ignore[arg-type]  # each model is an attrs class
            value = getattr(self, member.name)
            if member.repr and value is not None and value is not UNSET and value != {}:
                shown = str(to_json(value))
                shown = shown if shown.isprintable() else repr(shown)[1:-1]
                shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}\u2026"
                rows.append(f"<tr><th>{escape(member.name)}</th><td>{escape(shown)}</td></tr>")
        return f"<table><caption>{escape(type(self).__name__)}</caption>{''.join(rows)}</table>"


M = TypeVar("M", bound=Model)


class Items(Sequence[M]):
    """The items of a page. Each is parsed once, on first access.

    Compares like a list, also with one; a slice is a list. Each access to an invalid item raises
    the error of `on_wrong` at the time of parsing the page, otherwise WrongShapeError; the other
    items stay usable. Threads can share it; two that access an item at the same time both parse it.
    """

    __slots__ = ("_kind", "_on_wrong", "_path", "_values")

    def __init__(self, kind: type[M], values: list[Any], path: str) -> None:
        self._kind = kind
        self._path = path
        # JSON data, replaced by its model on first access. A copy: the caller's list is not changed.
        self._values = values.copy()
        self._on_wrong = on_wrong.get()

    def _read(self, index: int) -> M:
        value = self._values[index]
        if type(value) is self._kind:  # another thread has parsed it in the meantime
            return value
        try:
            item = self._kind.read(value, "")
        except WrongShapeError:
            pass
        else:
            self._values[index] = item
            return item
        raise self._error(index, value)

    def _error(self, index: int, value: Any) -> Exception:
        number = index + len(self._values) if index < 0 else index
        try:
            self._kind.read(value, f"{self._path}[{number}]")
        except WrongShapeError as error:
            return error.with_traceback(None) if self._on_wrong is None else self._on_wrong(error)
        raise AssertionError("an invalid value has become valid")

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, index: SupportsIndex) -> M: ...

    @overload
    def __getitem__(self, index: slice) -> list[M]: ...

    def __getitem__(self, index: SupportsIndex | slice) -> M | list[M]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self._values)))]
        value = self._values[index]
        return value if type(value) is self._kind else self._read(index.__index__())

    def __iter__(self) -> Iterator[M]:
        kind = self._kind
        for index, value in enumerate(self._values):
            yield value if type(value) is kind else self._read(index)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, Items)):
            return NotImplemented
        return len(self) == len(other) and all(map(operator.eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # like a list, it is no key

    def __repr__(self) -> str:
        return f"<{len(self._values)} of {self._kind.__name__}>"


def lazy_array(kind: type[M]) -> Callable[[Any, str], Sequence[M]]:
    def read(value: Any, path: str) -> Sequence[M]:
        if not isinstance(value, list):
            raise wrong(path, "an array", value)
        return Items(kind, value, path)

    return read


def plain(value: object) -> str:
    """A parameter as a string: times in the API's form, booleans as in JSON."""
    return str(value).lower() if isinstance(value, bool) else str(to_json(value))


def spread(name: str, value: Any, style: str, *, explode: bool) -> dict[str, str | list[str]]:
    """A parameter with several values, as the style of OpenAPI writes it. WrongShapeError: it cannot."""
    mark = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(style, ",")
    if isinstance(value, list):
        items = [plain(item) for item in value]
        return {name: items} if explode else {name: delimited(name, items, mark)}
    members = {key: plain(item) for key, item in value.items()}
    if style == "deepObject":
        return {f"{name}[{key}]": item for key, item in members.items()}
    if style == "form" and explode:
        return {**members}
    if explode:
        return {name: delimited(name, [f"{key}={item}" for key, item in members.items()], mark)}
    return {name: delimited(name, [part for pair in members.items() for part in pair], mark)}


def delimited(name: str, parts: list[str], mark: str) -> str:
    """The parts as one text. WrongShapeError where a part has the mark between them itself."""
    for part in parts:
        if mark in part:
            raise WrongShapeError(
                name, f"cannot hold {part!r}: its parts are told apart by {mark!r}"
            )
    return mark.join(parts)


def segment(value: object) -> str:
    """A path parameter as one segment. Raises ValueError for `.` and `..`, which change the path."""
    text = plain(value)
    try:
        if text in ("", ".", ".."):
            raise ValueError
        return quote(text, safe="")
    except ValueError:  # also for half of a surrogate pair
        raise WrongShapeError(ascii(text), "cannot be a segment of a path") from None


def path_values(template: str, path: str) -> dict[str, str] | None:
    """The decoded parameters in a path; None if it does not match the template."""
    parts = re.split(r"\{([^}]+)\}", template)  # fixed parts and names alternate
    match = re.fullmatch("([^/]+)".join(map(re.escape, parts[::2])), path)
    if match is None:
        return None
    return dict(zip(parts[1::2], map(unquote, match.groups()), strict=True))


def api_time(moment: dt.datetime) -> str:
    """`YYYY-MM-DD HH:MM:SS`, which is UTC."""
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")


def rfc3339(moment: dt.datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ`, with the fraction of a second if there is one."""
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def to_json(
    value: Any, time: Callable[[dt.datetime], str] = api_time, *, deep: bool = False
) -> Any:
    """A value of a model as JSON data: models as objects, times by `time`, others unchanged.

    `deep`: the values of a dict may be such values, too.
    """
    if isinstance(value, (list, Items)):
        return [to_json(item, time, deep=deep) for item in value]
    if isinstance(value, OpenStrEnum):
        return str(value)
    if isinstance(value, dt.datetime):
        return time(
            value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
        )
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if deep and isinstance(value, dict):
        return {name: to_json(item, time, deep=True) for name, item in value.items()}
    return copy.copy(value) if isinstance(value, dict) else value
