"""Times in the forms in which people write them."""

from __future__ import annotations

import contextlib
import re
import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaceknow_client import InvalidArgumentError
from spaceknow_client.runtime.datetimes import TimeLike, end_of, start_of


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2018", "2018-01-01 00:00:00", "2018-12-31 23:59:59"),
        ("2018-01", "2018-01-01 00:00:00", "2018-01-31 23:59:59"),
        ("2018-02", "2018-02-01 00:00:00", "2018-02-28 23:59:59"),
        ("2020-02", "2020-02-01 00:00:00", "2020-02-29 23:59:59"),
        ("March 2018", "2018-03-01 00:00:00", "2018-03-31 23:59:59"),
        ("2018-03-05", "2018-03-05 00:00:00", "2018-03-05 23:59:59"),
        ("2018-03-05 10:20", "2018-03-05 10:20:00", "2018-03-05 10:20:59"),
        ("2018-03-05 10:20:30", "2018-03-05 10:20:30", "2018-03-05 10:20:30"),
        ("2018-03-05T10:20:30+10:00", "2018-03-05 00:20:30", "2018-03-05 00:20:30"),
        (date(2018, 3, 5), "2018-03-05 00:00:00", "2018-03-05 23:59:59"),
        (datetime(2018, 3, 5, 10), "2018-03-05 10:00:00", "2018-03-05 10:00:00"),
    ],
)
def test_a_missing_part_is_the_whole_period(value: TimeLike, first: str, last: str) -> None:
    assert start_of(value) == datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert end_of(value) == datetime.fromisoformat(last).replace(tzinfo=UTC)


def test_a_time_with_a_zone_becomes_utc() -> None:
    brisbane = timezone(timedelta(hours=10))
    assert start_of(datetime(2018, 3, 5, 10, tzinfo=brisbane)) == datetime(2018, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "soon", "March", "10:20", "2018-13-01", 2018, None])
def test_what_is_no_time(value: TimeLike) -> None:
    for read in (start_of, end_of):
        with pytest.raises(InvalidArgumentError):
            read(value)


@given(st.datetimes(max_value=datetime(9999, 12, 30)))
def test_naive_means_utc(moment: datetime) -> None:
    assert end_of(moment) == moment.replace(tzinfo=UTC)
    assert timedelta() <= start_of(moment) - end_of(moment) < timedelta(seconds=1)
    assert start_of(moment).microsecond == 0


EXACT = datetime(2018, 3, 31, 10, 20, 30, tzinfo=UTC)
DAY = "2018-03-31 00:00:00", "2018-03-31 23:59:59"


