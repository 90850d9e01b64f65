# Compiled by `python -m generator` from _async/. Never edit by hand.
"""Searching imagery (the Ragnar API): `client.imagery`."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from ..datetimes import TimeLike, end_of, start_of
from ..errors.base import InvalidArgumentError
from ..extent import Extent, ExtentLike
from ..generated.api.imagery import imagery_search_initiate
from ..generated.models import Scene, SearchRequest
from ..pages import Page
from ..run_progress import RunProgress
from ..tiling import Decompose
from .pages import Pager
from .pipelines import Pipelines
from .run import Start


class Imagery:
    """Imagery of all providers."""

    def __init__(self, pipelines: Pipelines) -> None:
        self._pipelines = pipelines

    def search(
        self,
        *,
        provider: str,
        dataset: str,
        extent: ExtentLike | Extent,
        start: TimeLike | None = None,
        end: TimeLike | None = None,
        min_intersection: float | None = None,
        only_downloadable: bool | None = None,
        only_ingested: bool | None = None,
        decompose: Decompose | None = None,
        concurrency: int = 32,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> Pager[Scene]:
        """Scenes over a place. Needs `imagery.availability`; costs nothing.

        Args:
            provider: such as `gbdx`, `pl`, `maxar`; `dataset`: such as `idaho-pansharpened`.
            extent: the area, in degrees (see Extent).
            start: first time of acquisition; a naive one means UTC, and `2018-03` the first second
                of that month.
            end: last time; `2018-03` means the last second of that month.
            min_intersection: share (0 to 1) of the extent that a scene has to cover.
            only_downloadable: only scenes that can be had.
            only_ingested: only scenes that SpaceKnow has stored.
            decompose: cuts an extent that is too large for the server into tiles: True, a tile's
                side in metres, a mapping of arguments of `sk.decompose`, or a TileGrid, which
                stands for the extent. Each tile is searched by itself, and a scene that several
                have is given once, with the first. Needs the extra `geo`.
            concurrency: with `decompose`, how many tiles are searched at once. They are, ahead of
                those that are looked at.
            on_progress: with `decompose`, is told after each change how many tiles are done.

        No request is sent before the listing is read. Raises InvalidArgumentError (bad times or
        shares) and InvalidExtentError at once. API facts, section 10.
        """
        for name, value in (("provider", provider), ("dataset", dataset)):
            if not isinstance(value, str) or not value:
                raise InvalidArgumentError(f"{name} is a name such as gbdx, not {value!r}.")
        if min_intersection is not None and (
            not isinstance(min_intersection, (int, float)) or not 0 <= min_intersection <= 1
        ):
            raise InvalidArgumentError(
                f"min_intersection is a share from 0 to 1, not {min_intersection!r}."
            )
        first = None if start is None else start_of(start)
        last = None if end is None else end_of(end)
        if first and last and first > last:
            raise InvalidArgumentError(f"the search would end ({last}) before it starts ({first}).")
        query = SearchRequest(
            provider=provider,
            dataset=dataset,
            extent=Extent(extent).to_geojson(),
            start_datetime=first,
            end_datetime=last,
            min_intersection=min_intersection,
            only_downloadable=only_downloadable,
            only_ingested=only_ingested,
        )

        def begin(query: SearchRequest) -> Start[Page[Scene]]:
            return self._pipelines.start(imagery_search_initiate.get_request(body=query))

        if decompose is not None:
            from ..tiling import tiles_of
            from .tiled_pages import TiledPager

            return TiledPager(
                self._pipelines._transport,
                lambda tile, cursor: begin(evolve(query, extent=tile.intersection, cursor=cursor)),
                tiles_of(Extent(extent), decompose),
                operation="imagery.search",
                key=lambda scene: scene.scene_id,
                concurrency=concurrency,
                on_progress=on_progress,
            )

        def fetch(cursor: str | None) -> Page[Scene]:
            pipeline = begin(evolve(query, cursor=cursor))
            return pipeline.result()

        return Pager(fetch, "imagery.search")
