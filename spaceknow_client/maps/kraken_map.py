"""A Kraken map: the result of a release, an image or analysis in tiles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import NoneType
from typing import Any

from attrs import evolve, field, frozen

from ..errors.shown import printable
from ..extents.extent import Extent
from ..generated.models import ReleaseResult
from ..generated.types import WrongShapeError, array, date_time, json_object, text
from .scene_id import as_utc, iso, times_of
from .tile import Tile
from .touched import Zoom, checked_level, quads


def _as_texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(each) for each in values)


def _in_utc(times: Mapping[str, dt.datetime]) -> dict[str, dt.datetime]:
    return {name: as_utc(each) for name, each in times.items()}


@frozen(kw_only=True)
class KrakenMap:
    """The result of a release.

    Attributes:
        map_id: an opaque id that gives access to the map's files.
        map_type: the analysis, such as `cars`; None if unknown (the pipeline was attached by its id).
        max_zoom: the deepest zoom level of child tiles.
        tiles: the tiles that have files: one to four, at a zoom that fits the extent. Their child
            tiles down to `max_zoom` show more detail.
        extent: the area, if known: the map was released with this client, or read from the output
            of its `to_dict`.
        scene_ids: the scenes of the map, if known, as for `extent`.
        scene_times: acquisition times (UTC) by scene id, of scenes that were passed to `release` as
            Scenes, or to the command as lines of a search.
        additional_properties: further members of the response.
    """

    map_id: str = field(
        repr=lambda value: printable(f"{value[:12]}..." if len(value) > 12 else value)
    )
    map_type: str | None = None
    max_zoom: int
    tiles: tuple[Tile, ...] = field(repr=lambda tiles: f"<{len(tiles)} tiles>")
    extent: Extent | None = field(default=None, repr=False, eq=False)
    scene_ids: tuple[str, ...] = field(default=(), converter=_as_texts, repr=False, eq=False)
    scene_times: dict[str, dt.datetime] = field(
        factory=dict,
        converter=_in_utc,
        repr=False,
        eq=False,
    )
    additional_properties: dict[str, Any] = field(factory=dict, repr=False, eq=False)

    @classmethod
    def read(
        cls,
        value: Any,
        map_type: str | None,
        extent: Extent | None = None,
        scene_ids: Iterable[str] = (),
        scene_times: Mapping[str, dt.datetime] | None = None,
    ) -> KrakenMap:
        """From the response of `kraken.release.retrieve`. Raises WrongShapeError."""
        result = ReleaseResult.read(value, "")
        ids, tiles = tuple(scene_ids), []
        for index, item in enumerate(result.tiles):
            if len(item) != 3:
                raise WrongShapeError(f"tiles[{index}]", f"has {len(item)} numbers instead of 3")
            tiles.append(Tile(*item))
        return cls(
            map_id=result.map_id,
            map_type=map_type,
            max_zoom=result.max_zoom,
            tiles=tuple(tiles),
            extent=extent,
            scene_ids=ids,
            scene_times={**times_of(ids), **(scene_times or {})},
            additional_properties=result.additional_properties,
        )

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> KrakenMap:
        """From the output of `to_dict`. Raises WrongShapeError or InvalidExtentError (ValueErrors)."""
        if not isinstance(source, Mapping):
            raise WrongShapeError("", f"should be an object, but is {type(source).__name__}")
        members = dict(source)
        map_type = members.pop("mapType", None)
        if not isinstance(map_type, (str, NoneType)):
            raise WrongShapeError("mapType", "should be a string")
        extent = members.pop("extent", None)
        ids = array(text)(members.pop("sceneIds", None) or [], "sceneIds")
        times = json_object(members.pop("sceneTimes", None) or {}, "sceneTimes")
        return cls.read(
            members,
            map_type,
            None if extent is None else Extent(extent),
            ids,
            {name: date_time(value, f"sceneTimes.{name}") for name, value in times.items()},
        )

    @property
    def acquired(self) -> list[dt.datetime]:
        """The known times of its scenes, without duplicates, the earliest first."""
        return sorted(set(self.scene_times.values()))

    def parts(self, zoom: Zoom = None) -> list[KrakenMap]:
        """The contiguous parts of the map, each as a map.

        The tiles of a part touch each other, also across 180 degrees. A part that is still too large
        for one picture or array is split.

        Args:
            zoom: by default the map's own tiles are used. A number or `"max"` uses the child tiles
                at this zoom that the map's `extent` touches, which separates distant polygons.

        Raises InvalidArgumentError for a zoom at which the map has no tiles.
        """
        from .parts import parts_of

        level = checked_level(self.tiles, self.max_zoom, zoom)
        if level is None:
            deepest = max((tile.z for tile in self.tiles), default=0)
            return [evolve(self, tiles=tuple(some)) for some in parts_of(self.tiles, deepest)]
        geojson = None if self.extent is None else self.extent.to_geojson()
        touched = list(quads(self.tiles, level, geojson))
        return [evolve(self, tiles=tuple(some)) for some in parts_of(touched, level)]

    def filled_from(self, other: KrakenMap) -> KrakenMap:
        """The same map, with the extent, the scenes and their times from `other` if missing here."""
        return evolve(
            self,
            extent=self.extent or other.extent,
            scene_ids=self.scene_ids or other.scene_ids,
            scene_times={**other.scene_times, **self.scene_times},
        )

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        """A Feature for each tile, with z, x and y as properties."""
        features = [
            {"type": "Feature", "properties": tile._asdict(), "geometry": tile.__geo_interface__}
            for tile in self.tiles
        ]
        return {"type": "FeatureCollection", "features": features}

    def _repr_html_(self) -> str:
        from ..runtime.notebook import table
        from .outline import outline

        zooms = sorted({tile.z for tile in self.tiles})
        rows = [
            ("map type", self.map_type),
            ("map id", f"{self.map_id[:12]}..." if len(self.map_id) > 12 else self.map_id),
            ("tiles", f"{len(self.tiles)} at zoom {', '.join(map(str, zooms)) or '-'}"),
            ("deepest zoom", self.max_zoom),
            ("scenes", ", ".join(self.scene_ids) or None),
            ("acquired", ", ".join(map(iso, self.acquired)) or None),
        ]
        return table("KrakenMap", rows, outline(self.tiles))

    def to_dict(self) -> dict[str, Any]:
        """In the API's form, with `mapType`, `extent`, `sceneIds` and `sceneTimes` if they are known."""
        named: dict[str, Any] = {"mapType": self.map_type} if self.map_type else {}
        if self.extent is not None:
            named["extent"] = self.extent.to_geojson()
        if self.scene_ids:
            named["sceneIds"] = list(self.scene_ids)
        if self.scene_times:
            named["sceneTimes"] = {name: iso(each) for name, each in self.scene_times.items()}
        return {
            "mapId": self.map_id,
            "maxZoom": self.max_zoom,
            "tiles": [list(tile) for tile in self.tiles],
            **named,
            **self.additional_properties,
        }
