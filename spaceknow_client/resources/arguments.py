"""Checks the arguments of resource methods, and converts them to JSON before a request is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..generated.types import UNSET, date_time
from .argument_checks import Check, record


@frozen
class Argument:
    """One argument of a method, and its member or parameter in the request.

    Attributes:
        member: its name in the document.
        name: its name in Python.
        required: whether the argument is required.
        clears: whether None is sent, as null; an omitted argument is UNSET.
    """

    member: str
    name: str
    check: Check
    required: bool = False
    clears: bool = False


class Arguments:
    """The arguments of one body, path or query.

    Args:
        constants: members that always have the same value.
        alternatives: groups of names; all names of one group are required.
        spans: pairs of names of times; the first time must not be later than the second.
        rest: the argument for all members without an argument of their own.
        others: the check of the values of those members.
        needs_rest: whether that argument is required.
        cursor: the member that a listing sets itself.
    """

    def __init__(
        self,
        *arguments: Argument,
        constants: Mapping[str, Any] | None = None,
        alternatives: Sequence[Sequence[str]] = (),
        spans: Sequence[tuple[str, str]] = (),
        rest: str | None = None,
        others: Check | None = None,
        needs_rest: bool = False,
        cursor: str = "cursor",
    ) -> None:
        self.arguments = arguments
        self.constants = dict(constants or {})
        self.alternatives = alternatives
        self.spans = spans
        self.rest = rest
        self.needs_rest = needs_rest
        self.cursor = cursor
        self._members = record({}, others=others)

    def __call__(self, **given: Any) -> Any:
        """The JSON object of the values; None is omitted, unless the member is required."""
        made: dict[str, Any] = dict(self.constants)
        values: dict[str, Any] = {}
        for argument in self.arguments:
            value = given[argument.name]
            if value is UNSET:
                continue
            if value is not None or argument.required or argument.clears:
                values[argument.name] = argument.check(argument.name, value)
                made[argument.member] = values[argument.name]
        if self.alternatives and not any(values.keys() >= {*each} for each in self.alternatives):
            ways = ", or ".join(" and ".join(each) for each in self.alternatives)
            raise InvalidArgumentError(f"one of these is required: {ways}.")
        for first, last in self.spans:
            times = [date_time(values[name], name) for name in (first, last) if name in values]
            if len(times) == 2 and times[0] > times[1]:
                raise InvalidArgumentError(
                    f"{last} ({values[last]}) must not be before {first} ({values[first]})."
                )
        if self.rest is not None and (self.needs_rest or given[self.rest] is not None):
            made |= self._further(self.rest, self._members(self.rest, given[self.rest]))
        return made

    def _further(self, name: str, members: dict[str, Any]) -> dict[str, Any]:
        own = {argument.member: argument.name for argument in self.arguments}
        for member in members:
            if member in own:
                raise InvalidArgumentError(
                    f"{name} must not contain {shown(member)}; pass it as the argument {own[member]}."
                )
            if member in self.constants or member == self.cursor:
                raise InvalidArgumentError(
                    f"{name} must not contain {shown(member)}, which the method sets."
                )
        return members
