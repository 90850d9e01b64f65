"""Compares tilings of extents with other libraries: a table, and a plot of time against tiles.

Each value is from fresh processes: the median of the calls in a process, then of three processes, which
alternate between libraries. Times are CPU times. Anything that takes over 5 seconds is run
once, and marked.

    python benchmarks/extents.py             # all, to benchmarks/extents.md and docs/images
"""

from __future__ import annotations

import json
import math
import os
import pickle
import platform
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(HERE))

ROUNDS = 3
SLOW = 5.0
LIMIT = 60.0
TILES = 10_000
GROWTH = (100, 1_000, 10_000, 100_000, 1_000_000)
TASKS = ROOT / "out" / "bench-extents"
Figures = dict[tuple[str, str, int], list[dict[str, float]]]


def prepare() -> list[str]:
    """Writes the input extents; returns their names."""
    import shapely

    import spaceknow_client as sk
    from spaceknow_client.extents.geometry import lonlat
    from spaceknow_client.extents.geometry.parts import assembled
    from spaceknow_client.extents.geometry.projected_grid import sites
    from spaceknow_client.extents.geometry.projection import projected
    from tests.extents.places import coast, country

    TASKS.mkdir(parents=True, exist_ok=True)
    extents = {
        "brazil": country("brazil"),
        "indonesia": country("indonesia"),
        "coast of 100,000 vertices": coast(100_000),
    }
    for name, geojson in extents.items():
        (site,) = sites(lonlat.area(sk.Extent(geojson).to_geojson()))
        flat = assembled(projected(site.rings, site.plane, 0.1))
        if not flat.is_valid:
            flat = shapely.make_valid(flat, method="structure", keep_collapsed=False)
        (TASKS / f"{name}.pickle").write_bytes(pickle.dumps((geojson, flat, site.plane.crs)))
    return list(extents)


def run(peer: str, name: str, tiles: int) -> dict[str, float]:
    """One measurement, in this process."""
    from extents_peers import PEERS, Task

    geojson, flat, crs = pickle.loads((TASKS / f"{name}.pickle").read_bytes())  # noqa: S301  # ours
    call = PEERS[peer](Task(geojson, flat, math.sqrt(flat.area / tiles), crs))
    before = peak_memory(reset=True)
    times: list[float] = []
    count = 0
    while not times or (sum(times) < 1.0 and len(times) < 15 and times[0] < 1.0):
        start = time.process_time()
        count = call()
        times.append(time.process_time() - start)
    memory = peak_memory() - before
    return {"seconds": statistics.median(times), "tiles": count, "megabytes": memory}


