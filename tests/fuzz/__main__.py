"""`python -m tests.fuzz [COUNT] [SEED]`: damaged responses and areas, COUNT of each kind, and files."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

from tests.fuzz import areas, bodies, files

FEWER = 10  # files are larger: so many times fewer of them


def main(count: int, seed: int) -> None:
    kinds: dict[str, Callable[[int, int], None]] = {
        name: partial(bodies.fuzz, name) for name in bodies.operations()
    }
    kinds["areas"] = areas.fuzz
    few: dict[str, Callable[[int, int], None]] = {
        name: partial(files.fuzz, name) for name in files.names()
    }
    few |= {"manifests": files.fuzz_manifests, "token stores": files.fuzz_stores}
    files.samples()
    with files.bounded_memory():
        for kind, fuzz in (kinds | few).items():
            began, number = time.monotonic(), count // FEWER if kind in few else count
            fuzz(number, seed)
            print(f"{kind:34}{number:8} {time.monotonic() - began:8.1f} s", flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "100000", "0"][:2]))
