"""The rules of OpenAPI 3.1 and JSON Schema for any document, and our extensions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema_rs

from spaceknow_client.contract.document import METHODS

from .house_rules import hold
from .place import SourceLocation, similar, words
from .schemas import objects, roots

# openapi-spec-validator keeps the schema of OpenAPI as a file; its own code takes long to import.
STANDARD = "openapi_spec_validator/resources/schemas/v3.1/schema.json"
FILE = Path(str(distribution("openapi-spec-validator").locate_file(STANDARD)))
OPENAPI: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
DIALECT = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
KNOWN = {name for item in OPENAPI["$defs"].values() for name in item.get("properties", {})}

# Our extensions, by the kind of object that may have them; openapi/README.md describes each.
EXTENSIONS = {
    "the root": ("x-errors", "x-map-types", "x-datasets"),
    "an operation": (
        *("x-error-codes", "x-identity", "x-method", "x-page", "x-safe-to-repeat", "x-source"),
        *("x-read-only", "x-unwrap"),
    ),
    "a parameter": ("x-argument",),
    "a schema": ("x-argument", "x-listed", "x-max-argument", "x-max-latitude", "x-method"),
}

# Parts that the generated client does not support, and openapi-python-client ignores silently.
UNUSED = ("callbacks", "webhooks")


def check(root: SourceLocation) -> None:
    validator = jsonschema_rs.Draft202012Validator(OPENAPI)
    _report(root, validator.iter_errors(root.value), "OpenAPI 3.1")
    validator = jsonschema_rs.Draft202012Validator(DIALECT)
    for schema in roots(root):
        _report(schema, validator.iter_errors(schema.value), "JSON Schema")
    for part in ("map types", "datasets"):
        name = f"x-{part.replace(' ', '-')}"
        if name in root:
            hold(part, root[name])
    for place in objects(root):
        _extensions(place)
        for name in UNUSED:
            if name in place:
                place[name].mistake(
                    f"the generated client does not support {name}. Describe the operation under paths."
                )


def _report(
    root: SourceLocation, errors: Iterable[jsonschema_rs.ValidationError], standard: str
) -> None:
    found = [(tuple(map(str, error.instance_path)), error) for error in errors]
    plain = [path for path, error in found if not _is_choice(error)]
    for path, error in found:
        # "matches no alternative" does not help if an error inside is reported
        if _is_choice(error) and any(other[: len(path)] == path for other in plain):
            continue
        place = root.at(path)
        if place.broken:
            continue
        unexpected = getattr(error.kind, "unexpected", None)
        for name in unexpected or ():
            if not name.startswith("x-"):
                text = f"{name!r} is unknown here{similar(name, KNOWN)}."
                place[name].mistake(f"{text} Correct the spelling, or remove it.")
        if not unexpected:
            text = f"{words(error)}. Write {place.name if path else 'the document'}"
            place.mistake(f"{text} as {standard} requires.")


def _is_choice(error: jsonschema_rs.ValidationError) -> bool:
    return type(error.kind).__name__.rpartition("_")[2] in ("AnyOf", "OneOfNotValid")


def _extensions(place: SourceLocation) -> None:
    is_operation = len(place.path) == 3 and place.path[0] == "paths" and place.name in METHODS
    is_schema = "schema" in place.path or place.path[:2] == ("components", "schemas")
    kind = "an operation" if is_operation else "a schema" if is_schema else "something else"
    is_parameter = "parameters" in place.path[-2:-1] or place.path[:2] == (
        "components",
        "parameters",
    )
    kind = "a parameter" if is_parameter and not is_schema else kind
    kind = kind if place.path else "the root"
    known = {name for names in EXTENSIONS.values() for name in names}
    for inner in place:
        name = inner.name
        if not name.startswith("x-") or name in EXTENSIONS.get(kind, ()):
            continue
        text = f"unknown extension {name}{similar(name, known)}."
        if name in known:
            others = " or ".join(other for other, names in EXTENSIONS.items() if name in names)
            text = f"{name} belongs on {others}, but this is {kind}."
        inner.mistake(
            f"{text} Correct it, or remove it (openapi/README.md describes all extensions)."
        )
