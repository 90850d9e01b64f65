"""Files of all tiles of a Kraken map: as folders, pictures, detections and pages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..runtime.concurrency import async_off_loop
from ..runtime.lazy import loading
from ..runtime.paths import PathLike
from ..transport.transport_async import AsyncTransport
from .kraken_map import KrakenMap
from .map_files import in_quads, level_of, picture_of, tiles_of
from .tile import Tile
from .touched import Zoom

if TYPE_CHECKING:  # imported on first use: few programs need all of them
    from .detections import Detections
    from .downloaded import Downloaded, DownloadProgress
    from .grid_file import GridFile
    from .named_file_async import AsyncNamedFile
    from .pictures.mosaic import Compression, Mosaic
    from .pictures.mosaic_builder import MosaicBuilder
    from .view.frames import Dates, Maps


class AsyncKrakenFiles(ABC):
    """Methods that fetch the files of a map's tiles."""

    _transport: AsyncTransport

    @abstractmethod
    async def grid_file(
        self,
        map: KrakenMap | str,
        tile: Tile | tuple[int, int, int],
        name: str,
        geometry_id: str = "-",
    ) -> GridFile | None:
        """One file of one tile; None if the tile does not have it (status 204)."""

    async def download(
        self,
        map: KrakenMap,
        folder: PathLike,
        files: str | Iterable[str] | None = None,
        zoom: Zoom = None,
        *,
        max_files: int | None = None,
        geometry_id: str = "-",
        stop_on_error: bool = False,
        on_progress: Callable[[DownloadProgress], object] | None = None,
    ) -> Downloaded:
        """Fetches files of all tiles into a folder, concurrently within the client's limits.

        Call it again with the same folder, also after the process was killed, to fetch only missing
        files: `manifest.json` in the folder lists the files, and those that the server does not have
        (status 204). Each file is written atomically. `MapFolder(folder)` reads the result.

        Args:
            folder: created if necessary; it can contain one map.
            files: names, such as `truecolor.png`; by default all documented files of the map type,
                except those that the server reports as unsupported.
            zoom: by default the map's own tiles. A number fetches their child tiles at this zoom
                level instead, `"max"` those at the map's `max_zoom`: only those that the map's
                `extent` touches, if it is known.
            max_files: raise InvalidArgumentError instead of fetching more files; by default 4,096,
                and unlimited if `zoom` is a number.
            geometry_id: as in `grid_file`.
            stop_on_error: stop at the first file that cannot be fetched. Otherwise the others are
                fetched before the error is raised, unless they would fail too: the map id, the login
                or the permissions are refused, the disk is full, ten consecutive calls did not reach
                the server, or the server returned VERSION-MISMATCH. After VERSION-MISMATCH the files
                are of several versions, and the next call fetches all of them again.
            on_progress: called with a DownloadProgress after each file, one call at a time; the
                synchronous client calls it from several threads. You can pass an `sk.DownloadBar`.

        Raises DownloadError, whose `downloaded` lists what was fetched and what failed;
        InvalidArgumentError for a folder with another map.
        """
        with loading():
            from .download_async import async_download

        return await async_download(
            map,
            folder,
            names=files,
            zoom=zoom,
            max_files=max_files,
            geometry_id=geometry_id,
            stop_on_error=stop_on_error,
            on_progress=on_progress,
            transport=self._transport,
        )

    async def detections(
        self,
        map: KrakenMap,
        geometry_id: str = "-",
        *,
        zoom: Zoom = None,
        max_files: int | None = None,
    ) -> Detections:
        """The detections of an analysis, in all tiles of the map.

        The map's own tiles have all detections: child tiles have the same ones. `zoom` and
        `max_files` are as in `download`. The result is empty for a map type without detections.
        """
        with loading():
            from .detections import DETECTIONS, Detections

        level = level_of(map, zoom, max_files)
        file = self._named(map, DETECTIONS, geometry_id, by_default=True)
        at_once = self._transport.options.limits.concurrency
        return Detections.read(await file.all(tiles_of(map, level), at_once), map, level)

    async def mosaic(
        self,
        map: KrakenMap,
        file: str | None = None,
        geometry_id: str = "-",
        *,
        zoom: Zoom = None,
        max_files: int | None = None,
    ) -> Mosaic:
        """One picture of all tiles of the map. Requires Pillow (extra `images`).

        Args:
            file: a picture file of its map type; by default `truecolor.png` for imagery, and
                `<map type>.png` for the others.
            zoom, max_files: as in `download`. The map's own tiles show a car park at about two
                meters per pixel; `"max"` shows it at full resolution.

        Raises ConfigError without Pillow, InvalidArgumentError for a picture that is too large for
        memory.
        """
        with loading():
            from .pictures.mosaic_builder import InMemory

        level = level_of(map, zoom, max_files)
        made = InMemory(map, level)
        await self._stitch(made, map, file, geometry_id, level)
        return made.mosaic

    async def save_mosaic(
        self,
        map: KrakenMap,
        path: PathLike,
        file: str | None = None,
        geometry_id: str = "-",
        *,
        zoom: Zoom = None,
        max_files: int | None = None,
        compression: Compression = "zstd",
        cloud_optimized: bool = True,
    ) -> Path:
        """Writes one picture of all tiles of the map, transparent where there is no tile.

        `.tif` is a GeoTIFF in Web Mercator (EPSG:3857), of any size in constant memory (extra `geo`);
        `.png` and `.webp` are pictures without georeference (extra `images`), as from `mosaic`. The
        file contains its zoom level and meters per pixel: a GeoTIFF as the tags `zoom` and
        `meters_per_pixel`, the others in their image description (Exif).

        Args:
            path: the file, which is written atomically.
            file, zoom, max_files: as in `mosaic`; the source of a GeoTIFF can also be a map's
                `.geotiff` files. The last band of a GeoTIFF of numbers is 0 where there is no data.
            compression: of a GeoTIFF: `zstd`, `deflate`, which more programs can read, or `none`.
            cloud_optimized: write overviews, in the layout of a Cloud Optimized GeoTIFF; areas
                without a tile can then be read only with GDAL. False writes a plain GeoTIFF that
                all programs can read.

        Raises ConfigError without the extra, DownloadError if the file cannot be written,
        InvalidResponseError for a tile that is not a picture.
        """
        with loading():
            from .pictures.mosaic_builder import stitching

        level = level_of(map, zoom, max_files)
        target, made = stitching(path, map, level, compression, cloud_optimized)
        await self._stitch(made, map, file, geometry_id, level)
        return target

    async def view(
        self,
        maps: Maps | Dates,
        path: PathLike | None = None,
        *,
        zoom: Zoom = None,
        max_files: int | None = None,
        title: str = "SpaceKnow",
        open: bool = True,
    ) -> Path:
        """Writes a page that shows maps, and opens it in the browser.

        The page is one file that needs no network: pictures of tiles, detections as outlines,
        a switch for each layer and, for several dates, a slider.

        Args:
            maps: one map; several maps, shown as layers (such as imagery and cars of the same day);
                or maps by date, as a dict whose keys are strings, dates or `scene.datetime`.
            path: the page; by default a new temporary file.
            zoom, max_files: as in `download`; the page shows zoom level and meters per pixel.
            open: False writes the page without opening it.

        Raises InvalidArgumentError for pictures of more than 150 MB in total.
        """
        with loading():
            from .view.fetch_async import async_frames
            from .view.page import show, write

        at_once = self._transport.options.limits.concurrency
        shown = await async_frames(maps, zoom, max_files, self.grid_file, at_once)
        target = await async_off_loop(write, shown, path, title)
        if open:
            await async_off_loop(show, target)
        return target

    async def _stitch(
        self,
        made: MosaicBuilder,
        map: KrakenMap,
        name: str | None,
        geometry_id: str,
        level: int | None,
    ) -> None:
        with loading():
            from .pictures.mosaic_fetch_async import async_fetch_mosaic

        by_default = name is None
        file = self._named(map, picture_of(map, name), geometry_id, by_default=by_default)
        at_once = self._transport.options.limits.concurrency
        await async_fetch_mosaic(made, file, in_quads(map, level), at_once)

    def _named(
        self, map: KrakenMap, name: str, geometry_id: str, *, by_default: bool
    ) -> AsyncNamedFile:
        from .named_file_async import AsyncNamedFile

        async def one(tile: Tile) -> GridFile | None:
            return await self.grid_file(map, tile, name, geometry_id)

        return AsyncNamedFile(one, by_default=by_default)
