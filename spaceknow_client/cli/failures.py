"""What a command says when something went wrong."""

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

UNKNOWN_FATE = (
    "It may have taken effect. Compare `spaceknow credits remaining` with what you had before, or "
    "ask support with the time of this call, before you send it again. With a --journal, "
    "`spaceknow pipeline recover` lists it, and forgets it when that is found out."
)
# What else an error has: the attribute, its name in JSON, and for people.
DETAILS = (
    ("operation", "operation", "operation"),
    ("status", "status", "status"),
    ("request_id", "requestId", "request id"),
    ("pipeline_id", "pipelineId", "pipeline"),
    ("cursor", "cursor", "cursor"),
    ("spent", "spent", "credits spent"),
    ("reserved", "reserved", "credits perhaps spent"),
)
# What the library advises its callers, for people at a terminal.
HINTS: list[tuple[type[BaseException], str]] = [
    (AuthError, "Log in with `spaceknow auth login`."),
    (PipelineTimeoutError, "Go on later, or give a longer --deadline."),
    (AmbiguousRequestError, UNKNOWN_FATE),
]


def report(app: App, error: BaseException, **about: Any) -> int:
    """Tells what went wrong, with the tokens of what goes on at the server; gives the exit code.

    `about` is what an error of one of many things is about, by its name in JSON.
    """
    code = exit_code(error)
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _silence_stdout()  # its reader is gone, and Python would complain of that at the end
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
        pass  # nobody listens there either
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
        "tokens": _tokens(app, error) or None,
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
    tokens = _tokens(app, error)
    if tokens:
        lines += ["  What was begun is not lost. To go on with it:"]
        lines += [f"spaceknow pipeline wait {shlex.quote(token)}" for token in tokens]
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
            return "a question was asked, and no answer came"
        case KeyboardInterrupt() | click.Abort():
            return "interrupted"
        case Terminated():
            return "terminated"
        case BrokenPipeError():
            return "whoever read the output is gone"
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or error}"
    return f"this is a bug of the command ({type(error).__name__}: {error}); -vv shows more"


def _hint(app: App, error: BaseException) -> str | None:
    if app.sent is not None:
        return f"{app.sent} was being sent. {UNKNOWN_FATE}"
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
    """What to do about refused credentials that environment variables have; None if they have none."""
    if os.environ.get("SPACEKNOW_TOKEN"):
        return (
            "The token is that of SPACEKNOW_TOKEN, which takes precedence over a password and over the "
            "saved login. Set it to a new token, or unset it."
        )
    if os.environ.get("SPACEKNOW_PASSWORD"):
        return (
            "The password is that of SPACEKNOW_PASSWORD, which takes precedence over the saved login. "
            "Correct it and SPACEKNOW_USERNAME, or unset both."
        )
    return None


def _tokens(app: App, error: BaseException) -> list[str]:
    """Tokens of what goes on at the server; not of what has failed there."""
    found = dict(app.left)
    token = getattr(error, "resume_token", None)
    ended = isinstance(error, (PipelineFailedError, NonExistentPipelineError))
    if token and not ended:
        found[token] = None
    return list(found)


@contextmanager
def terminates() -> Iterator[None]:
    """While SIGTERM ends the command as Ctrl-C does, so that no token is lost."""

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
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for the rest of it
