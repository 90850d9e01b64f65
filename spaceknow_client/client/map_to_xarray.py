"""A map as a lazy array, by either client."""

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
    """A map as one lazy array: each tile is a chunk, fetched when it is computed. Extra `xarray`.

    Args:
        client: fetches one tile now, to see what its pixels are like, and all others later.
        map: its tiles have to lie on one zoom level. It may have 100,000 of them.
        file: a picture (`.png`) or a SKI file (`.ski`) of the map's type; by default
            `truecolor.png` for imagery, `<map type>.png` for the others.
        zoom: by default the map's own tiles, of about two meters per pixel for a car park. A number
            takes their children at that zoom level, `"max"` those of the map's `max_zoom`: only what
            the map's `extent` touches, where that is known.
        max_files: raise InvalidArgumentError for an array of more tiles; by default 4,096, and with a
            number as `zoom` any number.
        geometry_id: as in `client.kraken.grid_file`.

    The dimensions are `band`, `y` and `x`; `x` and `y` are the centers of pixels in EPSG:3857, which
    `spatial_ref` describes. A picture has the bands red, green, blue and alpha (uint8). Where there
    is no tile, or none with this file, all values are 0. Its attributes `zoom` and
    `meters_per_pixel` (on the ground, at its middle) say how detailed it is.

    It is computed by threads of this process, or on a dask cluster: what goes to a worker is how
    the client was set up, and each process of workers has its own connections. No password or
    token goes with it, so a client for a cluster has its credentials from the environment variables
    of the workers, from a keyring or a function, or from a login in a FileTokenStore that they share
    (see `SpaceKnow`). An AsyncSpaceKnow is set up anew as a SpaceKnow. Call it in a thread
    (`asyncio.to_thread`) where an event loop must not wait for the first tile.

    Raises InvalidArgumentError for tiles that make no array, ConfigError without the extra; and
    while it is computed what `client.kraken.grid_file` raises, and InvalidResponseError for a tile
    that is not like the first.
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
    """Maps of several times as one lazy array over time. Extra `xarray`.

    As `map_to_xarray` of each map, with a first dimension `time` (UTC, without a zone, as xarray has
    times), the earliest first. Places are those of all maps together; where a map has no tile, all
    its values are 0. `map_id` and `scene_ids` are coordinates along `time`.

    Args:
        maps: each with its time, which is that of its first scene where it knows one
            (`map.acquired`); otherwise a dict of them by time.
        client, file, zoom, geometry_id: as in `map_to_xarray`. One tile of each map is fetched now.
        max_files: as in `map_to_xarray`, of each map.

    Raises InvalidArgumentError for no map, for one whose time is unknown, and for maps of different
    zoom levels or bands; otherwise as `map_to_xarray`.
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
        raise InvalidArgumentError("maps must be a list of maps, or a dict of them by time.")
    timed: list[tuple[Any, KrakenMap]] = []
    for given, map in (
        maps.items() if isinstance(maps, Mapping) else ((None, each) for each in maps)
    ):
        if not isinstance(map, KrakenMap):
            raise InvalidArgumentError(f"maps must hold KrakenMaps, not {type(map).__name__}.")
        if given is None and not map.acquired:
            raise InvalidArgumentError(
                "a map does not know when its scenes were taken.",
                hint="Pass a dict by time, or give release() Scenes instead of ids.",
            )
        time = map.acquired[0] if given is None else as_utc(start_of(given))
        timed.append((np.datetime64(time.replace(tzinfo=None), "us"), map))
    return timed


def _reader(client: SpaceKnow | AsyncSpaceKnow) -> tuple[SpaceKnow, bool]:
    """The client that fetches, and whether it is made here: an asynchronous one gets a twin, which
    shares its login."""
    from .client import SpaceKnow
    from .client_async import AsyncSpaceKnow

    if isinstance(client, SpaceKnow):
        return client, False
    if not isinstance(client, AsyncSpaceKnow):
        raise InvalidArgumentError(
            f"the client is a SpaceKnow or an AsyncSpaceKnow, not {type(client).__name__}."
        )
    if client._http_client not in (None, "aiohttp"):
        raise ConfigError(
            "an asynchronous http_client of your own cannot fetch the tiles of an array.",
            hint="Pass a SpaceKnow instead, which may have an httpx.Client of yours.",
        )
    settings = {each.name: getattr(client.options, each.name) for each in fields(client.options)}
    twin = SpaceKnow(client.environment, auth=client._auth, _clock=client._clock, **settings)
    twin._auth_is_given = client._auth_is_given
    return twin, True
