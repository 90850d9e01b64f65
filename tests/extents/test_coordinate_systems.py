"""Grids in coordinate systems of PROJ: a sample of `make test-crs`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .coordinate_systems import cut, names

# Axes to south and west, inexact inverses, grads, other meridians, poles, feet, 180 degrees.
ODD = (
    "EPSG:5513 EPSG:2065 EPSG:5224 EPSG:8044 EPSG:8045 EPSG:8352 EPSG:9284 EPSG:5171 EPSG:2978 "
    "EPSG:3302 EPSG:4807 EPSG:4902 EPSG:3031 EPSG:32661 EPSG:5041 EPSG:2227 EPSG:3832 EPSG:4269"
)
WITHOUT_A_WAY_BACK = "ESRI:53076 ESRI:54090"


@pytest.mark.parametrize("name", ODD.split())
def test_an_odd_one_is_cut(name: str) -> None:
    assert cut(name) == ""


@pytest.mark.parametrize("name", WITHOUT_A_WAY_BACK.split())
def test_one_without_a_way_back_is_refused(name: str) -> None:
    assert "crs='auto'" in cut(name)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(names()), st.sampled_from([0.01, 1.0, 30.0]))
def test_any_other_is_cut_or_refused(name: str, tiles: float) -> None:
    refused = cut(name, tiles)
    if refused:
        # PROJ lists some systems of other celestial bodies without marking them.
        reasons = (
            "does not cover",
            "no conversion",
            "add up to",
            "not a coordinate system of the Earth",
        )
        assert any(reason in refused for reason in reasons)
