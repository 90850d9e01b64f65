"""Drift on purpose: answers that differ from the document in ways that were asked for.

It is for trying out what notices drift. Each drift is a text `KIND:OPERATION:WHAT`:

- `add:user.info:newMember` - a member that the document does not have
- `remove:user.info:permissions` - a member that the document requires is missing
- `type:imagery.search.retrieve:results[].cloudCover` - a member of another type
- `null:user.info:email` - null where the document has none
- `enum:tasking.get_status:status` - a value that the document does not list
- `status:credits.remaining:203` - another status, the body stays
- `content-type:user.info:text/plain` - another content type, the body stays

Members are written with dots, and `[]` for every item of an array. Only answers of success drift.
What would be no drift is refused, since the document allows it: a member that may be missing, or
an object that takes any member.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import jsonschema_rs
from starlette.responses import Response

from spaceknow_client.contract.schemas import (
    Schema,
    SchemaLocation,
    choices,
    is_open_enum,
    named,
    places,
)

from .fault import changed

NEW_VALUE = "DRIFTED"

_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED)
_MISSING: Any = object()

Edit = Callable[[dict[str, Any], str], None]


@dataclass(frozen=True)
class SeededDrift:
    """One drift of an operation's answers, ready to happen."""

    operation: str
    apply: Callable[[Response], Response]


class Drifts:
    """The drifts that were asked for."""

    def __init__(self) -> None:
        self._drifts: list[SeededDrift] = []

    def add(self, drift: SeededDrift) -> None:
        """From now on answers drift so."""
        self._drifts.append(drift)

    def changed(self, operation: str, response: Response) -> Response:
        """What an answer has drifted to."""
        succeeded = 200 <= response.status_code < 300
        for drift in self._drifts:
            if drift.operation == operation and succeeded:
                response = drift.apply(response)
        return response


def seeded(text: str, document: dict[str, Any]) -> SeededDrift:
    """The drift that a text asks for. Raises ValueError for one that makes no sense."""
    kind, _, rest = text.partition(":")
    operation, _, what = rest.partition(":")
    make = _KINDS.get(kind)
    if make is None or not what:
        known = ", ".join(_KINDS)
        raise ValueError(f"{text!r} is no drift: write KIND:OPERATION:WHAT, with one of {known}.")
    for item in document["paths"].values():
        for entry in item.values():
            if isinstance(entry, dict) and entry.get("operationId") == operation:
                return SeededDrift(operation, make(entry, what, document))
    raise ValueError(f"{text!r}: there is no operation {operation!r}.")


Apply = Callable[[Response], Response]


def _add(entry: Schema, member: str, document: Schema) -> Apply:
    around, _, name = member.rpartition(".")
    schemas = document["components"]["schemas"]
    if _found(entry, member, document):
        raise ValueError(f"The document has {member!r} already.")
    parents = _found(entry, around, document)
    objects = [each for place in parents for each in choices(place.schema, schemas)]
    if not name or not any(each.get("properties") for each in objects):
        raise ValueError(f"There is no object with known members around {member!r}.")
    if any(each.get("additionalProperties") for each in objects):
        raise ValueError(f"The document takes any member beside {member!r}.")
    return _editor(member, lambda holder, name: holder.update({name: "new"}))


def _remove(entry: Schema, member: str, document: Schema) -> Apply:
    if not all(place.required for place in _described(entry, member, document)):
        raise ValueError(f"{member!r} may be missing: without it nothing has drifted.")
    return _editor(member, lambda holder, name: _drop(holder, name))


def _type(entry: Schema, member: str, document: Schema) -> Apply:
    return _replace(entry, member, document, (5, "text"), "takes any type")


def _null(entry: Schema, member: str, document: Schema) -> Apply:
    return _replace(entry, member, document, (None,), "may be null")


def _enum(entry: Schema, member: str, document: Schema) -> Apply:
    schemas = document["components"]["schemas"]
    for place in _described(entry, member, document):
        node = named(place.schema, schemas)
        if not ({"enum", "const"} & set(node) or is_open_enum(node)):
            raise ValueError(f"The document lists no values of {member!r}.")
    return _setter(entry, member, document, NEW_VALUE)


