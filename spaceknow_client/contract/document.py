"""Reads the OpenAPI document of this package, and other bundled documents."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, NamedTuple

from ..generated.types import FORM, JSON, is_json

Schema = dict[str, Any]

DATE_TIME_FORMAT = "spaceknow-date-time"
DATE_TIME = "%Y-%m-%d %H:%M:%S"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def bundled_document() -> dict[str, Any]:
    """Reads and parses the document. The result is not cached."""
    folder = files("spaceknow_client") / "generated"
    packed = folder / "openapi.json.gz"  # in a wheel
    if packed.is_file():
        content = gzip.decompress(packed.read_bytes())
    else:
        content = (folder / "openapi.json").read_bytes()
    document: dict[str, Any] = json.loads(content)
    return document


def is_date_time(value: Any) -> bool:
    """Whether a string is a valid time in the document's format."""
    if not isinstance(value, str):
        return True
    try:
        return f"{datetime.strptime(value, DATE_TIME).replace(tzinfo=UTC):{DATE_TIME}}" == value
    except ValueError:
        return False


def operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """(path, method, operation), in the document's order."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def successes(operation: Schema, document: Schema) -> dict[str, Schema]:
    """The success responses of an operation, by status."""
    return {
        status: followed(response, document)
        for status, response in operation["responses"].items()
        if str(status).startswith("2")
    }


def media_of(body: Schema) -> str:
    """The media type in which a body is sent: of several JSON, then a form, then the first."""
    content = [*body.get("content", {})]
    return next(filter(is_json, content), FORM if FORM in content else (content or [JSON])[0])


def is_file(media_type: str) -> bool:
    """Whether a body of this media type is sent as the bytes that it is."""
    return not is_json(media_type) and media_type != FORM


def links(operation: Schema, document: Schema) -> dict[str, Schema]:
    """The links of the success responses, by name."""
    return {
        name: followed(link, document)
        for response in successes(operation, document).values()
        for name, link in response.get("links", {}).items()
    }


def result_of(operation: Schema, document: Schema) -> str | None:
    """The operation that fetches the result of the pipeline that `operation` starts."""
    targets = (str(one.get("operationId", "")) for one in links(operation, document).values())
    return next((target for target in targets if target.endswith(".retrieve")), None)


PIPELINE_ID = "$response.body#/pipelineId"


def handed_on(retrieve: str, document: Schema) -> dict[str, dict[str, Any]]:
    """The values that the links to a result pass, by place (body, path, query, header) and name."""
    path, target = next(
        (p, each) for p, _, each in operations(document) if each["operationId"] == retrieve
    )
    shared = [*document["paths"][path].get("parameters", []), *target.get("parameters", [])]
    places = {(one := followed(each, document))["name"]: one["in"] for each in shared}
    found: dict[str, dict[str, Any]] = {}
    for _, _, operation in operations(document):
        for link in links(operation, document).values():
            if link.get("operationId") == retrieve:
                found.setdefault("body", {}).update(link.get("requestBody", {}))
                for name, value in link.get("parameters", {}).items():
                    name = name.rpartition(".")[2]
                    found.setdefault(places.get(name, "query"), {})[name] = value
    return found


def id_place(retrieve: str, document: Schema) -> tuple[str, str]:
    """The place and the name of the pipeline ID in the request for a result."""
    for place, values in handed_on(retrieve, document).items():
        for name, value in values.items():
            if value == PIPELINE_ID:
                return place, name
    return "body", "pipelineId"


class PageNames(NamedTuple):
    """The names of the parts of a listing (`x-page`).

    Attributes:
        items: the member of the response with the items.
        next: the member of the response with the cursor of the next page.
        cursor: the member or parameter of the request with the cursor.
    """

    items: str = "results"
    next: str = "cursor"
    cursor: str = "cursor"


def page_names(operation: Schema) -> PageNames:
    """The names of an operation with `x-page`, which are usual where it says `true`."""
    named = operation.get("x-page")
    known = named if isinstance(named, dict) else {}
    return PageNames(**{name: known[name] for name in PageNames._fields if name in known})


def cursor_names(operation: Schema, document: Schema) -> tuple[str, ...]:
    """The names of the cursors in the messages of an operation, and of the listing that it starts."""
    listings = (operation["operationId"], result_of(operation, document))
    found = [
        page_names(each) for _, _, each in operations(document) if each["operationId"] in listings
    ]
    return tuple(dict.fromkeys(name for names in found for name in (names.next, names.cursor)))


def followed(value: Schema, document: Schema) -> Schema:
    """A value with its references resolved."""
    while "$ref" in value:
        target: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def resolved(schema: Schema, document: Schema) -> Schema:
    """A schema with references resolved and `allOf` merged. Members next to these take precedence."""
    parts = [followed(schema, document)] if "$ref" in schema else []
    found = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    for part in reversed([*parts, *schema.get("allOf", [])]):
        other = resolved(part, document)
        for key in ("properties", "required"):
            if key in other and key in found:
                both = other[key], found[key]
                other[key] = both[0] | both[1] if key == "properties" else [*both[0], *both[1]]
                del found[key]
        found = other | found
    return found
