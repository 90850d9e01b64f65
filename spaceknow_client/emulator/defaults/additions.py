"""A document that is newer than the emulator's code: what it has got since then.

Behaviour is written by hand, and follows the document only where somebody looks after it. Until
then a required member that is new, or has a new name, is answered with the document's example, and
a request that is read by names of old gets the default answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from .samples import resolved, sample

Schema = dict[str, Any]


@cache
def known_words() -> frozenset[str]:
    """Whatever the emulator's code mentions."""
    return frozenset(
        word
        for module in _modules(files("spaceknow_client.emulator"))
        for word in re.findall(r"\w+", module.read_text("utf-8"))
    )


def _modules(folder: Traversable) -> Iterator[Traversable]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _modules(item)
        elif item.name.endswith(".py"):
            yield item


def has_news(schema: Schema, document: Schema, seen: frozenset[int] = frozenset()) -> bool:
    """Whether a schema requires a member that the code does not know."""
    if id(schema) in seen:
        return False
    full = resolved(schema, document)
    inner = [*full.get("properties", {}).values(), full.get("items", {})]
    inner += [*full.get("anyOf", []), *full.get("oneOf", [])]
    return any(name not in known_words() for name in full.get("required", [])) or any(
        has_news(each, document, seen | {id(schema)}) for each in inner if each
    )


def completed(value: Any, schema: Schema, document: Schema) -> Any:
    """An answer of the code, with the required members that it does not know."""
    full = resolved(schema, document)
    if isinstance(value, list):
        items = full.get("items", {})
        return [completed(item, items, document) for item in value]
    if not isinstance(value, dict):
        return value
    members = full.get("properties", {})
    made = {
        name: completed(item, members[name], document) if name in members else item
        for name, item in value.items()
    }
    for name in full.get("required", []):
        if name not in made and name not in known_words():
            made[name] = sample(members.get(name, {}), document)
    return made


def is_of_old(name: object, schema: Schema, document: Schema) -> bool:
    """Whether the document has no member of this name (any more) in a body."""
    return isinstance(name, str) and name not in resolved(schema, document).get("properties", {})
