"""Tables whose columns are arrays of equal length, such as rotated boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .noise import Floats


@dataclass(frozen=True, eq=False)
class Columns:
    """Base class of such tables: a frozen dataclass whose fields are arrays."""

    def pick(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Self:
        """Some rows, by mask or by index."""
        return type(self)(**{name: column[rows] for name, column in self._columns().items()})

    @classmethod
    def none(cls) -> Self:
        """A table without rows."""
        return cls(**{field.name: np.zeros(0) for field in fields(cls)})

    @classmethod
    def join(cls, tables: Sequence[Self]) -> Self:
        """All rows of one or more tables."""
        if len(tables) == 1:
            return tables[0]
        names = [field.name for field in fields(cls)]
        return cls(**{n: np.concatenate([getattr(table, n) for table in tables]) for n in names})

    def _columns(self) -> dict[str, NDArray[Any]]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, eq=False)
class Boxes(Columns):
    """Rotated rectangles in pixels of zoom 19; (cos, sin) is the direction of their length."""

    x: Floats
    y: Floats
    cos: Floats
    sin: Floats
    half_length: Floats
    half_width: Floats

    def corners(self) -> Floats:
        """The corners, shape (n, 4, 2), counterclockwise on a map with north up."""
        along = np.stack([self.cos, self.sin], axis=-1) * self.half_length[:, None]
        across = np.stack([-self.sin, self.cos], axis=-1) * self.half_width[:, None]
        center = np.stack([self.x, self.y], axis=-1)
        offsets = [along + across, along - across, -along - across, across - along]
        return np.asarray(center[:, None, :] + np.stack(offsets, axis=1))
