"""The providers and datasets of the world, with their satellites and bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Names = tuple[str, ...]

_COASTAL: Names = ("Coastal", "coastal", "aerosol")
_BLUE: Names = ("Blue", "blue", "b")
_GREEN: Names = ("Green", "green", "g")
_YELLOW: Names = ("Yellow", "yellow", "y")
_RED: Names = ("Red", "red", "r")
_RED_EDGE: Names = ("Red Edge", "red-edge")
_NIR: Names = ("NIR", "near-ir")
_NIR1: Names = ("Near-IR1", "near-ir1")
_NIR2: Names = ("Near-IR2", "near-ir2")

RGB = (_BLUE, _GREEN, _RED)
FOUR = (*RGB, _NIR)
EIGHT = (_COASTAL, _BLUE, _GREEN, _YELLOW, _RED, _RED_EDGE, _NIR1, _NIR2)
_PAN = (("Panchromatic", "pan"),)
_SWIR = tuple((f"SWIR{number}", f"swir{number}") for number in range(1, 9))
_OLI = (_COASTAL, *RGB, _NIR1, ("SWIR1", "swir1"), ("SWIR2", "swir2"))
_MSI = (_COASTAL, *RGB, _RED_EDGE, _NIR1, _NIR2, ("SWIR1", "swir1"), ("SWIR2", "swir2"))
_RADAR = (("VV", "vv"), ("VH", "vh"))
_X_BAND = (("VV", "vv"),)
_NIGHT = (("DNB", "day-night"),)
_AEROSOL = (("Aerosol Optical Depth", "aod"),)


class Satellite(NamedTuple):
    """A satellite in a dataset: its name, gsd at nadir (m), and bands."""

    name: str
    gsd: float
    bands: tuple[Names, ...]


class Dataset(NamedTuple):
    """A dataset of a provider; `end` is the first day without scenes.

    `clipped` data is fetched for an extent, which makes a new scene. `tiled` scenes are squares of
    about 25 km2, the others are strips.
    """

    satellites: tuple[Satellite, ...]
    radar: bool = False
    id_bytes: int = 45
    clipped: bool = False
    tiled: bool = False
    end: str = ""


# From the first to the last imagery of each: launches and ends of service are public. A missing day means
# that it has not ended.
LIVES: Mapping[str, tuple[str, str]] = {
    "GE01": ("2008-10-06", ""),
    "QB02": ("2001-11-01", "2014-12-18"),
    "WV02": ("2009-10-20", ""),
    "WV03": ("2014-08-26", ""),
    "WV03_VNIR": ("2014-08-26", ""),
    "WV03_SWIR": ("2014-08-26", ""),
    "WV04": ("2016-11-26", "2019-01-07"),
    "1032": ("2017-02-25", "2022-04-30"),
    "0f22": ("2016-06-22", "2022-04-30"),
    "103c": ("2017-07-20", "2022-04-30"),
    "24b6": ("2021-04-01", ""),
    "SSC1": ("2013-12-11", ""),
    "SSC7": ("2016-09-16", ""),
    "SSC13": ("2017-10-31", ""),
    "RapidEye-2": ("2009-02-01", "2020-04-01"),
    "RapidEye-4": ("2009-02-01", "2020-04-01"),
    "ICEYE-X2": ("2018-12-04", ""),
    "ICEYE-X7": ("2020-09-29", ""),
    "S1A": ("2014-10-03", ""),
    "S1B": ("2016-09-26", "2021-12-23"),
    "S2A": ("2015-06-27", ""),
    "S2B": ("2017-03-15", ""),
    "LANDSAT_8": ("2013-04-11", ""),
    "LANDSAT_7": ("1999-07-01", ""),
    "Terra": ("2000-02-24", ""),
    "Aqua": ("2002-07-04", ""),
    "SNPP": ("2012-01-19", ""),
    "SPOT6": ("2012-09-12", ""),
    "SPOT7": ("2014-07-03", "2023-03-17"),
    "PHR1A": ("2011-12-20", ""),
    "PHR1B": ("2012-12-05", ""),
    "Deimos-2": ("2014-06-20", ""),
}

# No longer listed in the pages of 2025.
_GBDX_END = "2025-01-01"
_COLLECTION_1_END = "2022-01-01"


def _optical(gsd: float, bands: tuple[Names, ...], *names: str, **more: Any) -> Dataset:
    return Dataset(tuple(Satellite(name, gsd, bands) for name in names), **more)


def _radar(gsd: float, bands: tuple[Names, ...], *names: str) -> Dataset:
    return _optical(gsd, bands, *names, radar=True)


def _gbdx(*satellites: Satellite) -> Dataset:
    return Dataset(satellites, id_bytes=60, end=_GBDX_END)


def _digital_globe(bands: tuple[Names, ...], scale: float) -> Dataset:
    return _gbdx(
        Satellite("WV02", 0.46 * scale, bands), Satellite("WV03_VNIR", 0.31 * scale, bands)
    )


def _maxar(third: str, bands: tuple[Names, ...]) -> tuple[Satellite, ...]:
    return (
        Satellite("GE01", 0.41, FOUR),
        Satellite("WV02", 0.46, bands),
        Satellite(third, 0.31, bands),
        Satellite("WV04", 0.31, FOUR),
    )


BRISBANE_DATASET = ("gbdx", "idaho-pansharpened")

_DOVE = ("1032", "0f22", "103c", "24b6")
_SKYSAT = ("SSC1", "SSC7", "SSC13")

# The order is part of each scene ID: only append.
DATASETS: Mapping[tuple[str, str], Dataset] = {
    BRISBANE_DATASET: _gbdx(*_maxar("WV03_VNIR", EIGHT), Satellite("QB02", 0.61, FOUR)),
    ("gbdx", "idaho-swir"): _gbdx(Satellite("WV03_SWIR", 7.5, _SWIR)),
    ("gbdx", "idaho-panchromatic"): _digital_globe(_PAN, 1),
    ("gbdx", "preview-multispectral"): _digital_globe(EIGHT, 4),
    ("gbdx", "preview-swir"): _gbdx(Satellite("WV03_SWIR", 7.5, _SWIR)),
    ("gbdx", "preview-panchromatic"): _digital_globe(_PAN, 1),
    ("maxar", "ard"): Dataset(_maxar("WV03_VNIR", EIGHT), tiled=True),
    ("maxar", "ard_clipped"): Dataset(_maxar("WV03", EIGHT), clipped=True),
    ("maxar", "ortho_4ps"): Dataset(_maxar("WV03", FOUR), clipped=True),
    ("pl", "PSOrthoTile"): _optical(3.125, FOUR, *_DOVE),
    ("pl", "PSOrthoTile_tile"): _optical(3.125, FOUR, *_DOVE),
    ("pl", "PSScene3Band"): _optical(3.0, RGB, *_DOVE),
    ("pl", "PSScene3Band_tile"): _optical(3.0, RGB, *_DOVE),
    ("pl", "PSScene4Band"): _optical(3.0, FOUR, *_DOVE),
    ("pl", "PSScene4Band_tile"): _optical(3.0, FOUR, *_DOVE),
    ("pl", "SkySatScene"): _optical(0.72, FOUR, *_SKYSAT),
    ("pl", "SkySatCollect"): _optical(0.72, FOUR, *_SKYSAT),
    ("pl", "SkySatCollect_pansharpened"): _optical(0.5, FOUR, *_SKYSAT),
    ("pl", "REOrthoTile"): _optical(5.0, (*RGB, _RED_EDGE, _NIR), "RapidEye-2", "RapidEye-4"),
    ("iceye", "Spotlight_SLC"): _radar(1.0, _X_BAND, "ICEYE-X2", "ICEYE-X7"),
    ("iceye", "SpotlightHigh_SLC"): _radar(0.5, _X_BAND, "ICEYE-X2", "ICEYE-X7"),
    ("iceye", "Stripmap_SLC"): _radar(3.0, _X_BAND, "ICEYE-X2", "ICEYE-X7"),
    ("iceye", "StripmapHigh_SLC"): _radar(2.5, _X_BAND, "ICEYE-X2", "ICEYE-X7"),
    ("ee", "COPERNICUS/S1_GRD"): _radar(10.0, _RADAR, "S1A", "S1B"),
    ("ee", "COPERNICUS/S2"): _optical(10.0, _MSI, "S2A", "S2B"),
    ("ee", "LANDSAT/LC08/C01/T1"): _optical(30.0, _OLI, "LANDSAT_8", end=_COLLECTION_1_END),
    ("ee", "LANDSAT/LE07/C01/T1"): _optical(30.0, _OLI[1:], "LANDSAT_7", end=_COLLECTION_1_END),
    ("ee", "MODIS/006/MOD08_M3"): _optical(111_000.0, _AEROSOL, "Terra"),
    ("ee", "MODIS/006/MYD08_M3"): _optical(111_000.0, _AEROSOL, "Aqua"),
    ("esa", "COPERNICUS/S1_SLC"): _radar(5.0, _RADAR, "S1A", "S1B"),
    ("noaa", "VIIRS/Daily"): _optical(750.0, _NIGHT, "SNPP"),
    ("ab", "spot"): _optical(1.5, FOUR, "SPOT6", "SPOT7"),
    ("ab", "pleiades"): _optical(0.5, FOUR, "PHR1A", "PHR1B"),
    ("uc", "theia"): _optical(1.0, FOUR, "Deimos-2", end="2018-01-01"),
    ("uc", "deimos-2"): _optical(0.75, FOUR, "Deimos-2", end="2018-01-01"),
}
DATASET_KEYS = tuple(DATASETS)


class FreeScene(NamedTuple):
    """A scene that the Credits pages (2022 and later) publish for free tests.

    Dataset, place and ID are published; day and satellite are chosen for the emulator.
    """

    dataset: tuple[str, str]
    satellite: Satellite
    acquired: str
    longitude: float
    latitude: float


FREE_SCENES: Mapping[str, FreeScene] = {
    # Damascus airport
    "DXc_f1UsDLmqvwlUy7tMaR7Ef_o0xKugm01Z89ozdQaXR4VE_JDYlFphZA": FreeScene(
        ("pl", "SkySatCollect"), Satellite("SSC7", 0.72, FOUR), "2017-06-14 08:12:35", 36.51, 33.41
    ),
    # the port of Rason
    "DXc_f1UsDLmqvwlUy7tMaR7Ef_o0xKorOIEI5wOjJZ1uPs-pGBrpZZqxkPk": FreeScene(
        ("pl", "SkySatCollect"), Satellite("SSC1", 0.72, FOUR), "2017-09-21 02:04:11", 130.3, 42.24
    ),
}
