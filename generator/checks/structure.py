"""What OpenAPI 3.1 and JSON Schema say of any document, and which extensions of ours there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema_rs

from ..document import METHODS
from .place import Place, similar, words
from .schemas import objects, roots

# openapi-spec-validator keeps the schema of OpenAPI as a file; its own code takes long to import.
STANDARD = "openapi_spec_validator/resources/schemas/v3.1/schema.json"
FILE = Path(str(distribution("openapi-spec-validator").locate_file(STANDARD)))
OPENAPI: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
DIALECT = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
KNOWN = {name for item in OPENAPI["$defs"].values() for name in item.get("properties", {})}

# Our extensions (openapi/README.md describes them), by what they stand on.
OPERATION = ("x-error-codes", "x-page", "x-safe-to-repeat", "x-source")
ROOT = ("x-errors",)

# What the generated client has no form for, and openapi-python-client leaves out without a word.
UNUSED = ("callbacks", "webhooks")


def check(root: Place) -> None:
    validator = jsonschema_rs.Draft202012Validator(OPENAPI)
    _report(root, validator.iter_errors(root.value), "OpenAPI 3.1")
    validator = jsonschema_rs.Draft202012Validator(DIALECT)
    for schema in roots(root):
        _report(schema, validator.iter_errors(schema.value), "JSON Schema")
    for place in objects(root):
        _extensions(place)
        for name in UNUSED:
            if name in place:
                place[name].mistake(f"the generated client has no {name}. Describe it as a path.")


def _report(root: Place, errors: Iterable[jsonschema_rs.ValidationError], standard: str) -> None:
    found = [(tuple(map(str, error.instance_path)), error) for error in errors]
    plain = [path for path, error in found if not _is_choice(error)]
    for path, error in found:
        # "none of the alternatives" says little where something inside is known to be wrong
        if _is_choice(error) and any(other[: len(path)] == path for other in plain):
            continue
        place = root.at(path)
        if place.broken:
            continue
        unexpected = getattr(error.kind, "unexpected", None)
        for name in unexpected or ():
            if not name.startswith("x-"):
                text = f"{name!r} means nothing here{similar(name, KNOWN)}."
                place[name].mistake(f"{text} Mend the spelling, or leave it out.")
        if not unexpected:
            text = f"{words(error)}. Write {place.name if path else 'the document'}"
            place.mistake(f"{text} as {standard} has it.")


def _is_choice(error: jsonschema_rs.ValidationError) -> bool:
    return type(error.kind).__name__.rpartition("_")[2] in ("AnyOf", "OneOfNotValid")


def _extensions(place: Place) -> None:
    is_operation = len(place.path) == 3 and place.path[0] == "paths" and place.name in METHODS
    known = OPERATION if is_operation else ROOT if not place.path else ()
    for inner in place:
        if inner.name.startswith("x-") and inner.name not in known:
            text = (
                f"no extension {inner.name!r} stands here{similar(inner.name, OPERATION + ROOT)}."
            )
            inner.mistake(f"{text} Mend the spelling, or leave it out (openapi/README.md has all).")
