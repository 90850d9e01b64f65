"""`spaceknow errors`."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import Any

import click

from ...errors.base import InvalidArgumentError
from ..app import App
from ..command import Command, names
from ..tables import Column, fields

COLUMNS = (
    Column("code", lambda row: row["code"], firm=True),
    Column("meaning", lambda row: row["meaning"]),
)


@click.command(
    cls=Command, examples=["spaceknow errors NOT-ENOUGH-CREDITS", "spaceknow errors --ndjson"]
)
@click.argument("code", required=False, shell_complete=names(lambda: _codes()))
@click.pass_obj
def command(app: App, code: str | None) -> None:
    """Explain the API's error codes.

    Without CODE, lists all codes; with CODE, also prints what to do.
    """
    from ...generated.catalogue import ERRORS

    if code is None:
        app.show_all(map(_row, ERRORS), COLUMNS, "")
        return
    if code.upper() not in ERRORS:
        similar = get_close_matches(code.upper(), ERRORS, cutoff=0.4)
        raise InvalidArgumentError(
            f"unknown error code {code!r}.",
            hint=f"Did you mean {' or '.join(similar)}?" if similar else None,
        )
    row = _row(code.upper())
    app.show(row, lambda: fields(row.items()))


def _codes() -> list[str]:
    from ...generated.catalogue import ERRORS

    return list(ERRORS)


@cache
def _meanings() -> dict[str, str]:
    """The meaning of each code, from the OpenAPI document."""
    from ...contract.document import bundled_document

    return {code: info["meaning"] for code, info in bundled_document()["x-errors"].items()}


def _row(code: str) -> dict[str, Any]:
    from ...errors.codes import BY_CODE
    from ...generated.catalogue import ERRORS

    info = ERRORS[code]
    row = {
        "code": code,
        "api": info.api,
        "status": info.status,
        "meaning": _meanings()[code],
        "hint": info.hint,
        "repeat": info.repeat,
        "class": BY_CODE[code].__name__,
    }
    return {name: value for name, value in row.items() if value is not None}
