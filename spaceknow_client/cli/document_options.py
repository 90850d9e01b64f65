"""Options of a command that are a method's optional arguments: they come and go with the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..generated.options import OPTIONS

F = TypeVar("F", bound=Callable[..., Any])


def options_of(method: str) -> Callable[[F], F]:
    """Adds an option for each optional argument that is one plain value.

    The command is called with the argument's name, and None where the option is not given.
    """

    def decorate(command: F) -> F:
        for name, kind, text in reversed(OPTIONS.get(method, ())):
            flag = kind is bool
            command = click.option(
                f"--{name.replace('_', '-')}",
                name,
                type=None if flag else kind,
                is_flag=flag,
                flag_value=True if flag else None,
                default=None,
                help=f"{text}.",
            )(command)
        return command

    return decorate
