"""`spaceknow api`: call any operation of the OpenAPI document."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...errors.base import InvalidArgumentError
from ..app import App
from ..command import Command, names
from ..inputs import Body, each_secret
from ..tables import Column

if TYPE_CHECKING:
    from ...generated.catalogue import Operation
    from ...generated.types import Request

COLUMNS = (
    Column("operation", lambda row: row["operation"], firm=True),
    Column("what it does", lambda row: row["summary"]),
    Column("", lambda row: "deprecated" if row["deprecated"] else ""),
)
HIDDEN = "(hidden; pass --show-secrets to print it)"


class Pair(click.ParamType[tuple[str, str]]):
    """`NAME=VALUE`."""

    name = "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The two sides of the first `=`."""
        if isinstance(value, tuple):
            return value
        name, equals, content = str(value).partition("=")
        if not equals or not name:
            self.fail(f"must be NAME=VALUE, not {value!r}", param, ctx)
        return name, content


@click.command(
    cls=Command,
    examples=[
        "spaceknow api --list",
        "spaceknow api user.info",
        "spaceknow api imagery.search.initiate -d @search.json",
        'spaceknow api kraken.grid_file --path-param mapId="$MAP" \\\n'
        '    --path-param geometryId=- --path-param z="$Z" --path-param x="$X" \\\n'
        '    --path-param y="$Y" --path-param fileName=cars.png --out cars.png',
        "spaceknow api credits.remaining --curl",
    ],
)
@click.argument(
    "name", metavar="[OPERATION]", required=False, shell_complete=names(lambda: _operations())
)
@click.option(
    "-d", "--data", help="The request body: JSON (or the content of a file), @FILE, or - for stdin."
)
@click.option(
    "--path-param", "parts", multiple=True, type=Pair(), help="A path parameter. Repeatable."
)
@click.option(
    "--query", "queries", multiple=True, type=Pair(), help="A query parameter. Repeatable."
)
@click.option("--header", "headers", multiple=True, type=Pair(), help="A header. Repeatable.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write the response to this file.")
@click.option("--curl", is_flag=True, help="Print a curl command, and send nothing.")
@click.option("--list", "lists", is_flag=True, help="List the operations.")
@click.option(
    "--show-secrets", is_flag=True, help="Show tokens in responses, instead of masking them."
)
@click.pass_obj
def command(
    app: App,
    name: str | None,
    data: str | None,
    parts: tuple[tuple[str, str], ...],
    queries: tuple[tuple[str, str], ...],
    headers: tuple[tuple[str, str], ...],
    out: str | None,
    curl: bool,
    lists: bool,
    show_secrets: bool,
) -> None:
    """Call any operation of the API.

    The response is printed as JSON. Login, retries and exit codes are those of the other commands.
    --curl prints a command with $SPACEKNOW_TOKEN in place of the token, and without a password.
    """
    if lists:
        rows = [
            {
                "operation": item.id,
                "summary": item.summary,
                "method": item.method,
                "path": item.path,
                "deprecated": item.deprecated,
            }
            for item in _operations().values()
        ]
        app.show_all(rows, COLUMNS, "")
        return
    if name is None:
        raise click.UsageError("Missing argument OPERATION; --list lists the operations.")
    operation = _operation(name)
    request = _request(operation, dict(parts), queries, headers, _body(operation, data))
    if curl:
        lines = _curl(app, operation, request, data)
        app.show({"curl": " ".join(line.rstrip("\\").strip() for line in lines)}, lambda: lines)
        return
    if operation.is_file and out is None and sys.stdout.isatty():
        raise click.UsageError("the response is a file, which a terminal cannot show; pass --out.")
    from ...generated.types import ABSENT

    with app.client() as client:
        # The transport takes any request; `client.raw` has only the methods of this release.
        content = client._transport.send(request, lambda value: value).parsed
    if isinstance(content, bytes):
        _write_file(content, out)
        return
    if content is ABSENT and operation.is_file:
        app.note("The server has no such file (status 204).")
        app.fail(1)
    elif content is ABSENT:
        app.show(None, list)
        return
    shown = content
    if not show_secrets:
        shown = each_secret(content, lambda *_: HIDDEN, cursors=operation.cursors)
    if out is not None:
        Path(out).write_text(json.dumps(shown, indent=2) + "\n", encoding="utf-8")
    else:
        app.show(shown, lambda: [json.dumps(shown, indent=2)])


def _operations() -> dict[str, Operation]:
    from ...generated.catalogue import OPERATIONS

    return OPERATIONS


def _operation(name: str) -> Operation:
    """The operation of this name; for a pipeline (`kraken.release`) the one that starts it."""
    from ...client.operation_names import operation_named

    try:
        return operation_named(name)
    except InvalidArgumentError as error:
        error.hint = error.hint or "--list lists the operations."
        raise


