import spaceknow_client as sk
from spaceknow_client.emulator import Emulator

area = sk.Extent.from_bounds(153.05, -27.44, 153.14, -27.35)
with Emulator(seconds_per_pipeline=0) as emu, emu.client() as client:
    scenes = client.imagery.search(
        provider="gbdx", dataset="idaho-pansharpened", extent=area, decompose=6_000
    )
    print(len({scene.scene_id for scene in scenes}), "scenes")
