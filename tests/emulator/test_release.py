"""Releases of maps, and the files of their tiles."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import shapely
from PIL import Image

from spaceknow_client.emulator import Emulator
from spaceknow_client.maps.tile import position
from tests.places import PARK

from .conftest import Api, code, square


def test_a_released_map(api: Api) -> None:
    released = api.release()
    assert re.fullmatch(r"[A-Za-z0-9_.-]{20,}", released["mapId"])
    assert released["maxZoom"] == 19
    assert sorted(released["tiles"]) == [[16, x, y] for x in (60639, 60640) for y in (37955, 37956)]


def test_the_order_of_tiles_means_nothing(api: Api) -> None:
    scenes = [scene["sceneId"] for scene in api.search()["results"]]
    orders = [api.release(sceneIds=[scene])["tiles"] for scene in scenes]
    assert len({str(order) for order in orders}) > 3
    assert len({str(sorted(order)) for order in orders}) == 1


def test_a_map_ends_after_a_year() -> None:
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as api:
        released = api.release()
        for days, expected in ((364, 200), (3, 400)):
            emu.clock.advance(days * 24 * 3600)
            assert api.file(released, released["tiles"][0], "cars.png").status_code == expected


def test_a_map_id_is_stable_and_its_own(api: Api) -> None:
    one, other = [scene["sceneId"] for scene in api.search()["results"][:2]]
    cars = api.release(sceneIds=[one])
    assert api.release(sceneIds=[one]) == cars
    assert api.release(sceneIds=[one], mapTypes=["imagery"])["mapId"] == cars["mapId"]
    others = [
        api.release(sceneIds=[other]),
        api.release(sceneIds=[one], mapType="imagery"),
        api.release(sceneIds=[one], extent=square(153.105, -27.392, 0.003)),
    ]
    assert len({cars["mapId"], *(each["mapId"] for each in others)}) == 4
    imagery = others[1]
    assert sorted(imagery["tiles"]) == sorted(cars["tiles"])


def test_map_types_as_a_list(api: Api) -> None:
    scene = api.scene()
    body = {"sceneIds": [scene], "extent": PARK, "mapTypes": ["imagery", "cars"]}
    released = api.run("/kraken/release", body).json()
    assert released == api.release(sceneIds=[scene], mapType="imagery")


def test_files_of_a_tile(api: Api) -> None:
    released = api.release()
    count = 0
    for tile in released["tiles"]:
        found = api.file(released, tile, "detections.geojson")
        assert found.headers["content-type"] == "application/geo+json"
        cars = found.json()["features"]
        area = api.file(released, tile, "area.json")
        assert area.headers["content-type"] == "application/json"
        assert area.json()["cars"] == pytest.approx(sum(car["properties"]["area"] for car in cars))
        mask = api.file(released, tile, "cars.png")
        assert mask.headers["content-type"] == "image/png"
        assert Image.open(io.BytesIO(mask.content)).size == (256, 256)
        count += sum(car["properties"]["count"] for car in cars)
    assert count > 20
    tile = released["tiles"][0]
    assert (
        api.file(released, tile, "segmentation.ski").headers["content-type"] == "application/gzip"
    )
    assert api.file(released, tile, "analysis.geotiff").headers["content-type"] == "image/tiff"
    assert set(api.file(released, tile, "metadata.json").json()) == {"sScore", "algoVersion"}


def test_imagery_shows_something(api: Api) -> None:
    released = api.release(mapType="imagery")
    picture = api.file(released, [16, 60639, 37956], "truecolor.png")
    shown = Image.open(io.BytesIO(picture.content)).convert("RGB")
    assert shown.size == (256, 256)
    assert len(shown.getcolors(65536) or range(65536)) > 100


def test_children_can_be_read_down_to_max_zoom(api: Api) -> None:
    released = api.release(extent=square(153.105, -27.392, 0.012))
    z, x, y = released["tiles"][1]
    assert z < 19
    for zoom in range(z, 20):
        child = [zoom, x << (zoom - z), y << (zoom - z)]
        assert api.file(released, child, "cars.png").status_code == 200
    too_deep = [20, x << (20 - z), y << (20 - z)]
    assert code(api.file(released, too_deep, "cars.png")) == (404, "TILE-DOES-NOT-EXIST")
    parent = [z - 1, x >> 1, y >> 1]
    assert code(api.file(released, parent, "cars.png")) == (404, "TILE-DOES-NOT-EXIST")
    assert code(api.file(released, [z, x + 3, y], "cars.png")) == (404, "TILE-DOES-NOT-EXIST")


@pytest.mark.parametrize(
    ("tile", "expected"),
    [
        ("1/2/0", "INVALID-TILE-COORDINATES"),
        ("1/0/2", "INVALID-TILE-COORDINATES"),
        ("a/0/0", "INVALID-TILE-COORDINATES"),
        ("1/-1/0", "INVALID-TILE-COORDINATES"),
        ("1/1.5/0", "INVALID-TILE-COORDINATES"),
        ("9" * 5000 + "/0/0", "INVALID-TILE-COORDINATES"),
        ("999999999/0/0", "INVALID-TILE-COORDINATES"),
        ("1/0/0", "TILE-DOES-NOT-EXIST"),
    ],
)
def test_tiles_that_are_none(api: Api, tile: str, expected: str) -> None:
    released = api.release()
    response = api.http.get(f"/kraken/grid/{released['mapId']}/-/{tile}/cars.png")
    assert code(response)[1] == expected


def test_what_else_a_grid_file_can_lack(api: Api) -> None:
    released = api.release()
    tile = released["tiles"][0]
    assert code(api.file({"mapId": "x"}, tile, "cars.png")) == (400, "INVALID-MAP-ID")
    assert code(api.file({"mapId": "a%2Fb"}, tile, "cars.png")) == (400, "INVALID-MAP-ID")
    assert code(api.file(released, tile, "truecolor.png")) == (404, "UNSUPPORTED-FILE-NAME")
    assert code(api.file(released, tile, "..%2Fcars.png")) == (404, "UNSUPPORTED-FILE-NAME")
    assert code(api.file(released, tile, "cars.png", "0" * 16)) == (404, "NON-EXISTENT-GEOMETRY")


def test_the_map_id_is_the_key(api: Api) -> None:
    released = api.release()
    z, x, y = released["tiles"][0]
    path = f"/kraken/grid/{released['mapId']}/%2D/{z}/{x}/{y}/area.json"
    for header in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "?"}):
        assert api.http.get(path, headers=header).status_code == 200


def test_nothing_on_a_tile_is_204(api: Api) -> None:
    # Imagery ends with the extent: a child tile outside it shows nothing.
    z, x, y = 16, 60639, 37956
    imagery, cars = api.release(mapType="imagery"), api.release()
    children = [[z + 2, 4 * x + i, 4 * y + j] for i in range(4) for j in range(4)]
    statuses = [api.file(imagery, child, "truecolor.png").status_code for child in children]
    assert set(statuses) == {200, 204}
    outside = children[statuses.index(204)]
    assert api.file(imagery, outside, "imagery.ski").status_code == 204
    assert api.file(cars, outside, "detections.geojson").json()["features"] == []
    # And with the scene: a tile outside the footprint has no result either.
    whole = shapely.box(153.05, -27.5, 153.2, -27.35)
    partial = next(
        scene
        for scene in api.search(extent=shapely.geometry.mapping(whole))["results"]
        if not shapely.geometry.shape(scene["footprint"]).covers(whole)
    )
    wide = {"sceneIds": [partial["sceneId"]], "extent": shapely.geometry.mapping(whole)}
    imagery, cars = api.release(mapType="imagery", **wide), api.release(**wide)
    corners = [
        [18, *map(int, position(lon, lat, 18))]
        for lon in (153.055, 153.195)
        for lat in (-27.495, -27.355)
    ]
    answers = [
        (api.file(imagery, tile, "truecolor.png"), api.file(cars, tile, "cars.png"))
        for tile in corners
    ]
    assert {(one.status_code, other.status_code) for one, other in answers} == {
        (200, 200),
        (204, 204),
    }


def in_the_pipeline(api: Api, **members: Any) -> tuple[int, str]:
    body = {"mapType": "cars", "sceneIds": [api.scene()], "extent": PARK, **members}
    return code(api.run("/kraken/release", body))


def test_mistakes_of_the_work_let_the_pipeline_fail(api: Api) -> None:
    far = api.scene(provider="pl", dataset="PSScene4Band", extent=square(14.42, 50.09))
    near = api.scene()
    assert in_the_pipeline(api, sceneIds=["x"]) == (424, "NON-EXISTING-SCENE")
    assert in_the_pipeline(api, sceneIds=[near, "\ud800"]) == (424, "NON-EXISTING-SCENE")
    assert in_the_pipeline(api, sceneIds=[]) == (424, "NON-EXISTING-SCENE")
    assert in_the_pipeline(api, sceneIds=[far]) == (424, "EXTENT-HAS-NO-INTERSECTION")
    assert in_the_pipeline(api, sceneIds=[near, far]) == (424, "SCENES-HAVE-NO-INTERSECTION")
    assert in_the_pipeline(api, mapType="unheard-of") == (424, "UNSUPPORTED-IMAGERY")
    assert in_the_pipeline(api, extent=square(153.1, -27.4, 1)) == (424, "EXTENT-TOO-LARGE")
    assert in_the_pipeline(api, extent=square(0, 0, 300)) == (424, "EXTENT-TOO-LARGE")
    assert in_the_pipeline(api, extent=square(153.1, -27.4, 5e-6)) == (424, "EXTENT-TOO-SMALL")
    no_map_types = {"mapTypes": [], "sceneIds": [near], "extent": PARK}
    assert code(api.run("/kraken/release", no_map_types)) == (424, "UNSUPPORTED-IMAGERY")


def test_two_scenes_with_common_ground(api: Api) -> None:
    scenes = [scene["sceneId"] for scene in api.search()["results"][:2]]
    both = api.release(sceneIds=scenes)
    assert both["mapId"] != api.release(sceneIds=scenes[:1])["mapId"]


def test_outside_the_free_area_an_allocation_is_needed(api: Api) -> None:
    place = square(14.42, 50.09)
    scene = api.scene(extent=place)
    body = {"mapType": "cars", "sceneIds": [scene], "extent": place}
    assert code(api.post("/kraken/release/initiate", body)) == (402, "NOT-ENOUGH-CREDITS")
    # partly outside is refused
    edge = {**body, "sceneIds": [api.scene()], "extent": square(153.03, -27.4)}
    assert code(api.post("/kraken/release/initiate", edge)) == (402, "NOT-ENOUGH-CREDITS")
    # a request without scenes costs nothing, and fails
    unknown = {**body, "sceneIds": ["unknown"]}
    assert code(api.run("/kraken/release", unknown)) == (424, "NON-EXISTING-SCENE")


def test_an_allocation_opens_the_area() -> None:
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as api:
        place = square(14.42, 50.09)
        scene = api.scene(extent=place)
        small = square(14.42, 50.09, 0.003)
        body = {"mapType": "cars", "sceneIds": [scene], "extent": place}
        for area, status in ((small, 402), (place, 200)):
            bought = {"sceneIds": [scene], "geojson": area}
            assert api.post("/credits/area/allocate-geojson", bought).status_code == 200
            assert api.post("/kraken/release/initiate", body).status_code == status


def test_a_release_needs_its_permission(api: Api) -> None:
    body = {"mapType": "cars", "sceneIds": [api.scene()], "extent": PARK}
    refused = api.as_user("kraken.dry-run").post("/kraken/release/initiate", body)
    assert code(refused) == (401, "NOT-AUTHORIZED")
    assert api.as_user("kraken").post("/kraken/release/initiate", body).status_code == 200


def cars_of(api: Api, released: dict[str, Any], geometry: str) -> int:
    return sum(
        car["properties"]["count"]
        for tile in released["tiles"]
        for car in api.file(released, tile, "detections.geojson", geometry).json()["features"]
    )


def test_a_sub_geometry_cuts_the_results(api: Api) -> None:
    half = shapely.geometry.mapping(shapely.box(153.1, -27.398, 153.105, -27.39))
    body = {"mapType": "cars", "sceneIds": [api.scene()], "extent": PARK, "subGeometry": half}
    started = api.post("/kraken/release/initiate", body).json()
    assert re.fullmatch("[0-9a-f]{16}", started["subGeometryId"])
    released = api.retrieve("/kraken/release", started["pipelineId"]).json()
    assert released == api.release(sceneIds=body["sceneIds"])
    whole = cars_of(api, released, "-")
    assert 0 < cars_of(api, released, started["subGeometryId"]) < whole


def test_any_object_is_a_sub_geometry(api: Api) -> None:
    body = {"mapType": "cars", "sceneIds": [api.scene()], "extent": PARK}
    assert "subGeometryId" not in api.post("/kraken/release/initiate", body).json()
    released = api.release()
    whole = cars_of(api, released, "-")
    for odd in ({}, {"name": "north"}, {"type": ["Polygon"]}, {"type": "Polygon"}):
        started = api.post("/kraken/release/initiate", {**body, "subGeometry": odd}).json()
        assert cars_of(api, released, started["subGeometryId"]) == whole
    away = {**body, "subGeometry": square(10, 10)}
    started = api.post("/kraken/release/initiate", away).json()
    assert cars_of(api, released, started["subGeometryId"]) == 0


@pytest.mark.parametrize("tile_pixels", [256, 512])
def test_pictures_of_tiles_in_both_sizes(tile_pixels: int) -> None:
    with Emulator(seconds_per_pipeline=0, tile_pixels=tile_pixels) as emu, Api(emu) as api:
        for map_type, names in (
            ("imagery", ("truecolor.png", "visualization.geotiff", "analysis.geotiff")),
            ("cars", ("cars.png", "visualization.geotiff", "analysis.geotiff")),
        ):
            released = api.release(mapType=map_type)
            for name in names:
                picture = api.file(released, [16, 60639, 37956], name).content
                assert Image.open(io.BytesIO(picture)).size == (tile_pixels, tile_pixels)
        with Emulator(seconds_per_pipeline=0) as usual, Api(usual) as other:
            assert cars_of(api, api.release(), "-") == cars_of(other, other.release(), "-") > 900


@pytest.mark.parametrize("tile_pixels", [0, 128, 1024, None, 512.0, True, "256"])
def test_other_sizes_are_refused(tile_pixels: Any) -> None:
    with pytest.raises(ValueError, match="tile_pixels must be 256 or 512"):
        Emulator(tile_pixels=tile_pixels)


@pytest.mark.parametrize(
    "extent",
    [
        square(179.999, 3.0, 0.01),  # across 180 degrees
        square(20.0, 84.9, 0.01),
        square(-122.3, 37.8, 0.2),
        {
            "type": "MultiPolygon",
            "coordinates": [square(8, 50)["coordinates"], square(8.6, 50.2)["coordinates"]],
        },
    ],
)
def test_maps_of_other_places(extent: dict[str, Any]) -> None:
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as api:
        found = api.search(provider="pl", dataset="PSScene4Band", extent=extent)
        scene = found["results"][0]["sceneId"]
        whole = {"sceneIds": [scene], "geojson": extent}
        assert api.post("/credits/area/allocate-geojson", whole).status_code == 200
        for map_type, name in (("imagery", "truecolor.png"), ("cars", "detections.geojson")):
            released = api.release(sceneIds=[scene], mapType=map_type, extent=extent)
            assert 1 <= len(released["tiles"]) <= 4
            assert len({tile[0] for tile in released["tiles"]}) == 1
            statuses = {api.file(released, tile, name).status_code for tile in released["tiles"]}
            assert 200 in statuses <= {200, 204}
