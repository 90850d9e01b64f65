"""Checks of single arguments, each of which converts its value to JSON.

The generated methods declare the rules of the document with these functions, once, when their module
is imported. A check takes the argument's name and its value, returns the JSON value, and raises
InvalidArgumentError with the name, the value and the rule.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from operator import index
from typing import Any

from ..errors.base import InvalidArgumentError, InvalidExtentError
from ..errors.shown import shown
from ..extents.extent import Extent
from ..generated import types
from ..generated.types import to_json
from ..maps.scene_id import SceneId
from ..runtime.datetimes import end_of, moment_of, start_of
from ..runtime.lists import as_list, refused
from ..runtime.secret import hidden

Check = Callable[[str, Any], Any]


def text(
    *,
    filled: bool = False,
    shortest: int = 0,
    longest: int | None = None,
    pattern: str | None = None,
    among: Iterable[str] = (),
    secret: bool = False,
) -> Check:
    """A string. `filled` refuses blank strings; a `secret` is not shown in the error."""
    allowed = tuple(among)
    rule = "one of " + ", ".join(map(repr, allowed)) if allowed else "a string"
    rule = "a non-empty string" if filled and not allowed else rule
    rule += _bounds(shortest, longest, "characters")
    rule += f" that matches {pattern}" if pattern is not None else ""
    matches = None if pattern is None else re.compile(pattern, re.ASCII).search

    def check(name: str, value: Any) -> Any:
        if (
            not isinstance(value, str)
            or (filled and not value.strip())
            or len(value) < shortest
            or (longest is not None and len(value) > longest)
            or (matches is not None and not matches(value))
            or (allowed and value not in allowed)
        ):
            raise refused(name, rule, type(value) if secret else value)
        return hidden(value) if secret else str.__str__(value)  # also for a member of a str Enum

    return check


def number(
    *,
    whole: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
    below: float | None = None,
    multiple: float | None = None,
) -> Check:
    """A finite number, or a `whole` one. `above` and `below` are exclusive limits."""
    rule = "a whole number" if whole else "a number"
    if minimum is not None and maximum is not None:
        rule += f" from {minimum:g} to {maximum:g}"
    else:
        rule += f" of at least {minimum:g}" if minimum is not None else ""
        rule += f" of at most {maximum:g}" if maximum is not None else ""
    rule += f" above {above:g}" if above is not None else ""
    rule += f" below {below:g}" if below is not None else ""
    rule += f", a multiple of {multiple:g}" if multiple is not None else ""

    def check(name: str, value: Any) -> Any:
        try:
            if isinstance(value, bool):
                raise TypeError
            if whole:
                found: float = index(value)
            elif isinstance(value, (int, float)):
                found = value
            elif isinstance(value, Real):  # such as a number of numpy
                found = float(value)
            else:
                raise TypeError
        except (TypeError, OverflowError):
            raise refused(name, rule, value) from None
        if (
            not (whole or math.isfinite(found))
            or (minimum is not None and found < minimum)
            or (maximum is not None and found > maximum)
            or (above is not None and found <= above)
            or (below is not None and found >= below)
            or (multiple is not None and abs(math.remainder(found, multiple)) > 1e-9 * abs(found))
        ):
            raise refused(name, rule, value)
        return found

    return check


def boolean() -> Check:
    """True or False, not a truthy value."""

    def check(name: str, value: Any) -> Any:
        if not isinstance(value, bool):
            raise refused(name, "True or False", value)
        return value

    return check


def among(*values: Any) -> Check:
    """One of the allowed values; True is not 1."""
    rule = "one of " * (len(values) > 1) + ", ".join(map(repr, values))

    def check(name: str, given: Any) -> Any:
        for value in values:
            if given == value and isinstance(given, bool) is isinstance(value, bool):
                return value
        raise refused(name, rule, given)

    return check


def binary() -> Check:
    """The bytes of a file."""

    def check(name: str, value: Any) -> Any:
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise refused(name, "bytes, the content of a file", type(value))
        return bytes(value)

    return check


def moment(*, last: bool = False, rfc3339: bool = False) -> Check:
    """A time: the first second of a period such as a month, or its `last`.

    The result has the API's form, in whole seconds, or that of RFC 3339.
    """
    read = end_of if last else moment_of if rfc3339 else start_of
    write = types.rfc3339 if rfc3339 else types.api_time

    def check(name: str, value: Any) -> Any:
        try:
            return write(read(value))
        except InvalidArgumentError as error:
            raise InvalidArgumentError(f"{name}: {error.message}", hint=error.hint) from error

    return check


def area(*, max_latitude: float | None = None) -> Check:
    """An extent as GeoJSON. Raises InvalidExtentError."""

    def check(name: str, value: Any) -> Any:
        extent = Extent(value)
        _, south, _, north = extent.bounds
        if max_latitude is not None and max(-south, north) > max_latitude:
            raise InvalidExtentError(
                f"its latitudes are {south:g} to {north:g}; {name} must be between "
                f"-{max_latitude:g} and {max_latitude:g} degrees.",
                hint="Remove the part that is nearer to a pole.",
            )
        return extent.to_geojson()

    return check


def array(item: Check, *, least: int = 0, most: int | None = None, unique: bool = False) -> Check:
    """A list or a column; each element is checked, with its number in the name."""
    rule = "a non-empty list" if least == 1 and most is None else "a list"
    rule += _bounds(least, most, "items") if rule == "a list" else ""
    rule += " without duplicates" if unique else ""

    def check(name: str, value: Any) -> Any:
        given = as_list(name, value, rule)
        found = [item(f"{name}[{number}]", each) for number, each in enumerate(given)]
        if (
            len(found) < least
            or (most is not None and len(found) > most)
            or (unique and any(each in found[:number] for number, each in enumerate(found)))
        ):
            raise refused(name, rule, value)
        return found

    return check


def one_or_several(item: Check) -> Check:
    """One element, or a non-empty list. Returns a list."""
    several = array(item, least=1)

    def check(name: str, value: Any) -> Any:
        is_one = isinstance(value, (str, bytes)) or not isinstance(value, Iterable)
        return [item(name, value)] if is_one else several(name, value)

    return check


def identity(model: str, attribute: str, inner: Check) -> Check:
    """The identifying attribute of an object of a listing; accepts the object itself too."""
    rule = f"a string ({attribute}) or a {model}"

    def check(name: str, value: Any) -> Any:
        if not isinstance(value, str):
            from ..generated import models

            if not isinstance(value, getattr(models, model)):
                raise refused(name, rule, value)
            taken = getattr(value, "datetime", None)
            found = inner(f"{name}.{attribute}", getattr(value, attribute))
            return found if taken is None else SceneId.of(found, taken)
        found = inner(name, value)
        return SceneId.of(found, value.taken) if isinstance(value, SceneId) else found

    return check


def json_object() -> Check:
    """An object of any members, or a model."""

    def check(name: str, value: Any) -> Any:
        if hasattr(value, "to_dict"):
            value = value.to_dict()
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise refused(name, "an object (a mapping with string keys)", value)
        return dict(value)

    return check


def record(
    members: Mapping[str, Check],
    *,
    required: Iterable[str] = (),
    others: Check | None = None,
) -> Check:
    """An object in the API's form, or its model. Undescribed members are kept, or checked by `others`."""
    needed = tuple(required)
    as_object = json_object()

    def check(name: str, value: Any) -> Any:
        made = as_object(name, value)
        for member in needed:
            if member not in made:
                raise InvalidArgumentError(f"{name}.{member} is missing.")
        for member, given in made.items():
            known = members.get(member, others)
            if known is not None:
                made[member] = known(f"{name}.{member}", given)
        return made

    return check


