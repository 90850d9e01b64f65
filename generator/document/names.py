"""Which Python names the document's names come to, and which are taken."""

from __future__ import annotations

import re

from openapi_python_client.strings import ClassName, PythonIdentifier, snake_case

# Attributes that every model has; a member of the document must not take their place.
RESERVED_MEMBERS = ("additional_properties", "from_dict", "read", "to_dict")

PREFIX = "field_"  # of what would be no identifier, as openapi-python-client has it


def member_name(name: str) -> PythonIdentifier:
    """The attribute or parameter for a member or parameter of this name.

    openapi-python-client renames what a module-level `datetime` would hide; ours is called `_dt`.
    It also parts words from digits: `allocatedKm2` is allocated_km2, not allocated_km_2.
    """
    identifier = str(PythonIdentifier(name, PREFIX))
    identifier = "datetime" if identifier == "datetime_" else identifier
    return str.__new__(PythonIdentifier, re.sub(r"(?<=[a-z])_(?=\d)", "", identifier))


def model_name(name: str) -> str:
    """The class for a schema of this name."""
    return str(ClassName(name, PREFIX))


def module_name(name: str) -> str:
    """The module for an operation or a class of this name."""
    return str(PythonIdentifier(name, PREFIX))


def enumeration_name(value: str, index: int) -> str:
    """The member of an enumeration for its value number `index`."""
    return snake_case(value.upper() if value[:1].isalpha() else f"VALUE_{index}").upper()
