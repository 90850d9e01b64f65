"""A folder with the files of a map, as `client.kraken.download` fills it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..errors.base import DownloadError, InvalidArgumentError
from ..errors.shown import printable
from ..runtime.paths import PathLike, checked_path
from .detections import DETECTIONS, Detections
from .grid_file import GridFile
from .kraken_map import KrakenMap
from .manifest import NAME, Manifest
from .map_files import checked_zoom, in_quads, picture_of, place_of, tiles_of
from .pictures.mosaic import Compression, Mosaic
from .pictures.mosaic_builder import InMemory, MosaicBuilder, stitching
from .tile import Tile
from .touched import Zoom


class MapFolder:
    """Reads a downloaded map; needs no network.

    Attributes:
        path: the folder.
        map: the map.
        geometry_id: the sub-geometry that the files are clipped to; `-` for the map's own area.

    Raises InvalidArgumentError for a folder without a manifest.
    """

    def __init__(self, path: PathLike) -> None:
        self.path = checked_path(path)
        manifest = Manifest.load(self.path)
        if manifest is None:
            raise InvalidArgumentError(
                f"{self.path} has no {NAME}.",
                hint="Download the map with client.kraken.download(...).",
            )
        self._manifest = manifest
        self.map: KrakenMap = manifest.map
        self.geometry_id = manifest.geometry_id

    @property
    def has_version_mismatch(self) -> bool:
        """Whether the server returned VERSION-MISMATCH, so that the files can be of several versions."""
        return self._manifest.is_stale

    @property
    def files(self) -> list[str]:
        """The names of files that at least one tile has."""
        return self._manifest.names

    def tiles(self, name: str) -> Iterator[Tile]:
        """The tiles with at least one file in the folder."""
        return self._manifest.tiles(name)

    def grid_file(self, tile: Tile, name: str) -> GridFile | None:
        """One file of one tile; None if the server does not have it.

        Raises InvalidArgumentError for a file that was not downloaded, DownloadError for an
        incomplete one.
        """
        if self._manifest.lacks(name, tile):
            return None
        path = f"{self.path}/{place_of(tile, name)}"
        if not self._manifest.has(name, tile, path):
            raise InvalidArgumentError(
                f"{name} of tile {tuple(tile)} is not in {self.path}.",
                hint="Fetch missing files with client.kraken.download(...).",
            )
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise DownloadError(f"cannot read {path}: {error}") from error
        return GridFile(tile=tile, name=name, content=content, media_type=None)

    def detections(self, *, zoom: Zoom = None) -> Detections:
        """Like `client.kraken.detections`."""
        level = checked_zoom(self.map, zoom)
        files = (self.grid_file(tile, DETECTIONS) for tile in tiles_of(self.map, level))
        return Detections.read(files, self.map, level)

    def mosaic(self, file: str | None = None, *, zoom: Zoom = None) -> Mosaic:
        """Like `client.kraken.mosaic`."""
        level = checked_zoom(self.map, zoom)
        made = InMemory(self.map, level)
        self._stitch(made, file, level)
        return made.mosaic

    def save_mosaic(
        self,
        path: PathLike,
        file: str | None = None,
        *,
        zoom: Zoom = None,
        compression: Compression = "zstd",
        cloud_optimized: bool = True,
    ) -> Path:
        """Like `client.kraken.save_mosaic`."""
        level = checked_zoom(self.map, zoom)
        target, made = stitching(path, self.map, level, compression, cloud_optimized)
        self._stitch(made, file, level)
        return target

    def view(
        self,
        path: PathLike | None = None,
        *,
        zoom: Zoom = None,
        title: str = "SpaceKnow",
        open: bool = True,
    ) -> Path:
        """Like `client.kraken.view`, with the downloaded pictures and detections."""
        from .view.frames import Frame, layers_of, pictured
        from .view.page import show, write

        level = checked_zoom(self.map, zoom)
        files = [
            (self.map, name, [self.grid_file(tile, name) for tile in tiles_of(self.map, level)])
            for name in pictured(self.map)
            if name in self.files
        ]
        target = write([Frame(label="", layers=layers_of([self.map], files))], path, title)
        if open:
            show(target)
        return target

    def _stitch(self, made: MosaicBuilder, file: str | None, zoom: int | None) -> None:
        from ..runtime.bounded_map import bounded_map

        name = picture_of(self.map, file)

        def one(tile: Tile) -> None:
            made.add(tile, self.grid_file(tile, name))

        try:
            # Pictures are decoded and compressed in parallel, and written one after the other: on two
            # cores more threads than cores fill the time in which one waits for the disk.
            bounded_map(one, in_quads(self.map, zoom), min(4, 2 * (os.cpu_count() or 1)))
            made.close()
        except BaseException:
            made.drop()
            raise

    def __repr__(self) -> str:
        return printable(f"<MapFolder {self.path} of {self.map.map_type}>")
