"""The Python names of names in the document, and reserved names."""

from __future__ import annotations

import re

from ..upstream import class_name, identifier, snake_case

# Attributes of every model; a member of the document must not have such a name.
RESERVED_MEMBERS = ("additional_properties", "from_dict", "read", "to_dict")


def member_name(name: str) -> str:
    """The attribute or argument for a member or parameter of this name.

    openapi-python-client renames what a module-level `datetime` would hide; ours is called `_dt`.
    It also parts words from digits: `allocatedKm2` is allocated_km2, not allocated_km_2.
    """
    found = identifier(name)
    return re.sub(r"(?<=[a-z])_(?=\d)", "", "datetime" if found == "datetime_" else found)


def model_name(name: str) -> str:
    """The class for a schema of this name."""
    return class_name(name)


def module_name(name: str) -> str:
    """The module for an operation or a class of this name."""
    return identifier(name)


def enumeration_name(value: str, index: int) -> str:
    """The member of an enumeration for its value number `index`."""
    return snake_case(value.upper() if value[:1].isalpha() else f"VALUE_{index}").upper()
