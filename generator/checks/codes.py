"""The error codes of errors.yaml."""

from __future__ import annotations

import re

from ..models.catalogue import FLAGS
from ..models.error_classes import GROUPS, HANDWRITTEN, class_name
from .place import SourceLocation

CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")
REPEAT = ("never", "later", "search-again")
MEMBERS = ("api", "meaning", "status", "repeat", "hint")
OPTIONAL = ("legacy", *FLAGS)


def check(root: SourceLocation) -> None:
    codes = root["x-errors"]
    if not isinstance(codes.value, dict):
        codes.mistake("x-errors is missing. Refer to the list of error codes, errors.yaml.")
    classes: dict[str, SourceLocation] = {}
    for code in codes:
        _entry(code)
        if not CODE.fullmatch(code.name):
            code.mistake(f"{code.name!r} is no error code. Write it in capitals, as FOO-BAR.")
            continue
        name = class_name(code.name)
        other = classes.setdefault(name, code)
        if other is not code:
            text = f"{code.name} and {other.name} ({other}) would both be the class {name}."
            code.mistake(f"{text} Leave out one of them.")
        elif name in HANDWRITTEN:
            text = f"{code.name} would be the class {name}, which errors/base.py has already."
            code.mistake(f"{text} Rename that one first.")


def _entry(code: SourceLocation) -> None:
    if not isinstance(code.value, dict):
        code.mistake(f"{code.name} is not described. Give it {', '.join(MEMBERS)}.")
        return
    for name in MEMBERS:
        if name not in code:
            code.mistake(
                f"{code.name}: {name} is missing. Add it (openapi/README.md describes it)."
            )
    for member in code:
        value = member.value
        match member.name:
            case "api":
                right, remedy = member.text in GROUPS, f"one of {', '.join(GROUPS)}"
            case "meaning" | "hint":
                right, remedy = bool(member.text.strip()), "a sentence"
            case "status":
                right = value is None or (type(value) is int and 400 <= value <= 599)
                remedy = "a number from 400 to 599, or null where it is not known"
            case "repeat":
                right, remedy = member.text in REPEAT, f"one of {', '.join(REPEAT)}"
            case name if name in OPTIONAL:
                right, remedy = type(value) is bool, "true, or leave it out"
            case _:
                member.mistake(
                    f"{code.name}: a code has no member {member.name!r}. Its members are "
                    f"{', '.join(MEMBERS)}, and perhaps {', '.join(OPTIONAL)}: mend the spelling, or "
                    "leave it out."
                )
                continue
        if not right:
            member.mistake(f"{code.name}: {member.name} is {value!r}. Write {remedy}.")