def _status(entry: Schema, what: str, document: Schema) -> Apply:
    status = int(what) if re.fullmatch("[0-9]{3}", what) else 0
    if not 200 <= status <= 599 or (status < 300 and what in entry["responses"]):
        raise ValueError(f"{what!r} is no status, 200 to 599, that would be new.")

    def apply(answer: Response) -> Response:
        return changed(answer, b"" if status in _BODILESS else answer.body, status=status)

    return apply


def _content_type(entry: Schema, what: str, document: Schema) -> Apply:
    return lambda answer: changed(answer, answer.body, headers={"content-type": what})


_KINDS: dict[str, Callable[[Schema, str, Schema], Apply]] = {
    "add": _add,
    "remove": _remove,
    "type": _type,
    "null": _null,
    "enum": _enum,
    "status": _status,
    "content-type": _content_type,
}


def _replace(
    entry: Schema, member: str, document: Schema, values: tuple[Any, ...], otherwise: str
) -> Apply:
    """Sets a member to the first value that the document does not take there."""
    components = {"components": document["components"]}
    validators = [
        jsonschema_rs.Draft202012Validator({**place.schema, **components})
        for place in _described(entry, member, document)
    ]
    fitting = [value for value in values if all(_is_other_type(each, value) for each in validators)]
    if not fitting:
        raise ValueError(f"{member!r} {otherwise}: nothing would have drifted.")
    return _setter(entry, member, document, fitting[0])


def _is_other_type(validator: jsonschema_rs.Validator, value: Any) -> bool:
    """Whether a value is refused, and not only for being out of bounds."""
    kinds = {error.kind.name for error in validator.iter_errors(value)}
    return bool(kinds) and not any("imum" in kind or kind == "pattern" for kind in kinds)


def _setter(entry: Schema, member: str, document: Schema, value: Any) -> Apply:
    """Sets a member. Where the object around it is of one kind it is set even if it was missing."""
    schemas = document["components"]["schemas"]
    parents = _found(entry, member.rpartition(".")[0], document)
    kinds = [each for place in parents for each in choices(place.schema, schemas)]

    def edit(holder: dict[str, Any], name: str) -> None:
        if name in holder or len(kinds) == 1:
            holder[name] = value

    return _editor(member, edit)


def _found(entry: Schema, member: str, document: Schema) -> list[SchemaLocation]:
    content = entry["responses"]["200"].get("content", {}).get("application/json")
    if content is None:
        return []
    return places(content["schema"], member, document["components"]["schemas"])


def _described(entry: Schema, member: str, document: Schema) -> list[SchemaLocation]:
    found = _found(entry, member, document)
    if not found or not member or member.endswith("[]"):
        raise ValueError(f"The answer of {entry['operationId']} has no member {member!r}.")
    return found


def _editor(member: str, edit: Edit) -> Apply:
    """Changes a member in every object that could have it."""

    def apply(answer: Response) -> Response:
        try:
            body = json.loads(bytes(answer.body))
        except ValueError:
            return answer
        *around, name = member.split(".")
        for holder in list(_holders(body, around)):
            edit(holder, name)
        return changed(answer, json.dumps(body, separators=(",", ":")).encode())

    return apply


def _holders(value: Any, around: list[str]) -> Iterator[dict[str, Any]]:
    """The objects at a place, in every item of the arrays on the way."""
    if not around:
        if isinstance(value, dict):
            yield value
        return
    name, arrays = around[0].partition("[")[0], around[0].count("[]")
    found = [value.get(name, _MISSING)] if isinstance(value, dict) else []
    for _ in range(arrays):
        found = [item for each in found if isinstance(each, list) for item in each]
    for each in found:
        yield from _holders(each, around[1:])


def _drop(holder: dict[str, Any], name: str) -> None:
    holder.pop(name, None)
