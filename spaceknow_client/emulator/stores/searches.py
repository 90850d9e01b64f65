"""Searches for scenes, in pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from shapely.geometry.base import BaseGeometry

from ..world.scenes import SceneRecord
from .cursors import Cursors
from .pipelines import JSON
from .scenes import Scenes

_MARK = "Z"  # between a cursor and a time in hexadecimal


@dataclass(frozen=True)
class Query:
    """The parameters of a search. Equal searches are equal."""

    provider: str
    dataset: str
    area: BaseGeometry = field(compare=False, repr=False)
    area_wkb: bytes
    start: datetime | None
    end: datetime | None
    min_intersection: float
    only_ingested: bool


class Searches:
    """Answers queries page by page. Scenes that appear later are not added to a started listing."""

    def __init__(self, scenes: Scenes, cursors: Cursors) -> None:
        self._scenes = scenes
        self._cursors = cursors
        # At the API each page is a separate search; here they share one.
        self._taken = lru_cache(maxsize=64)(self._search)

    def place(self, query: Query, cursor: str | None) -> tuple[datetime, int]:
        """The time of the newest scene of a listing, or now, and the start of a page in it.

        Raises AnswerError for a cursor of another query.
        """
        now = self._scenes.now
        if cursor is None:
            return now, 0
        name, _, moment = cursor.rpartition(_MARK)
        try:
            of = datetime.fromtimestamp(int(moment, 16), UTC)
        except (ValueError, OverflowError, OSError):
            of, name = now, ""
        if of > now:
            name = ""
        found = self._found(query, of)
        return of, self._cursors.offset((query, of), name, len(found))

    def page(self, query: Query, of: datetime, offset: int) -> JSON:
        """A page in the API's format."""
        found = self._found(query, of)
        shown = found[offset : offset + self._cursors.page_size]
        results: list[Any] = [scene.metadata() for scene in shown]
        newest = found[0].acquired if found else of
        cursor = self._cursors.after((query, newest), offset, len(found))
        if cursor is not None:
            cursor = f"{cursor}{_MARK}{int(newest.timestamp()):x}"
        return {"results": results, "cursor": cursor}

    def _found(self, query: Query, of: datetime) -> list[SceneRecord]:
        if query.only_ingested:
            clipped = self._scenes.clipped(query.provider, query.dataset)
            if clipped is not None:
                return [scene for scene in clipped if _suits(query, scene)]
        return [scene for scene in self._taken(query, of.year) if scene.acquired <= of]

    def _search(self, query: Query, year: int) -> list[SceneRecord]:
        last = datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
        return self._scenes.world.search(
            provider=query.provider,
            dataset=query.dataset,
            extent=query.area,
            start=query.start,
            end=last if query.end is None else min(query.end, last),
            min_intersection=query.min_intersection,
        )


def _suits(query: Query, scene: SceneRecord) -> bool:
    share = scene.footprint.intersection(query.area).area / max(query.area.area, 1e-300)
    return (
        share > 0
        and share >= query.min_intersection - 1e-9
        and (query.start is None or query.start <= scene.acquired)
        and (query.end is None or scene.acquired <= query.end)
    )
