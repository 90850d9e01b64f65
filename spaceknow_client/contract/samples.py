"""Valid values for responses and requests without an example in the document."""

from __future__ import annotations

from typing import Any

from .document import DATE_TIME_FORMAT, Schema, followed, is_file, media_of, resolved
from .schemas import members

_TEXTS = {
    DATE_TIME_FORMAT: "2018-01-03 00:31:07",
    "date-time": "2018-01-03T00:31:07Z",
    "date": "2018-01-03",
    "email": "demo@example.com",
    "uri": "https://example.com/",
    "uuid": "5f0c8e2a-b1d9-4c00-92a7-e3f45a1b2c3d",
}
_DEEPEST = 20


def sample(schema: Schema, document: Schema, depth: int = 0) -> Any:
    """A value for a schema: its example, or for an object its required members."""
    full = resolved(schema, document)
    given: list[Any] = full.get("examples") or full.get("enum") or []
    given += [full[key] for key in ("const", "default", "example") if key in full]
    if given:
        return given[0]
    if "discriminator" in full:
        value, member = next(iter(members(full, document).items()))
        return sample(member, document, depth) | {full["discriminator"]["propertyName"]: value}
    if "properties" not in full:
        for key in ("anyOf", "oneOf"):
            if full.get(key):
                return sample(full[key][0], document, depth)
    kind = full.get("type", "object" if "properties" in full else "null")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        wanted = dict.fromkeys(full.get("required", []))
        for option in (full.get("anyOf") or full.get("oneOf") or [])[:1]:
            wanted |= dict.fromkeys(option.get("required", []))
        known = full.get("properties", {})
        made = {name: sample(known.get(name, {}), document, depth + 1) for name in wanted}
        others = full.get("additionalProperties")
        for number in range(len(made), full.get("minProperties", 0)):
            made[f"example{number}"] = sample(others if isinstance(others, dict) else {}, document)
        return made
    if kind == "array":
        least = full.get("minItems", 0 if depth > _DEEPEST else 1)
        item = sample(full.get("items", {}), document, depth + 1)
        if full.get("uniqueItems") and isinstance(item, str):
            return [f"{item}{number or ''}" for number in range(least)]
        return [item] * least
    return _plain(kind, full)


def examples_of(message: Schema, document: Schema) -> list[Any]:
    """The examples of a parameter or body; without one, a value that its schema allows."""
    named = [followed(each, document) for each in message.get("examples", {}).values()]
    found = [each["value"] for each in named if "value" in each]
    found += [message["example"]] if "example" in message else []
    return found or [sample(message.get("schema", {}), document)]


def body_example(body: Schema, document: Schema) -> Any:
    """An example of a request's body, before it is written; bytes for a file."""
    media = media_of(body)
    if is_file(media):
        return b"A file.\n"
    return examples_of(body["content"][media], document)[0]


def completed(value: Any, schema: Schema, document: Schema) -> Any:
    """A value with all members that its schema requires."""
    full = resolved(schema, document)
    if isinstance(value, list):
        return [completed(item, full.get("items", {}), document) for item in value]
    if not isinstance(value, dict):
        return value
    known = full.get("properties", {})
    made = {name: completed(item, known.get(name, {}), document) for name, item in value.items()}
    lacking = [name for name in full.get("required", []) if name not in made]
    return made | {name: sample(known.get(name, {}), document) for name in lacking}


def _plain(kind: str, full: Schema) -> Any:
    if kind == "string":
        text = _TEXTS.get(full.get("format", ""), "example")
        return text.ljust(full.get("minLength", 0), "e")[: full.get("maxLength")]
    if kind in ("integer", "number"):
        return _number(kind == "integer", full)
    return True if kind == "boolean" else None


def _number(whole: bool, full: Schema) -> float:
    step: float = full.get("multipleOf", 1)
    low: float = full["minimum"] if "minimum" in full else full.get("exclusiveMinimum", 0)
    value: float = -(-low // step) * step
    if "exclusiveMinimum" in full and value <= full["exclusiveMinimum"]:
        value += step
    if "maximum" in full:
        value = min(value, full["maximum"])
    if "exclusiveMaximum" in full and value >= full["exclusiveMaximum"]:
        value = (min(low, full["exclusiveMaximum"] - 2) + full["exclusiveMaximum"]) / 2
    return int(value) if whole else value
