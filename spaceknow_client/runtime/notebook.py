"""HTML representations for notebooks. Strings from the server are escaped."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, TypeVar

from attrs import fields, has

from ..errors.shown import printable

T = TypeVar("T")

_ROWS, _COLUMNS = 10, 7
_RINGS = 2000
_SIDE = 220  # pixels
_SECONDS = 0.1  # between two drawings of a bar


def table(title: str, rows: Iterable[tuple[str, Any]], drawing: str = "") -> str:
    """A table of names and values, without values of None."""
    lines = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(printable(str(value)))}</td></tr>"
        for name, value in rows
        if value is not None
    )
    return f"<table><caption>{escape(title)}</caption>{lines}</table>{drawing}"


class Listed(list[T]):
    """A list that is a short table in a notebook."""

    def _repr_html_(self) -> str:
        return short_table(self)


def short_table(items: Sequence[Any]) -> str:
    """The first of them, a column for each plain member."""
    shown = [items[number] for number in range(min(_ROWS, len(items)))]
    kinds = {type(item) for item in shown}
    kind = kinds.pop() if len(kinds) == 1 else object
    if not has(kind):
        return f"<pre>{escape(printable(repr(list(shown))[:2000]))}</pre>"
    names = [
        name
        for name in (each.name for each in fields(kind) if each.repr)
        if not any(isinstance(getattr(item, name), (Mapping, list, tuple)) for item in shown)
        and any(getattr(item, name) is not None for item in shown)
    ][:_COLUMNS]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(_cell(getattr(item, name)))}</td>' for name in names)}</tr>"
        for item in shown
    )
    told = f"{len(items):,} in all" if len(items) > len(shown) else str(len(items))
    caption = f"<caption>{escape(kind.__name__)}: {told}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return printable(f"{value:.4g}" if isinstance(value, float) else str(value))


def drawing(geometries: Iterable[Any], label: str) -> str:
    """A small map of the polygons in GeoJSON geometries, north up; nothing for none or too many."""
    rings = [ring for geometry in geometries for ring in _rings(geometry)]
    points = [point for ring in rings for point in ring]
    if not points or len(rings) > _RINGS:
        return ""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.01)
    scale = _SIDE / max((east - west) * narrow, north - south, 1e-9)
    wide, high = (east - west) * narrow * scale + 2, (north - south) * scale + 2
    path = "".join(
        "M"
        + "L".join(f"{(x - west) * narrow * scale:.1f} {(north - y) * scale:.1f}" for x, y in ring)
        + "Z"
        for ring in rings
    )
    return (
        f'<svg width="{wide:.0f}" height="{high:.0f}" viewBox="-1 -1 {wide:.1f} {high:.1f}" '
        f'role="img" aria-label="{escape(label)}" fill="#7db8ff" fill-opacity="0.4" '
        f'fill-rule="evenodd" stroke="currentColor" stroke-width="0.7"><path d="{path}"/></svg>'
    )


def _rings(geometry: Any) -> Iterator[list[tuple[float, float]]]:
    """The rings of what is a geometry; a wrong one has none, since this is only a picture."""
    try:
        match geometry["type"]:
            case "Polygon":
                polygons = [geometry["coordinates"]]
            case "MultiPolygon":
                polygons = geometry["coordinates"]
            case "GeometryCollection":
                for part in geometry["geometries"]:
                    yield from _rings(part)
                return
            case _:
                return
        found = [
            [(float(point[0]), float(point[1])) for point in ring]
            for rings in polygons
            for ring in rings
        ]
    except (KeyError, TypeError, ValueError, IndexError, OverflowError):
        return
    yield from (ring for ring in found if ring and all(map(math.isfinite, sum(ring, ()))))


class NotebookBar:
    """A bar in a notebook, redrawn in its own output area, so that other output stays."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._state: tuple[int, int | None, str] = (0, None, "")
        self._handle: Any = None
        self._due = 0.0

    def show(self, done: int, total: int | None, *told: str) -> None:
        """Shows this state, unless the last one was shown just now."""
        self._state = (done, total, ", ".join(told))
        if time.monotonic() >= self._due:
            self.draw()

    def draw(self) -> None:
        """Shows the last state."""
        from IPython.display import display

        if self._handle is None:
            self._handle = display(self, display_id=True)
        else:
            self._handle.update(self)
        self._due = time.monotonic() + _SECONDS

    def __repr__(self) -> str:
        done, total, told = self._state
        return printable(" ".join(filter(None, (self._title, f"{done}/{total or '?'}", told))))

    def _repr_html_(self) -> str:
        done, total, _ = self._state
        size = f'value="{done}" max="{total}"' if total else ""
        return f"<progress {size}></progress> {escape(repr(self))}"
