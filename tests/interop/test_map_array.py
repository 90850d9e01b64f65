"""Maps as lazy arrays: each tile is fetched when it is needed, in this process and on a cluster."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import distributed
import numpy as np
import pytest
from attrs import evolve
from dask.base import optimize
from PIL import Image
from pyproj import CRS, Transformer

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from tests.faults.wire import WireServer
from tests.interop.ski_files import members, packed
from tests.places import CAR_PARK, GBDX

FILE = "kraken.grid_file"


@pytest.fixture
def here() -> Any:
    """dask in this thread only, so that requests are counted in order."""
    with dask.config.set(scheduler="synchronous"):
        yield


def release(client: sk.SpaceKnow, map_type: str) -> sk.KrakenMap:
    imagery: Any = client.imagery
    scene = imagery.search(extent=CAR_PARK, **GBDX).first()
    made = client.kraken.release(map_type, scene_ids=[scene.scene_id], extent=CAR_PARK)
    return made.result()


def test_it_is_the_mosaic_and_fetches_what_is_asked_for(emulator: Emulator, here: Any) -> None:
    with emulator.client() as client:
        cars = release(client, "cars")
        array = sk.map_to_xarray(client, cars)
        assert len(emulator.calls(FILE)) == 1
        assert array.sizes["band"] == 4
        assert array.name == "cars"
        corner = array.isel(x=slice(0, 256), y=slice(0, 256))
        assert corner.compute().dtype == np.uint8
        assert len(emulator.calls(FILE)) == 2
        picture = client.kraken.mosaic(cars)
        fetched = len(emulator.calls(FILE))
        values = array.compute().values
        assert len(emulator.calls(FILE)) == fetched + len(cars.tiles)
        np.testing.assert_array_equal(values.transpose(1, 2, 0), np.asarray(picture.image))
        assert values[3].any()


@pytest.mark.parametrize("zoom", [None, 18])
def test_maps_of_several_days_are_one_array(emulator: Emulator, here: Any, zoom: Any) -> None:
    with emulator.client() as client:
        imagery: Any = client.imagery
        scenes = imagery.search(extent=CAR_PARK, end="2018", **GBDX).limit(3).collect()
        maps = [
            client.kraken.release("cars", scene_ids=[scene], extent=CAR_PARK).result()
            for scene in scenes
        ]
        maps[1] = evolve(maps[1], tiles=maps[1].tiles[:1])
        array = sk.maps_to_xarray(client, maps, zoom=zoom)
        assert array.dims == ("time", "band", "y", "x")
        times = sorted(scene.datetime.replace(tzinfo=None) for scene in scenes)
        assert array.time.values.tolist() == times
        assert array.map_id.values.tolist() == [each.map_id for each in maps[::-1]]
        assert array.attrs["map_type"] == "cars"
        assert "map_id" not in array.attrs
        for number, map in enumerate(maps[::-1]):
            one = sk.map_to_xarray(client, map, zoom=zoom)
            part = array.isel(time=number).sel(x=one.x, y=one.y, method="nearest")
            np.testing.assert_array_equal(part.values, one.values)
        named = {"2018-01-02T03:04:05Z": maps[0], "2017-01-01": maps[1]}
        by_time = sk.maps_to_xarray(client, named, zoom=zoom)
        assert str(by_time.time.values[1]).startswith("2018-01-02T03:04:05")
        unknown = evolve(maps[0], scene_times={})
        wrong: Any
        for wrong in ([], {}, [unknown], maps[0], "maps", ["m"], None):
            with pytest.raises(sk.InvalidArgumentError):
                sk.maps_to_xarray(client, wrong)


def test_pixels_have_their_place(emulator: Emulator) -> None:
    with emulator.client() as client:
        imagery = release(client, "imagery")
        array = sk.map_to_xarray(client, imagery, "imagery.ski")
        tile = imagery.tiles[-1]
        file = client.kraken.grid_file(imagery, tile, "imagery.ski")
        assert file is not None
        alone = sk.open_ski(file)
    assert CRS.from_wkt(array.spatial_ref.attrs["crs_wkt"]) == CRS.from_epsg(3857)
    west, south, east, north = tile.bounds
    to_metres = Transformer.from_crs(4326, 3857, always_xy=True).transform
    (left, bottom), (right, top) = to_metres(west, south), to_metres(east, north)
    cut = array.sel(x=slice(left, right), y=slice(top, bottom))
    assert list(cut.band.values) == list(alone)
    np.testing.assert_allclose(cut.x, alone.x, rtol=0, atol=1e-3)
    np.testing.assert_allclose(cut.y, alone.y, rtol=0, atol=1e-3)
    with emulator.client() as client:
        again = sk.map_to_xarray(client, imagery, "imagery.ski")
        red = again.sel(band="red", x=slice(left, right), y=slice(top, bottom))
        np.testing.assert_array_equal(red.compute(), alone["red"])


@pytest.mark.parametrize("library", [None, "aiohttp"])
async def test_an_async_client_has_the_same(library: Any, emulator: Emulator) -> None:
    async with emulator.async_client(http_client=library) as client:
        imagery: Any = client.imagery
        scene = await imagery.search(extent=CAR_PARK, **GBDX).first()
        ids = [scene.scene_id]
        cars = await (await client.kraken.release("cars", scene_ids=ids, extent=CAR_PARK)).result()
        array = sk.map_to_xarray(client, cars)
        corner = array.isel(x=slice(0, 9), y=slice(0, 9)).compute()
    assert corner.shape == (4, 9, 9)
    assert len(emulator.calls("auth0.login")) == 1


def test_a_hundred_thousand_tiles_cost_nothing_yet(emulator: Emulator, here: Any) -> None:
    with emulator.client() as client:
        cars = release(client, "cars")
        first = cars.tiles[0]
        more = [sk.Tile(first.z, first.x + n % 320, first.y + n // 320) for n in range(100_000)]
        before = len(emulator.calls(FILE))
        with pytest.raises(sk.InvalidArgumentError, match="100,000 files"):
            sk.map_to_xarray(client, evolve(cars, tiles=tuple(more)))
        assert len(emulator.calls(FILE)) == before
        array = sk.map_to_xarray(client, evolve(cars, tiles=tuple(more)), max_files=100_000)
        assert len(emulator.calls(FILE)) == before + 1
        assert array.shape == (4, 313 * 256, 320 * 256)
        # One task for each tile would be a hundred thousand here; this is the graph for them.
        assert len(array.data.dask.layers) == 2
        assert len(pickle.dumps(array.data.dask.layers[array.data.name])) < 100_000
        corner = array.isel(x=slice(0, 256), y=slice(0, 256))
        (optimized,) = optimize(corner)
        assert len(dict(optimized.__dask_graph__())) < 10
        corner.compute()
        assert len(emulator.calls(FILE)) == before + 2


def test_keys_tell_no_map_id_and_are_the_same_for_the_same_map(emulator: Emulator) -> None:
    with emulator.client() as client, emulator.client() as other:
        cars = release(client, "cars")
        array, same = sk.map_to_xarray(client, cars), sk.map_to_xarray(other, cars)
        trucks = sk.map_to_xarray(client, cars, "trucks.png")
        fewer = sk.map_to_xarray(client, evolve(cars, tiles=cars.tiles[:-1]))
    assert array.data.name == same.data.name
    assert len({array.data.name, trucks.data.name, fewer.data.name}) == 3
    assert cars.map_id not in f"{list(array.data.dask.layers)} {array.data.dask}"


def png(size: int, color: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGBA", (size, size), color).save(target, "PNG")
    return target.getvalue()


def tiles(*places: tuple[int, int]) -> sk.KrakenMap:
    found = tuple(sk.Tile(10, x, y) for x, y in places)
    return sk.KrakenMap(map_id="m", map_type="cars", max_zoom=12, tiles=found)


NONE = Fault.body(b"", status=204)


def test_places_without_a_tile_or_a_file_are_zero(here: Any) -> None:
    answers = [NONE, Fault.body(png(512)), NONE, Fault.body(png(512))]
    with (
        WireServer(answers) as server,
        sk.SpaceKnow(server.environment, auth=sk.TokenAuth("t")) as client,
    ):
        array = sk.map_to_xarray(client, tiles((1, 1), (3, 1), (2, 2)))
        assert array.shape == (4, 1024, 1536)
        assert not array.isel(x=slice(0, 512), y=slice(0, 512)).compute().any()
        values = array.compute()
        asked = server.paths()
    places = [path.removeprefix("/kraken/grid/m/-/10/") for path in asked]
    assert places[:3] == ["1/1/cars.png", "3/1/cars.png", "1/1/cars.png"]
    assert sorted(places[3:]) == ["1/1/cars.png", "2/2/cars.png", "3/1/cars.png"]
    red = values.sel(band="red").values[::512, ::512] > 0
    assert red.tolist() == [[True, False, True], [False, True, False]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (png(512), "512 x 512"),
        (b"not a valid picture", "not a PNG"),
        (png(256)[:90], "not a valid picture"),
    ],
)
def test_a_tile_that_is_not_like_the_first(content: bytes, problem: str, here: Any) -> None:
    with (
        WireServer([Fault.body(png(256)), Fault.body(content)]) as server,
        sk.SpaceKnow(server.environment, auth=sk.TokenAuth("t")) as client,
    ):
        array = sk.map_to_xarray(client, tiles((1, 1)))
        with pytest.raises(sk.InvalidResponseError, match=problem):
            array.compute()


def ski(*shapes: tuple[int, int], names: str = "ab") -> bytes:
    return packed(
        members([([n], np.ones(s, np.uint8)) for n, s in zip(names, shapes, strict=True)])
    )


def test_ski_files_that_make_no_array(here: Any) -> None:
    files = [ski((4, 4), (4, 8)), ski((4, 8), (4, 8)), ski((4, 4), (4, 4)), ski((4, 4), names="a")]
    with (
        WireServer([Fault.body(file) for file in files]) as server,
        sk.SpaceKnow(server.environment, auth=sk.TokenAuth("t")) as client,
    ):
        for _ in range(2):
            with pytest.raises(sk.InvalidResponseError, match="not squares of one size"):
                sk.map_to_xarray(client, tiles((1, 1)), "imagery.ski")
        array = sk.map_to_xarray(client, tiles((1, 1)), "imagery.ski")
        assert array.shape == (2, 4, 4)
        with pytest.raises(sk.InvalidResponseError, match="another tile"):
            array.compute()


def test_what_makes_no_array(emulator: Emulator) -> None:
    far = sk.KrakenMap(
        map_id="m", map_type="cars", max_zoom=12, tiles=(sk.Tile(12, 0, 0), sk.Tile(12, 1000, 1002))
    )
    mixed = evolve(far, tiles=(sk.Tile(3, 1, 1), sk.Tile(4, 1, 1)))
    wide = evolve(far, tiles=(sk.Tile(20, 0, 0), sk.Tile(20, 20_000, 0)))
    with emulator.client() as client:
        for wrong in (tiles(), far, mixed, wide, tiles((2**70, 1)), tiles((-1, 1)), "m", None):
            with pytest.raises(sk.InvalidArgumentError):
                sk.map_to_xarray(client, wrong)  # type: ignore[arg-type]
        for file in ("", "analysis.geotiff", 3):
            with pytest.raises(sk.InvalidArgumentError):
                sk.map_to_xarray(client, tiles((1, 1)), file)  # type: ignore[arg-type]
        with pytest.raises(sk.InvalidArgumentError, match="type of the map is unknown"):
            sk.map_to_xarray(client, evolve(tiles((1, 1)), map_type=None))
        with pytest.raises(sk.InvalidArgumentError, match="SpaceKnow"):
            sk.map_to_xarray(None, tiles((1, 1)))  # type: ignore[arg-type]
    assert emulator.calls() == []


def test_a_map_without_any_such_file() -> None:
    with (
        WireServer([NONE]) as server,
        sk.SpaceKnow(server.environment, auth=sk.TokenAuth("t")) as client,
        pytest.raises(sk.InvalidArgumentError, match="first 2 tiles"),
    ):
        sk.map_to_xarray(client, tiles((1, 1), (2, 2)))


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.Client]:
    """A client of two worker processes."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as workers,
        distributed.Client(workers) as client,
    ):
        yield client


