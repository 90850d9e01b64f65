"""The HTTP reference: a page for each tag of the document, one of all objects, one of permissions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from spaceknow_client.contract.document import (
    Schema,
    followed,
    is_file,
    links,
    media_of,
    operations,
    page_names,
    resolved,
    successes,
)
from spaceknow_client.contract.parameters import kind_of, parameter_texts, style_of
from spaceknow_client.generated.types import FORM

from ..document import reading
from ..document.names import member_name
from ..document.reading import roles, security
from ..rendering import environment
from ..tables.error_classes import class_name
from .schemas import cell, example, limits, listed, meaning, type_of

TEMPLATES = Path(__file__).parent / "templates"


def http_pages(document: Schema, methods: Mapping[str, str]) -> dict[str, str]:
    """The text of each page, by its name in the folder.

    `methods` has for an operation the Markdown of the method that calls it.
    """
    listed_operations = list(operations(document))
    by_name = {operation["operationId"]: operation for _, _, operation in listed_operations}
    allowed: dict[str, list[Schema]] = {}
    for operation in by_name.values():
        for role in roles(operation, document):
            allowed.setdefault(role, []).append(operation)

    def targets(operation: Schema) -> list[tuple[str, Schema]]:
        found = links(operation, document).items()
        return [
            (name, by_name[link["operationId"]])
            for name, link in found
            if link.get("operationId") in by_name
        ]

    of_document = {
        function.__name__: partial(function, document=document)
        for function in (command, followed, meaning, needs, sent, successes)
    }
    told = (anchor, cell, class_name, body_note, example, limits, listed, page_names, type_of)
    templates = environment(
        TEMPLATES,
        allows_missing=True,  # most members of a document are optional
        links=targets,
        told=_told,
        **of_document,
        **{function.__name__: function for function in told},
    )
    templates.globals |= {
        "document": document,
        "methods": methods,
        "operations": listed_operations,
        "roles": sorted(allowed.items()),
    }

    def page(name: str, **more: Any) -> str:
        return templates.get_template(f"{name}.md.jinja").render(more).lstrip()

    tags = {f"{tag['name']}.md": page("tag", tag=tag) for tag in document["tags"]}
    first = {"index.md": page("index"), "permissions.md": page("permissions")}
    first |= {f"{name}.md": page(name) for name in ("map_types", "datasets")}
    return {**first, **tags, "objects.md": page("objects")}


def _told(parameter: Schema) -> Schema:
    """The schema of a parameter, with the description of the parameter."""
    schema = parameter.get("schema", {})
    known = [value["value"] for value in parameter.get("examples", {}).values()]
    known = known or ([parameter["example"]] if "example" in parameter else [])
    description = parameter.get("description", schema.get("description", ""))
    return {"examples": known, **schema, "description": description}


def sent(parameter: Schema, document: Schema) -> str:
    """How a parameter is sent, if its name does not show it."""
    parts = []
    name, schema = parameter["name"], resolved(parameter.get("schema", {}), document)
    value: Any = {"array": ["A", "B"]}.get(kind := kind_of(schema, document))
    if kind == "object":
        value = dict.fromkeys([*schema.get("properties", {}), "NAME"][:2], "A")
    if value is not None:
        texts = parameter_texts(parameter, value).items()
        pairs = [
            (key, one) for key, each in texts for one in ([each] if isinstance(each, str) else each)
        ]
        is_header = parameter["in"] == "header"
        text = "&".join(f"{key}: {one}" if is_header else f"{key}={one}" for key, one in pairs)
        style, explodes = style_of(parameter)
        parts.append(f"Sent as `{text}` (style `{style}`{', explode' if explodes else ''}).")
    argument = parameter.get("x-argument") or member_name(name)
    if argument != name:
        parts.append(f"In Python `{argument}`.")
    return " ".join(parts)


def body_note(media: str) -> str:
    """A note about bodies of a media type other than JSON."""
    if media == FORM:
        return "A form: arrays are repeated, objects are JSON. On the command line it is JSON, too."
    return "The bytes of a file." if is_file(media) else ""


def command(operation: Schema, path: str, document: Schema) -> str:
    """The call of an operation by `spaceknow api`, with all required arguments."""
    words = ["spaceknow api", operation["operationId"]]
    options = {"path": "--path-param", "query": "--query", "header": "--header"}
    for parameter in reading.parameters(path, operation, document).values():
        if parameter.get("required") and parameter["in"] in options:
            words += [options[parameter["in"]], f"{parameter['name']}=..."]
    body = followed(operation.get("requestBody", {}), document)
    if body.get("required"):
        words.append("-d @FILE" if is_file(media_of(body)) else "-d JSON")
    return " ".join(words)


def anchor(name: str) -> str:
    """The link to an operation on the page of its tag."""
    return name.replace(".", "-").replace("_", "-")


def needs(operation: Schema, document: Schema) -> str:
    """The credentials that a request must have, in words."""
    alternatives = security(operation, document)
    if not any(alternatives):
        return "no token"
    if {} in alternatives:
        return "a token may be sent"
    return reading.needs(operation, document) or "a token"
