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
        """Allocates an area in scenes, which spends credits. Analyses of it need no credits then.

        Args:
            extent: the area (see Extent). Its latitudes must lie between -85 and 85 degrees.
            scene_ids: ids of the scenes, or the Scenes of a search; at least one.
            max_credits: the most that may be spent. `check_area` is asked first, and nothing is
                allocated when the price is above this, or 0: then the area is allocated already, or
                free. Without it, whatever the area costs is spent.
            user_id, credits_tier, cost_free_allocation: as in `check_area`. It is not certain that
                an allocation takes them.

        Gives the area in km2 and what it cost in credits. The request is never sent twice, and the
        client's journal has it from before it is sent.

        Raises CreditLimitError when the price is above `max_credits`, and when the cost was above
        the price (`spent` has it); AmbiguousRequestError when the outcome is unknown (`reserved` has
        the price), now or of an equal request in the journal; InvalidResponseError for a price that
        is no finite number of at least 0; InvalidArgumentError and InvalidExtentError before
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
