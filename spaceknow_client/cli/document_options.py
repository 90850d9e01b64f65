"""Options of a command that are a method's optional arguments: they come and go with the document."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

KINDS: dict[str, type[Any]] = {"bool": bool, "float": float, "int": int, "str": str}


def options_of(method: Callable[..., Any], *, without: Collection[str]) -> Callable[[F], F]:
    """Adds an option for each optional argument of a simple kind.

    `without` names those that the command offers in its own way. The command is called with
    the argument's name, and None where the option is not given.
    """
    described = _arguments(method.__doc__ or "")

    def decorate(command: F) -> F:
        for name, parameter in reversed(list(inspect.signature(method).parameters.items())):
            kind = KINDS.get(str(parameter.annotation).removesuffix(" | None"))
            if kind is None or parameter.default is not None or name in without:
                continue
            flag = kind is bool
            command = click.option(
                f"--{name.replace('_', '-')}",
                name,
                type=None if flag else kind,
                is_flag=flag,
                flag_value=True if flag else None,
                default=None,
                help=_first_sentence(described.get(name, "")),
            )(command)
        return command

    return decorate


def _arguments(docstring: str) -> dict[str, str]:
    """The descriptions in a docstring's section Args."""
    section = re.search(
        r"^Args:\n(.*?)(?:\n\n\S|\Z)", inspect.cleandoc(docstring), re.DOTALL | re.MULTILINE
    )
    lines = textwrap.dedent(section[1]) if section else ""
    return {
        found[1]: " ".join(found[2].split())
        for found in re.finditer(r"^(\w+): (.*?)(?=^\w+: |\Z)", lines, re.DOTALL | re.MULTILINE)
    }


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".") + "." if text else ""
