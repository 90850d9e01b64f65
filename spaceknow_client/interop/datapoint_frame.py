"""Data points of the Datacube as a DataFrame."""

from __future__ import annotations

import csv
import io

import pandas as pd

from ..errors.base import InvalidResponseError

INDEX = "startDatetime"
TIMES = (INDEX, "endDatetime", "firstSeen")
TEXTS = ("version", "algorithm", "project", "aoiId", "source")


def frame(content: bytes) -> pd.DataFrame:
    """The table of a CSV file. Raises InvalidResponseError for a file without data points."""
    table = _texts(content)
    if INDEX not in table.columns:
        raise InvalidResponseError(
            f"the file of data points has no column {INDEX}, only {', '.join(table.columns)}"[:400]
        )
    for name in table.columns:
        column = table[name]
        if name in TIMES:
            table[name] = _times(column)
        elif name not in TEXTS:
            table[name] = _numbers(column)
    if table[INDEX].isna().any():
        raise InvalidResponseError(f"a data point has no {INDEX}")
    return table.set_index(INDEX).sort_index(kind="stable")


def _texts(content: bytes) -> pd.DataFrame:
    """All fields as strings: versions are not numbers, and "NA" can be the name of a place.

    The reader of pandas would accept a line that is too short, or without its last quote.
    """
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        names = next(lines, [])
        rows = [line for line in lines if line]
    except (csv.Error, UnicodeDecodeError) as error:
        raise InvalidResponseError("the file of data points is invalid CSV") from error
    if any(len(row) != len(names) for row in rows) or len(set(names)) < len(names):
        raise InvalidResponseError(
            "the file of data points is invalid CSV: its lines have different lengths"
        )
    return pd.DataFrame(rows, columns=names, dtype="str")


def _times(column: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """Times in UTC; those of the API have no zone."""
    try:
        return pd.to_datetime(column.replace("", None), format="ISO8601", utc=True)
    except (ValueError, OverflowError) as error:
        raise InvalidResponseError(f"{column.name} of a data point is not a time") from error


def _numbers(column: pd.Series[str]) -> pd.Series[float] | pd.Series[str]:
    """A column of numbers, with NaN for empty fields; unchanged if it has other values."""
    numbers = pd.to_numeric(column, errors="coerce")
    has_other = (numbers.isna() & ~column.str.strip().str.lower().isin(["", "nan"])).any()
    return column if has_other else numbers
