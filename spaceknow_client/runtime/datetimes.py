"""Times as people write them, read as aware UTC times."""

from __future__ import annotations

import datetime as dt
import re
import warnings

from ..errors.base import InvalidArgumentError
from ..errors.shown import shown

TimeLike = dt.datetime | dt.date | str

FORMS = "Write it like 2018, 2018-03, 2018-03-31 or 2018-03-31 10:20:00."

# What fills the parts that a text leaves out. Two years, so that a missing year shows.
_FIRST = dt.datetime(2000, 1, 1, 0, 0, 0)
_LAST = dt.datetime(2004, 12, 31, 23, 59, 59)


def start_of(value: TimeLike) -> dt.datetime:
    """The first second of what `value` names: `2018-03` is 2018-03-01 00:00:00 UTC.

    A time without a zone means UTC. A part of a second counts up: the API knows whole ones. Raises
    InvalidArgumentError for what is no time, or for a date that may mean two days.
    """
    moment = _read(value, _FIRST, dt.time(0, 0, 0))
    if not moment.microsecond:
        return moment
    try:
        return moment.replace(microsecond=0) + dt.timedelta(seconds=1)
    except OverflowError:
        return moment.replace(microsecond=0)


def end_of(value: TimeLike) -> dt.datetime:
    """The last second of what `value` names: `2018-03` is 2018-03-31 23:59:59 UTC."""
    return _read(value, _LAST, dt.time(23, 59, 59))


def _read(value: TimeLike, default: dt.datetime, time_of_day: dt.time) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return _utc(value, value)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, time_of_day, dt.UTC)
    if not isinstance(value, str):
        raise InvalidArgumentError(
            f"A time is a datetime, a date or a text such as 2018-03-31, not {type(value).__name__}."
        )
    from dateutil.parser import (  # only texts need it
        ParserError,
        UnknownTimezoneWarning,
    )
    from dateutil.parser import parse as parse_text

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UnknownTimezoneWarning)
            moment = parse_text(value, default=default)
            other_year = parse_text(value, default=default.replace(year=default.year + 4)).year
            day_first = parse_text(value, default=default, dayfirst=True)
    except UnknownTimezoneWarning as error:
        raise InvalidArgumentError(
            f"{shown(value)} names a time zone that is not known here.",
            hint="Write the offset, such as +10:00, or Z for UTC.",
        ) from error
    except (ParserError, OverflowError, ValueError) as error:
        raise InvalidArgumentError(f"{shown(value)} is no time.", hint=FORMS) from error
    if moment.year != other_year:
        raise InvalidArgumentError(f"{shown(value)} has no year.", hint=FORMS)
    # A date that begins with the year has one reading; `03/04/2018` has two.
    if moment != day_first and not re.match(r"\s*\d{4}", value):
        raise InvalidArgumentError(
            f"{shown(value)} may be {moment:%d %B} or {day_first:%d %B}.", hint=FORMS
        )
    return _utc(moment, value)


def _utc(moment: dt.datetime, value: TimeLike) -> dt.datetime:
    try:
        moment = (
            moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
        )
    except (OverflowError, ValueError) as error:
        raise InvalidArgumentError(
            f"{shown(value)} is beyond the years 1 to 9999 in UTC."
        ) from error
    return moment
