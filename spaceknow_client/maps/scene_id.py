"""Scene ids with acquisition times, and times in files. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable


class SceneId(str):
    """The id of a scene, with its acquisition time."""

    taken: dt.datetime

    @classmethod
    def of(cls, scene_id: str, taken: dt.datetime) -> SceneId:
        """The id of a scene with this acquisition time."""
        made = cls(scene_id)
        made.taken = taken
        return made


def times_of(scene_ids: Iterable[str]) -> dict[str, dt.datetime]:
    """The known acquisition times of scenes."""
    return {str(each): each.taken for each in scene_ids if isinstance(each, SceneId)}


def as_utc(moment: dt.datetime) -> dt.datetime:
    """A time in UTC; a time without a zone is UTC already."""
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def iso(moment: dt.datetime) -> str:
    """A time in UTC, with its zone."""
    return as_utc(moment).isoformat(timespec="seconds").replace("+00:00", "Z")
