# Compiled by `python -m generator` from tiled_pager_async.py. Never edit by hand.
# ruff: noqa
"""One listing over many tiles: concurrent pipelines, one for each page of each tile."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Callable, Hashable, Iterator
from typing import Any, Generic, TypeVar

from ..errors.base import InvalidArgumentError, SpaceKnowError
from ..errors.shown import shown
from ..extents.tile_grid import GridTile, TileGrid
from ..pipelines.context import PipelineContext
from ..pipelines.pipeline import Pipeline
from ..pipelines.run import Run, Stages
from ..pipelines.run_progress import RunProgress
from ..runtime.concurrency import Promise
from .page import Chosen, Page, kept
from .pager import Pager, mark

T = TypeVar("T")

# Starts the pipeline of one page of a tile, at a cursor.
StartPage = Callable[[GridTile, str | None], Promise[Pipeline[Page[T]]]]

_CURSOR = re.compile(r"(\d+)(?::(.*))?", re.DOTALL)


class TileListing(Generic[T]):
    """The pages of one tile received so far. `place` is a cursor of the whole listing."""

    def __init__(self, number: int, cursor: str | None) -> None:
        self.number = number
        self.cursor = cursor  # of the next page
        self.pages: list[Page[T]] = []

    @property
    def place(self) -> str:
        """The cursor at which to resume."""
        return _place(self.number, self.cursor)


class TiledPager(Pager[T]):
    """A listing of the items on the tiles of an extent, without duplicates.

    Tiles are listed in order, whichever is done first. Several tiles are listed concurrently and ahead
    of iteration. A cursor is the number of a tile, with the cursor of a page within it.
    """

    def __init__(
        self,
        context: PipelineContext,
        start: StartPage[T],
        tiles: TileGrid,
        *,
        operation: str,
        key: Callable[[T], Hashable],
        concurrency: int,
        on_progress: Callable[[RunProgress], object] | None,
        keep: Callable[[T], bool] | None = None,
    ) -> None:
        super().__init__(self._never, operation, keep=keep)
        self._context = context
        self._start = start
        self._tiles = tiles
        self._key = key
        self._concurrency = concurrency
        self._on_progress = on_progress

    def _never(self, cursor: str | None) -> Page[T]:
        raise NotImplementedError  # `_pages` does the work

    def _pages(self, cursor: str | None, most: int | None) -> Iterator[Page[T]]:
        at = self._listing(cursor)
        run: Run[TileListing[T], Page[T]] = Run(
            self._context,
            self._taken_up(at),
            concurrency=self._concurrency,
            deadline=None,
            stop_on_error=False,
            on_progress=self._on_progress,
            total=len(self._tiles) - at.number,
            each=self._context.transport.options.pipeline_deadline,
        )
        outcomes = run.outcomes()
        seen: set[Hashable] = set()
        early: dict[int, tuple[TileListing[T], SpaceKnowError | None]] = {}
        number, given = at.number, 0
        try:
            for outcome in outcomes:
                early[outcome.input.number] = outcome.input, outcome.error
                while number in early:
                    listing, error = early.pop(number)
                    for page in self._merged(listing, seen):
                        yield page
                        given += len(page.items)
                        if most is not None and given >= most:
                            return
                    if error is not None:
                        mark(error, listing.place)
                        raise error
                    number += 1
        finally:
            outcomes.close()

    def _listing(self, cursor: str | None) -> TileListing[T]:
        """The tile and page of a cursor."""
        found = _CURSOR.fullmatch("0" if cursor is None else str(cursor))
        number = int(found[1]) if found else 0
        if not found or number >= max(1, len(self._tiles)):
            raise InvalidArgumentError(f"{shown(cursor)} is not a cursor of this listing.")
        return TileListing(number, found[2])

    def _taken_up(self, at: TileListing[T]) -> Iterator[tuple[TileListing[T], Stages]]:
        for number in range(at.number, len(self._tiles)):
            listing = at if number == at.number else TileListing[T](number, None)
            yield listing, self._turns(listing)

    def _turns(self, listing: TileListing[T]) -> Stages:
        """The pages one after another, up to the one without cursor."""
        tile = self._tiles[listing.number]
        seen: set[str] = set()

        def turn(page: Page[T] | None) -> Pipeline[Page[T]] | None:
            if page is not None:
                listing.pages.append(page)
                if page.cursor is None:
                    return None
                self._check_new(page.cursor, seen)
                listing.cursor = page.cursor
            if listing.cursor is not None:
                seen.add(listing.cursor)
            return self._start(tile, listing.cursor)

        return itertools.repeat(turn)

    def _merged(self, listing: TileListing[T], seen: set[Hashable]) -> Iterator[Page[T]]:
        """The pages of a tile, without items of earlier pages."""
        for page in listing.pages:
            following: str | None = None
            if page.cursor is not None:
                following = _place(listing.number, page.cursor)
            elif listing.number + 1 < len(self._tiles):
                following = _place(listing.number + 1, None)
            numbers = [i for i in range(len(page.items)) if self._is_new(page.items, i, seen)]
            merged: Page[T] = Page(
                items=Chosen(page.items, numbers), cursor=following, pipeline_id=page.pipeline_id
            )
            yield kept(merged, self._keep)

    def _is_new(self, items: Any, number: int, seen: set[Hashable]) -> bool:
        try:
            key = self._key(items[number])
        except SpaceKnowError:
            return True  # it is raised again when iteration reaches it
        if key in seen:
            return False
        seen.add(key)
        return True


def _place(number: int, cursor: str | None) -> str:
    return str(number) if cursor is None else f"{number}:{cursor}"
