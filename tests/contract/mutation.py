"""Single changes to the document, each of which the contract's tests have to notice.

`python -m tests.contract.mutation [NUMBER] [SEED]` makes so many (fifty; `all` for every one that
there is) and prints the score.
"""

from __future__ import annotations

import copy
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from spaceknow_client.contract.document import operations
from tests.contract.evidence import committed, contradictions, facts

KINDS = ("type", "name", "required", "enum", "status")
TYPES = ("string", "integer", "number", "boolean", "array", "object")

Change = Callable[[Any], None]


@dataclass(frozen=True)
class Mutation:
    """One change at one place."""

    kind: str
    where: str
    what: str
    steps: tuple[str | int, ...]
    change: Change

    def applied(self, document: dict[str, Any]) -> dict[str, Any]:
        """A copy of the document with the change."""
        mutated = copy.deepcopy(document)
        node: Any = mutated
        for step in self.steps:
            node = node[step]
        self.change(node)
        return mutated

    def __str__(self) -> str:
        return f"{self.kind} {self.where}: {self.what}"


def mutations(document: dict[str, Any]) -> Iterator[Mutation]:
    """Every change that there is."""
    for name, schema in document["components"]["schemas"].items():
        yield from _of_schema(schema, ("components", "schemas", name), name)
    for path, item in document["paths"].items():
        yield _rename(("paths",), path, f"{path}s", path)
        for method, operation in item.items():
            if isinstance(operation, dict) and "operationId" in operation:
                yield from _of_operation(operation, ("paths", path, method))


def _of_operation(operation: dict[str, Any], steps: tuple[str | int, ...]) -> Iterator[Mutation]:
    where = operation["operationId"]
    yield Mutation("name", where, "another operationId", steps, _set("operationId", f"{where}_x"))
    for number, parameter in enumerate(operation.get("parameters", ())):
        at = (*steps, "parameters", number)
        named = f"{where} parameter {parameter['name']}"
        yield Mutation("name", named, "renamed", at, _set("name", f"{parameter['name']}X"))
        yield from _of_schema(parameter["schema"], (*at, "schema"), named)
    body = operation.get("requestBody")
    if body is not None:
        needed = not body.get("required", False)
        at = (*steps, "requestBody")
        yield Mutation("required", where, f"body required: {needed}", at, _set("required", needed))
        for media_type in body["content"]:
            yield _rename((*at, "content"), media_type, f"{media_type}-x", where)
    for status in operation["responses"]:
        at = (*steps, "responses")
        other = str(int(status) + 1) if status.isdigit() else f"{int(status[0]) + 3}XX"
        if other not in operation["responses"]:
            yield _rename(at, status, other, f"{where} {status}", kind="status")
        yield Mutation("status", where, f"without {status}", at, _drop(status))


def _of_schema(
    node: dict[str, Any], steps: tuple[str | int, ...], where: str
) -> Iterator[Mutation]:
    kind = node.get("type")
    if isinstance(kind, str):
        for other in TYPES:
            if other != kind:
                yield Mutation("type", where, f"{kind} is {other}", steps, _set("type", other))
    elif isinstance(kind, list):
        for other in kind:
            yield Mutation("type", where, f"{kind} is {other}", steps, _set("type", other))
    if "const" in node:
        yield Mutation("enum", where, "another const", steps, _set("const", f"{node['const']}X"))
    for number, value in enumerate(node.get("enum", ())):
        at = (*steps, "enum")
        yield Mutation("enum", where, f"{value} renamed", at, _set(number, f"{value}X"))
        yield Mutation("enum", where, f"without {value}", at, _drop(number))
    if "enum" in node:
        yield Mutation(
            "enum", where, "one more", (*steps, "enum"), lambda values: values.append("NEW-ONE")
        )
    required = node.get("required", [])
    for number, name in enumerate(required):
        yield Mutation(
            "required", where, f"{name} may be missing", (*steps, "required"), _drop(number)
        )
    for name, child in node.get("properties", {}).items():
        yield _renamed_member(node, steps, name, where)
        at = (*steps, "properties")
        yield Mutation("name", where, f"without {name}", at, _drop(name))
        if name not in required:
            yield Mutation("required", where, f"{name} is required", steps, _require(name))
        yield from _of_schema(child, (*at, name), f"{where}.{name}")
    if isinstance(node.get("items"), dict):
        yield from _of_schema(node["items"], (*steps, "items"), f"{where}[]")
    for union in ("anyOf", "oneOf"):
        for number, child in enumerate(node.get(union, ())):
            yield from _of_schema(child, (*steps, union, number), where)