def nullable(inner: Check) -> Check:
    """None, or a value that `inner` accepts."""
    return lambda name, value: None if value is None else inner(name, value)


def either(*options: Check) -> Check:
    """The first matching form."""

    def check(name: str, value: Any) -> Any:
        problems: list[str] = []
        for option in options:
            try:
                return option(name, value)
            except InvalidArgumentError as error:
                problems.append(error.message)
        raise InvalidArgumentError(f"{name} matches none of its forms: {' '.join(problems)}")

    return check


def later(find: Callable[[], Check]) -> Check:
    """A check that is defined later, for recursive objects."""
    return lambda name, value: find()(name, value)


def anything() -> Check:
    """Any JSON value; a model becomes its object."""
    return lambda name, value: to_json(list(value) if isinstance(value, tuple) else value)


def parts(inner: Check, *, mark: str) -> Check:
    """A list or an object that is sent as one text, with a mark between its parts."""

    def check(name: str, value: Any) -> Any:
        found = inner(name, value)
        texts = [*found, *found.values()] if isinstance(found, dict) else found
        for each in texts:
            if mark in types.plain(each):
                raise InvalidArgumentError(
                    f"{name} cannot hold {shown(each)}: its parts are told apart by {mark!r}."
                )
        return found

    return check


def segment(inner: Check) -> Check:
    """A parameter of the path. `.` and `..` would lead to another endpoint."""

    def check(name: str, value: Any) -> Any:
        found = inner(name, value)
        if found in ("", ".", ".."):
            raise InvalidArgumentError(
                f"{name} must not be {shown(value)}, which would change the path of the request."
            )
        try:
            str(found).encode()
        except UnicodeEncodeError as error:
            raise InvalidArgumentError(
                f"{name} must be valid in a URL, not {shown(value)}."
            ) from error
        return found

    return check


def _bounds(least: int, most: int | None, what: str) -> str:
    if least and most is not None:
        return f" of {least} to {most} {what}"
    if most is not None:
        return f" of at most {most} {what}"
    return f" of at least {least} {what}" if least else ""


# For handwritten methods. Generated ones have it from the document.
SCENE_ID = identity("Scene", "scene_id", text(filled=True))
