"""Permissions and how they match.

The rule of the API Mechanics page: names are split at the dots, both are truncated to the shorter
length, and must then be equal. So the rule is symmetric: a broad permission of the user covers a
narrow requirement, and a narrow permission covers a broad requirement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..runtime.lists import elements


class Permission(str):
    """A name such as `imagery.availability.gbdx`, its parts separated by dots.

    Raises InvalidArgumentError for an empty name or an empty part.
    """

    __slots__ = ()

    def __new__(cls, name: str) -> Permission:
        """Checks the name."""
        if not isinstance(name, str) or not all(name.split(".")):
            raise InvalidArgumentError(
                f"a permission must consist of names separated by single dots, "
                f"such as imagery.availability.gbdx, not {shown(name)}."
            )
        return super().__new__(cls, name)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names between the dots."""
        return tuple(self.split("."))

    def matches(self, required: str) -> bool:
        """Whether this permission of a user covers `required`."""
        mine, needed = self.parts, Permission(required).parts
        shorter = min(len(mine), len(needed))
        return mine[:shorter] == needed[:shorter]


class PermissionSet(Set[Permission]):
    """The permissions of a user. A set of names; `allows` and `missing` apply the matching rule."""

    __slots__ = ("_names",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(map(Permission, elements("names", names, "a list of permissions")))

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[Permission]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)

    def __hash__(self) -> int:
        return hash(self._names)

    def __repr__(self) -> str:
        return f"PermissionSet({[str(name) for name in self]})"

    def allows(self, required: str) -> bool:
        """Whether any of these permissions matches `required`."""
        return any(name.matches(required) for name in self._names)

    def missing(self, *required: str) -> tuple[str, ...]:
        """The names in `required` that no permission covers, in their order."""
        return tuple(name for name in required if not self.allows(name))
