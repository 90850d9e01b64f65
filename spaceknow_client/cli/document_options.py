"""Options of a command from a method's optional arguments, as the OpenAPI document defines them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..generated.options import OPTIONS

F = TypeVar("F", bound=Callable[..., Any])


def options_of(method: str) -> Callable[[F], F]:
    """Adds an option for each optional argument of a simple type.

    The command gets it under the argument's name; None if the option was not passed.
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
