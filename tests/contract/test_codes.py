"""Each code of the API raises its own class, with code, status, request id and hint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.errors.codes import BY_CODE
from spaceknow_client.generated.catalogue import ERRORS
from tests.conftest import Both

CODES = [code for code, info in ERRORS.items() if not info.legacy]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(seconds_per_pipeline=0) as emu:
        yield emu


def test_there_are_codes() -> None:
    assert len(CODES) > 40


@pytest.mark.parametrize("code", CODES)
async def test_a_code_raises_its_class(both: Both, emulator: Emulator, code: str) -> None:
    client = both.of(emulator)
    # A bad token leads to one login and one retry, which must fail too.
    emulator.fail("credits.remaining", code=code, times=2 if code == "INVALID-JWT" else 1)
    with pytest.raises(BY_CODE[code]) as caught:
        await both.settle(client.credits.remaining())
    error = caught.value
    assert isinstance(error, sk.APIError)
    assert (error.code, error.operation) == (code, "credits.remaining")
    assert error.request_id
    assert len(error.request_id) == 10
    assert error.hint == ERRORS[code].hint


@pytest.mark.parametrize("code", CODES)
async def test_a_pipeline_that_fails_with_it_raises_its_class(
    both: Both, emulator: Emulator, code: str
) -> None:
    client = both.of(emulator)
    emulator.fail("kraken.release", code=code)
    place = sk.Extent.from_bounds(153.1036, -27.3934, 153.1068, -27.3904)
    run = await both.settle(client.kraken.release("cars", scene_ids=["x"], extent=place))
    with pytest.raises(BY_CODE[code]) as caught:
        await both.settle(run.result(deadline=20))
    error = caught.value
    assert isinstance(error, sk.PipelineFailedError)
    assert (error.status, error.code, error.pipeline_id) == (424, code, run.id)
    assert error.hint == ERRORS[code].hint
