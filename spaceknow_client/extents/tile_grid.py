"""Tiles of an extent: the result of `decompose`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from attrs import field, frozen

from ..runtime.extras import require
from ..runtime.lazy import LateModule

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from .geometry import distortion, ellipsoid, lonlat, rings
    from .geometry.projected_grid import ProjectedGrid

    Shapes = NDArray[np.object_]
else:  # the classes can be named without the extra; what they do needs it
    np, shapely = LateModule("numpy"), LateModule("shapely")
    distortion, ellipsoid, lonlat, rings = (
        LateModule(f"{__package__}.geometry.{name}")
        for name in ("distortion", "ellipsoid", "lonlat", "rings")
    )

_SOME = 20_000  # tiles whose shapes are made in one step


class DistortionWarning(UserWarning):
    """Some tiles of a grid deviate by more than 1 % from squares of their size on Earth."""


class OverlapWarning(UserWarning):
    """Some whole squares of a grid (`clip=False`) overlap."""


@frozen
class Distortion:
    """The largest relative errors of a grid's squares on the ellipsoid: 0.01 is 1 %.

    Attributes:
        side: relative error of the side length.
        area: relative error of the area.
    """

    side: float
    area: float


@frozen(eq=False)
class GridTile:
    """One square of a grid, and the part of the extent in it.

    Attributes:
        row, column: index in the grid of its plane, from the south and from the west.
        fraction: the share of the square that the extent covers, 0 to 1.
        crs: the coordinate system of its plane.
    """

    row: int
    column: int
    fraction: float
    _plane_grid: ProjectedGrid = field(repr=False)
    _number: int = field(repr=False)
    _clip: bool = field(repr=False)

    @property
    def crs(self) -> str:
        """The coordinate system of its plane."""
        return self._plane_grid.plane.crs

    @property
    def is_inside(self) -> bool:
        """Whether the extent covers the whole square."""
        return bool(self._plane_grid.cells.inside[self._number])

    @property
    def area(self) -> float:
        """Area in square meters, on the ellipsoid, of the extent within the square."""
        if self._plane_grid.plane.is_equal_area:
            return self.fraction * self._plane_grid.lattice.size**2
        return ellipsoid.area(
            rings.Rings.of_shape(self._plane_grid.intersections_in_degrees(self._numbers)[0])
        )

    @property
    def local_square(self) -> BaseGeometry:
        """The square in coordinates of its plane."""
        found: BaseGeometry = self._plane_grid.own(self._plane_grid.squares(self._numbers))[0]
        return found

    @property
    def local_intersection(self) -> BaseGeometry:
        """The part of the extent in coordinates of its plane; the whole square if `clip=False`."""
        if not self._clip:
            return self.local_square
        found: BaseGeometry = self._plane_grid.own(self._plane_grid.intersections(self._numbers))[0]
        return found

    @property
    def square(self) -> dict[str, Any]:
        """The square as GeoJSON (RFC 7946), in degrees, cut at the antimeridian."""
        return lonlat.as_geojson(self._plane_grid.squares_in_degrees(self._numbers)[0])

    @property
    def intersection(self) -> dict[str, Any]:
        """The part of the extent in the same form, to send as an extent."""
        if not self._clip:
            return self.square
        return lonlat.as_geojson(self._plane_grid.intersections_in_degrees(self._numbers)[0])

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return self.intersection

    def __reduce__(self) -> tuple[Any, ...]:
        # Without the other tiles, because each worker of a pool receives one tile.
        alone = self._plane_grid.only(self._number)
        return GridTile, (self.row, self.column, self.fraction, alone, 0, self._clip)

    @property
    def _numbers(self) -> NDArray[np.int64]:
        return np.array([self._number])


class TileGrid(Sequence[GridTile]):
    """The tiles of an extent, stored in columns; each GridTile is created on access.

    A sequence: it has a length and can be iterated, sliced and pickled. Tiles are ordered by row, south
    to north, and within a row by column, west to east, as seen in their plane. A very large extent has
    several planes, one after the other.

    Attributes:
        tile_size: side of a square, in units of the plane (meters by default).
        clip: True if `intersection` is the part of the extent in a square, False if the whole square.
    """

    def __init__(
        self,
        plane_grids: Sequence[ProjectedGrid],
        *,
        tile_size: float,
        clip: bool = True,
        numbers: range | None = None,
    ) -> None:
        self.tile_size = tile_size
        self.clip = clip
        self._plane_grids = tuple(plane_grids)
        self._firsts = np.cumsum([0, *(len(plane_grid.cells.rows) for plane_grid in plane_grids)])
        self._numbers = range(int(self._firsts[-1])) if numbers is None else numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> GridTile: ...
    @overload
    def __getitem__(self, index: slice) -> TileGrid: ...
    def __getitem__(self, index: int | slice) -> GridTile | TileGrid:
        chosen = self._numbers[index]
        if isinstance(chosen, range):
            return TileGrid(
                self._plane_grids, tile_size=self.tile_size, clip=self.clip, numbers=chosen
            )
        return self._tile(chosen)

    def __iter__(self) -> Iterator[GridTile]:
        return map(self._tile, self._numbers)

    def _tile(self, number: int) -> GridTile:
        which = int(np.searchsorted(self._firsts, number, side="right")) - 1
        plane_grid, local = self._plane_grids[which], number - int(self._firsts[which])
        cells = plane_grid.cells
        return GridTile(
            int(cells.rows[local]),
            int(cells.columns[local]),
            float(cells.fractions[local]),
            plane_grid,
            local,
            self.clip,
        )

    def __repr__(self) -> str:
        crs = ", ".join(self.crs[:1]) + (" and others" if len(self._plane_grids) > 1 else "")
        return f"<TileGrid of {len(self)} tiles of {self.tile_size:g} in {crs}>"

    @property
    def crs(self) -> tuple[str, ...]:
        """The coordinate system of each plane; most extents have one plane."""
        return tuple(plane_grid.plane.crs for plane_grid in self._plane_grids)

    @property
    def rows(self) -> NDArray[np.int32]:
        """(tiles,) row of each tile, from the south of its plane."""
        return self._column(lambda plane_grid: plane_grid.cells.rows)

    @property
    def columns(self) -> NDArray[np.int32]:
        """(tiles,) column of each tile, from the west of its plane."""
        return self._column(lambda plane_grid: plane_grid.cells.columns)

    @property
    def planes(self) -> NDArray[np.int32]:
        """(tiles,) index in `crs` of the plane of each tile."""
        counts = np.diff(self._firsts)
        planes = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        return planes[self._chosen]

    @property
    def fractions(self) -> NDArray[np.float64]:
        """(tiles,) share of each square that the extent covers, 0 to 1."""
        return self._column(lambda plane_grid: plane_grid.cells.fractions)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """(tiles,) whether the extent covers the whole square."""
        return self._column(lambda plane_grid: plane_grid.cells.inside)

    @property
    def local_squares(self) -> Shapes:
        """(tiles,) squares in coordinates of their planes, as shapely polygons."""
        return self._shapes(lambda plane_grid, numbers: plane_grid.own(plane_grid.squares(numbers)))

    @property
    def local_intersections(self) -> Shapes:
        """(tiles,) parts of the extent in coordinates of their planes, as shapely polygons."""
        if not self.clip:
            return self.local_squares
        return self._shapes(
            lambda plane_grid, numbers: plane_grid.own(plane_grid.intersections(numbers))
        )

    @property
    def squares(self) -> Shapes:
        """(tiles,) squares in degrees, as shapely polygons, cut at the antimeridian."""
        return self._shapes(lambda plane_grid, numbers: plane_grid.squares_in_degrees(numbers))

    @property
    def intersections(self) -> Shapes:
        """(tiles,) parts of the extent in degrees, in the same form."""
        if not self.clip:
            return self.squares
        return self._parts()

    def _parts(self) -> Shapes:
        return self._shapes(
            lambda plane_grid, numbers: plane_grid.intersections_in_degrees(numbers)
        )

    @cached_property
    def overlapping(self) -> int:
        """Number of pairs of squares that overlap by more than 1e-4 of one of them (`clip=False`)."""
        if self.clip:
            return 0
        squares = self.squares
        one, other = shapely.STRtree(squares).query(squares)
        rows, columns, planes = self.rows, self.columns, self.planes
        apart = (planes[one] != planes[other]) | (np.abs(rows[one] - rows[other]) > 1)
        chosen = (one < other) & (apart | (np.abs(columns[one] - columns[other]) > 1))
        one, other = squares[one[chosen]], squares[other[chosen]]
        least = np.minimum(shapely.area(one), shapely.area(other))
        return int((shapely.area(shapely.intersection(one, other)) > least * 1e-4).sum())

    @property
    def is_equal_area(self) -> bool:
        """Whether squares have their true area on Earth, as in the planes of `crs="auto"`."""
        return all(plane_grid.plane.is_equal_area for plane_grid in self._plane_grids)

    @cached_property
    def distortion(self) -> Distortion:
        """The largest errors of the squares on the ellipsoid, measured at the outermost squares."""
        found = np.array(
            [
                distortion.worst(plane_grid)
                for plane_grid in self._plane_grids
                if len(plane_grid.cells.rows)
            ]
        )
        side, area = found.max(axis=0).tolist() if len(found) else (0.0, 0.0)
        return Distortion(side=side, area=area)

    @property
    def area(self) -> float:
        """Total area in square meters of the extent within the tiles, on the ellipsoid."""
        if self.is_equal_area:
            return float(self.fractions.sum() * self.tile_size**2)
        some = (self[start : start + _SOME]._parts() for start in range(0, len(self), _SOME))
        return sum(ellipsoid.area(rings.Rings.of_shape(parts)) for parts in some)

    def to_geojson(self) -> dict[str, Any]:
        """A FeatureCollection of the intersections, with properties row, column and fraction."""
        features = [
            {
                "type": "Feature",
                "properties": {"row": row, "column": column, "fraction": fraction},
                "geometry": lonlat.as_geojson(shape),
            }
            for row, column, fraction, shape in zip(
                self.rows.tolist(),
                self.columns.tolist(),
                self.fractions.tolist(),
                self.intersections,
                strict=True,
            )
        ]
        return {"type": "FeatureCollection", "features": features}

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return self.to_geojson()

    def to_geodataframe(self) -> GeoDataFrame:
        """Columns row, column, plane, fraction, inside and square; the geometry is the intersection.

        Requires the extra `geo`. Raises MissingExtraError without it.
        """
        require("geo", "geopandas", purpose="a GeoDataFrame")
        from geopandas import GeoDataFrame, GeoSeries

        return GeoDataFrame(
            {
                "row": self.rows,
                "column": self.columns,
                "plane": self.planes,
                "fraction": self.fractions,
                "inside": self.inside,
                "square": GeoSeries(self.squares, crs="OGC:CRS84"),
            },
            geometry=self.intersections,
            crs="OGC:CRS84",
        )

    @property
    def _chosen(self) -> slice | NDArray[np.int64]:
        numbers = self._numbers
        if numbers == range(int(self._firsts[-1])):
            return slice(None)
        return np.arange(numbers.start, numbers.stop, numbers.step)

    def _column(self, of: Callable[[ProjectedGrid], NDArray[Any]]) -> NDArray[Any]:
        columns = [of(plane_grid) for plane_grid in self._plane_grids]
        return (columns[0] if len(columns) == 1 else np.concatenate(columns))[self._chosen]

    def _shapes(self, of: Callable[[ProjectedGrid, NDArray[np.int64]], Shapes]) -> Shapes:
        numbers = np.arange(int(self._firsts[-1]))[self._chosen]
        made = np.empty(len(numbers), object)
        which = np.searchsorted(self._firsts, numbers, side="right") - 1
        for index, plane_grid in enumerate(self._plane_grids):
            here = which == index
            if here.any():
                made[here] = of(plane_grid, numbers[here] - self._firsts[index])
        return made
