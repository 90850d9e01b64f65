"""How many cars stood in a car park, on the days that clouds let one see it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import spaceknow_client as sk


@dataclass(frozen=True)
class Day:
    """The cars in one scene. `cars` is None if the analysis was not paid for."""

    day: date
    cars: int | None


def report(client: sk.SpaceKnow, park: sk.Extent, start: str, end: str) -> list[Day]:
    """The cars in a park between two dates, oldest first, without cloudy days."""
    scenes = client.imagery.search(
        provider="pl", dataset="SkySatCollect", extent=park, start=start, end=end
    )
    clear = [scene for scene in scenes if (scene.cloud_cover or 0) < 0.1]
    days = [Day(scene.datetime.date(), cars_in(client, scene, park)) for scene in clear]
    return sorted(days, key=lambda each: each.day)


def cars_in(client: sk.SpaceKnow, scene: sk.Scene, park: sk.Extent) -> int | None:
    """The cars in one scene."""
    try:
        run = client.kraken.release("cars", scene_ids=[scene.scene_id], extent=park)
        return client.kraken.detections(run.result()).count
    except sk.errors.NotEnoughCreditsError:
        return None


def as_text(days: list[Day]) -> str:
    """One line for each day."""
    told = (f"{each.cars} cars" if each.cars is not None else "not paid for" for each in days)
    return "\n".join(f"{each.day}: {cars}" for each, cars in zip(days, told, strict=True))


def main() -> None:
    """Prints the report of Brisbane airport's staff car park, with the login of this machine."""
    park = sk.Extent.from_bounds(153.1036, -27.3934, 153.1068, -27.3904)
    with sk.SpaceKnow() as client:
        print(as_text(report(client, park, "2018-01", "2018-03")))


if __name__ == "__main__":
    main()
