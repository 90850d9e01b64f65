"""The public Python API as stubs: what a program can name, call and read, and nothing else.

Public are the names of the modules in MODULES, and what is reached from them: a resource, such as
`SpaceKnow.imagery`, is written as a class within the client that has it, wherever its code stands.
Names with an underscore, and constructors that need something private, are nobody's to call. Code
is read by griffe and never imported, so extras need not be installed.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe
from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it ships no types

from ..changes.usages import Usages
from ..document.document import DocumentError

PACKAGE = "spaceknow_client"
# A class that several of them name is written where it comes first.
MODULES = ("errors", "generated.models", "emulator", "otel", "testing", "")
DATA_CLASSES = {"attrs.define", "attrs.frozen", "dataclasses.dataclass"}
# Special methods that are called by syntax; others (`__repr__`, `__reduce__`) promise nothing.
SYNTAX = {
    "__aenter__",
    "__aexit__",
    "__aiter__",
    "__anext__",
    "__await__",
    "__call__",
    "__contains__",
    "__enter__",
    "__exit__",
    "__getitem__",
    "__iter__",
    "__len__",
    "__next__",
}
# What comes from here and has no public name is made by the client alone.
PRIVATE_ROOMS = tuple(f"{PACKAGE}.{room}." for room in ("pages", "pipelines", "transport"))
DEEPEST = 4  # aliases within aliases

Stubs = dict[str, str]


def public_api(project: Path, document: dict[str, Any]) -> Stubs:
    """The text of one stub for each public module, by the module's name."""
    return _API(project, Usages(document)).stubs()


