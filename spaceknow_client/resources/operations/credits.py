# Compiled by `python -m generator` from credits_async.py. Never edit by hand.
# ruff: noqa
"""Credits of the caller's group and the areas allocated with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...extents.extent import Extent, ExtentLike
from ..argument_checks import area, array, boolean, identity, nullable, text
from ..arguments import Argument, Arguments

if TYPE_CHECKING:
    from ...generated.models import AreaCost, Scene
    from ...runtime.lists import ListLike
    from ...transport.transport import Transport

_CHECK_AREA_BODY = Arguments(
    Argument("geojson", "extent", area(max_latitude=85), required=True),
    Argument(
        "sceneIds",
        "scene_ids",
        array(identity("Scene", "scene_id", text(filled=True)), least=1),
        required=True,
    ),
    Argument("userId", "user_id", nullable(text())),
    Argument("creditsTier", "credits_tier", nullable(text())),
    Argument("costFreeAllocation", "cost_free_allocation", boolean()),
)
_ALLOCATE_AREA_BODY = Arguments(
    Argument("geojson", "extent", area(max_latitude=85), required=True),
    Argument(
        "sceneIds",
        "scene_ids",
        array(identity("Scene", "scene_id", text(filled=True)), least=1),
        required=True,
    ),
    Argument("userId", "user_id", nullable(text())),
    Argument("creditsTier", "credits_tier", nullable(text())),
    Argument("costFreeAllocation", "cost_free_allocation", boolean()),
)


class CreditsResource:
    """Credits of the caller's group and the areas allocated with them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def remaining(self) -> float:
        """Get the remaining credits.

        Returns the credits that the caller can still spend. The body may be missing, empty or an
        empty object.

        Requires `credits.get-remaining-credit`. Sending it twice costs nothing, so it is retried
        after temporary failures.

        Errors of the API: NoValidBindingError, NonExistentGroupError, NotAuthorizedError,
        InvalidJwtError, AccessDeniedError, MethodNotAllowedError, PayloadTooLargeError,
        UnsupportedEnvironmentError.
        """
        from ...generated.api.credits_ import credits_remaining as operation

        answer = self._transport.send(operation.get_request(), operation.parse)
        return answer.parsed.remaining_credit

    def check_area(
        self,
        extent: ExtentLike | Extent,
        scene_ids: ListLike[str | Scene],
        *,
        user_id: str | None = None,
        credits_tier: str | None = None,
        cost_free_allocation: bool | None = None,
    ) -> AreaCost:
        """Get the cost of an allocation.

        Returns whether the caller's group has allocated the area in the scenes, and the price of
        the rest. It spends nothing (inferred from its purpose). The license of the group must be
        valid. To ask for another user (`userId`) takes special rights, whose names are not
        published.

        Requires `credits.check-area`. Sending it twice costs nothing, so it is retried after
        temporary failures.

        Args:
            extent: The area. Its latitudes must be from -85 to 85 degrees; otherwise the code is
                INVALID-GEOJSON.
            scene_ids: Scenes to analyze, as found by a search. At least one. By id, or as a Scene.
            user_id: User to ask for, the caller if missing or null. Asking for other users requires
                special rights.
            credits_tier: Tier of the credits. Its values are not published.
            cost_free_allocation: Whether the allocation costs nothing, judging by its name. The
                default is presumably false.

        Raises InvalidArgumentError or InvalidExtentError before anything is sent. Errors of the
        API: InvalidGeojsonError, NonExistingSceneError, NoValidBindingError, NonExistentGroupError,
        NonExistentUserError, NotAuthorizedError, InvalidJwtError, AccessDeniedError,
        MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.credits_ import credits_check_area as operation

        body: Any = _CHECK_AREA_BODY(
            extent=extent,
            scene_ids=scene_ids,
            user_id=user_id,
            credits_tier=credits_tier,
            cost_free_allocation=cost_free_allocation,
        )
        answer = self._transport.send(operation.get_request(body=body), operation.parse)
        return answer.parsed

    def _allocate_area(
        self,
        extent: ExtentLike | Extent,
        scene_ids: ListLike[str | Scene],
        *,
        user_id: str | None = None,
        credits_tier: str | None = None,
        cost_free_allocation: bool | None = None,
    ) -> AreaCost:
        """Allocate an area in scenes.

        Spends credits of the caller's group to allocate an area in scenes. Within an allocation the
        number of analyses is not limited. Ask `credits.check_area` for the price before. A
        permission is presumably needed (`credits.allocate-area` by analogy), but none is published.
        Until about 2018 an area was allocated for months instead of scenes (`ranges`), and this
        older body is described too.

        It is never sent twice: AmbiguousRequestError reports a failure after which it may have
        taken effect.

        Args:
            extent: The area. Its latitudes must be from -85 to 85 degrees; otherwise the code is
                INVALID-GEOJSON.
            scene_ids: Scenes to analyze, as found by a search. By id, or as a Scene.
            user_id: As in the check of an area. It is not certain that an allocation accepts it.
            credits_tier: As in the check of an area. It is not certain that an allocation accepts
                it.
            cost_free_allocation: As in the check of an area. It is not certain that an allocation
                accepts it.

        Raises InvalidArgumentError or InvalidExtentError before anything is sent. Errors of the
        API: InvalidGeojsonError, NonExistingSceneError, NoValidBindingError, NotEnoughCreditsError,
        NonExistentGroupError, NonExistentUserError, NotAuthorizedError, InvalidJwtError,
        AccessDeniedError, MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.credits_ import credits_allocate_area as operation

        body: Any = _ALLOCATE_AREA_BODY(
            extent=extent,
            scene_ids=scene_ids,
            user_id=user_id,
            credits_tier=credits_tier,
            cost_free_allocation=cost_free_allocation,
        )
        answer = self._transport.send(operation.get_request(body=body), operation.parse)
        return answer.parsed
