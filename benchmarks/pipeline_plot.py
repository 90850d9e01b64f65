"""The plot of the pipeline benchmark: the share of pipelines whose end was noticed within a lag."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl

from .followed import Followed
from .process import PROJECT

FILE = PROJECT / "docs" / "images" / "bench_pipelines.png"
# By way: its name, color and line style. Ours are drawn last, and thicker.
LINES = {
    "task": ("task each, httpx", "#b3b3b3", "-"),
    "thread": ("thread each, httpx", "#b3b3b3", ":"),
    "heap": ("bare heap, httpx", "#6f6f6f", "--"),
    "ours": ("ours", "#e08214", "-"),
    "ours-aiohttp": ("ours, aiohttp", "#2166ac", "-"),
}


def draw(found: Mapping[tuple[int, str], Followed], sizes: list[int]) -> Path:
    """Writes the plot; failed ways are named."""
    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(
        1, len(sizes), figsize=(3.4 * len(sizes) + 1.8, 3.4), sharey=True, squeeze=False
    )
    for size, axes in zip(sizes, panels[0], strict=True):
        failed = []
        for way, (name, color, line) in LINES.items():
            one = found.get((size, way))
            if one is None:
                failed.append(name)
                continue
            lags = [max(lag * 1000, 0.1) for lag in one.lags]
            shares = [(rank + 1) / len(lags) * 100 for rank in range(len(lags))]
            width = 2.2 if way.startswith("ours") else 1.4
            axes.plot(lags, shares, line, color=color, linewidth=width, label=name)
        axes.set_xscale("log")
        axes.set_title(f"{size:,} pipelines", fontsize=10)
        axes.set_xlabel("lag, ms")
        axes.grid(color="#e6e6e6", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        if failed:
            axes.set_xlabel(f"lag, ms\n(did not get there: {', '.join(failed)})")
    panels[0][0].set_ylabel("seen within, %")
    handles, names = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, names, loc="center right", frameon=False, fontsize=8)
    figure.subplots_adjust(left=0.07, right=0.86, bottom=0.2, top=0.9, wspace=0.08)
    figure.savefig(FILE, dpi=130)
    plt.close(figure)
    return FILE
