"""The base of all commands: examples in the help, `--json`, and the global options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from .app import App, Format
from .durations import Duration


def _environments() -> Iterable[str]:
    from ..auth.environment import Environment

    return Environment.names()


def _set(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Stores a global option; the last one on the command line counts."""
    app = context.find_object(App)
    if app is not None and value is not None and parameter.name is not None:
        setattr(app.settings, parameter.name, value)


def _verbose(context: click.Context, parameter: click.Parameter, value: int) -> None:
    app = context.find_object(App)
    if app is not None and value:
        app.louder(value)


def _format(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    app = context.find_object(App)
    if app is not None and value and parameter.name is not None:
        app.format = Format(parameter.name)


def names(
    known: Callable[[], Iterable[str]],
) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Shell completion of the names that start with the typed text. `known` is called when needed."""

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
        return [name for name in known() if name.lower().startswith(typed.lower())]

    return complete


def _option(*names: str, hidden: bool, **attributes: Any) -> click.Option:
    attributes.setdefault("callback", _set)
    return click.Option(names, expose_value=False, hidden=hidden, **attributes)


def global_options(*, hidden: bool) -> list[click.Parameter]:
    """The options of `spaceknow` and of each of its commands."""
    return [
        _option(
            "--environment",
            hidden=hidden,
            metavar="NAME",
            shell_complete=names(_environments),
            help="production (default), devel or emulator. [env: SPACEKNOW_ENVIRONMENT]",
        ),
        _option(
            "--base-url",
            hidden=hidden,
            metavar="URL",
            help="URL of another API. [env: SPACEKNOW_BASE_URL]",
        ),
        _option(
            "--profile",
            hidden=hidden,
            metavar="NAME",
            help="Settings saved by `spaceknow profile save`. [env: SPACEKNOW_PROFILE]",
        ),
        _option(
            "--timeout",
            hidden=hidden,
            type=Duration(),
            help="Time limit for one attempt of a request. [default: 30s]",
        ),
        _option(
            "--deadline",
            hidden=hidden,
            type=Duration(),
            help="Time limit for a call with its retries, or for the wait for a pipeline. "
            "[default: 2m, 6h]",
        ),
        _option(
            "--journal",
            hidden=hidden,
            metavar="FILE",
            help="Record every pipeline in this file before it is started. "
            "[env: SPACEKNOW_JOURNAL]",
        ),
        _option(
            "-v",
            "--verbose",
            hidden=hidden,
            count=True,
            callback=_verbose,
            help="Log each request to stderr; -vv logs everything.",
        ),
    ]


class Formatter(click.HelpFormatter):
    """Breaks no line at a hyphen, so that options stay in one piece."""

    HYPHEN = "\u2011"  # at which text is not broken

    def write_text(self, text: str) -> None:
        """A paragraph."""
        super().write_text(text.replace("-", self.HYPHEN))

    def write_dl(self, rows: Iterable[tuple[str, str]], *layout: Any, **options: Any) -> None:
        """A list with two columns."""
        joined = [(first, second.replace("-", self.HYPHEN)) for first, second in rows]
        super().write_dl(joined, *layout, **options)

    def getvalue(self) -> str:
        """The help."""
        return super().getvalue().replace(self.HYPHEN, "-")


class Context(click.Context):
    """The context of a command."""

    formatter_class = Formatter


class Command(click.Command):
    """A command.

    Args:
        examples: command lines for the help. Tests run them.
    """

    context_class = Context

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.examples = tuple(examples)
        self.params += [
            click.Option(
                [f"--{name}"],
                is_flag=True,
                expose_value=False,
                callback=_format,
                help=f"Print {what}.",
            )
            for name, what in (("json", "JSON"), ("ndjson", "JSON, one result per line"))
        ]
        self.params += global_options(hidden=True)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Stores the names of the options, for messages."""
        app = ctx.find_object(App)
        if app is not None:
            app.options = {
                each.name: each.opts[-1]
                if isinstance(each, click.Option)
                else each.human_readable_name
                for each in self.params
                if each.name
            }
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, below the options."""
        write_examples(self.examples, formatter)
        formatter.write_paragraph()
        formatter.write_text("Options of all commands: see `spaceknow --help`.")


def write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """Writes command lines without wrapping, so that they can be copied."""
    if not examples:
        return
    with formatter.section("Example" if len(examples) == 1 else "Examples"):
        for example in examples:
            for line in example.splitlines():
                formatter.write(f"  {line}\n")


class Group(click.Group):
    """Commands of one noun."""

    command_class = Command
    context_class = Context

    def __init__(self, name: str, **attributes: Any) -> None:
        super().__init__(name, no_args_is_help=True, **attributes)
        self.params += global_options(hidden=True)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Like click, with similar names if the command is unknown."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            similar = get_close_matches(args[0].lower(), self.list_commands(ctx), 1) if args else []
            if not similar:
                raise
            message = f"No such command {args[0]!r}. Did you mean {similar[0]}?"
            raise click.UsageError(message, ctx) from None


class LazyGroup(Group):
    """Commands whose modules are loaded on first use.

    Args:
        table: by name, the module and a description of one line.
    """

    def __init__(self, name: str, table: dict[str, tuple[str, str]], **attributes: Any) -> None:
        super().__init__(name, **attributes)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command; loads its module."""
        if cmd_name not in self.table:
            return None
        module = import_module(self.table[cmd_name][0], __package__)
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without loading a module."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.table.items()])
