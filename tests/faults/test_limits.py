"""Limits of the machine and of numbers: one of our errors, whatever is exhausted or too large."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both, on_every_kind
from tests.files.maps import released
from tests.places import CAR_PARK


@contextlib.contextmanager
def no_files_left() -> Iterator[None]:
    """No further file or socket can be opened."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)  # the lowest free number
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


USES: dict[str, Callable[[Any, Any, Path], Any]] = {
    "a call": lambda client, _, __: client.credits.remaining(),
    "a release": lambda client, _, __: client.kraken.release(
        "cars", scene_ids=["s"], extent=CAR_PARK
    ),
    "a download": lambda client, map, folder: client.kraken.download(map, folder / "map"),
    "a mosaic": lambda client, map, folder: client.kraken.save_mosaic(map, folder / "a.tif"),
    "a picture": lambda client, map, folder: client.kraken.save_mosaic(map, folder / "a.png"),
    "a page": lambda client, map, folder: client.kraken.view(map, folder / "a.html", open=False),
    "detections": lambda client, map, _: client.kraken.detections(map),
}


@on_every_kind
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("store", ["memory", "file"])
async def test_no_file_can_be_opened(
    both: Both, emulator: Emulator, use: str, store: str, tmp_path: Path
) -> None:
    cars = released(emulator)
    tokens = sk.FileTokenStore(tmp_path / "tokens.json") if store == "file" else None
    auth = sk.PasswordAuth(emulator.username, emulator.password, tokens)
    options: dict[str, Any] = {"retry": sk.RetryPolicy.none(), "deadline": 10}
    if use == "a release":
        options["journal"] = tmp_path / "journal.sqlite"
    for folder in ("warm", "cold"):
        (tmp_path / folder).mkdir()
    warm = both.of(emulator)
    await both.settle(USES[use](warm, cars, tmp_path / "warm"))
    client = both.of(emulator, auth=auth, **options)
    with no_files_left(), pytest.raises(sk.SpaceKnowError):
        await both.settle(USES[use](client, cars, tmp_path / "cold"))
    assert list((tmp_path / "cold").rglob("*.part*")) == []
    if use != "a release":  # not a real scene
        await both.settle(USES[use](client, cars, tmp_path / "cold"))
