"""A map as a lazy array, for both clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from ..errors.base import ConfigError, InvalidArgumentError
from ..runtime.extras import require

if TYPE_CHECKING:
    import datetime as dt

    import xarray

    from ..interop.map_array import TileClient
    from ..maps.kraken_map import KrakenMap
    from ..maps.touched import Zoom
    from .client import SpaceKnow
    from .client_async import AsyncSpaceKnow


def map_to_xarray(
    client: SpaceKnow | AsyncSpaceKnow,
    map: KrakenMap,
    file: str | None = None,
    *,
    zoom: Zoom = None,
    max_files: int | None = None,
    geometry_id: str = "-",
) -> xarray.DataArray:
    """A map as a lazy array: each tile is a chunk, fetched when computed. Requires the extra `xarray`.

    Args:
        client: fetches one tile immediately, to determine the type of its pixels, and others later.
        map: its tiles must be at one zoom level. It can have 100,000 tiles.
        file: a picture (`.png`) or a SKI file (`.ski`) of the map's type; by default
            `truecolor.png` for imagery, `<map type>.png` for the others.
        zoom: by default the map's own tiles, of about two meters per pixel for a car park. A number
            uses their child tiles at this zoom level, `"max"` those at the map's `max_zoom`: only
            those that the map's `extent` touches, if it is known.
        max_files: raise InvalidArgumentError for an array of more tiles; by default 4,096, and
            unlimited if `zoom` is a number.
        geometry_id: as in `client.kraken.grid_file`.

    The dimensions are `band`, `y` and `x`; `x` and `y` are the centers of pixels in EPSG:3857, which
    `spatial_ref` describes. A picture has the bands red, green, blue and alpha (uint8). All values
    are 0 where there is no tile, or no tile with this file. The attributes `zoom` and
    `meters_per_pixel` (on the ground, in the middle of the array) are its resolution.

    It is computed by threads of this process, or on a dask cluster: each worker receives the
    settings of the client, and has its own connections. Passwords and tokens are not sent to
    workers, so credentials for a cluster must come from the environment variables of the workers, a
    keyring or a function, or a login in a shared FileTokenStore (see `SpaceKnow`). For an
    AsyncSpaceKnow, a SpaceKnow with the same settings is used. In an event loop, call this function
    in a thread (`asyncio.to_thread`), because it waits for the first tile.

    Raises InvalidArgumentError for tiles that do not form an array, ConfigError without the extra.
    Computing it raises errors of `client.kraken.grid_file`, and InvalidResponseError for a tile of
    another type than the first.
    """
    require("xarray", "numpy", "xarray", "dask", "pyproj", "PIL")
    from ..interop.map_array import lazy_array

    reader, is_own = _reader(client)
    # pyright does not see through `lazy` when it compares with a protocol.
    return lazy_array(
        cast("TileClient", reader),
        map,
        file,
        geometry_id,
        zoom=zoom,
        max_files=max_files,
        owns_client=is_own,
    )


def maps_to_xarray(
    client: SpaceKnow | AsyncSpaceKnow,
    maps: Sequence[KrakenMap] | Mapping[str, KrakenMap] | Mapping[dt.datetime, KrakenMap],
    file: str | None = None,
    *,
    zoom: Zoom = None,
    max_files: int | None = None,
    geometry_id: str = "-",
) -> xarray.DataArray:
    """Maps of several times as one lazy array over time. Requires the extra `xarray`.

    As `map_to_xarray` for each map, with a first dimension `time` (UTC, without a zone, as in
    xarray), the earliest first. The array covers the tiles of all maps; the values of a map are 0
    where it has no tile. `map_id` and `scene_ids` are coordinates along `time`.

    Args:
        maps: maps with known times, of which the earliest is used (`map.acquired`); otherwise a dict
            of maps by time.
        client, file, zoom, geometry_id: as in `map_to_xarray`. One tile of each map is fetched
            immediately.
        max_files: as in `map_to_xarray`, for each map.

    Raises InvalidArgumentError for no maps, for a map without a time, and for maps of different zoom
    levels or bands; otherwise as `map_to_xarray`.
    """
    require("xarray", "numpy", "xarray", "dask", "pyproj", "PIL")
    from ..interop.map_array import arrays_over_time

    timed = sorted(_timed(maps), key=lambda pair: pair[0])
    reader, is_own = _reader(client)
    return arrays_over_time(
        cast("TileClient", reader),
        timed,
        file,
        geometry_id,
        zoom=zoom,
        max_files=max_files,
        owns_client=is_own,
    )


def _timed(maps: Any) -> list[tuple[Any, KrakenMap]]:
    import numpy as np

    from ..maps.kraken_map import KrakenMap
    from ..maps.scene_id import as_utc
    from ..runtime.datetimes import start_of

    if not isinstance(maps, (Mapping, Sequence)) or not maps or isinstance(maps, str):
        raise InvalidArgumentError("maps must be a list of maps, or a dict of maps by time.")
    timed: list[tuple[Any, KrakenMap]] = []
    for given, map in (
        maps.items() if isinstance(maps, Mapping) else ((None, each) for each in maps)
    ):
        if not isinstance(map, KrakenMap):
            raise InvalidArgumentError(f"maps must contain KrakenMaps, not {type(map).__name__}.")
        if given is None and not map.acquired:
            raise InvalidArgumentError(
                "a map has no acquisition time.",
                hint="Pass a dict by time, or pass Scenes instead of ids to release().",
            )
        time = map.acquired[0] if given is None else as_utc(start_of(given))
        timed.append((np.datetime64(time.replace(tzinfo=None), "us"), map))
    return timed


def _reader(client: SpaceKnow | AsyncSpaceKnow) -> tuple[SpaceKnow, bool]:
    """The client that fetches, and whether it is new: for an asynchronous client, a synchronous one
    with the same login is created."""
    from .client import SpaceKnow
    from .client_async import AsyncSpaceKnow

    if isinstance(client, SpaceKnow):
        return client, False
    if not isinstance(client, AsyncSpaceKnow):
        raise InvalidArgumentError(
            f"client must be a SpaceKnow or an AsyncSpaceKnow, not {type(client).__name__}."
        )
    if client._http_client not in (None, "aiohttp"):
        raise ConfigError(
            "cannot fetch the tiles of an array with your own asynchronous http_client.",
            hint="Pass a SpaceKnow instead, which can have your own httpx.Client.",
        )
    settings = {each.name: getattr(client.options, each.name) for each in fields(client.options)}
    twin = SpaceKnow(client.environment, auth=client._auth, _clock=client._clock, **settings)
    twin._auth_is_given = client._auth_is_given
    return twin, True
