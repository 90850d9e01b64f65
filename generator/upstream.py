"""Everything that uses openapi-python-client; no other module of the generator does.

It reads the document (`Reading`): names, types, models and operations, in plain words of our own
(`models/description.py`). Then it writes the files with our templates, by its own entry for them. Both are
what its documentation calls configuration and custom templates; that they are called from Python is not
documented, so a release may change it. A name that is missing in it raises a DocumentError.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .document.source_positions import DocumentError
from .models import description as ours

NAME = "openapi-python-client"
PREFIX = "field_"  # characters that an identifier cannot have

# Its classes of plain values. The view (`document/view.py`) writes the API's own form of a time as `date`.
KINDS: dict[str, str] = {
    "any.AnyProperty": "any",
    "boolean.BooleanProperty": "boolean",
    "date.DateProperty": "api-time",
    "datetime.DateTimeProperty": "time",
    "file.FileProperty": "file",
    "float.FloatProperty": "number",
    "int.IntProperty": "integer",
    "none.NoneProperty": "null",
    "string.StringProperty": "string",
}


@contextlib.contextmanager
def _as_known() -> Iterator[None]:
    """Raises DocumentError with a remedy if openapi-python-client is not as this module expects."""
    try:
        yield
    except (AttributeError, ImportError, NameError, TypeError) as error:
        raise DocumentError(
            f"{NAME} {version(NAME)} is not compatible with generator/upstream.py: {error}. Install the "
            "version that pyproject.toml pins (`pip install -e '.[dev]'`), or adapt that module: "
            "no other one uses the package."
        ) from error


@cache
def _theirs(path: str) -> Any:
    """A name of the package, such as `strings.snake_case`, imported on first use."""
    module, _, name = path.rpartition(".")
    with _as_known():
        return getattr(import_module(f"openapi_python_client.{module}".rstrip(".")), name)


@cache
def _name(function: str, *given: str) -> str:
    with _as_known():
        return str(_theirs(f"strings.{function}")(*given))


def snake_case(text: str) -> str:
    """`kraken map` and `KrakenMap` are kraken_map."""
    return _name("snake_case", text)


def identifier(name: str) -> str:
    """A name of a variable or a module."""
    return _name("PythonIdentifier", name, PREFIX)


def class_name(name: str) -> str:
    """A name of a class."""
    return _name("ClassName", name, PREFIX)


class Reading:
    """The document as openapi-python-client reads it.

    Attributes:
        description: in our own words.
        problems: what it leaves out, each in its words.
    """

    def __init__(self, view: dict[str, Any], folder: Path, member_name: Callable[[str], str]):
        """Reads `view`; `folder` is where `write` writes. `member_name` names members in Python."""
        self._member_name = member_name
        with _as_known():
            self._config = _theirs("config.Config").from_sources(
                _theirs("config.ConfigFile")(
                    post_hooks=[], use_path_prefixes_for_title_model_names=False
                ),
                _theirs("config.MetaType").NONE,
                document_source=folder,
                file_encoding="utf-8",
                overwrite=True,
                output_path=folder,
            )
            read = _theirs("parser.GeneratorData").from_dict
        self._data = read(view, config=self._config)
        self._objects: dict[str, ours.Object] = {}
        self.description = ours.Description([], {})
        self.problems: list[str] = []
        if isinstance(self._data, _theirs("parser.errors.GeneratorError")):
            self.problems.append(_words(self._data))
            return
        with _as_known():
            self._describe()

    def _describe(self) -> None:
        data, objects = self._data, []
        for model in data.models:
            objects.append(self._object(model))
            self._fill(objects[-1], model)
        for tag, collection in data.endpoint_collections_by_tag.items():
            for endpoint in collection.endpoints:
                operation = self._operation(str(tag), endpoint)
                self.description.operations[operation.module] = operation
            self.problems += map(_words, collection.parse_errors)
        self.problems += map(_words, data.errors)
        self.description.models = [one for one in objects if one.members]
        classes = {one.name for one in self.description.models}
        data.models = [model for model in data.models if str(model.class_info.name) in classes]

    def _object(self, model: Any) -> ours.Object:
        """The single object of a name: openapi-python-client copies a model for each reference."""
        name, module = str(model.class_info.name), str(model.class_info.module_name)
        text = _plain(model.description) or _plain(model.title) or name
        return self._objects.setdefault(name, ours.Object(name, module, text))

    def _fill(self, found: ours.Object, model: Any) -> None:
        members = [*(model.required_properties or ()), *(model.optional_properties or ())]
        found.members = [self._member(each) for each in members]
        others = model.additional_properties
        if others is not None and not isinstance(others, bool):
            found.others = self._type(others)
        if found.others == ours.Plain("any"):
            found.others = None

    def _member(self, prop: Any, name: str | None = None) -> ours.Member:
        written = prop.name.get_untrusted_value()
        return ours.Member(
            name=written,
            python_name=name or self._member_name(written),
            type=self._type(prop),
            required=bool(prop.required),
            description=_plain(prop.description),
        )

    def _type(self, prop: Any) -> ours.Type:
        kind = f"{type(prop).__module__.rpartition('.')[2]}.{type(prop).__name__}"
        if kind in KINDS:
            return ours.Plain(KINDS[kind])  # type: ignore[arg-type]  # one of the kinds
        match kind:
            case "const.ConstProperty":
                return ours.Constant(prop.value.raw_value)
            case "enum_property.EnumProperty":
                about = prop.class_info
                return ours.Enumeration(str(about.name), str(about.module_name), {**prop.values})
            case "model_property.ModelProperty":
                return self._object(prop)
            case "list_property.ListProperty":
                return ours.Array(self._type(prop.inner_property))
            case "union.UnionProperty":
                return ours.Union(tuple(map(self._type, prop.inner_properties)))
        raise AttributeError(f"unknown type {kind}")

    def _operation(self, tag: str, endpoint: Any) -> ours.Operation:
        def members(props: Any) -> list[ours.Member]:
            return [self._member(prop, str(prop.python_name)) for prop in props]

        bodies = [self._member(body.prop, "body") for body in endpoint.bodies]
        return ours.Operation(
            id="",
            module=str(endpoint.name),
            tag=tag,
            method=endpoint.method,
            path=_plain(endpoint.path),
            summary=_plain(endpoint.summary),
            path_parameters=members(endpoint.path_parameters),
            query=members(endpoint.query_parameters),
            headers=[],  # the view has them in the query: some types are not supported in headers
            body=bodies[0] if bodies else None,
            answers=[
                None if one.source["attribute"] == "None" else self._type(one.prop)
                for one in endpoint.responses
            ],
        )

    def write(self, folder: Path, templates: Path, **more: Any) -> None:
        """Writes the files into `folder` with our templates, which get the description by `described`.

        `more` are filters and, where they are no functions, globals of the templates.
        """
        with _as_known():
            project = _theirs("Project")(
                openapi=self._data, config=self._config, custom_template_path=templates
            )
            project.env.filters |= {name: value for name, value in more.items() if callable(value)}
            project.env.filters["described"] = self._described
            project.env.globals |= more
            build = project.build
        with contextlib.redirect_stdout(io.StringIO()):  # it prints a path of this machine
            self.problems += map(_words, build())
        # Its one exception is for the clients that we do not generate; our types are written by hand.
        for name in ("errors.py", "types.py"):
            (folder / name).unlink()

    def _described(self, theirs: Any) -> ours.Object | ours.Operation | ours.Enumeration:
        """The description of one of their models, enumerations or endpoints."""
        with _as_known():
            if hasattr(theirs, "path_parameters"):
                return self.description.operations[str(theirs.name)]
            name = str(theirs.class_info.name)
            if hasattr(theirs, "values"):
                return ours.Enumeration(name, str(theirs.class_info.module_name), {**theirs.values})
            return self._objects[name]


def _plain(text: Any) -> str:
    """Text that it marks as untrusted, which our templates quote themselves."""
    return "" if text is None else str(getattr(text, "get_untrusted_value", lambda: text)())


def _words(problem: Any) -> str:
    with _as_known():
        text = " ".join(f"{problem.header} {problem.detail or ''}".split())
    return re.sub(r"<\S+ object at \w+>", "...", text)  # it does not format some values
