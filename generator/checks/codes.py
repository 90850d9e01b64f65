"""The error codes of errors.yaml."""

from __future__ import annotations

import re

from ..tables.error_classes import BESIDE_TAGS, HANDWRITTEN, class_name, group_name
from .house_rules import hold
from .place import SourceLocation, similar

CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")


def check(root: SourceLocation) -> None:
    codes = root["x-errors"]
    if not isinstance(codes.value, dict):
        codes.mistake("x-errors is missing. Refer to the list of error codes, errors.yaml.")
    classes: dict[str, SourceLocation] = {}
    groups = {group_name(code["api"].text) for code in codes}
    known = [*BESIDE_TAGS, *(tag["name"].text for tag in root["tags"])]
    for code in codes:
        hold("code", code, code.name)
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
        elif name in groups:
            text = f"{code.name} would be the class {name}, the group of the codes of an API."
            code.mistake(f"{text} Rename it.")
        api = code["api"]
        if api.text and api.text not in known:
            text = f"{code.name}: api is {api.value!r}{similar(api.text, known)}."
            api.mistake(f"{text} Write one of {', '.join(known)}.")
        elif api.text and group_name(api.text) in HANDWRITTEN:
            text = f"{code.name}: its group would be {group_name(api.text)}, which errors/base.py"
            api.mistake(f"{text} has already. Write general, or rename the tag.")
