"""Credits of the user's group, and allocations."""

from __future__ import annotations

from collections.abc import Collection

from shapely.geometry.base import BaseGeometry

from ..accounts.groups import Group, Purchase, of_scene
from ..extents import area_of, on_earth, square_meters
from ..state import State
from ..stores.pipelines import JSON
from ..validation.failures import AnswerError
from ..validation.statuses import INVALID_BODY
from .checks import scenes_of
from .registry import OperationRequest, handles

MAX_LATITUDE = 85.0
MAX_MONTHS = 1200
FOR_OTHERS = "admin.credits"
"""The permission to check and allocate for other users, also without credits."""


@handles("credits.remaining")
def remaining(state: State, asked: OperationRequest) -> JSON:
    """The remaining credits of the user's group."""
    return {"remainingCredit": asked.caller.purse.credits}


@handles("credits.check_area")
def check_area(state: State, asked: OperationRequest) -> JSON:
    """The cost of an allocation."""
    body = asked.body
    group, area = _group(state, asked), _area(body["geojson"])
    free = body.get("costFreeAllocation", False)
    return group.quote(_purchases(state, body), area, free=free)._asdict()


@handles("credits.allocate_area")
def allocate_area(state: State, asked: OperationRequest) -> JSON:
    """Buys an area, in scenes or for months."""
    body = asked.body
    group, area = _group(state, asked), _area(body["geojson"])
    free = body.get("costFreeAllocation", False)
    if free:
        _require_rights(asked)
    return group.allocate(_purchases(state, body), area, free=free)._asdict()


def _group(state: State, asked: OperationRequest) -> Group:
    """The group whose credits are spent."""
    user_id = asked.body.get("userId")
    if user_id in (None, asked.caller.id):
        return asked.caller.purse
    _require_rights(asked)
    user = state.users.of_id(user_id)
    if user is None:
        raise AnswerError("NON-EXISTENT-USER", "No user has this ID.")
    return user.purse


def _require_rights(asked: OperationRequest) -> None:
    if not asked.caller.allows(FOR_OTHERS):
        raise AnswerError("ACCESS-DENIED", f"You lack the permission {FOR_OTHERS}.")


def _area(geojson: JSON) -> BaseGeometry:
    whole = area_of(geojson)
    area = on_earth(whole)
    _, south, _, north = whole.bounds
    if square_meters(area) <= 0:
        raise AnswerError("INVALID-GEOJSON", "The GeoJSON has no area on Earth.")
    if south < -MAX_LATITUDE or north > MAX_LATITUDE:
        message = f"Latitudes must be from -{MAX_LATITUDE:g} to {MAX_LATITUDE:g} degrees."
        raise AnswerError("INVALID-GEOJSON", message)
    return area


def _purchases(state: State, body: JSON) -> list[Purchase]:
    if "sceneIds" not in body:
        return [(month,) for month in _months(body)]
    scenes, failure = scenes_of(state, body["sceneIds"])
    if failure is not None:
        raise AnswerError(*failure)
    return [of_scene(scene) for scene in scenes]


def _months(body: JSON) -> Collection[str]:
    months: dict[str, None] = {}
    for each in body.get("ranges", ()):
        for number in range(_number(each["from"]), _number(each["to"]) + 1):
            months[f"{number // 12:04}-{number % 12 + 1:02}"] = None
            if len(months) > MAX_MONTHS:
                raise AnswerError(INVALID_BODY, f"At most {MAX_MONTHS} months are allowed.")
    return months


def _number(month: str) -> int:
    year, _, rest = month.partition("-")
    return int(year) * 12 + int(rest) - 1
