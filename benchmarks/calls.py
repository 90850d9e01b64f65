"""`make bench-calls`: the overhead of the client over the bare library, with goals.

Exits with 1 if a goal is missed. All measurements take turns in one run and are medians. Start-up is
CPU time in fresh processes, minus that of Python. The base install is created each time, which requires a
package index.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain

from . import install, one_call, scenes, server, starts
from .process import numbers_of
from .table import Row, heading, show

ROUNDS = 5


def calls(url: str) -> Iterator[Row]:
    """The CPU of one call with login, retry, deadline and hooks, compared with httpx."""
    for kind, at_once, most in (
        ("sync", 1, 0.85),
        ("async", 1, 0.5),
        ("async", 8, 0.6),
        ("async", 64, 0.25),
    ):
        ours, bare = numbers_of(["-m", one_call.__name__, kind, str(at_once), url], ROUNDS)
        yield Row(
            name=f"a call, CPU, {kind}, {at_once} at once",
            ours=ours,
            bare=bare,
            unit="us",
            most_ratio=most,
        )


def main() -> int:
    heading()
    with install.fresh() as python, server.running() as url:
        measures = chain(starts.rows(python, url), calls(url), scenes.rows(), install.rows(python))
        missed = [row for row in map(show, measures) if not row.is_met]
    if missed:
        print(f"{len(missed)} missed: {', '.join(row.name for row in missed)}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
