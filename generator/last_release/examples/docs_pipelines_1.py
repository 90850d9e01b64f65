import spaceknow_client as sk
from spaceknow_client.emulator import Emulator

place = sk.Extent.from_bounds(153.0937, -27.3969, 153.0963, -27.3951)
with Emulator(seconds_per_pipeline=1) as emu, emu.client() as client:
    search = client.imagery.search(provider="gbdx", dataset="idaho-pansharpened", extent=place)
    ids = [scene.scene_id for scene in search.limit(3)]
    run = client.kraken.release("cars", scene_ids=ids[:1], extent=place)
    token = run.token()  # JSON text, without a secret: keep it, send it, read it
    print(run.id, run.status())
    print(run.result(on_progress=lambda progress: print(progress.message)).map_id)
    again = client.pipelines.attach(token)  # in another process, on another day
    print(again.result().map_type)
