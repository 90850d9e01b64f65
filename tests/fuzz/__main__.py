"""`python -m tests.fuzz [COUNT] [SEED]`: damaged answers, areas and files, COUNT of each kind."""

from __future__ import annotations

import sys
import time

from tests.fuzz import areas, bodies


def main(count: int, seed: int) -> None:
    for operation in bodies.operations():
        began = time.monotonic()
        bodies.fuzz(operation, count, seed)
        print(f"{operation:40}{count:8} {time.monotonic() - began:8.1f} s", flush=True)
    began = time.monotonic()
    areas.fuzz(count, seed)
    print(f"{'areas':40}{count:8} {time.monotonic() - began:8.1f} s", flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "100000", "0"][:2]))
