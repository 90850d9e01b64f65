"""Overviews are those of the whole picture, whatever the order of its tiles."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import spaceknow_client as sk
from spaceknow_client.maps.layout import layout_of
from spaceknow_client.maps.map_files import in_quads
from spaceknow_client.maps.pictures.overviews import (
    Overviews,
    Piece,
    halved,
    levels_of,
    sampled,
)
from spaceknow_client.maps.pictures.tiff import Pixels
from tests.files.maps import made

SIDE = 16


def colors(rows: int, columns: int, seed: int) -> Pixels:
    made = np.random.default_rng(seed).integers(0, 256, (rows, columns, 4), np.uint8)
    made[..., 3] = np.random.default_rng(seed).choice([0, 80, 255], (rows, columns))
    return made


@given(data=st.data(), columns=st.integers(1, 7), rows=st.integers(1, 7))
def test_tiles_make_what_the_picture_makes(data: st.DataObject, columns: int, rows: int) -> None:
    places = [(row, column) for row in range(rows) for column in range(columns)]
    known = data.draw(st.sets(st.sampled_from(places), min_size=1))
    come = data.draw(st.permutations(sorted(known)))
    empty = data.draw(st.sets(st.sampled_from(come)))
    never = data.draw(st.sets(st.sampled_from(come)))
    levels = levels_of(columns, rows, SIDE)
    across = 2**levels
    picture = np.zeros((across * SIDE, across * SIDE, 4), np.uint8)
    tiles = np.zeros((rows, columns), np.bool_)
    tiles |= [[place in known for place in row] for row in _rows(rows, columns)]
    overviews = Overviews(tiles, levels, is_color=True)
    pieces: list[Piece] = []
    for row, column in come:
        if (row, column) in never:
            continue
        pixels = None if (row, column) in empty else colors(SIDE, SIDE, row * 10 + column)
        if pixels is not None:
            place = np.s_[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
            picture[place] = pixels
        pieces += overviews.add(row, column, pixels)
        pieces += overviews.add(row, column, pixels)  # a tile that arrives twice counts once
    if not never:
        assert not list(overviews.rest())
    pieces += overviews.rest()
    assert len({piece[:3] for piece in pieces}) == len(pieces)
    for level in range(1, levels + 1):
        picture = halved(picture)
        for _, row, column, pixels in (piece for piece in pieces if piece.level == level):
            place = np.s_[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
            assert np.array_equal(picture[place], pixels)
            picture[place] = 0
        assert not picture.any() or level < levels
        for _, row, column, pixels in (piece for piece in pieces if piece.level == level):
            place = np.s_[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
            picture[place] = pixels


def _rows(rows: int, columns: int) -> list[list[tuple[int, int]]]:
    return [[(row, column) for column in range(columns)] for row in range(rows)]


@given(arrays(np.uint8, (4, 6, 4)))
def test_a_half_is_the_mean_of_what_can_be_seen(pixels: Pixels) -> None:
    small = halved(pixels)
    exact = pixels.astype(float).reshape(2, 2, 3, 2, 4).transpose(0, 2, 1, 3, 4).reshape(2, 3, 4, 4)
    opaque = exact[..., 3:]
    assert np.abs(small[..., 3] - opaque[..., 0].mean(2)).max() <= 0.5
    seen = opaque.sum(2) > 0
    weighed = (exact[..., :3] * opaque).sum(2) / np.maximum(opaque.sum(2), 1)
    assert np.abs(np.where(seen, small[..., :3] - weighed, 0)).max() <= 0.51
    assert not small[..., :3][~seen[..., 0]].any()
    # The fast path, for opaque tiles, has the same result.
    pixels[..., 3] = 255
    mean = pixels.astype(int).reshape(2, 2, 3, 2, 4).sum((1, 3))
    assert np.array_equal(halved(pixels), (mean + 2) // 4)


def waiting(map: sk.KrakenMap, zoom: int) -> int:
    """The maximum number of overview tiles that wait for others, if tiles arrive in quads."""
    layout = layout_of(map.tiles, zoom)
    places = [(tile.y - layout.top, tile.x - layout.left) for tile in in_quads(map, zoom)]
    assert len(set(places)) == len(places)
    tiles = np.zeros((layout.rows, layout.columns), np.bool_)
    for place in places:
        tiles[place] = True
    overviews, most, begun, over = Overviews(tiles, 8, is_color=False), 0, set(), set()
    pixels = np.ones((2, 2, 1), np.uint8)
    for row, column in places:
        begun |= {(level, row >> level, column >> level) for level in range(1, 9)}
        over |= {piece[:3] for piece in overviews.add(row, column, pixels)}
        most = max(most, len(begun) - len(over))
    return most


def test_few_tiles_wait_whatever_the_zoom_levels_are() -> None:
    alone = made(sk.Tile(10, 512, 512), max_zoom=18)
    assert waiting(alone, 16) <= 8
    corner = sk.Tile(16, 512 * 64 - 1, 512 * 64 - 1)
    assert waiting(made(*alone.tiles, corner, corner, max_zoom=18), 16) <= 8


def test_numbers_are_not_mixed() -> None:
    numbers = np.arange(64, dtype=np.uint16).reshape(4, 8, 2)
    assert set(sampled(numbers).flat) < set(numbers.flat)
    assert sampled(numbers).shape == (2, 4, 2)


@pytest.mark.parametrize(
    ("columns", "rows", "side", "levels"),
    [
        (1, 1, 256, 0),
        (2, 1, 256, 1),
        (3, 2, 256, 2),
        (1, 32, 512, 5),
        (5000, 9, 256, 8),
        (9, 9, 80, 4),
    ],
)
def test_the_smallest_is_one_tile(columns: int, rows: int, side: int, levels: int) -> None:
    assert levels_of(columns, rows, side) == levels


@given(
    st.sets(st.tuples(st.integers(3, 40), st.integers(90, 120)), min_size=1),
    st.sampled_from([None, 7, 8]),
)
def test_tiles_in_quads(places: set[tuple[int, int]], zoom: int | None) -> None:
    tiles = [sk.Tile(7, x, y) for x, y in places]
    random.Random(1).shuffle(tiles)
    map = made(*tiles, max_zoom=9)
    ordered = list(in_quads(map, zoom))
    assert sorted(ordered) == sorted(
        child for tile in tiles for child in tile.descendants(zoom or 7)
    )
    west, north = min(tile.x for tile in ordered), min(tile.y for tile in ordered)
    for level in range(1, 7):
        quads = [((tile.x - west) >> level, (tile.y - north) >> level) for tile in ordered]
        changes = sum(one != other for one, other in pairwise(quads))
        assert changes == len(set(quads)) - 1  # a quad that was completed is not entered again
