"""Every example of the document against the schema that it is an example of."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import jsonschema_rs

from spaceknow_client.contract.document import DATE_TIME_FORMAT, is_date_time
from spaceknow_client.contract.schemas import readable

from .place import SourceLocation, words
from .schemas import carriers, roots, walk

URI = "urn:document"


def check(root: SourceLocation) -> None:
    # The discriminator selects the alternative of a union, as in validation.
    try:
        told_apart = readable(root.value, root.value, closed=False)
    except (LookupError, TypeError, AttributeError):
        told_apart = root.value  # an invalid union or reference, which is reported elsewhere
    resource = {"$schema": "https://json-schema.org/draft/2020-12/schema", **told_apart}
    registry = jsonschema_rs.Registry([(URI, resource)])
    for schema, values in _examples(root):
        if not values:
            continue
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in schema.path)
        try:
            validator = jsonschema_rs.Draft202012Validator(
                {"$ref": f"{URI}#/{quote(pointer)}"},
                registry=registry,
                validate_formats=True,
                formats={DATE_TIME_FORMAT: is_date_time},
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
            continue  # the schema itself is wrong, which is reported elsewhere
        for value in values:
            for error in validator.iter_errors(value.value):
                place = value.at(error.instance_path)
                text = (
                    f"the example does not match its schema ({schema.followed()}): {words(error)}."
                )
                place.mistake(f"{text} Correct the example or the schema.")


def _examples(root: SourceLocation) -> Iterator[tuple[SourceLocation, list[SourceLocation]]]:
    """Each schema with its examples: its own, and those of the places that use it."""
    for top in roots(root):
        for schema in walk(top):
            listed = [*schema["examples"]] if isinstance(schema["examples"].value, list) else []
            yield schema, listed + [schema[key] for key in ("example", "default") if key in schema]
    for carrier in carriers(root):
        named = [example.followed() for example in carrier["examples"]]
        values = [example["value"] for example in named if "value" in example]
        yield carrier["schema"], values + [carrier["example"]] * ("example" in carrier)
