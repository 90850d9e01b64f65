# Compiled by `python -m generator` from credits_async.py. Never edit by hand.
# ruff: noqa
"""Credits and the areas allocated with them (the Credits API): `client.credits`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..extents.extent import Extent, ExtentLike
from .operations.credits import CreditsResource
from .spending import Spending, ceiling

if TYPE_CHECKING:
    from ..generated.models import AreaCost, Scene
    from ..runtime.lists import ListLike


class Credits(CreditsResource):
    """Credits of the caller's group, and the areas allocated with them."""

    def allocate_area(
        self,
        extent: ExtentLike | Extent,
        scene_ids: ListLike[str | Scene],
        *,
        max_credits: float | None = None,
        user_id: str | None = None,
        credits_tier: str | None = None,
        cost_free_allocation: bool | None = None,
    ) -> AreaCost:
        """Allocates an area in scenes, which spends credits. Later analyses of the area are free.

        Args:
            extent: the area (see Extent). Its latitudes must be between -85 and 85 degrees.
            scene_ids: ids of the scenes, or the Scenes of a search; at least one.
            max_credits: the maximum to spend. The price is checked first with `check_area`. Nothing
                is allocated if the price is higher, or if it is 0: the area is then allocated
                already, or free. Without it, any price is paid.
            user_id, credits_tier, cost_free_allocation: as in `check_area`. It is unknown whether
                allocations accept them.

        Returns the area in km2 and its cost in credits. The request is never sent twice, and it is
        recorded in the client's journal before it is sent.

        Raises CreditLimitError if the price is above `max_credits`, or if the cost was above the
        price (see `spent`); AmbiguousRequestError if the outcome is unknown (`reserved` is the
        price), of this request or of an equal one in the journal; InvalidResponseError for a price
        that is not a finite number of at least 0; InvalidArgumentError and InvalidExtentError before
        anything is sent; NotEnoughCreditsError and other errors of the API.
        """
        budget = ceiling(allocate=False, max_credits=max_credits)
        allocate = self._allocate_area
        if budget is not None:
            allocate = Spending(self._transport, budget).allocate
        return allocate(
            extent,
            scene_ids,
            user_id=user_id,
            credits_tier=credits_tier,
            cost_free_allocation=cost_free_allocation,
        )
