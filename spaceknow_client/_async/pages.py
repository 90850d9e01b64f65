"""Listings, page by page. The cursor alone ends one; an empty page does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from ..errors.base import InvalidArgumentError, PaginationError, SpaceKnowError
from ..pages import AsyncFetch, Page

T = TypeVar("T")


class AsyncPager(Generic[T]):
    """A lazy listing: `async for item in pager` fetches each page when its first item is needed.

    Iterating again starts at the first page again. For listings that run as pipelines, every page
    is a pipeline of its own.
    """

    def __init__(
        self,
        fetch: AsyncFetch[T],
        operation: str,
        most: int | None = None,
    ) -> None:
        self._fetch = fetch
        self._operation = operation
        self._most = most

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._operation}>"

    def limit(self, most: int) -> AsyncPager[T]:
        """The same listing, cut after `most` items; no page is fetched that is not needed."""
        if isinstance(most, bool) or not isinstance(most, int) or most < 0:
            raise InvalidArgumentError(f"a listing cannot be cut after {most!r} items.")
        if self._most is not None:
            most = min(most, self._most)
        return AsyncPager(self._fetch, self._operation, most)

    async def by_page(self, cursor: str | None = None) -> AsyncIterator[Page[T]]:
        """The pages, from the one at `cursor` (default: the first) to the last.

        Pages are whole: `limit` does not cut them. Raises PaginationError when the server gives a
        cursor a second time. Any error in the middle has a note (`__notes__`, printed with the
        traceback) with the cursor of the page that failed.
        """
        seen: set[str] = set()
        while True:
            if cursor is not None:
                if cursor in seen:
                    raise PaginationError(
                        "the server gave the same cursor twice, so the listing would never end",
                        operation=self._operation,
                        cursor=cursor,
                    )
                seen.add(cursor)
            try:
                page = await self._fetch(cursor)
            except SpaceKnowError as error:
                if cursor is not None:
                    error.add_note(f"Go on from this page with by_page(cursor={cursor!r}).")
                raise
            yield page
            cursor = page.cursor
            if cursor is None:
                return

    async def __aiter__(self) -> AsyncIterator[T]:
        left = self._most
        if left == 0:
            return
        cursor: str | None = None
        async for page in self.by_page():
            try:
                for item in page.items:
                    yield item
                    if left is not None:
                        left -= 1
                        if left == 0:
                            return
            except (
                SpaceKnowError
            ) as error:  # items are read here, one by one, and this one is wrong
                error.add_note(_way_on(cursor, page.cursor))
                raise
            cursor = page.cursor

    async def first(self) -> T | None:
        """The first item; None when there is none."""
        async for item in self:
            return item
        return None

    async def collect(self) -> list[T]:
        """All items, every page read."""
        return [item async for item in self]


def _way_on(cursor: str | None, following: str | None) -> str:
    """What to do about an item that cannot be read: the rest of its page, and of the listing."""
    here = "by_page()" if cursor is None else f"by_page(cursor={cursor!r})"
    rest = "" if following is None else f" The next page is by_page(cursor={following!r})."
    return f"The other items of this page can be had as items[n] of {here}.{rest}"
