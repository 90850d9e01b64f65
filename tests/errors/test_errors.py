"""Errors: families, one class per code, one helpful line, and pickling."""

from __future__ import annotations

import copy
import copyreg
import inspect
import pickle
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client import errors
from spaceknow_client.errors import base, codes
from spaceknow_client.generated.catalogue import ERRORS

CLASSES = sorted(
    {
        kind
        for module in (base, codes)
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, sk.SpaceKnowError)
    },
    key=lambda kind: kind.__name__,
)
DETAILS: dict[str, Any] = {
    "operation": "kraken.release.initiate",
    "request_id": "QyhRiSw87c",
    "pipeline_id": "3g4PovfhGxmymQolpgvv",
    "resume_token": "{}",
    "hint": "Do this.",
}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_pickles_copies_and_keeps_its_cause(kind: type[sk.SpaceKnowError]) -> None:
    error = kind("it broke", **DETAILS)
    error.__cause__ = ValueError("why")
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(same) is kind
        assert str(same) == str(error)
        assert same.__dict__ == error.__dict__
        assert isinstance(same.__cause__, ValueError)
    text = str(error)
    assert "\n" not in text
    for part in ("it broke", "kraken.release.initiate", "QyhRiSw87c", "Do this."):
        assert part in text


@pytest.mark.parametrize("code", ERRORS)
def test_every_code_has_its_class(code: str) -> None:
    kind = codes.BY_CODE[code]
    assert getattr(errors, kind.__name__) is kind
    assert issubclass(kind, sk.APIError)
    assert kind.__doc__
    assert code in kind.__doc__


def test_a_code_is_caught_by_its_name_its_group_and_as_an_api_error() -> None:
    mro = errors.NotEnoughCreditsError.__mro__
    assert sk.CreditsError in mro
    assert sk.APIError in mro
    assert errors.PaymentError.__name__ == "PaymentError"


@pytest.mark.parametrize("leaf", [sk.APIError, errors.NotEnoughCreditsError])
def test_a_failed_pipeline_is_also_its_code(leaf: type[sk.APIError]) -> None:
    kind = base.pipeline_failure(leaf)
    assert issubclass(kind, leaf)
    assert issubclass(kind, sk.PipelineFailedError)
    error = kind("no", status=424, code="NOT-ENOUGH-CREDITS", body="{}", **DETAILS)
    same = pickle.loads(pickle.dumps(error))
    assert type(same) is kind
    assert (same.status, same.code, str(same)) == (424, "NOT-ENOUGH-CREDITS", str(error))


def test_a_cause_that_cannot_travel_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    # dask.distributed, which other tests import, pickles all exceptions in its own way.
    monkeypatch.delitem(copyreg.dispatch_table, sk.ConnectError, raising=False)

    class LocalError(Exception):
        pass

    error = sk.ConnectError("no connection")
    error.__cause__ = LocalError("x")
    assert "Local" in str(pickle.loads(pickle.dumps(error)).__cause__)


def test_the_line_of_an_api_error() -> None:
    error = errors.NotEnoughCreditsError(
        "The group has no credits.",
        status=402,
        code="NOT-ENOUGH-CREDITS",
        operation="kraken.release.initiate",
        request_id="QyhRiSw87c",
        hint="Buy some.",
    )
    assert str(error) == (
        "kraken.release.initiate: NOT-ENOUGH-CREDITS: The group has no credits "
        "(HTTP 402, request id QyhRiSw87c). Buy some."
    )
