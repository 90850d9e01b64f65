# Compiled by `python -m generator` from imagery_async.py. Never edit by hand.
# ruff: noqa
"""Search of satellite imagery (the Ragnar API)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...extents.extent import Extent, ExtentLike
from ...pages.page import Page
from ...pages.pager import Pager
from ..argument_checks import area, boolean, identity, moment, number, text
from ..arguments import Argument, Arguments
from ..listed_values import check_listed as _check_listed
from ..results import up_to as _up_to

if TYPE_CHECKING:
    from ...extents.tile_grid import GridTile
    from ...extents.tiling import Decompose
    from ...generated.models import ImageDownload, Scene
    from ...pipelines.pipeline import Pipeline
    from ...pipelines.pipelines import Pipelines
    from ...pipelines.run import Start
    from ...pipelines.run_progress import RunProgress
    from ...runtime.datetimes import TimeLike
    from ...transport.transport import Transport

_SEARCH_BODY = Arguments(
    Argument("provider", "provider", text(filled=True), required=True),
    Argument("dataset", "dataset", text(filled=True), required=True),
    Argument("extent", "extent", area(), required=True),
    Argument("startDatetime", "start", moment()),
    Argument("endDatetime", "end", moment(last=True)),
    Argument("minIntersection", "min_intersection", number(minimum=0, maximum=1)),
    Argument("onlyDownloadable", "only_downloadable", boolean()),
    Argument("onlyIngested", "only_ingested", boolean()),
    spans=(("start", "end"),),
)
_SEARCH_KEPT = Arguments(Argument("cloud_cover", "max_cloud_cover", number(minimum=0, maximum=1)))
_GET_IMAGE_BODY = Arguments(
    Argument(
        "sceneId", "scene_id", identity("Scene", "scene_id", text(filled=True)), required=True
    ),
    Argument("extent", "extent", area(), required=True),
    Argument("resolution", "resolution", number(above=0)),
)


class ImageryResource:
    """Search of satellite imagery (the Ragnar API)."""

    def __init__(self, transport: Transport, pipelines: Pipelines) -> None:
        self._transport = transport
        self._pipelines = pipelines

    def search(
        self,
        provider: str,
        dataset: str,
        extent: ExtentLike | Extent,
        *,
        start: TimeLike | None = None,
        end: TimeLike | None = None,
        min_intersection: float | None = None,
        only_downloadable: bool | None = None,
        only_ingested: bool | None = None,
        max_cloud_cover: float | None = None,
        decompose: Decompose | None = None,
        concurrency: int = 32,
        on_progress: Callable[[RunProgress], object] | None = None,
    ) -> Pager[Scene]:
        """Start a search for imagery.

        Starts a pipeline that searches for scenes of one dataset over an extent. Each page of the
        result is a separate pipeline. For the next page send the same body again with the `cursor`
        of the page before. The permission may be narrowed to the provider and the dataset, as in
        `imagery.availability.gbdx.idaho-pansharpened`.

        Requires `imagery.availability`. Sending it twice costs nothing, so it is retried after
        temporary failures. No request is sent before the listing is read. Each page is a separate
        pipeline.

        Args:
            provider: Imagery provider. Known are maxar, pl, iceye, ee, esa, noaa, ab, gbdx, uc. The
                list is open; `sk.datasets()` tells more.
            dataset: Dataset of the provider. Known are maxar: ortho_4ps (retired: ard,
                ard_clipped); pl: SkySatCollect, SkySatCollect_pansharpened, SkySatScene,
                PSScene4Band, PSScene4Band_tile, PSScene3Band, PSScene3Band_tile, PSOrthoTile,
                PSOrthoTile_tile (retired: REOrthoTile); iceye: Spotlight_SLC, SpotlightHigh_SLC,
                Stripmap_SLC, StripmapHigh_SLC; ee: COPERNICUS/S1_GRD, COPERNICUS/S2 (retired:
                LANDSAT/LC08/C01/T1, LANDSAT/LE07/C01/T1, MODIS/006/MOD08_M3, MODIS/006/MYD08_M3);
                esa: COPERNICUS/S1_SLC; noaa: VIIRS/Daily; ab: spot, pleiades; gbdx: (retired:
                idaho-pansharpened, idaho-swir, idaho-panchromatic, preview-multispectral,
                preview-swir, preview-panchromatic); uc: (retired: theia, deimos-2). The list is
                open; `sk.datasets()` tells more.
            extent: An area on Earth in WGS84, longitude first. Its bounding rectangle must not be
                empty, so points and lines alone do not do. These are the types that public clients
                have sent with success, a Feature with and without `id` and `properties`. Whether a
                FeatureCollection is accepted is not known, so send its geometries as a
                GeometryCollection. The limits of size behind EXTENT-TOO-LARGE and EXTENT-TOO-SMALL
                are not published.
            start: Earliest time of acquisition (UTC). A naive time means UTC, and `2018-03` the
                first second of that month.
            end: Latest time of acquisition (UTC). A naive time means UTC, and `2018-03` the last
                second of that month.
            min_intersection: Share of the extent that a scene must cover. 0 means any real overlap.
                The default is not known.
            only_downloadable: Whether to find only scenes that can be downloaded. The default is
                not known.
            only_ingested: Whether to find only scenes that the platform already stores. Scenes of
                clipped datasets are presumably found with this member, and not with
                onlyDownloadable. The default is not known.
            max_cloud_cover: Omit items with a larger `cloud_cover`. The client removes them from
                the response; items without a value are kept.
            decompose: splits an extent that is too large for the server into tiles: True, a tile's
                side in meters, a mapping of arguments of `sk.decompose`, or a TileGrid, which
                replaces the extent. Each tile is searched separately; an item in several tiles is
                returned once, with the first. Requires the extra `geo`.
            concurrency: with `decompose`, the maximum number of tiles that are searched
                concurrently, ahead of the tile that is read.
            on_progress: with `decompose`, called after each change with the number of finished
                tiles.

        Raises InvalidArgumentError or InvalidExtentError before anything is sent. Errors of the
        API: ExtentTooLargeError, ExtentTooSmallError, InvalidCursorError, NotAuthorizedError,
        InvalidJwtError, AccessDeniedError, MethodNotAllowedError, PayloadTooLargeError,
        UnsupportedEnvironmentError.
        """
        from ...generated.api.imagery import imagery_search_initiate as operation

        body: Any = _SEARCH_BODY(
            provider=provider,
            dataset=dataset,
            extent=extent,
            start=start,
            end=end,
            min_intersection=min_intersection,
            only_downloadable=only_downloadable,
            only_ingested=only_ingested,
        )
        _check_listed(self._transport.environment, provider=provider, dataset=dataset)
        keep = _up_to(_SEARCH_KEPT(max_cloud_cover=max_cloud_cover))

        def begin(tile: GridTile | None, cursor: str | None) -> Start[Page[Scene]]:
            following: Any = body if cursor is None else {**body, "cursor": cursor}
            if tile is not None:
                following = {**following, "extent": tile.intersection}
            return self._pipelines.start(operation.get_request(body=following))

        if decompose is not None:
            from ...extents.tiling import tiles_of as _tiles_of
            from ...pages.tiled_pager import TiledPager

            return TiledPager(
                self._pipelines.context,
                begin,
                _tiles_of(Extent(extent), decompose),
                operation="imagery.search",
                key=lambda item: item.scene_id,
                concurrency=concurrency,
                on_progress=on_progress,
                keep=keep,
            )

        def fetch(cursor: str | None) -> Page[Scene]:
            return (begin(None, cursor)).result()

        return Pager(fetch, "imagery.search", keep=keep)

    def get_image(
        self,
        scene_id: str | Scene,
        extent: ExtentLike | Extent,
        *,
        resolution: float | None = None,
        reuse: bool = False,
    ) -> Pipeline[ImageDownload]:
        """Start the download of a scene.

        Deprecated: only old clients use this form.

        Starts a pipeline that cuts an extent out of a scene and makes a SKI file of it (2016-2018).
        Newer pages of the API do not have it, and whether it still works is not known. Current
        clients release a map of the type `imagery` instead, with `kraken.release.initiate`. The
        permission may be narrowed to the provider and the dataset of the scene, as in
        `imagery.images.gbdx.idaho-pansharpened`. Whether a retry costs anything is not known.

        Requires `imagery.images`. It is never sent twice: AmbiguousRequestError reports a failure
        after which it may have taken effect. Returns the handle of the pipeline, whose `result()`
        is `ImageDownload`.

        Args:
            scene_id: Scene to take the pixels from, as found by a search. By id, or as a Scene.
            extent: An area on Earth in WGS84, longitude first. Its bounding rectangle must not be
                empty, so points and lines alone do not do. These are the types that public clients
                have sent with success, a Feature with and without `id` and `properties`. Whether a
                FeatureCollection is accepted is not known, so send its geometries as a
                GeometryCollection. The limits of size behind EXTENT-TOO-LARGE and EXTENT-TOO-SMALL
                are not published.
            resolution: Size of a pixel, judging by its name. The unit is not published, presumably
                meters. Omit it for the resolution of the scene.
            reuse: reuse a pipeline of the journal with the same arguments, instead of starting (and
                possibly paying) again (see `client.pipelines.start`).

        Raises InvalidArgumentError or InvalidExtentError before anything is sent. Errors of the
        API: ExtentTooLargeError, ExtentTooSmallError, ExtentHasNoIntersectionError,
        NonExistingSceneError, OrderSceneNotSupportedError, OutdatedMetadataError,
        OutdatedMetadataSearchAgainError, InvalidAuthorizationHeaderError, NotAuthorizedError,
        InvalidJwtError, AccessDeniedError, MethodNotAllowedError, PayloadTooLargeError,
        UnsupportedEnvironmentError.
        """
        from ...generated.api.imagery import imagery_get_image_initiate as operation

        body: Any = _GET_IMAGE_BODY(scene_id=scene_id, extent=extent, resolution=resolution)
        return self._pipelines.start(operation.get_request(body=body), reuse=reuse)
