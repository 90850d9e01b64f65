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
        codes.mistake(
            "x-errors is missing. Add a reference to errors.yaml, the list of error codes."
        )
    classes: dict[str, SourceLocation] = {}
    groups = {group_name(code["api"].text) for code in codes}
    known = [*BESIDE_TAGS, *(tag["name"].text for tag in root["tags"])]
    for code in codes:
        hold("code", code, code.name)
        if not CODE.fullmatch(code.name):
            code.mistake(
                f"{code.name!r} is not an error code. Write it in capitals, such as FOO-BAR."
            )
            continue
        name = class_name(code.name)
        other = classes.setdefault(name, code)
        if other is not code:
            text = f"{code.name} and {other.name} ({other}) would both be the class {name}."
            code.mistake(f"{text} Remove one of them.")
        elif name in HANDWRITTEN:
            text = f"{code.name} would be the class {name}, which errors/base.py already defines."
            code.mistake(f"{text} Rename the class there first.")
        elif name in groups:
            text = (
                f"{code.name} would be the class {name}, which is the base class of an API's codes."
            )
            code.mistake(f"{text} Rename it.")
        api = code["api"]
        if api.text and api.text not in known:
            text = f"{code.name}: unknown api {api.value!r}{similar(api.text, known)}."
            api.mistake(f"{text} Use one of {', '.join(known)}.")
        elif api.text and group_name(api.text) in HANDWRITTEN:
            text = (
                f"{code.name}: its base class would be {group_name(api.text)}, which errors/base.py"
            )
            api.mistake(f"{text} already defines. Use general, or rename the tag.")
