"""The document in a few words, for comparing it with what is known of the API (facts.yaml).

An object is written `name! type, name type` (`!`: always there), an array `[type]`, an enumeration
`'A' | 'B'`, and `...` where it is open; bounds stand behind the type.
"""

from __future__ import annotations

from typing import Any

from spaceknow_client.contract.document import followed, operations
from spaceknow_client.contract.schemas import is_open_enum

BOUNDS = ("minimum", "maximum", "minItems", "maxItems", "minLength", "pattern", "format")


def outline(document: dict[str, Any]) -> dict[str, Any]:
    """`operations` and `objects`, by name."""
    components = document["components"]
    found: dict[str, Any] = {"operations": {}, "objects": {}}
    for path, method, operation in operations(document):
        answers: dict[str, list[str]] = {}
        for status, response in sorted(operation["responses"].items()):
            answers.setdefault(_contents(followed(response, document)), []).append(status)
        found["operations"][operation["operationId"]] = {
            "call": f"{method.upper()} {path}",
            "path": ", ".join(
                f"{item['name']} {item['in']} {written(item['schema'])}"
                for item in operation.get("parameters", ())
            ),
            "asks": _contents(operation.get("requestBody", {})),
            "answers": {" ".join(statuses): content for content, statuses in answers.items()},
        }
    for name, schema in components["schemas"].items():
        found["objects"][name] = written(schema)
    return found


def written(node: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in node:
        return str(node["$ref"]).rpartition("/")[2]
    if is_open_enum(node):
        return f"{written(node['anyOf'][0])} | ..."
    for key, word in (("oneOf", " or "), ("anyOf", " or ")):
        if key in node and "properties" not in node:
            return word.join(written(each) for each in node[key])
    if "enum" in node:
        return f"{node.get('type', '')} " + " | ".join(map(repr, node["enum"]))
    if "const" in node:
        return repr(node["const"])
    return _with_bounds(node, _typed(node))


def _typed(node: dict[str, Any]) -> str:
    kind = node.get("type", "any")
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    if kind == "array":
        return f"[{written(node.get('items', {}))}]"
    if "properties" not in node:
        return str(kind)
    required = node.get("required", [])
    members = [
        f"{name}{'!' * (name in required)} {written(schema)}"
        for name, schema in node["properties"].items()
    ]
    members += [f"{name}! undescribed" for name in required if name not in node["properties"]]
    text = ", ".join(members)
    for either in node.get("anyOf", ()):
        text += f"; or {' '.join(either.get('required', ()))}"
    if "not" in node:
        text += f"; not {' '.join(node['not'].get('required', ()))}"
    if node.get("additionalProperties") is True:
        text += "; any"
    return f"{{{text}}}" if kind == "object" else f"{kind} {{{text}}}"


def _with_bounds(node: dict[str, Any], text: str) -> str:
    bounds = [f"{name}={node[name]}" for name in BOUNDS if name in node]
    return " ".join([text, *bounds])


def _contents(holder: dict[str, Any]) -> str:
    parts = [
        f"{media_type} {written(media['schema'])}" if "schema" in media else media_type
        for media_type, media in holder.get("content", {}).items()
    ]
    if holder.get("required") is False:
        parts.append("or nothing")
    parts += sorted(holder.get("headers", {}))
    return "; ".join(parts)
