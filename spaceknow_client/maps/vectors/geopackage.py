"""Writes a layer of a GeoPackage and keeps its other layers. Requires the extra `geo`.

An existing file is copied, the copy gets the layer and then replaces the file, so a killed process leaves
the old file or the new one. The file is locked for other programs in the meantime.
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
_SPECIAL = r"""`~!@#$%^&*()+-={}|[]\:";'<>?,./"""  # GDAL refuses these as the first character
_DATE = "OGR_CURRENT_DATE"  # GDAL's time of the last change
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
    """Adds a layer to the GeoPackage at `target`, or creates the file. As `Detections.save`.

    `write(part, layer, **options)` writes the layer into a file; `newest` becomes the file's time of
    the last change.
    """
    require("geo", "pyogrio", purpose="a GeoPackage")
    if not isinstance(layer, str) or not layer.strip() or not layer.isprintable():
        raise InvalidArgumentError(f"layer must be a name, not {shown(layer)}.")
    if layer.lower().startswith(_RESERVED):
        raise InvalidArgumentError(
            f"layer must not begin with {', '.join(_RESERVED)}, not {shown(layer)}."
        )
    if layer[0] in _SPECIAL:
        raise InvalidArgumentError(
            f"layer must begin with a letter, a digit or an underscore, not {shown(layer)}."
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
            old.close()  # Windows cannot replace an open file


@contextmanager
def _held(target: Path) -> Iterator[Connection | None]:
    """The existing file, locked for other programs; None if there is none."""
    import sqlite3

    while True:
        try:
            before = os.stat(target)
        except FileNotFoundError:
            yield None
            return
        except OSError as error:
            raise DownloadError(f"cannot write {target}: {error}") from error
        if not _is_geopackage(target):
            raise _no_geopackage(target)
        with closing(
            sqlite3.connect(target, timeout=_PATIENCE, isolation_level=None)
        ) as connection:
            try:
                # Merges a write-ahead log that another program left into the file.
                connection.execute("PRAGMA journal_mode = DELETE").fetchall()
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise DownloadError(
                    f"cannot write {target}: {error}",
                    hint="Another program may have it open. Close it there.",
                ) from error
            except sqlite3.DatabaseError as error:
                raise _no_geopackage(target) from error
            # Another process may have replaced the file in the meantime.
            with suppress(OSError):
                if os.path.samestat(before, os.stat(target)):
                    yield connection
                    return


def _is_geopackage(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError as error:
        raise DownloadError(f"cannot read {path}: {error}") from error


def _no_geopackage(path: Path) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{path} exists and is not a GeoPackage.",
        hint="Choose another name, or remove the file.",
    )


def _free(old: Connection, target: Path, layer: str, overwrite: bool) -> str:
    """The layer's name as it is in the file, if it can be written there."""
    import sqlite3

    try:
        rows = old.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
        tables = old.execute("SELECT name FROM sqlite_master").fetchall()
    except sqlite3.DatabaseError as error:
        raise _no_geopackage(target) from error
    known = {str(name).lower(): (str(name), kind) for name, kind in rows}
    name, kind = known.get(layer.lower(), (layer, None))
    if kind is None and layer.lower() in {str(each).lower() for (each,) in tables}:
        raise InvalidArgumentError(f"{target} has a table {shown(layer)}, which is not a layer.")
    if kind is not None and (not overwrite or kind != "features"):
        told = "" if kind == "features" else f" of {kind}"
        raise InvalidArgumentError(
            f"{target} already has a layer {shown(name)}{told}.",
            hint="Pass another name as layer"
            + (", or overwrite=True to replace it." if kind == "features" else "."),
        )
    return name


def _copy(target: Path, part: Path) -> None:
    import sqlite3

    # With another connection, because a writing connection cannot be copied from.
    try:
        with closing(sqlite3.connect(target)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise DownloadError(f"cannot copy {target}: {error}") from error


@contextmanager
def _dated(time: str) -> Iterator[None]:
    """Sets GDAL's time of the last change, so that the same layer produces the same bytes."""
    import pyogrio

    with _date_lock:
        before = pyogrio.get_gdal_config_option(_DATE)
        pyogrio.set_gdal_config_options({_DATE: time.replace("Z", ".000Z")})
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options({_DATE: before})
