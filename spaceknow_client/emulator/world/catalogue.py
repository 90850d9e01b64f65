"""The providers and datasets that the world has scenes of, with their satellites and bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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
    """A satellite as it appears in a dataset: its name, gsd straight down (m), and bands."""

    name: str
    gsd: float
    bands: tuple[Names, ...]


class Dataset(NamedTuple):
    """What one provider sells under one name."""

    satellites: tuple[Satellite, ...]
    radar: bool = False
    id_bytes: int = 45


def _planet(gsd: float, bands: tuple[Names, ...], *names: str) -> Dataset:
    return Dataset(tuple(Satellite(name, gsd, bands) for name in names))


def _radar(gsd: float, bands: tuple[Names, ...], *names: str) -> Dataset:
    return Dataset(tuple(Satellite(name, gsd, bands) for name in names), radar=True)


def _digital_globe(bands: tuple[Names, ...], scale: float) -> Dataset:
    return Dataset(
        (Satellite("WV02", 0.46 * scale, bands), Satellite("WV03_VNIR", 0.31 * scale, bands)),
        id_bytes=60,
    )


BRISBANE_DATASET = ("gbdx", "idaho-pansharpened")

_DOVE = ("1032", "0f22", "103c")
_SKYSAT = ("SSC1", "SSC7", "SSC13")

# The order is part of every scene id: add at the end only.
DATASETS: Mapping[tuple[str, str], Dataset] = {
    BRISBANE_DATASET: Dataset(
        (
            Satellite("GE01", 0.41, FOUR),
            Satellite("WV02", 0.46, EIGHT),
            Satellite("WV03_VNIR", 0.31, EIGHT),
            Satellite("WV02", 0.46, FOUR),
        ),
        id_bytes=60,
    ),
    ("gbdx", "idaho-swir"): Dataset((Satellite("WV03_SWIR", 7.5, _SWIR),), id_bytes=60),
    ("gbdx", "idaho-panchromatic"): _digital_globe(_PAN, 1),
    ("gbdx", "preview-multispectral"): _digital_globe(EIGHT, 4),
    ("gbdx", "preview-swir"): Dataset((Satellite("WV03_SWIR", 7.5, _SWIR),), id_bytes=60),
    ("gbdx", "preview-panchromatic"): _digital_globe(_PAN, 1),
    ("maxar", "ard"): _planet(0.31, EIGHT, "WV02", "WV03_VNIR"),
    ("maxar", "ard_clipped"): _planet(0.31, EIGHT, "WV02", "WV03_VNIR"),
    ("maxar", "ortho_4ps"): Dataset(
        (
            Satellite("WV02", 0.5, FOUR),
            Satellite("WV03_VNIR", 0.31, FOUR),
            Satellite("GE01", 0.41, FOUR),
        )
    ),
    ("pl", "PSOrthoTile"): _planet(3.125, FOUR, *_DOVE),
    ("pl", "PSOrthoTile_tile"): _planet(3.125, FOUR, *_DOVE),
    ("pl", "PSScene3Band"): _planet(3.0, RGB, *_DOVE),
    ("pl", "PSScene3Band_tile"): _planet(3.0, RGB, *_DOVE),
    ("pl", "PSScene4Band"): _planet(3.0, FOUR, *_DOVE),
    ("pl", "PSScene4Band_tile"): _planet(3.0, FOUR, *_DOVE),
    ("pl", "SkySatScene"): _planet(0.72, FOUR, *_SKYSAT),
    ("pl", "SkySatCollect"): _planet(0.72, FOUR, *_SKYSAT),
    ("pl", "SkySatCollect_pansharpened"): _planet(0.5, FOUR, *_SKYSAT),
    ("pl", "REOrthoTile"): _planet(5.0, (*RGB, _RED_EDGE, _NIR), "RapidEye-2", "RapidEye-4"),
    ("iceye", "Spotlight_SLC"): _radar(1.0, _X_BAND, "ICEYE-X2", "ICEYE-X7"),
    ("iceye", "SpotlightHigh_SLC"): _radar(0.5, _X_BAND, "ICEYE-X2", "ICEYE-X7"),
    ("iceye", "Stripmap_SLC"): _radar(3.0, _X_BAND, "ICEYE-X2", "ICEYE-X7"),
    ("iceye", "StripmapHigh_SLC"): _radar(2.5, _X_BAND, "ICEYE-X2", "ICEYE-X7"),
    ("ee", "COPERNICUS/S1_GRD"): _radar(10.0, _RADAR, "S1A", "S1B"),
    ("ee", "COPERNICUS/S2"): _planet(10.0, _MSI, "S2A", "S2B"),
    ("ee", "LANDSAT/LC08/C01/T1"): _planet(30.0, _OLI, "LANDSAT_8"),
    ("ee", "LANDSAT/LE07/C01/T1"): _planet(30.0, _OLI[1:], "LANDSAT_7"),
    ("ee", "MODIS/006/MOD08_M3"): _planet(111_000.0, _AEROSOL, "Terra"),
    ("ee", "MODIS/006/MYD08_M3"): _planet(111_000.0, _AEROSOL, "Aqua"),
    ("esa", "COPERNICUS/S1_SLC"): _radar(5.0, _RADAR, "S1A", "S1B"),
    ("noaa", "VIIRS/Daily"): _planet(750.0, _NIGHT, "SNPP"),
    ("ab", "spot"): _planet(1.5, FOUR, "SPOT6", "SPOT7"),
    ("ab", "pleiades"): _planet(0.5, FOUR, "PHR1A", "PHR1B"),
    ("uc", "theia"): _planet(1.0, FOUR, "Deimos-2"),
    ("uc", "deimos-2"): _planet(0.75, FOUR, "Deimos-2"),
}
DATASET_KEYS = tuple(DATASETS)
