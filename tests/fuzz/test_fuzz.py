"""A sample of `make fuzz`."""

from __future__ import annotations

import pytest

from tests.fuzz import areas, bodies


@pytest.mark.parametrize("operation", bodies.operations())
def test_damaged_answers(operation: str) -> None:
    bodies.fuzz(operation, 300, seed=19)


def test_damaged_areas() -> None:
    areas.fuzz(1000, seed=19)
