"""Unneeded modules are not imported."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.errors import base
from spaceknow_client.generated import results as result_models
from spaceknow_client.runtime.lazy import lazy
from spaceknow_client.runtime.public_names import NAMES

MODELS = "spaceknow_client.generated.models."
MAKE = "client = sk.{}(auth=sk.TokenAuth('t'))"


def loaded_by(*lines: str) -> set[str]:
    """The modules that a script has imported, in a separate process."""
    script = "\n".join([*lines, "import sys", "print(*sys.modules)"])
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def models_of(modules: set[str]) -> set[str]:
    return {name.removeprefix(MODELS) for name in modules if name.startswith(MODELS)}


def test_the_import_alone_loads_next_to_nothing() -> None:
    loaded = loaded_by("import spaceknow_client")
    assert not loaded & {"httpx", "attrs", "asyncio", "ssl", "json", "logging"}
    assert {name for name in loaded if name.startswith("spaceknow_client")} == {
        "spaceknow_client",
        "spaceknow_client.runtime",
        "spaceknow_client.runtime.renamed",
        "spaceknow_client.runtime.version",
    }


def test_no_public_name_is_that_of_a_module() -> None:
    """The import system adds a module under its name, wherever it is imported first."""
    package = Path(sk.__file__).parent
    modules = {path.stem for path in package.iterdir()} - {"errors", "__init__"}
    assert not modules & NAMES.keys()


def test_the_first_client_loads_what_it_consists_of() -> None:
    loaded = loaded_by("import spaceknow_client as sk", MAKE.format("SpaceKnow"))
    assert "httpx" in loaded
    assert models_of(loaded) == set()
    # attrs alone would take a tenth of the start of the first client.
    assert not loaded & {"attr", "asyncio", "concurrent.futures", "dateutil", "numpy", "PIL"}
    ours = {name.removeprefix("spaceknow_client.") for name in loaded if "spaceknow" in name}
    assert not {
        name
        for name in ours
        if name.startswith(("generated", "errors.codes")) or name.endswith("_async")
    }


def test_what_others_work_with_loads_when_it_is_called() -> None:
    names = ("open_ski", "map_to_xarray", "scenes_to_geodataframe", "scenes_to_stac")
    loaded = loaded_by("import spaceknow_client as sk", *(f"sk.{name}" for name in names))
    assert not loaded & {"numpy", "xarray", "dask", "pandas", "geopandas", "pystac", "httpx"}


def test_a_resource_loads_only_its_own_models() -> None:
    loaded = loaded_by("import spaceknow_client as sk", MAKE.format("SpaceKnow"), "client.credits")
    assert models_of(loaded) <= {
        "area_allocation_request",
        "area_check_request",
        "area_cost",
        "month_range",
        "remaining_credit",
    }
    assert not loaded & {"asyncio", "dateutil"}


def test_an_operation_of_raw_loads_its_own_models() -> None:
    script = ["import spaceknow_client as sk", MAKE.format("SpaceKnow"), "client.raw.credits"]
    assert models_of(loaded_by(*script)) == set()
    in_no_time = "client.with_options(deadline=1e-9)"
    call = f"try:\n {in_no_time}.raw.credits.remaining()\nexcept sk.TransportError:\n pass"
    assert models_of(loaded_by(*script, call)) == {"remaining_credit"}


def test_the_asynchronous_client_loads_no_model() -> None:
    loaded = loaded_by("import spaceknow_client as sk", MAKE.format("AsyncSpaceKnow"))
    assert models_of(loaded) == set()
    assert "asyncio" in loaded


def test_every_public_name_loads() -> None:
    names = set(NAMES)
    for name in names:
        assert getattr(sk, name) is not None
    assert sk.Scene is result_models.Scene
    assert names <= set(dir(sk))
    assert set(result_models.__all__) < names
    with pytest.raises(AttributeError):
        _ = sk.Nothing


def test_every_error_has_its_name_everywhere() -> None:
    own = {
        name
        for name, value in vars(base).items()
        if isinstance(value, type) and issubclass(value, sk.SpaceKnowError)
    }
    assert own <= set(NAMES)
    assert own <= set(dir(sk.errors))


def test_every_error_loads_by_name() -> None:
    names: dict[str, Any] = {}
    exec("from spaceknow_client.errors import *", names)
    assert {"SpaceKnowError", "NotEnoughCreditsError", "BY_CODE"} <= set(names)
    assert set(names) - {"__builtins__"} <= set(dir(sk.errors))
    assert issubclass(sk.errors.NotEnoughCreditsError, sk.CreditsError)
    with pytest.raises(AttributeError):
        _ = sk.errors.NothingError


def test_what_a_client_offers_is_made_once() -> None:
    with sk.SpaceKnow(auth=sk.TokenAuth("t")) as client:
        for name in ("raw", "pipelines", "imagery", "kraken", "credits", "user"):
            assert getattr(client, name) is getattr(client, name)
        other = client.with_options(timeout=1)
        assert other.credits is not client.credits
        assert other.options.timeout == 1
        assert client.options.timeout == 30
        assert isinstance(sk.SpaceKnow.credits.__doc__, str)


def test_threads_that_make_something_at_one_moment_get_the_same() -> None:
    together = Barrier(2)

    class Thing:
        @lazy
        def part(self) -> object:
            together.wait(10)  # both exist: neither was prevented from creating it
            return object()

    thing = Thing()
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: thing.part, range(2))
    assert one is other is thing.part


def test_clients_share_one_tls_context(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    with sk.SpaceKnow(auth=sk.TokenAuth("t")):
        monkeypatch.setattr("ssl.create_default_context", lambda *_, **__: made.append(1))
        for _ in range(3):
            sk.SpaceKnow(auth=sk.TokenAuth("t")).close()
    assert made == []
