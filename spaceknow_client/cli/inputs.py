"""What commands read: extents, scenes, tokens, maps and JSON, from files or from stdin (`-`)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from ..errors.base import InvalidArgumentError
from ..runtime.secret import hidden
from .app import App

if TYPE_CHECKING:
    from ..extents.extent import Extent
    from ..maps.kraken_map import KrakenMap

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
        """The text of a file or of stdin."""
        try:
            if path == "-":
                self._take_stdin(param, ctx)
                return sys.stdin.read()
            return Path(path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            self.fail(f"{path} holds no text in UTF-8", param, ctx)
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
    """An Extent, from a file of GeoJSON."""

    def understood(
        self,
        path: str,
        text: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Extent:
        """Raises what Extent raises, with the name of the file."""
        from ..extents.extent import Extent

        try:
            return Extent(text)
        except InvalidArgumentError as error:
            self.fail(f"{path}: {error}", param, ctx)


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


class MapFile(FromFile):
    """A KrakenMap, from the JSON that `pipeline wait` or `release` printed."""

    def understood(
        self,
        path: str,
        text: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> KrakenMap:
        """The map."""
        from ..maps.kraken_map import KrakenMap

        try:
            return KrakenMap.from_dict(self.json(path, text, param, ctx))
        except ValueError as error:
            self.fail(f"{path} holds no map: {error}", param, ctx)


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
    `--json`: then a member of each object is taken.

    Args:
        name: what the help calls it.
        member: the member.
    """

    def __init__(self, name: str, member: str) -> None:
        self.name = name
        self.member = member

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[str]:
        """The texts."""
        if isinstance(value, list):
            return value
        if value != "-" and not value.startswith("@"):
            return [str(value)]
        text = self.text(value.removeprefix("@"), param, ctx)
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError):
            whole = None
        for item in whole if isinstance(whole, list) else ():
            if not isinstance(item, (str, dict)):
                self.fail(
                    f"{value} must hold strings, or objects with {self.member}, not {item!r:.80}",
                    param,
                    ctx,
                )
        found = (
            [self._of(item, "") for item in whole]
            if isinstance(whole, list)
            else [self._of(_json(line), line) for line in text.splitlines() if line.strip()]
            if not isinstance(whole, dict)
            else [self._of(whole, text)]
        )
        if not all(found):
            self.fail(f"{value} holds an object without {self.member}", param, ctx)
        return found

    def _of(self, item: Any, line: str) -> str:
        """The text that a line means; an object that is no result of a command is one itself."""
        if isinstance(item, str):
            return item
        if not isinstance(item, dict):
            return line.strip()
        found = item.get(self.member)
        if isinstance(found, str):
            return found
        return line.strip() if "version" in item else ""


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


SCENES = Lines("ID", "sceneId")
TOKENS = Lines("TOKEN", "token")


def together(given: tuple[list[str], ...]) -> list[str]:
    """What an option that can be repeated gave, each once, in its order."""
    return list(dict.fromkeys(text for texts in given for text in texts))


def _scenes(
    ctx: click.Context, param: click.Parameter, given: tuple[list[str], ...]
) -> tuple[list[str], ...]:
    """Checks the ids as methods of the client do, all of them before the first is used."""
    from ..resources.arguments import SCENE_ID

    for number, text in enumerate((text for texts in given for text in texts), 1):
        try:
            SCENE_ID(f"number {number}", text)
        except InvalidArgumentError as error:
            raise click.BadParameter(error.message, ctx, param) from error
    return given


extent_option = click.option(
    "--extent", required=True, type=ExtentFile(), help="The area: a file of GeoJSON, or -."
)
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
    callback=_scenes,
    help="A scene, by its id; again for more. - reads ids, or what `search --ndjson` prints; "
    "@FILE does so from a file.",
)