class _API:
    def __init__(self, project: Path, usages: Usages) -> None:
        self.package = griffe.load(
            PACKAGE,
            search_paths=[project],
            try_relative_path=False,
            allow_inspection=False,
            resolve_aliases=True,
            resolve_external=False,
        )
        # Programs make what they send and read what comes back: no more of a model is promised.
        self.sides = {name.lower(): usages.sides(name) for name in usages.classes}
        self.homes: dict[
            str, str
        ] = {}  # path of a class -> the public module that it is written in

    def stubs(self) -> Stubs:
        public = {name: self._names(name) for name in MODULES if self._module(name) is not None}
        for module, names in public.items():
            for target in names.values():
                self.homes.setdefault(target.path, module)
        return {
            f"{PACKAGE}.{module}".rstrip("."): _formatted("".join(self._stub(module, names)))
            for module, names in public.items()
        }

    def _module(self, name: str) -> Any:
        found: Any = self.package
        for part in filter(None, name.split(".")):
            found = found.members.get(part)
            if found is None:
                return None
        return found

    def _names(self, module: str) -> dict[str, griffe.Object]:
        """What a public module offers: all that it defines or takes from within the package."""
        found = {}
        here = self._module(module)
        for name, member in here.members.items():
            is_ours = not member.is_alias or (
                here.is_init_module and member.target_path.startswith(f"{PACKAGE}.")
            )
            if is_ours and not name.startswith("_"):
                target = member.final_target if member.is_alias else member
                if not target.is_module:
                    found[name] = target
        return dict(sorted(found.items()))

    def _stub(self, module: str, names: dict[str, griffe.Object]) -> Iterator[str]:
        title = f"{PACKAGE}.{module}".rstrip(".")
        yield f"# The public names of {title}, written by `make release`. Never edit by hand.\n"
        for name, target in names.items():
            home = f"{PACKAGE}.{self.homes[target.path]}".rstrip(".")
            if home != title:
                yield f"{name} = {home}.{target.name}\n"
            elif isinstance(target, griffe.Class):
                yield from self._class(name, target, "", ())
            elif isinstance(target, griffe.Function):
                yield from self._function(name, target, "")
            elif isinstance(target, griffe.Attribute):
                yield f"{name}: {self._type(target.annotation)}\n"

    def _class(
        self, name: str, found: griffe.Class, indent: str, within: tuple[str, ...]
    ) -> Iterator[str]:
        bases, members = self._inherited(found)
        listed = f"({', '.join(bases)})" if bases else ""
        yield f"\n{indent}class {name}{listed}:\n"
        inner = f"{indent}    "
        lines = [*self._constructor(found, members, bases, inner)] if not within else []
        for key, member in members.items():
            if key.startswith("_") and key not in SYNTAX:
                continue
            if _is_field(key, member) and self._sides(found) == {"request"}:
                continue
            lines += self._member(key, member, inner, (*within, found.path))
        yield from lines or [f"{inner}...\n"]

    def _member(
        self, name: str, member: Any, indent: str, within: tuple[str, ...]
    ) -> Iterator[str]:
        if isinstance(member, griffe.Function) and not _is_value(member):
            if not self._needs_private(member):
                yield from self._function(name, member, indent)
            return
        if not isinstance(member, (griffe.Attribute, griffe.Function)):
            return
        hint = member.returns if isinstance(member, griffe.Function) else _hint(member)
        owner = self._hidden_class(hint)
        if owner is not None and owner.path not in within:
            yield from self._class(name, owner, indent, within)
        elif (
            hint is None
            and isinstance(member, griffe.Attribute)
            and "class-attribute" in member.labels
        ):
            yield f"{indent}{name} = {member.value}\n"  # of an enumeration
        else:
            yield f"{indent}{name}: {self._type(hint)}\n"

    def _hidden_class(self, hint: Any) -> griffe.Class | None:
        """The class of an attribute, if it has no public name of its own."""
        if not isinstance(hint, (griffe.ExprName, griffe.ExprAttribute)):
            return None
        found = self._found(hint.canonical_path)
        return found if isinstance(found, griffe.Class) and found.path not in self.homes else None

    def _found(self, path: str) -> griffe.Object | None:
        """An object of the package, whatever name it was asked for by."""
        if not path.startswith(f"{PACKAGE}."):
            return None
        try:
            found = self.package[path.removeprefix(f"{PACKAGE}.")]
            return found.final_target if isinstance(found, griffe.Alias) else found
        except (KeyError, griffe.AliasResolutionError):
            return None

    def _inherited(self, found: griffe.Class) -> tuple[list[str], dict[str, Any]]:
        """The public bases, and the members with those of the bases that are not public."""
        bases: list[str] = []
        members: dict[str, Any] = {}
        for base in found.bases:
            path = base if isinstance(base, str) else base.canonical_path
            target = self._found(path.partition("[")[0])
            if isinstance(target, griffe.Class) and target.path not in self.homes:
                inner, theirs = self._inherited(target)
                bases += inner
                members |= theirs
            else:
                bases.append(self._type(base))
        own = {key: member for key, member in found.members.items() if not member.is_alias}
        return bases, members | own

    def _sides(self, found: griffe.Class, *default: str) -> set[str]:
        is_model = ".generated.models." in found.path
        return self.sides.get(found.name.lower(), set()) if is_model else {*default}

    def _constructor(
        self, found: griffe.Class, members: dict[str, Any], bases: list[str], indent: str
    ) -> Iterator[str]:
        """`__init__`, written or made of the fields, if programs are to call it."""
        is_error = found.path.startswith(f"{PACKAGE}.errors.")
        if is_error or "request" not in self._sides(found, "request"):
            return
        written = members.get("__init__")
        decorators = [d for d in found.decorators if d.callable_path in DATA_CLASSES]
        if isinstance(written, griffe.Function):
            yield from self._member("__init__", written, indent, ())
        elif decorators or "NamedTuple" in bases:
            by_name = any("kw_only=True" in str(decorator.value) for decorator in decorators)
            fields = [self._field(key, m) for key, m in members.items() if _is_field(key, m)]
            listed = ", ".join(["self", *(["*"] if by_name and fields else []), *fields])
            yield f"{indent}def __init__({listed}) -> None: ...\n"

    def _field(self, name: str, field: griffe.Attribute) -> str:
        value = "" if field.value is None else str(field.value)
        if value.startswith(("field(", "_field(")):
            value = "..." if "default=" in value or "factory=" in value else ""
        return f"{name}: {self._type(field.annotation)}" + (f" = {value}" if value else "")

    def _needs_private(self, function: griffe.Function) -> bool:
        names = [
            part.canonical_path
            for parameter in function.parameters
            if parameter.required and not isinstance(parameter.annotation, str)
            for part in (parameter.annotation.iterate(flat=True) if parameter.annotation else ())
            if isinstance(part, griffe.ExprName)
        ]
        return function.name == "__init__" and any(
            path.startswith(PRIVATE_ROOMS) and path not in self.homes for path in names
        )

    def _function(self, name: str, function: griffe.Function, indent: str) -> Iterator[str]:
        for label in ("staticmethod", "classmethod"):
            if label in function.labels:
                yield f"{indent}@{label}\n"
        is_async = "async " if "async" in function.labels else ""
        listed = ", ".join(self._parameters(function))
        returned = self._type(function.returns) if name != "__init__" else "None"
        yield f"{indent}{is_async}def {name}({listed}) -> {returned}: ...\n"

    def _parameters(self, function: griffe.Function) -> Iterator[str]:
        starred = False
        for parameter in function.parameters:
            if parameter.name.startswith("_") and not parameter.required:
                continue
            kind = parameter.kind
            if kind is griffe.ParameterKind.keyword_only and not starred:
                starred = True
                yield "*"
            star = {
                griffe.ParameterKind.var_positional: "*",
                griffe.ParameterKind.var_keyword: "**",
            }.get(kind or griffe.ParameterKind.positional_or_keyword, "")
            starred = starred or star == "*"
            text = star + parameter.name
            if parameter.annotation is not None:
                text += f": {self._type(parameter.annotation)}"
            yield text if parameter.required or star else f"{text} = {parameter.default}"

    def _type(self, hint: Any) -> str:
        """A type without the way to it: `datetime` for `_dt.datetime`, and aliases written out."""
        if hint is None:
            return "Any"
        return ast.unparse(self._written_out(hint, DEEPEST))

    def _written_out(self, hint: Any, depth: int) -> ast.expr:
        paths = {}
        if isinstance(hint, griffe.Expr):
            paths = {
                part.name: part.canonical_path
                for part in hint.iterate(flat=True)
                if isinstance(part, griffe.ExprName)
            }
        api = self

        class WrittenOut(ast.NodeTransformer):
            def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
                return ast.Name(node.attr)

            def visit_Name(self, node: ast.Name) -> ast.expr:
                found = api._found(paths.get(node.id, ""))
                if isinstance(found, griffe.Attribute) and depth and _is_alias(found):
                    return api._written_out(found.value, depth - 1)
                return ast.Name(found.name if isinstance(found, griffe.Class) else node.id)

            def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
                node.slice = self.visit(node.slice)  # an alias with parameters keeps its name
                return node

        parsed = ast.parse(str(hint), mode="eval").body
        result: ast.expr = WrittenOut().visit(parsed)
        return result


