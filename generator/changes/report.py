"""Tells changes: to people, to programs, and as a draft of CHANGELOG."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ..document.names import member_name
from .change import Change, Rating, is_enough, least, level
from .sides import Side

WIDTH = 80
TITLES = {
    Rating.BREAKING: "Breaking",
    Rating.BEHAVIOR: "Not breaking: something behaves otherwise",
    Rating.ADDITION: "Not breaking: more than before",
    Rating.DOCUMENTATION: "Not breaking: words, sources, lists that programs do not see",
}
RULE = (
    "While the first number of the version is 0, the second one is the number of breaks (semver.org, "
    "item 4)."
)
MEMBER = re.compile(r"(?<=[\w\]]\.)\w+")
MOST = 60  # characters of a value that is shown


def report(changes: list[Change], old: Side, new: Side) -> str:
    """The report for people, at most 80 columns wide where names allow it."""
    lines = [f"{_side(old)} -> {_side(new)}"]
    if not changes:
        return f"{lines[0]}\n\nNothing changed.\n"
    for rating, title in TITLES.items():
        found = [change for change in changes if change.rating is rating]
        if found:
            lines += ["", f"{title} ({len(found)})", ""]
            lines += [line for change in found for line in entry(change)]
    lines += ["", *_wrapped(bump(changes, old, new), ""), "", "Draft for CHANGELOG.md:", ""]
    return "\n".join([*lines, draft(changes)])


def as_json(changes: list[Change], old: Side, new: Side) -> str:
    """The same for programs."""
    asked = level(change.rating for change in changes)
    data = {
        "old": {"name": old.name, "version": old.version},
        "new": {"name": new.name, "version": new.version},
        "breaking": any(change.breaking for change in changes),
        "bump": asked,
        "least_version": least(old.version, asked) if old.version else None,
        "changes": [_as_dict(change) for change in changes],
        "changelog": draft(changes),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def bump(changes: list[Change], old: Side, new: Side) -> str:
    """The version that the changes ask for, in a sentence or two."""
    asked = level(change.rating for change in changes)
    text = f"These changes ask for a {asked} bump"
    if old.version is None:
        return f"{text}."
    text += f": {least(old.version, asked)} or later, after {old.version}."
    if new.version and is_enough(old.version, new.version, asked):
        text += f" {new.version} is enough."
    return f"{text} {RULE}" if old.version.startswith("0.") else text


def entry(change: Change) -> Iterator[str]:
    """The lines of one change."""
    yield from _wrapped(f"{change.action} {change.of} {change.name}: {change.text}", "- ")
    before, after = _short(change.before), _short(change.after)
    if before and after and after not in change.text:
        yield from _wrapped(f"{before} -> {after}", "  ")
    if change.renamed:
        yield from _wrapped(f"renamed? {_other(change)}", "  ")
    if change.places:
        more = len(change.places) - 1
        text = f"at {change.places[0]}" + (f" and {more} more" if more else "")
        yield from _wrapped(text, "  ")


def draft(changes: list[Change]) -> str:
    """Entries in the form of Keep a Changelog; a person makes them readable."""
    others = {change.name for change in changes if change.of == "operation"}
    sections: dict[str, list[str]] = {"Added": [], "Changed": [], "Deprecated": [], "Removed": []}
    for change in changes:
        if change.rating is Rating.DOCUMENTATION or _follows(change, others):
            continue
        section = change.action.capitalize()
        if change.of == "deprecation" and change.after:
            section = "Deprecated"
        text = f"`{_in_python(change)}`: {change.text}."
        if change.renamed:
            text += f" Renamed? {_other(change)}."
        mark = "**Breaking:** " if change.breaking else ""
        sections[section] += _wrapped(mark + text, "- ", 100)
    parts = [[f"### {title}", "", *lines] for title, lines in sections.items() if lines]
    return "\n\n".join("\n".join(part) for part in parts) + "\n" if parts else "Nothing to tell.\n"


def _follows(change: Change, others: set[str]) -> bool:
    """Whether a draft tells the change with another: a class, the second half of a pipeline."""
    if change.of == "operation":
        return change.name.replace(".retrieve", ".initiate") in others - {change.name}
    used = {place.operation for place in change.places}
    return change.of == "model" and bool(used) and used <= others


def _in_python(change: Change) -> str:
    """The name that a program uses: `Scene.cloud_cover` for the member `Scene.cloudCover`."""
    if change.of == "value" or not change.places:
        return change.name
    return MEMBER.sub(lambda found: member_name(found[0]), change.name)


def _as_dict(change: Change) -> dict[str, Any]:
    told = {"breaking": change.breaking, "rating": change.rating.name.lower()}
    return asdict(change) | told


def _other(change: Change) -> str:
    return f"{change.renamed} seems to be its {'old' if change.action == 'added' else 'new'} name"


def _side(side: Side) -> str:
    return side.name + (f" ({side.version})" if side.version else "")


def _short(value: Any) -> str:
    text = "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"


def _wrapped(text: str, indent: str, width: int = WIDTH) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
