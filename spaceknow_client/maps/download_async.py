"""Downloads the files of a map into a folder, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from ..errors.base import SpaceKnowError
from ..generated.api.kraken import kraken_grid_file
from ..generated.types import Request
from ..runtime.concurrency import async_fan_out, async_off_loop
from ..runtime.paths import PathLike, checked_path
from ..transport.transport_async import AsyncTransport
from .download_plan import Download
from .downloaded import Downloaded, DownloadProgress
from .grid_file import checked_content, checked_segment
from .kraken_map import KrakenMap
from .map_files import level_of, names_of
from .touched import Zoom

# Writing fewer bytes to the disk cache is faster than handing them to a thread.
LARGE = 2**20


async def async_download(
    map: KrakenMap,
    folder: PathLike,
    *,
    names: str | Iterable[str] | None,
    zoom: Zoom,
    max_files: int | None,
    geometry_id: str,
    stop_on_error: bool,
    on_progress: Callable[[DownloadProgress], object] | None,
    transport: AsyncTransport,
) -> Downloaded:
    """Fetches all missing files. Raises DownloadError if some could not be fetched."""
    wanted = names_of(map, names)
    level = level_of(map, zoom, max_files, len(wanted))
    map_id, geometry = checked_segment("a map", map.map_id), checked_segment("a map", geometry_id)
    download = Download(
        map,
        checked_path(folder),
        wanted,
        zoom=level,
        geometry_id=geometry,
        by_default=names is None,
        stop_on_error=stop_on_error,
        on_progress=on_progress,
    )

    @lru_cache(maxsize=64)
    def around(name: str) -> tuple[Request, str, str]:
        """A request, and its path before and after the tile, which are quoted only once."""
        request = kraken_grid_file.get_request(map_id, geometry, 0, 0, 0, name)
        before, _, after = request.path.rpartition("/0/0/0/")
        return request, before, after

    async def work(_: int) -> None:
        while (missing := download.next()) is not None:
            tile, name = missing
            one, before, after = around(name)
            path = f"{before}/{tile.z}/{tile.x}/{tile.y}/{after}"
            request = Request(operation=one.operation, method=one.method, path=path)
            try:
                content = (await transport.send(request, partial(checked_content, name))).parsed
            except SpaceKnowError as error:
                download.fail(tile, name, error)
                continue
            if content is not None and len(content) > LARGE:
                await async_off_loop(download.store, tile, name, content)
            else:
                download.store(tile, name, content)

    stopped_by: SpaceKnowError | None = None
    at_once = transport.options.limits.concurrency
    try:
        # A default name that the service refuses is requested only once.
        for _ in download.phases():
            await async_fan_out(work, range(at_once), at_once)
    except SpaceKnowError as error:
        stopped_by = error
    finally:
        download.stop()
    result = download.result()
    download.tell()
    if stopped_by is not None:
        raise download.error(stopped_by) from stopped_by
    if result.failed:
        raise download.error(None) from result.failures[0].error
    return result
