# Compiled by `python -m generator` from kraken_async.py. Never edit by hand.
# ruff: noqa
"""Analyses and imagery as tiles (the Kraken API): `client.kraken`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Callable, Iterable, Iterator, Mapping, Sized
from functools import partial
from operator import index
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ..errors.base import InvalidArgumentError, SpaceKnowError
from ..errors.shown import shown
from ..extents.extent import Extent, ExtentLike
from ..extents.tiling import Decompose
from ..generated.api.kraken import (
    kraken_dry_run_retrieve,
    kraken_grid_file,
    kraken_release_initiate,
)
from ..generated.types import Request
from ..maps.grid_file import GridFile, checked_content, checked_file_name, checked_segment
from ..maps.kraken_files import KrakenFiles
from ..maps.kraken_map import KrakenMap
from ..maps.tile import Tile
from ..pipelines.credit_budget import CreditBudget
from ..pipelines.pipeline import Pipeline
from ..pipelines.run import Run, Stages
from ..pipelines.run_progress import Outcome, RunProgress
from ..runtime.lists import ListLike, as_list, checked
from .argument_checks import SCENE_ID, array, one_or_several, text
from .listed_values import check_listed, lists_map_types
from .operations.kraken import _RELEASE_BODY, KrakenResource
from .spending import Spending, ceiling

if TYPE_CHECKING:
    from ..extents.tile_grid import GridTile
    from ..generated.models import DryRunResult, Scene

# Scenes of one release.
I = TypeVar("I", bound="str | Scene | ListLike[str | Scene]")  # noqa: E741

_map_types = one_or_several(text(filled=True))
_scene_ids = array(SCENE_ID, least=1)
_scenes = one_or_several(SCENE_ID)

log = logging.getLogger("spaceknow_client")


class Kraken(KrakenResource, KrakenFiles):
    """Kraken maps: analyses of one or several scenes, as tiles with files."""

    @overload
    def release_many(
        self,
        map_type: str,
        *,
        scene_ids: Iterable[I],
        extent: ExtentLike | Extent,
        decompose: None = None,
        concurrency: int = 100,
        deadline: float | None = None,
        allocate: bool = False,
        max_credits: float | None = None,
        stop_on_error: bool = False,
        reuse: bool = False,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> Iterator[Outcome[I, Pipeline[KrakenMap], KrakenMap]]: ...

    @overload
    def release_many(
        self,
        map_type: str,
        *,
        scene_ids: Iterable[I],
        extent: ExtentLike | Extent,
        decompose: Decompose,
        concurrency: int = 100,
        deadline: float | None = None,
        allocate: bool = False,
        max_credits: float | None = None,
        stop_on_error: bool = False,
        reuse: bool = False,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> Iterator[Outcome[tuple[I, GridTile], Pipeline[KrakenMap], KrakenMap]]: ...

    @lists_map_types
    def release_many(
        self,
        map_type: str,
        *,
        scene_ids: Iterable[str | Scene | ListLike[str | Scene]],
        extent: ExtentLike | Extent,
        decompose: Decompose | None = None,
        concurrency: int = 100,
        deadline: float | None = None,
        allocate: bool = False,
        max_credits: float | None = None,
        stop_on_error: bool = False,
        reuse: bool = False,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> Iterator[Outcome[Any, Pipeline[KrakenMap], KrakenMap]]:
        """Runs one release per scene; yields an Outcome with its KrakenMap as each pipeline ends.

        Args:
            scene_ids: for each release its scene, or a list of several scenes; a scene is an id or
                the Scene of a search. A sequence, such as a list or a column of a table, is checked
                as a whole before the first release. An iterator can be endless. Its first invalid
                item ends the run: no further release is started, the outcomes of those already
                started are yielded, and then InvalidArgumentError is raised with their number.
            decompose: splits an extent that is too large for the server, as in `imagery.search`.
                There is then one release per scene and tile, each of which is paid for, and the
                input of an outcome is `(ids, tile)`.
            allocate: allocates the area for each release, as in `release`. Requires `max_credits`,
                the maximum for all allocations of this run.
            max_credits: without `allocate`, runs `dry_run` before each release, sums the estimated
                credits, and stops before the sum would exceed this; nothing is allocated. In both
                cases `RunProgress.credits` is the sum, the outcome of the release that was not
                started has a CreditLimitError, and no further release is started.
            reuse: as in `release`: recorded pipelines are not paid for again.
            concurrency, deadline, stop_on_error, on_progress: as in `client.pipelines.run`.

        Otherwise as `release`.
        """
        area = Extent(extent)
        self._check_map_types("map_type", map_type)
        budget = ceiling(allocate, max_credits)
        spending = Spending(self._transport, budget) if allocate and budget else None

        def phases(chosen: list[str], part: ExtentLike | Extent) -> Stages:
            def estimate(_: None) -> Pipeline[DryRunResult]:
                return self._estimate([map_type], chosen, part)

            def begin(cost: DryRunResult | None) -> Pipeline[KrakenMap]:
                if budget is not None and cost is not None:
                    _reserve(budget, cost)
                request = _release_request(map_type, chosen, part)
                if reuse and spending and (known := self._pipelines.recorded(request)):
                    return known
                return self._start(request, reuse, spending)

            return (begin,) if budget is None or allocate else (estimate, begin)

        given = checked("scene_ids", scene_ids, "a list of the scenes of each release", _scenes)
        inputs: Iterator[tuple[Any, Stages]]
        each = 1
        if decompose is None:
            inputs = ((ids, phases(chosen, area)) for ids, chosen in given)
        else:
            from ..extents.tiling import tiles_of

            tiles = tiles_of(area, decompose, is_paid=True)
            each = len(tiles)
            inputs = (
                ((ids, tile), phases(chosen, tile.intersection))
                for ids, chosen in given
                for tile in tiles
            )
        run: Run[Any, KrakenMap] = Run(
            self._pipelines.context,
            inputs,
            concurrency=concurrency,
            deadline=deadline,
            stop_on_error=stop_on_error,
            on_progress=on_progress,
            total=len(given) * each if isinstance(given, Sized) else None,
            budget=budget,
        )
        return run.outcomes()

    @lists_map_types
    def release(
        self,
        map_type: str,
        scene_ids: ListLike[str | Scene],
        extent: ExtentLike | Extent,
        *,
        sub_geometry: Mapping[str, Any] | None = None,
        reuse: bool = False,
        allocate: bool = False,
        max_credits: float | None = None,
    ) -> Pipeline[KrakenMap]:
        """Starts an analysis of scenes, whose result is a map. Requires `kraken.release`.

        Unless the scenes are free, the area must be allocated in them first, which spends credits;
        otherwise NotEnoughCreditsError is raised (402). Permissions on the imagery
        (`imagery.images`, with provider and dataset), and probably on the algorithm (such as
        `algorithms.car-detection`), are required too.

        Args:
            map_type: the kind of analysis, in lower case, such as `cars`; `imagery` is the picture.
            scene_ids: ids of the scenes, or the Scenes of a search; at least one.
            extent: the area to analyze (see Extent).
            sub_geometry: a part of the extent, for which the release returns a `sub_geometry_id`.
                Its form is not published.
            reuse: reuse a pipeline of the journal with the same arguments, instead of starting (and
                possibly paying) again (see `client.pipelines.start`).
            allocate: check the price of the area in these scenes, and allocate it before the
                release, if the price is at most `max_credits`. An allocated area costs nothing.
            max_credits: with `allocate`, the maximum to spend. Without it, a `dry_run` is made
                first, and nothing is started if its estimate is higher; nothing is allocated.

        Returns the handle of the pipeline, whose `result()` is a KrakenMap; `spent` is the cost of
        the allocation. Neither a release nor an allocation is ever sent twice:
        AmbiguousRequestError reports one that may have taken effect. Errors after the allocation
        have `spent`, and the price of a second call is then 0.

        Raises CreditLimitError if the price is above `max_credits` (nothing was spent), or if the
        cost was above the price (see `spent`); otherwise as `credits.allocate_area`, and errors of
        the API such as ExtentTooLargeError and NonExistingSceneError.
        """
        budget = ceiling(allocate, max_credits)
        spending = Spending(self._transport, budget) if allocate and budget else None
        request = _release_request(map_type, scene_ids, extent, sub_geometry)
        self._check_map_types("map_type", map_type)
        if reuse and budget and (known := self._pipelines.recorded(request)) is not None:
            return known
        if budget is not None and spending is None:
            estimate = self._estimate([map_type], request.json["sceneIds"], extent)
            _reserve(budget, estimate.result())
        return self._start(request, reuse, spending)

    def _start(
        self, request: Request, reuse: bool, spending: Spending | None
    ) -> Pipeline[KrakenMap]:
        """Starts a release, after its allocation."""
        if spending is None:
            return self._pipelines.start(request, reuse=reuse)
        self._transport.prepare(request)
        area = spending.allocate(request.json["extent"], request.json["sceneIds"])
        spent = area.cost
        try:
            pipeline = self._pipelines.start(request, reuse=reuse)
        except SpaceKnowError as error:
            error.spent = spent
            raise
        except BaseException:
            log.warning("a release was interrupted; its allocation cost %.12g credits", spent)
            raise
        pipeline.spent = spent
        return pipeline

    @lists_map_types
    def dry_run(
        self,
        map_types: str | ListLike[str],
        *,
        scene_ids: ListLike[str | Scene],
        extent: ExtentLike | Extent,
    ) -> Pipeline[DryRunResult]:
        """Starts an estimate of the cost of releases. Requires `kraken.dry-run`; spends nothing.

        Args:
            map_types: kinds of analysis to estimate, one or several.
            scene_ids: ids of the scenes, or the Scenes of a search; at least one.
            extent: the area to analyze, in degrees (see Extent).

        Its result has `allocated_credits`, `allocated_km2`, `analyzed_km2` and `ingested_km2`.
        Raises InvalidArgumentError, InvalidExtentError.
        """
        ids = _scene_ids("scene_ids", scene_ids)
        return self._estimate(self._check_map_types("map_types", map_types), ids, extent)

    def _estimate(
        self, map_types: list[str], scene_ids: list[str], extent: ExtentLike | Extent
    ) -> Pipeline[DryRunResult]:
        """Starts a dry run with checked arguments."""
        scenes = [{"sceneId": scene_id} for scene_id in scene_ids]
        return self._dry_run([{"scenes": scenes, "mapTypes": map_types}], extent)

    def _check_map_types(self, name: str, given: str | ListLike[str]) -> list[str]:
        """The map types. Unlisted ones get a warning, or are refused."""
        found: list[str] = _map_types(name, given)
        check_listed(self._transport.environment, map_type=found)
        return found

    def grid_file(
        self,
        map: KrakenMap | str,
        tile: Tile | tuple[int, int, int],
        name: str,
        geometry_id: str = "-",
    ) -> GridFile | None:
        """One file of one tile; None if the tile does not have it (status 204).

        Args:
            map: the map, or its id.
            tile: one of its tiles, or a child tile down to `max_zoom`.
            name: the file, such as `truecolor.png` or `detections.geojson`.
            geometry_id: `-` for the map's own area, or a pipeline's `sub_geometry_id`.

        Raises UnsupportedFileNameError for a file that the map type does not have,
        TileDoesNotExistError, InvalidMapIdError; InvalidResponseError for an HTML page, an error
        message, or content that does not match the suffix of the name (PNG, TIFF, gzip, JSON);
        InvalidArgumentError before anything is sent.
        """
        where = _checked_tile(tile)
        request = kraken_grid_file.get_request(
            _map_id(map),
            checked_segment("a geometry", geometry_id),
            *where,
            checked_file_name(name),
        )
        answer = self._transport.send(request, partial(checked_content, name))
        if answer.parsed is None:
            return None
        return GridFile(
            tile=where,
            name=name,
            content=answer.parsed,
            media_type=answer.headers.get("content-type"),
        )


def _release_request(
    map_type: str,
    scene_ids: ListLike[str | Scene],
    extent: ExtentLike | Extent,
    sub_geometry: Mapping[str, Any] | None = None,
) -> Request:
    body: Any = _RELEASE_BODY(
        map_type=map_type, scene_ids=scene_ids, extent=extent, sub_geometry=sub_geometry
    )
    return kraken_release_initiate.get_request(body=body)


def _reserve(budget: CreditBudget, estimate: DryRunResult) -> None:
    budget.reserve(estimate.allocated_credits, operation=kraken_dry_run_retrieve.OPERATION)


def _map_id(map: KrakenMap | str) -> str:
    map_id = map.map_id if isinstance(map, KrakenMap) else map
    if not isinstance(map_id, str):
        raise InvalidArgumentError("map must be a KrakenMap or the id of one.")
    return checked_segment("a map", map_id)


def _checked_tile(tile: Tile | tuple[int, int, int]) -> Tile:
    try:
        z, x, y = map(index, as_list("tile", tile, "three integers"))
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(
            f"tile must be three integers (zoom, x, y), not {shown(tile)}."
        ) from error
    if not 0 <= z <= 30:
        raise InvalidArgumentError(f"the zoom of a tile must be 0 to 30, not {shown(z)}.")
    if not (0 <= x < 2**z and 0 <= y < 2**z):
        raise InvalidArgumentError(
            f"x and y of a tile at zoom {z} must be 0 to {2**z - 1}, not {shown((x, y))}."
        )
    return Tile(z, x, y)
