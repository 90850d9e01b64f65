"""`spaceknow pipeline`: check, wait for and recover pipelines by their handles."""

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
from ..inputs import HANDLES, together
from ..tables import Column, fields
from ..waiting import finish

if TYPE_CHECKING:
    from ...client.client import SpaceKnow
    from ...pipelines.journal.entry import Entry, UnknownRequest
    from ...pipelines.journal.journal import Journal
    from ...pipelines.pipeline import Pipeline

ENDED = ("RESOLVED", "FAILED")

command = Group("pipeline", help="Check, wait for and recover pipelines.")

_handles = click.argument("handles", metavar="HANDLE...", nargs=-1, required=True, type=HANDLES)
_operation = click.option(
    "--operation",
    help="The operation, such as kraken.release; required if HANDLE is a pipeline id.",
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
    Column("started (UTC)", lambda row: row["at"]),
    Column("state", lambda row: row["state"]),
    Column("operation", lambda row: row["operation"]),
    Column("map type", lambda row: row.get("mapType")),
    Column("pipeline", lambda row: row.get("pipelineId"), whole=True),
)


@command.command(examples=['spaceknow pipeline status "$HANDLE"'])
@_handles
@_operation
@click.pass_obj
def status(app: App, handles: tuple[list[str], ...], operation: str | None) -> None:
    """Print the current status.

    The exit code is 0 for a failed pipeline too. HANDLE is the output of `release --detach`; -
    reads handles from stdin, one per line.
    """
    with app.client() as client:
        pipelines = _attached(client, handles, operation)
        if len(pipelines) > 1:
            app.show_all(_rows(app, pipelines), STATUS_COLUMNS, "No status.")
            return
        row = _row(pipelines[0])
    app.show(row, lambda: fields([("status", row["status"])]))


@command.command(
    examples=[
        'spaceknow pipeline wait "$HANDLE" --json > map.json',
        "spaceknow pipeline wait @handles --deadline 2h --ndjson",
    ]
)
@_handles
@_operation
@click.pass_obj
def wait(app: App, handles: tuple[list[str], ...], operation: str | None) -> None:
    """Wait for the pipeline to end, and print its result.

    HANDLE is the output of `release --detach`; - reads handles from stdin, one per line. The
    results of several pipelines are printed as the pipelines end, each with its pipelineId.
    """
    with app.client() as client:
        pipelines = _attached(client, handles, operation)
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
            app.show_all(rows, RESULT_COLUMNS, "No results.")


@command.command(examples=['spaceknow pipeline result "$HANDLE" --json'])
@click.argument("handle", type=HANDLES)
@_operation
@click.pass_obj
def result(app: App, handle: list[str], operation: str | None) -> None:
    """Print the result, without waiting for it.

    The exit code is 6 if the result is not ready.
    """
    with app.client() as client:
        pipelines = _attached(client, (handle,), operation)
        if len(pipelines) != 1:
            raise click.UsageError(
                f"HANDLE must be one handle, not {len(pipelines)}; `pipeline wait` takes several."
            )
        pipeline = pipelines[0]
        state = pipeline.status()
        if state not in ENDED:
            raise PipelineTimeoutError(
                f"the result is not ready; the status of the pipeline is {state}",
                operation=pipeline.operation,
                pipeline_id=pipeline.id,
                resume_token=pipeline.token(),
            )
        results.show(app, pipeline.result())


@command.command("list", examples=["spaceknow pipeline list --journal runs.sqlite"])
@click.pass_obj
def list_(app: App) -> None:
    """List the pipelines of the journal.

    Pipelines of other processes are listed too. No request is sent, so a pipeline is shown as started
    until a process has waited for its end. The API itself cannot list pipelines.
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

    ID is the id of a pipeline in `pipeline list`, or of a request whose outcome is unknown in
    `pipeline recover`. The same request can then be sent, and paid for, again. Nothing changes on
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
    "--forget", multiple=True, metavar="ID", help="Do not list this entry again. Repeatable."
)
@click.option(
    "--check-allocations",
    is_flag=True,
    help="Check the price of allocations whose outcome is unknown: 0 means that one was made.",
)
@click.pass_obj
def recover(app: App, check_allocations: bool, forget: tuple[str, ...]) -> None:
    """Find the pipelines of ended processes in the journal.

    Prints the current status of each, and with --json its handle. Requests whose outcome is unknown
    are listed on stderr; they are not sent again until you pass their id to --forget. `release
    --reuse` still finds a forgotten pipeline.
    """
    _journal_path(app)
    with app.client() as client:
        recovery = client.pipelines.recover(check_allocations=check_allocations)
        if forget:
            known: dict[str, Pipeline[Any] | UnknownRequest] = {}
            known.update({pipeline.id: pipeline for pipeline in recovery.pipelines})
            known.update({request.id: request for request in recovery.unknown})
            unknown = [name for name in forget if name not in known]
            if unknown:
                raise InvalidArgumentError(f"not in the journal: {', '.join(unknown)}")
            recovery.forget(*(known[name] for name in forget))
            return
        for request in recovery.unknown:
            app.warn(
                f"the outcome of {request.operation}, sent at {to_json(request.at)} UTC, is "
                f"unknown ({request.reason}). When you know it, pass --forget {request.id}"
            )
        app.show_all(_rows(app, recovery.pipelines), STATUS_COLUMNS, "Nothing to recover.")


def _attached(
    client: SpaceKnow, handles: tuple[list[str], ...], operation: str | None
) -> list[Pipeline[Any]]:
    given = together(handles)
    if not given:
        raise click.UsageError("the input holds no handle.")
    return [client.pipelines.attach(handle, operation=operation) for handle in given]


def _same(pipeline: Pipeline[Any]) -> Pipeline[Any]:
    return pipeline


def _members(result: Any) -> dict[str, Any]:
    data = results.as_json(result)
    return data if isinstance(data, dict) else {"result": data}


def _rows(app: App, pipelines: Iterable[Pipeline[Any]]) -> Iterator[dict[str, Any]]:
    """The status of each pipeline. An error of the server for one does not stop the others."""
    for pipeline in pipelines:
        try:
            yield _row(pipeline)
        except APIError as error:
            app.fail(report(app, error))


def _row(pipeline: Pipeline[Any]) -> dict[str, Any]:
    handle = pipeline.token()
    members = json.loads(handle)
    found = {
        name: members[name] for name in ("pipelineId", "operation", "mapType") if name in members
    }
    return {**found, "status": str(pipeline.status()), "handle": handle}


def _entry_row(entry: Entry) -> dict[str, Any]:
    started = entry.pipeline_id is not None
    row = {
        "at": to_json(datetime.fromtimestamp(entry.created, UTC)),
        "state": str(entry.state),
        "operation": entry.operation,
        "mapType": entry.map_type,
        "pipelineId": entry.pipeline_id,
        "cost": entry.cost,
        "handle": str(entry.token()) if started else None,
        "id": None if started else entry.id,
    }
    return {name: value for name, value in row.items() if value is not None}


def _journal(app: App) -> closing[Journal]:
    from ...pipelines.journal.journal import Journal

    return closing(Journal(_journal_path(app)))


def _journal_path(app: App) -> str:
    path = app.settings.journal_path()
    if path is None:
        raise ConfigError(
            "no journal is set.",
            hint="Set its file with --journal, SPACEKNOW_JOURNAL, or in a profile.",
        )
    return path
