"""Requests of public clients of earlier years, which the service accepted."""

from __future__ import annotations

import io
import json
import struct
import tarfile
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.world.tiles import Tile
from tests.places import PARK

from .conftest import SEARCH, Api, code, square

FEATURE = {"type": "Feature", "id": 1, "properties": {"name": "car park"}, "geometry": PARK}
TILE = [17, 121279, 75911]  # of the free area
CARS, IMAGERY = "/kraken/release/cars", "/kraken/release/imagery"
GET_IMAGE = "/imagery/get-image"


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "application/json;charset=utf-8"]
)
@pytest.mark.parametrize("path", ["/user/info", "/credits/get-remaining-credit"])
def test_no_body_at_all(api: Api, path: str, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    assert api.post(path, headers=headers).status_code == 200


def test_a_login_by_form(api: Api) -> None:
    body = {
        "client_id": "hmWJcfhRouDOaJK2L8asREMlMrv3jFE1",
        "username": api.emu.username,
        "password": api.emu.password,
        "connection": "Username-Password-Authentication",
        "grant_type": "password",
        "scope": "openid",
    }
    token = httpx.post(f"{api.emu.url}/oauth/ro", data=body).json()["id_token"]
    headers = {"authorization": f"Bearer {token}"}
    assert api.post("/user/info", headers=headers).status_code == 200


def test_an_extent_as_feature(api: Api) -> None:
    scene = api.scene(extent=FEATURE)
    assert scene == api.scene()
    released = api.release(sceneIds=[scene], extent=FEATURE)
    assert released == api.release(sceneIds=[scene])
    for path, body in (
        ("/credits/area/check-geojson", {"sceneIds": [scene], "geojson": FEATURE}),
        ("/credits/area/allocate-geojson", {"sceneIds": [scene], "geojson": FEATURE}),
        ("/kraken/dry-run/initiate", {"dryRuns": [], "extent": FEATURE}),
        (f"{CARS}/geojson/initiate", {"sceneId": scene, "extent": FEATURE}),
        (f"{GET_IMAGE}/initiate", {"sceneId": scene, "extent": FEATURE}),
    ):
        assert api.post(path, body).status_code == 200


def test_a_state_asked_without_token(api: Api) -> None:
    body = {"pipelineId": api.start("/imagery/search", SEARCH)}
    state = httpx.post(f"{api.emu.url}/tasking/get-status", json=body).json()
    assert state == {"status": "RESOLVED"}


def test_files_read_without_token(api: Api) -> None:
    released = api.release()
    url = f"{api.emu.url}/kraken/grid/{released['mapId']}/-"
    tile = "/".join(map(str, released["tiles"][0]))
    assert httpx.get(f"{url}/{tile}/cars.png").status_code == 200
    bad = {"authorization": "Bearer long-expired"}
    assert httpx.get(f"{url}/{tile}/detections.geojson", headers=bad).status_code == 200


def test_a_release_by_map_type_and_geojson(api: Api) -> None:
    scene = api.scene()
    body = {"sceneId": scene, "extent": PARK}
    released = api.run(f"{CARS}/geojson", body).json()
    assert released == api.release(sceneIds=[scene])
    imagery = api.run(f"{IMAGERY}/geojson", body).json()
    assert imagery == api.release(sceneIds=[scene], mapType="imagery")
    # one client fetched the result of one map type through another's path
    assert api.retrieve(f"{IMAGERY}/geojson", api.start(f"{CARS}/geojson", body)).json() == released
    assert code(api.run("/kraken/release/unheard-of/geojson", body)) == (424, "UNSUPPORTED-IMAGERY")
    unknown = {**body, "sceneId": "x"}
    assert code(api.run(f"{CARS}/geojson", unknown)) == (424, "NON-EXISTING-SCENE")
    place = square(14.42, 50.09)
    paid = {"sceneId": api.scene(extent=place), "extent": place}
    assert code(api.post(f"{CARS}/geojson/initiate", paid)) == (402, "NOT-ENOUGH-CREDITS")
    refused = api.as_user("kraken.dry-run").post(f"{CARS}/geojson/initiate", body)
    assert code(refused) == (401, "NOT-AUTHORIZED")


def test_a_release_by_map_type_and_tiles(api: Api) -> None:
    scene = api.scene()
    z, x, y = TILE
    tiles = [[z, x + 1, y], TILE, TILE, [z + 2, 4 * x, 4 * y + 4]]
    released = api.run(f"{CARS}/tiles", {"sceneId": scene, "tiles": tiles}).json()
    assert released["tiles"] == [TILE, [z, x + 1, y], [z + 2, 4 * x, 4 * y + 4]]
    assert released["maxZoom"] == 19
    for tile in (*released["tiles"], [z + 1, 2 * x, 2 * y]):
        assert api.file(released, tile, "cars.png").status_code == 200
    beside = [z + 1, 2 * x, 2 * y + 2]
    assert code(api.file(released, beside, "cars.png")) == (404, "TILE-DOES-NOT-EXIST")
    one = api.run(f"{CARS}/tiles", {"sceneId": scene, "tiles": [TILE]}).json()
    assert one["mapId"] != released["mapId"]
    # the whole free area, in tiles as on the pages of 2017
    corners = [[17, x, y] for x in (121253, 121326) for y in (75886, 75960)]
    whole = api.post(f"{CARS}/tiles/initiate", {"sceneId": scene, "tiles": corners})
    assert whole.status_code == 200, whole.text


def test_tiles_that_cannot_be_released(api: Api) -> None:
    scene = api.scene()
    z, x, y = TILE
    far = [z, 5, 5]

    def run(*tiles: list[int]) -> tuple[int, str]:
        return code(api.run(f"{CARS}/tiles", {"sceneId": scene, "tiles": tiles}))

    assert run(far) == (424, "ZERO-TILES-AVAILABLE")
    assert run() == (424, "ZERO-TILES-AVAILABLE")
    assert code(api.run(f"{CARS}/tiles", {"sceneId": scene})) == (424, "ZERO-TILES-AVAILABLE")
    assert run(TILE, far) == (424, "TILE-OUTSIDE-SCENE")
    assert run([13, x >> 4, y >> 4]) == (424, "TOO-BIG-TILE-AREA")
    for bad in ([1, 2, 0], [99, 0, 0], [10**40, 0, 0]):
        answer = api.post(f"{CARS}/tiles/initiate", {"sceneId": scene, "tiles": [bad]})
        assert code(answer) == (400, "INVALID-TILE-COORDINATES")
    paid = {"sceneId": api.scene(extent=square(14.42, 50.09))}
    tile = [17, 70786, 44437]
    answer = api.post(f"{CARS}/tiles/initiate", {**paid, "tiles": [tile]})
    assert code(answer) == (402, "NOT-ENOUGH-CREDITS")


def test_retrieve_polled_instead_of_the_state(slow: Api) -> None:
    scene_search = slow.start("/imagery/search", SEARCH)
    assert code(slow.retrieve("/imagery/search", scene_search)) == (400, "PIPELINE-NOT-PROCESSED")
    slow.emu.clock.advance(10)
    scene = slow.retrieve("/imagery/search", scene_search).json()["results"][0]["sceneId"]
    tiles = {"sceneId": scene, "tiles": [TILE]}
    extent = {"sceneId": scene, "extent": PARK}
    run = {"dryRuns": [], "extent": PARK}
    for base, body in (
        ("/kraken/release", {"mapType": "cars", "sceneIds": [scene], "extent": PARK}),
        (f"{CARS}/geojson", extent),
        (f"{CARS}/tiles", tiles),
        ("/kraken/dry-run", run),
        (GET_IMAGE, extent),
    ):
        name = slow.start(base, body)
        for _ in range(3):
            assert code(slow.retrieve(base, name)) == (400, "PIPELINE-NOT-PROCESSED")
        slow.emu.clock.advance(10)
        assert slow.retrieve(base, name).status_code == 200
    assert slow.emu.calls("tasking.get_status") == []


def ski(url: str) -> tuple[dict[str, Any], dict[str, NDArray[np.int64]]]:
    """meta and the bands of a SKI file, by their first name."""
    answer = httpx.get(url, timeout=60)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/gzip")
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        members = {
            member.name: (archive.extractfile(member) or io.BytesIO()).read()
            for member in archive.getmembers()
        }
    bands = {}
    for number, band in enumerate(json.loads(members["info.json"])["bands"]):
        content = members[f"{number:05}.skb"]
        kind, columns, rows = struct.unpack_from("<HII", content)
        delta = np.frombuffer(content, f"<u{kind // 8}", offset=10).reshape(rows, columns)
        bands[band["names"][0]] = np.cumsum(delta.astype(np.int64), 0) % 2**kind
    return json.loads(members["meta.json"])["meta"], bands


def test_an_image_of_2018(api: Api) -> None:
    scene = api.search()["results"][0]
    place = square(153.105, -27.392)
    body = {"sceneId": scene["sceneId"], "extent": place}
    answer = api.run(GET_IMAGE, body).json()
    assert set(answer) == {"url", "meta", "extent"}
    assert answer["extent"] == place
    assert answer["url"].startswith(api.emu.url)
    meta, bands = ski(answer["url"])
    assert meta == answer["meta"]
    assert {name: meta[name] for name in meta if name != "bands"} == {
        name: scene[name] for name in scene if name != "bands"
    }
    # lower case first, and a mask that all share
    *names, mask = bands
    assert names == [band["names"][1] for band in meta["bands"]]
    assert {"blue", "green", "red"} < set(names)
    assert mask == "__MASK__coastal__" if len(names) == 8 else "__MASK__blue__"
    assert set(np.unique(bands[mask])) == {2 ** len(names) - 1}
    (shape,) = {band.shape for band in bands.values()}
    pixel = meta["bands"][0]["approximateResolutionX"]
    assert scene["bands"][0]["gsd"] / 2 <= pixel <= scene["bands"][0]["gsd"]
    assert shape[1] * pixel == pytest.approx(0.004 * 111_320 * 0.888, rel=0.01)
    assert shape[0] * pixel == pytest.approx(0.004 * 110_800, rel=0.01)
    assert bands["red"].min() >= 0
    assert bands["red"].std() > 50
    coarse, small = ski(api.run(GET_IMAGE, {**body, "resolution": 4}).json()["url"])
    assert 2 < coarse["bands"][0]["approximateResolutionX"] <= 4
    ratio = coarse["bands"][0]["pixelSizeX"] / meta["bands"][0]["pixelSizeX"]
    assert small["red"].shape[0] == pytest.approx(shape[0] / ratio, abs=2)
    assert small["red"].mean() == pytest.approx(bands["red"].mean(), rel=0.1)


@pytest.mark.parametrize("resolution", [1e-300, 1e308])
def test_resolutions_without_measure(api: Api, resolution: float) -> None:
    body = {"sceneId": api.scene(), "extent": PARK, "resolution": resolution}
    (band, *_) = api.run(GET_IMAGE, body).json()["meta"]["bands"]
    assert 0.2 < band["approximateResolutionX"] < 10


def test_images_line_up_with_maps(api: Api) -> None:
    scene = api.scene()
    tile = Tile(18, 242559, 151826)  # 0.53 m
    west, south, east, north = tile.box().buffer(-1e-9).bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    extent = {"type": "Polygon", "coordinates": [ring]}
    body = {"sceneId": scene, "extent": extent, "resolution": 0.54}
    released = api.release(mapType="imagery", extent=extent)
    assert released["tiles"] == [list(tile)]
    _, clip = ski(api.run(GET_IMAGE, body).json()["url"])
    z, x, y = tile
    _, whole = ski(f"{api.emu.url}/kraken/grid/{released['mapId']}/-/{z}/{x}/{y}/imagery.ski")
    for name, band in whole.items():
        assert (clip[name] == band).all()


def test_images_that_cannot_be_made(api: Api) -> None:
    scene = api.scene()

    def run(**members: Any) -> tuple[int, str]:
        return code(api.run(GET_IMAGE, {"sceneId": scene, "extent": PARK, **members}))

    assert run(sceneId="x") == (424, "NON-EXISTING-SCENE")
    assert run(extent=square(10, 10)) == (424, "EXTENT-HAS-NO-INTERSECTION")
    assert run(extent=square(153.1, -27.4, 5e-6)) == (424, "EXTENT-TOO-SMALL")
    assert run(extent=square(0, 0, 300)) == (424, "EXTENT-TOO-LARGE")
    assert run(extent=square(152.92, -27.4, 0.2)) == (
        424,
        "IMAGE-HAS-INVALID-PIXELS-ABOVE-TOLERANCE",
    )
    planet = {"provider": "pl", "dataset": "PSScene4Band"}
    other = api.scene(**planet)
    body = {"sceneId": other, "extent": PARK}
    refused = api.post(f"{GET_IMAGE}/initiate", body)
    assert code(refused) == (401, "NOT-AUTHORIZED")
    assert "imagery.images.pl.PSScene4Band" in refused.json()["errorMessage"]
    assert api.as_user("imagery").run(GET_IMAGE, body).status_code == 200


def test_images_at_the_ends_of_the_earth() -> None:
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as api:
        everyone = api.as_user("imagery")
        for lon, lat in ((179.999, 0.0), (-179.999, 10.0), (20.0, 84.0), (20.0, -84.99)):
            extent = square(lon, lat)
            found = {"provider": "ee", "dataset": "COPERNICUS/S2", "extent": extent}
            for scene in api.search(**found)["results"][:1]:
                body = {"sceneId": scene["sceneId"], "extent": extent}
                answer = everyone.run(GET_IMAGE, body)
                if answer.status_code == 200:
                    ski(answer.json()["url"])
                else:
                    assert code(answer)[0] == 424
