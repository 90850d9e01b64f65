"""What commands read: extents, scenes, tokens, maps and JSON, from files or from stdin (`-`)."""

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
    """What is in a file, or in stdin (`-`), as text. stdin can be read for one thing only."""

    name = "FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Reads it, and understands it."""
        if not isinstance(value, str):
            return value
        return self.understood(value, self.text(value, param, ctx), param, ctx)

    def text(self, path: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text of a file or of stdin, in any encoding of Unicode, without its BOM."""
        data = self.data(path, param, ctx)
        try:
            return data.decode(json.detect_encoding(data))
        except UnicodeDecodeError:
            self.fail(f"{path} holds no text in UTF-8", param, ctx)

    def data(self, path: str, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """The bytes."""
        try:
            if path == "-":
                self._take_stdin(param, ctx)
                return sys.stdin.buffer.read()
            return Path(path).read_bytes()
        except (OSError, ValueError) as error:
            self.fail(f"{path} cannot be read: {getattr(error, 'strerror', error)}", param, ctx)

    def understood(
        self,
        path: str,
        text: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """What the text means."""
        return text

    def _take_stdin(self, param: click.Parameter | None, ctx: click.Context | None) -> None:
        app = ctx.find_object(App) if ctx else None
        name = param.opts[-1] if param else "an argument"
        if app is None:
            return
        if app.stdin_reader is not None:
            self.fail(f"stdin is read for {app.stdin_reader} already", param, ctx)
        app.stdin_reader = name

    def json(
        self, path: str, text: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """The text as JSON."""
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            self.fail(f"{path} holds no JSON: {error}", param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names of files."""
        return [CompletionItem(incomplete, type="file")]


class ExtentFile(FromFile):
    """An Extent: the text of one, or a file of it."""

    name = "AREA"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises what Extent raises, also for what could not be sent."""
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
            self.fail(f"{value!r:.60} is not four numbers: west, south, east, north", param, ctx)
        try:
            return Extent.from_bounds(west, south, east, north)
        except InvalidArgumentError as error:
            self.fail(str(error), param, ctx)


class JSONFile(FromFile):
    """What is in a file of JSON."""

    def understood(
        self,
        path: str,
        text: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """As JSON data."""
        return self.json(path, text, param, ctx)


class Body(JSONFile):
    """JSON as it is, of a file (`@FILE`), or of stdin (`-`)."""

    name = "JSON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As JSON data."""
        if not isinstance(value, str):
            return value
        if value == "-" or value.startswith("@"):
            found = super().convert(value.removeprefix("@"), param, ctx)
        else:
            found = self.json("what was given", value, param, ctx)
        return each_secret(found, lambda _, text: hidden(text))


def each_secret(value: Any, change: Callable[[str, str], str], name: str = "") -> Any:
    """JSON data with `change(name, text)` in the place of each text whose name says that it is secret."""
    if isinstance(value, dict):
        return {key: each_secret(item, change, key) for key, item in value.items()}
    if isinstance(value, list):
        return [each_secret(item, change) for item in value]
    return change(name, value) if isinstance(value, str) and SECRET.search(name) else value


class Lines(FromFile):
    """One text, or those of the lines of a file (`@FILE`) or of stdin (`-`).

    A line may be what a command printed with `--ndjson`, and all of them what it printed with
    `--json`: then a member of each object is taken. What is neither is refused, and its line named.

    Args:
        name: what the help calls it.
        what: what errors call it.
        member: the member.
        is_object: whether a JSON object with a `version` is taken whole, as a pipeline handle is.
    """

    def __init__(self, name: str, what: str, member: str, *, is_object: bool = False) -> None:
        self.name = name
        self.what = what
        self.member = member
        self.is_object = is_object

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[str]:
        """The texts."""
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
            meant = self._of(line.strip())
            if meant is None:
                self.fail(
                    f"{where}{line.strip()!r:.60} is not {self.what}, and not a result of a command, "
                    f"with {self.member}",
                    param,
                    ctx,
                )
            found.append(meant)
        return found

    def _of(self, line: str) -> str | None:
        """The string that a line means; None if it means none."""
        found, taken = _json(line, line), None
        if isinstance(found, dict):
            if self.is_object and "version" in found and self.member not in found:
                return line
            taken, found = found.get("datetime"), found.get(self.member)
        if not isinstance(found, str):
            return None
        if self.is_object and isinstance(_json(found), dict):
            return found
        # An id is opaque; but a table, a header, CSV or broken JSON is no list of them.
        if _NO_ID(found):
            return None
        return _dated(found, taken) if self.member == "sceneId" and taken is not None else found


def _dated(scene_id: str, taken: object) -> str:
    """The id of a scene in a line of a search, which tells when it was taken."""
    from ..generated.types import WrongShapeError, date_time
    from ..maps.scene_id import SceneId

    try:
        return SceneId.of(scene_id, date_time(taken, "datetime"))
    except WrongShapeError:
        return scene_id


def parts(path: str, text: str) -> list[tuple[str, str]]:
    """What a file holds, each part with where it is: items of an array, one object, or lines."""
    text = text.replace("\ufeff", "")  # of files that were joined, too
    whole = _json(text)
    if isinstance(whole, list):
        return [(f"{path}, item {n}", json.dumps(each)) for n, each in enumerate(whole, 1)]
    if isinstance(whole, dict):
        return [(path, text)]
    lines = enumerate(re.split("\r\n?|\n", text), 1)
    return [(f"{path}, line {number}", line) for number, line in lines if line.strip()]


_NO_ID = re.compile(
    r"""[\s,;|"'<>{}()\[\]\\]|^#|^((scene)?[_-]?ids?|token|null|true|false|none|nan)?$""", re.I
).search


def _json(line: str, default: Any = None) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return default


SCENES = Lines("ID", "a scene id", "sceneId")
TOKENS = Lines("TOKEN", "a pipeline handle", "token", is_object=True)


def together(given: tuple[list[str], ...]) -> list[str]:
    """What an option that can be repeated gave, each once, in its order."""
    return list(dict.fromkeys(text for texts in given for text in texts))


_BBOX = f"{__name__}.bbox"


def extent_option(
    command: Callable[..., Any], *, required: bool = True, help: str = "The area"
) -> Callable[..., Any]:
    """The options --extent and --bbox, of which one is given: the argument `extent`."""

    def keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        ctx.meta[_BBOX] = value

    def choose(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        box = ctx.meta.get(_BBOX)
        if value is not None and box is not None:
            raise click.UsageError("--extent and --bbox are two ways to say the same.", ctx)
        if value is None and box is None and required:
            raise click.MissingParameter(ctx=ctx, param=param, param_hint="'--extent' or '--bbox'")
        return box if value is None else value

    command = click.option(
        "--bbox",
        type=Bounds(),
        is_eager=True,
        expose_value=False,
        callback=keep,
        help="A rectangle as the area, in degrees; instead of --extent.",
    )(command)
    return click.option(
        "--extent",
        type=ExtentFile(),
        callback=choose,
        help=f"{help}: GeoJSON or WKT, or a file of it; - reads stdin.",
    )(command)


tile_size_option = click.option(
    "--tile-size",
    type=click.FloatRange(min=0, min_open=True),
    metavar="METRES",
    help="Cut an extent that is too large for the server into square tiles, and ask for each of "
    "them. Needs the extra `geo`.",
)
scene_option = click.option(
    "--scene",
    "scenes",
    required=True,
    multiple=True,
    type=SCENES,
    help="A scene, by its id; again for more. - reads ids, or what `search --ndjson` prints; "
    "@FILE does so from a file.",
)
