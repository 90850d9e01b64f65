"""Drives openapi-python-client: from the generator's view to the files of `generated/`."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
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

from . import expressions
from .document import DocumentError, operations

TEMPLATES = Path(__file__).parent / "templates"

# Attributes that every model has; a member of the document must not take their place.
RESERVED_MEMBERS = {"from_dict", "to_dict", "read", "additional_properties"}


@dataclass(frozen=True)
class Answers:
    """What the success answers of an operation come to in Python."""

    hint: str
    reader: str
    is_file: bool


def answers(endpoint: Endpoint) -> Answers:
    kinds = [
        response.prop for response in endpoint.responses if response.source["attribute"] != "None"
    ]
    without_body = len(kinds) < len(endpoint.responses)
    is_file = any(isinstance(prop, FileProperty) for prop in kinds)
    if not kinds:
        return Answers("None", "", False)
    hint = " | ".join(dict.fromkeys(expressions.nullable_hint(prop) for prop in kinds))
    readers = [] if is_file else [expressions.reader(prop) for prop in kinds]
    reader = readers[0] if len(readers) == 1 else f"either({', '.join(readers)})" if readers else ""
    return Answers(f"{hint} | None" if without_body else hint, reader, is_file)


def parameters(endpoint: Endpoint) -> str:
    """The signature: path parameters, then by keyword the body and the query."""
    positional = [
        f"{prop.python_name}: {expressions.type_hint(prop)}" for prop in endpoint.path_parameters
    ]
    keyword = []
    if endpoint.bodies:
        prop = endpoint.bodies[0].prop
        hint = expressions.type_hint(prop)
        keyword.append(f"body: {hint}" if prop.required else f"body: {hint} | None = None")
    for prop in endpoint.query_parameters:
        hint = expressions.type_hint(prop)
        keyword.append(
            f"{prop.python_name}: {hint}"
            if prop.required
            else f"{prop.python_name}: {hint} | None = None"
        )
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
        waiting += [*(model.required_properties or ()), *(model.optional_properties or ())]
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            waiting += [body.prop for body in endpoint.bodies]
            waiting += [response.prop for response in endpoint.responses]
    while waiting:
        match waiting.pop():
            case ModelProperty() as prop:
                known = by_name[str(prop.class_info.name)]
                prop.required_properties = known.required_properties
                prop.optional_properties = known.optional_properties
            case ListProperty() as prop:
                waiting.append(prop.inner_property)
            case UnionProperty() as prop:
                waiting += prop.inner_properties


def _member(
    model: ModelProperty, prop: PropertyProtocol, schemas: dict[str, Any]
) -> dict[str, Any]:
    """The schema of a member, as the document has it."""
    members = schemas.get(str(model.class_info.name), {}).get("properties", {})
    found: dict[str, Any] = members.get(prop.name.get_untrusted_value(), {})
    return found


def _describe(models: list[ModelProperty], schemas: dict[str, Any]) -> None:
    """Gives members the description beside their `$ref`, which openapi-python-client leaves out."""
    for model in models:
        for prop in [*(model.required_properties or ()), *(model.optional_properties or ())]:
            member = _member(model, prop, schemas)
            if "$ref" in member and "description" in member:
                prop.description = UntrustedString(member["description"])


def _pages(view: dict[str, Any]) -> set[str]:
    """The models that are pages: items of their `results` are read when they are touched.

    Raises DocumentError for a page without `results` or `cursor`.
    """
    found = set()
    schemas = view["components"]["schemas"]
    for _, _, operation in operations(view):
        if not operation.get("x-page"):
            continue
        for response in operation["responses"].values():
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            name = schema.get("$ref", "").rsplit("/", 1)[-1]
            members = schemas.get(name, {}).get("properties", {})
            if not {"results", "cursor"} <= set(members):
                raise DocumentError(
                    f"{operation['operationId']}: x-page says that its answer is a page, and a page "
                    "is a named object with results and cursor."
                )
            found.add(name)
    return found


def member_name(member: str) -> str:
    """The attribute of a model, and the argument of a method, that a member becomes."""
    return _attribute(PythonIdentifier(member, "field_"))


def _attribute(name: str) -> str:
    # openapi-python-client renames what a module-level `datetime` would hide; ours is called `dt`.
    # And `allocatedKm2` is allocated_km2, not allocated_km_2.
    return re.sub(r"(?<=[a-z])_(?=\d)", "", "datetime" if name == "datetime_" else name)


def write_client(view: dict[str, Any], folder: Path) -> dict[str, Endpoint]:
    """Writes models, operations and the client into `folder`, not yet formatted.

    Returns what openapi-python-client made of each operation, by its operationId.

    Raises DocumentError for whatever openapi-python-client would skip with a warning or silently.
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
        raise DocumentError(f"{data.header}: {data.detail}")
    models = [model for model in data.models if isinstance(model, ModelProperty)]
    _complete(data, models)
    data.models = [model for model in models if not expressions.is_free_form(model)]
    for model in models:
        for prop in [*(model.required_properties or ()), *(model.optional_properties or ())]:
            prop.python_name = str.__new__(PythonIdentifier, _attribute(prop.python_name))
            if prop.python_name in RESERVED_MEMBERS:
                raise DocumentError(
                    f"{model.class_info.name}: the member {prop.name!s} would hide a method of the "
                    f"model. Give it a name other than {', '.join(sorted(RESERVED_MEMBERS))}."
                )
    schemas = view["components"]["schemas"]
    _describe(models, schemas)
    pages = _pages(view)
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    names = {
        str(PythonIdentifier(operation["operationId"], "")): operation["operationId"]
        for _, _, operation in operations(view)
    }
    project.env.filters.update(
        expressions.FILTERS,
        answers=answers,
        arguments=arguments,
        collection_imports=collection_imports,
        endpoint_imports=endpoint_imports,
        is_secret=lambda prop, model: _member(model, prop, schemas).get("format") == "password",
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
        problems = project.build()
    if problems:
        raise DocumentError(
            "\n".join(f"{error.header} {error.detail or ''}".strip() for error in problems)
        )
    (folder / "errors.py").unlink()  # its one exception is for the clients that we do not generate
    written = {path.stem for path in (folder / "api").glob("*/*.py")} - {"__init__"}
    if written != set(names):
        raise DocumentError(
            f"the document has {len(names)} operations, openapi-python-client wrote {len(written)}; "
            f"they differ in: {', '.join(sorted(written ^ set(names)))}"
        )
    return {
        names[str(endpoint.name)]: endpoint
        for collection in data.endpoint_collections_by_tag.values()
        for endpoint in collection.endpoints
    }
