"""How many cars stood in the staff car park at Brisbane airport, on each day with imagery?

Runs against the local emulator. Against the real service: set SPACEKNOW_ENVIRONMENT=production,
SPACEKNOW_USERNAME and SPACEKNOW_PASSWORD. The place lies in SpaceKnow's free testing area.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import matplotlib.pyplot as plt
from PIL import ImageDraw
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

import spaceknow_client as sk

CAR_PARK = sk.Extent.from_bounds(153.0937, -27.3969, 153.0963, -27.3951)


def connect(stack: ExitStack) -> sk.SpaceKnow:
    if "SPACEKNOW_ENVIRONMENT" in os.environ:
        return stack.enter_context(sk.SpaceKnow())
    from spaceknow_client.emulator import Emulator

    emulator = stack.enter_context(Emulator(seconds_per_pipeline=2))
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
    tracked = progress.track(done, description="Counting cars", total=len(runs))
    rows = [(runs[run], client.kraken.detections(run.result())) for run in tracked]
    return sorted(rows, key=lambda row: row[0].datetime)


def picture(client: sk.SpaceKnow, scene: sk.Scene, cars: sk.Detections, path: Path) -> None:
    run = client.kraken.release("imagery", scene_ids=[scene.scene_id], extent=CAR_PARK)
    mosaic = client.kraken.mosaic(run.result())
    draw = ImageDraw.Draw(mosaic.image)
    for feature in cars.features:
        ring = feature["geometry"]["coordinates"][0]
        draw.line([mosaic.pixel(*point[:2]) for point in ring], fill="#ffe600", width=2)
    mosaic.image.convert("RGB").save(path)


def chart(rows: list[tuple[sk.Scene, sk.Detections]], path: Path) -> None:
    figure, axes = plt.subplots(figsize=(10, 4.5), layout="constrained")
    axes.plot([s.datetime for s, _ in rows], [cars.count for _, cars in rows], "#c8ccd2", zorder=1)
    for name, days, color in (("weekday", range(5), "#1f6feb"), ("weekend", (5, 6), "#d4761c")):
        part = [(s.datetime, cars.count) for s, cars in rows if s.datetime.weekday() in days]
        axes.scatter([x for x, _ in part], [y for _, y in part], label=name, color=color, zorder=2)
    axes.set(title="Cars in the staff car park, Brisbane airport", ylabel="cars", ylim=(0, None))
    axes.legend()
    figure.savefig(path, dpi=120)


with ExitStack() as stack:
    client = connect(stack)
    columns = (TextColumn("{task.description:18}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        rows = count(client, progress)
    table = Table("date", "scene", "cloud cover", "cars", title="Cars at Brisbane airport")
    for scene, cars in rows:
        clouds = "?" if scene.cloud_cover is None else f"{scene.cloud_cover:.0%}"
        date = f"{scene.datetime:%a %Y-%m-%d}"
        table.add_row(date, scene.scene_id[:16] + "…", clouds, str(cars.count))
    Console().print(table)
    (out := Path("out")).mkdir(exist_ok=True)
    picture(client, *max(rows, key=lambda row: row[1].count), out / "car_park.png")
    chart(rows, out / "cars_over_time.png")
    print(out.resolve() / "car_park.png", out.resolve() / "cars_over_time.png", sep="\n")
