"""A layer in a GeoPackage, whose other layers are kept. Needs the extra `geo`.

A file that is there is copied, the copy gets the layer and then takes its place, so a killed process leaves
the old file or the new one. No other program can write the file meanwhile.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors.base import DownloadError, InvalidArgumentError
from ...errors.shown import shown
from ...runtime.extras import require
from ...runtime.paths import atomic_write

if TYPE_CHECKING:
    from sqlite3 import Connection

_PATIENCE = 10.0  # seconds to wait for another program
_RESERVED = ("gpkg_", "sqlite_", "rtree_")
_DATE = "OGR_CURRENT_DATE"  # what GDAL notes as the time of the change
_EARLIEST = "1970-01-01T00:00:00Z"
_date_lock = threading.Lock()


def save_layer(
    target: Path,
    layer: str,
    write: Callable[..., None],
    *,
    overwrite: bool,
    newest: str | None,
) -> None:
    """Adds a layer to the GeoPackage at `target`, or makes one. As `Detections.save`.

    `write(part, layer, **options)` writes the layer into a file, and `newest` is the time that the file
    names as that of its change.
    """
    require("geo", "pyogrio", purpose="a GeoPackage")
    if not isinstance(layer, str) or not layer.strip() or not layer.isprintable():
        raise InvalidArgumentError(f"layer must be a name, not {shown(layer)}.")
    if layer.lower().startswith(_RESERVED):
        raise InvalidArgumentError(
            f"layer must not begin with {', '.join(_RESERVED)}, as {shown(layer)} does."
        )
    with _held(target) as old, atomic_write(target) as part:
        if old is not None:
            layer = _free(old, target, layer, overwrite)
            _copy(target, part)
            shutil.copymode(target, part)
        with _dated(newest or _EARLIEST):
            # Older programs warn of newer versions.
            write(part, layer, **({} if old else {"VERSION": "1.2"}))
        if old is not None and os.name == "nt":
            old.close()  # Windows replaces no file that is open


@contextmanager
def _held(target: Path) -> Iterator[Connection | None]:
    """The file that is there, in which no other program can write; None where there is none."""
    import sqlite3

    while True:
        try:
            before = os.stat(target)
        except FileNotFoundError:
            yield None
            return
        except OSError as error:
            raise DownloadError(f"{target} cannot be written: {error}") from error
        if not _is_geopackage(target):
            raise _no_geopackage(target)
        with closing(
            sqlite3.connect(target, timeout=_PATIENCE, isolation_level=None)
        ) as connection:
            try:
                # What others left in a log is put into the file, and the log goes.
                connection.execute("PRAGMA journal_mode = DELETE").fetchall()
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise DownloadError(
                    f"{target} cannot be written: {error}",
                    hint="Another program may have it open. Close it there.",
                ) from error
            except sqlite3.DatabaseError as error:
                raise _no_geopackage(target) from error
            # While this waited, another process may have put a new file there.
            with suppress(OSError):
                if os.path.samestat(before, os.stat(target)):
                    yield connection
                    return


def _is_geopackage(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError as error:
        raise DownloadError(f"{path} cannot be read: {error}") from error


def _no_geopackage(path: Path) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{path} is there, and is not a GeoPackage.",
        hint="Choose another name, or remove the file.",
    )


def _free(old: Connection, target: Path, layer: str, overwrite: bool) -> str:
    """The layer's name as it is in the file, if it may be written there."""
    import sqlite3

    try:
        rows = old.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
        tables = old.execute("SELECT name FROM sqlite_master").fetchall()
    except sqlite3.DatabaseError as error:
        raise _no_geopackage(target) from error
    known = {str(name).lower(): (str(name), kind) for name, kind in rows}
    name, kind = known.get(layer.lower(), (layer, None))
    if kind is None and layer.lower() in {str(each).lower() for (each,) in tables}:
        raise InvalidArgumentError(f"{target} has a table {shown(layer)} that is no layer.")
    if kind is not None and (not overwrite or kind != "features"):
        told = "" if kind == "features" else f" of {kind}"
        raise InvalidArgumentError(
            f"{target} has a layer {shown(name)}{told} already.",
            hint="Pass another name as layer"
            + (", or overwrite=True to replace it." if kind == "features" else "."),
        )
    return name


def _copy(target: Path, part: Path) -> None:
    import sqlite3

    # By another connection: one that writes cannot be copied from.
    try:
        with closing(sqlite3.connect(target)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise DownloadError(f"{target} cannot be copied: {error}") from error


@contextmanager
def _dated(time: str) -> Iterator[None]:
    """Lets GDAL note a time as that of the change, so that repeats are the same bytes."""
    import pyogrio

    with _date_lock:
        before = pyogrio.get_gdal_config_option(_DATE)
        pyogrio.set_gdal_config_options({_DATE: time.replace("Z", ".000Z")})
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options({_DATE: before})
