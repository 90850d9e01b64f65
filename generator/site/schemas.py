"""Describes schemas of the document in words."""

from __future__ import annotations

import json
import re
from typing import Any

from spaceknow_client.contract.document import Schema, followed

# Keywords that limit a value, with their text.
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "over {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "multipleOf": "a multiple of {}",
    "minLength": "{} characters or more",
    "maxLength": "{} characters at most",
    "minItems": "{} items or more",
    "maxItems": "{} items at most",
    "minProperties": "{} members or more",
    "maxProperties": "{} members at most",
    "pattern": "of the form `{}`",
}
# An alternative with only these names required members, and not a type.
ALTERNATIVE = {"required", "x-method"}
PAIR = re.compile(r"\[\s+(-?[\d.eE+]+),\s+(-?[\d.eE+]+)\s+\]")


def type_of(schema: Schema) -> str:
    """`list of [Band](objects.md#band)`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](objects.md#{name.lower()})"
    for word in ("anyOf", "oneOf"):
        if word in schema:
            options = [type_of(one) for one in schema[word] if not one.keys() <= ALTERNATIVE]
            if options:
                return " or ".join(dict.fromkeys(options))
    kinds = schema.get("type", "any value")
    if isinstance(kinds, list):
        return " or ".join(type_of({**schema, "type": kind}) for kind in kinds)
    if kinds == "array" and "items" in schema:
        return f"list of {type_of(schema['items'])}"
    others = schema.get("additionalProperties")
    if kinds == "object" and "properties" not in schema and isinstance(others, dict) and others:
        return f"map of {type_of(others)}"
    return "list" if kinds == "array" else str(kinds)


def meaning(schema: Schema, document: Schema) -> str:
    """The description of a value, with its limits and its default."""
    text: str = schema.get("description", "")
    if not text and "$ref" in schema:  # it is documented there
        text = re.split(r"(?<=\.)\s", followed(schema, document).get("description", ""))[0]
    parts = [text.strip(), limits(schema)]
    if "default" in schema:
        parts.append(f"Default: {literal(schema['default'])}.")
    if schema.get("examples"):
        parts.append(f"For example {listed(schema['examples'][:3])}.")
    listed_as = schema.get("x-listed") or schema.get("items", {}).get("x-listed")
    if listed_as:
        page = "map_types.md" if listed_as == "map-types" else "datasets.md"
        parts.append(f"[Known values]({page}); the list is open.")
    return ("\n\n" if "\n" in parts[0] else " ").join(filter(None, parts))


def limits(schema: Schema) -> str:
    """The allowed values, in words."""
    options = [schema, *schema.get("anyOf", []), *schema.get("oneOf", [])]
    found = []
    for one in options:
        if "const" in one:
            found.append(f"Always {literal(one['const'])}.")
        if "enum" in one:
            is_open = any("enum" not in other for other in options[1:])
            found.append(f"{'Known are' if is_open else 'One of'} {listed(one['enum'])}.")
        bounds = [text.format(one[key]) for key, text in BOUNDS.items() if key in one]
        if one.get("uniqueItems"):
            bounds.append("none twice")
        if one.get("format"):
            bounds.append(f"in the format `{one['format']}`")
        if bounds:
            said = ", ".join(bounds)
            found.append(f"{said[0].upper()}{said[1:]}.")
    for key, of in (("items", "Each"), ("additionalProperties", "Each value")):
        inner = schema.get(key)
        if isinstance(inner, dict) and (text := limits(inner)):
            found.append(f"{of}: {text[0].lower()}{text[1:]}")
    return " ".join(found)


def cell(text: str) -> str:
    """Markdown of several paragraphs, with lists, in one cell of a table."""
    lines: list[str] = []
    for line in text.split("\n"):
        item = re.match(r"\s*- (.*)", line)
        if item:
            lines.append(f"<br>• {item[1]}")
        elif not line.strip():
            lines.append("<br>")
        elif lines:
            lines.append(f" {line.strip()}")
        else:
            lines.append(line.strip())
    joined = "".join(lines).replace("|", "\\|")
    return re.sub(r"(<br>\s*)+(?=<br>•)", "", joined).replace("<br> ", "<br>")


def literal(value: Any) -> str:
    """A value as JSON, in the type of code."""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def listed(values: list[Any]) -> str:
    """Values separated by commas; strings without quotes."""
    return ", ".join(
        f"`{value}`" if isinstance(value, str) and value else literal(value) for value in values
    )


def example(value: Any) -> str:
    """A body as JSON, with each position of a geometry on one line."""
    return PAIR.sub(r"[\1, \2]", json.dumps(value, indent=2, ensure_ascii=False))
