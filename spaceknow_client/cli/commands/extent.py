"""`spaceknow extent`."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import click

from ..app import App, Format
from ..command import Group
from ..inputs import ExtentFile
from ..tables import Column

if TYPE_CHECKING:
    from ...extents.extent import Extent

command = Group("extent", help="Areas: cut one into tiles.")

COLUMNS = (
    Column("row", lambda tile: tile["properties"]["row"], right=True),
    Column("column", lambda tile: tile["properties"]["column"], right=True),
    Column("covered", lambda tile: f"{tile['properties']['fraction']:.0%}", right=True),
)


@command.command(
    examples=[
        "spaceknow extent split place.geojson --tile-size 100 --json > tiles.geojson",
        "spaceknow extent split place.geojson --tile-size 100 --ndjson | head -n 1",
    ]
)
@click.argument("extent", metavar="FILE", type=ExtentFile())
@click.option(
    "--tile-size",
    type=click.FloatRange(min=0, min_open=True),
    metavar="METRES",
    help="A tile's side, in units of the CRS (10 km, or what the next two allow).",
)
@click.option(
    "--max-area",
    type=click.FloatRange(min=0),
    metavar="M2",
    help="The most square metres of a tile.",
)
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    metavar="BYTES",
    help="The most bytes of a tile's GeoJSON.",
)
@click.option("--crs", default="auto", show_default=True, help="auto, utm, or such as EPSG:32756.")
@click.option(
    "--min-fraction",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    default=0.0,
    help="Leave out tiles of which the extent covers less than this share.",
)
@click.option(
    "--align",
    type=click.Choice(["center", "corner", "origin"]),
    default="center",
    show_default=True,
    help="Where the grid lies.",
)
@click.option("--whole", is_flag=True, help="Whole squares, not the parts of the extent in them.")
@click.pass_obj
def split(
    app: App,
    extent: Extent,
    tile_size: float | None,
    max_area: float | None,
    max_bytes: int | None,
    crs: str,
    min_fraction: float,
    align: str,
    whole: bool,
) -> None:
    """Cut an extent into square tiles.

    --json prints a FeatureCollection, --ndjson a Feature on each line, which is an --extent for
    other commands. Needs the extra `geo`.
    """
    from ...extents.decomposition import decompose

    with warnings.catch_warnings(record=True) as told:
        grid = decompose(
            extent,
            tile_size,
            crs=crs,
            min_fraction=min_fraction,
            align=align,
            clip=not whole,
            max_area=max_area,
            max_bytes=max_bytes,
        )
        tiles: dict[str, Any] = grid.to_geojson()
    for warning in told:
        app.warn(str(warning.message))
    if app.format is Format.JSON:
        app.show(tiles, list)
    else:
        app.show_all(tiles["features"], COLUMNS, "No tiles.")
