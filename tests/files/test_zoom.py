"""The resolution of the files, its description, and files that do not exist."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rasterio
import shapely
from attrs import evolve
from PIL import Image

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.validation.failures import AnswerError
from spaceknow_client.generated.map_types import FILES
from spaceknow_client.maps.map_files import count_tiles, tiles_of
from tests.conftest import Both
from tests.files.maps import fetched, made, released
from tests.files.test_download import files_in
from tests.places import CAR_PARK, PARK

OUTLINE = sk.Extent(PARK)
DETAIL = {16: 2.1207, 17: 1.0603, 18: 0.5302, 19: 0.2651}  # meters per pixel at -27.39 degrees


async def test_the_default_is_the_maps_own_tiles(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    imagery, cars = (released(emulator, kind, OUTLINE) for kind in ("imagery", "cars"))
    client, own = both.of(emulator), {f"{z}/{x}/{y}" for z, x, y in imagery.tiles}
    assert {tile.z for tile in imagery.tiles} == {16}
    kraken = client.kraken
    calls: list[Callable[[], Any]] = [
        lambda: kraken.mosaic(imagery),
        lambda: kraken.save_mosaic(imagery, tmp_path / "a.tif"),
        lambda: kraken.view(imagery, tmp_path / "a.html", open=False),
        lambda: kraken.detections(cars),
        lambda: kraken.download(cars, tmp_path / "cars"),
    ]
    for call in calls:
        before = len(fetched(emulator))
        await both.settle(call())
        assert {name.rpartition("/")[0] for name in fetched(emulator)[before:]} == own


@pytest.mark.parametrize("zoom", [18, "max"])
async def test_only_touched_children_are_fetched(
    both: Both, emulator: Emulator, tmp_path: Path, zoom: Any
) -> None:
    imagery, cars = (released(emulator, kind, OUTLINE) for kind in ("imagery", "cars"))
    assert imagery.extent == OUTLINE
    level = 19 if zoom == "max" else zoom
    touched = {f"{z}/{x}/{y}" for z, x, y in tiles_of(imagery, level)}
    box = shapely.geometry.shape(OUTLINE.to_geojson())
    everything = [child for tile in imagery.tiles for child in tile.descendants(level)]
    assert touched == {
        f"{z}/{x}/{y}"
        for z, x, y in everything
        if box.intersects(shapely.box(*sk.Tile(z, x, y).bounds))
    }
    assert len(touched) < len(everything) / 4
    client = both.of(emulator)
    kraken = client.kraken
    calls: list[Callable[[], Any]] = [
        lambda: kraken.mosaic(imagery, zoom=zoom),
        lambda: kraken.save_mosaic(imagery, tmp_path / "a.tif", zoom=zoom),
        lambda: kraken.view(imagery, tmp_path / "a.html", zoom=zoom, open=False),
        lambda: kraken.detections(cars, zoom=zoom),
        lambda: kraken.download(cars, tmp_path / "cars", "area.json", zoom),
    ]
    for call in calls:
        before = len(fetched(emulator))
        await both.settle(call())
        asked = [name.rpartition("/")[0] for name in fetched(emulator)[before:]]
        assert sorted(asked) == sorted(touched)
    assert {call.status for call in emulator.calls("kraken.grid_file")} == {200}
    # Without its extent the map has all children, and those beside it show nothing.
    blind = evolve(imagery, extent=None)
    if zoom == 18:
        whole, cut = [
            await both.settle(client.kraken.mosaic(each, zoom=18)) for each in (blind, imagery)
        ]
        assert whole.image.size == (2048, 2048)
        assert whole.image.crop(whole.image.getbbox()) == cut.image.crop(cut.image.getbbox())


async def test_the_extent_is_known_where_it_was_released(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    search = {"provider": "gbdx", "dataset": "idaho-pansharpened", "extent": OUTLINE}
    scene = await both.settle(client.imagery.search(**search).first())
    release = {"scene_ids": [scene.scene_id], "extent": OUTLINE}
    run = await both.settle(client.kraken.release("cars", **release))
    cars = await both.settle(run.result())
    assert cars.extent == OUTLINE
    assert sk.KrakenMap.from_dict(json.loads(json.dumps(cars.to_dict()))).extent == OUTLINE
    for outcome in await both.items_of(client.kraken.release_many("cars", **release)):
        assert outcome.result.extent == OUTLINE
    # The handle, which is stored for years and sent to others, does not contain it.
    assert "coordinates" not in run.token()
    attached = await both.settle(client.pipelines.attach(run.token()).result())
    assert attached == cars
    assert attached.extent is None


async def test_reused_releases_know_their_extent(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    client = both.of(emulator, journal=str(tmp_path / "runs.sqlite"))
    search = {"provider": "gbdx", "dataset": "idaho-pansharpened", "extent": OUTLINE}
    scene = await both.settle(client.imagery.search(**search).first())
    for _ in range(2):
        run = await both.settle(
            client.kraken.release("cars", scene_ids=[scene.scene_id], extent=OUTLINE, reuse=True)
        )
        assert (await both.settle(run.result())).extent == OUTLINE
    assert len(emulator.calls("kraken.release.initiate")) == 1


async def test_results_and_files_say_their_detail(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    imagery, client = released(emulator, "imagery", OUTLINE), both.of(emulator)
    for zoom, level in ((None, 16), (17, 17), ("max", 19)):
        mosaic = await both.settle(client.kraken.mosaic(imagery, zoom=zoom))
        assert mosaic.zoom == level
        assert mosaic.meters_per_pixel == pytest.approx(DETAIL[level], rel=1e-3)
        for name in ("a.tif", "a.png", "a.webp"):
            path = await both.settle(client.kraken.save_mosaic(imagery, tmp_path / name, zoom=zoom))
            if name == "a.tif":
                with rasterio.open(path) as file:
                    tags = file.tags()
                assert tags["zoom"] == str(level)
                assert float(tags["meters_per_pixel"]) == pytest.approx(DETAIL[level], rel=1e-3)
            else:
                with Image.open(path) as picture:
                    told = picture.getexif()[270]
                assert told == f"zoom {level}, {mosaic.meters_per_pixel:.3g} meters per pixel"
        for _ in range(2):  # also when all of it was there
            done = await both.settle(
                client.kraken.download(imagery, tmp_path / str(zoom), "truecolor.png", zoom)
            )
            assert done.zoom == level
            assert done.meters_per_pixel == pytest.approx(DETAIL[level], rel=1e-3)
        page = await both.settle(
            client.kraken.view(imagery, tmp_path / "a.html", zoom=zoom, open=False)
        )
        assert f"Zoom {level}, {DETAIL[level]:.3g} m per pixel" in page.read_text("utf-8")
    data = await both.settle(client.kraken.download(imagery, tmp_path / "data", "metadata.json"))
    assert (data.zoom, data.meters_per_pixel) == (16, None)


async def test_larger_tiles_have_more_pixels_a_meter(both: Both, tmp_path: Path) -> None:
    with Emulator(seconds_per_pipeline=0, tile_pixels=512) as emu:
        imagery, client = released(emu, "imagery", OUTLINE), both.of(emu)
        mosaic = await both.settle(client.kraken.mosaic(imagery))
        assert mosaic.image.size == (1024, 1024)
        assert mosaic.meters_per_pixel == pytest.approx(DETAIL[16] / 2, rel=1e-3)
        done = await both.settle(client.kraken.download(imagery, tmp_path, "truecolor.png"))
        assert done.meters_per_pixel == pytest.approx(DETAIL[16] / 2, rel=1e-3)
        await both.aclose()


def test_an_array_says_its_detail(emulator: Emulator) -> None:
    imagery = released(emulator, "imagery", OUTLINE)
    with emulator.client() as client:
        own, deep = (sk.map_to_xarray(client, imagery, zoom=zoom) for zoom in (None, "max"))
        assert (own.zoom, deep.zoom) == (16, 19)
        assert own.meters_per_pixel == pytest.approx(DETAIL[16], rel=1e-3)
        assert deep.meters_per_pixel == pytest.approx(DETAIL[19], rel=1e-3)
        before = len(fetched(emulator))
        shown = deep.sel(band="alpha").compute()
        assert len(fetched(emulator)) == before + count_tiles(imagery, 19)
        mosaic = client.kraken.mosaic(imagery, zoom="max")
        assert shown.shape == mosaic.image.size[::-1]
        assert (shown.values == 255).sum() == mosaic.image.getchannel("A").histogram()[255]


async def test_too_many_files_are_refused_with_their_count(
    both: Both, emulator: Emulator, tmp_path: Path
) -> None:
    client = both.of(emulator)
    kraken, large = client.kraken, made(sk.Tile(12, 3789, 2372), map_id="none")
    calls: dict[int, tuple[Callable[..., Any], ...]] = {
        16_384: (
            lambda **how: kraken.mosaic(large, **how),
            lambda **how: kraken.save_mosaic(large, tmp_path / "a.tif", **how),
            lambda **how: kraken.detections(large, **how),
            lambda **how: kraken.download(large, tmp_path / "a", "area.json", **how),
        ),
        32_768: (lambda **how: kraken.view(large, tmp_path / "a.html", open=False, **how),),
        16_384 * len(FILES["cars"]): (lambda **how: kraken.download(large, tmp_path / "b", **how),),
    }
    for count, some in calls.items():
        for call in some:
            for how in ({"zoom": "max"}, {"zoom": 19, "max_files": count - 1}):
                with pytest.raises(sk.InvalidArgumentError, match=f"{count:,} files") as caught:
                    await both.settle(call(**how))
                assert f"max_files={count}" in (caught.value.hint or "")
            for wrong in (0, -1, True, "many", 2.5):
                with pytest.raises(
                    sk.InvalidArgumentError, match="max_files must be a whole number"
                ):
                    await both.settle(call(zoom="max", max_files=wrong))
            for wrong in ("deep", 9, 20, True, 18.0):
                with pytest.raises(sk.InvalidArgumentError, match="zoom"):
                    await both.settle(call(zoom=wrong))
    assert fetched(emulator) == []
    assert files_in(tmp_path) == {}
    many = made(*[sk.Tile(19, 485000 + n, 303648) for n in range(4097)], map_id="none")
    with pytest.raises(sk.InvalidArgumentError, match="4,097 files"):
        await both.settle(client.kraken.detections(many))
    for how in (
        {"zoom": 19},
        {"max_files": 4097},
    ):  # then the service reports that the map does not exist
        with pytest.raises(sk.errors.InvalidMapIdError):
            await both.settle(client.kraken.detections(many, **how))


async def test_a_default_name_that_is_refused_is_no_file(
    both: Both, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a map type whose files differ from the documented ones."""
    refused = {"cars.png", "detections.geojson", "trucks.png"}
    left = [name for name in FILES["cars"] if name not in refused]
    maps = emulator._state.maps
    served = maps.file

    def file(map_id: str, geometry_id: str, tile: Any, name: str) -> Any:
        if name in refused:
            raise AnswerError("UNSUPPORTED-FILE-NAME", "The map type cars has no such file.")
        return served(map_id, geometry_id, tile, name)

    monkeypatch.setattr(maps, "file", file)
    cars, client = released(emulator, "cars", OUTLINE), both.of(emulator)
    assert len(cars.tiles) == 4

    def asked(before: int) -> dict[str, int]:
        names = [name.rpartition("/")[2] for name in fetched(emulator)[before:]]
        return {name: names.count(name) for name in names}

    for zoom in (None, 18):
        before = len(fetched(emulator))
        found = await both.settle(client.kraken.detections(cars, zoom=zoom))
        assert found.features == []
        mosaic = await both.settle(client.kraken.mosaic(cars, zoom=zoom))
        assert mosaic.image.getbbox() is None
        assert asked(before) == {"detections.geojson": 1, "cars.png": 1}
    before = len(fetched(emulator))
    with pytest.raises(sk.InvalidArgumentError, match="to show"):
        await both.settle(client.kraken.view(cars, tmp_path / "a.html", open=False))
    assert asked(before) == {"detections.geojson": 1, "cars.png": 1}

    folder = tmp_path / "cars"
    before = len(fetched(emulator))
    done = await both.settle(client.kraken.download(cars, folder))
    assert (done.failed, done.absent, done.fetched) == (0, 4 * 3, 4 * len(left))
    assert asked(before) == {**dict.fromkeys(left, 4), **dict.fromkeys(refused, 1)}
    before = len(fetched(emulator))
    again = await both.settle(client.kraken.download(cars, folder))
    assert (again.failed, again.absent, again.present) == (0, 4 * 3, 4 * len(left))
    assert asked(before) == {}
    read = sk.MapFolder(folder)
    assert set(read.files) == set(left)
    assert read.detections().features == []
    assert read.mosaic().image.getbbox() is None

    # A name that the user passed is an error.
    with pytest.raises(sk.errors.UnsupportedFileNameError):
        await both.settle(client.kraken.mosaic(cars, "cars.png"))
    for named in (tmp_path / "named", folder):
        with pytest.raises(sk.DownloadError, match="has no such file"):
            await both.settle(client.kraken.download(cars, named, ["cars.png", "area.json"]))


