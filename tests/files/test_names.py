"""No name leads out of the folder, and no two names become one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.emulator.world.render import MAP_TYPES
from spaceknow_client.maps.map_files import (
    FILES,
    names_of,
    picture_of,
    place_of,
    safe_name,
)
from tests.files.maps import made

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
TILE = sk.Tile(3, 1, 2)


@given(NAMES)
def test_a_name_is_one_part_of_a_path_everywhere(name: str) -> None:
    try:
        place = place_of(TILE, name)
    except sk.InvalidArgumentError:
        return
    for kind in (PurePosixPath, PureWindowsPath):
        path = kind(str(place))
        assert len(path.parts) == 4
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert path.parts[0].isascii()


@given(NAMES, NAMES)
def test_two_names_stay_two(one: str, other: str) -> None:
    with suppress(sk.InvalidArgumentError):
        assert (safe_name(one) == safe_name(other)) is (one == other)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("cars.png", "cars.png"),
        ("a/b", "a%2Fb"),
        ("..", "%2E%2E"),
        (".hidden", "%2Ehidden"),
        ("CON.png", "%43ON.png"),
        ("lpt1", "%6Cpt1"),
        ("console.png", "console.png"),
        ("a:b", "a%3Ab"),
        ("é", "%C3%A9"),
        ("x.", "x%2E"),
    ],
)
def test_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_the_known_files_are_those_of_the_emulator() -> None:
    undocumented = {"ndvi"}  # its one file has no name in the sources
    assert {name: files for name, files in MAP_TYPES.items() if name not in undocumented} == FILES


def test_which_picture_stands_for_a_map() -> None:
    pictures = {kind: picture_of(made(map_type=kind), None) for kind in FILES}
    assert pictures["imagery"] == "truecolor.png"
    assert pictures["cars"] == "cars.png"
    assert pictures["wrunc"] == "water.png"
    assert all(pictures[kind] in files for kind, files in FILES.items())
    assert picture_of(made(map_type="new"), None) == "new.png"
    with pytest.raises(sk.InvalidArgumentError):
        picture_of(made(map_type=None), None)


def test_a_type_without_known_files_needs_names(tmp_path: Path) -> None:
    for kind in ("ndvi", None):
        with pytest.raises(sk.InvalidArgumentError, match="not known"):
            names_of(made(map_type=kind), None)
    assert names_of(made(map_type="ndvi"), "heatmap.png") == ("heatmap.png",)


def test_tiles_have_descendants() -> None:
    assert list(TILE.descendants(3)) == [TILE]
    assert set(TILE.descendants(4)) == set(TILE.children)
    assert all(tile.parent.parent == TILE for tile in TILE.descendants(5))
    assert len(set(TILE.descendants(5))) == 16
