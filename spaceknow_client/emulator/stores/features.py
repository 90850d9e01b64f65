"""GeoJSON DB: stored features, and the supported part of MongoDB's query language."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from ..validation.failures import AnswerError
from .cursors import Cursors
from .identifiers import digest
from .pipelines import JSON

_SELECTIONS = ("fields", "_fields")
_NOTHING = object()


class Features:
    """All features, in the order of creation. Thread-safe."""

    def __init__(self, seed: int, cursors: Cursors) -> None:
        self._seed = seed
        self._cursors = cursors
        self._lock = threading.Lock()
        self._features: dict[str, JSON] = {}

    def create(self, features: Iterable[JSON]) -> list[str]:
        """Stores new features; returns the identifiers of all.

        Identifiers are derived from the features.
        """
        named = {digest(self._seed, "feature", _text(each)).hex()[:24]: each for each in features}
        with self._lock:
            for name, feature in named.items():
                self._features.setdefault(name, {**feature, "id": name})
        return list(named)

    def search(self, body: Mapping[str, Any]) -> JSON:
        """A page of the features that match a query.

        A query maps paths of members to the required value, or a value in their list:
        `{"properties.collection": "ports"}`. `fields` or `_fields` lists the paths of returned members.
        Raises AnswerError for any other query, and for an invalid cursor.
        """
        query = {key: value for key, value in body.items() if key not in (*_SELECTIONS, "cursor")}
        if any(name.startswith("$") for name in _names(query)):
            raise AnswerError("MALFORMED-QUERY", "The emulator supports only tests for equality.")
        selection = [_selected(body[name]) for name in _SELECTIONS if name in body]
        with self._lock:
            stored = list(self._features.values())
        found = [
            feature
            for feature in stored
            if all(_matches(_at(feature, path), value) for path, value in query.items())
        ]
        key = _text({**body, "cursor": None})
        offset = self._cursors.offset(key, body.get("cursor"), len(found))
        shown = found[offset : offset + self._cursors.page_size]
        results = [_cut(feature, selection[0]) for feature in shown] if selection else shown
        return {"results": results, "cursor": self._cursors.after(key, offset, len(found))}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _names(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def _selected(paths: Any) -> list[str]:
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise AnswerError("MALFORMED-QUERY", "The fields must be a list of names.")
    return paths


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name, _NOTHING) if isinstance(value, dict) else _NOTHING
    return value


def _matches(found: Any, wanted: Any) -> bool:
    if found is _NOTHING:
        return wanted is None  # as in MongoDB
    return _text(found) == _text(wanted) or (
        isinstance(found, list) and any(_text(each) == _text(wanted) for each in found)
    )


def _cut(feature: JSON, paths: Iterable[str]) -> JSON:
    """The members of a feature at some paths, with its ID."""
    cut: JSON = {"id": feature["id"]}
    for path in paths:
        found = _at(feature, path)
        if found is _NOTHING:
            continue
        place = cut
        *outer, last = path.split(".")
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = found
    return cut
