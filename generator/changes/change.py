"""One change, its rating, and the version that changes ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from ..document.document import DocumentError

Action = Literal["added", "changed", "removed"]
Version = tuple[int, int, int]


class Rating(IntEnum):
    """The effect of a change on programs that use the Python API; the worst is the highest."""

    DOCUMENTATION = 0
    """Words, examples, sources: nothing that a program can notice."""
    ADDITION = 1
    """There is more to use, or something takes more or promises more than it did."""
    BEHAVIOR = 2
    """Programs run and type-check as before; what happens inside or at the server differs."""
    BREAKING = 3
    """A program that was right fails, is refused, or does not type-check any more."""


@dataclass(frozen=True)
class MemberLocation:
    """Where a member is seen: `$.results[].cloudCover` in the answer of an operation."""

    operation: str
    side: Literal["request", "answer", "error"]
    path: str

    def __str__(self) -> str:
        return f"{self.operation} {self.side} {self.path}"


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        of: what changed, such as `operation`, `member`, `parameter`, `code`, `permissions`.
        name: which one: an operationId, `Schema.member`, an error code.
        text: what it means, in a sentence without its end.
        before, after: the two values, where they are short.
        places: for a member, each operation that shows it.
        renamed: the name that it seems to have on the other side.
    """

    action: Action
    of: str
    name: str
    rating: Rating
    text: str
    before: Any = None
    after: Any = None
    places: tuple[MemberLocation, ...] = ()
    renamed: str | None = None

    @property
    def breaking(self) -> bool:
        return self.rating is Rating.BREAKING


LEVELS = ("none", "patch", "minor", "major")


def level(ratings: Iterable[Rating]) -> str:
    """The part of the version that changes ask for: none, patch, minor or major."""
    worst = max(ratings, default=None)
    if worst is None:
        return "none"
    return {Rating.DOCUMENTATION: "patch", Rating.BREAKING: "major"}.get(worst, "minor")


def version(text: str) -> Version:
    """The three numbers of a version; what follows them (`rc1`, `.dev0`) does not count."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", text)
    if found is None:
        raise DocumentError(f"{text!r} is no version of the form 1.2.3.")
    major, minor, patch = map(int, found.groups())
    return major, minor, patch


def least(released: str, asked: str) -> str:
    """The lowest version after `released` that the level `asked` allows.

    While the first number is 0 there is no promise that it could break, so the second number takes
    its part and the third one that of the second: after 0.1.4 a break asks for 0.2.0, and an addition
    for 0.1.5 (semver.org, item 4). 1.0.0 does for anything, of course.
    """
    major, minor, patch = version(released)
    step = LEVELS.index(asked) - (major == 0)
    if asked == "none":
        found = (major, minor, patch)
    elif step == LEVELS.index("major"):
        found = (major + 1, 0, 0)
    elif step == LEVELS.index("minor"):
        found = (major, minor + 1, 0)
    else:
        found = (major, minor, patch + 1)
    return ".".join(map(str, found))


def is_enough(released: str, now: str, asked: str) -> bool:
    """Whether the version `now` may follow `released` when changes ask for the level `asked`."""
    return version(now) >= version(least(released, asked))
