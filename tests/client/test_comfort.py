"""The package in interactive use: `dir`, `help`, star import, variables, a table of scenes."""

from __future__ import annotations

import inspect
import pydoc
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from tests.conftest import Both
from tests.places import CAR_PARK, GBDX

# No extra may be required for this: the libraries of all extras cannot be imported.
BARE = """
import sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {libraries}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Nothing())
import inspect, pydoc
import spaceknow_client as sk
"""
LIBRARIES = (
    *("numpy", "shapely", "pyproj", "rasterio", "geopandas", "pandas", "pyarrow", "xarray", "dask"),
    *(
        "PIL",
        "click",
        "rich",
        "keyring",
        "aiohttp",
        "pystac",
        "orjson",
        "opentelemetry",
        "starlette",
    ),
)


def bare(*lines: str) -> str:
    """The output of a program on the base install."""
    script = BARE.replace("{libraries}", repr(set(LIBRARIES))) + "\n".join(lines)
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_public_names_are_all() -> None:
    names = [name for name in dir(sk) if not name.startswith("_")]
    assert names == sk.__all__
    assert {"errors", "map_types", "datasets", "SpaceKnow", "decompose"} <= set(names)
    assert "TYPE_CHECKING" not in names
    assert "maps" not in names


def test_a_base_install_can_be_looked_at() -> None:
    told = bare(
        "names = [name for name in dir(sk) if not name.startswith('_')]",
        "assert names == sk.__all__",
        "assert len(inspect.getmembers(sk)) > len(names)",
        "assert all(hasattr(sk, name) for name in names)",
        "assert not hasattr(sk, 'decomposed')",
        "text = pydoc.plain(pydoc.render_doc(sk))",
        "assert all(name in text for name in names)",
        "for name in names:",
        "    pydoc.render_doc(getattr(sk, name))",
        "from spaceknow_client import *",
        "assert errors.SpaceKnowError is SpaceKnowError",
        "try:",
        "    decompose(Extent.from_bounds(0, 0, 1, 1))",
        "except MissingExtraError as error:",
        "    print(error)",
    )
    assert "spaceknow-client[geo]" in told


def docstrings() -> Iterator[tuple[str, str]]:
    for path in Path(sk.__file__).parent.rglob("*.py"):
        for found in re.finditer(r'"""(.*?)"""', path.read_text(encoding="utf-8"), re.DOTALL):
            yield f"{path}:{found.start()}", found[1]


def test_no_docstring_refers_to_what_is_not_here() -> None:
    assert [
        where for where, text in docstrings() if re.search(r"API\s+facts|fact\s+sheet", text)
    ] == []


def test_a_release_says_what_it_gives() -> None:
    client = sk.SpaceKnow(sk.Environment.EMULATOR, auth=sk.TokenAuth("token"))
    for method in (client.kraken.release, client.kraken.release_many):
        assert "KrakenMap" in (inspect.getdoc(method) or "")
        assert "KrakenMap" in str(inspect.signature(method).return_annotation)
    assert "release" in pydoc.render_doc(client.kraken)


async def test_a_search_is_a_table(both: Both) -> None:
    with Emulator(seconds_per_pipeline=0, page_size=3) as emulator:
        client = both.of(emulator)
        listing = client.imagery.search(extent=CAR_PARK, **GBDX).limit(5)
        table = await both.settle(listing.to_geodataframe())
        scenes = await both.items_of(listing)
        assert isinstance(table, geopandas.GeoDataFrame)
        assert list(table.index) == [scene.scene_id for scene in scenes]
        none = client.imagery.search(extent=CAR_PARK, **GBDX, end="1990")
        assert len(await both.settle(none.to_geodataframe())) == 0


async def test_a_table_needs_its_extra_before_anything_is_sent(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spaceknow_client.runtime.extras.is_installed", lambda name: False)
    with Emulator(seconds_per_pipeline=0) as emulator:
        client = both.of(emulator)
        with pytest.raises(sk.MissingExtraError, match="geopandas"):
            await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).to_geodataframe())
        assert emulator.calls() == []


async def test_the_journal_of_the_variable(
    both: Both, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "runs.sqlite"
    monkeypatch.setenv("SPACEKNOW_JOURNAL", str(path))
    with Emulator(seconds_per_pipeline=0) as emulator:
        scene = "nothing"

        async def run(client: Any) -> None:
            pipeline = await both.settle(client.kraken.release("cars", [scene], CAR_PARK))
            with pytest.raises(sk.PipelineFailedError):
                await both.settle(pipeline.result())

        auth = sk.PasswordAuth(emulator.username, emulator.password)
        await run(both.of(emulator))  # an emulator's own clients ignore it
        assert not path.exists()
        await run(both.connect(emulator.environment, auth=auth, journal=False))
        assert not path.exists()
        await run(both.connect(emulator.environment, auth=auth, journal=tmp_path / "other.sqlite"))
        assert not path.exists()
        await run(both.connect(emulator.environment, auth=auth))
        journal = sk.Journal(path)
        (entry,) = journal.entries(emulator.environment.base_url)
        journal.close()
        assert entry.operation == "kraken.release"
