"""Searches for scenes, cut into pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from shapely.geometry.base import BaseGeometry

from .failures import AnswerError
from .identifiers import digest, identifier
from .pipelines import JSON
from .world import SceneRecord, World


@dataclass(frozen=True)
class Query:
    """What is searched for. Queries that ask the same are equal."""

    provider: str
    dataset: str
    area: BaseGeometry = field(compare=False, repr=False)
    area_wkb: bytes
    start: datetime | None
    end: datetime | None
    min_intersection: float


class Searches:
    """Answers queries page by page.

    Cursors look random. They are bound to the query and follow from it, so any cursor that was
    once answered stays valid.
    """

    def __init__(self, world: World, page_size: int, seed: int) -> None:
        if page_size < 1:
            raise ValueError(f"A page cannot hold {page_size} scenes.")
        self._world = world
        self._page_size = page_size
        self._seed = seed
        # Every page is a search of its own at the API, here the pages share one.
        self._found = lru_cache(maxsize=64)(self._search)
        self._cursors = lru_cache(maxsize=64)(self._make_cursors)

    def offset(self, query: Query, cursor: str | None) -> int:
        """Where a page begins. Raises AnswerError for a cursor that this query never had."""
        if cursor is None:
            return 0
        try:
            return self._cursors(query)[cursor]
        except KeyError:
            message = "The cursor is not valid for this search."
            raise AnswerError("INVALID-CURSOR", message) from None

    def page(self, query: Query, offset: int) -> JSON:
        """A page as the API answers it."""
        end = offset + self._page_size
        found = self._found(query)
        results: list[Any] = [scene.metadata() for scene in found[offset:end]]
        cursor = self._cursor(digest(query), end) if end < len(found) else None
        return {"results": results, "cursor": cursor}

    def _search(self, query: Query) -> list[SceneRecord]:
        return self._world.search(
            provider=query.provider,
            dataset=query.dataset,
            extent=query.area,
            start=query.start,
            end=query.end,
            min_intersection=query.min_intersection,
        )

    def _make_cursors(self, query: Query) -> Mapping[str, int]:
        offsets = range(self._page_size, len(self._found(query)), self._page_size)
        key = digest(query)
        return {self._cursor(key, offset): offset for offset in offsets}

    def _cursor(self, key: bytes, offset: int) -> str:
        return identifier(20, self._seed, "cursor", key, offset)
