"""The public Python API: everything that a program can name, call and read.

Public are the names of the modules in MODULES, and what is reached from them: a resource, such as
`SpaceKnow.imagery`, counts as a part of the client that has it, wherever its code stands. Names with
an underscore, and constructors that need something private, are nobody's to call. Code is read by
griffe and never imported, so extras need not be installed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

from ..changes.usages import Usages
from ..site.griffe_extension import AsCallersSeeIt

PACKAGE = "spaceknow_client"
# A class that several modules name belongs to the first of them.
MODULES = ("errors", "generated.models", "emulator", "otel", "testing", "")
DATA_CLASSES = {"attrs.define", "attrs.frozen", "dataclasses.dataclass"}
# Special methods that are called by syntax; others (`__repr__`, `__reduce__`) are not promised.
SYNTAX = {
    *("__aenter__", "__aexit__", "__aiter__", "__anext__", "__await__", "__call__"),
    *("__contains__", "__enter__", "__exit__", "__getitem__", "__iter__", "__len__", "__next__"),
}
# A class from here without a public name is created only by the client.
PRIVATE_ROOMS = tuple(f"{PACKAGE}.{room}." for room in ("pages", "pipelines", "transport"))
DEEPEST = 4  # aliases within aliases

Members = dict[str, Any]


class PublicAPI:
    """All public objects, by the path under which a program reaches them.

    Attributes:
        found: griffe's object of each path, such as `spaceknow_client.SpaceKnow.imagery.search`.
    """

    def __init__(self, project: Path, document: dict[str, Any]) -> None:
        """Reads the package in the folder `project`, whose models are those of `document`."""
        package: Any = griffe.load(
            PACKAGE,
            search_paths=[project],
            try_relative_path=False,
            allow_inspection=False,
            resolve_aliases=True,
            resolve_external=False,
            extensions=griffe.load_extensions(AsCallersSeeIt),
        )
        self._package = package
        # Programs create request models and read response models: nothing more is promised.
        usages = Usages(document)
        self._sides = {name.lower(): usages.sides(name) for name in usages.classes}
        self.found: dict[str, griffe.Object] = {}
        self._homes: dict[str, str] = {}  # of an object: the first path by which it is public
        for module in MODULES:
            for name, target in self._names(module):
                path = ".".join(filter(None, (PACKAGE, module, name)))
                self._homes.setdefault(target.path, path)
                self.found[path] = target
        for path, target in [*self.found.items()]:
            if self.home(target) == path and isinstance(target, griffe.Class):
                self._add_members(path, target, ())

    def home(self, found: griffe.Object) -> str | None:
        """The path under which a public object is reported, if it has several."""
        return self._homes.get(found.path)

    def get(self, path: str) -> griffe.Object | None:
        """The object that a program reaches by a path, also by a second name of a class."""
        owner, _, name = path.rpartition(".")
        if path not in self.found and owner in self.found:
            path = f"{self.home(self.found[owner])}.{name}"
        return self.found.get(path)

    def bases(self, found: griffe.Class) -> list[str]:
        """The public bases of a class, including those of its private bases."""
        return self._inherited(found)[0]

    def type_of(self, hint: Any) -> str | None:
        """A type without its module: `datetime` for `_dt.datetime`, with aliases written out."""
        return None if hint is None else ast.unparse(self._written_out(hint, DEEPEST))

    def hint(self, member: griffe.Attribute) -> Any:
        """The type of an attribute: its annotation, or the type of the class or argument that sets it."""
        if member.annotation is not None:
            return member.annotation
        if isinstance(member.value, griffe.ExprCall):
            made = member.value.function
            is_class = isinstance(self._object(str(made.canonical_path)), griffe.Class)
            return made if is_class else None
        init = member.parent.members.get("__init__") if member.parent else None
        given = init.parameters if isinstance(init, griffe.Function) else ()
        return next((one.annotation for one in given if one.name == str(member.value)), None)

    def _names(self, module: str) -> Iterator[tuple[str, griffe.Object]]:
        """The objects of a public module: all that it defines or imports from within the package."""
        here = self._package
        for part in filter(None, module.split(".")):
            here = here.members.get(part)
            if here is None:
                return
        for name, member in sorted(here.members.items()):
            is_ours = not member.is_alias or (
                here.is_init_module and member.target_path.startswith(f"{PACKAGE}.")
            )
            if is_ours and not name.startswith("_"):
                target = member.final_target if member.is_alias else member
                if not target.is_module:
                    yield name, target

    def _add_members(self, path: str, found: griffe.Class, within: tuple[str, ...]) -> None:
        bases, members = self._inherited(found)
        within = (*within, found.path)
        sides = self._model_sides(found)
        for name, member in members.items():
            is_shown = name in SYNTAX or not name.startswith("_")
            is_argument = sides == {"request"} and _is_field(name, member)
            if not is_shown or is_argument or self._needs_private(member):
                continue
            hint = self.hint(member) if isinstance(member, griffe.Attribute) else None
            owner = self._object(getattr(hint, "canonical_path", ""))
            if isinstance(owner, griffe.Class) and self.home(owner) is None:
                if owner.path not in within:
                    self._add_members(f"{path}.{name}", owner, within)
                    self.found[f"{path}.{name}"] = owner
            else:
                self.found[f"{path}.{name}"] = member
        is_error = found.path.startswith(f"{PACKAGE}.errors.")
        if len(within) == 1 and not is_error and (sides is None or "request" in sides):
            init = self._constructor(found, members, bases)
            if init is not None:
                self.found[f"{path}.__init__"] = init

    def _object(self, path: str) -> griffe.Object | None:
        """An object of the package, by any of its names."""
        if not path.startswith(f"{PACKAGE}."):
            return None
        try:
            found = self._package[path.removeprefix(f"{PACKAGE}.")]
            return found.final_target if isinstance(found, griffe.Alias) else found
        except (KeyError, griffe.AliasResolutionError):
            return None

    def _inherited(self, found: griffe.Class) -> tuple[list[str], Members]:
        """The public bases, and the members including those of private bases."""
        bases: list[str] = []
        members: Members = {}
        for base in found.bases:
            path = base if isinstance(base, str) else base.canonical_path
            target = self._object(path.partition("[")[0])
            if isinstance(target, griffe.Class) and self.home(target) is None:
                inner, theirs = self._inherited(target)
                bases += inner
                members |= theirs
            else:
                bases.append(self.type_of(base) or "")
        own = {key: member for key, member in found.members.items() if not member.is_alias}
        return bases, members | own

    def _model_sides(self, found: griffe.Class) -> set[str] | None:
        """Whether programs send a model or read it; None for any other class."""
        is_model = ".generated.models." in found.path
        return self._sides.get(found.name.lower(), set()) if is_model else None

    def _constructor(
        self, found: griffe.Class, members: Members, bases: list[str]
    ) -> griffe.Function | None:
        """`__init__`, written or derived from the fields, unless it requires something private."""
        init = members.get("__init__")
        decorators = [d for d in found.decorators if d.callable_path in DATA_CLASSES]
        if not isinstance(init, griffe.Function) and (decorators or "NamedTuple" in bases):
            by_name = any("kw_only=True" in str(decorator.value) for decorator in decorators)
            kind = griffe.ParameterKind["keyword_only" if by_name else "positional_or_keyword"]
            fields = [
                griffe.Parameter(name, annotation=m.annotation, kind=kind, default=_default(m))
                for name, m in members.items()
                if _is_field(name, m)
            ]
            init = griffe.Function("__init__", parameters=griffe.Parameters(*fields), parent=found)
        is_there = isinstance(init, griffe.Function) and not self._needs_private(init)
        return init if is_there else None

    def _needs_private(self, member: Any) -> bool:
        """Whether it is a constructor that takes an object which only the client creates."""
        if not isinstance(member, griffe.Function) or not (
            member.name == "__init__" or "classmethod" in member.labels
        ):
            return False
        names = [
            part.canonical_path
            for parameter in member.parameters
            if parameter.required and isinstance(parameter.annotation, griffe.Expr)
            for part in parameter.annotation.iterate(flat=True)
            if isinstance(part, griffe.ExprName)
        ]
        return any(name.startswith(PRIVATE_ROOMS) and name not in self._homes for name in names)

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
                found = api._object(paths.get(node.id, ""))
                if isinstance(found, griffe.Attribute) and depth and _is_alias(found):
                    return api._written_out(found.value, depth - 1)
                return ast.Name(found.name if isinstance(found, griffe.Class) else node.id)

            def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
                node.slice = self.visit(node.slice)  # an alias with parameters keeps its name
                return node

        parsed = ast.parse(str(hint), mode="eval").body
        result: ast.expr = WrittenOut().visit(parsed)
        return result


def _is_field(name: str, member: Any) -> bool:
    is_value = isinstance(member, griffe.Attribute) and "property" not in member.labels
    annotated = is_value and member.annotation is not None and "instance-attribute" in member.labels
    return annotated and not name.startswith("_") and "init=False" not in str(member.value)


def _default(field: griffe.Attribute) -> Any:
    value = str(field.value)
    if value.startswith(("field(", "_field(")):
        return "..." if "default=" in value or "factory=" in value else None
    return field.value


def _is_alias(found: griffe.Attribute) -> bool:
    """`X = int | str`, and not a constant."""
    return isinstance(found.value, (griffe.ExprBinOp, griffe.ExprSubscript, griffe.ExprName))
