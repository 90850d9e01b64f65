"""A pytest plugin: the fixture `spaceknow_emulator`, an emulator for each test.

pytest finds the plugin by its entry point; no import is needed. Requires the extra `testing`. Projects
that do not use the fixture pay little for it: this module imports neither the client nor the emulator.
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
        f"{MARKER}(seconds_per_pipeline=0, page_size=20, seed=0, port=0, now=None, "
        "tile_pixels=256, zero_next_try=False): "
        "arguments of the emulator of the fixture spaceknow_emulator",
    )


@pytest.fixture
def spaceknow_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """An emulator for this test, on its own port: `spaceknow_emulator.client()`.

    Pipelines end immediately. The marker `spaceknow` sets this and other arguments of
    `spaceknow_client.emulator.Emulator`::

        @pytest.mark.spaceknow(seconds_per_pipeline=600, seed=7)

    Its synchronous clients are closed after the test.
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
