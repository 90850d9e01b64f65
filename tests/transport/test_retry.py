"""Decisions about retries, without a network."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceknow_client.pipelines.polling import (
    MAX_NEXT_TRY,
    MIN_NEXT_TRY,
    seconds_to_next_try,
)
from spaceknow_client.transport.retry import Delivery, RetryPolicy, retry_after_seconds

STATUSES = st.sampled_from([400, 401, 404, 408, 413, 424, 429, 500, 501, 502, 503, 504, 520, 599])


@given(st.sampled_from(Delivery), STATUSES, st.integers(1, 4))
def test_paid_work_is_repeated_only_if_it_never_began(
    delivery: Delivery, status: int, attempt: int
) -> None:
    answered = status if delivery is Delivery.ANSWERED else None
    may = RetryPolicy().may_retry(safe=False, delivery=delivery, status=answered, attempt=attempt)
    assert may == (delivery is Delivery.UNSENT or answered == 429)


@given(st.sampled_from(Delivery), STATUSES)
def test_what_costs_nothing_is_repeated_when_that_may_help(delivery: Delivery, status: int) -> None:
    answered = status if delivery is Delivery.ANSWERED else None
    may = RetryPolicy().may_retry(safe=True, delivery=delivery, status=answered, attempt=1)
    assert may == (delivery is not Delivery.ANSWERED or status in (408, 429, 500, 502, 503, 504))


@given(st.booleans(), st.sampled_from(Delivery))
def test_attempts_are_counted(safe: bool, delivery: Delivery) -> None:
    assert not RetryPolicy(max_attempts=3).may_retry(
        safe=safe, delivery=delivery, status=429, attempt=3
    )
    assert not RetryPolicy.none().may_retry(safe=safe, delivery=delivery, status=429, attempt=1)


@given(st.integers(1, 60) | st.integers(1, 10_000), st.none() | st.floats(0, 1e9))
def test_a_wait_is_bounded_and_never_shorter_than_asked(attempt: int, asked: float | None) -> None:
    policy = RetryPolicy()
    wait = policy.delay(attempt, asked)
    floor = min(asked or 0, policy.max_retry_after)
    assert (
        floor <= wait <= floor + min(policy.max_backoff, policy.backoff * 2 ** min(attempt - 1, 99))
    )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        ("-7", 0.0),
        ("--7", None),
        (" 7 ", 7.0),
        ("9" * 50, 1e9),
        ("soon", None),
        ("1.5", None),
        (formatdate(1_000_030, usegmt=True), 30.0),
        (formatdate(999_000, usegmt=True), 0.0),
        ("Wed, 99 Foo 2018 00:00:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, 1_000_000) == seconds


@given(st.text() | st.text("- 0123456789:,.GMTJan"))
def test_whatever_a_retry_after_says_it_is_no_error(header: str) -> None:
    asked = retry_after_seconds(header, 1_000_000)
    assert asked is None or asked >= 0


@given(
    st.none() | st.booleans() | st.text() | st.integers() | st.floats() | st.lists(st.integers())
)
def test_a_wait_for_the_next_try_is_sane_whatever_the_server_says(next_try: object) -> None:
    assert MIN_NEXT_TRY <= seconds_to_next_try(next_try) <= MAX_NEXT_TRY * 1.1


@given(st.floats(MIN_NEXT_TRY, MAX_NEXT_TRY))
def test_the_next_try_is_a_floor(next_try: float) -> None:
    assert next_try <= seconds_to_next_try(next_try) <= next_try * 1.1
