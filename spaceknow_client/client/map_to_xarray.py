"""A map as a lazy array, by either client."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, cast

from ..errors.base import ConfigError, InvalidArgumentError
from ..runtime.extras import require

if TYPE_CHECKING:
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
        zoom: by default the map's own tiles, of about two meters a pixel for a car park. A number
            takes their children at that zoom level, `"max"` those of the map's `max_zoom`: only what
            the map's `extent` touches, where that is known.
        max_files: raise InvalidArgumentError for an array of more tiles; by default 4,096, and with a
            number as `zoom` any number.
        geometry_id: as in `client.kraken.grid_file`.

    The dimensions are `band`, `y` and `x`; `x` and `y` are the centres of pixels in EPSG:3857, which
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
