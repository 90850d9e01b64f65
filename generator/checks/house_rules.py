"""The rules of the document that JSON Schema can express: `house_rules.yaml`, with their messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
from ruamel.yaml import YAML

from ..document.view import PLAIN_FORMATS
from ..tables.catalogue import FLAGS
from .place import SourceLocation, similar

MISSING = "{title}: {name} is missing. Add it (openapi/README.md describes it)."


def _rules() -> dict[str, Any]:
    """The schema of each part, completed with lists that other modules define."""
    found: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_suffix(".yaml"))
    members = found["code"]["properties"]
    members |= dict.fromkeys(FLAGS, members["legacy"])
    schema = found["schema"]
    schema["properties"] |= dict.fromkeys(schema["x-keywords"], True)
    schema["properties"]["format"]["enum"] += PLAIN_FORMATS
    return found


RULES = _rules()
JUDGES = {part: jsonschema_rs.Draft202012Validator(rules) for part, rules in RULES.items()}


def _shown(value: Any) -> str:
    """A value as the document has it, without the end of a long one."""
    text = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) < 80 else f"{text[:77]}..."


def hold(part: str, place: SourceLocation, title: str = "") -> None:
    """Checks a place against the rules for its kind; messages call it `title`."""
    for error in JUDGES[part].iter_errors(place.value):
        at, rule = place.at(error.instance_path), RULES[part]
        *way, keyword = error.schema_path
        kind: Any = error.kind  # its members are those of its keyword
        for step in way:
            rule = rule[step]
        if keyword == "required":
            name = kind.property
            text = rule.get("x-missing", {}).get(name, MISSING)
            at.mistake(text.format(title=title, name=name))
        elif keyword == "additionalProperties":
            known = rule["properties"]
            for name in kind.unexpected:
                says = {"name": name, "similar": similar(name, known), "known": ", ".join(known)}
                at[name].mistake(rule["x-unknown"].format(title=title, **says))
        else:
            among = rule.get("enum", ())
            says = {"similar": similar(str(at.value), among), "among": ", ".join(among)}
            at.mistake(
                rule["x-says"].format(title=title, name=at.name, value=_shown(at.value), **says)
            )
