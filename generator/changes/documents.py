"""Compares two bundled documents: operations, schemas, error codes, and what stands at the root."""

from __future__ import annotations

from typing import Any

from spaceknow_client.contract.document import Schema

from ..tables.catalogue import FLAGS
from ..tables.error_classes import class_name
from .change import Action, Change, Rating
from .operations import EXAMPLES, OperationPair, call, examples_of
from .schemas import Schemas, Spot
from .usages import Usages

FIRST = ("operation", "code")
LAST = ("model", "description", "document")
# The members of a code that programs notice.
OF_CODES = {
    "api": (
        Rating.BREAKING,
        "{name} is of another group, and `except` of the old one misses it: api",
    ),
    "repeat": (Rating.BEHAVIOR, "its advice on retries changed: repeat"),
} | {flag: (Rating.BEHAVIOR, f"what clients do about it changed: {flag}") for flag in FLAGS}


def compare(old: Schema, new: Schema) -> list[Change]:
    """All changes between two bundled documents: the worst first, then operations and codes."""
    schemas = Schemas(Usages(old), Usages(new))
    pairs = [
        OperationPair(schemas, name)
        for name in schemas.old.operations
        if name in schemas.new.operations
    ]
    schemas.find_pairs(values for pair in pairs for values in pair.values())
    _come_and_gone(schemas)
    for pair in pairs:
        pair.compare()
    schemas.components()
    _codes(schemas)
    _root(schemas)
    return sorted(schemas.changes, key=_order)


def _order(change: Change) -> tuple[Any, ...]:
    if change.of in FIRST:
        return -change.rating, FIRST.index(change.of), change.name, change.action
    return -change.rating, len(FIRST) + (change.of in LAST), change.name, change.of, change.action


def _add(
    schemas: Schemas, action: Action, of: str, name: str, rating: Rating, text: str, *values: Any
) -> None:
    schemas.add(action, Spot(of, name, frozenset({"request", "answer"})), rating, text, *values)


def _come_and_gone(schemas: Schemas) -> None:
    ours, theirs = schemas.old.operations, schemas.new.operations
    gone = {name: ours[name][:2] for name in ours if name not in theirs}
    come = {name: theirs[name][:2] for name in theirs if name not in ours}
    for name, at in gone.items():
        text = f"{call(name, schemas.old)} is gone"
        _add(schemas, "removed", "operation", name, Rating.BREAKING, text)
        schemas.mark_renamed(next((other for other in come if come[other] == at), None))
    for name, at in come.items():
        text = f"{call(name, schemas.new)} is new"
        _add(schemas, "added", "operation", name, Rating.ADDITION, text)
        schemas.mark_renamed(next((other for other in gone if gone[other] == at), None))


def _codes(schemas: Schemas) -> None:
    ours: dict[str, Any] = schemas.old.document.get("x-errors", {})
    theirs: dict[str, Any] = schemas.new.document.get("x-errors", {})
    for code in (code for code in ours if code not in theirs):
        _add(schemas, "removed", "code", code, Rating.BREAKING, f"{class_name(code)} is gone")
    for code in (code for code in theirs if code not in ours):
        _add(schemas, "added", "code", code, Rating.ADDITION, f"{class_name(code)} is new")
    for code in (code for code in ours if code in theirs):
        for key in sorted(ours[code].keys() | theirs[code].keys()):
            before, after = ours[code].get(key), theirs[code].get(key)
            if before != after:
                rating, text = OF_CODES.get(key, (Rating.DOCUMENTATION, f"its {key} changed"))
                text = text.format(name=class_name(code))
                _add(schemas, "changed", "code", code, rating, text, before, after)


def _root(schemas: Schemas) -> None:
    ours, theirs = schemas.old.document, schemas.new.document
    for key in sorted((ours.keys() | theirs.keys()) - {"paths", "components", "x-errors"}):
        before, after = ours.get(key), theirs.get(key)
        if key.startswith("x-") and isinstance(before, dict) and isinstance(after, dict):
            for name in sorted(before.keys() | after.keys()):
                if before.get(name) != after.get(name):
                    text = f"what is known of {name} changed"
                    _add(schemas, "changed", "listed", f"{key} {name}", Rating.BEHAVIOR, text)
        elif before != after:
            words = key in ("openapi", "info", "tags", "externalDocs")
            rating = Rating.DOCUMENTATION if words else Rating.BEHAVIOR
            _add(schemas, "changed", "document", key, rating, f"{key} of the document changed")
    before, after = ours.get("components", {}), theirs.get("components", {})
    for section in sorted((before.keys() | after.keys()) - {"schemas"}):
        if before.get(section) != after.get(section):
            rating = Rating.BEHAVIOR if section == "securitySchemes" else Rating.DOCUMENTATION
            if section == "responses":
                _shared_examples(schemas, before.get(section, {}), after.get(section, {}))
            text = f"{section} of the components changed"
            _add(schemas, "changed", "document", f"components.{section}", rating, text)


def _shared_examples(schemas: Schemas, ours: dict[str, Schema], theirs: dict[str, Schema]) -> None:
    """The examples of responses that operations share: told here, and not of each operation."""
    for name in (name for name in ours if name in theirs):
        before = examples_of(ours[name], schemas.old.document)
        after = examples_of(theirs[name], schemas.new.document)
        if before != after:
            _add(schemas, "changed", "examples", name, Rating.DOCUMENTATION, EXAMPLES)
