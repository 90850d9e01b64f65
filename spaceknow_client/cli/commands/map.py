"""`spaceknow map`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...errors.shown import printable
from ..app import App
from ..command import Group
from ..inputs import MapFile
from ..progress import downloading
from ..tables import fields

if TYPE_CHECKING:
    from ...errors.downloaded import Downloaded
    from ...maps.kraken_map import KrakenMap
    from ...maps.map_folder import MapFolder
    from ...maps.touched import Zoom

TOLD = 10  # failures that people are told of; --json has up to 1,000

command = Group("map", help="What a release made: its files, pictures and detections.")


class Source(MapFile):
    """A KrakenMap from JSON, or the MapFolder of a folder with its files."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The map, or the folder."""
        if not isinstance(value, str) or not Path(value).is_dir():
            return super().convert(value, param, ctx)
        from ...maps.map_folder import MapFolder

        try:
            return MapFolder(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class DatedMap(MapFile):
    """A map, with a date or another name before it: `2018-05-02=MAP`."""

    name = "[DATE=]MAP"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The date, None without one, and the map."""
        if not isinstance(value, str):
            return value
        date, equals, path = value.partition("=")
        if not equals or Path(value).exists():
            date, path = "", value
        return date or None, super().convert(path, param, ctx)


class ZoomLevel(click.ParamType[Any]):
    """A zoom level, or `max`."""

    name = "N|max"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or the word."""
        return value if value == "max" else click.IntRange(0, 30).convert(value, param, ctx)


map_argument = click.argument("kraken_map", metavar="MAP", type=MapFile())
source_argument = click.argument("source", metavar="MAP", type=Source())
zoom_option = click.option(
    "--zoom",
    type=ZoomLevel(),
    help="Take the children of the map's tiles at this zoom, or at the deepest (max).",
)
files_option = click.option(
    "--max-files",
    type=click.IntRange(1),
    metavar="N",
    help="Do not fetch more files. [default: 4096 without a number as --zoom]",
)
geometry_option = click.option(
    "--geometry-id", default="-", metavar="ID", help="The part of the map of a sub-geometry."
)


def out_option(told: str) -> Callable[[Any], Any]:
    """Where the result goes."""
    return click.option(
        "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=told
    )


@command.command(
    examples=[
        "spaceknow map download map.json --folder cars",
        "spaceknow pipeline wait @tokens --json \\\n"
        "    | spaceknow map download - --folder cars --file cars.png --json",
    ]
)
@map_argument
@click.option(
    "--folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files go; it is made when it is not there.",
)
@click.option("--file", "files", multiple=True, metavar="NAME", help="A file; again for more.")
@zoom_option
@files_option
@geometry_option
@click.option("--stop-on-error", is_flag=True, help="Stop at the first file that does not come.")
@click.pass_obj
def download(
    app: App,
    kraken_map: KrakenMap,
    folder: Path,
    files: tuple[str, ...],
    zoom: Zoom,
    max_files: int | None,
    geometry_id: str,
    stop_on_error: bool,
) -> None:
    """Fetch the files of all tiles of a map into a folder.

    MAP is a file with the JSON that `release` or `pipeline wait` printed, or -. By default all files
    that maps of its type are known to have are fetched. Called again, also after it was killed, it
    fetches only what is missing.
    """
    from ...errors.base import AuthError, DownloadError

    with app.client() as client, downloading(app, folder) as tell:
        try:
            done = client.kraken.download(
                kraken_map,
                folder,
                files or None,
                zoom,
                max_files=max_files,
                geometry_id=geometry_id,
                stop_on_error=stop_on_error,
                on_progress=tell,
            )
        except DownloadError as error:
            if error.downloaded is not None:
                _show(app, error.downloaded)
            if isinstance(error.__cause__, AuthError):  # which has an exit code of its own
                raise error.__cause__ from None
            raise
    _show(app, done)


def _show(app: App, done: Downloaded) -> None:
    data = {
        "folder": str(done.folder),
        "total": done.total,
        "fetched": done.fetched,
        "present": done.present,
        "absent": done.absent,
        "failed": done.failed,
        "bytes": done.bytes,
        "zoom": done.zoom,
        "metersPerPixel": done.meters_per_pixel,
    }
    failures = [
        {"tile": list(each.tile), "file": each.name, "errorMessage": each.error.message}
        for each in done.failures
    ]
    app.show(
        {**data, "failures": failures},
        lambda: fields(
            [
                ("folder", done.folder),
                ("fetched", f"{done.fetched} files, {done.bytes / 1e6:,.1f} MB"),
                ("there already", done.present),
                ("not at the server", done.absent),
                ("failed", done.failed or None),
                ("detail", _detail(done.zoom, done.meters_per_pixel)),
            ]
        ),
    )
    for each in done.failures[:TOLD]:
        place = "/".join(map(str, each.tile))
        app.note(printable(f"{each.name} of {place}: {each.error.message}"))


@command.command(
    examples=[
        "spaceknow map mosaic map.json --file cars.png --out cars.tif",
        "spaceknow map mosaic map.json --out cars.png --zoom 19",
    ]
)
@source_argument
@click.option("--file", metavar="NAME", help="The picture, such as truecolor.png or cars.png.")
@out_option("A GeoTIFF (.tif; needs the extra geo), or a picture (.png, .webp).")
@zoom_option
@files_option
@geometry_option
@click.option(
    "--compression",
    type=click.Choice(["zstd", "deflate", "none"]),
    default="zstd",
    show_default=True,
    help="Of a GeoTIFF; more programs read deflate.",
)
@click.option(
    "--plain", is_flag=True, help="A plain GeoTIFF for all programs, not a cloud-optimised one."
)
@click.pass_obj
def mosaic(
    app: App,
    source: KrakenMap | MapFolder,
    file: str | None,
    out: Path,
    zoom: Zoom,
    max_files: int | None,
    geometry_id: str,
    compression: Any,
    plain: bool,
) -> None:
    """Stitch one picture of all tiles of a map.

    MAP is a file with the JSON that `release` or `pipeline wait` printed, or -; or the folder of a
    `map download`, which needs no network. The picture shows the map's own tiles, or with --zoom
    those of their children that the extent touches, and is transparent outside the extent. A GeoTIFF
    lies in Web Mercator (EPSG:3857).
    """
    from ...maps.kraken_map import KrakenMap
    from ...maps.pictures.mosaic_builder import scale_of

    how: Any = {"zoom": zoom, "compression": compression, "cloud_optimized": not plain}
    if isinstance(source, KrakenMap):
        with app.client() as client:
            path = client.kraken.save_mosaic(
                source, out, file, geometry_id, max_files=max_files, **how
            )
    else:
        path = source.save_mosaic(out, file, **how)
    level, meters = scale_of(path)
    data = {"file": str(path), "bytes": path.stat().st_size}
    app.show(
        {**data, "zoom": level, "metersPerPixel": meters},
        lambda: fields([("file", path), ("detail", _detail(level, meters))]),
    )


@command.command(
    examples=[
        "spaceknow map detections map.json --out cars.geojson",
        "spaceknow map detections map.json --out cars.gpkg --layer cars \\\n    --overwrite --json",
    ]
)
@source_argument
@out_option("The file: .geojson, or .gpkg, .parquet, .fgb and .csv, which need the extra geo.")
@click.option("--layer", metavar="NAME", help="The layer of a .gpkg. [default: detections]")
@click.option("--overwrite", is_flag=True, help="Replace that layer, if the .gpkg has it.")
@zoom_option
@files_option
@geometry_option
@click.pass_obj
def detections(
    app: App,
    source: KrakenMap | MapFolder,
    out: Path,
    zoom: Zoom,
    max_files: int | None,
    geometry_id: str,
    layer: str | None,
    overwrite: bool,
) -> None:
    """Write what an analysis found, of all tiles together.

    Those of the map's own tiles are complete. A .gpkg that is there keeps its other layers; other
    files are replaced.

    MAP is a file with the JSON that `release` or `pipeline wait` printed, or -; or the folder of a
    `map download`, which needs no network.
    """
    from ...maps.kraken_map import KrakenMap

    if isinstance(source, KrakenMap):
        with app.client() as client:
            found = client.kraken.detections(source, geometry_id, zoom=zoom, max_files=max_files)
    else:
        found = source.detections(zoom=zoom)
    path = found.save(out, layer=layer, overwrite=overwrite)
    features = len(found.features)
    area = f"{found.area:,.1f} m2"
    app.show(
        {"file": str(path), "features": features, "count": found.count, "area": found.area},
        lambda: fields(
            # One feature may stand for several objects that touch.
            [("file", path), ("features", features), ("objects", found.count), ("area", area)]
        ),
    )


@command.command(
    examples=[
        "spaceknow map view map.json --out cars.html --no-open",
        "spaceknow map view 2018-05-02=map.json 2018-05-09=map.json \\\n"
        "    --out cars.html --no-open",
    ]
)
@click.argument("maps", metavar="[DATE=]MAP...", nargs=-1, required=True, type=DatedMap())
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The page (a temporary file)."
)
@click.option("--title", default="SpaceKnow", help="What stands above.")
@click.option("--no-open", is_flag=True, help="Only write the page.")
@zoom_option
@files_option
@click.pass_obj
def view(
    app: App,
    maps: tuple[tuple[str | None, KrakenMap], ...],
    out: Path | None,
    title: str,
    no_open: bool,
    zoom: Zoom,
    max_files: int | None,
) -> None:
    """Show maps in the browser, in a page that needs nothing else.

    MAP is a file with the JSON that `release` or `pipeline wait` printed, or -. Maps of one date lie
    above one another; maps of several dates get a slider.
    """
    dates: dict[str, list[KrakenMap]] = {}
    for date, each in maps:
        dates.setdefault(date or "", []).append(each)
    some: Any = dates if any(dates) else dates[""]
    with app.client() as client:
        path = client.kraken.view(
            some, out, zoom=zoom, max_files=max_files, title=title, open=not no_open
        )
    app.show({"file": str(path)}, lambda: [str(path)])


def _detail(zoom: int, meters: float | None) -> str:
    return f"zoom {zoom}" + ("" if meters is None else f", {meters:.3g} m a pixel")