def test_a_folder_has_the_same_detail(emulator: Emulator, tmp_path: Path) -> None:
    imagery, cars = (released(emulator, kind, OUTLINE) for kind in ("imagery", "cars"))
    with emulator.client() as client:
        client.kraken.download(imagery, tmp_path / "imagery", "truecolor.png", "max")
        client.kraken.download(cars, tmp_path / "cars", "detections.geojson")
        whole = client.kraken.mosaic(imagery, zoom="max").image
        count = client.kraken.detections(cars, zoom="max").count
    folder = sk.MapFolder(tmp_path / "imagery")
    assert folder.map.extent == OUTLINE
    assert folder.mosaic(zoom="max").image == whole
    folder.save_mosaic(tmp_path / "a.png", zoom=19)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == whole.size
    assert sk.MapFolder(tmp_path / "cars").detections().count == count > 900
    with pytest.raises(sk.InvalidArgumentError, match="not in"):
        folder.mosaic()


async def test_counting_is_complete_and_cheap(both: Both, emulator: Emulator) -> None:
    """Like an old program: the detections of the map's own tiles are all."""
    cars, client = released(emulator, "cars", CAR_PARK), both.of(emulator)
    own, deep = [
        await both.settle(client.kraken.detections(cars, zoom=zoom)) for zoom in (None, "max")
    ]
    assert own.count == deep.count > 900
    assert len(fetched(emulator)) == 4 + count_tiles(cars, 19)
