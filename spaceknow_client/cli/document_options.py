"""Options of a command from a method's arguments, as the OpenAPI document defines them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..generated.options import OPTIONS
from .inputs import Body

F = TypeVar("F", bound=Callable[..., Any])


class Listed(click.Choice[Any]):
    """One of the values of a closed list, which can be numbers."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value that is written so."""
        found = super().convert(str(value), param, ctx)
        return next(each for each in self.choices if str(each) == str(found))


def options_of(method: str) -> Callable[[F], F]:
    """Adds an option for each argument of a method that the command has no parameter for.

    The command gets it under the argument's name; None if the option was not passed. An object, and a
    list of objects, is passed as JSON.
    """

    def decorate(command: F) -> F:
        own = inspect.signature(command).parameters
        for name, about in reversed(OPTIONS.get(method, {}).items()):
            if name not in own:
                command = _option(name, **about)(command)
        return command

    return decorate


def _option(
    name: str, *, kind: Any, help: str, required: bool = False, several: bool = False
) -> Callable[[F], F]:
    values = Listed(kind) if isinstance(kind, tuple) else Body() if kind is dict else kind
    is_flag = kind is bool and not several and not required
    return click.option(
        f"--{name.strip('_').replace('_', '-')}",
        name,
        type=None if is_flag else values,
        is_flag=is_flag,
        flag_value=True if is_flag else None,
        default=None,
        required=required,
        multiple=several,
        callback=_given if several else None,
        help=f"{help}." + (" Repeatable." if several else ""),
    )


def _given(context: click.Context, parameter: click.Parameter, value: Any) -> list[Any] | None:
    """The values of an option that can be repeated; None if it was not passed."""
    return list(value) or None
