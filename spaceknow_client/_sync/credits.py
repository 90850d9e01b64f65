# Compiled by `python -m generator` from _async/. Never edit by hand.
"""Credits: `client.credits`."""

from __future__ import annotations

from collections.abc import Sequence

from ..areas import allocatable, checked_scene_ids
from ..extent import Extent, ExtentLike
from ..generated.api.credits_ import credits_allocate_area, credits_check_area, credits_remaining
from ..generated.models import AreaAllocationRequest, AreaCheckRequest, AreaCost
from ..generated.types import UNSET
from .transport import Transport


class Credits:
    """The credits of the user's group, and what they buy: areas of scenes to analyse."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def remaining(self) -> float:
        """How many credits are left. Needs `credits.get-remaining-credit`. API facts, section 12."""
        answer = self._transport.send(credits_remaining.get_request(), credits_remaining.parse)
        return answer.parsed.remaining_credit

    def check_area(
        self,
        extent: ExtentLike | Extent,
        *,
        scene_ids: Sequence[str],
        user_id: str | None = None,
        credits_tier: str | None = None,
        cost_free_allocation: bool | None = None,
    ) -> AreaCost:
        """What the allocation of an area in scenes would cost. Needs `credits.check-area`; spends nothing.

        Args:
            extent: the area; its latitudes lie between -85 and 85 degrees.
            scene_ids: ids of the scenes, at least one.
            user_id: another user to ask for, which takes special rights.
            credits_tier, cost_free_allocation: sent as they are; their values are not published.

        Gives `cost` (credits) and `km2`, presumably of the part that is not allocated yet. Raises
        InvalidExtentError, InvalidArgumentError; InvalidGeojsonError. API facts, section 12.
        """
        body = AreaCheckRequest(
            scene_ids=checked_scene_ids(scene_ids),
            geojson=allocatable(extent),
            user_id=UNSET if user_id is None else user_id,
            credits_tier=UNSET if credits_tier is None else credits_tier,
            cost_free_allocation=cost_free_allocation,
        )
        request = credits_check_area.get_request(body=body)
        answer = self._transport.send(request, credits_check_area.parse)
        return answer.parsed

    def allocate_area(self, extent: ExtentLike | Extent, *, scene_ids: Sequence[str]) -> AreaCost:
        """Allocates an area in scenes, which spends credits; analyses of it are then free.

        The call is never sent twice: AmbiguousRequestError says when credits may have been spent
        all the same. Ask `check_area` for the cost before. Raises NotEnoughCreditsError,
        InvalidExtentError, InvalidArgumentError. API facts, section 12.
        """
        body = AreaAllocationRequest(
            scene_ids=checked_scene_ids(scene_ids), geojson=allocatable(extent)
        )
        request = credits_allocate_area.get_request(body=body)
        answer = self._transport.send(request, credits_allocate_area.parse)
        return answer.parsed
