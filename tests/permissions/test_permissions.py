"""The matching rule of permissions, as the API Mechanics page gives it."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceknow_client import InvalidArgumentError, Permission, PermissionSet

USERS = ("imagery.availability", "imagery.availability.gbdx", "kraken", "imagery")
TABLE = {
    "imagery.availability": (True, True, False, True),
    "imagery.availability.gbdx.idaho-pansharpened": (True, True, False, True),
    "imagery.availability.pl": (True, False, False, True),
    "imagery.images": (False, False, False, True),
    "imagery": (True, True, False, True),
}
NAMES = st.lists(st.sampled_from(["a", "b", "imagery"]), min_size=1, max_size=4).map(".".join)


@pytest.mark.parametrize("required", TABLE)
def test_the_documented_table(required: str) -> None:
    assert tuple(PermissionSet([user]).allows(required) for user in USERS) == TABLE[required]


@given(NAMES, NAMES)
def test_matching_is_symmetric(one: str, other: str) -> None:
    assert Permission(one).matches(other) == Permission(other).matches(one)
    assert Permission(one).matches(one)


@given(st.lists(NAMES), st.lists(NAMES))
def test_what_is_missing_is_what_nothing_allows(mine: list[str], needed: list[str]) -> None:
    permissions = PermissionSet(mine)
    missing = permissions.missing(*needed)
    assert list(missing) == [name for name in needed if not permissions.allows(name)]


def test_a_part_matches_whole_or_not_at_all() -> None:
    assert not Permission("imagery.avail").matches("imagery.availability")


@pytest.mark.parametrize("name", ["", ".", "a..b", "a.", ".a", None, 3])
def test_what_is_no_permission(name: str) -> None:
    with pytest.raises(InvalidArgumentError):
        Permission(name)


def test_a_set_is_a_set() -> None:
    permissions = PermissionSet(["kraken.release", "imagery"])
    assert "imagery" in permissions
    assert len(permissions | {Permission("user")}) == 3
    assert pickle.loads(pickle.dumps(permissions)) == permissions
    assert repr(permissions) == "PermissionSet(['imagery', 'kraken.release'])"
