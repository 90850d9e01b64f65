"""The table printed by a benchmark, with its goals."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 80


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement. `ours` and `bare` are in `unit`; a goal limits `ours`, or its ratio to `bare`."""

    name: str
    ours: float
    unit: str
    bare: float | None = None
    most: float | None = None
    most_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        return None if self.bare is None else self.ours / self.bare

    @property
    def is_met(self) -> bool:
        too_much = self.most is not None and self.ours > self.most
        ratio = self.ratio
        too_many = self.most_ratio is not None and ratio is not None and ratio > self.most_ratio
        return not too_much and not too_many

    def __str__(self) -> str:
        goal, met = "", ""
        if self.most is not None:
            goal = f"<= {_number(self.most)} {self.unit}".rstrip()
        elif self.most_ratio is not None:
            goal = f"<= {self.most_ratio:.2f} x"
        if goal:
            met = "yes" if self.is_met else "NO"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} x"
        bare = "" if self.bare is None else _number(self.bare)
        return (
            f"{self.name:<36}{_number(self.ours):>8} {self.unit:<3}{bare:>8}{ratio:>9}"
            f"{goal:>11}{met:>4}"
        )


def _number(value: float) -> str:
    if value == int(value) and value < 1000:
        return str(int(value))
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


HEAD = f"{'':<36}{'ours':>8} {'':<3}{'bare':>8}{'ratio':>9}{'goal':>11}{'met':>4}"


def show(row: Row) -> Row:
    """Prints a row as soon as it is measured, because some take minutes."""
    print(row, flush=True)
    return row


def heading() -> None:
    print(HEAD)
    print("-" * WIDTH)
