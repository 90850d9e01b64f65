"""Which changes of the document since the last release are named in CHANGELOG."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..changes import Change, Rating

# Changes of texts only, and consequences of changes that are reported separately.
SILENT = {"description", "order", "alternatives"}
# The word that an entry has to contain for a kind of change, if it is not the kind itself.
MARKS = {"safety": "x-safe-to-repeat", "paging": "x-page", "deprecation": "deprecated"}
# Kinds whose additions do not change anything in the last release.
NEW = {"operation", "model", "code"}
WHOLE = {"operation", "member", "parameter", "model", "code", "value"}
NAMED = {"codes", "status", "link", "listed"}
KEY = re.compile(r"(?:: |^its )([\w-]+)(?: changed)?$")


def unsaid(changes: Iterable[Change], changelog: str) -> list[Change]:
    """The changes that no entry in this section of CHANGELOG names."""
    entries = [" ".join(entry.split()) for entry in re.split(r"^- ", changelog, flags=re.MULTILINE)]
    return [
        change
        for change in changes
        if _matters(change)
        and not any(all(_names(entry, word) for word in words(change)) for entry in entries[1:])
    ]


def words(change: Change) -> list[str]:
    """The words that an entry needs to name a change: its place, and what changed there."""
    named = re.split(r"[ ()]+", change.name.rstrip(")"))
    if change.of == "permissions":
        return [named[0], *sorted({*change.before} ^ {*change.after})]
    if change.of in NAMED or (change.of in WHOLE and change.action != "changed"):
        return named
    found = KEY.search(change.text) if change.of in ("bound", "code") else None
    return [*named, found[1] if found else MARKS.get(change.of, change.of)]


def _matters(change: Change) -> bool:
    if change.of in SILENT:
        return change.breaking
    if change.action == "added" and change.of in NEW:
        return change.breaking
    return change.of != "document" or change.rating is not Rating.DOCUMENTATION


def _names(entry: str, word: str) -> bool:
    return bool(re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\w)", entry))
