"""Options that several commands for maps have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class ZoomLevel(click.ParamType[Any]):
    """A zoom level, or `max`."""

    name = "N|max"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or `max`."""
        return value if value == "max" else click.IntRange(0, 30).convert(value, param, ctx)


zoom_option = click.option(
    "--zoom",
    type=ZoomLevel(),
    help="Use the child tiles at this zoom, or at the deepest zoom (max), instead of the map's own.",
)
files_option = click.option(
    "--max-files",
    type=click.IntRange(1),
    metavar="N",
    help="Maximum number of files to fetch. [default: 4096, unlimited if --zoom is a number]",
)
geometry_option = click.option(
    "--geometry-id", default="-", metavar="ID", help="Fetch the map's part for a sub-geometry."
)


def out_option(text: str) -> Callable[[Any], Any]:
    """The option --out with this help."""
    return click.option(
        "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=text
    )
