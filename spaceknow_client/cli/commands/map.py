"""`spaceknow map`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...errors.base import AuthError, ConfigError, SpaceKnowError
from ...errors.shown import printable
from ..app import App
from ..command import Group
from ..failures import report
from ..known_values import known
from ..map_options import files_option, geometry_option, out_option, zoom_option
from ..maps import DATE, GivenMap, Maps, NamedMaps, file_names, maps_argument, show_each, write_csv
from ..progress import downloading
from ..tables import Column, fields

if TYPE_CHECKING:
    from ...errors.downloaded import Downloaded
    from ...maps.detections import Detections
    from ...maps.kraken_map import KrakenMap
    from ...maps.touched import Zoom

SHOWN = 10  # failures that are printed as text; --json has up to 1,000

command = Group("map", help="Download, render and export the map of a release.")


@command.command(
    examples=[
        "spaceknow map download map.json --folder cars",
        "spaceknow pipeline wait @handles --json \\\n"
        "    | spaceknow map download - --folder cars --file cars.png --json",
    ]
)
@click.argument("maps", metavar="MAPS", type=Maps(takes_folders=False))
@click.option(
    "--folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the files; it is created if necessary.",
)
@click.option(
    "--file", "files", multiple=True, metavar="NAME", help="Fetch only this file. Repeatable."
)
@zoom_option
@files_option
@geometry_option
@click.option(
    "--stop-on-error", is_flag=True, help="Stop at the first file that cannot be fetched."
)
@click.pass_obj
def download(
    app: App,
    maps: list[GivenMap],
    folder: Path,
    files: tuple[str, ...],
    zoom: Zoom,
    max_files: int | None,
    geometry_id: str,
    stop_on_error: bool,
) -> None:
    """Fetch the files of all tiles of a map into a folder.

    MAPS is a file with the output of `release` or `pipeline wait`, or -. Each of several maps gets
    a folder below --folder, with date and scene in its name. By default all known files of the map
    type are fetched. Run the command again, even after it was killed, to fetch only the missing
    files.
    """
    from ...errors.base import DownloadError

    def fetch(one: GivenMap, place: Path) -> dict[str, Any]:
        with downloading(app, place) as tell:
            try:
                done = client.kraken.download(
                    one.map,
                    place,
                    files or None,
                    zoom,
                    max_files=max_files,
                    geometry_id=geometry_id,
                    stop_on_error=stop_on_error,
                    on_progress=tell,
                )
            except DownloadError as error:
                if error.downloaded is not None:
                    tell_failures(error.downloaded)
                    if len(maps) == 1:
                        made = _downloaded(error.downloaded)
                        app.show(made, lambda: fields([(c.title, c.value(made)) for c in FETCHED]))
                if isinstance(error.__cause__, AuthError):  # has its own exit code
                    raise error.__cause__ from None
                raise
        tell_failures(done)
        return _downloaded(done)

    def tell_failures(done: Downloaded) -> None:
        for each in done.failures[:SHOWN]:
            place = "/".join(map(str, each.tile))
            app.note(printable(f"{each.name} of tile {place}: {each.error.message}"))

    places = [folder] if len(maps) == 1 else file_names(folder / "map", maps)
    with app.client() as client:
        show_each(app, maps, places, fetch, FETCHED)


def _downloaded(done: Downloaded) -> dict[str, Any]:
    failures = [
        {"tile": list(each.tile), "file": each.name, "errorMessage": each.error.message}
        for each in done.failures
    ]
    return {
        "folder": str(done.folder),
        "total": done.total,
        "fetched": done.fetched,
        "present": done.present,
        "absent": done.absent,
        "failed": done.failed,
        "bytes": done.bytes,
        "zoom": done.zoom,
        "metersPerPixel": done.meters_per_pixel,
        "failures": failures,
    }


FETCHED = (
    Column("folder", lambda row: row["folder"], whole=True),
    Column("fetched", lambda row: f"{row['fetched']} files, {row['bytes'] / 1e6:,.1f} MB"),
    Column("already present", lambda row: row["present"]),
    Column("not on the server", lambda row: row["absent"]),
    Column("failed", lambda row: row["failed"] or None),
    Column("detail", lambda row: _detail(row)),
)


@command.command(
    examples=[
        "spaceknow map mosaic map.json --file cars.png --out cars.tif",
        "spaceknow map mosaic map.json --out cars.png --zoom 19",
    ]
)
@maps_argument
@click.option("--file", metavar="NAME", help="The picture, such as truecolor.png or cars.png.")
@out_option("The file: a GeoTIFF (.tif; requires the extra geo) or a picture (.png, .webp).")
@zoom_option
@files_option
@geometry_option
@click.option(
    "--compression",
    type=click.Choice(["zstd", "deflate", "none"]),
    default="zstd",
    show_default=True,
    help="Compression of a GeoTIFF; more programs can read deflate.",
)
@click.option(
    "--no-cog", is_flag=True, help="Write a plain GeoTIFF instead of a cloud-optimized one."
)
@click.pass_obj
def mosaic(
    app: App,
    maps: list[GivenMap],
    file: str | None,
    out: Path,
    zoom: Zoom,
    max_files: int | None,
    geometry_id: str,
    compression: Any,
    no_cog: bool,
) -> None:
    """Write one picture of all tiles of a map.

    MAPS is a file with the output of `release` or `pipeline wait`, or -; or the folder of a `map
    download`, which needs no network. Each of several maps gets a picture, with date and scene in
    its name. A picture shows the map's own tiles, or with --zoom the child tiles that the extent
    touches, and is transparent outside the extent. A GeoTIFF is in Web Mercator (EPSG:3857).
    """
    from ...maps.pictures.mosaic_builder import scale_of

    how: Any = {"zoom": zoom, "compression": compression, "cloud_optimized": not no_cog}

    def save(one: GivenMap, path: Path) -> dict[str, Any]:
        if one.folder is not None:
            made = one.folder.save_mosaic(path, file, **how)
        else:
            with app.client() as client:
                made = client.kraken.save_mosaic(
                    one.map, path, file, geometry_id, max_files=max_files, **how
                )
        level, meters = scale_of(made)
        size = made.stat().st_size
        return {"file": str(made), "bytes": size, "zoom": level, "metersPerPixel": meters}

    show_each(app, maps, file_names(out, maps), save, SAVED)


SAVED = (
    Column("file", lambda row: row["file"], whole=True),
    Column("detail", lambda row: _detail(row)),
)


@command.command(
    examples=[
        "spaceknow map detections map.json --out cars.geojson",
        "spaceknow map detections map.json --out cars.gpkg --layer cars \\\n    --overwrite --json",
    ]
)
@maps_argument
@out_option("The file: .geojson; with the extra geo also .gpkg, .parquet, .fgb or .csv.")
@click.option("--layer", metavar="NAME", help="The layer of a .gpkg. [default: detections]")
@click.option("--overwrite", is_flag=True, help="Replace the layer if the .gpkg already has it.")
@zoom_option
@files_option
@geometry_option
@click.pass_obj
def detections(
    app: App,
    maps: list[GivenMap],
    out: Path,
    zoom: Zoom,
    max_files: int | None,
    geometry_id: str,
    layer: str | None,
    overwrite: bool,
) -> None:
    """Write the detections of all tiles of a map to one file.

    The map's own tiles have all detections; --zoom is not needed for that. An existing .gpkg keeps
    its other layers; other files are replaced.

    MAPS is a file with the output of `release` or `pipeline wait`, or -; or the folder of a `map
    download`, which needs no network. Each of several maps gets a file, with date and scene in its
    name.
    """

    def write(one: GivenMap, path: Path) -> dict[str, Any]:
        found = _detections(app, one, geometry_id, zoom=zoom, max_files=max_files)
        made = {
            "file": str(found.save(path, layer=layer, overwrite=overwrite)),
            "features": len(found.features),
        }
        return {**made, "count": found.count, "area": found.area}

    show_each(app, maps, file_names(out, maps), write, WRITTEN)


WRITTEN = (
    Column("file", lambda row: row["file"], whole=True),
    # One feature can represent several adjacent objects.
    Column("features", lambda row: row["features"], right=True),
    Column("objects", lambda row: row["count"], right=True),
    Column("area", lambda row: f"{row['area']:,.1f} m2", right=True),
)


def _detections(
    app: App,
    one: GivenMap,
    geometry_id: str = "-",
    *,
    zoom: Zoom = None,
    max_files: int | None = None,
) -> Detections:
    """The detections of a map, from the server or from a folder."""
    if one.folder is not None:
        return one.folder.detections(zoom=zoom)
    with app.client() as client:
        return client.kraken.detections(one.map, geometry_id, zoom=zoom, max_files=max_files)


@command.command(
    examples=[
        "spaceknow map counts maps.ndjson --out cars.csv",
        "spaceknow release cars --scene @scenes.ndjson --per-scene \\\n"
        "    --extent place.geojson --allocate --max-credits 50 --ndjson \\\n"
        "    | spaceknow map counts -",
    ]
)
@maps_argument
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a CSV file instead of printing a table.",
)
@geometry_option
@click.pass_obj
def counts(app: App, maps: list[GivenMap], out: Path | None, geometry_id: str) -> None:
    """Count detections: one row per map and class.

    MAPS is a file with the output of `release` or `pipeline wait`, or -; or the folder of a `map
    download`, which needs no network. The columns are date (UTC), scene, class, count, and area in
    m2. A class without detections has a row with 0 if it is a known class of the map type.
    """
    from ...maps.counts import check_has_detections, counted

    def rows() -> Iterator[dict[str, Any]]:
        for one in maps:
            try:
                check_has_detections(one.map)
                found = counted(_detections(app, one, geometry_id), one.map.map_type)
            except (AuthError, ConfigError):
                raise  # the same for all maps
            except SpaceKnowError as error:
                app.fail(report(app, error, **one.about))
            else:
                for each in found:
                    scene = " ".join(one.scene_ids) or None
                    yield {"date": one.date, "scene": scene, **each}

    if out is None:
        app.show_all(rows(), COUNTED, "No maps.")
        return
    table = list(rows())
    write_csv(out, table, ("date", "scene", "class", "count", "areaM2"))
    app.show(
        {"file": str(out), "rows": len(table)},
        lambda: fields([("file", out), ("rows", len(table))]),
    )


COUNTED = (
    DATE,
    Column("class", lambda row: row["class"]),
    Column("count", lambda row: row["count"], right=True),
    Column("area (m2)", lambda row: f"{row['areaM2']:,.1f}", right=True),
    Column("scene id", lambda row: row["scene"], whole=True),
)


@command.command(
    examples=[
        "spaceknow map view map.json --out cars.html --no-open",
        "spaceknow map view 2018-05-02=map.json 2018-05-09=map.json \\\n"
        "    --out cars.html --no-open",
    ]
)
@click.argument("maps", metavar="[DATE=]MAPS...", nargs=-1, required=True, type=NamedMaps())
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of the page. [default: a temporary file]",
)
@click.option("--title", default="SpaceKnow", show_default=True, help="The title of the page.")
@click.option("--no-open", is_flag=True, help="Write the page without opening a browser.")
@zoom_option
@files_option
@click.pass_obj
def view(
    app: App,
    maps: tuple[list[GivenMap], ...],
    out: Path | None,
    title: str,
    no_open: bool,
    zoom: Zoom,
    max_files: int | None,
) -> None:
    """Show maps in the browser, on a self-contained page.

    MAPS is a file with the output of `release` or `pipeline wait`, or -. Maps of one date are shown
    as layers; several dates get a slider. Without DATE, the known times of the scenes are used.
    """
    given = sorted((one for some in maps for one in some), key=lambda one: one.times[:1])
    dates: dict[str, list[KrakenMap]] = {}
    for one in given:
        dates.setdefault(one.label, []).append(one.map)
    some: Any = dates if any(dates) else dates[""]
    with app.client() as client:
        path = client.kraken.view(
            some, out, zoom=zoom, max_files=max_files, title=title, open=not no_open
        )
    app.show({"file": str(path)}, lambda: [str(path)])


def _detail(row: Mapping[str, Any]) -> str:
    meters = row["metersPerPixel"]
    return f"zoom {row['zoom']}" + ("" if meters is None else f", {meters:.3g} m per pixel")


TYPES = (
    Column("map type", lambda row: row["name"], firm=True),
    Column("classes", lambda row: ", ".join(row["classes"]) or None),
    Column("files", lambda row: ", ".join(row["files"]) or None),
    Column("", lambda row: row.get("description") or "", remark=True),
)


@command.command(examples=["spaceknow map types", "spaceknow map types --json"])
@click.pass_obj
def types(app: App) -> None:
    """List the known map types, with their known files and classes.

    You can also release map types that are not in the list.
    """
    from ...generated.map_types import MAP_TYPES

    app.show_all(map(known, MAP_TYPES.values()), TYPES, "")
