"""A Kraken map as a lazy array: each tile is a chunk, which a dask task fetches."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Sequence
from typing import Any, Protocol

import dask.array
import numpy as np
import xarray
from attrs import field, frozen
from dask.delayed import delayed
from numpy.typing import NDArray

from ..auth.environment import Environment
from ..errors.base import ConfigError, InvalidArgumentError
from ..maps.grid_file import GridFile
from ..maps.kraken_map import KrakenMap
from ..maps.layout import MAX_SIDE, Layout, layout_of
from ..maps.map_files import level_of, picture_of, tiles_of
from ..maps.provenance import SOFTWARE, provenance
from ..maps.tile import HALF_WORLD, Tile, meters_per_pixel
from ..maps.touched import Zoom
from .pixel_coordinates import PixelGrid, spatial_ref
from .tile_arrays import Pixels, pixels_of

PROBED = 16  # maximum number of tiles to try until one has the file


class _Kraken(Protocol):
    def grid_file(
        self, map: KrakenMap | str, tile: Tile, name: str, geometry_id: str = "-"
    ) -> GridFile | None: ...


class TileClient(Protocol):
    """The protocol of a synchronous client, as arrays need it. It can be pickled."""

    @property
    def environment(self) -> Environment:
        """The service."""
        ...

    @property
    def kraken(self) -> _Kraken:
        """Fetches the file of a tile."""
        ...

    def close(self) -> None:
        """Closes its connections."""


@frozen
class Wanted:
    """The file of each tile, and its expected properties."""

    map_id: str = field(repr=False)
    geometry_id: str
    file: str
    layout: Layout
    present: NDArray[np.bool_] = field(repr=False)  # whether there is a tile at a row and column
    like: Pixels


class TileSource:
    """Reads the tiles of a map. It is one object of the graph, which each worker receives once.

    In this process it uses `client`; a copy in another process has its own client, which it closes.
    """

    def __init__(self, client: TileClient, wanted: Wanted, *, owns_client: bool) -> None:
        self._client = client
        self._wanted = wanted
        if owns_client:
            weakref.finalize(self, client.close)

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            self._client.__reduce__()
        except ConfigError as error:
            # dask would replace the error by a TypeError; it passes on errors of tasks.
            return NoSource, (error,)
        return _own_source, (self._client, self._wanted)

    def read(self, row: int, column: int) -> NDArray[Any]:
        """The pixels of the tile at a position: bands, rows, columns; zeros without a tile."""
        wanted, layout = self._wanted, self._wanted.layout
        like = wanted.like
        if wanted.present[row, column]:
            tile = layout.tile(row, column)
            kraken = self._client.kraken
            file = kraken.grid_file(wanted.map_id, tile, wanted.file, wanted.geometry_id)
            if file is not None:
                return pixels_of(file, like).values
        return np.zeros((len(like.bands), like.size, like.size), like.dtype)


@frozen
class NoSource:
    """Sent to a worker if the client cannot be sent: raises the reason."""

    error: ConfigError

    def read(self, row: int, column: int) -> NDArray[Any]:
        """Raises the reason."""
        raise self.error


def _laid_out(tiles: Sequence[Tile], around: Sequence[Tile]) -> tuple[Layout, NDArray[np.bool_]]:
    layout = layout_of(around)
    if max(layout.columns, layout.rows) > MAX_SIDE:
        raise InvalidArgumentError(
            f"the rectangle around the tiles has {layout.columns} x {layout.rows} tiles, more than "
            f"{MAX_SIDE:,} per side.",
            hint="Create an array for each of map.parts().",
        )
    present = np.zeros((layout.rows, layout.columns), bool)
    _, x, y = np.array(tiles).T
    present[y - layout.top, (x - layout.left) % 2**layout.zoom] = True
    return layout, present


def _pixel_grid(layout: Layout, size: int) -> PixelGrid:
    """The positions of the pixels, in meters of EPSG:3857."""
    pixel = 2 * HALF_WORLD / 2**layout.zoom / size
    return PixelGrid(pixel, -pixel, *Tile(layout.zoom, layout.left, layout.top).corner)


def _own_source(client: TileClient, wanted: Wanted) -> TileSource:
    return TileSource(client, wanted, owns_client=True)


def _read_block(*, source: TileSource | NoSource, block_id: tuple[int, int, int]) -> NDArray[Any]:
    _, row, column = block_id
    return source.read(row, column)


def lazy_array(
    client: TileClient,
    map: KrakenMap,
    file: str | None,
    geometry_id: str,
    *,
    zoom: Zoom,
    max_files: int | None,
    owns_client: bool,
    around: Sequence[Tile] = (),
) -> xarray.DataArray:
    """Like `map_to_xarray`; a client that is owned is closed when the array is deleted.

    The array also covers the tiles `around`, at the same zoom level.
    """
    level = level_of(map, zoom, max_files)
    name = picture_of(map, file)
    if not name.endswith((".png", ".ski")):
        raise InvalidArgumentError(
            f"the file of an array must be a .png or .ski file, not {name!r}."
        )
    tiles = list(tiles_of(map, level))
    layout, present = _laid_out(tiles, around or tiles)
    like = _first(client, map, tiles, name, geometry_id)
    wanted = Wanted(map.map_id, geometry_id, name, layout, present, like)
    source = TileSource(client, wanted, owns_client=owns_client)
    # An explicit name: dask would derive one from the source, and keys appear in dashboards and logs,
    # which must not contain the map's id. The same map has the same key.
    told = f"{client.environment.base_url}\n{map.map_id}\n{geometry_id}\n{name}\n{layout.zoom}"
    place = f"\n{layout.left}\n{layout.top}\n{present.shape}\n{like}"
    digest = hashlib.sha256((told + place).encode() + present.tobytes()).hexdigest()[:32]
    rows, columns = present.shape
    data = dask.array.map_blocks(
        _read_block,
        name=f"spaceknow-tile-{digest}",
        chunks=((len(like.bands),), (like.size,) * rows, (like.size,) * columns),
        dtype=like.dtype,
        meta=np.empty((0, 0, 0), like.dtype),
        source=delayed(source, name=f"spaceknow-map-{digest}", traverse=False),
    )
    reference = spatial_ref(3857)
    places = _pixel_grid(layout, like.size).coordinates(
        rows * like.size, columns * like.size, reference, "y", "x"
    )
    coords: dict[str, Any] = {"band": list(like.bands), **places, "spatial_ref": reference}
    middle = layout.top + rows / 2
    attributes: dict[str, Any] = {
        "grid_mapping": "spatial_ref",
        "file": name,
        **provenance(map, layout.zoom),
        "meters_per_pixel": meters_per_pixel(layout.zoom, middle, like.size),
        "software": SOFTWARE,
    }
    stem = name.rpartition(".")[0]
    return xarray.DataArray(data, coords, ("band", "y", "x"), stem, attributes)


def _first(
    client: TileClient, map: KrakenMap, tiles: Sequence[Tile], name: str, geometry_id: str
) -> Pixels:
    """The properties of the map's pixels, from the first tile that has the file."""
    for tile in tiles[:PROBED]:
        file = client.kraken.grid_file(map, tile, name, geometry_id)
        if file is not None:
            return pixels_of(file).empty()
    raise InvalidArgumentError(
        f"none of the first {min(PROBED, len(tiles))} tiles has {name}, so the size and type of its "
        "pixels are unknown.",
        hint="Pass a map whose first tile has the file: attrs.evolve(map, tiles=...).",
    )


