"""Inputs of commands: extents, scenes, handles and JSON, from files or from stdin (`-`)."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..errors.base import InvalidArgumentError
from ..runtime.secret import hidden
from .app import App

SECRET = re.compile(r"(?i)(token|password|secret)$")


class FromFile(click.ParamType[Any]):
    """The text of a file or of stdin (`-`). Only one option or argument can read stdin."""

    name = "FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Reads and parses it."""
        if not isinstance(value, str):
            return value
        return self.parsed(value, self.text(value, param, ctx), param, ctx)

    def text(self, path: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text of a file or of stdin, in any encoding of Unicode, without its BOM."""
        data = self.data(path, param, ctx)
        try:
            return data.decode(json.detect_encoding(data))
        except UnicodeDecodeError:
            self.fail(f"{path} is not UTF-8 text", param, ctx)

    def data(self, path: str, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """The bytes."""
        try:
            if path == "-":
                self._take_stdin(param, ctx)
                return sys.stdin.buffer.read()
            return Path(path).read_bytes()
        except (OSError, ValueError) as error:
            self.fail(f"cannot read {path}: {getattr(error, 'strerror', error)}", param, ctx)

    def parsed(
        self,
        path: str,
        text: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """The value of the text."""
        return text

    def _take_stdin(self, param: click.Parameter | None, ctx: click.Context | None) -> None:
        app = ctx.find_object(App) if ctx else None
        name = param.opts[-1] if param else "an argument"
        if app is None:
            return
        if app.stdin_reader is not None:
            self.fail(f"{app.stdin_reader} already reads stdin", param, ctx)
        app.stdin_reader = name

    def json(
        self, path: str, text: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """The text as JSON."""
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            self.fail(f"{path} is invalid JSON: {error}", param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names of files."""
        return [CompletionItem(incomplete, type="file")]


class ExtentFile(FromFile):
    """An Extent: GeoJSON or WKT, inline or in a file."""

    name = "AREA"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The Extent; a usage error if it is invalid or could not be sent."""
        from ..extents.extent import Extent
        from ..extents.formats import is_text, read_bytes

        if not isinstance(value, str):
            return value
        inline = False
        try:
            inline = is_text(value) and not os.path.exists(value)
            if inline:
                extent = Extent(value)
            elif value == "-":
                extent = Extent(read_bytes(self.data(value, param, ctx)))
            else:
                extent = Extent.from_file(value)
            extent.to_geojson()
        except InvalidArgumentError as error:
            named = inline or str(error).startswith(value)
            self.fail(str(error) if named else f"{value}: {error}", param, ctx)
        return extent


class Bounds(click.ParamType[Any]):
    """A rectangle: west, south, east, north in degrees."""

    name = "W,S,E,N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As an Extent."""
        from ..extents.extent import Extent

        if not isinstance(value, str):
            return value
        try:
            west, south, east, north = map(float, value.split(","))
        except ValueError:
            self.fail(
                f"must be four numbers (west, south, east, north), not {value!r:.60}", param, ctx
            )
        try:
            return Extent.from_bounds(west, south, east, north)
        except InvalidArgumentError as error:
            self.fail(str(error), param, ctx)


class JSONFile(FromFile):
    """The content of a JSON file."""

    def parsed(
        self,
        path: str,
        text: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """As JSON data."""
        return self.json(path, text, param, ctx)


class Body(JSONFile):
    """JSON: inline, in a file (`@FILE`), or on stdin (`-`)."""

    name = "JSON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As JSON data."""
        if not isinstance(value, str):
            return value
        if value == "-" or value.startswith("@"):
            found = super().convert(value.removeprefix("@"), param, ctx)
        else:
            found = self.json("the value", value, param, ctx)  # it may hold a secret
        return each_secret(found, lambda _, text: hidden(text))


def each_secret(
    value: Any, change: Callable[[str, str], str], name: str = "", *, cursors: tuple[str, ...] = ()
) -> Any:
    """JSON data with each string of a secret member replaced by `change(name, string)`.

    Cursors are not secret, whatever they are called.
    """
    if isinstance(value, dict):
        return {key: each_secret(item, change, key, cursors=cursors) for key, item in value.items()}
    if isinstance(value, list):
        return [each_secret(item, change, cursors=cursors) for item in value]
    is_secret = isinstance(value, str) and SECRET.search(name) and name not in cursors
    return change(name, value) if is_secret else value


class Lines(FromFile):
    """One string, or one per line of a file (`@FILE`) or of stdin (`-`).

    A line can also be an object that a command printed with `--ndjson`, and the whole file what it
    printed with `--json`: one member of each object is used. Anything else is an error that names
    the line.

    Args:
        name: the name in the help.
        what: the name in errors.
        member: the member of the objects.
        is_object: whether a JSON object with a `version` is itself the value (a pipeline handle).
    """

    def __init__(self, name: str, what: str, member: str, *, is_object: bool = False) -> None:
        self.name = name
        self.what = what
        self.member = member
        self.is_object = is_object

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[str]:
        """The strings."""
        if isinstance(value, list):
            return value
        if value != "-" and not value.startswith("@"):
            lines = [("", value)]
        else:
            path = value.removeprefix("@")
            text = self.text(path, param, ctx)
            lines = [(f"{where}: ", line) for where, line in parts(path, text)]
            if not lines:
                self.fail(f"{path} holds no {self.name}", param, ctx)
        found = []
        for where, line in lines:
            value = self._of(line.strip())
            if value is None:
                self.fail(
                    f"{where}must be {self.what}, or the JSON output of a command that "
                    f"prints {self.member}, not {line.strip()!r:.60}",
                    param,
                    ctx,
                )
            found.append(value)
        return found

    def _of(self, line: str) -> str | None:
        """The string in a line; None if there is none."""
        found, taken = _json(line, line), None
        if isinstance(found, dict):
            if self.is_object and "version" in found and self.member not in found:
                return line
            taken, found = found.get("datetime"), found.get(self.member)
        if not isinstance(found, str):
            return None
        if self.is_object and isinstance(_json(found), dict):
            return found
        # Ids are opaque, but lines of a table, a header, CSV or broken JSON are not ids.
        if _NO_ID(found):
            return None
        return _dated(found, taken) if self.member == "sceneId" and taken is not None else found


def _dated(scene_id: str, taken: object) -> str:
    """The id of a scene with its acquisition time, as a search prints it."""
    from ..generated.types import WrongShapeError, date_time
    from ..maps.scene_id import SceneId

    try:
        return SceneId.of(scene_id, date_time(taken, "datetime"))
    except WrongShapeError:
        return scene_id


def parts(path: str, text: str) -> list[tuple[str, str]]:
    """The parts of a file with their positions: items of an array, one object, or lines."""
    text = text.replace("\ufeff", "")  # concatenated files can have several
    whole = _json(text)
    if isinstance(whole, list):
        return [(f"{path}, item {n}", json.dumps(each)) for n, each in enumerate(whole, 1)]
    if isinstance(whole, dict):
        return [(path, text)]
    lines = enumerate(re.split("\r\n?|\n", text), 1)
    return [(f"{path}, line {number}", line) for number, line in lines if line.strip()]


_NO_ID = re.compile(
    r"""[\s,;|"'<>{}()\[\]\\]|^#|^((scene)?[_-]?ids?|handle|null|true|false|none|nan)?$""", re.I
).search


def _json(line: str, default: Any = None) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return default


SCENES = Lines("ID", "a scene id", "sceneId")
HANDLES = Lines("HANDLE", "a pipeline handle", "handle", is_object=True)


def together(given: tuple[list[str], ...]) -> list[str]:
    """The values of a repeatable option, in order and without duplicates."""
    return list(dict.fromkeys(text for texts in given for text in texts))


_BBOX = f"{__name__}.bbox"


def extent_option(
    command: Callable[..., Any], *, required: bool = True, help: str = "The area"
) -> Callable[..., Any]:
    """The mutually exclusive options --extent and --bbox: the argument `extent`."""

    def keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        ctx.meta[_BBOX] = value

    def choose(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        box = ctx.meta.get(_BBOX)
        if value is not None and box is not None:
            raise click.UsageError("--extent cannot be combined with --bbox.", ctx)
        if value is None and box is None and required:
            raise click.MissingParameter(ctx=ctx, param=param, param_hint="'--extent' or '--bbox'")
        return box if value is None else value

    command = click.option(
        "--bbox",
        type=Bounds(),
        is_eager=True,
        expose_value=False,
        callback=keep,
        help="The area as a rectangle in degrees, instead of --extent.",
    )(command)
    return click.option(
        "--extent",
        type=ExtentFile(),
        callback=choose,
        help=f"{help}: GeoJSON or WKT, or a file that holds it; - reads stdin.",
    )(command)


tile_size_option = click.option(
    "--tile-size",
    type=click.FloatRange(min=0, min_open=True),
    metavar="METERS",
    help="Split a large extent into square tiles of this side, and send one request per tile. "
    "Requires the extra `geo`.",
)
scene_option = click.option(
    "--scene",
    "scenes",
    required=True,
    multiple=True,
    type=SCENES,
    help="A scene id. Repeatable. - reads ids, or the output of `search --ndjson`, from stdin; "
    "@FILE reads them from a file.",
)