def _is_value(function: griffe.Function) -> bool:
    """A method that is read like an attribute."""
    return any(one.callable_path.endswith(".lazy.lazy") for one in function.decorators)


def _hint(member: griffe.Attribute) -> Any:
    """The type of an attribute: as annotated, or that of the class or argument it is made of."""
    if member.annotation is None and isinstance(member.value, griffe.ExprCall):
        return member.value.function
    made = member.parent.members.get("__init__") if member.parent else None
    if member.annotation is None and isinstance(made, griffe.Function):
        given = [one for one in made.parameters if one.name == str(member.value)]
        return given[0].annotation if given else None
    return member.annotation


def _formatted(text: str) -> str:
    command = [find_ruff_bin(), "format", "--isolated", "--no-cache", "--line-length", "100"]
    done = subprocess.run(
        [*command, "--stdin-filename", "stub.pyi", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DocumentError(f"ruff format: {done.stderr}")
    return done.stdout


def _is_field(name: str, member: Any) -> bool:
    is_value = isinstance(member, griffe.Attribute) and "property" not in member.labels
    annotated = is_value and member.annotation is not None and "instance-attribute" in member.labels
    return annotated and not name.startswith("_") and "init=False" not in str(member.value)


def _is_alias(found: griffe.Attribute) -> bool:
    """`X = int | str`, and no constant."""
    return isinstance(found.value, (griffe.ExprBinOp, griffe.ExprSubscript, griffe.ExprName))
