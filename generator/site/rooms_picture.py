"""The picture of the rooms of the package, drawn from the import contract in pyproject.toml."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from ..rendering import environment

PACKAGE = Path("spaceknow_client")
PICTURE = Path("docs") / "images" / "rooms.svg"
CONTRACT = "Imports flow down"

TEMPLATES = environment(Path(__file__).parent / "templates")


def room_layers(project: Path) -> list[list[str]]:
    """The rooms from top to bottom: each imports only those of the rows below it."""
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["name"] == CONTRACT)
    return [[room.strip() for room in row.split("|")] for row in layers]


def purpose(project: Path, room: str) -> str:
    """The first line of a room's docstring."""
    folder = project / PACKAGE / room
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0].replace("`", "")


def picture(project: Path) -> str:
    """An SVG: a row for each layer, the top first."""
    rows = [{room: purpose(project, room) for room in row} for row in room_layers(project)]
    return TEMPLATES.get_template("rooms.svg.jinja").render(rows=rows)
