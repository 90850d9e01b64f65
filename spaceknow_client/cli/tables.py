"""Results as text: plain tables and lists that fit a terminal and suit screen readers."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors.shown import printable
from ..runtime.extras import require

GAP = 2
END = "\ue000"  # a private character that marks the end of a row


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        title: the title.
        value: the value of a row; None is shown as `-`.
        right: whether it is aligned right, as numbers are.
        firm: whether it is never wrapped; other columns are.
        whole: for long values that people copy: if the table is too wide, the value gets a line of
            its own below the row.
        remark: for sentences: the same, wrapped and indented.
    """

    title: str
    value: Callable[[Any], object]
    right: bool = False
    firm: bool = False
    whole: bool = False
    remark: bool = False

    def text(self, row: Any) -> str:
        """A row's value as text."""
        value = self.value(row)
        return "-" if value is None else printable(str(value))


def width() -> int:
    """Columns of the terminal; 80 without a terminal."""
    return max(40, shutil.get_terminal_size((80, 24)).columns)


def fields(pairs: Iterable[tuple[str, object]]) -> list[str]:
    """Lines of `label  value`, with aligned values; long values are wrapped.

    A list or tuple has one line per item.
    """
    rows = [(label, value) for label, value in pairs if value is not None]
    indent = max((len(label) for label, _ in rows), default=0) + GAP
    lines = []
    for label, value in rows:
        values = [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]
        for number, text in enumerate(values or ["-"]):
            first = f"{'' if number else label:<{indent}}"
            lines += wrapped(printable(text), first, " " * indent)
    return lines


def wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    """The text, wrapped to the terminal. Words longer than a line are not broken."""
    return textwrap.wrap(
        text,
        width(),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(rows: Sequence[Any], columns: Sequence[Column]) -> list[str]:
    """The titles and the rows, each in one or more lines."""
    require("cli", "rich", purpose="a table")
    cells = [[column.title for column in columns]]
    cells += [[column.text(row) for column in columns] for row in rows]
    if _natural(cells) <= width():
        return _lines(cells, columns)
    kept = [number for number, column in enumerate(columns) if not (column.whole or column.remark)]
    below = [number for number in range(len(columns)) if number not in kept]
    narrow = [[row[number] for number in kept] for row in cells]
    if not below:
        return _lines(narrow, columns)
    ended = [line for row in narrow for line in (row, [END] * len(kept))]
    ends = iter(cells)
    lines = []
    for line in _lines(ended, [columns[number] for number in kept]):
        if not line.lstrip().startswith(END):
            lines.append(line)
            continue
        row = next(ends)
        for number in filter(row.__getitem__, below):
            is_remark = columns[number].remark
            lines += wrapped(row[number], "  ", "  ") if is_remark else [row[number]]
    return lines


def _natural(cells: Sequence[Sequence[str]]) -> int:
    from rich.cells import cell_len

    widths = [max(cell_len(row[number]) for row in cells) for number in range(len(cells[0]))]
    return sum(widths) + GAP * (len(widths) - 1)


def _lines(cells: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[str]:
    """A table by rich, with text wrapped between words."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=False)
    for column in columns:
        made.add_column(
            justify="right" if column.right else "left",
            no_wrap=column.firm,
            overflow="fold",
        )
    for row in cells:
        made.add_row(*(Text(text) for text in row))
    console = Console(width=width(), color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(made)
    return [line.rstrip() for line in captured.get().splitlines()]
