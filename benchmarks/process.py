"""Fresh processes, one after the other in turns, so that a busy minute meets all of them alike."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent


def seconds_of(
    scripts: Mapping[str, str], rounds: int, python: str = sys.executable
) -> dict[str, float]:
    """The median seconds that each script takes in a process of its own, from start to end."""
    taken: dict[str, list[float]] = {name: [] for name in scripts}
    for turn in range(rounds + 1):
        for name, script in scripts.items():
            started = time.perf_counter()
            subprocess.run([python, "-c", script], cwd="/", check=True)
            if turn:  # the first turn writes bytecode and fills the disk's cache
                taken[name].append(time.perf_counter() - started)
    return {name: median(values) for name, values in taken.items()}


def numbers_of(
    arguments: list[str],
    rounds: int,
    python: str = sys.executable,
    folder: Path | str = PROJECT,
) -> list[float]:
    """The numbers that Python prints when it is run so, each as the median of several processes."""
    printed = []
    for _ in range(rounds):
        done = subprocess.run(
            [python, *arguments], cwd=folder, check=True, capture_output=True, text=True
        )
        printed.append([float(number) for number in done.stdout.split()])
    return [median(values) for values in zip(*printed, strict=True)]
