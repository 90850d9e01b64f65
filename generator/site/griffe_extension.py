"""Makes griffe show this package as programs see it."""

from __future__ import annotations

import re
from typing import Any

import griffe

# `start, end: words`, with its continuation lines.
SHARED = re.compile(r"^( +)(\w+(?:, \w+)+)(: .*\n?(?:\1 +.*\n?)*)", re.MULTILINE)


class AsCallersSeeIt(griffe.Extension):
    """Lazy attributes are attributes; private arguments are omitted.

    Arguments that share their words in a docstring have them each.
    """

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Gives each argument its own line."""
        if obj.docstring is not None and "Args:\n" in obj.docstring.value:
            before, args, rest = obj.docstring.value.partition("Args:\n")
            obj.docstring.value = before + args + SHARED.sub(_one_by_one, rest)

    def on_class_members(self, *, cls: griffe.Class, **kwargs: Any) -> None:
        """Turns functions with the decorator `lazy` into properties."""
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
        """Omits arguments with an underscore: they are for tests."""
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
