# Compiled by `python -m generator` from spending_async.py. Never edit by hand.
# ruff: noqa
"""Allocations with a credit limit: check the price, reserve it, pay, and replace it by the cost."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ..errors.base import AmbiguousRequestError, InvalidArgumentError, SpaceKnowError
from ..errors.shown import shown
from ..extents.extent import Extent, ExtentLike
from ..generated.api.credits_ import credits_allocate_area, credits_check_area
from ..generated.models import AreaCost
from ..pipelines.credit_budget import CreditBudget, as_float
from ..runtime.concurrency import Lock
from ..transport.attempt_result import AlreadyStartedError
from ..transport.transport import Transport
from .operations.credits import _ALLOCATE_AREA_BODY

if TYPE_CHECKING:
    from ..generated.models import Scene
    from ..runtime.lists import ListLike

log = logging.getLogger("spaceknow_client")


class Spending:
    """The budget of one call or run. Threads and tasks can share it.

    Areas are priced and allocated one at a time, so that no two use the same credits.
    """

    def __init__(self, transport: Transport, budget: CreditBudget) -> None:
        self.budget = budget
        self._transport = transport
        self._lock = Lock()

    def allocate(
        self,
        extent: ExtentLike | Extent,
        scene_ids: ListLike[str | Scene],
        *,
        user_id: str | None = None,
        credits_tier: str | None = None,
        cost_free_allocation: bool | None = None,
    ) -> AreaCost:
        """Allocates an area unless its price is 0; returns the price or the cost.

        Raises CreditLimitError and InvalidResponseError as the budget does, AmbiguousRequestError if
        the outcome is unknown, of this request or of an earlier one.
        """
        body: Any = _ALLOCATE_AREA_BODY(
            extent=extent,
            scene_ids=scene_ids,
            user_id=user_id,
            credits_tier=credits_tier,
            cost_free_allocation=cost_free_allocation,
        )
        with self._lock:
            while True:
                try:
                    return self._allocate(body)
                except AlreadyStartedError:
                    log.debug("another process has allocated the area; checking the price again")

    def _allocate(self, body: Any) -> AreaCost:
        self.budget.check()
        request = credits_allocate_area.get_request(body=body)
        self._transport.prepare(request)
        recorder, expires = self._transport.recorder, self._transport.expires()
        record = recorder.record(request, False, expires) if recorder else None
        before = record.look() if record else None
        try:
            price = self._transport.send(
                credits_check_area.get_request(body=body), credits_check_area.parse, expires=expires
            )
        except SpaceKnowError as error:
            self.budget.heed(error)
            raise
        reserved = self.budget.reserve(
            price.parsed.cost, operation=credits_check_area.OPERATION, request_id=price.request_id
        )
        if not reserved and not body.get("costFreeAllocation"):
            if record is not None and before is not None and before.is_unknown:
                record.took_effect()
            return price.parsed
        if before is not None and before.is_unknown:
            self.budget.free(reserved)
            raise before.unknown_outcome()
        try:
            answer = self._transport.send(
                request, credits_allocate_area.parse, expires=expires, record=record
            )
        except AmbiguousRequestError as error:
            error.reserved = as_float(reserved)
            self.budget.heed(error)
            raise
        except (SpaceKnowError, AlreadyStartedError):  # all other errors mean that it had no effect
            self.budget.free(reserved)
            raise
        except BaseException:
            log.warning(
                "an allocation was interrupted; it may have cost %.12g credits", as_float(reserved)
            )
            raise
        self.budget.settle(
            reserved,
            answer.parsed.cost,
            operation=credits_allocate_area.OPERATION,
            request_id=answer.request_id,
        )
        return answer.parsed


def ceiling(allocate: bool, max_credits: float | None) -> CreditBudget | None:
    """The requested credit limit. Raises InvalidArgumentError."""
    if not isinstance(allocate, bool):
        raise InvalidArgumentError(f"allocate must be True or False, not {shown(allocate)}.")
    if max_credits is not None:
        return CreditBudget(max_credits)
    if allocate:
        raise InvalidArgumentError(
            "allocate=True spends credits and requires max_credits.",
            hint="Pass max_credits=N, the maximum to spend.",
        )
    return None
