"""Tiles of an extent: what `decompose` gives."""

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
    from .geometry.projected_grid import Sheet

    Shapes = NDArray[np.object_]
else:  # the classes can be named without the extra; what they do needs it
    np, shapely = LateModule("numpy"), LateModule("shapely")
    distortion, ellipsoid, lonlat, rings = (
        LateModule(f"{__package__}.geometry.{name}")
        for name in ("distortion", "ellipsoid", "lonlat", "rings")
    )

_SOME = 20_000  # tiles whose shapes are made at a time


class DistortionWarning(UserWarning):
    """Some tiles of a grid are over 1 % off being squares of their size on Earth."""


class OverlapWarning(UserWarning):
    """Some whole squares of a grid (`clip=False`) overlap others."""


@frozen
class Distortion:
    """The largest relative errors of a grid's squares on the ellipsoid: 0.01 is 1 %.

    Attributes:
        side: of the length of a side.
        area: of the area.
    """

    side: float
    area: float


@frozen(eq=False)
class GridTile:
    """One square of a grid, and the part of the extent in it.

    Attributes:
        row, column: its place in its plane's grid, from the south and from the west of the plane.
        fraction: the share of the square that the extent covers, 0 to 1.
        crs: the coordinate system of the plane that the square is a square in.
    """

    row: int
    column: int
    fraction: float
    _sheet: Sheet = field(repr=False)
    _number: int = field(repr=False)
    _clip: bool = field(repr=False)

    @property
    def crs(self) -> str:
        """The coordinate system of the plane that the square is a square in."""
        return self._sheet.plane.crs

    @property
    def is_inside(self) -> bool:
        """Whether the extent covers it wholly."""
        return bool(self._sheet.cells.inside[self._number])

    @property
    def area(self) -> float:
        """Square metres of the extent in it, on the ellipsoid."""
        if self._sheet.plane.is_equal_area:
            return self.fraction * self._sheet.lattice.size**2
        return ellipsoid.area(
            rings.Rings.of_shape(self._sheet.intersections_in_degrees(self._numbers)[0])
        )

    @property
    def local_square(self) -> BaseGeometry:
        """The square in its plane."""
        found: BaseGeometry = self._sheet.own(self._sheet.squares(self._numbers))[0]
        return found

    @property
    def local_intersection(self) -> BaseGeometry:
        """The part of the extent in the plane; the square itself when nothing is to be clipped."""
        if not self._clip:
            return self.local_square
        found: BaseGeometry = self._sheet.own(self._sheet.intersections(self._numbers))[0]
        return found

    @property
    def square(self) -> dict[str, Any]:
        """The square as GeoJSON (RFC 7946): in degrees, cut at the antimeridian."""
        return lonlat.as_geojson(self._sheet.squares_in_degrees(self._numbers)[0])

    @property
    def intersection(self) -> dict[str, Any]:
        """The part of the extent as GeoJSON, likewise: what to send as an extent."""
        if not self._clip:
            return self.square
        return lonlat.as_geojson(self._sheet.intersections_in_degrees(self._numbers)[0])

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return self.intersection

    def __reduce__(self) -> tuple[Any, ...]:
        # Without the other tiles: a pool of workers is given one tile each.
        alone = self._sheet.only(self._number)
        return GridTile, (self.row, self.column, self.fraction, alone, 0, self._clip)

    @property
    def _numbers(self) -> NDArray[np.int64]:
        return np.array([self._number])


