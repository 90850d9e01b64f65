"""Builds a picture of a map tile by tile: in memory, or as a GeoTIFF on disk."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from ...errors.base import InvalidArgumentError
from ...runtime.extras import require
from ...runtime.paths import PathLike, atomic_write, checked_path
from ..grid_file import GridFile
from ..kraken_map import KrakenMap
from ..layout import layout_of
from ..map_files import checked_zoom, covering
from ..provenance import SOFTWARE, provenance
from ..tile import Tile
from .mosaic import Compression, Mosaic, check_layout, picture

GEOTIFF = (".tif", ".tiff")
PICTURES = (".png", ".webp")
_CODECS = {
    "zstd": ("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd",),
    "deflate": ("isal",),
}


# Tags of Exif.
_DESCRIPTION, _SOFTWARE, _DETAILS = 270, 305, 34665
_TAKEN, _ZONE, _COMMENT = 36867, 36881, 37510


def shown(map: KrakenMap, zoom: int | None) -> Sequence[Tile]:
    """The tiles whose rectangle a picture shows; with a zoom, tiles that cover the extent."""
    checked_zoom(map, zoom)
    return map.tiles if zoom is None else covering(map, zoom)


class MosaicBuilder(Protocol):
    """Accepts the files of tiles, in any order and from any thread."""

    def add(self, tile: Tile, file: GridFile | None) -> None:
        """Adds a file; None if the tile has none."""

    def close(self) -> None:
        """Completes the picture."""

    def drop(self) -> None:
        """Aborts."""


class InMemory:
    """A Mosaic; with a path also its file, in the format of the suffix."""

    def __init__(self, map: KrakenMap, zoom: int | None, path: Path | None = None) -> None:
        require("images", "PIL", purpose="a picture")
        self._layout = check_layout(shown(map, zoom), zoom)
        self._path = path
        self._map = map
        self._lock = threading.Lock()
        self._mosaic: Mosaic | None = None

    def add(self, tile: Tile, file: GridFile | None) -> None:
        """Adds a file."""
        if file is None:
            return
        piece = picture(file)
        with self._lock:
            if self._mosaic is None:
                self._mosaic = Mosaic.empty(self._layout, piece.width)
            self._mosaic.paste(tile, piece)

    @property
    def mosaic(self) -> Mosaic:
        """The picture so far."""
        return self._mosaic or Mosaic.empty(self._layout)

    def close(self) -> None:
        """Writes the file."""
        if self._path is None:
            return
        from PIL import Image

        mosaic, about = self.mosaic, Image.Exif()
        told = provenance(self._map, mosaic.zoom, mosaic.meters_per_pixel)
        about[_DESCRIPTION], about[_SOFTWARE] = mosaic.scale, SOFTWARE
        details: dict[int, Any] = {_COMMENT: b"ASCII\0\0\0" + json.dumps(told).encode()}
        if self._map.acquired:
            taken = self._map.acquired[0]
            details |= {_TAKEN: f"{taken:%Y:%m:%d %H:%M:%S}", _ZONE: "+00:00"}
        about.get_ifd(_DETAILS).update(details)
        with atomic_write(self._path) as part:
            mosaic.image.save(part, self._path.suffix[1:].upper(), exif=about)

    def drop(self) -> None:
        """Aborts; there is no file yet."""


class OnDisk:
    """A GeoTIFF."""

    def __init__(
        self,
        map: KrakenMap,
        zoom: int | None,
        path: Path,
        compression: Compression,
        cloud_optimized: bool,
    ) -> None:
        tiles = shown(map, zoom)
        codecs = _CODECS.get(str(compression), ())
        require("geo", "numpy", "rasterio", *codecs, purpose="a GeoTIFF")
        from .geotiff import GeoTiff

        self._file = GeoTiff(
            path,
            layout_of(tiles, zoom),
            tiles,
            compression=compression,
            cloud_optimized=cloud_optimized,
            about=provenance(map, zoom),
        )
        self.close, self.drop = self._file.close, self._file.drop

    def add(self, tile: Tile, file: GridFile | None) -> None:
        """Adds a file."""
        self._file.add(tile, file.name if file else "", file.content if file else None)


def stitching(
    path: PathLike,
    map: KrakenMap,
    zoom: int | None,
    compression: Compression,
    cloud_optimized: bool,
) -> tuple[Path, InMemory | OnDisk]:
    """The writer for the suffix of `path`. Raises InvalidArgumentError for an unknown suffix."""
    target = checked_path(path)
    suffix = target.suffix.lower()
    if suffix in GEOTIFF:
        return target, OnDisk(map, zoom, target, compression, cloud_optimized)
    if suffix in PICTURES:
        return target, InMemory(map, zoom, target)
    raise InvalidArgumentError(
        f"path must end in one of {', '.join(GEOTIFF + PICTURES)}, not {target.name!r}."
    )


def scale_of(path: Path) -> tuple[int, float]:
    """The zoom level and the meters per pixel in a written file."""
    if path.suffix.lower() in GEOTIFF:
        import rasterio

        with rasterio.open(path) as file:
            about = file.tags()
        return int(about["zoom"]), float(about["meters_per_pixel"])
    from PIL import Image

    with Image.open(path) as picture:
        _, zoom, meters, *_ = str(picture.getexif()[_DESCRIPTION]).split()
    return int(zoom.rstrip(",")), float(meters)
