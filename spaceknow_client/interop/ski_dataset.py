"""A SKI file as an xarray Dataset: bands, masks and coordinates."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import IO, Any

import xarray
from attrs import field, frozen
from numpy.typing import NDArray

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown
from ..maps.grid_file import GridFile
from ..runtime.paths import checked_path
from .pixel_coordinates import PixelGrid, spatial_ref
from .ski_archive import Archive, broken, read_archive

MASK = "__MASK__"
COORDINATE = re.compile(r"[xy](_[0-9]+)?|spatial_ref")

API_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?")  # in UTC

# Members of a band in meta.json that are not attributes: coordinates and names.
_PLACE = ("pixelSizeX", "pixelSizeY", "crsOriginX", "crsOriginY")


@frozen
class Band:
    """A band with all its names; for a mask, `masked` are the names of its bands."""

    names: tuple[str, ...]
    pixels: NDArray[Any] = field(repr=False)
    masked: tuple[str, ...]

    @classmethod
    def read(cls, entry: object, pixels: NDArray[Any]) -> Band:
        """From an entry of `bands` in info.json."""
        names = entry.get("names") if isinstance(entry, dict) else None
        if not isinstance(names, list) or not names:
            raise broken("has a band without names")
        if not all(isinstance(name, str) and name for name in names):
            raise broken("has a name of a band that is not a string")
        return cls(tuple(names), pixels, masked_by(names))

    @property
    def variable(self) -> str:
        """The name of its variable, distinct from those of coordinates."""
        name = f"mask_{'_'.join(self.masked)}" if self.masked else self.names[0]
        return f"band_{name}" if COORDINATE.fullmatch(name) else name


def masked_by(names: Sequence[str]) -> tuple[str, ...]:
    """The bands of a mask with these names; empty if it is not a mask.

    A mask of one band is `__MASK__red__`. A mask of several bands has one name per band (2019);
    several bands or names in one (`__MASK__red__blue__`, `__MASK__red____MASK__blue__`) are accepted
    too.
    """
    if not all(name.startswith(MASK) for name in names):
        return ()
    parts = [part for name in names for part in name.replace(MASK, "__").split("__") if part]
    return tuple(dict.fromkeys(parts))


def dataset(source: str | os.PathLike[str] | bytes | GridFile, max_bytes: int) -> xarray.Dataset:
    """Like `open_ski`."""
    if not isinstance(max_bytes, int) or isinstance(max_bytes, bool) or max_bytes <= 0:
        raise InvalidArgumentError(f"max_bytes must be a number above 0, not {shown(max_bytes)}.")
    try:
        with _opened(source) as file:
            archive = read_archive(file, max_bytes)
    except OSError as error:
        raise InvalidArgumentError(
            f"cannot read the SKI file: {error.strerror or type(error).__name__}."
        ) from error
    return _dataset(archive, _bands(archive))


def bands_of(content: bytes, max_bytes: int) -> list[Band]:
    """Only the bands, of a file in memory."""
    return _bands(read_archive(io.BytesIO(content), max_bytes))


def _opened(source: str | os.PathLike[str] | bytes | GridFile) -> IO[bytes]:
    if isinstance(source, GridFile):
        return io.BytesIO(source.content)
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, (str, os.PathLike)):
        return checked_path(source).open("rb")
    raise InvalidArgumentError(
        f"source must be a path, bytes or a GridFile, not {type(source).__name__}.",
        hint="A tile without the file has None instead of a GridFile.",
    )


def _bands(archive: Archive) -> list[Band]:
    entries = archive.info.get("bands")
    if not isinstance(entries, list) or len(entries) != len(archive.bands):
        raise broken("has other bands than info.json lists")
    bands = [Band.read(entry, pixels) for entry, pixels in zip(entries, archive.bands, strict=True)]
    variables = [band.variable for band in bands]
    if len(set(variables)) < len(variables):
        raise broken("has two bands with the same name")
    return bands


def _dataset(archive: Archive, bands: Sequence[Band]) -> xarray.Dataset:
    meta = archive.meta.get("meta")
    if not isinstance(meta, dict):
        raise broken("has no `meta` in meta.json")
    described = _described(meta, bands)
    crs = meta.get("crsEpsg")
    coords: dict[str, Any] = {}
    if crs is not None:
        coords["spatial_ref"] = spatial_ref(crs)
    dimensions: dict[tuple[tuple[int, ...], PixelGrid | None], tuple[str, str]] = {}
    variables = {}
    for band, (members, grid) in zip(bands, described, strict=True):
        shape = band.pixels.shape
        number = len(dimensions) + 1
        suffix = "" if number == 1 else f"_{number}"
        y, x = dimensions.setdefault((shape, grid), (f"y{suffix}", f"x{suffix}"))
        if grid is not None and x not in coords:
            coords |= grid.coordinates(shape[0], shape[1], coords.get("spatial_ref"), y, x)
        attributes = {"names": list(band.names), **_attributes(members, except_for=_PLACE)}
        if "spatial_ref" in coords:
            attributes["grid_mapping"] = "spatial_ref"
        masks = [mask.variable for mask in bands if set(mask.masked) & set(band.names)]
        if masks:
            attributes["ancillary_variables"] = " ".join(masks)
        variables[band.variable] = ((y, x), band.pixels, attributes)
    attributes = _attributes(meta, except_for=("bands",))
    version = archive.info.get("version")
    if version is not None:
        attributes["ski_version"] = str(version)
    return xarray.Dataset(variables, coords, attributes)


def _described(
    meta: Mapping[str, Any], bands: Sequence[Band]
) -> list[tuple[Mapping[str, Any], PixelGrid | None]]:
    """The description of each band in meta.json, found by any of its names, with its coordinates.

    A mask without a description has the coordinates of its first band.
    """
    entries = meta.get("bands") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise broken("has `bands` in meta.json that are not objects")
    by_name: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        names = entry.get("names")
        for name in names if isinstance(names, list) else []:
            if isinstance(name, str):
                by_name.setdefault(name, entry)
    found = []
    for band in bands:
        own = next((by_name[name] for name in band.names if name in by_name), {})
        place = own or next((by_name[name] for name in band.masked if name in by_name), {})
        found.append((own, _grid(place)))
    return found


def _grid(members: Mapping[str, Any]) -> PixelGrid | None:
    values = [members.get(name) for name in _PLACE]
    if any(value is None for value in values):
        return None
    if not all(
        isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
        for value in values
    ):
        raise broken("has a coordinate of a band in meta.json that is not a number")
    width, height, left, top = (float(value) for value in values if value is not None)
    if not width or not height:
        raise broken("has pixels without a size in meta.json")
    return PixelGrid(width, height, left, top)


def _attributes(members: Mapping[str, Any], *, except_for: Sequence[str]) -> dict[str, Any]:
    """Members as attributes that are valid in NetCDF files: non-scalars become JSON strings."""
    found: dict[str, Any] = {}
    for name, value in members.items():
        if name in except_for or name == "names" or value is None:
            continue
        if isinstance(value, str) and API_TIME.fullmatch(value):
            found[name] = f"{value.replace(' ', 'T')}Z"
        elif isinstance(value, bool):
            found[name] = int(value)
        elif isinstance(value, (str, float)) or (isinstance(value, int) and abs(value) < 2**63):
            found[name] = value
        else:
            found[name] = json.dumps(value)
    return found