class TileGrid(Sequence[GridTile]):
    """The tiles of an extent, in columns of numbers; a GridTile is made when one is asked for.

    It has a length, can be iterated, sliced and pickled. Tiles lie in order of rows, south to
    north, and in a row of columns, west to east, as seen in their plane. Of a very large extent
    there are several planes, one after the other.

    Attributes:
        tile_size: a square's side, in units of the plane (metres, unless you chose a CRS).
        clip: whether `intersection` is the part of the extent in a square, or all of the square.
    """

    def __init__(
        self,
        sheets: Sequence[Sheet],
        *,
        tile_size: float,
        clip: bool = True,
        numbers: range | None = None,
    ) -> None:
        self.tile_size = tile_size
        self.clip = clip
        self._sheets = tuple(sheets)
        self._firsts = np.cumsum([0, *(len(sheet.cells.rows) for sheet in sheets)])
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
            return TileGrid(self._sheets, tile_size=self.tile_size, clip=self.clip, numbers=chosen)
        return self._tile(chosen)

    def __iter__(self) -> Iterator[GridTile]:
        return map(self._tile, self._numbers)

    def _tile(self, number: int) -> GridTile:
        which = int(np.searchsorted(self._firsts, number, side="right")) - 1
        sheet, local = self._sheets[which], number - int(self._firsts[which])
        cells = sheet.cells
        return GridTile(
            int(cells.rows[local]),
            int(cells.columns[local]),
            float(cells.fractions[local]),
            sheet,
            local,
            self.clip,
        )

    def __repr__(self) -> str:
        crs = ", ".join(self.crs[:1]) + (" and others" if len(self._sheets) > 1 else "")
        return f"<TileGrid of {len(self)} tiles of {self.tile_size:g} in {crs}>"

    @property
    def crs(self) -> tuple[str, ...]:
        """The coordinate system of each plane; most extents need one."""
        return tuple(sheet.plane.crs for sheet in self._sheets)

    @property
    def rows(self) -> NDArray[np.int32]:
        """(tiles,) of rows, from the south of the plane."""
        return self._column(lambda sheet: sheet.cells.rows)

    @property
    def columns(self) -> NDArray[np.int32]:
        """(tiles,) of columns, from the west of the plane."""
        return self._column(lambda sheet: sheet.cells.columns)

    @property
    def planes(self) -> NDArray[np.int32]:
        """(tiles,) of which of `crs` each lies in."""
        counts = np.diff(self._firsts)
        planes = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        return planes[self._chosen]

    @property
    def fractions(self) -> NDArray[np.float64]:
        """(tiles,) of the share of each square that the extent covers, 0 to 1."""
        return self._column(lambda sheet: sheet.cells.fractions)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """(tiles,) of whether the extent covers the square wholly."""
        return self._column(lambda sheet: sheet.cells.inside)

    @property
    def local_squares(self) -> Shapes:
        """(tiles,) of squares in their planes, as shapely polygons."""
        return self._shapes(lambda sheet, numbers: sheet.own(sheet.squares(numbers)))

    @property
    def local_intersections(self) -> Shapes:
        """(tiles,) of parts of the extent in their planes, as shapely polygons."""
        if not self.clip:
            return self.local_squares
        return self._shapes(lambda sheet, numbers: sheet.own(sheet.intersections(numbers)))

    @property
    def squares(self) -> Shapes:
        """(tiles,) of squares in degrees, as shapely polygons, cut at the antimeridian."""
        return self._shapes(lambda sheet, numbers: sheet.squares_in_degrees(numbers))

    @property
    def intersections(self) -> Shapes:
        """(tiles,) of parts of the extent in degrees, likewise."""
        if not self.clip:
            return self.squares
        return self._parts()

    def _parts(self) -> Shapes:
        return self._shapes(lambda sheet, numbers: sheet.intersections_in_degrees(numbers))

    @cached_property
    def overlapping(self) -> int:
        """How many pairs of whole squares overlap (`clip=False`), by over 1e-4 of one of them."""
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
        """Whether squares have their size on Earth, as in the planes of `crs="auto"`."""
        return all(sheet.plane.is_equal_area for sheet in self._sheets)

    @cached_property
    def distortion(self) -> Distortion:
        """The largest errors of the squares on the ellipsoid, the outermost of which are measured."""
        found = np.array(
            [distortion.worst(sheet) for sheet in self._sheets if len(sheet.cells.rows)]
        )
        side, area = found.max(axis=0).tolist() if len(found) else (0.0, 0.0)
        return Distortion(side=side, area=area)

    @property
    def area(self) -> float:
        """Square metres of the extent in the tiles, on the ellipsoid."""
        if self.is_equal_area:
            return float(self.fractions.sum() * self.tile_size**2)
        some = (self[start : start + _SOME]._parts() for start in range(0, len(self), _SOME))
        return sum(ellipsoid.area(rings.Rings.of_shape(parts)) for parts in some)

    def to_geojson(self) -> dict[str, Any]:
        """A FeatureCollection of the intersections, with row, column and fraction as properties."""
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
        """Columns row, column, plane, fraction, inside, square, and as geometry the intersection.

        Needs the extra `geo`. Raises MissingExtraError without it.
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

    def _column(self, of: Callable[[Sheet], NDArray[Any]]) -> NDArray[Any]:
        columns = [of(sheet) for sheet in self._sheets]
        return (columns[0] if len(columns) == 1 else np.concatenate(columns))[self._chosen]

    def _shapes(self, of: Callable[[Sheet, NDArray[np.int64]], Shapes]) -> Shapes:
        numbers = np.arange(int(self._firsts[-1]))[self._chosen]
        made = np.empty(len(numbers), object)
        which = np.searchsorted(self._firsts, numbers, side="right") - 1
        for index, sheet in enumerate(self._sheets):
            here = which == index
            if here.any():
                made[here] = of(sheet, numbers[here] - self._firsts[index])
        return made
