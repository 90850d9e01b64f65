"""`spaceknow` itself: the table of commands, and what happens around one."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import click

from ..runtime.version import __version__
from .app import App, Closed
from .command import LazyGroup, global_options, write_examples
from .exit_codes import MEANINGS

VARIABLE = "_SPACEKNOW_COMPLETE"

COMMANDS = {
    "auth": (".commands.auth", "Log in, log out, and see who you are."),
    "datasets": (".commands.datasets", "List the providers and datasets that are known."),
    "search": (".commands.search", "Find scenes over a place."),
    "release": (".commands.release", "Run an analysis of scenes, which makes a map."),
    "dry-run": (".commands.dry_run", "Estimate what a release would cost."),
    "pipeline": (".commands.pipeline", "Follow work that goes on at the server."),
    "map": (".commands.map", "What a release made: its files, pictures and detections."),
    "credits": (".commands.credits", "Credits, and the areas that they buy."),
    "user": (".commands.user", "The user's account."),
    "permissions": (".commands.permissions", "What the user may do."),
    "datacube": (".commands.datacube", "Data points by area and time."),
    "geojsondb": (".commands.geojsondb", "Stored features."),
    "extent": (".commands.extent", "Areas: cut one into tiles."),
    "errors": (".commands.errors", "Tell what the API's error codes mean."),
    "api": (".commands.api", "Call any operation of the API."),
    "contract": (".commands.contract", "Is the service still what its document says?"),
    "profile": (".commands.profile", "Settings that are kept under a name."),
    "emulator": (
        "spaceknow_client.emulator.command",
        "Serve a local SpaceKnow on 127.0.0.1 until Ctrl-C.",
    ),
    "completion": (
        ".commands.completion",
        "Print what makes a shell complete commands and options.",
    ),
}


# An API that is gone takes its command along.
FOLDER = Path(__file__).parent
COMMANDS = {
    name: row
    for name, row in COMMANDS.items()
    if not row[0].startswith(".") or (FOLDER / f"{row[0][1:].replace('.', '/')}.py").exists()
}


class Root(LazyGroup):
    """The command, with its exit codes in the help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The exit codes, and an example."""
        with formatter.section("Exit codes"):
            formatter.write_dl(MEANINGS)
        write_examples(["spaceknow auth login", "spaceknow search --help"], formatter)


root = Root(
    "spaceknow",
    COMMANDS,
    help=(
        "SpaceKnow on the command line: search imagery, run an analysis on it, wait for it, and "
        "fetch what it found."
    ),
    options_metavar="[OPTIONS]",
    subcommand_metavar="COMMAND ...",
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 80,
        "auto_envvar_prefix": None,
    },
)
root.params = global_options(hidden=False)
click.version_option(__version__, prog_name="spaceknow")(root)


def run(arguments: list[str]) -> int:
    """Runs the command; returns its exit code. Nothing is raised."""
    from .failures import report, terminates

    if VARIABLE in os.environ:
        from click.shell_completion import shell_complete

        return shell_complete(root, {}, "spaceknow", VARIABLE, os.environ[VARIABLE])
    app = App(arguments)
    sys.stdout = sys.stdout or Closed()  # None, if it was closed before
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal cannot show stops nothing.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with (
            terminates(),
            app.listening(),
            root.make_context("spaceknow", list(arguments), obj=app) as context,
        ):
            root.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except BaseException as error:  # Ctrl-C too: what still runs has to be told
        return report(app, error)
    return app.exit_code
