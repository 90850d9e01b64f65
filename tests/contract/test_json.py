"""JSON is parsed equally with orjson and without it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceknow_client.runtime import json_reader as _json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def both(content: bytes) -> list[Any]:
    """The parsed value, or the kind of error, with each library."""
    found = []
    for fast in (orjson.loads, None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_json, "_fast", fast)
            try:
                found.append(_json.read_json(content))
            except (ValueError, RecursionError) as error:
                found.append(type(error))
    return found


def same(one: Any, other: Any) -> bool:
    """Equal, of equal types, and NaN equals itself."""
    return repr(one) == repr(other)


@given(VALUES, st.booleans())
def test_whatever_can_be_written(value: Any, escaped: bool) -> None:
    fast, standard = both(json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass"))
    assert same(fast, standard)


@given(st.binary() | st.text('[]{}",:\\u0123dDeE.+-tfn \ufeffé').map(str.encode))
def test_whatever_comes(content: bytes) -> None:
    fast, standard = both(content)
    assert same(fast, standard)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"{",
        b"[1,]",
        b'{"a": 1, "a": 2}',
        b"NaN",
        b"[Infinity, -Infinity]",
        b"1e999",
        b"-0",
        b"1.0",
        b"18446744073709551615",
        b"-9223372036854775808",
        b"0.1234567890123456789",
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b"\xef\xbb\xbf[1]",
        "[1]".encode("utf-16"),
        b"[1] x",
        b"'a'",
        b'"a\nb"',
        b"[" * 200_000,
        b"[" * 300 + b"]" * 300,
    ],
    ids=lambda content: repr(content[:20]),
)
def test_what_the_libraries_see_differently(content: bytes) -> None:
    fast, standard = both(content)
    assert same(fast, standard)


@pytest.mark.parametrize("fast", [orjson.loads, None])
def test_a_number_of_many_digits(
    monkeypatch: pytest.MonkeyPatch, fast: Callable[[bytes], Any] | None
) -> None:
    # The one remaining difference, which the module documents: precision.
    monkeypatch.setattr(_json, "_fast", fast)
    value = _json.read_json(b"36893488147419103232")
    assert math.isclose(value, 2**65)
