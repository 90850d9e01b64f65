"""Writes the resources: a class for each tag, with a method for each operation.

`resources/operations/<tag>_async.py` has the class, `resources/apis_async.py` the attributes of the
client. Where a handwritten `resources/<tag>_async.py` has a class that inherits the generated one, the
client offers that; methods that it defines itself are generated under a name with an underscore, for it
to build on.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from spaceknow_client.contract.document import operations

from ..document.document import Document
from ..document.names import model_name
from ..models.expressions import apart
from .method_text import method_lines, tables
from .methods import Endpoints, Method, methods_of
from .values import Values

RESOURCES = Path("resources")
OPERATIONS = RESOURCES / "operations"

# What the modules may need. Each imports what it uses.
IMPORTS = """
import builtins
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal
from ..arguments import (
    Argument, Arguments, Check, anything, area, array, boolean, constant, either, identity, json_object,
    later, moment, nullable, number, record, segment, text,
)
from ...extents.extent import Extent, ExtentLike
from ...pages.page import Page
from ...runtime.secret import hidden
from ..results import page_of
from ...pages.pager_async import AsyncPager
"""
TYPES = """
from ...runtime.datetimes import TimeLike
from ...runtime.lists import ListLike
from ...pipelines.pipeline_async import AsyncPipeline
from ...pipelines.pipelines_async import AsyncPipelines
from ...pipelines.run_async import AsyncStart
from ...transport.transport_async import AsyncTransport
from ...pipelines.run_progress import RunProgress
from ...extents.tile_grid import GridTile
from ...extents.tiling import Decompose
"""


# With and without pipelines: a resource that starts none does not load what follows them.
INIT = {
    False: [
        "    def __init__(self, transport: AsyncTransport) -> None:",
        "        self._transport = transport",
    ],
    True: [
        "    def __init__(self, transport: AsyncTransport, pipelines: AsyncPipelines) -> None:",
        "        self._transport = transport",
        "        self._pipelines = pipelines",
    ],
}


@dataclass(frozen=True)
class Resource:
    """What the client offers for a tag.

    Attributes:
        attribute: its name on the client.
        base: the generated class; `offered` is that, or the handwritten one of `module`.
        own: names that the handwritten class defines.
    """

    attribute: str
    base: str
    offered: str
    module: str
    own: frozenset[str]


def resources(
    document: Document, endpoints: Endpoints, package: Path
) -> tuple[dict[Path, str], set[str]]:
    """The text of each generated module, by its path below `package`; and the
    models that methods give.

    `package` is the folder of spaceknow_client, whose handwritten modules are looked at. Raises
    DocumentError.
    """
    content = document.content
    described = {tag["name"]: tag.get("description", "") for tag in content.get("tags", [])}
    results = own_results(package / RESOURCES / "results.py")
    taken = _names_of_class(package / "client" / "client_async.py", "AsyncSpaceKnow")
    models = {model_name(name) for name in content["components"].get("schemas", {})}
    written = {OPERATIONS / "__init__.py": '"""The APIs of the document, a class each."""\n'}
    offered: list[tuple[Resource, str, bool]] = []
    given: set[str] = set()
    for tag in dict.fromkeys(operation["tags"][0] for _, _, operation in operations(content)):
        values = Values(content, models)
        methods = list(methods_of(tag, document, endpoints, values))
        if not methods:
            continue
        resource = _resource(tag, package / RESOURCES)
        if tag in taken:
            text = f"{tag}: the client has something else that is called so. Rename the tag."
            document.mistake(("tags",), text)
        description = described.get(tag) or f"The operations of `{tag}`."
        written[OPERATIONS / f"{tag}_async.py"] = _module(
            resource, description, methods, values, results
        )
        for method in methods:
            if method.name not in resource.own and not _own(method, results):
                given |= {name for _, name in method.imports}
        offered.append((resource, description, _starts(methods)))
    document.stop()
    written[RESOURCES / "apis_async.py"] = _apis(offered)
    return written, given - _imported(package / "__init__.py")


def result_models(names: set[str]) -> str:
    """The text of `generated/results.py`, by which type checkers know these names of the package."""
    lines = [
        '"""The models that methods of the client give, which the package offers, too."""',
        "",
        *(f"from .models import {name} as {name}" for name in sorted(names)),
        "",
        f"__all__ = {sorted(names)!r}",
    ]
    return "\n".join(lines) + "\n"


def own_results(file: Path) -> dict[str, tuple[str, str]]:
    """Results that are read in a form of their own: by the pair the class, and the module it is from.

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
    for node in tree.body:
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.value, ast.Dict)
            and ast.unparse(node.target) == "_READERS"
        ):
            return {
                str(key.value): (returns[value.id], modules[returns[value.id]])
                for key, value in zip(node.value.keys, node.value.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(value, ast.Name)
            }
    return {}


def _class_of(file: Path, base: str | None = None, name: str | None = None) -> ast.ClassDef | None:
    if file.exists():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and (
                node.name == name or base in [ast.unparse(each) for each in node.bases]
            ):
                return node
    return None


def _defined(node: ast.ClassDef) -> frozenset[str]:
    return frozenset(
        each.name for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
    )


def _names_of_class(file: Path, name: str) -> frozenset[str]:
    node = _class_of(file, name=name)
    return frozenset() if node is None else _defined(node) | {"close"}


def _imported(file: Path) -> set[str]:
    """The names that a module takes from others."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if file.exists() else ()
    return {
        name.asname or name.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def _resource(tag: str, folder: Path) -> Resource:
    base = f"Async{model_name(tag)}Resource"
    node = _class_of(folder / f"{tag}_async.py", base=base)
    if node is None:
        return Resource(tag, base, base, f".operations.{tag}_async", frozenset())
    return Resource(tag, base, node.name, f".{tag}_async", _defined(node))


def _module(
    resource: Resource,
    description: str,
    methods: list[Method],
    values: Values,
    results: dict[str, tuple[str, str]],
) -> str:
    imported = {f"from ...generated.models import {name}" for name in values.models}
    body: list[str] = []
    for method in methods:
        hint = method.result
        own = _own(method, results)
        if own is not None:
            hint = own[0]
            imported.add(f"from .{own[1]} import {own[0]}")
        else:
            imported |= {f"from ...generated.models import {name}" for _, name in method.imports}
        body += method_lines(method, apart(hint, [method.name for method in methods]), resource.own)
    lines = [f"{name}: Check = {expression}" for name, expression in values.records.items()]
    for method in methods:
        lines += tables(method)
    lines += [
        "",
        "",
        f"class {resource.base}:",
        f'    """{_escaped(description)}"""',
        "",
        *INIT[_starts(methods)],
        *body,
    ]
    code = "\n".join(lines)
    types = "\n".join([*sorted(imported), TYPES])
    head = [
        f'"""{_first(description)}"""',
        "",
        "from __future__ import annotations",
        "",
        *_used(IMPORTS, f"{code}\nTYPE_CHECKING"),
        "",
        "if TYPE_CHECKING:",
        *(f"    {line}" for line in _used(types, code)),
        "",
    ]
    return "\n".join([*head, code]) + "\n"


def _used(imports: str, code: str) -> list[str]:
    """The imports, one of each module, without the names that the code does not use."""
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    found: dict[str, list[str]] = {}
    for node in ast.parse(imports).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            used = [each.name for each in node.names if each.name in names]
            node.names = []
            found.setdefault(ast.unparse(node), []).extend(used)
    return [f"{start}{', '.join(used)}" for start, used in found.items() if used]


def _own(method: Method, results: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    return results.get(method.pair) if method.kind == "pipeline" else None


def _starts(methods: list[Method]) -> bool:
    """Whether there is a pipeline among what they start."""
    return any("pipeline" in method.kind for method in methods)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'").strip()


def _first(text: str) -> str:
    return _escaped(text.split("\n")[0])


def _apis(offered: list[tuple[Resource, str, bool]]) -> str:
    lines = [
        '"""The APIs of the document, as attributes of the client."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import TYPE_CHECKING",
        "",
        "from ..runtime.lazy import lazy",
        "",
        "if TYPE_CHECKING:  # each is imported when it is first used: a program needs few of them",
        "    from ..pipelines.pipelines_async import AsyncPipelines",
        "    from ..transport.transport_async import AsyncTransport",
        *(f"    from {resource.module} import {resource.offered}" for resource, _, _ in offered),
        "",
        "",
        "class AsyncAPIs:",
        '    """What the client inherits: an attribute for each API, made when it is first used."""',
        "",
        "    if TYPE_CHECKING:  # the client has them",
        "",
        "        @lazy",
        "        def _transport(self) -> AsyncTransport: ...",
        "",
        "        @lazy",
        "        def pipelines(self) -> AsyncPipelines: ...",
    ]
    for resource, description, starts in offered:
        given = "self._transport, self.pipelines" if starts else "self._transport"
        lines += [
            "",
            "    @lazy",
            f"    def {resource.attribute}(self) -> {resource.offered}:",
            f'        """{_escaped(description)}"""',
            f"        from {resource.module} import {resource.offered}",
            "",
            f"        return {resource.offered}({given})",
        ]
    return "\n".join(lines) + "\n"
