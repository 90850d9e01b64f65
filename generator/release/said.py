"""Which changes of the document CHANGELOG names. The last release's document is their witness."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..changes import Change, Rating

# Words alone, and what follows from a change that is told by itself.
SILENT = {"description", "order", "alternatives"}
# What a change of a whole thing has to name beside it, where that is not what `of` says.
MARKS = {"safety": "x-safe-to-repeat", "paging": "x-page", "deprecation": "deprecated"}
# What is new as a whole changes nothing that a release has.
NEW = {"operation", "model", "code"}
WHOLE = {"operation", "member", "parameter", "model", "code", "value"}
NAMED = {"codes", "status", "link", "listed"}
KEY = re.compile(r"(?:: |^its )([\w-]+)(?: changed)?$")


def unsaid(changes: Iterable[Change], changelog: str) -> list[Change]:
    """The changes that no entry of a part of CHANGELOG names."""
    entries = [" ".join(entry.split()) for entry in re.split(r"^- ", changelog, flags=re.MULTILINE)]
    return [
        change
        for change in changes
        if _matters(change)
        and not any(all(_names(entry, word) for word in words(change)) for entry in entries[1:])
    ]


def words(change: Change) -> list[str]:
    """What an entry names that tells a change: where it is, and what of it changed."""
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
