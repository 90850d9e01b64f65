"""The root command `spaceknow`: the table of commands, and how one is run."""

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
    "auth": (".commands.auth", "Log in, log out, and show the current login."),
    "datasets": (".commands.datasets", "List the known providers and datasets."),
    "search": (".commands.search", "Find scenes over an area."),
    "release": (".commands.release", "Run an analysis of scenes, and print the map."),
    "dry-run": (".commands.dry_run", "Estimate the cost of a release."),
    "pipeline": (".commands.pipeline", "Check, wait for and recover pipelines."),
    "map": (".commands.map", "Download, render and export the map of a release."),
    "credits": (".commands.credits", "Check credits, and allocate areas."),
    "user": (".commands.user", "Show the user's account."),
    "permissions": (".commands.permissions", "Check the user's permissions."),
    "datacube": (".commands.datacube", "Query data points by area and time."),
    "geojsondb": (".commands.geojsondb", "Store and find features."),
    "extent": (".commands.extent", "Split an area into tiles."),
    "errors": (".commands.errors", "Explain the API's error codes."),
    "api": (".commands.api", "Call any operation of the API."),
    "contract": (".commands.contract", "Check a service against its OpenAPI document."),
    "profile": (".commands.profile", "Save settings under a name."),
    "emulator": (
        "spaceknow_client.emulator.command",
        "Serve a local SpaceKnow on 127.0.0.1 until Ctrl-C.",
    ),
    "completion": (".commands.completion", "Print a shell completion script."),
}


# The command of an API that was removed from the document is removed with it.
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
        "SpaceKnow on the command line: search imagery, run analyses, wait for them, and fetch "
        "the results."
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
    sys.stdout = sys.stdout or Closed()  # None if it was closed before the start
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Escape characters that the terminal cannot show.
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
    except BaseException as error:  # also Ctrl-C: print the handles of running pipelines
        return report(app, error)
    return app.exit_code
