"""The cars in the staff car park at Brisbane airport, by day, on the emulator (extra `examples`)."""

import os
from contextlib import ExitStack
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import ImageDraw
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress
from rich.table import Table

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator

RING = [(153.1052, -27.3901), (153.1036, -27.3926), (153.1053, -27.3934), (153.1068, -27.3909)]
CAR_PARK = sk.Extent({"type": "Polygon", "coordinates": [[*RING, RING[0]]]})


def connect(stack: ExitStack) -> sk.SpaceKnow:
    if os.environ.get("SPACEKNOW_ENVIRONMENT"):
        return stack.enter_context(sk.SpaceKnow())
    return stack.enter_context(stack.enter_context(Emulator(seconds_per_pipeline=1)).client())


def count(client: sk.SpaceKnow, progress: Progress) -> list[tuple[sk.Scene, sk.Detections]]:
    pager = client.imagery.search(  # gbdx is offline: on production, "pl", "SkySatCollect", say
        provider="gbdx", dataset="idaho-pansharpened", extent=CAR_PARK, start="2016", end="2018"
    )
    runs = {
        client.kraken.release("cars", scene_ids=[scene.scene_id], extent=CAR_PARK): scene
        for scene in progress.track(pager, description="Starting analyses")
    }
    done = client.pipelines.as_completed(runs)
    done_runs = progress.track(done, description="Counting cars", total=len(runs))
    rows = ((runs[run], client.kraken.detections(run.result())) for run in done_runs)
    return sorted(rows, key=lambda row: row[0].datetime)


def picture(client: sk.SpaceKnow, scene: sk.Scene, cars: sk.Detections, path: Path) -> None:
    run = client.kraken.release("imagery", scene_ids=[scene.scene_id], extent=CAR_PARK)
    mosaic = client.kraken.mosaic(run.result(), zoom="max")
    for feature in cars.features:
        ring = [mosaic.pixel(*point[:2]) for point in feature["geometry"]["coordinates"][0]]
        ImageDraw.Draw(mosaic.image).polygon(ring, outline="#ffe600")
    mosaic.image.crop(mosaic.image.getbbox()).save(path)  # transparent outside the car park


def chart(rows: list[tuple[sk.Scene, sk.Detections]], path: Path) -> None:
    figure, axes = plt.subplots(figsize=(10, 4.5), layout="constrained")
    days = np.array([scene.datetime.date() for scene, _ in rows], "datetime64")
    kinds = [0 if (s.cloud_cover or 0) > 0.1 else 1 + s.datetime.weekday() // 5 for s, _ in rows]
    colors = np.array(["silver", "royalblue", "darkorange"])[kinds]
    axes.scatter(days, [cars.count for _, cars in rows], c=colors)
    axes.set(title="Cars on working days (blue), weekends (orange), under clouds (gray)")
    figure.savefig(path)


def main(stack: ExitStack) -> None:
    client = connect(stack)
    columns = ("{task.description:18}", BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        rows = count(client, progress)
    table = Table("date", "scene", "cloud cover", "cars", title="Cars at Brisbane airport")
    for s, cars in rows:
        clouds = "?" if s.cloud_cover is None else f"{s.cloud_cover:.0%}"
        table.add_row(f"{s.datetime:%a %Y-%m-%d}", f"{s.scene_id[:16]}…", clouds, str(cars.count))
    Console().print(table)
    (out := Path("out").resolve()).mkdir(exist_ok=True)
    picture(client, *max(rows, key=lambda row: row[1].count), out / "car_park.png")
    chart(rows, out / "cars_over_time.png")
    print(out / "car_park.png", out / "cars_over_time.png", sep="\n")


with ExitStack() as stack:
    try:
        main(stack)
    except sk.SpaceKnowError as error:
        raise SystemExit(f"count_cars: {error}") from None
