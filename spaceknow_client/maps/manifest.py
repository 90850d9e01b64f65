"""What a download has fetched, kept beside the files: `manifest.json`.

While a download runs, each file is noted in `manifest.log` before it gets its name, one line of JSON
each, so that a killed process has lost nothing: a file is there when it is noted and lies in the folder
with the noted size. At the end the lines go into `manifest.json`, which is replaced as a whole.

Nothing here is forced to the disk, which would take longer than the download. After a power failure
sizes that do not fit tell which files to fetch again.
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
"""By tile, how many bytes its file has; None where the server has none."""


class Manifest:
    """The files of one map, by name and tile.

    Attributes:
        map: the map that they belong to.
        geometry_id: `-` for the map's own area.
        is_stale: the server said VERSION-MISMATCH: the files are of several versions, and a repeat
            fetches all of them anew.
        refused: names that the map type is documented to have and the service refuses.
        meters: meters that a pixel of the pictures shows, by zoom level.
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
        """That of a folder, with what a killed process noted; None when there is none.

        Raises InvalidArgumentError for a manifest that is not ours.
        """
        try:
            text = (folder / NAME).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InvalidArgumentError(f"{folder / NAME} cannot be read: {error}.") from error
        try:
            found = cls._from_dict(folder, json.loads(text))
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
            raise InvalidArgumentError(f"{folder / NAME} is no manifest of a map.") from error
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
        for line in lines[:-1]:  # what follows the last end of a line was cut
            with suppress(ValueError, RecursionError, TypeError):
                self._take(*json.loads(line))

    def with_map(self, map: KrakenMap) -> Manifest:
        """The same files, of a map with other tiles, or of which more is known."""
        made = Manifest(self.folder, map.filled_from(self.map), self.geometry_id)
        made.meters = self.meters
        made.is_stale, made.refused, made._files = self.is_stale, self.refused, self._files
        return made

    def is_of(self, map: KrakenMap, geometry_id: str) -> bool:
        """Whether its files are those of this map."""
        return self.map.map_id == map.map_id and self.geometry_id == geometry_id

    def open(self) -> None:
        """Makes the folder ready to note in. Raises OSError."""
        self.save()
        self._log = (self.folder / LOG).open("ab", buffering=0)

    def note(self, name: str, tile: Tile, size: int | None) -> None:
        """Notes a file before it gets its name, or that the server has none. Raises OSError."""
        self._files.setdefault(name, {})[tile] = size
        z, x, y = tile
        known = "null" if size is None else size
        self._log.write(f"[{json.dumps(name)},[{z},{x},{y}],{known}]\n".encode())

    def knows(self, name: str, tile: Tile) -> bool:
        """Whether something was noted of a file."""
        return tile in self._files.get(name, ())

    def has(self, name: str, tile: Tile, path: str) -> bool:
        """Whether the file lies at `path` whole, or the server has none."""
        size = self._files.get(name, {}).get(tile, -1)
        if size is None:
            return True
        try:
            return size >= 0 and os.stat(path).st_size == size
        except OSError:
            return False

    def is_done(self, name: str, tile: Tile, path: str) -> bool:
        """Whether nothing is to be fetched. A file whose form is unknown may be anything: it is."""
        return self.has(name, tile, path) and (has_known_form(name) or self.lacks(name, tile))

    def lacks(self, name: str, tile: Tile) -> bool:
        """Whether the server has no such file."""
        return self._files.get(name, {}).get(tile, -1 if name not in self.refused else None) is None

    @property
    def names(self) -> list[str]:
        """The files that there are of some tile."""
        return [
            name
            for name, sizes in self._files.items()
            if any(size is not None for size in sizes.values())
        ]

    def tiles(self, name: str) -> Iterator[Tile]:
        """The tiles that a file was fetched of."""
        return (tile for tile, size in self._files.get(name, {}).items() if size is not None)

    def forget(self) -> None:
        """Starts anew: whatever was noted is to be fetched again."""
        self._files.clear()
        self.refused.clear()
        self.is_stale = False
        with suppress(FileNotFoundError):
            (self.folder / LOG).unlink()

    def save(self) -> None:
        """Writes the manifest with all that was noted. Raises OSError."""
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
    return DownloadError(f"{folder} cannot take the map: {problem}")
