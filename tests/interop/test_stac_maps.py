"""GeoTIFFs of maps as STAC, valid by the official schemas, and readable by odc.stac."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import odc.stac
import pystac
import pytest
import rasterio
from pystac.validation.stac_validator import JsonSchemaSTACValidator

import spaceknow_client as sk
from spaceknow_client.maps.layout import layout_of
from spaceknow_client.maps.pictures.geotiff import GeoTiff
from spaceknow_client.maps.provenance import provenance
from tests.files.maps import made
from tests.files.test_antimeridian import EAST, WEST
from tests.files.test_geotiff import TILES, noise, png

SCHEMAS = {
    schema["$id"].rstrip("#"): schema
    for schema in (
        json.loads(path.read_text("utf-8")) for path in Path(__file__).parent.glob("schemas/*.json")
    )
}
DAY = dt.datetime(2018, 5, 20, 0, 29, 52, tzinfo=dt.UTC)


def geotiff(path: Path, *tiles: sk.Tile, days: int = 1, first: int = 0, **options: Any) -> Path:
    """A mosaic whose map has scenes of this number of days."""
    times = {f"scene-{day}": DAY + dt.timedelta(first + day) for day in range(days)}
    map = made(*tiles, scene_ids=list(times), scene_times=times)
    file = GeoTiff(path, layout_of(tiles), about=provenance(map), **options)
    for tile in tiles:
        file.add(tile, "cars.png", png(noise(tile.x)))
    file.close()
    return path


def validate(thing: pystac.STACObject) -> None:
    """Nothing is fetched: pystac has the schemas of STAC, and the others are next to this file."""
    validator = JsonSchemaSTACValidator()
    validator.schema_cache |= SCHEMAS
    thing.validate(validator=validator)


def test_an_item_has_what_loaders_need(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "monday.tif", *TILES)
    item = sk.map_to_stac(path)
    validate(item)
    assert (item.id, item.datetime) == ("monday", DAY)
    asset = item.assets["image"]
    assert (asset.href, asset.media_type) == (str(path), pystac.MediaType.COG)
    with rasterio.open(path) as picture:
        assert asset.extra_fields["proj:shape"] == [picture.height, picture.width]
        assert asset.extra_fields["proj:transform"] == list(picture.transform)[:6]
    assert [each["data_type"] for each in asset.extra_fields["raster:bands"]] == ["uint8"] * 4
    assert item.properties["spaceknow:map_id"] == "m"
    assert item.properties["spaceknow:scene_ids"] == ["scene-0"]
    assert item.bbox == pytest.approx(
        [TILES[0].bounds[0], TILES[1].bounds[1], TILES[1].bounds[2], TILES[0].bounds[3]]
    )
    plain = geotiff(tmp_path / "plain.tif", *TILES, cloud_optimized=False)
    away = sk.map_to_stac(plain, href="https://example.com/plain.tif")
    assert away.assets["image"].href == "https://example.com/plain.tif"
    assert away.assets["image"].media_type == pystac.MediaType.GEOTIFF


@pytest.mark.filterwarnings("ignore:The .shapely.ops.transform:DeprecationWarning")
def test_odc_loads_a_collection(tmp_path: Path) -> None:
    paths = [geotiff(tmp_path / f"day{days}.tif", *TILES, days=days, first=days) for days in (1, 2)]
    collection = sk.maps_to_stac(paths, id="cars")
    items = list(collection.get_items())
    assert items[1].datetime is None
    assert collection.extent.temporal.intervals == [[DAY + dt.timedelta(1), DAY + dt.timedelta(3)]]
    collection.normalize_and_save(str(tmp_path / "stac"), pystac.CatalogType.SELF_CONTAINED)
    again = pystac.Collection.from_file(str(tmp_path / "stac" / "collection.json"))
    for thing in (again, *again.get_items()):
        validate(thing)
    loaded = odc.stac.load(list(again.get_items()), chunks={})
    assert loaded.sizes["time"] == 2
    with rasterio.open(paths[0]) as picture:
        for number, (_, band) in enumerate(sorted(loaded.items()), 1):
            assert np.array_equal(band.isel(time=0).values, picture.read(number))


def test_across_180_degrees(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "a.tif", WEST, EAST)
    other = geotiff(tmp_path / "b.tif", EAST)
    item = sk.map_to_stac(path)
    validate(item)
    west, south, east, north = item.bbox or [0.0] * 4
    assert (west, east) == pytest.approx((EAST.bounds[0], WEST.bounds[2]))
    assert item.geometry is not None
    assert item.geometry["type"] == "MultiPolygon"
    (box,) = sk.maps_to_stac([path, other]).extent.spatial.bboxes
    assert box == pytest.approx([west, south, east, north])


def test_what_makes_no_item(tmp_path: Path) -> None:
    undated = geotiff(tmp_path / "undated.tif", *TILES, days=0)
    with pytest.raises(sk.InvalidArgumentError, match="no acquisition time"):
        sk.map_to_stac(undated)
    given = sk.map_to_stac(undated, datetime=DAY.replace(tzinfo=None))
    assert given.datetime == DAY
    (tmp_path / "text.tif").write_text("x")
    place = rasterio.transform.from_origin(10, 10, 1, 1)
    with rasterio.open(
        tmp_path / "other.tif", "w", "GTiff", 8, 8, 1, "EPSG:4326", place, dtype="uint8"
    ):
        pass
    for name in ("text.tif", "other.tif", "missing.tif"):
        with pytest.raises(sk.InvalidArgumentError):
            sk.map_to_stac(tmp_path / name)
    (tmp_path / "more").mkdir()
    twice = [geotiff(tmp_path / folder / "a.tif", *TILES) for folder in (".", "more")]
    for wrong in ([], twice, str(undated)):
        with pytest.raises(sk.InvalidArgumentError):
            sk.maps_to_stac(wrong)
