"""Fresh processes, alternating, so that other load affects all of them equally."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent


def seconds_of(
    scripts: Mapping[str, str], rounds: int, python: str = sys.executable
) -> dict[str, float]:
    """The median CPU seconds (user and system) of each script in its own process.

    Nothing here waits, so on an idle machine this equals the elapsed time; on a busy one the elapsed time
    would include other processes.
    """
    taken: dict[str, list[float]] = {name: [] for name in scripts}
    for turn in range(rounds + 1):
        for name, script in scripts.items():
            process = subprocess.Popen([python, "-c", script], cwd="/")
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise subprocess.CalledProcessError(process.returncode, process.args)
            if turn:  # the first turn writes bytecode and fills the disk cache
                taken[name].append(used.ru_utime + used.ru_stime)
    return {name: median(values) for name, values in taken.items()}


def numbers_of(
    arguments: list[str],
    rounds: int,
    python: str = sys.executable,
    folder: Path | str = PROJECT,
) -> list[float]:
    """The numbers printed by Python, each as the median of several processes."""
    printed = []
    for _ in range(rounds):
        done = subprocess.run(
            [python, *arguments], cwd=folder, check=True, capture_output=True, text=True
        )
        printed.append([float(number) for number in done.stdout.split()])
    return [median(values) for values in zip(*printed, strict=True)]
