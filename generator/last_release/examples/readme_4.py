import spaceknow_client as sk
from spaceknow_client.emulator import Emulator

place = sk.Extent.from_bounds(153.0937, -27.3969, 153.0963, -27.3951)
with Emulator(seconds_per_pipeline=1) as emu:
    with emu.client(journal="runs.sqlite") as client:
        search = client.imagery.search(provider="gbdx", dataset="idaho-pansharpened", extent=place)
        ids = [scene.scene_id for scene in search.limit(2)]
        for scene_id in ids:
            client.kraken.release("cars", scene_ids=[scene_id], extent=place, reuse=True)
    # The process may be killed anywhere. The same program goes on, and pays for nothing twice:
    with emu.client(journal="runs.sqlite") as client:
        recovery = client.pipelines.recover()  # of this process, and of those that died
        for run in recovery:
            print(run.operation, run.result())
        for request in recovery.unknown:  # sent, but no answer came: not repeated
            print(request.at, request.body, request.reason)
        again = client.kraken.release("cars", scene_ids=ids[:1], extent=place, reuse=True)
        recovery.forget()  # what was dealt with
