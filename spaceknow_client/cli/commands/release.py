"""`spaceknow release`."""

from __future__ import annotations

import shlex
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from ..app import App
from ..command import Command
from ..fan_out import fan_out
from ..inputs import JSONFile, extent_option, scene_option, tile_size_option, together
from ..known_values import MAP_TYPES
from ..maps import days
from ..tables import Column
from ..waiting import detach_option, finish

if TYPE_CHECKING:
    from ...extents.extent import Extent
    from ...maps.kraken_map import KrakenMap
    from ...pipelines.pipeline import Pipeline

COLUMNS = (
    Column("date", lambda made: days(made), firm=True),
    Column("tiles", lambda made: len(made["tiles"]), right=True),
    Column("deepest zoom", lambda made: made["maxZoom"], right=True),
    Column("pipeline", lambda made: made["pipelineId"], firm=True),
    Column("scene id", lambda made: " ".join(made["sceneIds"]), whole=True),
)


@click.command(
    cls=Command,
    examples=[
        'spaceknow release cars --scene "$SCENE" --extent place.geojson \\\n    --json > map.json',
        "spaceknow release cars --scene @scenes.ndjson --per-scene \\\n"
        "    --extent place.geojson --allocate --max-credits 50 --ndjson > maps.ndjson",
        'spaceknow release cars --scene "$SCENE" --extent place.geojson --detach \\\n'
        "    | spaceknow pipeline wait - --json",
    ],
)
@click.argument("map_type", shell_complete=MAP_TYPES)
@scene_option
@extent_option
@detach_option
@click.option(
    "--per-scene", is_flag=True, help="Run one release per scene, instead of one for all scenes."
)
@click.option(
    "--allocate",
    is_flag=True,
    help="Allocate the area that is not allocated yet, for at most --max-credits in total.",
)
@click.option(
    "--max-credits",
    type=click.FloatRange(min=0),
    metavar="CREDITS",
    help="With --allocate: spend at most this. Without --allocate: start nothing if a dry run "
    "estimates a higher total; nothing is allocated.",
)
@tile_size_option
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    metavar="N",
    default=100,
    show_default=True,
    help="Maximum number of concurrent pipelines with --per-scene or --tile-size.",
)
@click.option(
    "--reuse",
    is_flag=True,
    help="Reuse a pipeline of the --journal with the same arguments, instead of paying again.",
)
@click.option("--sub-geometry", type=JSONFile(), help="A JSON file, sent unchanged.")
@click.pass_obj
def command(
    app: App,
    map_type: str,
    scenes: tuple[list[str], ...],
    extent: Extent,
    detach: bool,
    per_scene: bool,
    allocate: bool,
    max_credits: float | None,
    tile_size: float | None,
    concurrency: int,
    reuse: bool,
    sub_geometry: dict[str, Any] | None,
) -> None:
    """Run an analysis of scenes, and print the map.

    MAP_TYPE is the kind of analysis, such as cars, or imagery for the picture itself; `spaceknow map
    types` lists them. Unless the scenes are free, the area must be allocated in them, which costs
    credits: pass --allocate, or allocate it first (see `spaceknow credits --help`).
    """
    ids = together(scenes)
    if allocate and max_credits is None:
        raise click.UsageError("--allocate requires --max-credits.")
    if detach and tile_size is not None:
        raise click.UsageError("--tile-size cannot be combined with --detach.")
    if detach and per_scene and max_credits is not None:
        raise click.UsageError("--max-credits with --per-scene cannot be combined with --detach.")
    several = per_scene or tile_size is not None
    if sub_geometry is not None and several:
        raise click.UsageError("--sub-geometry cannot be combined with --per-scene or --tile-size.")
    groups = [[scene_id] for scene_id in ids] if per_scene else [ids]
    with app.client() as client:

        def begin(group: list[str]) -> Pipeline[KrakenMap]:
            with app.spending("kraken.release"):
                return client.kraken.release(
                    map_type,
                    scene_ids=group,
                    extent=extent,
                    sub_geometry=sub_geometry,
                    reuse=reuse,
                    allocate=allocate,
                    max_credits=max_credits,
                )

        if detach:
            for group in groups:
                finish(app, begin(group), "", detach=True)
        elif several:
            made = fan_out(
                app,
                f"release {map_type}",
                lambda told: client.kraken.release_many(
                    map_type,
                    scene_ids=groups,
                    extent=extent,
                    decompose=tile_size,
                    concurrency=concurrency,
                    deadline=app.settings.options().get("deadline"),
                    allocate=allocate,
                    max_credits=max_credits,
                    reuse=reuse,
                    on_progress=told,
                ),
                _input,
            )
            with closing(made):
                maps = (
                    {
                        **result.to_dict(),
                        **_input(given),
                        "pipelineId": pipeline.id,
                        **_spent(pipeline),
                    }
                    for given, pipeline, result in made
                )
                app.show_all(maps, COLUMNS, "No maps.")
                app.note(
                    "To print one as JSON:\n"
                    "spaceknow pipeline wait PIPELINE --operation kraken.release"
                )
        else:
            pipeline = begin(ids)
            finish(app, pipeline, f"release {map_type}")
            if pipeline.spent is not None:
                app.note(f"credits spent on the allocation: {pipeline.spent:.12g}")
            again = f"spaceknow pipeline wait {shlex.quote(pipeline.token())} --json"
            app.note(f"To print it as JSON:\n{again}")


def _input(given: Any) -> dict[str, Any]:
    """The scenes of one of several releases, as JSON data."""
    if not isinstance(given, tuple):
        return {"sceneIds": given}
    ids, _ = given
    return {"sceneIds": ids}


def _spent(pipeline: Pipeline[KrakenMap]) -> dict[str, float]:
    """The credits spent on the allocation for a release, as JSON data."""
    return {} if pipeline.spent is None else {"spent": pipeline.spent}
