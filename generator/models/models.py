"""Writes the files of `generated/` from the generator's view: models, operations and the raw client."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spaceknow_client.contract.document import followed, operations, page_names, resolved, successes
from spaceknow_client.contract.parameters import kind_of, style_of

from ..document import reading
from ..document.document import Document, DocumentError
from ..document.names import member_name, model_name, module_name
from ..document.source_positions import Pointer
from ..upstream import Reading
from . import expressions
from .description import Array, Description, Member, Object, Operation, Plain, Type

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Answers:
    """The Python type of the success responses of an operation."""

    hint: str
    reader: str
    is_file: bool
    may_be_empty: bool


def answers(operation: Operation) -> Answers:
    kinds = [kind for kind in operation.answers if kind is not None]
    may_be_empty = len(kinds) < len(operation.answers)
    hints = [expressions.nullable_hint(kind) for kind in kinds] + ["None"] * may_be_empty
    hint = " | ".join(dict.fromkeys(part for each in hints for part in each.split(" | ")))
    read = [kind for kind in kinds if kind != Plain("file")]
    readers = [*dict.fromkeys(map(expressions.reader_or_null, read))]
    reader = f"either({', '.join(readers)})" if len(readers) > 1 else "".join(readers)
    return Answers(hint, reader, len(read) < len(kinds), may_be_empty)


def by_keyword(operation: Operation) -> list[Member]:
    """The keyword arguments of an operation: the body, the query and the headers."""
    body = [operation.body] if operation.body else []
    return [*body, *operation.query, *operation.headers]


def parameters(operation: Operation) -> str:
    """The signature: path parameters, then all others by keyword."""
    positional = [
        f"{one.python_name}: {expressions.type_hint(one.type)}" for one in operation.path_parameters
    ]
    keyword = [
        f"{one.python_name}: {expressions.type_hint(one.type)}"
        + ("" if one.required else " | None = None")
        for one in by_keyword(operation)
    ]
    return ", ".join([*positional, *(["*", *keyword] if keyword else [])])


def arguments(operation: Operation) -> str:
    names = [one.python_name for one in operation.path_parameters]
    return ", ".join(
        [*names, *(f"{n}={n}" for n in (m.python_name for m in by_keyword(operation)))]
    )


def endpoint_imports(operation: Operation) -> list[tuple[str, str]]:
    given: list[Type | None] = [*operation.answers]
    given += [one.type for one in (*operation.path_parameters, *by_keyword(operation))]
    return sorted({pair for kind in given for pair in expressions.classes(kind)})


def _complete(described: Description, view: dict[str, Any]) -> None:
    """Adds to members and operations what openapi-python-client omits."""
    pages = dict(_pages(view))
    for model in described.models:
        schema = resolved(view["components"]["schemas"].get(model.name, {}), view)
        for member in model.members:
            member.schema = schema.get("properties", {}).get(member.name, {})
            if "$ref" in member.schema and "description" in member.schema:
                member.description = member.schema["description"]
            member.is_secret = _is_secret(member.schema, view)
            member.is_lazy = pages.get(model.name) == member.name and _is_of_models(member.type)
    by_module = {module_name(one["operationId"]): (path, one) for path, _, one in operations(view)}
    for module, operation in described.operations.items():
        path, entry = by_module[module]
        operation.id = entry["operationId"]
        known = {name: one for (_, name), one in reading.parameters(path, entry, view).items()}
        for member in operation.query:
            parameter = known[member.name]
            if kind_of(parameter["schema"], view) in ("array", "object"):
                member.style = style_of({**parameter, "in": _place(parameter)})
        operation.headers = [m for m in operation.query if _place(known[m.name]) == "header"]
        operation.query = [m for m in operation.query if m not in operation.headers]


def _place(parameter: dict[str, Any]) -> str:
    """The place of a parameter; the view has headers in the query."""
    place: str = parameter.get("x-in", parameter["in"])
    return place


def _is_of_models(of: Type) -> bool:
    """An array of one kind of model, which cannot be null."""
    return isinstance(of, Array) and isinstance(of.item, Object) and bool(of.item.members)


def _pages(view: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """The models that are pages, with the member whose items are read on first access."""
    for _, _, operation in operations(view):
        if operation.get("x-page"):
            for response in successes(operation, view).values():
                schema = response.get("content", {}).get("application/json", {}).get("schema", {})
                yield schema.get("$ref", "").rpartition("/")[2], page_names(operation).items


def _is_secret(member: dict[str, Any], view: dict[str, Any]) -> bool:
    """Whether it is a `format: password`, itself or by reference, in any of its forms."""
    member = followed(member, view)
    forms = [form for keyword in ("anyOf", "oneOf", "allOf") for form in member.get(keyword, [])]
    return member.get("format") == "password" or any(_is_secret(form, view) for form in forms)


def _report(problems: Iterable[str], document: Document) -> None:
    """Raises DocumentError for what openapi-python-client skips with a warning."""
    for text in problems:
        pointer: Pointer = ()
        if found := re.search(r"\b([A-Z]+) (/\S*) within", text):
            pointer = ("paths", found[2], found[1].lower())
        elif found := re.search(r"schema (?:/components/schemas/)?(\w+)", text):
            pointer = ("components", "schemas", found[1])
        said = f"openapi-python-client does not support this: {text.rstrip('.:')}."
        document.mistake(pointer, f"{said} Describe it differently.")
    document.stop()


def _unsupported(view: dict[str, Any], described: Description, document: Document) -> None:
    """Raises DocumentError for members, parameters and responses that the templates cannot express."""
    parts: list[tuple[Pointer, Type, str]] = []
    for model in described.models:
        of_model = ("components", "schemas", model.name)
        parts += [
            ((*of_model, "properties", one.name), one.type, one.name) for one in model.members
        ]
        parts += [(of_model, model.others, model.name)] if model.others else []
    for path, method, entry in operations(view):
        operation = described.operations.get(module_name(entry["operationId"]))
        if operation is not None:
            given = [*operation.path_parameters, *by_keyword(operation)]
            kinds = [(one.type, one.name) for one in given]
            kinds += [(kind, "the response") for kind in operation.answers if kind is not None]
            parts += [(("paths", path, method), kind, name) for kind, name in kinds]
    for pointer, kind, name in parts:
        try:
            expressions.supported(kind, name)
        except expressions.UnsupportedError as error:
            document.mistake(pointer, str(error))
    document.stop()


def _count(view: dict[str, Any], folder: Path, document: Document) -> None:
    """Raises DocumentError unless there is a module for each operation and each model."""
    written = {path.stem for path in (folder / "api").glob("*/*.py")}
    for path, method, operation in operations(view):
        name = operation["operationId"]
        if module_name(name) not in written:
            text = f"{name}: openapi-python-client silently skipped this operation."
            document.mistake(("paths", path, method), f"{text} Describe it differently.")
    models = {path.stem for path in (folder / "models").glob("*.py")}
    for name, schema in view["components"]["schemas"].items():
        if "properties" in schema and module_name(name) not in models:
            text = f"{name}: openapi-python-client silently skipped this schema."
            document.mistake(("components", "schemas", name), f"{text} Describe it differently.")
    document.stop()


def write_client(view: dict[str, Any], folder: Path, document: Document) -> dict[str, Operation]:
    """Writes models, operations and the client into `folder`, not yet formatted.

    Returns each operation, by its operationId. `document` tells where in its files the parts of
    `view` are. Raises DocumentError for whatever openapi-python-client would skip, with a warning or
    silently.
    """
    upstream = Reading(view, folder, member_name)
    described = upstream.description
    if not described.operations:
        _report(upstream.problems, document)
        raise DocumentError("; ".join(upstream.problems))
    _complete(described, view)
    _unsupported(view, described, document)
    tags: dict[str, list[Operation]] = {}
    for operation in described.operations.values():
        tags.setdefault(operation.tag, []).append(operation)
    upstream.write(
        folder,
        TEMPLATES,
        **expressions.FILTERS,
        answers=answers,
        apart=expressions.apart,
        arguments=arguments,
        class_name=model_name,
        endpoint_imports=endpoint_imports,
        method_name=lambda operation: "_".join(operation.id.split(".")[1:]),
        parameters=parameters,
        repr=repr,
        tags=tags,
    )
    _report(upstream.problems, document)
    _count(view, folder, document)
    return {operation.id: operation for operation in described.operations.values()}
