"""Groups: users with common credits, and the areas that they have bought."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from ..extents import square_kilometers
from ..validation.failures import AnswerError
from ..world.catalog import FREE_SCENES
from ..world.scenes import SceneRecord
from ..world.tiles import Tile
from ..world.world import FREE_AREA

CREDITS = 1000.0
PRICE = 0.1
"""Credits per km2 of one scene, or of all scenes of one month."""

PACKAGES = ("aluminium", "coal")
"""Datacube projects whose data points a group can read."""

# The pages of 2017 publish the free testing area as tiles, which extend slightly beyond it.
_FREE_CORNERS = ((121253, 75886), (121326, 75960))
_FREE = shapely.union_all(
    [FREE_AREA, *(Tile(17, *corner).box() for corner in _FREE_CORNERS)]
).envelope
_NEGLIGIBLE = 1e-6  # km2; smaller areas are rounding errors

Purchase = tuple[str, ...]
"""Keys under which an area can have been bought; new allocations are stored under the first."""


def of_scene(scene: SceneRecord) -> Purchase:
    """A scene can have been bought itself or with all scenes of its month; a clipped scene also as
    the scene from which it was cut.
    """
    origin = () if scene.origin is None else (scene.origin,)
    return (scene.scene_id, *origin, f"{scene.acquired:%Y-%m}")


class Quote(NamedTuple):
    """The price of an allocation: km2 not allocated yet, and credits."""

    km2: float
    cost: float


class Group:
    """Users with common credits. Thread-safe."""

    def __init__(self, name: str, credits: float = CREDITS) -> None:
        self.name = name
        self.credits = credits
        self.packages = PACKAGES
        self._lock = threading.Lock()
        self._allocations: dict[str, BaseGeometry] = {}  # in degrees, by purchase

    def quote(
        self, purchases: Iterable[Purchase], area: BaseGeometry, *, free: bool = False
    ) -> Quote:
        """The price of an area in all of some scenes or months."""
        missing = [self._missing(purchase, area) for purchase in dict.fromkeys(purchases)]
        cost = 0.0 if free else PRICE * sum(square_kilometers(part) for part in missing)
        return Quote(round(square_kilometers(shapely.union_all(missing)), 6), round(cost, 6))

    def allocate(
        self, purchases: Sequence[Purchase], area: BaseGeometry, *, free: bool = False
    ) -> Quote:
        """Buys the area of `quote`. Raises AnswerError if there are not enough credits."""
        with self._lock:
            quote = self.quote(purchases, area, free=free)
            if quote.cost > self.credits:
                raise AnswerError(
                    "NOT-ENOUGH-CREDITS",
                    f"This costs {quote.cost:g} credits, your group has {self.credits:g}.",
                )
            self.credits = round(self.credits - quote.cost, 6)
            for name, *_ in purchases:
                known = self._allocations.get(name)
                bought = area if known is None else shapely.union(known, area)
                self._allocations[name] = bought
            return quote

    def has_allocated(self, scene: SceneRecord, area: BaseGeometry) -> bool:
        """Whether the group has bought the whole area in a scene, or it is free."""
        return square_kilometers(self._missing(of_scene(scene), area)) < _NEGLIGIBLE

    def _missing(self, purchase: Purchase, area: BaseGeometry) -> BaseGeometry:
        if purchase[0] in FREE_SCENES:
            return shapely.Polygon()
        for covered in (_FREE, *map(self._allocations.get, purchase)):
            if covered is not None:
                area = area.difference(covered)
        return area
