"""Exit codes of commands."""

from __future__ import annotations

import click

from ..errors.base import (
    APIError,
    AuthError,
    DeadlineExceededError,
    InvalidArgumentError,
    PermissionDeniedError,
    PipelineFailedError,
    PipelineTimeoutError,
)


class Terminated(BaseException):
    """The process was asked to end (SIGTERM)."""


# Printed by `spaceknow --help`.
MEANINGS = [
    ("0", "success"),
    ("1", "any other error"),
    ("2", "invalid command, option or input; nothing was sent"),
    ("3", "the login is missing, refused or expired"),
    ("4", "the API refused the request, or the user lacks a permission"),
    ("5", "a pipeline failed"),
    ("6", "a deadline passed; running pipelines can be resumed"),
    ("130", "interrupted (Ctrl-C; 143: SIGTERM); running pipelines can be resumed"),
]
# The first match counts.
EXIT_CODES: list[tuple[type[BaseException], int]] = [
    (click.UsageError, 2),
    (InvalidArgumentError, 2),
    (AuthError, 3),
    (PipelineFailedError, 5),
    (PipelineTimeoutError, 6),
    (DeadlineExceededError, 6),
    (APIError, 4),
    (PermissionDeniedError, 4),
    (KeyboardInterrupt, 130),
    (Terminated, 143),
    (BrokenPipeError, 141),
]


def exit_code(error: BaseException) -> int:
    """The exit code for an error."""
    if isinstance(error, APIError):
        from ..generated.catalogue import BAD_TOKEN

        if error.code in BAD_TOKEN:
            return 3
    if isinstance(error, click.Abort) and isinstance(error.__context__, KeyboardInterrupt):
        return 130
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), 1)
