"""Analyses and imagery as tiles (the Kraken API): `client.kraken`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence, Sized
from operator import index
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from ..errors.base import InvalidArgumentError
from ..extents.extent import Extent, ExtentLike
from ..extents.tiling import Decompose
from ..generated.api.kraken import kraken_grid_file
from ..maps.grid_file import GridFile, checked_file_name, checked_segment
from ..maps.kraken_files_async import AsyncKrakenFiles
from ..maps.kraken_map import KrakenMap
from ..maps.tile import Tile
from ..pipelines.pipeline_async import AsyncPipeline
from ..pipelines.run_async import AsyncRun, AsyncStages
from ..pipelines.run_progress import CreditBudget, Outcome, RunProgress
from .analysis import checked_map_types, checked_scene_ids
from .operations.kraken_async import AsyncKrakenResource

if TYPE_CHECKING:
    from ..extents.tile_grid import GridTile
    from ..generated.models import DryRunResult

Ids: TypeAlias = "str | Sequence[str]"
TiledIds: TypeAlias = "tuple[str | Sequence[str], GridTile]"


class AsyncKraken(AsyncKrakenResource, AsyncKrakenFiles):
    """Kraken maps: one analysis of one or several scenes, cut into tiles with files."""

    @overload
    def release_many(
        self,
        map_type: str,
        *,
        scene_ids: Iterable[str | Sequence[str]],
        extent: ExtentLike | Extent,
        decompose: None = None,
        concurrency: int = 100,
        deadline: float | None = None,
        max_credits: float | None = None,
        stop_on_error: bool = False,
        reuse: bool = False,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> AsyncIterator[Outcome[Ids, AsyncPipeline[KrakenMap], KrakenMap]]: ...

    @overload
    def release_many(
        self,
        map_type: str,
        *,
        scene_ids: Iterable[str | Sequence[str]],
        extent: ExtentLike | Extent,
        decompose: Decompose,
        concurrency: int = 100,
        deadline: float | None = None,
        max_credits: float | None = None,
        stop_on_error: bool = False,
        reuse: bool = False,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> AsyncIterator[Outcome[TiledIds, AsyncPipeline[KrakenMap], KrakenMap]]: ...

    def release_many(
        self,
        map_type: str,
        *,
        scene_ids: Iterable[str | Sequence[str]],
        extent: ExtentLike | Extent,
        decompose: Decompose | None = None,
        concurrency: int = 100,
        deadline: float | None = None,
        max_credits: float | None = None,
        stop_on_error: bool = False,
        reuse: bool = False,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> AsyncIterator[Outcome[Any, AsyncPipeline[KrakenMap], KrakenMap]]:
        """One release for each of many scenes; gives each outcome as its map comes.

        Args:
            scene_ids: for each release the id of its scene, or ids of several. It may be endless.
            decompose: cuts an extent that is too large for the server, as in `imagery.search`. There
                is one release then for each scene and tile, which is paid for by itself, and the
                input of an outcome is `(ids, tile)`.
            max_credits: runs `dry_run` before each release, adds up the credits that it estimates
                (`RunProgress.credits`), and stops before there would be more. The outcome of the
                release that was not begun has a CreditLimitError; nothing after it is taken up.
            reuse: as in `release`: what the journal has is not paid for again.
            concurrency, deadline, stop_on_error, on_progress: as in `client.pipelines.run`.

        Otherwise as `release`.
        """
        area = Extent(extent)
        budget = None if max_credits is None else CreditBudget(max_credits)

        def phases(ids: str | Sequence[str], part: ExtentLike | Extent) -> AsyncStages:
            chosen = [ids] if isinstance(ids, str) else ids

            async def estimate(_: None) -> AsyncPipeline[DryRunResult]:
                return await self.dry_run(map_type, scene_ids=chosen, extent=part)

            async def begin(cost: DryRunResult | None) -> AsyncPipeline[KrakenMap]:
                if budget is not None and cost is not None:
                    budget.set_aside(cost.allocated_credits)
                return await self.release(map_type, scene_ids=chosen, extent=part, reuse=reuse)

            return (begin,) if budget is None else (estimate, begin)

        inputs: Iterator[tuple[Any, AsyncStages]]
        each = 1
        if decompose is None:
            inputs = ((ids, phases(ids, area)) for ids in scene_ids)
        else:
            from ..extents.tiling import tiles_of

            tiles = tiles_of(area, decompose, is_paid=True)
            each = len(tiles)
            inputs = (
                ((ids, tile), phases(ids, tile.intersection)) for ids in scene_ids for tile in tiles
            )
        run: AsyncRun[Any, KrakenMap] = AsyncRun(
            self._pipelines.context,
            inputs,
            concurrency=concurrency,
            deadline=deadline,
            stop_on_error=stop_on_error,
            on_progress=on_progress,
            total=len(scene_ids) * each if isinstance(scene_ids, Sized) else None,
            budget=budget,
        )
        return run.outcomes()

    async def dry_run(
        self,
        map_types: str | Sequence[str],
        *,
        scene_ids: Sequence[str],
        extent: ExtentLike | Extent,
    ) -> AsyncPipeline[DryRunResult]:
        """Starts an estimate of what releases would cost. Needs `kraken.dry-run`; spends nothing.

        Args:
            map_types: kinds of analysis to estimate, one or several.
            scene_ids: ids of the scenes, from a search.
            extent: the area to analyse, in degrees (see Extent).

        Its result has `allocated_credits`, `allocated_km2`, `analyzed_km2` and `ingested_km2`.
        Raises InvalidArgumentError, InvalidExtentError. API facts, section 11.4.
        """
        scenes = [{"sceneId": scene_id} for scene_id in checked_scene_ids(scene_ids)]
        run = {"scenes": scenes, "mapTypes": checked_map_types(map_types)}
        return await self._dry_run([run], extent)

    async def grid_file(
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
        answer = await self._transport.send(request, kraken_grid_file.parse)
        if answer.parsed is None:
            return None
        return GridFile(
            tile=where,
            name=name,
            content=answer.parsed,
            media_type=answer.headers.get("content-type"),
        )


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
