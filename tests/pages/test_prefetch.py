"""The next page fetched ahead: never one that is not needed, and never in another order."""

from __future__ import annotations

import pickle
import time
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.pages.page import Page
from tests.conftest import Both


def pager_of(both: Both, pages: list[Any]) -> tuple[Any, list[str | None]]:
    """A listing of pages, each a list of items or an error; and the cursors of the requests."""
    asked: list[str | None] = []

    def page(cursor: str | None) -> Page[int]:
        asked.append(cursor)
        number = 0 if cursor is None else int(cursor)
        if isinstance(pages[number], Exception):
            raise pages[number]
        following = str(number + 1) if number + 1 < len(pages) else None
        return Page(items=pages[number], cursor=following)

    async def page_async(cursor: str | None) -> Page[int]:
        return page(cursor)

    if both.is_sync:
        return sk.Pager(page, "test.pages"), asked
    return sk.AsyncPager(page_async, "test.pages"), asked


async def taken(both: Both, pager: Any, number: int) -> tuple[list[Any], Any]:
    """The first items of a listing that is not read to its end, and its iterator."""
    if both.is_sync:
        iterator = iter(pager)
        return [next(iterator) for _ in range(number)], iterator
    iterator = aiter(pager)
    return [await anext(iterator) for _ in range(number)], iterator


async def closed(both: Both, iterator: Any) -> None:
    await both.settle(iterator.close() if both.is_sync else iterator.aclose())


async def until(condition: Any) -> None:
    import asyncio

    ends = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < ends
        await asyncio.sleep(0.01)


async def test_by_default_a_page_is_fetched_when_it_is_needed(both: Both) -> None:
    pager, asked = pager_of(both, [[1, 2], [], [3], [4]])
    items, iterator = await taken(both, pager, 2)
    assert (items, asked) == ([1, 2], [None])
    await closed(both, iterator)
    assert await both.items_of(pager) == [1, 2, 3, 4]


async def test_the_next_page_is_there_when_it_is_asked_for(both: Both) -> None:
    pager, asked = pager_of(both, [[1, 2], [], [3], [4]])
    ahead = pager.prefetch()
    _, iterator = await taken(both, ahead, 1)
    await until(lambda: asked == [None, "1"])
    await closed(both, iterator)
    asked.clear()
    assert await both.items_of(ahead) == [1, 2, 3, 4]
    assert asked == [None, "1", "2", "3"]
    assert await both.items_of(ahead.prefetch(0)) == [1, 2, 3, 4]


async def test_no_page_is_fetched_ahead_of_a_limit(both: Both) -> None:
    pager, asked = pager_of(both, [[1, 2], [3, 4], [5]])
    for limited in (pager.prefetch().limit(4), pager.limit(4).prefetch()):
        asked.clear()
        assert await both.items_of(limited) == [1, 2, 3, 4]
        assert asked == [None, "1"]


async def test_an_error_ahead_comes_in_its_turn_with_its_cursor(both: Both) -> None:
    error = sk.TransportError("lost")
    pager, asked = pager_of(both, [[1, 2], error, [3]])
    iterator = pager.prefetch()
    seen: list[int] = []

    async def read() -> None:
        if both.is_sync:
            seen.extend(iterator)
            return
        async for item in iterator:
            seen.append(item)

    with pytest.raises(sk.TransportError) as caught:
        await read()
    assert seen == [1, 2]
    assert caught.value.cursor == "1"
    assert pickle.loads(pickle.dumps(caught.value)).cursor == "1"
    assert asked == [None, "1"]
    # An error of a page ahead is not raised if the page is never read.
    _, left = await taken(both, iterator, 1)
    await closed(both, left)


async def test_a_cursor_that_comes_again_is_not_fetched_ahead(both: Both) -> None:
    asked: list[str | None] = []

    def same(cursor: str | None) -> Page[int]:
        asked.append(cursor)
        return Page(items=[1], cursor="again")

    async def same_async(cursor: str | None) -> Page[int]:
        return same(cursor)

    pager: Any
    pager = sk.Pager(same, "x") if both.is_sync else sk.AsyncPager(same_async, "x")
    with pytest.raises(sk.PaginationError):
        await both.items_of(pager.prefetch())
    assert asked == [None, "again"]


@pytest.mark.parametrize("odd", [2, -1, "1", None])
def test_odd_numbers_of_pages(odd: Any) -> None:
    with pytest.raises(sk.InvalidArgumentError):
        sk.Pager(lambda cursor: Page(items=[], cursor=None), "x").prefetch(odd)
