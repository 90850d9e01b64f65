import spaceknow_client as sk
from spaceknow_client.emulator import Emulator

car_park = sk.Extent.from_bounds(153.0937, -27.3969, 153.0963, -27.3951)
with Emulator(seconds_per_pipeline=1) as emu, emu.client() as client:  # SpaceKnow() is production
    scenes = client.imagery.search(
        provider="gbdx", dataset="idaho-pansharpened", extent=car_park, start="2018-10"
    )
    for scene in scenes:
        run = client.kraken.release("cars", scene_ids=[scene.scene_id], extent=car_park)
        cars = client.kraken.detections(run.result())
        print(f"{scene.datetime:%a %Y-%m-%d}: {cars.count} cars")
