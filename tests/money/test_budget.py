"""The spending limit: exact sums for all prices and any order of threads."""

from __future__ import annotations

import math
import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.pipelines.credit_budget import CreditBudget

prices = st.one_of(st.floats(0, 1e6), st.integers(0, 10**9), st.decimals(0, 10**6, places=6))


@given(limit=prices, estimates=st.lists(prices, max_size=30), shares=st.lists(st.integers(0, 100)))
def test_what_is_spent_and_reserved_is_never_above_the_limit(
    limit: float, estimates: list[float], shares: list[int]
) -> None:
    budget = CreditBudget(limit)
    total = Fraction(0)
    for number, estimate in enumerate(estimates):
        exact = Fraction(str(estimate))
        if total + exact > Fraction(str(limit)):
            with pytest.raises(sk.CreditLimitError):
                budget.reserve(estimate)
            continue
        reserved = budget.reserve(estimate)
        assert reserved == exact
        share = shares[number] if number < len(shares) else None
        if share is None:
            total += exact  # its outcome stays unknown
        elif share > 90:
            budget.free(reserved)
        else:
            cost = exact * share / 100
            assert budget.settle(reserved, cost) == pytest.approx(float(cost))
            total += cost
        assert total <= Fraction(str(limit))
        assert budget.planned == pytest.approx(float(total))


@given(
    st.one_of(
        st.none(),
        st.text(),
        st.booleans(),
        st.just(math.nan),
        st.just(-math.inf),
        st.floats(max_value=-1e-300, allow_nan=False),
        st.just(Decimal("sNaN")),
    )
)
def test_what_is_no_price_stops_everything(told: object) -> None:
    budget = CreditBudget(10)
    reserved = budget.reserve(4)
    budget.settle(reserved, 3)
    with pytest.raises(sk.InvalidResponseError, match="3 credits were spent"):
        budget.reserve(told)
    with pytest.raises(sk.CreditLimitError, match="nothing more is started"):
        budget.reserve(0)


def test_threads_share_a_limit() -> None:
    budget = CreditBudget(10)
    taken: list[Fraction] = []

    def take() -> None:
        for _ in range(50):
            try:
                taken.append(budget.reserve(0.1))
            except sk.CreditLimitError:
                return

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 100
    assert budget.planned == 10


@pytest.mark.parametrize("huge", [10**400, Decimal("1e400"), 1e308])
def test_huge_prices_are_above_the_limit(huge: object) -> None:
    with pytest.raises((sk.CreditLimitError, sk.InvalidResponseError)) as caught:
        CreditBudget(5).reserve(huge)
    assert str(caught.value)
