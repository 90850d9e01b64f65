import spaceknow_client as sk
from spaceknow_client.emulator import Emulator

place = sk.Extent.from_bounds(153.0937, -27.3969, 153.0963, -27.3951)
with Emulator(seconds_per_pipeline=1) as emu, emu.client() as client:
    search = client.imagery.search(provider="gbdx", dataset="idaho-pansharpened", extent=place)
    ids = [scene.scene_id for scene in search.limit(5)]
    for outcome in client.kraken.release_many("cars", scene_ids=ids, extent=place, max_credits=10):
        print(outcome.input, outcome.error or outcome.result.map_id)