def arrays_over_time(
    client: TileClient,
    maps: Sequence[tuple[Any, KrakenMap]],
    file: str | None,
    geometry_id: str,
    *,
    zoom: Zoom,
    max_files: int | None,
    owns_client: bool,
) -> xarray.DataArray:
    """Like `maps_to_xarray`, for maps with their times, in order."""
    levels = {level_of(map, zoom, max_files) for _, map in maps}
    if len(levels) > 1:
        raise InvalidArgumentError(
            f"the maps have different deepest zooms, from {min(map.max_zoom for _, map in maps)} on.",
            hint="Pass a number as zoom that all of them have.",
        )
    around = [tile for _, map in maps for tile in tiles_of(map, level_of(map, zoom, max_files))]
    arrays = [
        lazy_array(
            client,
            map,
            file,
            geometry_id,
            zoom=zoom,
            max_files=max_files,
            owns_client=owns_client and not number,
            around=around,
        )
        for number, (_, map) in enumerate(maps)
    ]
    first = arrays[0]
    different = next((each for each in arrays if each.shape != first.shape), None)
    if different is not None or any(each.dtype != first.dtype for each in arrays):
        raise InvalidArgumentError("the files of the maps have different bands or sizes.")
    whole = xarray.concat(arrays, "time", combine_attrs="drop_conflicts", join="exact")
    along: dict[Any, Any] = {
        name: ("time", [each.attrs.get(name, "") for each in arrays])
        for name in ("map_id", "scene_ids")
    }
    return whole.assign_coords({"time": [time for time, _ in maps], **along})
