"""Times as people write them, read as aware UTC times."""

from __future__ import annotations

import datetime as dt

from dateutil.parser import ParserError
from dateutil.parser import parse as parse_text

from .errors.base import InvalidArgumentError

TimeLike = dt.datetime | dt.date | str

# What fills the parts that a text leaves out. Two years, so that a missing year shows.
_FIRST = dt.datetime(2000, 1, 1, 0, 0, 0)
_LAST = dt.datetime(2004, 12, 31, 23, 59, 59)


def start_of(value: TimeLike) -> dt.datetime:
    """The first second of what `value` names: `2018-03` is 2018-03-01 00:00:00 UTC.

    A time without a zone means UTC. Raises InvalidArgumentError for what is no time.
    """
    return _read(value, _FIRST, dt.time(0, 0, 0))


def end_of(value: TimeLike) -> dt.datetime:
    """The last second of what `value` names: `2018-03` is 2018-03-31 23:59:59 UTC."""
    return _read(value, _LAST, dt.time(23, 59, 59))


def _read(value: TimeLike, default: dt.datetime, time_of_day: dt.time) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return _utc(value)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, time_of_day, dt.UTC)
    if not isinstance(value, str):
        raise InvalidArgumentError(
            f"A time is a datetime, a date or a text such as 2018-03-31, not {type(value).__name__}."
        )
    try:
        other_year = parse_text(value, default=default.replace(year=default.year + 4)).year
        moment = parse_text(value, default=default)
    except (ParserError, OverflowError) as error:
        raise InvalidArgumentError(
            f"{value!r} is no time. Write it like 2018, 2018-03, 2018-03-31 or 2018-03-31 10:20:00."
        ) from error
    if moment.year != other_year:
        raise InvalidArgumentError(f"{value!r} has no year.")
    return _utc(moment)


def _utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(dt.UTC)