def peak_memory(reset: bool = False) -> float:
    """Peak memory of this process in megabytes; 0 if the system does not report it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def measure(names: list[str], rounds: int) -> Figures:
    from extents_peers import PEERS

    wanted = [(peer, name, TILES) for name in names for peer in PEERS]
    wanted += [(peer, names[0], tiles) for tiles in GROWTH if tiles != TILES for peer in PEERS]
    found: Figures = {}
    for number in range(rounds):
        for peer, name, tiles in wanted:
            known = found.setdefault((peer, name, tiles), [])
            if number and (not known or known[0]["seconds"] > SLOW):
                continue
            smaller = found.get((peer, name, tiles // 10)) if name == names[0] else None
            if tiles > TILES and (not smaller or smaller[0]["seconds"] > SLOW):
                continue  # it would take minutes
            figures = fresh(peer, name, tiles)
            if figures:
                known.append(figures)
            print(f"{number + 1}/{rounds} {name} {tiles} {peer}: {figures or 'none'}", flush=True)
    return found


def fresh(peer: str, name: str, tiles: int) -> dict[str, float] | None:
    """A measurement in a fresh process; None if it fails or takes too long."""
    command = [sys.executable, __file__, "run", peer, name, str(tiles)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=True)
    except subprocess.TimeoutExpired:
        return {"seconds": LIMIT, "tiles": 0, "megabytes": 0}
    except subprocess.CalledProcessError as error:
        print(error.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return None
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def median(known: list[dict[str, float]], key: str = "seconds") -> float:
    return statistics.median(figures[key] for figures in known)


def told(known: list[dict[str, float]], base: float) -> str:
    if not known:
        return "fails"
    seconds = median(known)
    if seconds >= LIMIT:
        return f"> {LIMIT:.0f} s (> {LIMIT / base:,.0f}x)"
    text = f"{seconds * 1e3:,.1f} ms" if seconds < 1 else f"{seconds:,.1f} s"
    return f"{text} ({seconds / base:,.2g}x)" + (" *" if len(known) == 1 else "")


def exponent(found: Figures, peer: str, name: str) -> str:
    """The exponent of time in the number of tiles: from 10,000 tiles on, or of the last step."""
    points = [(t, median(found[peer, name, t])) for t in GROWTH if found.get((peer, name, t))]
    points = [(t, s) for t, s in points if s < LIMIT]
    last = [point for point in points if point[0] >= TILES] or points[-2:]
    if len(last) < 2:
        last = points[-2:]
    if len(last) < 2:
        return ""
    return f"{math.log(last[-1][1] / last[0][1]) / math.log(last[-1][0] / last[0][0]):.2f}"


def report(found: Figures, names: list[str]) -> str:
    from extents_peers import PEERS

    first = next(iter(PEERS))
    lines = [
        "# Splitting extents into tiles",
        "",
        "Made by `make bench-extents`. Times for about 10,000 tiles, and their ratio to ours in the "
        "plane. Libraries get the polygon in its plane, unless GeoJSON is stated; mercantile and "
        "morecantile get it in degrees. `*`: run once. Tiles of web maps differ in size, and so in "
        "number.",
        "",
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} at the end, medians of {ROUNDS} processes. "
        "Times are CPU seconds: other load does not count, although it slows memory access.",
        "",
        "| | " + " | ".join(names) + " |",
        "| --- " * (len(names) + 1) + "|",
    ]
    for peer in PEERS:
        cells = [
            told(found[peer, name, TILES], median(found[first, name, TILES])) for name in names
        ]
        lines.append(f"| {peer} | " + " | ".join(cells) + " |")
    lines += ["", f"## Growth with the number of tiles ({names[0]})", ""]
    lines += ["| | " + " | ".join(f"{t:,}" for t in GROWTH) + " | exponent | memory at most |"]
    lines += ["| --- " * (len(GROWTH) + 3) + "|"]
    for peer in PEERS:
        cells = []
        for tiles in GROWTH:
            known = found.get((peer, names[0], tiles), [])
            seconds = median(known) if known else math.nan
            cells.append(
                "" if not known else "slow" if seconds >= LIMIT else f"{seconds * 1e3:,.1f} ms"
            )
        memory = [
            median(k, "megabytes")
            for (p, n, _), k in found.items()
            if p == peer and n == names[0] and k
        ]
        cells += [exponent(found, peer, names[0]), f"+{max(memory, default=0):,.0f} MB"]
        lines.append(f"| {peer} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def plot(found: Figures, name: str, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg" if path.suffix == ".svg" else "agg")
    import matplotlib.pyplot as plt
    from extents_peers import PEERS

    figure, axes = plt.subplots(figsize=(9, 5.5), layout="constrained")
    for number, peer in enumerate(PEERS):
        points = [(t, median(found[peer, name, t])) for t in GROWTH if found.get((peer, name, t))]
        points = [(tiles, seconds) for tiles, seconds in points if seconds < LIMIT]
        if points:
            is_ours = peer.startswith("ours")
            label = f"{peer} ({exponent(found, peer, name)})".replace(" ()", "")
            axes.loglog(
                *zip(*points, strict=True),
                marker="o",
                label=label,
                color=None if is_ours else plt.get_cmap("Greys")(0.35 + 0.05 * number),
                linewidth=2.5 if is_ours else 1,
                linestyle="-" if is_ours else ["--", ":", "-."][number % 3],
            )
    axes.set(
        xlabel="tiles",
        ylabel="seconds of CPU",
        title=f"Cutting {name.title()} into tiles (exponent from 10,000 on)",
    )
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(path, dpi=110)


def main() -> None:
    warnings.simplefilter("ignore")
    names = prepare()
    found = measure(names, ROUNDS)
    text = report(found, names)
    (HERE / "extents.md").write_text(text)
    plot(found, names[0], ROOT / "docs" / "images" / "extents_speed.png")
    print(text)


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        print(json.dumps(run(sys.argv[2], sys.argv[3], int(sys.argv[4]))))
    else:
        main()
