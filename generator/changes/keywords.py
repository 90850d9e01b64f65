"""The keywords of schemas, by what a change of them means."""

from __future__ import annotations

import json
from typing import Any

from .change import Rating
from .kinds import UNIONS

# Keywords that are for readers only.
WITH_EXAMPLES = ("examples", "example")
WORDS = {"description", "title", "summary", *WITH_EXAMPLES, "externalDocs", "$comment"}
LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "x-max-latitude"}
EXACT = {"pattern", "multipleOf", "uniqueItems"}
# Keywords that the comparison of types and members covers.
FORM = UNIONS | {"type", "enum", "const", "discriminator"}
SHAPE = FORM | {"properties", "required", "items"}
LONGEST = 90  # characters of a text with values


def keyword(key: str, before: Any, after: Any) -> tuple[Rating, str]:
    """The rating of a keyword or extension that has no rule elsewhere (openapi/README.md)."""
    if key == "x-argument":
        return Rating.BREAKING, "the argument has another name"
    if key == "x-method":
        gone = after is False
        rating = Rating.BREAKING if gone else Rating.ADDITION
        return rating, "is left out of the method" if gone else "is part of the method"
    if key == "x-unwrap":
        return Rating.BREAKING, "gives the member itself or what is around it"
    text = f"{key} was {json.dumps(before)} and is {json.dumps(after)}"
    return Rating.BEHAVIOR, text if len(text) < LONGEST else f"{key} changed"
