"""`spaceknow pipeline`: work that goes on at the server, found again by its token."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ...errors.base import (
    APIError,
    ConfigError,
    InvalidArgumentError,
    PipelineTimeoutError,
)
from ...generated.types import to_json
from .. import results
from ..app import App
from ..command import Group
from ..failures import report
from ..fan_out import fan_out
from ..inputs import TOKENS, together
from ..tables import Column, fields
from ..waiting import finish

if TYPE_CHECKING:
    from ...client.client import SpaceKnow
    from ...pipelines.journal.entry import Entry, UnknownRequest
    from ...pipelines.journal.journal import Journal
    from ...pipelines.pipeline import Pipeline

OVER = ("RESOLVED", "FAILED")

command = Group("pipeline", help="Follow work that goes on at the server.")

_tokens = click.argument("tokens", metavar="TOKEN...", nargs=-1, required=True, type=TOKENS)
_operation = click.option(
    "--operation", help="Such as kraken.release, where TOKEN is the bare id of a pipeline."
)

STATUS_COLUMNS = (
    Column("status", lambda row: row["status"]),
    Column("operation", lambda row: row["operation"]),
    Column("map type", lambda row: row.get("mapType")),
    Column("pipeline", lambda row: row["pipelineId"], whole=True),
)
RESULT_COLUMNS = (
    Column("pipeline", lambda row: row["pipelineId"]),
    Column("map type", lambda row: row.get("mapType")),
    Column("tiles", lambda row: len(row["tiles"]) if "tiles" in row else None, right=True),
)
JOURNAL_COLUMNS = (
    Column("begun (UTC)", lambda row: row["at"]),
    Column("state", lambda row: row["state"]),
    Column("operation", lambda row: row["operation"]),
    Column("map type", lambda row: row.get("mapType")),
    Column("pipeline", lambda row: row.get("pipelineId"), whole=True),
)


@command.command(examples=['spaceknow pipeline status "$TOKEN"'])
@_tokens
@_operation
@click.pass_obj
def status(app: App, tokens: tuple[list[str], ...], operation: str | None) -> None:
    """Ask for the status, once.

    A failed pipeline is no error here. TOKEN is what `release --detach` printed; - reads tokens
    from stdin, a line each.
    """
    with app.client() as client:
        pipelines = _attached(client, tokens, operation)
        if len(pipelines) > 1:
            app.show_all(_rows(app, pipelines), STATUS_COLUMNS, "No status.")
            return
        row = _row(pipelines[0])
    app.show(row, lambda: fields([("status", row["status"])]))


@command.command(
    examples=[
        'spaceknow pipeline wait "$TOKEN" --json > map.json',
        "spaceknow pipeline wait @tokens --deadline 2h --ndjson",
    ]
)
@_tokens
@_operation
@click.pass_obj
def wait(app: App, tokens: tuple[list[str], ...], operation: str | None) -> None:
    """Wait until it is over, and print the result.

    TOKEN is what `release --detach` printed; - reads tokens from stdin, a line each. Of several
    pipelines the results come in the order of their ends, each with its pipelineId.
    """
    with app.client() as client:
        pipelines = _attached(client, tokens, operation)
        if len(pipelines) == 1:
            finish(app, pipelines[0], pipelines[0].operation)
            return
        done = fan_out(
            app,
            "Pipelines",
            lambda told: client.pipelines.run(
                [partial(_same, pipeline) for pipeline in pipelines],
                concurrency=len(pipelines),
                deadline=client.options.pipeline_deadline,
                on_progress=told,
            ),
            lambda _: {},
        )
        with closing(done):
            rows = ({**_members(result), "pipelineId": run.id} for _, run, result in done)
            app.show_all(rows, RESULT_COLUMNS, "No result.")


@command.command(examples=['spaceknow pipeline result "$TOKEN" --json'])
@click.argument("token", type=TOKENS)
@_operation
@click.pass_obj
def result(app: App, token: list[str], operation: str | None) -> None:
    """Print the result, without waiting for it.

    Where there is none yet, it ends with 6.
    """
    with app.client() as client:
        pipelines = _attached(client, (token,), operation)
        if len(pipelines) != 1:
            raise click.UsageError("TOKEN is one; `pipeline wait` takes several.")
        pipeline = pipelines[0]
        state = pipeline.status()
        if state not in OVER:
            raise PipelineTimeoutError(
                f"the pipeline is {state}, and has no result yet",
                operation=pipeline.operation,
                pipeline_id=pipeline.id,
                resume_token=pipeline.token(),
            )
        results.show(app, pipeline.result())


@command.command("list", examples=["spaceknow pipeline list --journal runs.sqlite"])
@click.pass_obj
def list_(app: App) -> None:
    """List the pipelines of the journal.

    The API itself lists none. Those of other processes are listed, too; nothing is asked of the
    server, so a pipeline that nobody has waited for is shown as begun.
    """
    with _journal(app) as journal:
        entries = journal.entries(app.settings.environment_for(None).base_url)
    app.show_all(map(_entry_row, entries), JOURNAL_COLUMNS, "The journal has no pipelines.")


@command.command(
    "delete-recorded",
    examples=['spaceknow pipeline delete-recorded "$PIPELINE" --journal runs.sqlite'],
)
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.pass_obj
def delete_recorded(app: App, ids: tuple[str, ...]) -> None:
    """Delete pipelines and requests from the journal.

    ID is what `pipeline list` shows of a pipeline, or what `pipeline recover` names for a request
    whose outcome is unknown. The same request can be sent, and paid for, again. Nothing changes at
    the server.
    """
    with _journal(app) as journal:
        journal.delete(app.settings.environment_for(None).base_url, ids)


@command.command(
    examples=[
        "spaceknow pipeline recover --journal runs.sqlite",
        "spaceknow pipeline recover --journal runs.sqlite --ndjson \\\n    | spaceknow pipeline wait -",
    ]
)
@click.option(
    "--forget", multiple=True, metavar="ID", help="Do not list this one again. It can be repeated."
)
@click.option(
    "--check-allocations",
    is_flag=True,
    help="Ask for the price of allocations whose outcome is unknown: 0 says that one was made.",
)
@click.pass_obj
def recover(app: App, check_allocations: bool, forget: tuple[str, ...]) -> None:
    """Find the pipelines of processes that ended, by the journal.

    It asks for the status of each, and prints tokens with --json. Requests whose outcome is unknown
    are listed on stderr; they are not sent again before they are forgotten. A pipeline that is
    forgotten is still found by `release --reuse`.
    """
    _journal_path(app)
    with app.client() as client:
        recovery = client.pipelines.recover(check_allocations=check_allocations)
        if forget:
            known: dict[str, Pipeline[Any] | UnknownRequest] = {}
            known.update({pipeline.id: pipeline for pipeline in recovery.pipelines})
            known.update({request.id: request for request in recovery.unknown})
            strange = [name for name in forget if name not in known]
            if strange:
                raise InvalidArgumentError(f"the journal has no {', '.join(strange)} to forget")
            recovery.forget(*(known[name] for name in forget))
            return
        for request in recovery.unknown:
            app.warn(
                f"{request.operation} of {to_json(request.at)} UTC was sent, and its outcome is "
                f"unknown ({request.reason}). Once you know it: --forget {request.id}"
            )
        app.show_all(_rows(app, recovery.pipelines), STATUS_COLUMNS, "Nothing to recover.")


def _attached(
    client: SpaceKnow, tokens: tuple[list[str], ...], operation: str | None
) -> list[Pipeline[Any]]:
    given = together(tokens)
    if not given:
        raise click.UsageError("there is no token in what was read.")
    return [client.pipelines.attach(token, operation=operation) for token in given]


def _same(pipeline: Pipeline[Any]) -> Pipeline[Any]:
    return pipeline


def _members(result: Any) -> dict[str, Any]:
    data = results.as_json(result)
    return data if isinstance(data, dict) else {"result": data}


def _rows(app: App, pipelines: Iterable[Pipeline[Any]]) -> Iterator[dict[str, Any]]:
    """The status of each. One that the server does not know (any more) keeps none from the others."""
    for pipeline in pipelines:
        try:
            yield _row(pipeline)
        except APIError as error:
            app.fail(report(app, error))


def _row(pipeline: Pipeline[Any]) -> dict[str, Any]:
    token = pipeline.token()
    members = json.loads(token)
    found = {
        name: members[name] for name in ("pipelineId", "operation", "mapType") if name in members
    }
    return {**found, "status": str(pipeline.status()), "token": token}


def _entry_row(entry: Entry) -> dict[str, Any]:
    begun = entry.pipeline_id is not None
    row = {
        "at": to_json(datetime.fromtimestamp(entry.created, UTC)),
        "state": str(entry.state),
        "operation": entry.operation,
        "mapType": entry.map_type,
        "pipelineId": entry.pipeline_id,
        "cost": entry.cost,
        "token": str(entry.token()) if begun else None,
        "id": None if begun else entry.id,
    }
    return {name: value for name, value in row.items() if value is not None}


def _journal(app: App) -> closing[Journal]:
    from ...pipelines.journal.journal import Journal

    return closing(Journal(_journal_path(app)))


def _journal_path(app: App) -> str:
    path = app.settings.journal_path()
    if path is None:
        raise ConfigError(
            "this needs a journal.",
            hint="Name its file with --journal, SPACEKNOW_JOURNAL, or in a profile.",
        )
    return path
