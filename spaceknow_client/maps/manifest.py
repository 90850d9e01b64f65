"""The record of a download, stored next to the files: `manifest.json`.

While a download runs, each file is recorded in `manifest.log` before it gets its name, as one line of
JSON, so that a killed process loses nothing: a file is complete if it is recorded and has the recorded
size. At the end the lines are moved into `manifest.json`, which is replaced atomically.

Nothing is synced to the disk, which would take longer than the download. After a power failure, files
with wrong sizes are fetched again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors.base import DownloadError, InvalidArgumentError
from ..runtime.paths import replacing
from .grid_file import checked_file_name, checked_segment, has_known_form
from .kraken_map import KrakenMap
from .provenance import SOFTWARE
from .tile import Tile

NAME, LOG, LOCK = "manifest.json", "manifest.log", ".lock"
FORMAT = "spaceknow-map"
VERSION = 1

Sizes = dict[Tile, int | None]
"""Sizes of files in bytes, by tile; None if the server does not have the file."""


class Manifest:
    """The files of one map, by name and tile.

    Attributes:
        map: the map of the files.
        geometry_id: `-` for the map's own area.
        is_stale: whether the server returned VERSION-MISMATCH: the files are of several versions,
            and the next download fetches all of them again.
        refused: documented names of the map type that the service refuses.
        meters: meters per pixel of the pictures, by zoom level.
    """

    def __init__(self, folder: Path, map: KrakenMap, geometry_id: str) -> None:
        self.folder = folder
        self.map = map
        self.geometry_id = geometry_id
        self.is_stale = False
        self.refused: set[str] = set()
        self.meters: dict[str, float] = {}
        self._files: dict[str, Sizes] = {}
        self._log: Any = None
        self._map_text: str | None = None

    @classmethod
    def load(cls, folder: Path) -> Manifest | None:
        """The manifest of a folder, with the records of a killed process; None if there is none.

        Raises InvalidArgumentError for a manifest of another program.
        """
        try:
            text = (folder / NAME).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InvalidArgumentError(f"cannot read {folder / NAME}: {error}.") from error
        try:
            found = cls._from_dict(folder, json.loads(text))
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
            raise InvalidArgumentError(f"{folder / NAME} is not the manifest of a map.") from error
        found._read_log()
        return found

    @classmethod
    def _from_dict(cls, folder: Path, value: Any) -> Manifest:
        if value["format"] != FORMAT or value["formatVersion"] != VERSION:
            raise ValueError("another format")
        geometry_id = checked_segment("a geometry", value["geometryId"])
        made = cls(folder, KrakenMap.from_dict(value["map"]), geometry_id)
        made.is_stale = bool(value["versionMismatch"])
        made.refused = set(map(checked_file_name, value.get("refused", ())))
        made.meters = {str(zoom): float(n) for zoom, n in value.get("metersPerPixel", {}).items()}
        for name, sizes in value["files"].items():
            for place, size in sizes.items():
                made._take(name, place.split("/"), size)
        return made

    def _take(self, name: Any, tile: Any, size: Any) -> None:
        place = Tile(*map(int, tile))
        if not place.exists or not (size is None or (type(size) is int and size >= 0)):
            raise ValueError("no tile, or no size")
        self._files.setdefault(checked_file_name(name), {})[place] = size

    def _read_log(self) -> None:
        try:
            lines = (self.folder / LOG).read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        for line in lines[:-1]:  # drops an incomplete last line
            with suppress(ValueError, RecursionError, TypeError):
                self._take(*json.loads(line))

    def with_map(self, map: KrakenMap) -> Manifest:
        """The same files for a map with other tiles or more details."""
        made = Manifest(self.folder, map.filled_from(self.map), self.geometry_id)
        made.meters = self.meters
        made.is_stale, made.refused, made._files = self.is_stale, self.refused, self._files
        return made

    def is_of(self, map: KrakenMap, geometry_id: str) -> bool:
        """Whether the files belong to this map."""
        return self.map.map_id == map.map_id and self.geometry_id == geometry_id

    def open(self) -> None:
        """Prepares the folder for records. Raises OSError."""
        self.save()
        self._log = (self.folder / LOG).open("ab", buffering=0)

    def note(self, name: str, tile: Tile, size: int | None) -> None:
        """Records a file before it gets its name, or that the server does not have it. Raises OSError."""
        self._files.setdefault(name, {})[tile] = size
        z, x, y = tile
        known = "null" if size is None else size
        self._log.write(f"[{json.dumps(name)},[{z},{x},{y}],{known}]\n".encode())

    def knows(self, name: str, tile: Tile) -> bool:
        """Whether a file is recorded."""
        return tile in self._files.get(name, ())

    def has(self, name: str, tile: Tile, path: str) -> bool:
        """Whether the file at `path` is complete, or the server does not have it."""
        size = self._files.get(name, {}).get(tile, -1)
        if size is None:
            return True
        try:
            return size >= 0 and os.stat(path).st_size == size
        except OSError:
            return False

    def is_done(self, name: str, tile: Tile, path: str) -> bool:
        """Whether the file need not be fetched; always False for a file of unknown format."""
        return self.has(name, tile, path) and (has_known_form(name) or self.lacks(name, tile))

    def lacks(self, name: str, tile: Tile) -> bool:
        """Whether the server does not have the file."""
        return self._files.get(name, {}).get(tile, -1 if name not in self.refused else None) is None

    @property
    def names(self) -> list[str]:
        """The names of files that at least one tile has."""
        return [
            name
            for name, sizes in self._files.items()
            if any(size is not None for size in sizes.values())
        ]

    def tiles(self, name: str) -> Iterator[Tile]:
        """The tiles with at least one fetched file."""
        return (tile for tile, size in self._files.get(name, {}).items() if size is not None)

    def forget(self) -> None:
        """Deletes all records, so that all files are fetched again."""
        self._files.clear()
        self.refused.clear()
        self.is_stale = False
        with suppress(FileNotFoundError):
            (self.folder / LOG).unlink()

    def save(self) -> None:
        """Writes the manifest with all records. Raises OSError."""
        if self._map_text is None:
            self._map_text = json.dumps(self.map.to_dict())
        members = {
            "format": json.dumps(FORMAT),
            "formatVersion": json.dumps(VERSION),
            "software": json.dumps(SOFTWARE),
            "map": self._map_text,
            "metersPerPixel": json.dumps(self.meters),
            "geometryId": json.dumps(self.geometry_id),
            "versionMismatch": json.dumps(self.is_stale),
            "refused": json.dumps(sorted(self.refused)),
            "unverified": json.dumps([name for name in self.names if not has_known_form(name)]),
        }
        with replacing(self.folder / NAME) as part, part.open("w", encoding="utf-8") as file:
            file.write("{" + ", ".join(f'"{name}": {text}' for name, text in members.items()))
            file.write(', "files": {')
            for index, (name, sizes) in enumerate(self._files.items()):
                known = {f"{z}/{x}/{y}": size for (z, x, y), size in sizes.items()}
                file.write(f"{',' if index else ''}\n{json.dumps(name)}: {json.dumps(known)}")
            file.write("}}\n")
        if self._log is not None:
            self._log.close()
            self._log = None
        with suppress(FileNotFoundError):
            (self.folder / LOG).unlink()


def refused(folder: Path, problem: str) -> DownloadError:
    """The error for a folder that cannot be used."""
    return DownloadError(f"cannot download the map to {folder}: {problem}")
