"""The picture of the rooms of the package, drawn from the import contract in pyproject.toml."""

from __future__ import annotations

import ast
import tomllib
from html import escape
from pathlib import Path

PACKAGE = Path("spaceknow_client")
PICTURE = Path("docs") / "images" / "rooms.svg"
CONTRACT = "Imports flow down"

WIDTH, HEIGHT, GAP = 920, 44, 8  # of the picture, of a row, between rows and boxes; pixels
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2933}.name{font-weight:600}"
    "rect{fill:#e8f1fb;stroke:#7aa7d6}"
)


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
    rows = room_layers(project)
    height = len(rows) * (HEIGHT + GAP) + GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" '
        'aria-label="The rooms of the package; each imports only rooms below it">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" style="fill:#fff;stroke:none"/>',
    ]
    for number, row in enumerate(rows):
        top = GAP + number * (HEIGHT + GAP)
        side = (WIDTH - GAP) / len(row)
        for column, room in enumerate(row):
            left = GAP + column * side
            about = escape(purpose(project, room)) if len(row) == 1 else ""
            lines += [
                f'<rect x="{left:.0f}" y="{top}" width="{side - GAP:.0f}" height="{HEIGHT}" rx="5"/>',
                f'<text x="{left + 12:.0f}" y="{top + 27}" class="name">{escape(room)}</text>',
                f'<text x="{left + 130:.0f}" y="{top + 27}">{about}</text>' if about else "",
            ]
    return "\n".join([*filter(None, lines), "</svg>"]) + "\n"
