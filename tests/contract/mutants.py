"""Single changes to the document, of each kind and at each place that it has."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.checks.structure import EXTENSIONS
from generator.tables.catalogue import FLAGS
from spaceknow_client.generated.catalogue import OPERATIONS

TYPES = ("string", "integer", "number", "boolean", "array", "object")

BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern"}
BOUNDS |= {"minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "format"}

OF_PATH: dict[tuple[Any, ...], str] = {
    (each.path, each.method.lower()): each.id for each in OPERATIONS.values()
}
OTHER_ID = "another operationId"

Change = Callable[[Any], None]


@dataclass(frozen=True)
class Mutation:
    """One change at one place."""

    kind: str
    where: str
    what: str
    steps: tuple[str | int, ...]
    change: Change

    @property
    def operation(self) -> str | None:
        """The operation that it changes; None if it may be several."""
        is_one = self.steps[0] == "paths" and len(self.steps) > 2
        return OF_PATH.get(self.steps[1:3]) if is_one and self.what != OTHER_ID else None

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
                yield from _promised(operation, ("paths", path, method), document)
    for name, response in document["components"].get("responses", {}).items():
        yield from _examples(response, ("components", "responses", name), name)
    yield from _codes(document["x-errors"])
    yield from _listed(document)


def _promised(
    operation: dict[str, Any], steps: tuple[str | int, ...], document: dict[str, Any]
) -> Iterator[Mutation]:
    """What an operation says beside its messages."""
    where = operation["operationId"]
    for number, alternative in enumerate(operation.get("security", ())):
        at = (*steps, "security", number)
        for scheme, scopes in alternative.items():
            yield Mutation(
                "scopes",
                where,
                f"one more of {number} {scheme}",
                (*at, scheme),
                _append("kraken.more"),
            )
            for place, scope in enumerate(scopes):
                named = f"{where} {scope}"
                other = f"{scope}-x"
                yield Mutation("permission", named, other, (*at, scheme), _set(place, other))
                general = scope.partition(".")[0]
                yield Mutation("permission", named, general, (*at, scheme), _set(place, general))
                yield Mutation("scopes", named, "dropped", (*at, scheme), _drop(place))
    if operation.get("security"):
        yield Mutation("scopes", where, "no token", (*steps, "security"), list.clear)
    else:
        needs = [{next(iter(document["components"]["securitySchemes"])): ["user.more"]}]
        yield Mutation("scopes", where, "needs one", steps, _set("security", needs))
    for flag in ("x-safe-to-repeat", "x-read-only"):
        turned = not operation.get(flag, flag == "x-read-only")
        yield Mutation("repeat", where, f"{flag} {turned}", steps, _set(flag, turned))
    codes = operation.get("x-error-codes", [])
    for number, code in enumerate(codes):
        at = (*steps, "x-error-codes")
        yield Mutation("codes", where, f"without {code}", at, _drop(number))
    unnamed = next(code for code in document["x-errors"] if code not in codes)
    at = (*steps, "x-error-codes")
    yield Mutation("codes", where, f"and {unnamed}", at, _append(unnamed))
    for name in sorted({*EXTENSIONS["an operation"], "deprecated"} & operation.keys()):
        if name in ("x-page", "x-identity", "x-unwrap", "x-method", "deprecated"):
            yield Mutation("extension", where, f"without {name}", steps, _drop(name))
    for status, response in operation["responses"].items():
        yield from _links(response, (*steps, "responses", status), where, document)
        yield from _examples(response, (*steps, "responses", status), f"{where} {status}")
    body = operation.get("requestBody", {})
    yield from _examples(body, (*steps, "requestBody"), f"{where} body")


def _links(
    response: dict[str, Any],
    steps: tuple[str | int, ...],
    where: str,
    document: dict[str, Any],
) -> Iterator[Mutation]:
    names = [
        entry["operationId"]
        for item in document["paths"].values()
        for entry in item.values()
        if isinstance(entry, dict) and "operationId" in entry
    ]
    for name, link in response.get("links", {}).items():
        at, named = (*steps, "links"), f"{where} {name}"
        yield Mutation("links", named, "dropped", at, _drop(name))
        kind = link["operationId"].rpartition(".")[2]
        for other in [one for one in names if one.endswith(f".{kind}")] + ["user.info"]:
            if other != link["operationId"]:
                change = _set("operationId", other)
                yield Mutation("links", named, f"to {other}", (*at, name), change)
                break
        for part in ("parameters", "requestBody"):
            for member in link.get(part, {}):
                on = (*at, name, part)
                yield Mutation("links", named, f"without {member}", on, _drop(member))
                other = "$response.body#/status"
                yield Mutation("links", named, f"another {member}", on, _set(member, other))


def _examples(
    message: dict[str, Any], steps: tuple[str | int, ...], where: str
) -> Iterator[Mutation]:
    """Each value within the examples of a message is another one of its type."""
    for media_type, media in message.get("content", {}).items():
        for name, example in media.get("examples", {}).items():
            at = (*steps, "content", media_type, "examples", name)
            named = f"{where} {media_type} {name}"
            if len(media["examples"]) > 1:
                yield Mutation("examples", named, "dropped", at[:-1], _drop(name))
            if "value" in example:
                yield from _other_values(example["value"], (*at, "value"), named)


def _other_values(value: Any, steps: tuple[str | int, ...], where: str) -> Iterator[Mutation]:
    items = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, item in items if "coordinates" not in steps else items[:1]:
        if isinstance(item, (dict, list)):
            yield from _other_values(item, (*steps, key), f"{where}.{key}")
        else:
            other = _another(item)
            yield Mutation("examples", f"{where}.{key}", f"{other}", steps, _set(key, other))


def _another(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    return value + 1 if isinstance(value, (int, float)) else f"{value}x"


def _codes(errors: dict[str, dict[str, Any]]) -> Iterator[Mutation]:
    """What is said of each error code."""
    for code, entry in errors.items():
        at = ("x-errors", code)
        yield Mutation("codes", code, "dropped", ("x-errors",), _drop(code))
        yield _rename(("x-errors",), code, f"{code}-X", code, kind="codes")
        group = "kraken" if entry["api"] != "kraken" else "general"
        yield Mutation("codes", code, f"of {group}", at, _set("api", group))
        status = 418 if entry["status"] is None else None
        yield Mutation("codes", code, f"status {status}", at, _set("status", status))
        for advice in ("never", "later", "search-again"):
            if advice != entry["repeat"]:
                yield Mutation("repeat", code, advice, at, _set("repeat", advice))
        for flag in FLAGS:
            yield Mutation("codes", code, f"{flag} turned", at, _set(flag, not entry.get(flag)))
        nonsense = "Paint the scene green, and dance."
        yield Mutation("hints", code, "nonsense", at, _set("hint", nonsense))
        yield Mutation(
            "hints", code, "a word less", at, _set("hint", entry["hint"].partition(" ")[2])
        )


def _listed(document: dict[str, Any]) -> Iterator[Mutation]:
    """The known map types and datasets."""
    for root in ("x-map-types", "x-datasets"):
        for name, entry in document.get(root, {}).items():
            yield _rename((root,), name, f"{name}x", root, kind="lists")
            yield Mutation("lists", root, f"without {name}", (root,), _drop(name))
            for number, file in enumerate(
                entry.get("files", ()) if isinstance(entry, dict) else ()
            ):
                at = (root, name, "files")
                yield Mutation("lists", name, f"without {file}", at, _drop(number))


def _of_operation(operation: dict[str, Any], steps: tuple[str | int, ...]) -> Iterator[Mutation]:
    where = operation["operationId"]
    yield Mutation("name", where, OTHER_ID, steps, _set("operationId", f"{where}_x"))
    for number, parameter in enumerate(operation.get("parameters", ())):
        at = (*steps, "parameters", number)
        named = f"{where} parameter {parameter['name']}"
        yield Mutation("name", named, "renamed", at, _set("name", f"{parameter['name']}X"))
        yield from _of_schema(parameter["schema"], (*at, "schema"), named)
        for name, example in parameter.get("examples", {}).items():
            on, other = (*at, "examples", name), _another(example["value"])
            yield Mutation("examples", named, f"{name} {other}", on, _set("value", other))
        if "example" in parameter:
            other = _another(parameter["example"])
            yield Mutation("examples", named, f"{other}", at, _set("example", other))
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
    for bound, value in node.items():
        if bound in BOUNDS:
            yield Mutation("bounds", where, f"without {bound}", steps, _drop(bound))
            if not isinstance(value, (bool, dict)):
                other = f"{value}x" if isinstance(value, str) else value + 1
                yield Mutation("bounds", where, f"{bound} {other}", steps, _set(bound, other))
        if bound in EXTENSIONS["a schema"]:
            yield Mutation("extension", where, f"without {bound}", steps, _drop(bound))
    for number, value in enumerate(node.get("examples", ())):
        if not isinstance(value, (dict, list)):
            at = (*steps, "examples")
            other = _another(value)
            yield Mutation("examples", where, f"{other}", at, _set(number, other))
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
            yield from _of_schema(child, (*steps, union, number), f"{where}|{number}")


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


def _append(value: Any) -> Change:
    def change(node: Any) -> None:
        node.append(value)

    return change


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
