"""`spaceknow` itself: the table of commands, and what happens around one."""

from __future__ import annotations

import io
import os
import sys

import click

from .. import __version__
from .app import App
from .command import LazyGroup, global_options, write_examples

VARIABLE = "_SPACEKNOW_COMPLETE"

COMMANDS = {
    "auth": (".auth", "Log in, log out, and see who you are."),
    "search": (".search", "Find scenes over a place."),
    "release": (".release", "Run an analysis of scenes, which makes a map."),
    "dry-run": (".dry_run", "Estimate what a release would cost."),
    "pipeline": (".pipeline", "Follow work that goes on at the server."),
    "map": (".map", "What a release made: its files, pictures and detections."),
    "credits": (".credits", "Credits, and the areas that they buy."),
    "user": (".user", "The user's account."),
    "permissions": (".permissions", "What the user may do."),
    "datacube": (".datacube", "Data points by area and time."),
    "geojsondb": (".geojsondb", "Stored features."),
    "extent": (".extent", "Areas: cut one into tiles."),
    "errors": (".errors", "Tell what the API's error codes mean."),
    "api": (".api", "Call any operation of the API."),
    "contract": (".contract", "Is the service still what its document says?"),
    "profile": (".profile", "Settings that are kept under a name."),
    "emulator": (
        "spaceknow_client.emulator.command",
        "Serve a local SpaceKnow on 127.0.0.1 until Ctrl-C.",
    ),
    "completion": (".completion", "Print what makes a shell complete commands and options."),
}

EXIT_CODES = [
    ("0", "fine"),
    ("1", "an error of any other kind"),
    ("2", "the command, or what it was given, is wrong; nothing was sent"),
    ("3", "the login is missing, refused or over"),
    ("4", "the API refused, or the user lacks a permission"),
    ("5", "a pipeline failed"),
    ("6", "a deadline passed; what runs can be gone on with"),
    ("130", "interrupted (Ctrl-C; 143: SIGTERM); what runs can be gone on with"),
]


class Root(LazyGroup):
    """The command, with its exit codes in the help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The exit codes, and an example."""
        with formatter.section("Exit codes"):
            formatter.write_dl(EXIT_CODES)
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
