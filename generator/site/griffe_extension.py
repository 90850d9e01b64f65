"""What griffe has to know of this package to show it as programs see it."""

from __future__ import annotations

import re
from typing import Any

import griffe

# `start, end: words`, with the lines that go on with it.
SHARED = re.compile(r"^( +)(\w+(?:, \w+)+)(: .*\n?(?:\1 +.*\n?)*)", re.MULTILINE)


class AsCallersSeeIt(griffe.Extension):
    """Attributes that are made when they are first used are attributes; private arguments are none.

    Arguments that share their words in a docstring have them each.
    """

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Gives each argument a line of its own."""
        if obj.docstring is not None and "Args:\n" in obj.docstring.value:
            before, args, rest = obj.docstring.value.partition("Args:\n")
            obj.docstring.value = before + args + SHARED.sub(_one_by_one, rest)

    def on_class_members(self, *, cls: griffe.Class, **kwargs: Any) -> None:
        """Turns what `lazy` decorates into properties."""
        for name, member in list(cls.members.items()):
            if not isinstance(member, griffe.Function):
                continue
            if any(one.callable_path.endswith(".lazy.lazy") for one in member.decorators):
                shown = griffe.Attribute(
                    name,
                    annotation=member.returns,
                    lineno=member.lineno,
                    endlineno=member.endlineno,
                    docstring=member.docstring,
                    parent=cls,
                )
                shown.labels.add("property")
                cls.set_member(name, shown)

    def on_function(self, *, func: griffe.Function, **kwargs: Any) -> None:
        """Leaves out arguments with an underscore: they are for tests."""
        func.parameters = griffe.Parameters(
            *(
                one
                for one in func.parameters
                if not one.name.startswith("_") or one.kind is griffe.ParameterKind.positional_only
            )
        )


def _one_by_one(found: re.Match[str]) -> str:
    indent, names, words = found.groups()
    return "".join(f"{indent}{name}{words.rstrip()}\n" for name in names.split(", "))
