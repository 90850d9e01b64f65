"""A pytest plugin: the fixture `spaceknow_emulator`, a SpaceKnow of its own for each test.

pytest finds it by its entry point, so there is nothing to import. Install the extra `testing`. A
project that uses spaceknow-client without testing against it pays next to nothing: this module loads
neither the client nor the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..emulator.emulator import Emulator

MARKER = "spaceknow"


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(seconds_per_pipeline=0, page_size=20, seed=0, port=0): "
        "how the emulator of the fixture spaceknow_emulator is made",
    )


@pytest.fixture
def spaceknow_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A SpaceKnow of this test's own, on a port of its own: `spaceknow_emulator.client()`.

    Pipelines are done at once. The marker `spaceknow` changes that, and whatever else
    `spaceknow_client.emulator.Emulator` takes::

        @pytest.mark.spaceknow(seconds_per_pipeline=600, seed=7)

    Synchronous clients that it made are closed after the test.
    """
    try:
        from .emulator import TestEmulator
    except ImportError as error:
        if (error.name or "").startswith("spaceknow_client"):
            raise
        from ..runtime.extras import missing_extra

        told = missing_extra("testing", str(error.name), purpose="the fixture spaceknow_emulator")
        pytest.fail(str(told), pytrace=False)
    options: dict[str, object] = {"seconds_per_pipeline": 0}
    for mark in reversed(list(request.node.iter_markers(MARKER))):
        options.update(mark.kwargs)
    with TestEmulator(**options) as emulator:
        yield emulator