def _request(
    operation: Operation,
    parts: dict[str, str],
    queries: tuple[tuple[str, str], ...],
    headers: tuple[tuple[str, str], ...],
    data: Any,
) -> Request:
    from ...generated.types import UNSET, Request, WrongShapeError, segment
    from ...transport.http_messages import OWN_HEADERS

    for name, _ in headers:
        if name.lower() in OWN_HEADERS:
            raise click.UsageError(f"the header {name} is written by the client itself. Omit it.")
    names = re.findall(r"{([^}]+)}", operation.path)
    missing = [name for name in names if name not in parts]
    unknown = [name for name in parts if name not in names]
    if missing:
        raise click.UsageError(
            f"path parameter missing: {operation.path} needs --path-param {missing[0]}=VALUE."
        )
    if unknown:
        raise click.UsageError(
            f"unknown path parameter {unknown[0]!r}; the path is {operation.path}."
        )
    try:
        path = re.sub(r"{([^}]+)}", lambda name: segment(parts[name[1]]), operation.path)
    except WrongShapeError as error:
        raise InvalidArgumentError(str(error)) from error
    query: dict[str, str | list[str]] = {}
    for name, value in queries:
        known = query.get(name, [])
        query[name] = (
            value if name not in query else [*([known] if isinstance(known, str) else known), value]
        )
    return Request(
        operation=operation.id,
        method=operation.method,
        path=path,
        query=query,
        headers=dict(headers),
        json=UNSET if data is None else data,
    )


def _body(operation: Operation, data: str | None) -> Any:
    """The value of `--data` for this operation: JSON data, also of a form, or the bytes of a file."""
    from ...generated.types import FORM, is_json

    if data is None:
        return None
    context = click.get_current_context()
    option = next(each for each in context.command.params if each.name == "data")
    if operation.media == FORM or is_json(operation.media):
        return Body().convert(data, option, context)
    if data == "-" or data.startswith("@"):
        return Body().data(data.removeprefix("@"), option, context)
    return data.encode()


def _curl(app: App, operation: Operation, request: Request, data: str | None) -> list[str]:
    from urllib.parse import quote, urlencode

    from ...generated.catalogue import SCHEMES
    from ...generated.types import UNSET

    environment = app.settings.environment_for(None)
    base = environment.auth_url if operation.server == "auth0" else environment.base_url
    encoded = urlencode(request.query, doseq=True, safe=",")
    query = f"?{encoded}" if encoded else ""
    url = shlex.quote(base + request.path + query)
    headers = ["-H " + shlex.quote(f"{name}: {value}") for name, value in request.headers.items()]
    for name in next(filter(None, operation.security), {}):
        scheme = SCHEMES[name]
        if scheme.kind == "bearer":
            headers.append('-H "Authorization: Bearer $SPACEKNOW_TOKEN"')
        elif scheme.place == "header":
            headers.append(f'-H "{scheme.name}: $SPACEKNOW_API_KEY"')
        else:
            url += f'"{"&" if query else "?"}{quote(scheme.name)}=$SPACEKNOW_API_KEY"'
    words = [f"curl -sS -X {request.method} {url}", *headers]
    if request.method == "POST" or request.json is not UNSET:
        words.append(f"-H 'Content-Type: {operation.media}'")
        words += _curl_data(operation, None if request.json is UNSET else request.json, data)
    if operation.is_file:
        words.append("-o " + shlex.quote(request.path.rpartition("/")[2]))
    return list[str](" \\\n  ".join(words).splitlines())


def _curl_data(operation: Operation, body: Any, data: str | None) -> list[str]:
    from ...generated.types import FORM

    if isinstance(body, bytes):
        return [f"--data-binary {shlex.quote('@-' if data == '-' else data or '')}"]
    if operation.media == FORM and isinstance(body, dict):
        values = {name: item if isinstance(item, list) else [item] for name, item in body.items()}
        pairs = [(name, each) for name, several in values.items() for each in several]
        return [f"--data-urlencode {_field(name, each, operation.cursors)}" for name, each in pairs]
    return [f"-d {_quoted(body, operation.cursors)}"]


def _field(name: str, value: Any, cursors: tuple[str, ...]) -> str:
    """A field of a form, as `_quoted`."""
    return _quoted({name: value}, cursors, is_field=True)


def _quoted(body: Any, cursors: tuple[str, ...], *, is_field: bool = False) -> str:
    """A body, quoted for a shell. Each secret is replaced by the variable that holds it."""
    if body is None:
        return "''"

    def marked(name: str, _: str) -> str:
        return f"\0SPACEKNOW_{'PASSWORD' if 'assword' in name else 'TOKEN'}\0"

    shown = each_secret(body, marked, cursors=cursors)
    text = json.dumps(shown)
    if is_field:
        ((name, value),) = shown.items()
        text = f"{name}={value if isinstance(value, str) else json.dumps(value)}"
    text = shlex.quote(text.replace("\0", "\\u0000"))
    return re.sub(r"\\u0000(\w+)\\u0000", r"""'"$\1"'""", text)


def _write_file(content: bytes, out: str | None) -> None:
    if out is not None:
        Path(out).write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