@pytest.mark.parametrize(
    "value",
    [
        "2018-03-31T10:20:30Z",
        "2018-03-31t10:20:30z",
        "2018-03-31T10:20:30.000Z",
        "2018-03-31 10:20:30 UTC",
        "2018-03-31 12:20:30+0200",
        "2018-03-31T00:20:30-10",
        "20180331T102030Z",
        "20180331102030",
        "2018-W13-6T10:20:30",
        "2018-090T10:20:30",
        "Sat, 31 Mar 2018 10:20:30 GMT",
        "Sat Mar 31 10:20:30 UTC 2018",
        "Sat Mar 31 12:20:30 2018 +0200",
        "Sat Mar 31 2018 12:20:30 GMT+0200 (Central European Summer Time)",
        "Fri Mar 30 2018 23:20:30 GMT-1100 (Samoa Standard Time)",
        "2018-03-31 13:20:30 UTC+3",
        "2018-03-31 07:20:30 GMT-3",
        "2018-03-31 15:50:30 UTC+5:30",
        "3/31/2018, 10:20:30 AM",
        "31.03.2018 10:20:30",
        "March 31st, 2018 at 10:20:30 am",
        np.datetime64("2018-03-31T10:20:30.000000000"),
        pd.Timestamp("2018-03-31 12:20:30", tz="Europe/Prague"),
    ],
)
def test_every_notation_of_one_second(value: TimeLike) -> None:
    assert start_of(value) == end_of(value) == EXACT
    assert type(start_of(value)) is datetime


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("20180331", *DAY),
        ("2018/3/31", *DAY),
        ("2018.03.31", *DAY),
        ("2018-03-31Z", *DAY),
        ("31/03/2018", *DAY),
        ("Saturday, 31 March 2018", *DAY),
        ("31Mar2018", *DAY),
        ("2018-090", *DAY),
        (np.datetime64("2018-03-31"), *DAY),
        ("03/03/2018", "2018-03-03 00:00:00", "2018-03-03 23:59:59"),
        ("2018-W13", "2018-03-26 00:00:00", "2018-04-01 23:59:59"),
        ("Feb 2020", "2020-02-01 00:00:00", "2020-02-29 23:59:59"),
        ("03/2018", "2018-03-01 00:00:00", "2018-03-31 23:59:59"),
        ("03.2018", "2018-03-01 00:00:00", "2018-03-31 23:59:59"),
        ("2018.3", "2018-03-01 00:00:00", "2018-03-31 23:59:59"),
        ("2020-W53", "2020-12-28 00:00:00", "2021-01-03 23:59:59"),
        ("2018-03-31T10", "2018-03-31 10:00:00", "2018-03-31 10:59:59"),
        ("31 March 2018 12 am", "2018-03-31 00:00:00", "2018-03-31 00:59:59"),
        ("2018-03-31 12:20 pm", "2018-03-31 12:20:00", "2018-03-31 12:20:59"),
        ("2018-12-31T24:00", "2019-01-01 00:00:00", "2019-01-01 00:00:59"),
        ("2018-03-31 10:20:30.0000001", "2018-03-31 10:20:31", "2018-03-31 10:20:30"),
    ],
)
def test_other_notations(value: TimeLike, first: str, last: str) -> None:
    assert start_of(value) == datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert end_of(value).replace(microsecond=0) == datetime.fromisoformat(last).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("03/04/2018", "04 March or 03 April"),
        ("3.4.2018", "04 March or 03 April"),
        ("18-03-31", "four digits"),
        ("31/3/18", "four digits"),
        ("180331", "four digits"),
        ("201803", "four digits"),
        ("218-03-31", "four digits"),
        ("1522491600", "four digits"),
        ("-2018-03-31", "unexpected '-'"),
        ("+2018-03-31", "unexpected '[+]'"),
        ("2018-03-31/", "unexpected '/'|interval"),
        ("2018-00", "month"),
        ("2018-00-05", "month"),
        ("2018-03-00", "day"),
        ("00 March 2018", "day"),
        ("2018.25", "month"),
        ("31.2018", "month"),
        ("2018-W53", "2018 has no week 53"),
        ("2018-W53-1", "2018 has no week 53"),
        ("2018-W00", "week"),
        ("2018-31-12", "month must be in 1..12"),
        ("2018-02-29", "day is out of range"),
        ("2018-366", "366"),
        ("0000-01-01", "year 0"),
        ("Sunday, 31 March 2018", "2018-03-31 is a Saturday"),
        ("Saturday March 2018", "not one date"),
        ("1-5 March 2018", "not one date"),
        ("2018-03-31 10", "not one date"),
        ("March 2018 10:20", "time of day requires a day"),
        ("2018-03-31+02:00", "unexpected|requires a time"),
        ("2018-03-31 10:20:60", "second must be in 0..59"),
        ("2018-03-31 25:00", "hour must be in 0..23"),
        ("2018-03-31 13:20 pm", "13 pm is not an hour"),
        ("2018-03-31 10:20:00 +99:00", "is not an offset"),
        ("2018-03-31T10:20+3", "unexpected"),
        ("2018-03-31 10:20:30:40", "unexpected"),
        ("2018-03-31 10:20:00 AEST", "'AEST'; names of time zones"),
        ("2018-03-31 10:20:00 CEST", "'CEST'; names of time zones"),
        ("Sat Mar 31 10:20:00 EST 2018", "'EST'; names of time zones"),
        ("2018-03-31 10:20 Europe/Prague", "'Europe'; names of time zones"),
        ("9999-12-31 23:59:59-05:00", "outside the years"),
        ("31 M\u00e4rz 2018", "M\u00e4rz"),
        ("\uff12\uff10\uff11\uff18", "unexpected"),
        ("NaT", "unexpected 'NaT'"),
        (pd.NaT, "not NaTType"),
        (float("nan"), "not float"),
        (1522491600, "not int"),
        (["2018", "2019"], "not list"),
        (np.array(["2018"]), "not ndarray"),
    ],
)
def test_what_may_mean_two_times_is_none(value: Any, problem: str) -> None:
    for read in (start_of, end_of):
        with pytest.raises(InvalidArgumentError, match=problem):
            read(value)


