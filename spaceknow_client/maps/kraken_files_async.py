"""The files of Kraken maps, all tiles together: in folders, as pictures, as detections, as a page."""

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

if TYPE_CHECKING:  # each is imported when it is first used: few programs need many of them
    from .detections import Detections
    from .downloaded import Downloaded, DownloadProgress
    from .grid_file import GridFile
    from .named_file_async import AsyncNamedFile
    from .pictures.mosaic import Compression, Mosaic
    from .pictures.mosaic_builder import MosaicBuilder
    from .view.frames import Dates, Maps


class AsyncKrakenFiles(ABC):
    """What is made of the files of a map's tiles."""

    _transport: AsyncTransport

    @abstractmethod
    async def grid_file(
        self,
        map: KrakenMap | str,
        tile: Tile | tuple[int, int, int],
        name: str,
        geometry_id: str = "-",
    ) -> GridFile | None:
        """One file of one tile; None where the tile has none (status 204)."""

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
        """Fetches files of all tiles into a folder, so many at once as the client's limits allow.

        Called again with the same folder it fetches only what is missing, also after it was killed:
        `manifest.json` there tells what there is, and what the server does not have (status 204).
        Each file gets its name when it is whole. `MapFolder(folder)` reads the result.

        Args:
            folder: made when it is not there; it holds one map.
            files: names, such as `truecolor.png`; by default all that the map type is documented
                to have, without those that the server says the map has not.
            zoom: by default the map's own tiles. A number fetches their children at this zoom
                level instead, `"max"` those of the map's `max_zoom`: only what the map's `extent`
                touches, where that is known.
            max_files: raise InvalidArgumentError instead of fetching more; by default 4,096, and
                with a number as `zoom` any number.
            geometry_id: as in `grid_file`.
            stop_on_error: stop at the first file that does not come. Otherwise the others are
                fetched before the error is raised, unless none can be expected to come: the map id,
                the login or the rights are refused, the disk is full, ten calls in a row have found
                no server, or the server says VERSION-MISMATCH. After that one the files are of
                several versions, and the next call fetches all of them anew.
            on_progress: called with a DownloadProgress after each file, one call at a time; on the
                synchronous client from several threads. `sk.DownloadBar` is one.

        Raises DownloadError, whose `downloaded` tells what was done and what failed;
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
        """What the analysis found, in all tiles of the map together.

        Those of the map's own tiles are complete: their children have the same ones. `zoom` and
        `max_files` are as in `download`. A map type without detections has none.
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
        """One picture of all tiles of the map. Needs Pillow (extra `images`).

        Args:
            file: a picture file of its map type; by default `truecolor.png` for imagery, and
                `<map type>.png` for the others.
            zoom, max_files: as in `download`. The map's own tiles show a car park with about two
                meters a pixel, `"max"` shows all that there is.

        Raises ConfigError without Pillow, InvalidArgumentError for more pixels than memory should
        hold.
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
        """Writes one picture of all tiles of the map, transparent where there is none.

        `.tif` is a GeoTIFF in Web Mercator (EPSG:3857), of any size in constant memory (extra `geo`);
        `.png` and `.webp` are pictures without a place (extra `images`), as `mosaic` has them. The
        file says its zoom level and meters a pixel: as tags `zoom` and `meters_per_pixel` of a
        GeoTIFF, else in its image description (Exif).

        Args:
            path: the file; it gets this name when it is whole.
            file, zoom, max_files: as in `mosaic`; a GeoTIFF may also be stitched of a map's
                `.geotiff` files. The last band of one of numbers tells where there are any: it is 0
                elsewhere.
            compression: of a GeoTIFF: `zstd`, `deflate`, which more programs read, or `none`.
            cloud_optimized: with overviews, in the order of a Cloud Optimized GeoTIFF, in which GDAL
                alone reads places without a tile; without, it is a plain one for all programs.

        Raises ConfigError without the extra, DownloadError when the file cannot be written,
        InvalidResponseError for a tile that is no picture.
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
        switches for the layers and, for several dates, a slider.

        Args:
            maps: one map; several, which lie above one another (such as imagery and cars of the same
                day); or maps by date, as a dict whose keys are texts, dates or `scene.datetime`.
            path: the page; by default a new temporary file.
            zoom, max_files: as in `download`; the page says zoom level and meters a pixel.
            open: False only writes it.

        Raises InvalidArgumentError for more pictures than a page can take (150 MB).
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
