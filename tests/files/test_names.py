"""No name leads out of the folder, and no two names become one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.world.render import MAP_TYPES
from spaceknow_client.generated.map_types import FILES
from spaceknow_client.maps.map_files import (
    names_of,
    picture_of,
    place_of,
    safe_name,
)
from tests.files.maps import made, released

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


UNNAMED = [kind for kind, files in FILES.items() if not files]


def test_the_known_files_are_those_of_the_emulator() -> None:
    assert {"ndvi", "s2-change", "sar-change"} == set(UNNAMED)
    named = {kind: files for kind, files in FILES.items() if files}
    assert {**named, "ndvi": ("heatmap.png",)} == MAP_TYPES


def test_which_picture_stands_for_a_map() -> None:
    pictures = {kind: picture_of(made(map_type=kind), None) for kind in FILES if FILES[kind]}
    assert pictures["imagery"] == "truecolor.png"
    assert pictures["cars"] == "cars.png"
    assert pictures["wrunc"] == "water.png"
    assert pictures["change"] == "heatmap.png"
    assert all(pictures[kind] in FILES[kind] for kind in pictures)
    assert picture_of(made(map_type="new"), "new.png") == "new.png"


@pytest.mark.parametrize("kind", [*UNNAMED, "new", None])
def test_a_type_without_known_files_needs_names(kind: str | None, tmp_path: Path) -> None:
    map = made(sk.Tile(16, 1, 2), map_type=kind)
    told = set()
    with sk.SpaceKnow(auth=sk.TokenAuth("t")) as client:  # nothing is sent
        for call in (
            lambda: client.kraken.mosaic(map),
            lambda: client.kraken.download(map, tmp_path / "folder"),
            lambda: sk.map_to_xarray(client, map),
        ):
            with pytest.raises(sk.InvalidArgumentError, match="known") as caught:
                call()
            told.add((str(caught.value), caught.value.hint))
    assert len(told) == 1
    assert not (tmp_path / "folder").exists()
    assert names_of(map, "heatmap.png") == ("heatmap.png",)


def test_tiles_have_descendants() -> None:
    assert list(TILE.descendants(3)) == [TILE]
    assert set(TILE.descendants(4)) == set(TILE.children)
    assert all(tile.parent.parent == TILE for tile in TILE.descendants(5))
    assert len(set(TILE.descendants(5))) == 16


@pytest.mark.parametrize("kind", ["imagery", "cars", "change", "wrunc", "houses"])
def test_a_map_of_any_named_type_needs_no_name(kind: str, tmp_path: Path) -> None:
    with Emulator(seconds_per_pipeline=0) as emu, emu.client() as client:
        map = released(emu, kind)
        picture = picture_of(map, None)
        assert client.kraken.mosaic(map).image.size[0] >= 256
        assert sk.map_to_xarray(client, map).attrs["file"] == picture
        done = client.kraken.download(map, tmp_path / "folder")
        asked = {call.path.rpartition("/")[2] for call in emu.calls("kraken.grid_file")}
    assert asked == set(FILES[kind])
    assert done.failed == 0
