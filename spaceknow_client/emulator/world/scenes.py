"""One scene: its metadata as returned by a search, and its identifier."""

from __future__ import annotations

import base64
import hashlib
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shapely.geometry import MultiPolygon, mapping

from .catalog import Names
from .tiles import MERCATOR_PIXEL, WORLD_PIXELS, pixel_point

CLEAR = 0.05
"""A scene with less cloud cover than this is rendered without clouds."""


@dataclass(frozen=True)
class SceneRecord:
    """A scene of the emulator's world.

    `acquired` is an aware UTC time, `cloud_cover` a share 0..1 (0.0 for radar), `gsd` in meters, angles
    in degrees. `sees_clouds` is False for radar: its metadata has no cloudCover. `origin` is the ID of
    the scene from which a clipped one was cut.
    """

    scene_id: str
    provider: str
    dataset: str
    satellite: str
    acquired: datetime
    footprint: MultiPolygon = field(compare=False)
    cloud_cover: float
    gsd: float
    bands: tuple[Names, ...]
    off_nadir: float
    satellite_azimuth: float
    sun_azimuth: float
    sun_elevation: float
    sees_clouds: bool = True
    origin: str | None = None

    @property
    def cloudy(self) -> bool:
        """Whether imagery shows clouds, which also hide vehicles from the analysis."""
        return self.cloud_cover >= CLEAR

    def metadata(self) -> dict[str, object]:
        """The API's Image metadata as JSON members; new lists and dicts for each call."""
        west, _, _, north = self.footprint.bounds
        x, y = pixel_point(west, north)
        origin = mercator_meters(x, y)
        size = self.gsd / math.cos(math.radians(self.footprint.centroid.y))
        footprint: Mapping[str, object] = mapping(self.footprint)
        found: dict[str, object] = {
            "sceneId": self.scene_id,
            "provider": self.provider,
            "dataset": self.dataset,
            "satellite": self.satellite,
            "datetime": self.acquired.strftime("%Y-%m-%d %H:%M:%S"),
            "footprint": {
                "type": footprint["type"],
                "coordinates": _lists(footprint["coordinates"]),
            },
            "crsEpsg": 3857,
            "bands": [band_json(names, self.gsd, size, origin) for names in self.bands],
            "offNadir": self.off_nadir,
            "satelliteAzimuth": self.satellite_azimuth,
        }
        if self.sees_clouds:
            found["cloudCover"] = self.cloud_cover
            found["sunAzimuth"] = self.sun_azimuth
            found["sunElevation"] = self.sun_elevation
        return found


def band_json(
    names: Names, gsd: float, pixel: float, origin: tuple[float, float]
) -> dict[str, object]:
    """The API's Band: gsd in true meters, `pixel` and `origin` in meters of EPSG:3857."""
    return {
        "names": list(names),
        "bitDepth": 16,
        "gsd": gsd,
        "pixelSizeX": pixel,
        "pixelSizeY": -pixel,
        "crsOriginX": origin[0],
        "crsOriginY": origin[1],
        "approximateResolutionX": gsd,
        "approximateResolutionY": gsd,
    }


def mercator_meters(x: float, y: float) -> tuple[float, float]:
    """Pixels of zoom 19 to meters of EPSG:3857."""
    half = WORLD_PIXELS / 2
    return (x - half) * MERCATOR_PIXEL, (half - y) * MERCATOR_PIXEL


def _lists(value: object) -> object:
    return [_lists(part) for part in value] if isinstance(value, (list, tuple)) else value


def sun_position(acquired: datetime, lon: float, lat: float) -> tuple[float, float]:
    """Azimuth (from north, clockwise) and elevation of the sun in degrees, accurate to about 1."""
    day = acquired.timetuple().tm_yday
    hours = acquired.hour + acquired.minute / 60 + acquired.second / 3600
    declination = math.radians(-23.44) * math.cos(2 * math.pi * (day + 10) / 365.25)
    angle = math.radians(15 * (hours - 12) + lon)
    phi = math.radians(lat)
    up = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(declination) * math.cos(
        angle
    )
    east = -math.cos(declination) * math.sin(angle)
    north = math.cos(phi) * math.sin(declination) - math.sin(phi) * math.cos(
        declination
    ) * math.cos(angle)
    elevation = math.degrees(math.asin(max(-1.0, min(1.0, up))))
    return round(math.degrees(math.atan2(east, north)) % 360, 1), round(elevation, 1)


class ScenePlace(NamedTuple):
    """The origin of a scene: dataset and grid cell by number, then its number in a year."""

    dataset: int
    column: int
    row: int
    year: int
    number: int


_PLACE = struct.Struct(">BHHHB")
_DIGEST = 16


def encode_scene_id(seed: int, place: ScenePlace, size: int) -> str:
    """An opaque ID of 4/3 `size` URL-safe characters: a keyed digest, and the masked place."""
    plain = _PLACE.pack(*place)
    digest = _digest(seed, b"id", plain, _DIGEST)
    filler = _digest(seed, b"filler", digest, 48)
    hidden = bytes(a ^ b for a, b in zip(plain, filler, strict=False))
    return base64.urlsafe_b64encode((digest + hidden + filler[len(plain) :])[:size]).decode()


def decode_scene_id(seed: int, scene_id: str) -> ScenePlace | None:
    """The place in an ID, or None for a string that this world did not issue.

    Only the digest is checked here; the caller must compare the whole ID.
    """
    try:
        raw = base64.b64decode(scene_id.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return None
    if len(raw) < _DIGEST + _PLACE.size:
        return None
    digest, hidden = raw[:_DIGEST], raw[_DIGEST : _DIGEST + _PLACE.size]
    filler = _digest(seed, b"filler", digest, 48)
    plain = bytes(a ^ b for a, b in zip(hidden, filler, strict=False))
    return (
        ScenePlace(*_PLACE.unpack(plain))
        if _digest(seed, b"id", plain, _DIGEST) == digest
        else None
    )


def _digest(seed: int, purpose: bytes, data: bytes, size: int) -> bytes:
    secret = hashlib.sha256(b"spaceknow emulator world %d" % seed).digest()
    return hashlib.blake2b(data, key=secret, person=purpose, digest_size=size).digest()
