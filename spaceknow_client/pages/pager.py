# Compiled by `python -m generator` from pager_async.py. Never edit by hand.
# ruff: noqa
"""Listings, page by page. The cursor alone ends one; an empty page does not."""

from __future__ import annotations

from collections.abc import Iterator, Callable
from copy import copy
from typing import TYPE_CHECKING, Generic, TypeVar

from ..errors.base import InvalidArgumentError, PaginationError, SpaceKnowError
from ..errors.shown import shown
from ..runtime.concurrency import Prefetch, Promise
from ..runtime.extras import require
from .page import Page, kept

if TYPE_CHECKING:
    import geopandas

    from ..generated.models import Scene

T = TypeVar("T")

# Fetches the page at a cursor; None asks for the first page.
Fetch = Callable[[str | None], Promise[Page[T]]]


class Pager(Generic[T]):
    """A lazy listing: `for item in pager` fetches each page when its first item is needed.

    Iterating again starts at the first page again. For listings that run as pipelines, every page
    is a pipeline of its own.
    """

    def __init__(
        self,
        fetch: Fetch[T],
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

    def limit(self, most: int) -> Pager[T]:
        """The same listing, cut after `most` items; no page is fetched that is not needed."""
        if isinstance(most, bool) or not isinstance(most, int) or most < 0:
            raise InvalidArgumentError(f"a listing cannot be cut after {shown(most)} items.")
        cut = copy(self)
        cut._most = most if self._most is None else min(most, self._most)
        return cut

    def prefetch(self, pages: int = 1) -> Pager[T]:
        """The same listing, with the next page fetched while the caller works on the last one.

        `pages` is 0 or 1: the cursor of a page is known only when the one before it is there. Off by
        default, since a page that is never looked at may have been paid for.
        """
        if pages not in (0, 1):
            raise InvalidArgumentError(f"pages fetched ahead are 0 or 1, not {shown(pages)}.")
        changed = copy(self)
        changed._ahead = bool(pages)
        return changed

    def by_page(self, cursor: str | None = None) -> Iterator[Page[T]]:
        """The pages, from the one at `cursor` (default: the first) to the last.

        Pages are whole: `limit` does not cut them. Raises PaginationError when the server gives a
        cursor a second time. An error in the middle has the cursor of the page that failed, as
        `error.cursor` and in a note that is printed with the traceback.
        """
        for page in self._pages(cursor, None):
            yield page

    def _pages(self, cursor: str | None, most: int | None) -> Iterator[Page[T]]:
        """The pages, as far as `most` items need them."""
        seen: set[str] = set()
        items = 0
        ahead: Prefetch[Page[T]] | None = None
        try:
            while True:
                if cursor is not None:
                    self._check_new(cursor, seen)
                    seen.add(cursor)
                try:
                    page = self._fetch(cursor) if ahead is None else ahead.result()
                    page = kept(page, self._keep)
                except SpaceKnowError as error:
                    if cursor is not None:
                        mark(error, cursor)
                    raise
                ahead = None
                items += len(page.items)
                wanted = most is None or items < most
                if self._ahead and wanted and page.cursor is not None and page.cursor not in seen:
                    ahead = Prefetch(self._fetch, page.cursor)
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
                "the server gave the same cursor twice, so the listing would never end",
                operation=self._operation,
                cursor=cursor,
            )

    def __iter__(self) -> Iterator[T]:
        left = self._most
        if left == 0:
            return
        cursor: str | None = None
        for page in self._pages(None, left):
            try:
                for item in page.items:
                    yield item
                    if left is not None:
                        left -= 1
                        if left == 0:
                            return
            except SpaceKnowError as error:  # items are read here, and this one is wrong
                error.cursor = cursor
                error.add_note(_way_on(cursor, page.cursor))
                raise
            cursor = page.cursor

    def first(self) -> T | None:
        """The first item; None when there is none."""
        for item in self:
            return item
        return None

    def collect(self) -> list[T]:
        """All items, every page read. In a notebook the list is a short table."""
        from ..runtime.notebook import Listed

        return Listed([item for item in self])

    def to_geodataframe(self: Pager[Scene]) -> geopandas.GeoDataFrame:
        """All scenes of a search as a table, as `sk.scenes_to_geodataframe` makes it. Needs the extra
        `pandas`: raises ConfigError without it, before anything is read."""
        from ..interop.conversions import scenes_to_geodataframe

        require("pandas", "geopandas", purpose="a table of scenes")
        return scenes_to_geodataframe(self.collect())


def mark(error: SpaceKnowError, cursor: str) -> None:
    """Adds the cursor of the page that failed."""
    error.cursor = cursor
    error.add_note(f"Go on from this page with by_page(cursor={cursor!r}).")


def _way_on(cursor: str | None, following: str | None) -> str:
    """What to do about an item that cannot be read: the rest of its page, and of the listing."""
    here = "by_page()" if cursor is None else f"by_page(cursor={cursor!r})"
    rest = "" if following is None else f" The next page is by_page(cursor={following!r})."
    return f"The other items of this page can be had as items[n] of {here}.{rest}"
