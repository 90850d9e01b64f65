"""The HTTP reference: a page for each tag of the document, one of all objects, one of permissions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader

from spaceknow_client.contract.document import Schema, followed, links, operations, successes

from ..models.error_classes import class_name
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
        for role in roles(operation):
            allowed.setdefault(role, []).append(operation)

    def targets(operation: Schema) -> list[tuple[str, Schema]]:
        found = links(operation, document).items()
        return [
            (name, by_name[link["operationId"]])
            for name, link in found
            if link.get("operationId") in by_name
        ]

    # The pages are Markdown, so nothing is escaped for HTML.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES),
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "anchor": anchor,
        "cell": cell,
        "class_name": class_name,
        "example": example,
        "followed": partial(_with, followed, document),
        "limits": limits,
        "links": targets,
        "listed": listed,
        "meaning": partial(_with, meaning, document),
        "needs": needs,
        "successes": partial(_with, successes, document),
        "told": _told,
        "type_of": type_of,
    }
    environment.globals |= {
        "document": document,
        "methods": methods,
        "operations": listed_operations,
        "roles": sorted(allowed.items()),
    }

    def page(name: str, **more: Any) -> str:
        return environment.get_template(f"{name}.md.jinja").render(more).lstrip()

    tags = {f"{tag['name']}.md": page("tag", tag=tag) for tag in document["tags"]}
    first = {"index.md": page("index"), "permissions.md": page("permissions")}
    first["map_types.md"] = page("map_types")
    return {**first, **tags, "objects.md": page("objects")}


def _with(function: Any, document: Schema, value: Schema) -> Any:
    return function(value, document)


def _told(parameter: Schema) -> Schema:
    """The schema of a parameter, with what is said of the parameter."""
    schema = parameter.get("schema", {})
    known = [value["value"] for value in parameter.get("examples", {}).values()]
    known = known or ([parameter["example"]] if "example" in parameter else [])
    description = parameter.get("description", schema.get("description", ""))
    return {"examples": known, **schema, "description": description}


def anchor(name: str) -> str:
    """Where an operation stands on the page of its tag."""
    return name.replace(".", "-").replace("_", "-")


def roles(operation: Schema) -> list[str]:
    """The permissions that it needs."""
    return [role for way in operation["security"] for found in way.values() for role in found]


def needs(operation: Schema) -> str:
    """What a request has to bring, in words."""
    security = operation["security"]
    if not security:
        return "no token"
    if {} in security:
        return "a token may be sent"
    return listed(roles(operation)) or "a token"