@pytest.mark.parametrize("zone", ["CET", "Europe/Prague", "EST5EDT"])
def test_the_zone_of_the_machine_changes_nothing(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for name in time.tzname:
            with pytest.raises(InvalidArgumentError, match="names of time zones"):
                start_of(f"2018-03-31 10:20:30 {name}")
        assert (
            start_of("2018-03-31 10:20:30") == start_of(datetime(2018, 3, 31, 10, 20, 30)) == EXACT
        )
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.integers(1000, 9999), st.integers(0, 99), st.sampled_from("-/. "), st.booleans())
def test_a_month_and_a_year(year: int, month: int, joint: str, year_first: bool) -> None:
    for width in (1, 2):
        parts = [f"{year:04}", f"{month:0{width}}"]
        text = joint.join(parts if year_first else parts[::-1])
        if 1 <= month <= 12:
            assert start_of(text) == datetime(year, month, 1, tzinfo=UTC)
            assert (end_of(text) + timedelta(seconds=1)).day == 1 or (year, month) == (9999, 12)
        else:
            with pytest.raises(InvalidArgumentError):
                start_of(text)


FORMATS = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y%m%d",
    "%Y-%jT%H:%M:%S",
    "%d %B %Y",
    "%B %d, %Y",
    "%a %b %d %Y",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S GMT",
    "%Y%m%dT%H%M%S.%f",
    "%d %B %Y %I:%M:%S %p",
]
years = st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30))
offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59)


@given(years, st.sampled_from(FORMATS))
def test_what_strftime_writes_is_read(moment: datetime, form: str) -> None:
    text = moment.strftime(form)
    written = datetime.strptime(text, form).replace(tzinfo=UTC)
    assert start_of(text) - written <= timedelta(seconds=1)
    assert written <= end_of(text) <= written + timedelta(days=1)


@given(years, offsets, st.sampled_from(["", " ", " UTC", " GMT", " UTC "]))
def test_an_offset_counts_east_of_greenwich(moment: datetime, offset: int, before: str) -> None:
    moment = moment.replace(microsecond=0)
    hours, minutes = divmod(abs(offset), 60)
    zone = f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"
    read = start_of(f"{moment:%Y-%m-%d %H:%M:%S}{before}{zone}")
    assert read == moment.replace(tzinfo=UTC) - timedelta(minutes=offset)


@given(
    st.tuples(years, st.sampled_from(FORMATS)),
    st.tuples(years, st.sampled_from(FORMATS)),
    st.sampled_from(
        ["/", "..", " - ", " \u2013 ", " to ", ", ", ";", " ", "~", " / ", "...", "--", " -> ", "|"]
    ),
)
def test_an_interval_is_no_time_and_both_ends_are_named(
    one: tuple[datetime, str], two: tuple[datetime, str], between: str
) -> None:
    first, last = one[0].strftime(one[1]), two[0].strftime(two[1])
    forms = {
        f"{first}{between}{last}": (first, last),
        f"{first}/..": (first,),
        f"{first}/P1M": (first,),
        f"../{last}": (last,),
        f"[{first}, {last}]": (),
        f"from {first} to {last}": (first, last),
        f"between {first} and {last}": (first, last),
    }
    for text, ends in forms.items():
        with pytest.raises(InvalidArgumentError) as caught:
            start_of(text)
        hint = caught.value.hint
        assert hint is not None
        assert ("as the start" in hint) is not text.startswith("..")
        if between.strip(", "):
            assert all(repr(end) in hint for end in ends)


PIECES = st.sampled_from(
    re.findall(
        r"\S+",
        "2018 18 3 31 03 218 March Mar Sat 10:20 10:20:30 T Z UTC GMT +3 +03:00 -05 CET am W13 090"
        " 20180331 .. NaT P1D of",
    )
)
JOINTS = st.sampled_from(["", " ", "-", "/", ".", ", ", "T", ":", "  ", "\u2212"])


@settings(max_examples=800)
@given(st.lists(st.tuples(PIECES, JOINTS), min_size=1, max_size=8))
def test_every_number_of_a_text_has_its_place_in_the_time(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + joint for piece, joint in pieces)
    try:
        first, last = start_of(text), end_of(text)
    except InvalidArgumentError:
        return
    assert first <= last < first + timedelta(days=366)
    assert len(re.findall(r"(?<!\d)(?:\d{12}|\d{8}|\d{4})", text)) == 1
    zone = re.search(r"(UTC|GMT|:\d\d|T\d\d) ?[+-]\d\d?(:\d\d)?$", text)
    days = re.findall(r"\d+", text.removesuffix(zone[0]) if zone else text)
    assert "NaT" not in text
    assert "CET" not in text
    assert len(days) <= 6
    assert abs(first.year - int(re.findall(r"\d{4}", text)[0])) <= 1


@given(st.text() | st.from_regex(r"[0-9/:. T+-]{1,25}", fullmatch=True))
def test_any_text_is_a_time_or_our_error(text: str) -> None:
    with contextlib.suppress(InvalidArgumentError):
        assert start_of(text) - end_of(text) <= timedelta(seconds=1)
