"""`spaceknow dry-run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..app import App
from ..command import Command
from ..inputs import extent_option, scene_option, together
from ..known_values import MAP_TYPES
from ..waiting import detach_option, finish

if TYPE_CHECKING:
    from ...extents.extent import Extent


@click.command(
    cls=Command,
    examples=['spaceknow dry-run cars imagery --scene "$SCENE" --extent place.geojson'],
)
@click.argument(
    "map_types", metavar="MAP_TYPE...", nargs=-1, required=True, shell_complete=MAP_TYPES
)
@scene_option
@extent_option
@detach_option
@click.pass_obj
def command(
    app: App,
    map_types: tuple[str, ...],
    scenes: tuple[list[str], ...],
    extent: Extent,
    detach: bool,
) -> None:
    """Estimate the cost of a release.

    A dry run spends no credits.
    """
    with app.client() as client:
        pipeline = client.kraken.dry_run(list(map_types), scene_ids=together(scenes), extent=extent)
        finish(app, pipeline, "dry-run", detach=detach)
