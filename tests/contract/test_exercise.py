"""Edit YAML in openapi/, run the generator, and everything follows without other changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from generator.output import generate, write

PROJECT = Path(__file__).parents[2]
HERE = Path(__file__).parent

# (file of openapi/, text to replace once, its replacement)
EDITS = (
    # a new tag, and the file of its operations
    ("openapi.yaml", "tags:\n", "tags:\n  - name: weather\n    description: The weather.\n"),
    (
        "openapi.yaml",
        "paths:\n",
        "paths:\n"
        "  /weather/{stationId}/forecast:\n    $ref: ./paths/weather.yaml#/forecast\n"
        "  /weather/records/initiate:\n    $ref: ./paths/weather.yaml#/recordsInitiate\n"
        "  /weather/records/retrieve:\n    $ref: ./paths/weather.yaml#/recordsRetrieve\n",
    ),
    # a new optional member
    (
        "schemas/imagery.yaml",
        "    onlyDownloadable:\n",
        "    mostClouds:\n      type: number\n      minimum: 0\n      maximum: 1\n"
        "      description: The largest share of clouds.\n    onlyDownloadable:\n",
    ),
    # a renamed member
    ("schemas/imagery.yaml", "    cloudCover:\n", "    cloudiness:\n"),
    # renamed members that the emulator's own behavior uses: of a response, and of a request
    ("schemas/credits.yaml", "    - remainingCredit\n", "    - creditsThatAreLeft\n"),
    ("schemas/credits.yaml", "    remainingCredit:\n", "    creditsThatAreLeft:\n"),
    ("paths/credits.yaml", "remainingCredit:", "creditsThatAreLeft:"),
    (
        "schemas/user.yaml",
        "account to delete.\n  required:\n    - email\n  properties:\n    email:\n",
        "account to delete.\n  required:\n    - address\n  properties:\n    address:\n",
    ),
    (
        "paths/user.yaml",
        "#/DeleteGuardianUserRequest\n          examples:\n            user:\n              value:\n"
        "                email:",
        "#/DeleteGuardianUserRequest\n          examples:\n            user:\n              value:\n"
        "                address:",
    ),
    # a removed operation
    (
        "openapi.yaml",
        "  /datacube/catalogue/get:\n    $ref: ./paths/datacube.yaml#/catalogue\n",
        "",
    ),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with another document and the code generated from it."""
    folder = tmp_path_factory.mktemp("exercise")
    for name in ("openapi", "spaceknow_client", "docs"):
        ignored = shutil.ignore_patterns("__pycache__", "images")
        shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
    for name, old, new in EDITS:
        file = folder / "openapi" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
    for name, text in YAML(typ="safe").load((HERE / "exercise.yaml").read_text()).items():
        with (folder / "openapi" / name).open("a", encoding="utf-8") as file_:
            file_.write(text)
    write(generate(folder), folder)
    return folder


def test_the_new_calls_run_sync_and_async(project: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(HERE / "exercise.py")],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_signatures_are_real(project: Path) -> None:
    """No `**kwargs`, and the types of the document."""
    text = (project / "spaceknow_client" / "resources" / "operations" / "weather.py").read_text()
    assert "def records(" in text
    for line in (
        'kind: Literal["heat", "cold"],',
        "limits: ListLike[Limit | Mapping[str, Any]],",
        "note: str | None,",
        "but_for: ListLike[str | Forecast] | None = None,",
        "reuse: bool = False,",
        ") -> Pager[Forecast]:",
        "self, station_id: str, *, with_wind: bool, since: TimeLike | None = None",
        "Requires `weather.forecast`.",
        "NoSuchStationError",
    ):
        assert line in text, line
    assert "kwargs" not in text


def test_what_is_gone_is_gone(project: Path) -> None:
    names = {path.name for path in (project / "spaceknow_client" / "generated").rglob("*.py")}
    assert "datacube_catalogue.py" not in names
    assert (
        "def catalogue"
        not in (
            project / "spaceknow_client" / "resources" / "operations" / "datacube_async.py"
        ).read_text()
    )
