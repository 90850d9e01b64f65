"""Drives openapi-python-client: from the generator's view to the files of `generated/`."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint, EndpointCollection
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from spaceknow_client.contract.document import followed, operations, resolved

from ..document.document import Document, DocumentError
from ..document.names import member_name, module_name
from ..document.source_positions import Pointer
from . import expressions

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Answers:
    """What the success answers of an operation come to in Python."""

    hint: str
    reader: str
    is_file: bool
    may_be_empty: bool


def answers(endpoint: Endpoint) -> Answers:
    kinds = [
        response.prop for response in endpoint.responses if response.source["attribute"] != "None"
    ]
    may_be_empty = len(kinds) < len(endpoint.responses)
    hints = [expressions.nullable_hint(prop) for prop in kinds] + ["None"] * may_be_empty
    hint = " | ".join(dict.fromkeys(part for each in hints for part in each.split(" | ")))
    files = [prop for prop in kinds if isinstance(prop, FileProperty)]
    readers = [expressions.reader_or_null(prop) for prop in kinds if prop not in files]
    readers = [*dict.fromkeys(readers)]
    reader = f"either({', '.join(readers)})" if len(readers) > 1 else "".join(readers)
    return Answers(hint, reader, bool(files), may_be_empty)


def parameters(endpoint: Endpoint) -> str:
    """The signature: path parameters, then by keyword the body and the query."""
    positional = [
        f"{prop.python_name}: {expressions.type_hint(prop)}" for prop in endpoint.path_parameters
    ]
    named = [("body", body.prop) for body in endpoint.bodies[:1]]
    named += [(prop.python_name, prop) for prop in endpoint.query_parameters]
    keyword = [
        f"{name}: {expressions.type_hint(prop)}" + ("" if prop.required else " | None = None")
        for name, prop in named
    ]
    return ", ".join([*positional, *(["*", *keyword] if keyword else [])])


def arguments(endpoint: Endpoint) -> str:
    names = [str(prop.python_name) for prop in endpoint.path_parameters]
    names += ["body=body"] if endpoint.bodies else []
    names += [f"{prop.python_name}={prop.python_name}" for prop in endpoint.query_parameters]
    return ", ".join(names)


def endpoint_imports(endpoint: Endpoint) -> list[tuple[str, str]]:
    props = [*endpoint.path_parameters, *endpoint.query_parameters]
    props += [body.prop for body in endpoint.bodies]
    props += [response.prop for response in endpoint.responses]
    return sorted({pair for prop in props for pair in expressions.classes(prop)})


def collection_imports(
    collections: dict[PythonIdentifier, EndpointCollection],
) -> list[tuple[str, str]]:
    return sorted(
        {
            pair
            for collection in collections.values()
            for endpoint in collection.endpoints
            for pair in endpoint_imports(endpoint)
        }
    )


def _complete(data: GeneratorData, models: list[ModelProperty]) -> None:
    """Gives each reference to a model the members of the model.

    openapi-python-client copies a model where it is referred to, sometimes before its members are
    known; a copy without members would look like a free-form object.
    """
    by_name = {str(model.class_info.name): model for model in models}
    waiting: list[PropertyProtocol] = []
    for model in models:
        waiting += expressions.properties(model)
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            waiting += [body.prop for body in endpoint.bodies]
            waiting += [response.prop for response in endpoint.responses]
    while waiting:
        match waiting.pop():
            case ModelProperty() as prop:
                known = by_name.get(str(prop.class_info.name), prop)
                prop.required_properties = known.required_properties
                prop.optional_properties = known.optional_properties
            case ListProperty() as prop:
                waiting.append(prop.inner_property)
            case UnionProperty() as prop:
                waiting += prop.inner_properties


def _member(model: ModelProperty, prop: PropertyProtocol, view: dict[str, Any]) -> dict[str, Any]:
    """The schema of a member, as the document has it, of the model or of what it builds on."""
    schema = view["components"]["schemas"].get(str(model.class_info.name), {})
    members = resolved(schema, view).get("properties", {})
    found: dict[str, Any] = members.get(prop.name.get_untrusted_value(), {})
    return found


def _describe(models: list[ModelProperty], view: dict[str, Any]) -> None:
    """Gives members the description beside their `$ref`, which openapi-python-client leaves out."""
    for model in models:
        for prop in expressions.properties(model):
            member = _member(model, prop, view)
            if "$ref" in member and "description" in member:
                prop.description = UntrustedString(member["description"])


def _pages(view: dict[str, Any]) -> set[str]:
    """The models that are pages: items of their `results` are read when they are touched."""
    return {
        response["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        for _, _, operation in operations(view)
        if operation.get("x-page")
        for response in operation["responses"].values()
        if "application/json" in response.get("content", {})
    }


def _is_secret(member: dict[str, Any], view: dict[str, Any]) -> bool:
    """Whether it is a `format: password`, itself or by reference, in any of its forms."""
    member = followed(member, view)
    forms = [form for keyword in ("anyOf", "oneOf", "allOf") for form in member.get(keyword, [])]
    return member.get("format") == "password" or any(_is_secret(form, view) for form in forms)


def _report(problems: Iterable[GeneratorError], document: Document) -> None:
    """Raises DocumentError for what openapi-python-client leaves out with a warning."""
    for problem in problems:
        text = " ".join(f"{problem.header} {problem.detail or ''}".split())
        text = re.sub(r"<\S+ object at \w+>", "...", text)  # it forgets to write some values out
        pointer: Pointer = ()
        if found := re.search(r"\b([A-Z]+) (/\S*) within", text):
            pointer = ("paths", found[2], found[1].lower())
        elif found := re.search(r"schema (?:/components/schemas/)?(\w+)", text):
            pointer = ("components", "schemas", found[1])
        text = f"openapi-python-client leaves this out: {text.rstrip('.:')}."
        document.mistake(pointer, f"{text} Describe it in another way.")
    document.stop()


def _unsupported(view: dict[str, Any], data: GeneratorData, document: Document) -> None:
    """Raises DocumentError for members, parameters and answers that the templates cannot express."""
    parts: list[tuple[Pointer, Callable[[], object]]] = []
    for model in data.models:
        for prop in expressions.properties(model):
            name = prop.name.get_untrusted_value()
            of_model = ("components", "schemas", str(model.class_info.name), "properties", name)
            parts.append((of_model, partial(expressions.reader, prop)))
    places: dict[str, Pointer] = {
        module_name(operation["operationId"]): ("paths", path, method)
        for path, method, operation in operations(view)
    }
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            pointer = places[endpoint.name]
            parts += [
                (pointer, partial(answers, endpoint)),
                (pointer, partial(parameters, endpoint)),
            ]
    for pointer, express in parts:
        try:
            express()
        except expressions.UnsupportedError as error:
            document.mistake(pointer, str(error))
    document.stop()


def _count(view: dict[str, Any], folder: Path, document: Document) -> None:
    """Raises DocumentError unless there is a module for each operation and each model."""
    written = {path.stem for path in (folder / "api").glob("*/*.py")}
    for path, method, operation in operations(view):
        name = operation["operationId"]
        if module_name(name) not in written:
            text = f"{name}: openapi-python-client writes no code for it, and says nothing."
            document.mistake(("paths", path, method), f"{text} Describe it in another way.")
    models = {path.stem for path in (folder / "models").glob("*.py")}
    for name, schema in view["components"]["schemas"].items():
        if "properties" in schema and module_name(name) not in models:
            text = f"{name}: openapi-python-client writes no class for it, and says nothing."
            document.mistake(("components", "schemas", name), f"{text} Describe it in another way.")
    document.stop()


def write_client(view: dict[str, Any], folder: Path, document: Document) -> dict[str, Endpoint]:
    """Writes models, operations and the client into `folder`, not yet formatted.

    Returns what openapi-python-client made of each operation, by its operationId. `document` tells
    where in its files the parts of `view` are. Raises DocumentError for whatever
    openapi-python-client would skip, with a warning or silently.
    """
    config = Config.from_sources(
        ConfigFile(post_hooks=[], use_path_prefixes_for_title_model_names=False),
        MetaType.NONE,
        document_source=folder,
        file_encoding="utf-8",
        overwrite=True,
        output_path=folder,
    )
    data = GeneratorData.from_dict(view, config=config)
    if isinstance(data, GeneratorError):
        _report([data], document)
        raise DocumentError(str(data))
    models = [model for model in data.models if isinstance(model, ModelProperty)]
    _complete(data, models)
    data.models = [model for model in models if not expressions.is_free_form(model)]
    for model in models:
        for prop in expressions.properties(model):
            prop.python_name = member_name(prop.name.get_untrusted_value())
    _unsupported(view, data, document)
    _describe(models, view)
    pages = _pages(view)
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    names = {
        module_name(operation["operationId"]): operation["operationId"]
        for _, _, operation in operations(view)
    }
    project.env.filters.update(
        expressions.FILTERS,
        answers=answers,
        apart=expressions.apart,
        arguments=arguments,
        collection_imports=collection_imports,
        endpoint_imports=endpoint_imports,
        is_secret=lambda prop, model: _is_secret(_member(model, prop, view), view),
        is_geometry=lambda prop, model: (
            prop.required and _member(model, prop, view).get("$ref", "").endswith("/Geometry")
        ),
        is_lazy=lambda prop, model: (
            str(model.class_info.name) in pages
            and prop.name.get_untrusted_value() == "results"
            and expressions.is_array_of_models(prop)
        ),
        method_name=lambda name: "_".join(names[name].split(".")[1:]),
        operation_id=names.__getitem__,
        parameters=parameters,
    )
    with contextlib.redirect_stdout(io.StringIO()):  # it prints a path of this machine
        _report(project.build(), document)
    (folder / "errors.py").unlink()  # its one exception is for the clients that we do not generate
    (folder / "types.py").unlink()  # ours is written by hand: it knows nothing of the document
    _count(view, folder, document)
    return {
        names[endpoint.name]: endpoint
        for collection in data.endpoint_collections_by_tag.values()
        for endpoint in collection.endpoints
    }
