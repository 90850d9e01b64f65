"""Everything that accepts an extent accepts the areas of other libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas
import pytest
import shapely

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.interop.test_scenes import LEAST, scene
from tests.places import CAR_PARK, GBDX

BOX = shapely.box(*CAR_PARK.bounds)
(ITEM,) = sk.scenes_to_stac([scene({**LEAST, "footprint": CAR_PARK.to_geojson()})])
AREAS = {
    "shapely": BOX,
    "GeoSeries": geopandas.GeoSeries([BOX], crs=4326),
    "GeoDataFrame": geopandas.GeoDataFrame({"a": [1]}, geometry=[BOX], crs=4326),
    "STAC item": ITEM,
    "detections": sk.Detections(
        [{"type": "Feature", "properties": {}, "geometry": CAR_PARK.to_geojson()}]
    ),
}
TAKERS: dict[str, tuple[str, Callable[[Any, Any, str], Any]]] = {
    "imagery.search": ("extent", lambda c, area, _: c.imagery.search(extent=area, **GBDX).first()),
    "kraken.release": (
        "extent",
        lambda c, area, one: c.kraken.release("cars", scene_ids=[one], extent=area),
    ),
    "kraken.dry_run": (
        "extent",
        lambda c, area, one: c.kraken.dry_run("cars", scene_ids=[one], extent=area),
    ),
    "credits.check_area": (
        "geojson",
        lambda c, area, one: c.credits.check_area(area, scene_ids=[one]),
    ),
    "credits.allocate_area": (
        "geojson",
        lambda c, area, one: c.credits.allocate_area(area, scene_ids=[one]),
    ),
}


@pytest.mark.kinds("sync")  # both clients pass the extent in the same code
@pytest.mark.parametrize("area", AREAS)
async def test_every_call_takes_every_area(area: str, both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    found = await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())
    for operation, (member, call) in TAKERS.items():
        await both.settle(call(client, AREAS[area], found.scene_id))
        initiate = f"{operation}.initiate" if "credits" not in operation else operation
        sent = emulator.calls(initiate)[-1]
        assert sent.status == 200
        assert sk.Extent(sent.body[member]).bounds == pytest.approx(CAR_PARK.bounds)
    run = client.kraken.release_many("cars", scene_ids=[found.scene_id], extent=AREAS[area])
    (outcome,) = await both.items_of(run)
    assert outcome.error is None


@pytest.mark.parametrize("area", AREAS)
def test_areas_are_cut_into_tiles(area: str) -> None:
    assert len(sk.decompose(AREAS[area], tile_size=200)) > 0


def test_metres_are_no_degrees() -> None:
    meters = geopandas.GeoSeries([BOX], crs=4326).to_crs(3857)
    with pytest.raises(sk.InvalidExtentError, match="EPSG:3857"):
        sk.Extent(meters)
