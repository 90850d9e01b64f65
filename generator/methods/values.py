"""The type hint and the check of each value that a caller passes to a resource method, as Python.

The checks are those of `spaceknow_client/resources/argument_checks.py`. They repeat the rules of
the document that can be checked without the server, so that an error is raised before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from spaceknow_client.contract.document import (
    DATE_TIME_FORMAT,
    followed,
    operations,
    page_names,
    resolved,
)

from ..document.names import member_name, model_name
from ..document.reading import json_schema, name_of

# First words of names of times that mean the last second of their value: `end="2018-03"`.
LAST = re.compile(r"(end|until|to|last|latest|before)(_|$)")

Schema = dict[str, Any]

# The hint of values that are accepted for the schema `Extent`.
AREA = "ExtentLike | Extent"


@dataclass(frozen=True)
class Value:
    """The type hint of an argument, and the expression of its check.

    Attributes:
        forms: what else may stand for it, or which values are known, in words.
        secret: whether no frame may show it.
        listed: the kind of the known values that it is one of, or a list of (`x-listed`).
    """

    hint: str
    check: str
    forms: str = ""
    secret: bool = False
    listed: str = ""


def call(function: str, *positional: str, **options: Any) -> str:
    """A call of one of the checks, without options that are not set."""
    parts = [*positional]
    parts += [
        f"{name}={value!r}" for name, value in options.items() if value not in (None, False, (), 0)
    ]
    return f"{function}({', '.join(parts)})"


def identities(document: Schema) -> dict[str, tuple[str, str]]:
    """The named schemas of values that identify an item of a listing (`x-identity`): by the
    name, the model of the item and its attribute. Where one is asked for, an item may stand."""
    found = {}
    for _, _, operation in operations(document):
        member = operation.get("x-identity", "")
        for response in operation["responses"].values():
            page = resolved(json_schema(followed(response, document)) or {}, document)
            listed = page.get("properties", {}).get(page_names(operation).items, {})
            items = resolved(listed, document).get("items", {})
            model = name_of(items)
            name = name_of(resolved(items, document).get("properties", {}).get(member, {}))
            if model is not None and name is not None:
                found[name] = (model_name(model), str(member_name(member)))
    return found


def known_values(kind: str, document: Schema) -> str:
    """A sentence with the values that `x-listed` names."""
    datasets = document.get("x-datasets", {})
    if kind == "map-types":
        known = _current_first(document.get("x-map-types", {}))
    elif kind == "providers":
        known = ", ".join(datasets)
    else:
        known = "; ".join(f"{one}: {_current_first(named)}" for one, named in datasets.items())
    function = "map_types" if kind == "map-types" else "datasets"
    return f"Known are {known}. The list is open; `sk.{function}()` tells more."


def _current_first(named: dict[str, Schema]) -> str:
    retired = [name for name, info in named.items() if "retired" in info]
    found = ", ".join(name for name in named if name not in retired)
    return f"{found} (retired: {', '.join(retired)})".lstrip() if retired else found


class Values:
    """Creates the values of one module, and collects the names that they require there.

    Attributes:
        records: checks of named objects, by the name of their constant, in the order in which they
            have to be defined.
        models: classes of generated models that the hints name.
    """

    def __init__(self, document: Schema, models: set[str]) -> None:
        self._document = document
        self._known = models
        self._identities = identities(document)
        self._open: set[str] = set()
        self.records: dict[str, str] = {}
        self.models: set[str] = set()

    def of(self, schema: Schema, name: str, *, required: bool = False) -> Value:
        """The value of an argument or a member called `name`.

        `required`: a text, or a list of texts, has to be there, so it is not empty either.
        """
        full = resolved(schema, self._document)
        names = [*self._names(schema)]
        if "Extent" in names:
            return Value(AREA, call("area", max_latitude=full.get("x-max-latitude")))
        inner, is_nullable = _without_null(full)
        if "$ref" in inner:
            value = self.of(inner, name, required=required)
        else:
            value = self._plain(inner, schema, name, required)
        for model, attribute in (
            self._identities[each] for each in names if each in self._identities
        ):
            self.models.add(model)
            check = call("identity", repr(model), repr(attribute), value.check)
            value = Value(f"{value.hint} | {model}", check, f"By id, or as a {model}.")
        if not is_nullable:
            return value
        return replace(value, hint=f"{value.hint} | None", check=f"nullable({value.check})")

    def _names(self, schema: Schema) -> Iterator[str]:
        """The names of a schema, if one refers to another."""
        while (name := name_of(schema)) is not None:
            yield name
            schema = self._document["components"]["schemas"][name]

    def _plain(self, full: Schema, source: Schema, name: str, required: bool) -> Value:
        if "const" in full:
            return Value(f"Literal[{full['const']!r}]", f"among({full['const']!r})")
        if "enum" in full:
            return self._enumeration(full)
        if "discriminator" in full:
            return Value("Mapping[str, Any]", "json_object()")
        options = full.get("anyOf") or full.get("oneOf")
        if options and "properties" not in full:
            return self._union(options, name, required)
        kind = full.get("type")
        if isinstance(kind, list):
            return self._union([full | {"type": one} for one in kind], name, required)
        if kind is None:
            kind = "object" if "properties" in full else None
        match kind:
            case "string":
                return self._text(full, name, required)
            case "integer" | "number":
                return Value("int" if kind == "integer" else "float", _number(full, kind))
            case "boolean":
                return Value("bool", "boolean()")
            case "array":
                return self._array(full, name, required)
            case "object":
                return self._object(full, source)
        return Value("Any", "anything()")

    def _enumeration(self, full: Schema) -> Value:
        values = tuple(full["enum"])
        if all(isinstance(value, str) for value in values):
            return Value(f"Literal[{', '.join(map(repr, values))}]", call("text", among=values))
        return Value(f"Literal[{', '.join(map(repr, values))}]", call("among", *map(repr, values)))

    def _union(self, options: list[Schema], name: str, required: bool) -> Value:
        full = [resolved(option, self._document) for option in options]
        # An open enumeration accepts any string.
        if all(option.get("type") == "string" and "format" not in option for option in full):
            plain = next((option for option in full if "enum" not in option), None)
            if plain is not None:
                return self._text(plain, name, required)
        found = [self.of(option, name, required=required) for option in options]
        hints = list(dict.fromkeys(part for value in found for part in value.hint.split(" | ")))
        checks = list(dict.fromkeys(value.check for value in found))
        check = checks[0] if len(checks) == 1 else f"either({', '.join(checks)})"
        forms = dict.fromkeys(value.forms for value in found if value.forms)
        return Value(" | ".join(hints), check, " ".join(forms))

    def _text(self, full: Schema, name: str, required: bool) -> Value:
        if full.get("format") in (DATE_TIME_FORMAT, "date-time"):
            last = LAST.match(name) is not None
            second = f"the {'last' if last else 'first'} second of that month"
            forms = f"A naive time means UTC, and `2018-03` {second}."
            return Value(
                "TimeLike", call("moment", last=last, rfc3339=full["format"] == "date-time"), forms
            )
        secret = full.get("format") == "password"
        listed = full.get("x-listed", "")
        return Value(
            "str",
            call(
                "text",
                filled=required and "minLength" not in full and "pattern" not in full,
                shortest=full.get("minLength"),
                longest=full.get("maxLength"),
                pattern=full.get("pattern"),
                secret=secret,
            ),
            known_values(listed, self._document) if listed else "",
            secret,
            listed,
        )

    def _array(self, full: Schema, name: str, required: bool) -> Value:
        items = full.get("items") or {}
        item = self.of(items, name, required=True)
        least = full.get("minItems")
        if least is None and required and item.hint.partition(" | ")[0] == "str":
            least = 1
        return Value(
            f"ListLike[{item.hint}]",
            call(
                "array",
                item.check,
                least=least,
                most=full.get("maxItems"),
                unique=full.get("uniqueItems"),
            ),
            item.forms,
            listed=item.listed,
        )

    def _object(self, full: Schema, source: Schema) -> Value:
        further = full.get("additionalProperties")
        value = self.of(further, "") if isinstance(further, dict) and further else None
        others = value.check if value else None
        if not full.get("properties"):
            return Value(
                f"Mapping[str, {value.hint if value else 'Any'}]",
                "json_object()" if others is None else f"record({{}}, others={others})",
            )
        *_, name = "", *self._names(source)
        model = model_name(name) if name else ""
        if model not in self._known:
            return Value("Mapping[str, Any]", self._record(full, others))
        self.models.add(model)
        hint = f"{model} | Mapping[str, Any]"
        constant = f"_{model}"
        if constant in self._open:
            return Value(hint, f"later(lambda: {constant})")
        if constant not in self.records:
            self._open.add(constant)
            expression = self._record(full, others)
            self._open.discard(constant)
            self.records[constant] = expression
        return Value(hint, constant)

    def _record(self, full: Schema, others: str | None) -> str:
        members = ", ".join(
            f"{member!r}: {self.of(schema, member_name(member)).check}"
            for member, schema in full["properties"].items()
        )
        parts = [f"{{{members}}}"]
        if full.get("required"):
            parts.append(f"required={tuple(full['required'])!r}")
        if others is not None:
            parts.append(f"others={others}")
        return f"record({', '.join(parts)})"


def _number(full: Schema, kind: str) -> str:
    bounds = {
        "minimum": "minimum",
        "maximum": "maximum",
        "above": "exclusiveMinimum",
        "below": "exclusiveMaximum",
        "multiple": "multipleOf",
    }
    given = [f"{name}={full[key]!r}" for name, key in bounds.items() if key in full]
    return f"number({', '.join(['whole=True', *given] if kind == 'integer' else given)})"


def _without_null(full: Schema) -> tuple[Schema, bool]:
    """The schema without null, and whether null was allowed."""
    kind = full.get("type")
    if isinstance(kind, list) and "null" in kind:
        rest = [one for one in kind if one != "null"]
        full = full | {"type": rest[0] if len(rest) == 1 else rest}
        if "enum" not in full:
            return full, True
    if None in full.get("enum", ()):
        return full | {"enum": [value for value in full["enum"] if value is not None]}, True
    for keyword in ("anyOf", "oneOf"):
        options = full.get(keyword, [])
        rest = [option for option in options if option.get("type") != "null"]
        if len(rest) < len(options):
            if len(rest) == 1:
                others = {key: value for key, value in full.items() if key != keyword}
                return others | rest[0], True
            return full | {keyword: rest}, True
    return full, False
