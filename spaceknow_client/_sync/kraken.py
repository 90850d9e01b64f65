# Compiled by `python -m generator` from _async/. Never edit by hand.
"""Analyses and imagery as tiles (the Kraken API): `client.kraken`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from operator import index
from pathlib import Path
from typing import Any

from .._concurrency import fan_out, off_loop
from ..areas import checked_map_types, checked_scene_ids
from ..detections import Detections
from ..download import Downloaded, DownloadProgress
from ..errors.base import InvalidArgumentError
from ..extent import Extent, ExtentLike
from ..generated.api.kraken import (
    kraken_dry_run_initiate,
    kraken_grid_file,
    kraken_release_initiate,
)
from ..generated.models import DryRun, DryRunRequest, DryRunResult, DryRunScene, ReleaseRequest
from ..geotiff import Compression
from ..grid_file import GridFile, checked_file_name, checked_segment
from ..kraken_map import KrakenMap
from ..map_files import picture_of, tiles_of
from ..mosaic import Mosaic
from ..paths import PathLike
from ..run_progress import CreditBudget, Outcome, RunProgress
from ..stitching import InMemory, Stitching, stitching
from ..tile import Tile
from ..view.frames import Dates, Maps
from .downloading import download
from .pipeline import Pipeline
from .pipelines import Pipelines
from .run import Phases, Run
from .stitching import stitch
from .transport import Transport
from .viewing import frames


class Kraken:
    """Kraken maps: one analysis of one or several scenes, cut into tiles with files."""

    def __init__(self, transport: Transport, pipelines: Pipelines) -> None:
        self._transport = transport
        self._pipelines = pipelines

    def release(
        self,
        map_type: str,
        *,
        scene_ids: Sequence[str],
        extent: ExtentLike | Extent,
        sub_geometry: dict[str, Any] | None = None,
        reuse: bool = False,
    ) -> Pipeline[KrakenMap]:
        """Starts an analysis. It needs `kraken.release`, and an allocation, which costs credits.

        Args:
            map_type: the kind of analysis, such as `cars`, or `imagery` for the picture itself.
            scene_ids: ids of the scenes, from a search.
            extent: the area to analyse, in degrees (see Extent).
            sub_geometry: sent as it is; its form is not documented.
            reuse: take a pipeline of the journal with the same arguments, instead of paying again
                (see `client.pipelines.start`).

        The call is never sent twice: AmbiguousRequestError says when it may have begun all the
        same. Raises NotEnoughCreditsError (no allocation), InvalidArgumentError,
        InvalidExtentError. API facts, section 11.1.
        """
        if not isinstance(map_type, str) or not map_type:
            raise InvalidArgumentError(f"map_type is a name such as cars, not {map_type!r}.")
        body = ReleaseRequest(
            map_type=map_type,
            scene_ids=checked_scene_ids(scene_ids),
            extent=Extent(extent).to_geojson(),
            sub_geometry=sub_geometry,
        )
        request = kraken_release_initiate.get_request(body=body)
        return self._pipelines.start(request, map_type=map_type, reuse=reuse)

    def release_many(
        self,
        map_type: str,
        *,
        scene_ids: Iterable[str | Sequence[str]],
        extent: ExtentLike | Extent,
        concurrency: int = 100,
        deadline: float | None = None,
        max_credits: float | None = None,
        stop_on_error: bool = False,
        reuse: bool = False,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> Iterator[Outcome[str | Sequence[str], Pipeline[KrakenMap], KrakenMap]]:
        """One release for each of many scenes; gives each outcome as its map comes.

        Args:
            scene_ids: for each release the id of its scene, or ids of several. It may be endless.
            max_credits: runs `dry_run` before each release, adds up the credits that it estimates
                (`RunProgress.credits`), and stops before there would be more. The outcome of the
                release that was not begun has a CreditLimitError; nothing after it is taken up.
            reuse: as in `release`: what the journal has is not paid for again.
            concurrency, deadline, stop_on_error, on_progress: as in `client.pipelines.run`.

        Otherwise as `release`.
        """
        area = Extent(extent)
        budget = None if max_credits is None else CreditBudget(max_credits)

        def phases(ids: str | Sequence[str]) -> Phases:
            chosen = [ids] if isinstance(ids, str) else ids

            def estimate(_: None) -> Pipeline[DryRunResult]:
                return self.dry_run(map_type, scene_ids=chosen, extent=area)

            def begin(cost: DryRunResult | None) -> Pipeline[KrakenMap]:
                if budget is not None and cost is not None:
                    budget.set_aside(cost.allocated_credits)
                return self.release(map_type, scene_ids=chosen, extent=area, reuse=reuse)

            return (begin,) if budget is None else (estimate, begin)

        run: Run[str | Sequence[str], KrakenMap] = Run(
            self._transport,
            ((ids, phases(ids)) for ids in scene_ids),
            concurrency=concurrency,
            deadline=deadline,
            stop_on_error=stop_on_error,
            on_progress=on_progress,
            total=len(scene_ids) if isinstance(scene_ids, Sized) else None,
            budget=budget,
        )
        return run.outcomes()

    def dry_run(
        self,
        map_types: str | Sequence[str],
        *,
        scene_ids: Sequence[str],
        extent: ExtentLike | Extent,
    ) -> Pipeline[DryRunResult]:
        """Starts an estimate of what releases would cost. Needs `kraken.dry-run`; spends nothing.

        Args:
            map_types: kinds of analysis to estimate, one or several.
            scene_ids: ids of the scenes, from a search.
            extent: the area to analyse, in degrees (see Extent).

        Its result has `allocated_credits`, `allocated_km2`, `analyzed_km2` and `ingested_km2`.
        Raises InvalidArgumentError, InvalidExtentError. API facts, section 11.4.
        """
        scenes = [DryRunScene(scene_id=scene_id) for scene_id in checked_scene_ids(scene_ids)]
        body = DryRunRequest(
            dry_runs=[DryRun(scenes=scenes, map_types=checked_map_types(map_types))],
            extent=Extent(extent).to_geojson(),
        )
        return self._pipelines.start(kraken_dry_run_initiate.get_request(body=body))

    def grid_file(
        self,
        map: KrakenMap | str,
        tile: Tile | tuple[int, int, int],
        name: str,
        geometry_id: str = "-",
    ) -> GridFile | None:
        """One file of one tile; None where the tile has none (status 204).

        Args:
            map: the map, or its id.
            tile: one of its tiles, or a child of one down to `max_zoom`.
            name: the file, such as `truecolor.png` or `detections.geojson`.
            geometry_id: `-` for the map's own area, or a pipeline's `sub_geometry_id`.

        Raises UnsupportedFileNameError for a file that the map type has not, TileDoesNotExistError,
        InvalidMapIdError; InvalidArgumentError before anything is sent. API facts, section 11.5.
        """
        where = _checked_tile(tile)
        request = kraken_grid_file.get_request(
            _map_id(map),
            checked_segment("a geometry", geometry_id),
            *where,
            checked_file_name(name),
        )
        answer = self._transport.send(request, kraken_grid_file.parse)
        if answer.parsed is None:
            return None
        return GridFile(
            tile=where,
            name=name,
            content=answer.parsed,
            media_type=answer.headers.get("content-type"),
        )

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
        made = InMemory(tiles_of(map, zoom))
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
            file, zoom: as in `mosaic`; a GeoTIFF may also be stitched of a map's `.geotiff` files.
            compression: of a GeoTIFF: `zstd`, `deflate`, which every program reads, or `none`.
            cloud_optimized: with overviews, in the order of a Cloud Optimized GeoTIFF; without, it
                is a plain one, written in a third of the time.

        Raises ConfigError without the extra, DownloadError when the file cannot be written,
        InvalidResponseError for a tile that is no picture.
        """
        target, made = stitching(path, tiles_of(map, zoom), compression, cloud_optimized)
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
        from ..view.page import show, write

        at_once = self._transport.options.limits.concurrency
        shown = frames(maps, zoom, self.grid_file, at_once)
        target = off_loop(write, shown, path, title)
        if open:
            off_loop(show, target)
        return target

    def _stitch(
        self, made: Stitching, map: KrakenMap, file: str, geometry_id: str, zoom: int | None
    ) -> None:
        def one(tile: Tile) -> GridFile | None:
            return self.grid_file(map, tile, file, geometry_id)

        at_once = self._transport.options.limits.concurrency
        stitch(made, one, tiles_of(map, zoom), at_once)


def _map_id(map: KrakenMap | str) -> str:
    map_id = map.map_id if isinstance(map, KrakenMap) else map
    if not isinstance(map_id, str):
        raise InvalidArgumentError("a map is a KrakenMap or the id of one.")
    return checked_segment("a map", map_id)


def _checked_tile(tile: Tile | tuple[int, int, int]) -> Tile:
    try:
        z, x, y = (index(number) for number in tile)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(
            f"a tile is three integers (zoom, x, y), not {tile!r}."
        ) from error
    if not 0 <= z <= 30 or not (0 <= x < 2**z and 0 <= y < 2**z):
        raise InvalidArgumentError(
            f"there is no tile {tuple(tile)}: at zoom {z} x and y go from 0 to {2 ** max(z, 0) - 1}."
        )
    return Tile(z, x, y)
