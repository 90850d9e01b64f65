"""A short cut for openapi-core: what jsonschema-rs finds valid needs no second look.

openapi-core validates in Python, 0.3 ms for each detection of a tile; jsonschema-rs takes a
microsecond. It is asked first where it is installed. It only ever confirms: what it refuses goes
to openapi-core, which says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from jsonschema import FormatChecker
from jsonschema_path import SchemaPath
from openapi_core import Config, V31RequestValidator, V31ResponseValidator
from openapi_core.validation.schemas import oas31_schema_validators_factory as standard
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from openapi_core.validation.schemas.factories import DialectSchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator

QUICK = find_spec("jsonschema_rs") is not None

Formats = dict[str, Callable[[Any], bool]]


def configuration(document: dict[str, Any], formats: Formats, **options: Any) -> Config:
    """openapi-core's configuration, with the short cut if it can be had.

    `document` is the one that openapi-core serves from, `formats` are the formats beyond JSON
    Schema's own.
    """
    plain: dict[str, Any] = {"extra_format_validators": formats, **options}
    if not QUICK:
        return Config(**plain)
    from jsonschema_rs import validator_for

    compiled: dict[int, tuple[object, Callable[[Any], bool]]] = {}

    def verdict(schema: SchemaPath, value: Any) -> bool | None:
        with schema.resolve() as resolved:
            contents: Any = resolved.contents
        if id(contents) not in compiled:
            # A reference in it leads to the components, as in the document.
            made = validator_for(
                {**contents, "components": document["components"]},
                formats=formats,
                validate_formats=True,
            )
            compiled[id(contents)] = (contents, made.is_valid)
        try:
            return compiled[id(contents)][1](value)
        except ValueError:  # not a JSON value, such as bytes
            return None

    class QuickValidator(SchemaValidator):
        def validate(self, value: Any) -> None:
            found = verdict(self.schema, value)
            if not found:
                super().validate(value)
            if found is False:  # never seen: then the two disagree
                raise InvalidSchemaValue(value, "any")

    class QuickValidators(DialectSchemaValidatorsFactory):
        def get_format_checker(self, *_: Any, **__: Any) -> FormatChecker:
            return self.format_checker  # else copied for each schema of each message

        def create(
            self, spec: SchemaPath, schema: SchemaPath, *more: Any, **options: Any
        ) -> SchemaValidator:
            made = super().create(spec, schema, *more, **options)
            return QuickValidator(made.schema, made.validator)

    factory = QuickValidators(
        standard.schema_validator_cls,
        standard.default_jsonschema_dialect_id,
        standard.get_format_checker(None, formats),
    )

    class RequestValidator(V31RequestValidator):
        schema_validators_factory = factory

    class ResponseValidator(V31ResponseValidator):
        schema_validators_factory = factory

    return Config(
        request_validator_cls=RequestValidator, response_validator_cls=ResponseValidator, **plain
    )
