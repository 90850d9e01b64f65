"""Maps as inputs of commands: the output of `release` and `pipeline wait`, or the folder of a download."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors.base import AuthError, ConfigError, SpaceKnowError
from .app import App
from .failures import report
from .inputs import FromFile, parts
from .tables import Column, fields

if TYPE_CHECKING:
    from ..maps.kraken_map import KrakenMap
    from ..maps.map_folder import MapFolder


@dataclass(frozen=True)
class GivenMap:
    """One map.

    Attributes:
        map: the map itself.
        folder: the folder of its files, if they were downloaded.
        scene_ids: its scenes, if they are known.
        times: the known acquisition times of the scenes (UTC), the earliest first.
        name: its label in a page; empty for its times.
    """

    map: KrakenMap
    folder: MapFolder | None = None
    scene_ids: tuple[str, ...] = ()
    times: tuple[dt.datetime, ...] = ()
    name: str = ""

    @classmethod
    def read(cls, members: Any, folder: MapFolder | None = None) -> GivenMap:
        """From a map as JSON data. Raises ValueError."""
        from ..generated.types import array, date_time, json_object, text
        from ..maps.kraken_map import KrakenMap

        found = KrakenMap.from_dict(members)
        ids = array(text)(members.get("sceneIds") or [], "sceneIds")
        times = json_object(members.get("sceneTimes") or {}, "sceneTimes")
        moments = {date_time(each, f"sceneTimes.{name}") for name, each in times.items()}
        return cls(found, folder, tuple(ids), tuple(sorted(moments)))

    @property
    def date(self) -> str | None:
        """The days on which its scenes were taken."""
        return " ".join(dict.fromkeys(f"{each:%Y-%m-%d}" for each in self.times)) or None

    @property
    def label(self) -> str:
        """Its label in a page."""
        return self.name or ", ".join(f"{each:%Y-%m-%d %H:%M} UTC" for each in self.times)

    @property
    def about(self) -> dict[str, Any]:
        """Its date and scenes, as JSON data."""
        found = {"date": self.date, "sceneIds": list(self.scene_ids)}
        return {name: value for name, value in found.items() if value}


DATE = Column("date", lambda row: row.get("date"), firm=True)


def days(made: Mapping[str, Any]) -> str | None:
    """The days on which the scenes of a map (JSON data) were taken; None if none is known."""
    return (
        " ".join(sorted({str(each)[:10] for each in made.get("sceneTimes", {}).values()})) or None
    )


class Maps(FromFile):
    """The maps of a file (one, an array, or one per line), or of a folder of `map download`."""

    name = "MAPS"

    def __init__(self, *, takes_folders: bool = True) -> None:
        self.takes_folders = takes_folders

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[GivenMap]:
        """Reads the maps; a usage error if there are none."""
        if not isinstance(value, str):
            found: list[GivenMap] = value
            return found
        if self.takes_folders and Path(value).is_dir():
            from ..maps.map_folder import MapFolder

            try:
                folder = MapFolder(value)
                return [GivenMap.read(folder.map.to_dict(), folder)]
            except ValueError as error:
                self.fail(str(error), param, ctx)
        given = parts(value, self.text(value, param, ctx))
        if not given:
            self.fail(f"{value} holds no map", param, ctx)
        found = []
        for where, text in given:
            try:
                found.append(GivenMap.read(self.json(where, text, param, ctx)))
            except ValueError as error:
                self.fail(f"{where} holds no map: {error}", param, ctx)
        return found


class NamedMaps(Maps):
    """Maps, with a date or another name before them: `2018-05-02=MAPS`."""

    name = "[DATE=]MAPS"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[GivenMap]:
        """The maps, with the name."""
        if not isinstance(value, str):
            return super().convert(value, param, ctx)
        name, equals, path = value.partition("=")
        if not equals or Path(value).exists():
            name, path = "", value
        found = super().convert(path, param, ctx)
        return [GivenMap(each.map, each.folder, each.scene_ids, each.times, name) for each in found]


maps_argument = click.argument("maps", metavar="MAPS", type=Maps())


def file_names(path: Path, maps: Sequence[GivenMap]) -> list[Path]:
    """The path itself for one map; otherwise one path per map, with date and scene."""
    from ..maps.map_files import safe_name

    if len(maps) == 1:
        return [path]
    found: dict[str, Path] = {}
    for one in maps:
        more = f"+{len(one.scene_ids) - 1}" if len(one.scene_ids) > 1 else ""
        marks = [(one.date or "").replace(" ", "+"), "".join(one.scene_ids[:1]) + more]
        stem = "_".join(safe_name(each).replace("%2B", "+") for each in [path.stem, *marks] if each)
        name, number = f"{stem}{path.suffix}", 1
        while name.casefold() in found:
            number += 1
            name = f"{stem}_{number}{path.suffix}"
        found[name.casefold()] = path.with_name(name)
    return list(found.values())


def of_each(
    app: App,
    maps: Sequence[GivenMap],
    paths: Sequence[Path],
    make: Callable[[GivenMap, Path], dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    """The result of `make` for each map, with date and scene. A failure does not stop the others."""
    for one, path in zip(maps, paths, strict=True):
        try:
            yield {**make(one, path), **one.about}
        except (AuthError, ConfigError):
            raise  # the same for all maps
        except SpaceKnowError as error:
            app.fail(report(app, error, **one.about))


def show_each(
    app: App,
    maps: Sequence[GivenMap],
    paths: Sequence[Path],
    make: Callable[[GivenMap, Path], dict[str, Any]],
    columns: Sequence[Column],
) -> None:
    """Runs `make` for each map, and shows its result: one result, or one row per map."""
    if len(maps) > 1:
        app.show_all(of_each(app, maps, paths, make), (DATE, *columns), "No maps.")
        return
    made = {**make(maps[0], paths[0]), **maps[0].about}
    app.show(made, lambda: fields([(one.title, one.value(made)) for one in columns]))


def write_csv(path: Path, rows: Sequence[dict[str, Any]], members: Sequence[str]) -> None:
    """Writes rows to a CSV file, atomically. Column names are in snake_case."""
    import csv

    from ..runtime.paths import atomic_write

    with atomic_write(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(re.sub(r"(?=[A-Z])", "_", name).lower() for name in members)
        writer.writerows([row[name] for name in members] for row in rows)
