"""Maps for tests of files: released at an emulator, or created by hand."""

from __future__ import annotations

from typing import Any

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.places import CAR_PARK, GBDX

# The common corner of four tiles of zoom 19.
SPOT = sk.Extent.from_bounds(153.10527, -27.39208, 153.10567, -27.39169)


def released(emulator: Emulator, map_type: str = "cars", extent: sk.Extent = SPOT) -> sk.KrakenMap:
    """A map of the car park, on a day with many cars."""
    with emulator.client() as client:
        search = client.imagery.search(
            extent=CAR_PARK, start="2017-03", provider=GBDX["provider"], dataset=GBDX["dataset"]
        )
        scene = next(scene for scene in search if not scene.cloud_cover)
        run = client.kraken.release(map_type, scene_ids=[scene.scene_id], extent=extent)
        return run.result()


def fetched(emulator: Emulator) -> list[str]:
    """The requested files, as tile and name."""
    return [call.path.partition("/-/")[2] for call in emulator.calls("kraken.grid_file")]


def made(*tiles: sk.Tile, **changes: Any) -> sk.KrakenMap:
    """A map that no server knows."""
    settings: dict[str, Any] = {"map_id": "m", "map_type": "cars", "max_zoom": 19, "tiles": tiles}
    return sk.KrakenMap(**{**settings, **changes})
