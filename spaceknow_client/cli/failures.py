"""Error messages of commands."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from ..errors.base import (
    AmbiguousRequestError,
    AuthError,
    LoginError,
    PipelineFailedError,
    PipelineTimeoutError,
    SpaceKnowError,
)
from ..errors.codes import InvalidJwtError, NonExistentPipelineError
from ..errors.shown import printable
from .app import App
from .exit_codes import Terminated, exit_code
from .tables import wrapped
from .wording import for_people

UNKNOWN_OUTCOME = (
    "It may have taken effect. Before you send it again, compare `spaceknow credits remaining` with "
    "your credits before, or ask support with the time of this call. With a --journal, `spaceknow "
    "pipeline recover` lists it; when you know the outcome, pass its id to --forget."
)
# Further attributes of errors: the attribute, its name in JSON, and its label.
DETAILS = (
    ("operation", "operation", "operation"),
    ("status", "status", "status"),
    ("request_id", "requestId", "request id"),
    ("pipeline_id", "pipelineId", "pipeline"),
    ("cursor", "cursor", "cursor"),
    ("spent", "spent", "credits spent"),
    ("reserved", "reserved", "credits possibly spent"),
)
# Hints of the package, reworded for the command line.
HINTS: list[tuple[type[BaseException], str]] = [
    (AuthError, "Log in with `spaceknow auth login`."),
    (PipelineTimeoutError, "Resume later, or set a longer --deadline."),
    (AmbiguousRequestError, UNKNOWN_OUTCOME),
]


def report(app: App, error: BaseException, **about: Any) -> int:
    """Prints an error with the handles of running pipelines; returns the exit code.

    `about` names the item of a list that failed, by its name in JSON.
    """
    code = exit_code(error)
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _silence_stdout()  # the pipe is closed, and Python would report that at exit
    if isinstance(error, BrokenPipeError) and not app.left:
        return code
    try:
        if app.is_json:
            print(json.dumps({**as_json(app, error), **about}), file=sys.stderr, flush=True)
        else:
            print("\n".join(in_words(app, error, about)), file=sys.stderr, flush=True)
        if app.verbosity > 1:
            traceback.print_exception(error, file=sys.stderr)
    except OSError:
        pass  # stderr is closed too
    return code


def as_json(app: App, error: BaseException) -> dict[str, Any]:
    """An error as an object, with the API's member names where it has them."""
    found: dict[str, Any] = {
        "error": getattr(error, "code", None),
        "errorMessage": _message(app, error),
        "type": type(error).__name__,
        "hint": _hint(app, error),
        **{name: getattr(error, attribute, None) for attribute, name, _ in DETAILS},
        "missing": list(getattr(error, "missing", ())) or None,
        "handles": _handles(app, error) or None,
    }
    told = {name: value for name, value in found.items() if value is not None}
    return {**told, "exitCode": exit_code(error)}


def in_words(app: App, error: BaseException, about: Mapping[str, Any]) -> list[str]:
    """An error as lines: what happened, where, and what to do."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return [error.format_message()]
    code = getattr(error, "code", None)
    first = f"{code}: {_message(app, error)}" if code else _message(app, error)
    lines = wrapped(printable(first), "spaceknow: ", "  ")
    details = [(words, _shown(getattr(error, attribute, None))) for attribute, _, words in DETAILS]
    for name, value in (*details, *about.items()):
        if value:
            lines += wrapped(printable(f"{name}: {value}"), "  ", "    ")
    hint = _hint(app, error)
    if hint:
        lines += wrapped(printable(hint), "  ", "  ")
    handles = _handles(app, error)
    if handles:
        lines += ["  Started pipelines are not lost. To resume:"]
        lines += [f"spaceknow pipeline wait {shlex.quote(handle)}" for handle in handles]
    return lines


def _shown(value: Any) -> Any:
    return f"{value:.12g}" if isinstance(value, (int, float)) else value


def _message(app: App, error: BaseException) -> str:
    match error:
        case SpaceKnowError():
            return for_people(error.message, app.options)
        case click.ClickException():
            return for_people(error.format_message(), app.options)
        case click.Abort() if not isinstance(error.__context__, KeyboardInterrupt):
            return "no input at the prompt"
        case KeyboardInterrupt() | click.Abort():
            return "interrupted"
        case Terminated():
            return "terminated"
        case BrokenPipeError():
            return "the output pipe is closed"
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or error}"
    return f"bug in this command: {type(error).__name__}: {error}; pass -vv for details"


def _hint(app: App, error: BaseException) -> str | None:
    if app.sent is not None:
        return f"{app.sent} was being sent. {UNKNOWN_OUTCOME}"
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "spaceknow"
        return f"See `{command} --help`."
    if isinstance(error, (AuthError, InvalidJwtError)):
        variables = _credentials_of_variables()
        if variables is not None:
            return variables
    if isinstance(error, LoginError):
        return error.hint
    own = next((hint for kind, hint in HINTS if isinstance(error, kind)), None)
    told = own or getattr(error, "hint", None)
    return None if told is None else for_people(told, app.options)


def _credentials_of_variables() -> str | None:
    """A hint on refused credentials from environment variables; None if they are not from there."""
    if os.environ.get("SPACEKNOW_TOKEN"):
        return (
            "The token is from SPACEKNOW_TOKEN, which takes precedence over a password and over the "
            "stored login. Set it to a new token, or unset it."
        )
    if os.environ.get("SPACEKNOW_PASSWORD"):
        return (
            "The password is from SPACEKNOW_PASSWORD, which takes precedence over the stored login. "
            "Correct it and SPACEKNOW_USERNAME, or unset both."
        )
    return None


def _handles(app: App, error: BaseException) -> list[str]:
    """Handles of pipelines that still run; not of one that has failed."""
    found = dict(app.left)
    handle = getattr(error, "resume_token", None)
    ended = isinstance(error, (PipelineFailedError, NonExistentPipelineError))
    if handle and not ended:
        found[handle] = None
    return list(found)


@contextmanager
def terminates() -> Iterator[None]:
    """Handles SIGTERM like Ctrl-C, so that no handle is lost."""

    def end(*_: object) -> None:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _silence_stdout() -> None:
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # until exit
