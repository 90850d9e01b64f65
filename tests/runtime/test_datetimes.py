"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
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


@pytest.mark.parametrize(
    "value",
    [
        "03/04/2018",
        "03.04.2018",
        "2018-03-31 10:20:00 AEST",
        "2018-03-31 10:20:00 +99:00",
        "9999-12-31 23:59:59-05:00",
    ],
)
def test_what_may_mean_two_times_is_none(value: str) -> None:
    with pytest.raises(InvalidArgumentError):
        end_of(value)