def test_two_processes_of_a_cluster_share_one_login(
    emulator: Emulator, tmp_path: Path, cluster: distributed.Client
) -> None:
    """Workers receive the settings of the client; each has its own connections."""
    store = sk.FileTokenStore(tmp_path / "tokens.json")
    auth = sk.PasswordAuth(emulator.username, emulator.password, store)
    with emulator.client(auth=auth) as client:
        imagery = release(client, "imagery")
        array = sk.map_to_xarray(client, imagery, zoom=18)
        expected = np.asarray(client.kraken.mosaic(imagery, zoom=18).image).transpose(2, 0, 1)
        before = len(emulator.calls(FILE))
        kept = array.persist()
        distributed.wait(kept)
        holders = cluster.has_what()
        computed = kept.compute()
        calls = emulator.calls(FILE)[before:]
    np.testing.assert_array_equal(computed, expected)
    assert len(calls) == expected.size / 4 / 256**2 > 4
    tiles_held = [sum("spaceknow-tile" in str(key) for key in held) for held in holders.values()]
    assert len(tiles_held) == 2
    assert all(tiles_held)
    assert len(emulator.calls("auth0.login")) == 1


def test_a_password_in_memory_does_not_go_to_a_cluster(
    emulator: Emulator, cluster: distributed.Client
) -> None:
    with emulator.client() as client:
        array = sk.map_to_xarray(client, release(client, "cars"))
        corner = array.isel(x=slice(0, 9), y=slice(0, 9))
        with pytest.raises(sk.ConfigError, match="FileTokenStore"):
            corner.compute()


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    monkeypatch.setattr("spaceknow_client.runtime.extras.find_spec", lambda name: None)
    with (
        emulator.client() as client,
        pytest.raises(sk.ConfigError, match=r"spaceknow-client\[xarray\]"),
    ):
        sk.map_to_xarray(client, tiles((1, 1)))
