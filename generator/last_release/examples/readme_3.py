import asyncio

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator


async def main(emu: Emulator) -> None:
    place = sk.Extent.from_bounds(153.0937, -27.3969, 153.0963, -27.3951)
    async with emu.async_client() as client:
        scenes = client.imagery.search(provider="gbdx", dataset="idaho-pansharpened", extent=place)
        ids = [scene.scene_id async for scene in scenes.limit(3)]
        runs = [await client.kraken.release("cars", scene_ids=[i], extent=place) for i in ids]
        async for run in client.pipelines.as_completed(runs, deadline=600):
            cars = await client.kraken.detections(await run.result())
            print(run.id, cars.count)


with Emulator(seconds_per_pipeline=1) as emu:
    asyncio.run(main(emu))
