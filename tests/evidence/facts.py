"""The facts: a request, the recorded response, and what every other response must share with it.

A fact is an entry of a YAML file here, with

- `fact`, `source` and `confidence`: what it says, who recorded or published it, how sure it is;
- `ask`: a request, in the words of `emulated.py`;
- `answer`: what the service answered, in the few words that `recorded.py` makes a message of;
- `same`: what of an answer has to be as in the recorded one, by the names of `outlines.py`;
- `known`: what is known of such answers without one: a value, `{from:, to:}`, `{any: [...]}`
  or `{has: [...]}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
FILES = ("maps", "files", "scenes", "pipelines")
CONFIDENCES = ("high", "medium", "low")

Outline = Mapping[str, Any]


@dataclass(frozen=True)
class Fact:
    """An entry of one of the files."""

    fact: str
    source: str
    confidence: str
    ask: Mapping[str, Any]
    answer: Any = None
    same: list[str] = field(default_factory=list)
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def extent(self) -> dict[str, Any]:
        """The extent of the request, as GeoJSON."""
        return {
            "type": "Polygon",
            "coordinates": [places()[self.ask.get("extent", "staff car park")]],
        }

    def against(self, told: Outline, recorded: Outline) -> list[str]:
        """The contradictions of a response to the fact; `recorded` is the outline of the recorded one."""
        rules = {**{name: recorded[name] for name in self.same}, **self.known}
        return [
            f"{name} is {told.get(name)!r}, and not {rule!r}"
            for name, rule in rules.items()
            if name not in told or not _suits(rule, told[name])
        ]


def _suits(rule: Any, value: Any) -> bool:
    match rule:
        case {"from": least, "to": most}:
            some = value if isinstance(value, list) else [value]
            numbers = [each for each in some if isinstance(each, (int, float))]
            return len(numbers) == len(some) > 0 and all(least <= n <= most for n in numbers)
        case {"any": choices}:
            return value in choices
        case {"has": wanted}:
            return isinstance(value, list) and all(each in value for each in wanted)
    return bool(rule == value)


@cache
def places() -> dict[str, list[list[float]]]:
    """Rings of the extents, by name."""
    loaded: dict[str, list[list[float]]] = yaml.safe_load(_text("places"))
    return loaded


@cache
def facts() -> tuple[Fact, ...]:
    """All facts. Raises ValueError for an entry without a claim or with unknown words."""
    found = tuple(Fact(**entry) for name in FILES for entry in yaml.safe_load(_text(name)))
    for each in found:
        if not (each.same or each.known) or each.confidence not in CONFIDENCES:
            raise ValueError(f"{each.fact}: `same` or `known`, and a confidence, are needed.")
    if len({each.fact for each in found}) < len(found):
        raise ValueError("Two facts have one name.")
    return found


def _text(name: str) -> str:
    return (HERE / f"{name}.yaml").read_text(encoding="utf-8")
