"""How many cars stood in the staff car park at Brisbane airport, on each day with imagery?

Runs against the local emulator, or against the service that SPACEKNOW_ENVIRONMENT names."""

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

CAR_PARK = sk.Extent.from_bounds(153.0937, -27.3969, 153.0963, -27.3951)


def connect(stack: ExitStack) -> sk.SpaceKnow:
    if "SPACEKNOW_ENVIRONMENT" in os.environ:
        return stack.enter_context(sk.SpaceKnow())
    emulator = stack.enter_context(Emulator(seconds_per_pipeline=1))
    return stack.enter_context(emulator.client())


def count(client: sk.SpaceKnow, progress: Progress) -> list[tuple[sk.Scene, sk.Detections]]:
    pager = client.imagery.search(
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
    mosaic = client.kraken.mosaic(run.result())
    draw = ImageDraw.Draw(mosaic.image)
    for feature in cars.features:
        ring = [mosaic.pixel(*point[:2]) for point in feature["geometry"]["coordinates"][0]]
        draw.polygon(ring, outline="#ffe600")
    mosaic.image.convert("RGB").save(path)


def color(scene: sk.Scene) -> str:
    colors = ("silver", "silver") if (scene.cloud_cover or 0) > 0.1 else ("royalblue", "darkorange")
    return colors[scene.datetime.weekday() // 5]


def chart(rows: list[tuple[sk.Scene, sk.Detections]], path: Path) -> None:
    figure, axes = plt.subplots(figsize=(10, 4.5), layout="constrained")
    days = np.array([scene.datetime.date() for scene, _ in rows], "datetime64")
    axes.scatter(days, [cars.count for _, cars in rows], c=[color(scene) for scene, _ in rows])
    axes.set(title="Cars on working days (blue), weekends (orange), under clouds (grey)")
    figure.savefig(path)


with ExitStack() as stack:
    client = connect(stack)
    columns = ("{task.description:18}", BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        rows = count(client, progress)
    table = Table("date", "scene", "cloud cover", "cars", title="Cars at Brisbane airport")
    for scene, cars in rows:
        clouds = "?" if scene.cloud_cover is None else f"{scene.cloud_cover:.0%}"
        date, name = f"{scene.datetime:%a %Y-%m-%d}", f"{scene.scene_id[:16]}…"
        table.add_row(date, name, clouds, str(cars.count))
    Console().print(table)
    (out := Path("out").resolve()).mkdir(exist_ok=True)
    picture(client, *max(rows, key=lambda row: row[1].count), out / "car_park.png")
    chart(rows, out / "cars_over_time.png")
    print(out / "car_park.png", out / "cars_over_time.png", sep="\n")
