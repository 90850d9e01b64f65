"""Ids of scenes that know when the scene was taken, and times as files have them. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable


class SceneId(str):
    """The id of a scene that also knows when the scene was taken."""

    taken: dt.datetime

    @classmethod
    def of(cls, scene_id: str, taken: dt.datetime) -> SceneId:
        """The id of a scene that was taken then."""
        made = cls(scene_id)
        made.taken = taken
        return made


def times_of(scene_ids: Iterable[str]) -> dict[str, dt.datetime]:
    """When scenes were taken, of those that know it."""
    return {str(each): each.taken for each in scene_ids if isinstance(each, SceneId)}


def as_utc(moment: dt.datetime) -> dt.datetime:
    """A time in UTC, which one without a zone is already."""
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def iso(moment: dt.datetime) -> str:
    """A time in UTC, with its zone."""
    return as_utc(moment).isoformat(timespec="seconds").replace("+00:00", "Z")
