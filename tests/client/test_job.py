"""The job from end to end, with both clients: search, release, result, files."""

from __future__ import annotations

import io

import pytest
from PIL import Image

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX, TOKYO


async def test_from_search_to_picture(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    pager = client.imagery.search(extent=CAR_PARK, start="2017", end="2017-06", **GBDX)
    scenes: list[sk.Scene] = await both.items_of(pager)
    assert scenes
    assert all((s.datetime.year, s.datetime.month <= 6) == (2017, True) for s in scenes)
    clear = next(scene for scene in scenes if (scene.cloud_cover or 0) < 0.05)

    run = await both.settle(
        client.kraken.release("cars", scene_ids=[clear.scene_id], extent=CAR_PARK)
    )
    cars_map: sk.KrakenMap = await both.settle(run.result())
    assert cars_map.map_type == "cars"
    assert len({tile.z for tile in cars_map.tiles}) == 1

    cars: sk.Detections = await both.settle(client.kraken.detections(cars_map))
    per_tile = 0
    for tile in cars_map.tiles:
        file = await both.settle(client.kraken.grid_file(cars_map, tile, "area.json"))
        per_tile += file.json()["cars"]
    assert cars.count > 100
    assert cars.area == pytest.approx(per_tile)

    run = await both.settle(
        client.kraken.release("imagery", scene_ids=[clear.scene_id], extent=CAR_PARK)
    )
    imagery: sk.KrakenMap = await both.settle(run.result())
    assert set(imagery.tiles) == set(cars_map.tiles)
    mosaic: sk.Mosaic = await both.settle(client.kraken.mosaic(imagery))
    columns = {tile.x for tile in imagery.tiles}
    assert mosaic.image.width == 256 * len(columns)
    marks: sk.Mosaic = await both.settle(client.kraken.mosaic(cars_map))
    for feature in cars.features:
        ring = feature["geometry"]["coordinates"][0][:-1]
        x, y = marks.pixel(sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring))
        pixel = marks.image.getpixel((int(x), int(y)))
        assert isinstance(pixel, tuple)
        assert pixel[3] > 0


async def test_account(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    info: sk.UserInfo = await both.settle(client.user.info())
    assert info.email == emulator.username
    assert await both.settle(client.credits.remaining()) > 0
    permissions: sk.PermissionSet = await both.settle(client.permissions())
    assert permissions.allows("kraken.release")
    assert permissions.missing("admin.credits") == ("admin.credits",)


async def test_one_grid_file(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())
    run = await both.settle(
        client.kraken.release("imagery", scene_ids=[scene.scene_id], extent=CAR_PARK)
    )
    kraken_map = await both.settle(run.result())
    tile = kraken_map.tiles[0]
    file: sk.GridFile = await both.settle(
        client.kraken.grid_file(kraken_map, tile, "truecolor.png")
    )
    assert Image.open(io.BytesIO(file.content)).size == (256, 256)
    assert file.media_type == "image/png"
    with pytest.raises(sk.InvalidResponseError, match="JSON"):
        file.json()
    by_id = await both.settle(client.kraken.grid_file(kraken_map.map_id, tuple(tile), file.name))
    assert by_id.content == file.content


async def test_an_elsewhere_that_nobody_has_paid_for(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = await both.settle(client.imagery.search(extent=TOKYO, **GBDX).first())
    with pytest.raises(sk.errors.NotEnoughCreditsError) as caught:
        await both.settle(client.kraken.release("cars", scene_ids=[scene.scene_id], extent=TOKYO))
    assert caught.value.status == 402
    assert caught.value.request_id
    assert caught.value.operation == "kraken.release.initiate"


async def test_raw_operations(both: Both, emulator: Emulator) -> None:
    from spaceknow_client.generated.models import GetStatusRequest

    client = both.of(emulator)
    answer = await both.settle(client.raw.credits.remaining())
    assert (answer.status, len(answer.request_id), answer.api_version) == (200, 10, "106")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.parsed.remaining_credit == await both.settle(client.credits.remaining())
    body = GetStatusRequest(pipeline_id="0" * 20)
    with pytest.raises(sk.errors.NonExistentPipelineError) as caught:
        await both.settle(client.raw.tasking.get_status(body=body))
    assert caught.value.pipeline_id == "0" * 20
