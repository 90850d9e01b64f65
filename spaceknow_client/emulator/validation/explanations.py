"""What openapi-core found wrong, in one line for people."""

from __future__ import annotations

from jsonschema.exceptions import ValidationError, best_match
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.validation.request.exceptions import (
    MissingRequestBodyError,
    ParameterValidationError,
)
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

_LONGEST = 300
_SECRET = {"password", "token"}


def explain(error: Exception) -> str:
    """A sentence that names the place and the mistake; secrets in the value are not repeated."""
    cause = error.__cause__
    where = "body"
    if isinstance(error, ParameterValidationError):
        where = f"{error.location} parameter {error.name}"
    if isinstance(cause, InvalidSchemaValue):
        return _shortened(f"{where.capitalize()}{_mistake(cause)}")
    if isinstance(cause, MediaTypeNotFound):
        known = ", ".join(cause.availableMimetypes)
        return _shortened(f"The content type {cause.mimetype!r} is not taken here, only {known}.")
    if isinstance(cause, MediaTypeDeserializeError):
        return f"The body cannot be read as {cause.mimetype}."
    if isinstance(error, MissingRequestBodyError):
        return "The body is missing."
    if isinstance(error, ParameterValidationError):
        return f"{where.capitalize()} is missing or of the wrong type."
    return _shortened(f"{type(error).__name__}: {error}")


def _mistake(error: InvalidSchemaValue) -> str:
    found = best_match(each for each in error.schema_errors if isinstance(each, ValidationError))
    if found is None:
        return " is not valid."
    steps = list(found.absolute_path)
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    if _SECRET.intersection(map(str, steps)):
        return f"{place} is not valid."
    texts = [each.message for each in found.context or ()] or [found.message]
    return f"{place}: {', or '.join(dict.fromkeys(texts))}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
