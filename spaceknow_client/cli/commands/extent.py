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

command = Group("extent", help="Split an area into tiles.")

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
    metavar="METERS",
    help="Side of a tile, in units of the CRS. [default: 10 km, or as --max-area and --max-bytes "
    "allow]",
)
@click.option(
    "--max-area",
    type=click.FloatRange(min=0),
    metavar="M2",
    help="Maximum area of a tile in square meters.",
)
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    metavar="BYTES",
    help="Maximum size of a tile's GeoJSON in bytes.",
)
@click.option(
    "--crs",
    default="auto",
    show_default=True,
    help="Coordinate system of the tiles: auto, utm, or a code such as EPSG:32756.",
)
@click.option(
    "--min-fraction",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    default=0.0,
    help="Omit tiles if the extent covers less than this share of them (0 to 1).",
)
@click.option(
    "--align",
    type=click.Choice(["center", "corner", "origin"]),
    default="center",
    show_default=True,
    help="Alignment of the grid: to the center or the corner of the extent, or the CRS's origin.",
)
@click.option(
    "--no-clip", is_flag=True, help="Write whole square tiles, not clipped to the extent."
)
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
    no_clip: bool,
) -> None:
    """Split an extent into square tiles.

    --json prints a FeatureCollection; --ndjson prints one Feature per line, which other commands
    accept as --extent. Requires the extra `geo`.
    """
    from ...extents.decomposition import decompose

    with warnings.catch_warnings(record=True) as caught:
        grid = decompose(
            extent,
            tile_size,
            crs=crs,
            min_fraction=min_fraction,
            align=align,
            clip=not no_clip,
            max_area=max_area,
            max_bytes=max_bytes,
        )
        tiles: dict[str, Any] = grid.to_geojson()
    for warning in caught:
        app.warn(str(warning.message))
    if app.format is Format.JSON:
        app.show(tiles, list)
    else:
        app.show_all(tiles["features"], COLUMNS, "No tiles.")
