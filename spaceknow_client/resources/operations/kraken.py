# Compiled by `python -m generator` from kraken_async.py. Never edit by hand.
# ruff: noqa
"""Imagery and analyses, released as maps and read as files of their tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...extents.extent import Extent, ExtentLike
from ..argument_checks import (
    Check,
    area,
    array,
    identity,
    json_object,
    number,
    record,
    segment,
    text,
)
from ..arguments import Argument, Arguments
from ..listed_values import check_listed as _check_listed

if TYPE_CHECKING:
    from ...generated.models import DryRun, DryRunResult, ReleaseResult, Scene
    from ...maps.kraken_map import KrakenMap
    from ...pipelines.pipeline import Pipeline
    from ...pipelines.pipelines import Pipelines
    from ...runtime.lists import ListLike
    from ...transport.transport import Transport

_DryRunScene: Check = record(
    {"sceneId": identity("Scene", "scene_id", text())}, required=("sceneId",)
)
_DryRun: Check = record(
    {"scenes": array(_DryRunScene), "mapTypes": array(text(filled=True))},
    required=("scenes", "mapTypes"),
)
_RELEASE_BODY = Arguments(
    Argument("mapType", "map_type", text(filled=True), required=True),
    Argument(
        "sceneIds",
        "scene_ids",
        array(identity("Scene", "scene_id", text(filled=True)), least=1),
        required=True,
    ),
    Argument("extent", "extent", area(), required=True),
    Argument("subGeometry", "sub_geometry", json_object()),
)
_DRY_RUN_BODY = Arguments(
    Argument("dryRuns", "dry_runs", array(_DryRun), required=True),
    Argument("extent", "extent", area(), required=True),
)
_GRID_FILE_PATH = Arguments(
    Argument("map_id", "map_id", segment(text(filled=True)), required=True),
    Argument("geometry_id", "geometry_id", segment(text(filled=True)), required=True),
    Argument("z", "z", segment(number(whole=True, minimum=0)), required=True),
    Argument("x", "x", segment(number(whole=True, minimum=0)), required=True),
    Argument("y", "y", segment(number(whole=True, minimum=0)), required=True),
    Argument("file_name", "file_name", segment(text(filled=True)), required=True),
)
_RELEASE_GEOJSON_PATH = Arguments(
    Argument("map_type", "map_type", segment(text(filled=True)), required=True)
)
_RELEASE_GEOJSON_BODY = Arguments(
    Argument(
        "sceneId", "scene_id", identity("Scene", "scene_id", text(filled=True)), required=True
    ),
    Argument("extent", "extent", area(), required=True),
)
_RELEASE_TILES_PATH = Arguments(
    Argument("map_type", "map_type", segment(text(filled=True)), required=True)
)
_RELEASE_TILES_BODY = Arguments(
    Argument(
        "sceneId", "scene_id", identity("Scene", "scene_id", text(filled=True)), required=True
    ),
    Argument("tiles", "tiles", array(array(number(whole=True, minimum=0), least=3, most=3))),
)


class KrakenResource:
    """Imagery and analyses, released as maps and read as files of their tiles."""

    def __init__(self, transport: Transport, pipelines: Pipelines) -> None:
        self._transport = transport
        self._pipelines = pipelines

    def _release(
        self,
        map_type: str,
        scene_ids: ListLike[str | Scene],
        extent: ExtentLike | Extent,
        *,
        sub_geometry: Mapping[str, Any] | None = None,
        reuse: bool = False,
    ) -> Pipeline[KrakenMap]:
        """Start the release of a map.

        Starts a pipeline that turns scenes into a map of imagery or of an analysis over an extent.
        This may spend credits, and a retry may spend them again. Unless the scene is free, the area
        has to be allocated before, else the answer is 402. Pages of 2022 and later publish free
        scenes, among them two of SkySatCollect:
        DXc_f1UsDLmqvwlUy7tMaR7Ef_o0xKugm01Z89ozdQaXR4VE_JDYlFphZA at Damascus airport and
        DXc_f1UsDLmqvwlUy7tMaR7Ef_o0xKorOIEI5wOjJZ1uPs-pGBrpZZqxkPk at the port of Rason. Besides
        `kraken.release` the caller needs rights on the imagery (`imagery.images` with provider and
        dataset) and likely on the algorithm (such as `algorithms.car-detection`).

        Requires `kraken.release`. It is never sent twice: AmbiguousRequestError reports a failure
        after which it may have taken effect. Returns the handle of the pipeline, whose `result()`
        is `ReleaseResult`.

        Args:
            map_type: Kind of map, in lower case. Known are imagery, cars, aircraft, ships, boats,
                cranes, cows, pools, wrunc, wrun, containers, coal, lithium, trees, solar-panels,
                houses, destruction, change, wrunc-change, eme, ndvi, s2-change, sar-change. The
                list is open; `sk.map_types()` tells more.
            scene_ids: Scenes to take the map from, as found by a search. By id, or as a Scene.
            extent: An area on Earth in WGS84, longitude first. Its bounding rectangle must not be
                empty, so points and lines alone do not do. These are the types that public clients
                have sent with success, a Feature with and without `id` and `properties`. Whether a
                FeatureCollection is accepted is not known, so send its geometries as a
                GeometryCollection. The limits of size behind EXTENT-TOO-LARGE and EXTENT-TOO-SMALL
                are not published.
            sub_geometry: A part of the extent for which the release returns a separate
                `subGeometryId`. Its form is not published.
            reuse: reuse a pipeline of the journal with the same arguments, instead of starting (and
                possibly paying) again (see `client.pipelines.start`).

        Raises InvalidArgumentError or InvalidExtentError before anything is sent. Errors of the
        API: ExtentTooLargeError, ExtentTooSmallError, ExtentHasNoIntersectionError,
        NonExistingSceneError, NonExistentGeometryError, ScenesHaveNoIntersectionError,
        UnsupportedImageryError, OutdatedMetadataError, OutdatedMetadataSearchAgainError,
        TooBigTileAreaError, NoValidBindingError, NotEnoughCreditsError, NotAuthorizedError,
        InvalidJwtError, AccessDeniedError, MethodNotAllowedError, PayloadTooLargeError,
        UnsupportedEnvironmentError.
        """
        from ...generated.api.kraken import kraken_release_initiate as operation

        body: Any = _RELEASE_BODY(
            map_type=map_type, scene_ids=scene_ids, extent=extent, sub_geometry=sub_geometry
        )
        _check_listed(self._transport.environment, map_type=map_type)
        return self._pipelines.start(operation.get_request(body=body), reuse=reuse)

    def _dry_run(
        self, dry_runs: ListLike[DryRun | Mapping[str, Any]], extent: ExtentLike | Extent
    ) -> Pipeline[DryRunResult]:
        """Start an estimate of the cost of a release.

        Starts a pipeline that estimates the cost of releases of maps over an extent. It releases
        nothing and spends nothing. Each entry of `dryRuns` names scenes and the map types that are
        wanted of them. Whether rights on the imagery are needed besides `kraken.dry-run`, as for a
        release, is not known.

        Requires `kraken.dry-run`. Sending it twice costs nothing, so it is retried after temporary
        failures. Returns the handle of the pipeline, whose `result()` is `DryRunResult`.

        Args:
            dry_runs: The releases.
            extent: An area on Earth in WGS84, longitude first. Its bounding rectangle must not be
                empty, so points and lines alone do not do. These are the types that public clients
                have sent with success, a Feature with and without `id` and `properties`. Whether a
                FeatureCollection is accepted is not known, so send its geometries as a
                GeometryCollection. The limits of size behind EXTENT-TOO-LARGE and EXTENT-TOO-SMALL
                are not published.

        Raises InvalidArgumentError or InvalidExtentError before anything is sent. Errors of the
        API: ExtentTooLargeError, ExtentTooSmallError, ExtentHasNoIntersectionError,
        NonExistingSceneError, ScenesHaveNoIntersectionError, UnsupportedImageryError,
        OutdatedMetadataError, OutdatedMetadataSearchAgainError, TooBigTileAreaError,
        NoValidBindingError, NotAuthorizedError, InvalidJwtError, AccessDeniedError,
        MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.kraken import kraken_dry_run_initiate as operation

        body: Any = _DRY_RUN_BODY(dry_runs=dry_runs, extent=extent)
        return self._pipelines.start(operation.get_request(body=body))

    def _grid_file(
        self, map_id: str, geometry_id: str, z: int, x: int, y: int, file_name: str
    ) -> bytes | None:
        """Read one file of one tile of a map.

        Returns a picture, a GeoJSON or another file of a tile. Every map type has its own file
        names, such as `truecolor.png` of `imagery`, and `cars.png`, `detections.geojson` and
        `area.json` of `cars`. Besides the tiles returned by the release, their children down to
        `maxZoom` can be read. Pictures measure 512 by 512 pixels, or 256 by 256 from version 372
        and before: all recorded ones (2019) do. Imagery is clipped to the extent: outside it,
        pictures are transparent (recorded in 2019 and 2021). In a SKI file 0 in a mask band says
        that there is no data, and anything else that there is; `segmentation.ski` of `cars` has one
        mask band of both names, with 0 and 3 (recorded in 2019). The one public reader (2018)
        expects lower case names first, and masks in imagery. A token was not needed (2018-2021),
        since the map id is the key, though most later clients send one. The media types were never
        recorded. Rather go by the ending of the file name.

        Sending it twice costs nothing, so it is retried after temporary failures.

        Args:
            map_id: Identifier of the map, as returned by the release.
            geometry_id: `-` for the map's own geometry, as every public client sends it. Presumably
                also a `subGeometryId` of the release.
            z: Zoom of the tile.
            x: Column of the tile, counted from 180 degrees west.
            y: Row of the tile, counted from the north.
            file_name: Name of the file. Every map type has its own; `x-map-types` of the document
                lists those that are
                known. The list is open.

        Raises InvalidArgumentError before anything is sent. Errors of the API: InvalidMapIdError,
        InvalidTileCoordinatesError, TileDoesNotExistError, TileOutsideSceneError,
        UnsupportedFileNameError, NotPermittedCoordinatesError, VersionMismatchError,
        ZeroTilesAvailableError, NotAuthorizedError, InvalidJwtError, AccessDeniedError,
        MethodNotAllowedError, UnsupportedEnvironmentError.
        """
        from ...generated.api.kraken import kraken_grid_file as operation

        path = _GRID_FILE_PATH(
            map_id=map_id, geometry_id=geometry_id, z=z, x=x, y=y, file_name=file_name
        )
        answer = self._transport.send(operation.get_request(**path), operation.parse)
        return answer.parsed

    def release_geojson(
        self,
        map_type: str,
        scene_id: str | Scene,
        extent: ExtentLike | Extent,
        *,
        reuse: bool = False,
    ) -> Pipeline[ReleaseResult]:
        """Start the release of a map (older form, by GeoJSON).

        Deprecated: only old clients use this form.

        Starts a pipeline that turns one scene into a map of one type over an extent. It is the form
        of 2018 to 2021, and `kraken.release.initiate` has replaced it. This may spend credits, and
        a repeat may spend them again. Permissions and the need for an allocation are presumably
        those of `kraken.release.initiate`, also the rights on the imagery and on the algorithm.

        Requires `kraken.release`. It is never sent twice: AmbiguousRequestError reports a failure
        after which it may have taken effect. Returns the handle of the pipeline, whose `result()`
        is `ReleaseResult`.

        Args:
            map_type: Kind of map, in lower case. Known are imagery, cars, aircraft, ships, boats,
                cranes, cows, pools, wrunc, wrun, containers, coal, lithium, trees, solar-panels,
                houses, destruction, change, wrunc-change, eme, ndvi, s2-change, sar-change. The
                list is open; `sk.map_types()` tells more.
            scene_id: Scene to take the map from, as found by a search. By id, or as a Scene.
            extent: An area on Earth in WGS84, longitude first. Its bounding rectangle must not be
                empty, so points and lines alone do not do. These are the types that public clients
                have sent with success, a Feature with and without `id` and `properties`. Whether a
                FeatureCollection is accepted is not known, so send its geometries as a
                GeometryCollection. The limits of size behind EXTENT-TOO-LARGE and EXTENT-TOO-SMALL
                are not published.
            reuse: reuse a pipeline of the journal with the same arguments, instead of starting (and
                possibly paying) again (see `client.pipelines.start`).

        Raises InvalidArgumentError or InvalidExtentError before anything is sent. Errors of the
        API: ExtentTooLargeError, ExtentTooSmallError, ExtentHasNoIntersectionError,
        NonExistingSceneError, UnsupportedImageryError, OutdatedMetadataError,
        OutdatedMetadataSearchAgainError, TooBigTileAreaError, NoValidBindingError,
        NotEnoughCreditsError, InvalidAuthorizationHeaderError, NotAuthorizedError, InvalidJwtError,
        AccessDeniedError, MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.kraken import kraken_release_geojson_initiate as operation

        path = _RELEASE_GEOJSON_PATH(map_type=map_type)
        body: Any = _RELEASE_GEOJSON_BODY(scene_id=scene_id, extent=extent)
        _check_listed(self._transport.environment, map_type=map_type)
        return self._pipelines.start(operation.get_request(**path, body=body), reuse=reuse)

    def release_tiles(
        self,
        map_type: str,
        scene_id: str | Scene,
        *,
        tiles: ListLike[ListLike[int]] | None = None,
        reuse: bool = False,
    ) -> Pipeline[ReleaseResult]:
        """Start the release of a map (oldest form, by tiles).

        Deprecated: only old clients use this form.

        Starts a pipeline that turns one scene into a map of one type over given tiles. It is the
        form of 2016 to 2018, and `kraken.release.initiate` has replaced it. This may spend credits,
        and a repeat may spend them again. Permissions and the need for an allocation are presumably
        those of `kraken.release.initiate`, also the rights on the imagery and on the algorithm.

        Requires `kraken.release`. It is never sent twice: AmbiguousRequestError reports a failure
        after which it may have taken effect. Returns the handle of the pipeline, whose `result()`
        is `ReleaseResult`.

        Args:
            map_type: Kind of map, in lower case. Known are imagery, cars, aircraft, ships, boats,
                cranes, cows, pools, wrunc, wrun, containers, coal, lithium, trees, solar-panels,
                houses, destruction, change, wrunc-change, eme, ndvi, s2-change, sar-change. The
                list is open; `sk.map_types()` tells more.
            scene_id: Scene to take the map from, as found by a search. By id, or as a Scene.
            tiles: Tiles to release. Their format is unknown, presumably that of responses.
                Presumably required.
            reuse: reuse a pipeline of the journal with the same arguments, instead of starting (and
                possibly paying) again (see `client.pipelines.start`).

        Raises InvalidArgumentError before anything is sent. Errors of the API:
        InvalidTileCoordinatesError, TileOutsideSceneError, NonExistingSceneError,
        UnsupportedImageryError, OutdatedMetadataError, OutdatedMetadataSearchAgainError,
        TooBigTileAreaError, NoValidBindingError, NotEnoughCreditsError,
        InvalidAuthorizationHeaderError, NotAuthorizedError, InvalidJwtError, AccessDeniedError,
        MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.kraken import kraken_release_tiles_initiate as operation

        path = _RELEASE_TILES_PATH(map_type=map_type)
        body: Any = _RELEASE_TILES_BODY(scene_id=scene_id, tiles=tiles)
        _check_listed(self._transport.environment, map_type=map_type)
        return self._pipelines.start(operation.get_request(**path, body=body), reuse=reuse)
