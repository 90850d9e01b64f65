"""Parses dates and times in common notations to UTC datetimes.

ISO 8601 dates and RFC 3339 times are parsed strictly. Dates in words are parsed with dateutil if each
word and number has its place in one date. Everything else is rejected with a reason.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange

from ..errors.base import InvalidArgumentError

TimeLike = dt.datetime | dt.date | str

FORMS = "Use a form such as 2018, 2018-03, 2018-03-31 or 2018-03-31 10:20:00."
_ZONES = "Use an offset such as +10:00, or Z for UTC."

_NUMBERS = re.compile(r"\d{4}(?:[-/ ]\d\d?|([-/. ])\d\d?\1\d\d?)?", re.ASCII)
_ISO = re.compile(r"\d{4}(?:-?W\d\d(?:-?[1-7])?|-?\d{3}|\d{4})", re.ASCII | re.IGNORECASE)
_COMPACT = re.compile(r"^(\d{8})(?=(?:\d\d){2,3}(?!\d))", re.ASCII)
_COMMENT = re.compile(r"(?<=[+-]\d{4}) \([^()]*\)$", re.ASCII)
_TIME = re.compile(
    r"(?:(?<=\d)T(?=\d\d)|(?<![\w.:])(?=\d\d?:\d\d|\d\d?\s?[AP]\.?M\b))"
    r"(?P<hour>\d\d|\d(?=:|\s?[AP]))(?:(?P<colon>:?)(?P<minute>\d\d)"
    r"(?:(?P=colon)(?P<second>\d\d)(?:[.,](?P<part>\d+))?)?)?\s?(?P<half>[AP]\.?M\b\.?)?"
    r"\s?(?P<zone>(?:UTC?|GMT)\s?[+-]\d\d?(?::?\d\d)?|[+-]\d\d(?::?\d\d)?|Z|UTC?|GMT|)(?![\w:])",
    re.ASCII | re.IGNORECASE,
)
_LATE_ZONE = re.compile(
    r"\s?((?:UTC?|GMT)\s?[+-]\d\d?(?::?\d\d)?|(?<=\s)[+-]\d\d:?\d\d|Z|UTC?|GMT)$",
    re.ASCII | re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(/|\.{2,}|--|->|[-\u2013\u2014~,;|\u2192]|\b(?:to|until|through|and)\b|\s)\s*",
    re.IGNORECASE,
)


def start_of(value: TimeLike) -> dt.datetime:
    """The first second of `value`: `2018-03` is 2018-03-01 00:00:00 UTC.

    A time without a zone is in UTC. A fraction of a second is rounded up, because the API uses whole
    seconds. Raises InvalidArgumentError if it is not a time, is an interval, or is ambiguous.
    """
    moment = _read(value)[0]
    if not moment.microsecond:
        return moment
    try:
        return moment.replace(microsecond=0) + dt.timedelta(seconds=1)
    except OverflowError:
        return moment.replace(microsecond=0)


def moment_of(value: TimeLike) -> dt.datetime:
    """Like `start_of`, with the fraction of a second that it has."""
    return _read(value)[0]


def end_of(value: TimeLike) -> dt.datetime:
    """The last second of `value`: `2018-03` is 2018-03-31 23:59:59 UTC."""
    return _read(value)[1]


def _read(value: TimeLike) -> tuple[dt.datetime, dt.datetime]:
    """The first and the last second of `value`."""
    if type(value).__name__ == "datetime64":  # of numpy; its string is ISO 8601
        value = str(value)
    if isinstance(value, str):
        try:
            return _of_text(value)
        except InvalidArgumentError:
            _refuse_interval(value)
            raise
    if not isinstance(value, dt.date) or value != value:  # NaT of pandas is a datetime too
        raise InvalidArgumentError(
            "a time must be a datetime, a date or a string such as 2018-03-31, not "
            f"{type(value).__name__}."
        )
    if isinstance(value, dt.datetime):
        moment = _utc(dt.datetime.fromisoformat(value.isoformat()), value)
        return moment, moment
    first = dt.datetime.combine(value, dt.time(), dt.UTC)
    return first, first.replace(hour=23, minute=59, second=59)


def _of_text(text: str) -> tuple[dt.datetime, dt.datetime]:
    plain = _COMPACT.sub(r"\1T", _COMMENT.sub("", " ".join(text.split())))
    time = _TIME.search(plain)
    zone = ""
    if time:
        zone = time["zone"]
        plain = f"{plain[: time.start()]} {plain[time.end() :]}".strip(" ,")
    late = None if zone else _LATE_ZONE.search(plain)
    if late:
        zone, plain = late[1], plain[: late.start()]
    try:
        days = _days(text, plain)
        at, last = dt.time(), dt.time(23, 59, 59)
        if time:
            if days[0] != days[1]:
                raise ValueError("a time of day requires a day")
            at, last, turn = _time_of_day(time)
            days = (days[0] + turn,) * 2
        elif zone.strip("zutcgmZUTCGM"):
            raise ValueError("an offset requires a time of day")
        offset = _offset(zone)
        first, end = (
            _utc(dt.datetime.combine(day, moment, offset), text)
            for day, moment in zip(days, (at, last), strict=True)
        )
    except (ValueError, OverflowError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
        raise InvalidArgumentError(f"{text!r:.80} is not a time: {error}.", hint=FORMS) from error
    return first, end


def _time_of_day(found: re.Match[str]) -> tuple[dt.time, dt.time, dt.timedelta]:
    """The first and the last second, plus a day for 24:00."""
    hour, part = int(found["hour"]), found["part"] or "0"
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour} {found['half']} is not an hour")
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    minute, second = found["minute"], found["second"]
    micro = max(int(part[:6].ljust(6, "0")), int(int(part) > 0))
    at = dt.time(hour % 24, int(minute or 0), int(second or 0), micro)
    if hour > 24 or (hour == 24 and at != dt.time()):
        raise ValueError(f"hour must be in 0..23, not {hour}")
    last = at.replace(minute=at.minute if minute else 59, second=at.second if second else 59)
    return at, last, dt.timedelta(days=hour // 24)


def _offset(zone: str) -> dt.tzinfo:
    """`UTC+3` is east of Greenwich, as in ISO 8601, not west as in POSIX."""
    found = re.search(r"([+-])(\d\d?):?(\d\d)?$", zone)
    if not found:
        return dt.UTC
    hours, minutes = int(found[2]), int(found[3] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(f"{zone} is not an offset")
    return dt.timezone(dt.timedelta(hours=hours, minutes=minutes) * int(f"{found[1]}1"))


def _days(text: str, plain: str) -> tuple[dt.date, dt.date]:
    """The first and the last day of a date without its time of day."""
    from dateutil.parser import isoparse  # only needed for strings

    if _NUMBERS.fullmatch(plain):
        year, *rest = map(int, re.findall(r"\d+", plain))
        first = dt.date(year, *[*rest, 1, 1][:2])
        if len(rest) == 2:
            return first, first
        last = dt.date(year, rest[0] if rest else 12, 1)
        return first, last.replace(day=monthrange(year, last.month)[1])
    if _ISO.fullmatch(plain):
        first = isoparse(plain.upper()).date()
        week = re.search(r"W(\d\d)", plain, re.IGNORECASE)
        if week and first.isocalendar()[1] != int(week[1]):
            raise ValueError(f"{plain[:4]} has no week {week[1]}")
        is_week = week and plain[-3] in "wW"
        return first, first + dt.timedelta(days=6 if is_week else 0)
    return _days_in_words(text, plain)


def _days_in_words(text: str, plain: str) -> tuple[dt.date, dt.date]:
    from dateutil.parser import parse, parserinfo

    known = parserinfo()
    numbers: list[str] = []
    months, weekdays = 0, []
    for word in re.findall(r"[0-9]+(?:(?:st|nd|rd|th)\b)?|[^\W\d_]+|\S", plain, re.IGNORECASE):
        if word[0] in "0123456789":
            numbers.append(word.rstrip("stndrhSTNDRH"))
        elif known.month(word) is not None:
            months += 1
        elif known.weekday(word) is not None:
            weekdays.append(known.weekday(word))
        elif word.lower() in (*",./-", "of", "at", "on"):
            continue
        elif word.isalpha() and word not in "TW" and (word.isupper() or ":" in text) and numbers:
            raise InvalidArgumentError(
                f"{text!r:.80} contains {word!r}; names of time zones are not supported.",
                hint=_ZONES,
            )
        else:
            raise ValueError(f"unexpected {word!r}")
    odd = re.search(r"^\W+|[^\w\s]\s*[^\w\s,]|\W$", plain)
    if odd:
        raise ValueError(f"unexpected {odd[0]!r}")
    if [len(number) for number in numbers if len(number) > 2] != [4]:
        raise ValueError("it must have one year of four digits")
    parts = len(numbers) + months
    if months > 1 or parts not in (2, 3) or len(weekdays) > parts - 2:
        raise ValueError("it is not one date")
    first, other = (
        parse(plain.replace(".", " "), default=dt.datetime(2000, 1, 1), dayfirst=way).date()
        for way in (False, True)
    )
    if not {*map(int, numbers)} <= {first.year, first.month, first.day}:
        raise ValueError("it is not one date")
    if first != other:
        raise InvalidArgumentError(
            f"{text!r:.80} is ambiguous: {first:%d %B} or {other:%d %B}.", hint=FORMS
        )
    if weekdays and weekdays != [first.weekday()]:
        raise ValueError(f"{first} is a {first:%A}")
    days = monthrange(first.year, first.month)[1]
    return first, first if parts == 3 else first.replace(day=days)


def _refuse_interval(text: str) -> None:
    """Raises InvalidArgumentError for an interval, closed or open, and names the times to pass."""
    bare = re.sub(r"^(from|between)\b", "", text.strip("[](){}<>'\" "), flags=re.IGNORECASE)
    for found in _BETWEEN.finditer(bare):
        sides = bare[: found.start()], bare[found.end() :]
        is_slash = found[1] == "/" or found[1][:1] == "."
        if all(_is_side(side.strip(), is_slash) for side in sides) and any(map(_is_time, sides)):
            first, last = (f"{side.strip()!r:.40}" if _is_time(side) else None for side in sides)
            ways = [f"{first} as the start"] * bool(first) + [f"{last} as the end"] * bool(last)
            raise InvalidArgumentError(
                f"{text!r:.80} is an interval; expected one time.",
                hint=f"Pass {' and '.join(ways)}.",
            )


def _is_side(text: str, is_slash: bool) -> bool:
    return _is_time(text) or (is_slash and bool(re.fullmatch(r"\.*|P[\dYMWDTHS.,]+", text)))


def _is_time(text: str) -> bool:
    try:
        _of_text(text)
    except InvalidArgumentError:
        return False
    return True


def _utc(moment: dt.datetime, value: TimeLike) -> dt.datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=dt.UTC)
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError as error:
        raise InvalidArgumentError(f"{value!r} is outside the years 1 to 9999 in UTC.") from error
