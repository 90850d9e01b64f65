"""Values of `decompose=` of searches and releases: how their extent is cut into tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from .extent import Extent

if TYPE_CHECKING:
    from .tile_grid import TileGrid

# True for tiles of the default size, a tile size, arguments of `decompose`, or existing tiles.
Decompose: TypeAlias = "bool | float | Mapping[str, Any] | TileGrid"


def tiles_of(extent: Extent, how: Any, *, is_paid: bool = False) -> TileGrid:
    """The tiles to request one by one. Raises InvalidArgumentError, ConfigError without `geo`.

    Tiles that are paid for must not overlap.
    """
    grid = _tiles_of(extent, how)
    if len(grid) == 0:
        raise InvalidArgumentError(
            "decompose leaves no tile.", hint="Use a smaller min_fraction, or other tiles."
        )
    if is_paid and grid.overlapping:
        raise InvalidArgumentError(
            f"{grid.overlapping} pairs of tiles overlap and would be paid for twice.",
            hint="Omit clip=False.",
        )
    return grid


def _tiles_of(extent: Extent, how: Any) -> TileGrid:
    from .decomposition import decompose
    from .tile_grid import TileGrid

    if isinstance(how, TileGrid):
        return how
    if how is True:
        return decompose(extent)
    if isinstance(how, (int, float)) and not isinstance(how, bool):
        return decompose(extent, how)
    if isinstance(how, Mapping):
        try:
            return decompose(extent, **how)
        except TypeError as error:
            raise InvalidArgumentError(f"decompose: {error}") from None
    raise InvalidArgumentError(
        "decompose must be True, a tile size, arguments of sk.decompose or a TileGrid, not "
        f"{shown(how)}."
    )
