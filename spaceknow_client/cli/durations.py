"""Durations as option values: seconds, or a number with a unit."""

from __future__ import annotations

import re
from typing import Any

import click

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Duration(click.ParamType[float]):
    """`90`, `90s`, `1.5m`, `6h` or `2d`, as seconds; greater than 0."""

    name = "TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """As seconds."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", str(value))
        if found is None or not float(found[1]):
            self.fail(f"must be a duration such as 90, 30m or 6h, not {value!r}", param, ctx)
        return float(found[1]) * UNITS[found[2]]
