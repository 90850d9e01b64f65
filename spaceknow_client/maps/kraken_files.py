# Compiled by `python -m generator` from kraken_files_async.py. Never edit by hand.
# ruff: noqa
"""The files of Kraken maps, all tiles together: in folders, as pictures, as detections, as a page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..runtime.concurrency import fan_out, off_loop
from ..runtime.lazy import loading
from ..runtime.paths import PathLike
from ..transport.transport import Transport
from .kraken_map import KrakenMap
from .map_files import in_quads, picture_of, tiles_of
from .tile import Tile

if TYPE_CHECKING:  # each is imported when it is first used: few programs need many of them
    from .detections import Detections
    from .downloaded import Downloaded, DownloadProgress
    from .grid_file import GridFile
    from .pictures.mosaic import Compression, Mosaic
    from .pictures.mosaic_builder import MosaicBuilder
    from .view.frames import Dates, Maps


class KrakenFiles(ABC):
    """What is made of the files of a map's tiles."""

    _transport: Transport

    @abstractmethod
    def grid_file(
        self,
        map: KrakenMap | str,
        tile: Tile | tuple[int, int, int],
        name: str,
        geometry_id: str = "-",
    ) -> GridFile | None:
        """One file of one tile; None where the tile has none (status 204)."""

    def download(
        self,
        map: KrakenMap,
        folder: PathLike,
        files: str | Iterable[str] | None = None,
        zoom: int | None = None,
        *,
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
            zoom: fetch the children of the tiles at this zoom level, down to the map's `max_zoom`,
                instead of the tiles themselves.
            geometry_id: as in `grid_file`.
            stop_on_error: stop at the first file that does not come. Otherwise the others are
                fetched before the error is raised, unless none can be expected to come: the map id,
                the login or the rights are refused, the disk is full, ten calls in a row have found
                no server, or the server says VERSION-MISMATCH. After that one the files are of
                several versions, and the next call fetches all of them anew.
            on_progress: called with a DownloadProgress after each file, one call at a time; on the
                synchronous client from several threads. `sk.DownloadBar` is one.

        Raises DownloadError, whose `downloaded` tells what was done and what failed;
        InvalidArgumentError for a folder with another map. API facts, section 11.5.
        """
        with loading():
            from .download import download

        return download(
            map,
            folder,
            names=files,
            zoom=zoom,
            geometry_id=geometry_id,
            stop_on_error=stop_on_error,
            on_progress=on_progress,
            transport=self._transport,
        )

    def detections(
        self, map: KrakenMap, geometry_id: str = "-", *, zoom: int | None = None
    ) -> Detections:
        """What the analysis found, in all tiles of the map together, or in their children at `zoom`."""
        with loading():
            from .detections import Detections

        tiles = tiles_of(map, zoom)

        def one(tile: Tile) -> GridFile | None:
            return self.grid_file(map, tile, "detections.geojson", geometry_id)

        return Detections.read(fan_out(one, tiles, self._transport.options.limits.concurrency))

    def mosaic(
        self,
        map: KrakenMap,
        file: str | None = None,
        geometry_id: str = "-",
        *,
        zoom: int | None = None,
    ) -> Mosaic:
        """One picture of all tiles of the map. Needs Pillow (extra `images`).

        `file` is a picture file of its map type; by default `truecolor.png` for imagery, and
        `<map type>.png` for the others. `zoom` takes the children of the tiles at that zoom level
        instead, for more detail. Raises ConfigError without Pillow, InvalidArgumentError for more
        pixels than memory should hold.
        """
        with loading():
            from .pictures.mosaic_builder import InMemory

        made = InMemory(map, zoom)
        self._stitch(made, map, picture_of(map, file), geometry_id, zoom)
        return made.mosaic

    def save_mosaic(
        self,
        map: KrakenMap,
        path: PathLike,
        file: str | None = None,
        geometry_id: str = "-",
        *,
        zoom: int | None = None,
        compression: Compression = "zstd",
        cloud_optimized: bool = True,
    ) -> Path:
        """Writes one picture of all tiles of the map, transparent where there is none.

        `.tif` is a GeoTIFF in Web Mercator (EPSG:3857), of any size in constant memory (extra `geo`);
        `.png` and `.webp` are pictures without a place (extra `images`), as `mosaic` has them.

        Args:
            path: the file; it gets this name when it is whole.
            file, zoom: as in `mosaic`; a GeoTIFF may also be stitched of a map's `.geotiff` files. The
                last band of one of numbers tells where there are any: it is 0 elsewhere.
            compression: of a GeoTIFF: `zstd`, `deflate`, which more programs read, or `none`.
            cloud_optimized: with overviews, in the order of a Cloud Optimized GeoTIFF, in which GDAL
                alone reads places without a tile; without, it is a plain one for all programs.

        Raises ConfigError without the extra, DownloadError when the file cannot be written,
        InvalidResponseError for a tile that is no picture.
        """
        with loading():
            from .pictures.mosaic_builder import stitching

        target, made = stitching(path, map, zoom, compression, cloud_optimized)
        self._stitch(made, map, picture_of(map, file), geometry_id, zoom)
        return target

    def view(
        self,
        maps: Maps | Dates,
        path: PathLike | None = None,
        *,
        zoom: int | None = None,
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
            zoom: as in `mosaic`.
            open: False only writes it.

        Raises InvalidArgumentError for more pictures than a page can take (150 MB).
        """
        with loading():
            from .view.fetch import frames
            from .view.page import show, write

        at_once = self._transport.options.limits.concurrency
        shown = frames(maps, zoom, self.grid_file, at_once)
        target = off_loop(write, shown, path, title)
        if open:
            off_loop(show, target)
        return target

    def _stitch(
        self, made: MosaicBuilder, map: KrakenMap, file: str, geometry_id: str, zoom: int | None
    ) -> None:
        with loading():
            from .pictures.mosaic_fetch import fetch_mosaic

        def one(tile: Tile) -> GridFile | None:
            return self.grid_file(map, tile, file, geometry_id)

        at_once = self._transport.options.limits.concurrency
        fetch_mosaic(made, one, in_quads(map, zoom), at_once)
