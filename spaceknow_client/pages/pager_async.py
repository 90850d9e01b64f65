"""Listings, page by page. A listing ends with a page without cursor, not with an empty page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from copy import copy
from typing import TYPE_CHECKING, Generic, TypeVar

from ..errors.base import InvalidArgumentError, PaginationError, SpaceKnowError
from ..errors.shown import shown
from ..runtime.concurrency import AsyncPrefetch, AsyncPromise
from ..runtime.extras import require
from .page import Page, kept

if TYPE_CHECKING:
    import geopandas

    from ..generated.models import Scene

T = TypeVar("T")

# Fetches the page at a cursor; None stands for the first page.
AsyncFetch = Callable[[str | None], AsyncPromise[Page[T]]]


class AsyncPager(Generic[T]):
    """A lazy listing: `async for item in pager` fetches each page when its first item is needed.

    Each iteration starts at the first page. In listings that run as pipelines, each page is a separate
    pipeline.
    """

    def __init__(
        self,
        fetch: AsyncFetch[T],
        operation: str,
        most: int | None = None,
        ahead: bool = False,
        keep: Callable[[T], bool] | None = None,
    ) -> None:
        self._fetch = fetch
        self._operation = operation
        self._most = most
        self._ahead = ahead
        self._keep = keep

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._operation}>"

    def limit(self, most: int) -> AsyncPager[T]:
        """The same listing with at most `most` items; no further pages are fetched."""
        if isinstance(most, bool) or not isinstance(most, int) or most < 0:
            raise InvalidArgumentError(f"most must be a whole number from 0, not {shown(most)}.")
        cut = copy(self)
        cut._most = most if self._most is None else min(most, self._most)
        return cut

    def prefetch(self, pages: int = 1) -> AsyncPager[T]:
        """The same listing, fetching the next page while the current one is processed.

        `pages` must be 0 or 1: the cursor of a page is known only when the previous page is complete.
        Off by default, because an unused page may have cost credits.
        """
        if pages not in (0, 1):
            raise InvalidArgumentError(f"pages must be 0 or 1, not {shown(pages)}.")
        changed = copy(self)
        changed._ahead = bool(pages)
        return changed

    async def by_page(self, cursor: str | None = None) -> AsyncIterator[Page[T]]:
        """The pages, from the one at `cursor` (default: the first) to the last.

        Pages are complete: `limit` does not apply. Raises PaginationError if the server returns a
        cursor twice. Errors have the cursor of the failed page, as `error.cursor` and in a note that
        is printed with the traceback.
        """
        async for page in self._pages(cursor, None):
            yield page

    async def _pages(self, cursor: str | None, most: int | None) -> AsyncIterator[Page[T]]:
        """The pages needed for `most` items."""
        seen: set[str] = set()
        items = 0
        ahead: AsyncPrefetch[Page[T]] | None = None
        try:
            while True:
                if cursor is not None:
                    self._check_new(cursor, seen)
                    seen.add(cursor)
                try:
                    page = await (self._fetch(cursor) if ahead is None else ahead.result())
                    page = kept(page, self._keep)
                except SpaceKnowError as error:
                    if cursor is not None:
                        mark(error, cursor)
                    raise
                ahead = None
                items += len(page.items)
                wanted = most is None or items < most
                if self._ahead and wanted and page.cursor is not None and page.cursor not in seen:
                    ahead = AsyncPrefetch(self._fetch, page.cursor)
                yield page
                cursor = page.cursor
                if cursor is None:
                    return
        finally:
            if ahead is not None:
                ahead.drop()

    def _check_new(self, cursor: str, seen: set[str]) -> None:
        if cursor in seen:
            raise PaginationError(
                "the server returned the same cursor twice; stopped to avoid an endless listing",
                operation=self._operation,
                cursor=cursor,
            )

    async def __aiter__(self) -> AsyncIterator[T]:
        left = self._most
        if left == 0:
            return
        cursor: str | None = None
        async for page in self._pages(None, left):
            try:
                for item in page.items:
                    yield item
                    if left is not None:
                        left -= 1
                        if left == 0:
                            return
            except SpaceKnowError as error:  # an item cannot be parsed
                error.cursor = cursor
                error.add_note(_way_on(cursor, page.cursor))
                raise
            cursor = page.cursor

    async def first(self) -> T | None:
        """The first item; None if there is none."""
        async for item in self:
            return item
        return None

    async def collect(self) -> list[T]:
        """All items of all pages. In a notebook the list is a short table."""
        from ..runtime.notebook import Listed

        return Listed([item async for item in self])

    async def to_geodataframe(self: AsyncPager[Scene]) -> geopandas.GeoDataFrame:
        """All scenes of a search as a table, as from `sk.scenes_to_geodataframe`. Requires the extra
        `pandas`; without it, raises ConfigError before anything is read."""
        from ..interop.conversions import scenes_to_geodataframe

        require("pandas", "geopandas", purpose="a table of scenes")
        return scenes_to_geodataframe(await self.collect())


def mark(error: SpaceKnowError, cursor: str) -> None:
    """Adds the cursor of the failed page."""
    error.cursor = cursor
    error.add_note(f"To resume from this page, call by_page(cursor={cursor!r}).")


def _way_on(cursor: str | None, following: str | None) -> str:
    """How to get the other items of a page with an invalid item, and the following pages."""
    here = "by_page()" if cursor is None else f"by_page(cursor={cursor!r})"
    rest = "" if following is None else f" For the next page, call by_page(cursor={following!r})."
    return f"The other items of this page are available as items[n] of {here}.{rest}"
