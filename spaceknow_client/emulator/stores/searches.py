"""Searches for scenes, cut into pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from shapely.geometry.base import BaseGeometry

from ..world.scenes import SceneRecord
from ..world.world import World
from .cursors import Cursors
from .pipelines import JSON


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
    """Answers queries page by page."""

    def __init__(self, world: World, cursors: Cursors) -> None:
        self._world = world
        self._cursors = cursors
        # Every page is a search of its own at the API, here the pages share one.
        self._found = lru_cache(maxsize=64)(self._search)

    def offset(self, query: Query, cursor: str | None) -> int:
        """Where a page begins. Raises AnswerError for a cursor that this query never had."""
        return 0 if cursor is None else self._cursors.offset(query, cursor, len(self._found(query)))

    def page(self, query: Query, offset: int) -> JSON:
        """A page as the API answers it."""
        found = self._found(query)
        shown = found[offset : offset + self._cursors.page_size]
        results: list[Any] = [scene.metadata() for scene in shown]
        return {"results": results, "cursor": self._cursors.after(query, offset, len(found))}

    def _search(self, query: Query) -> list[SceneRecord]:
        return self._world.search(
            provider=query.provider,
            dataset=query.dataset,
            extent=query.area,
            start=query.start,
            end=query.end,
            min_intersection=query.min_intersection,
        )
