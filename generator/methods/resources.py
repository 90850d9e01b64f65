"""Writes the resources: a class for each tag, with a method for each operation.

`resources/operations/<tag>_async.py` has the class, `resources/apis_async.py` the attributes of the
client. Where a handwritten `resources/<tag>_async.py` has a class that inherits the generated one, the
client offers that; methods that it defines itself are generated under a name with an underscore, for it
to build on.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spaceknow_client.contract.document import Schema, operations

from ..document.document import Document
from ..document.names import model_name
from ..models.expressions import apart
from ..rendering import environment
from ..tables.error_classes import class_name
from .docstrings import of_docstring, wrapped
from .method import Method
from .methods import Endpoints, methods_of
from .values import Values

RESOURCES = Path("resources")
OPERATIONS = RESOURCES / "operations"
OPTIONS = Path("generated") / "options.py"
COMMANDS = Path("cli") / "commands"
OPTIONS_OF = re.compile(r'@options_of\("([\w.]+)"\)')


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'").strip()


TEMPLATES = environment(
    Path(__file__).parent / "templates",
    class_name=class_name,
    escaped=_escaped,
    of_docstring=of_docstring,
    one_line=lambda text: " ".join(text.split()),
    wrapped=wrapped,
)


@dataclass(frozen=True)
class Resource:
    """The class that the client offers for a tag.

    Attributes:
        attribute: its name on the client.
        base: the generated class; `offered` is that, or the handwritten one of `module`.
        own: names that the handwritten class defines.
        starts: whether there is a pipeline among what it starts.
    """

    attribute: str
    base: str
    offered: str
    module: str
    own: frozenset[str]
    description: str
    starts: bool


def resources(
    document: Document, endpoints: Endpoints, package: Path
) -> tuple[dict[Path, str], set[str]]:
    """The text of each generated module, by its path below `package`, and the models that methods return.

    `package` is the folder of spaceknow_client, whose handwritten modules are looked at. Raises
    DocumentError.
    """
    content = document.content
    results = own_results(package / RESOURCES / "results.py")
    _, taken = _defined(package / "client" / "client_async.py", "AsyncSpaceKnow") or ("", ())
    models = {model_name(name) for name in content["components"].get("schemas", {})}
    written = {OPERATIONS / "__init__.py": '"""The APIs of the document, a class each."""\n'}
    offered: list[Resource] = []
    every: list[Method] = []
    given: set[str] = set()
    for tag in dict.fromkeys(operation["tags"][0] for _, _, operation in operations(content)):
        values = Values(content, models)
        methods = list(methods_of(tag, document, endpoints, values))
        if not methods:
            continue
        resource = _resource(tag, package / RESOURCES, content, methods)
        if tag in (*taken, "close"):
            text = f"{tag}: the client already has an attribute of this name. Rename the tag."
            document.mistake(("tags",), text)
        imports = {("...generated.models", name) for name in values.models}
        names = [method.name for method in methods]
        for number, method in enumerate(methods):
            hint = method.result
            if method.starts and not method.is_listing and method.pair in results:
                hint, module = results[method.pair]
                imports.add((f".{module}", hint))
            else:
                classes = {name for _, name in method.imports}
                imports |= {("...generated.models", name) for name in classes}
                given |= set() if method.name in resource.own else classes
            methods[number] = replace(method, hint=apart(hint, names))
        written[OPERATIONS / f"{tag}_async.py"] = TEMPLATES.get_template(
            "resource.py.jinja"
        ).render(
            resource=resource,
            methods=methods,
            records=values.records,
            imports=sorted(imports),
        )
        offered.append(resource)
        every += methods
    document.stop()
    texts = (path.read_text("utf-8") for path in sorted((package / COMMANDS).glob("*.py")))
    named = {name for text in texts for name in OPTIONS_OF.findall(text)}
    options = TEMPLATES.get_template("options.py.jinja")
    written[OPTIONS] = options.render(methods=[one for one in every if one.pair in named])
    written[RESOURCES / "apis_async.py"] = TEMPLATES.get_template("apis_async.py.jinja").render(
        resources=offered
    )
    return written, given


def result_models(names: set[str]) -> str:
    """The text of `generated/results.py`, from which type checkers know these names of the package."""
    return TEMPLATES.get_template("results.py.jinja").render(names=names)


def own_results(file: Path) -> dict[str, tuple[str, str]]:
    """Results with a special form, by pair: the class, and its module.

    They are the functions that `_READERS` of `results.py` names, with what they return.
    """
    if not file.exists():
        return {}
    tree = ast.parse(file.read_text(encoding="utf-8"))
    returns = {
        node.name: ast.unparse(node.returns)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.returns is not None
    }
    modules = {
        name.name: f"{'.' * node.level}{node.module or ''}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    readers: Any = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_READERS"
    )
    return {
        key.value: (returns[reader.id], modules[returns[reader.id]])
        for key, reader in zip(readers.keys, readers.values, strict=True)
    }


def _defined(file: Path, name: str) -> tuple[str, frozenset[str]] | None:
    """The name and the methods of the class that has this name, or this base."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body if file.exists() else ():
        if isinstance(node, ast.ClassDef) and name in (node.name, *map(ast.unparse, node.bases)):
            methods = (ast.FunctionDef, ast.AsyncFunctionDef)
            return node.name, frozenset(e.name for e in node.body if isinstance(e, methods))
    return None


def _resource(tag: str, folder: Path, document: Schema, methods: list[Method]) -> Resource:
    base = f"Async{model_name(tag)}Resource"
    described = {one["name"]: one.get("description") for one in document.get("tags", [])}
    handwritten = _defined(folder / f"{tag}_async.py", base)
    offered, own = handwritten or (base, frozenset())
    return Resource(
        attribute=tag,
        base=base,
        offered=offered,
        module=f".{tag}_async" if handwritten else f".operations.{tag}_async",
        own=own,
        description=described.get(tag) or f"The operations of `{tag}`.",
        starts=any(method.starts for method in methods),
    )