def _renamed_member(
    node: dict[str, Any], steps: tuple[str | int, ...], name: str, where: str
) -> Mutation:
    def change(node: Any) -> None:
        node["properties"] = {
            f"{name}X" if each == name else each: child
            for each, child in node["properties"].items()
        }
        if name in node.get("required", ()):
            node["required"] = [f"{name}X" if each == name else each for each in node["required"]]

    return Mutation("name", where, f"{name} renamed", steps, change)


def _rename(
    steps: tuple[str | int, ...], name: str, other: str, where: str, kind: str = "name"
) -> Mutation:
    def change(node: Any) -> None:
        node[other] = node.pop(name)

    return Mutation(kind, where, f"{name} is {other}", steps, change)


def _set(key: str | int, value: Any) -> Change:
    def change(node: Any) -> None:
        node[key] = value

    return change


def _drop(key: str | int) -> Change:
    def change(node: Any) -> None:
        del node[key]

    return change


def _require(name: str) -> Change:
    def change(node: Any) -> None:
        node.setdefault("required", []).append(name)

    return change


def chosen(number: int, seed: int) -> list[Mutation]:
    """So many mutations of what facts.yaml knows, the kinds in turn. What is newer has no second
    witness yet."""
    document, known = committed(), facts()
    known_paths = {
        path for path, _, each in operations(document) if each["operationId"] in known["operations"]
    }
    found = [
        each
        for each in mutations(document)
        if each.steps[2:3] in [(name,) for name in known["objects"]]
        or {*each.steps[1:2], each.where} & known_paths
    ]
    by_kind = {kind: [m for m in found if m.kind == kind] for kind in KINDS}
    picks = random.Random(seed)
    for each_kind in by_kind.values():
        picks.shuffle(each_kind)
    return [by_kind[KINDS[n % len(KINDS)]].pop() for n in range(number)]


@dataclass
class Score:
    """How many mutations were noticed."""

    tried: int
    noticed: int
    by_source: Counter[str]
    missed: list[str]

    @property
    def share(self) -> float:
        return self.noticed / self.tried


def score(tried: list[Mutation]) -> Score:
    """Judges each mutation."""
    document = committed()
    if any(contradictions(document).values()):
        raise ValueError("The document as it is contradicts what is known; see the tests.")
    found = Score(len(tried), 0, Counter(), [])
    for mutation in tried:
        against = contradictions(mutation.applied(document))
        noticed = [source for source, texts in against.items() if texts]
        found.by_source.update(noticed)
        found.by_source["all but facts"] += bool(set(noticed) - {"facts"})
        if noticed:
            found.noticed += 1
        else:
            found.missed.append(str(mutation))
    return found


def main(arguments: list[str]) -> int:
    number = arguments[0] if arguments else "50"
    seed = int(arguments[1]) if len(arguments) > 1 else 0
    tried = list(mutations(committed())) if number == "all" else chosen(int(number), seed)
    began = time.perf_counter()
    found = score(tried)
    print(f"{found.noticed} of {found.tried} mutations were noticed: {found.share:.1%}")
    sources = (f"{name} {count / found.tried:.0%}" for name, count in found.by_source.items())
    print(f"by {', '.join(sources)} of them, in {time.perf_counter() - began:.1f} s")
    print(*(f"missed: {each}" for each in found.missed), sep="\n")
    return 0 if found.share >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
