"""Areas of the Earth to split: countries from files, and constructed shapes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data"
COUNTRIES = sorted(path.name.split(".")[0] for path in DATA.glob("*.geojson.gz"))


def country(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress((DATA / f"{name}.geojson.gz").read_bytes()))
    return found


def rectangle(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def coast(vertices: int, seed: int = 1) -> dict[str, Any]:
    """An island whose coast is as rough as real ones, about 6 degrees across."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    spectrum = np.zeros(vertices // 2 + 1, complex)
    waves = np.arange(2, min(vertices // 4, 4000))
    sizes, phases = random.normal(0, 0.25 / waves**1.2), random.uniform(0, 2 * np.pi, waves.size)
    spectrum[waves] = sizes * np.exp(1j * phases) * vertices / 2
    radius = np.maximum(1 + np.fft.irfft(spectrum, vertices), 0.05)
    points = np.column_stack([20 + 3 * radius * np.cos(angle), 10 + 3 * radius * np.sin(angle)])
    ring = [*points.tolist(), points[0].tolist()]
    return {"type": "Polygon", "coordinates": [ring]}


DRAWN = {
    "large_rectangle": rectangle(-120, 40, -90, 60),
    "across_the_antimeridian": rectangle(175, -20, 185, -10),
    "cut_at_the_antimeridian": {
        "type": "MultiPolygon",
        "coordinates": [
            rectangle(175, -20, 180, -10)["coordinates"],
            rectangle(-180, -20, -175, -10)["coordinates"],
        ],
    },
    "cap_at_the_pole": rectangle(-180, 80, 180, 90),
    "wedge_to_the_pole": rectangle(0, 60, 40, 90),
    "belt": rectangle(-180, -10, 180, 10),
    "half_of_the_earth": rectangle(-30, -90, 150, 90),
    "the_earth": rectangle(-180, -90, 180, 90),
    "car_park": rectangle(153.1036, -27.3934, 153.1068, -27.3904),
    "far_apart": {
        "type": "MultiPolygon",
        "coordinates": [
            rectangle(2, 46, 5, 49)["coordinates"],
            rectangle(-54, 2, -52, 5)["coordinates"],
            rectangle(165, -22, 167, -20)["coordinates"],
        ],
    },
}
