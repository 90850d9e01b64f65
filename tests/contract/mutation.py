"""How many single changes of the document are noticed, and by whom.

`python -m tests.contract.mutation [NUMBER] [SEED]` makes so many (`all`, by default: every one that
there is) and prints the score of each kind of change, twice: with what is heard of the service, and
what the document says itself; and with the last release's document too, which `python -m generator
breaks` holds against it. No copy of the document is in the tree.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from generator.changes import compare
from generator.changes.sides import read_side
from generator.release.release import last_release, since
from generator.release.said import unsaid
from tests.contract.evidence import committed, contradictions, witnesses
from tests.contract.mutants import Mutation, mutations

PROJECT = Path(__file__).parents[2]
RELEASE = "last release"
SHARE, SHARE_OF_KIND = 0.9, 0.75
"""What has to be noticed of all changes, and of each kind."""


def by_kind() -> dict[str, list[Mutation]]:
    """Every change of the document, by kind."""
    found: dict[str, list[Mutation]] = defaultdict(list)
    for mutation in mutations(committed()):
        found[mutation.kind].append(mutation)
    return dict(found)


def chosen(number: int, seed: int) -> list[Mutation]:
    """So many changes, the kinds in turn."""
    picks, kinds = random.Random(seed), by_kind()
    for each in kinds.values():
        picks.shuffle(each)
    names = sorted(kinds)
    found: list[Mutation] = []
    while len(found) < number and any(kinds.values()):
        found += [kinds[name].pop() for name in names if kinds[name]]
    return found[:number]


@dataclass
class Score:
    """How many changes were noticed: each with the sources that noticed it."""

    noticed: list[tuple[Mutation, frozenset[str]]] = field(default_factory=list)

    def share(self, kind: str | None = None, *, without: Iterable[str] = ()) -> float:
        """Of all changes or of one kind, without some of the sources."""
        some = [by for each, by in self.noticed if kind in (None, each.kind)]
        return sum(bool(by.difference(without)) for by in some) / len(some)

    @property
    def kinds(self) -> Counter[str]:
        return Counter(each.kind for each, _ in self.noticed)

    @property
    def sources(self) -> Counter[str]:
        return Counter(source for _, by in self.noticed for source in by)

    @property
    def missed(self) -> list[str]:
        return [str(each) for each, by in self.noticed if not by]

    @property
    def is_enough(self) -> bool:
        return self.share() >= SHARE and all(
            self.share(kind) >= SHARE_OF_KIND for kind in self.kinds
        )


@cache
def _released() -> tuple[dict[str, Any], str]:
    """The last release's document, and what CHANGELOG says since. Raises NoHistoryError."""
    side = read_side(last_release(PROJECT), PROJECT)
    return side.document, since(PROJECT, side.version or "")


def noticed(mutation: Mutation) -> frozenset[str]:
    """Who notices a change: the first of the sources, and the last release."""
    changed = mutation.applied(committed())
    found: set[str] = set()
    for source, texts in witnesses(changed, only=mutation.operation):
        if texts:
            found.add(source)
            break
    released, said = _released()
    try:
        if unsaid(compare(released, changed), said):
            found.add(RELEASE)
    except (LookupError, TypeError, ValueError, AttributeError):  # it cannot even be compared
        found.add(RELEASE)
    return frozenset(found)


def score(tried: list[Mutation], processes: int = 1) -> Score:
    """Judges each change."""
    released, said = _released()
    document = committed()
    if any(contradictions(document).values()) or unsaid(compare(released, document), said):
        raise ValueError("The document as it is contradicts what is known; see the tests.")
    if processes == 1:
        return Score([(each, noticed(each)) for each in tried])
    # A change is a function, which no other process can be sent: each makes them again.
    places = {str(each): number for number, each in enumerate(mutations(committed()))}
    numbers = [places[str(each)] for each in tried]
    with ProcessPoolExecutor(processes) as pool:
        return Score([*zip(tried, pool.map(_noticed, numbers, chunksize=20), strict=True)])


def _noticed(number: int) -> frozenset[str]:
    return noticed(_all()[number])


@cache
def _all() -> list[Mutation]:
    return list(mutations(committed()))


def table(found: Score) -> Iterable[str]:
    """The score, a line for each kind."""
    row = "{:12} {:>8} {:>16} {:>16}"
    yield row.format("kind", "changes", "with release", "without it")
    for kind, number in [*sorted(found.kinds.items()), ("all", len(found.noticed))]:
        of = None if kind == "all" else kind
        shares = found.share(of), found.share(of, without={RELEASE})
        yield row.format(kind, number, *(f"{share:.1%}" for share in shares))
    total = len(found.noticed)
    sources = [f"{name} {count / total:.0%}" for name, count in found.sources.most_common()]
    yield f"first noticed by {', '.join(sources)}"


def main(arguments: list[str]) -> int:
    number = arguments[0] if arguments else "all"
    seed = int(arguments[1]) if len(arguments) > 1 else 0
    tried = _all() if number == "all" else chosen(int(number), seed)
    began = time.perf_counter()
    found = score(tried, processes=os.cpu_count() or 1)
    print(*table(found), sep="\n")
    print(f"in {time.perf_counter() - began:.0f} s")
    print(*(f"missed: {each}" for each in found.missed), sep="\n")
    return 0 if found.is_enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
