"""The Datacube's world: results of analyses at some places, over ten years."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from ..validation.failures import AnswerError
from ..validation.statuses import INVALID_BODY
from .identifiers import digest
from .pipelines import JSON

MOST = 5000
"""Maximum number of data points in a response."""

_FIRST, _LAST = date(2014, 1, 1), date(2024, 1, 1)


class _Site(NamedTuple):
    project: str
    area: BaseGeometry


class _Index(NamedTuple):
    source: str
    versions: tuple[str, ...]
    days: int | None  # between two data points; None for a month
    middle: float
    swing: float


def _around(lon: float, lat: float) -> BaseGeometry:
    return shapely.box(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)


_SITES: Mapping[str, _Site] = {
    "boyne-island": _Site("aluminium", _around(151.33, -23.95)),
    "tomago": _Site("aluminium", _around(151.72, -32.82)),
    "mozal": _Site("aluminium", _around(32.41, -25.91)),
    "hay-point": _Site("coal", _around(149.29, -21.29)),
    "newcastle": _Site("coal", _around(151.77, -32.89)),
    "richards-bay": _Site("coal", _around(32.04, -28.80)),
    "chuquicamata": _Site("copper", _around(-68.90, -22.29)),
}
_INDICES: Mapping[str, _Index] = {
    "ndmi_mean": _Index("landsat_8", ("1.0", "1.1"), 16, 0.1, 0.15),
    "night_lights_sum": _Index("viirs_nl_monthly", ("1.0",), None, 420.0, 60.0),
    "stockpile_area": _Index("sentinel_2", ("1.0", "2.0"), 10, 85_000.0, 20_000.0),
}
_LABELS: Mapping[str, BaseGeometry] = {
    "world": shapely.box(-180, -90, 180, 90),
    "australia": shapely.box(112, -44, 154, -10),
    "africa": shapely.box(-18, -35, 52, 38),
    "south-america": shapely.box(-82, -56, -34, 13),
    **{name: site.area for name, site in _SITES.items()},
}


@dataclass(frozen=True)
class DataPoint:
    """One value with its dimensions, as in the columns of the table."""

    version: str
    startDatetime: str  # noqa: N815 - the API's own name
    endDatetime: str  # noqa: N815 - the API's own name
    algorithm: str
    project: str
    aoiId: str  # noqa: N815 - the API's own name
    source: str
    firstSeen: str  # noqa: N815 - the API's own name
    value: float


COLUMNS = tuple(each.name for each in fields(DataPoint))

Test = Callable[[DataPoint], bool]


class DataPoints:
    """The data points, and the supported queries.

    Places are values of `aoi` in filters: world, australia, africa, south-america, and the aoiId of
    each place.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    @cached_property
    def _all(self) -> list[DataPoint]:
        return list(self._generate())

    def select(
        self, filters: Collection[JSON], packages: Collection[str], *, keep_duplicates: bool
    ) -> list[DataPoint]:
        """The data points that match all filters and belong to one of the packages (projects).

        Without `keep_duplicates` only the newest version of each is returned. Raises AnswerError for
        an unsupported filter, and if no package matches the filters.
        """
        tests = [_test(each) for each in filters]
        named = [_values(each) for each in filters if each["field"] == "project"]
        if not any(all(package in values for values in named) for package in packages):
            raise AnswerError("NO-MATCHING-PACKAGE", "None of your packages matches the filters.")
        found = [
            point
            for point in self._all
            if point.project in packages and all(test(point) for test in tests)
        ]
        if keep_duplicates:
            return found
        newest = {(each.algorithm, each.aoiId, each.startDatetime): each for each in found}
        return list(newest.values())

    def catalogue(self, packages: Collection[str]) -> dict[str, list[JSON]]:
        """The available data of some packages, by algorithm."""
        return {
            algorithm: [
                {
                    "project": project,
                    "source": index.source,
                    "version": index.versions[-1],
                    "aoiIds": [name for name, site in _SITES.items() if site.project == project],
                }
                for project in sorted(packages)
            ]
            for algorithm, index in _INDICES.items()
            if packages
        }

    def _generate(self) -> Iterator[DataPoint]:
        for name, site in _SITES.items():
            for algorithm, index in _INDICES.items():
                for start, end in _periods(index.days):
                    season = math.sin(2 * math.pi * start.timetuple().tm_yday / 365.25)
                    for number, version in enumerate(index.versions):
                        seen = end + timedelta(days=2 + 400 * number)
                        key = digest(self._seed, name, algorithm, start.isoformat(), version)
                        noise = int.from_bytes(key[:4], "big") / 2**32 - 0.5
                        value = index.middle + index.swing * (0.6 * season + 0.5 * noise)
                        yield DataPoint(
                            version=version,
                            startDatetime=_midnight(start),
                            endDatetime=_midnight(end),
                            algorithm=algorithm,
                            project=site.project,
                            aoiId=name,
                            source=index.source,
                            firstSeen=_midnight(seen),
                            value=round(value, 4),
                        )


def table(points: Collection[DataPoint]) -> bytes:
    """Data points as CSV with a header line."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(astuple(point) for point in points)
    return text.getvalue().encode()


def _periods(days: int | None) -> Iterator[tuple[date, date]]:
    start = _FIRST
    while start < _LAST:
        month = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        end = month if days is None else start + timedelta(days=days)
        yield start, end
        start = end


def _midnight(day: date) -> str:
    return f"{datetime(day.year, day.month, day.day):%Y-%m-%d %H:%M:%S}"


def _test(entry: JSON) -> Test:
    """The test of a filter."""
    name, kind = entry["field"], entry["type"]
    if kind == "value-list" and name in COLUMNS:
        values = _values(entry)
        return lambda point: str(getattr(point, name)) in values
    if kind == "geo-intersects" and name == "aoi":
        label = entry["params"].get("geometryLabel")
        area = _LABELS.get(label) if isinstance(label, str) else None
        if area is None:
            raise AnswerError("NON-EXISTENT-GEOMETRY", "No geometry has this label.")
        inside = {name for name, site in _SITES.items() if site.area.intersects(area)}
        return lambda point: point.aoiId in inside
    raise AnswerError(
        INVALID_BODY,
        "The emulator supports two filters: value-list of a column, and geo-intersects of aoi.",
    )


def _values(entry: Mapping[str, Any]) -> list[Any]:
    values = entry["params"].get("values")
    if not isinstance(values, list):
        raise AnswerError(INVALID_BODY, "The params of a value-list must be a list of values.")
    return values
