"""What is removed from the document is removed from the client, and code that uses it is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.leftovers import leftovers
from spaceknow_client.contract.document import bundled_document

from .changed import ChangedProject

PACKAGE = Path(__file__).parents[2] / "spaceknow_client"
SMOKE = """
import spaceknow_client as sk
from spaceknow_client.cli.root import COMMANDS
from spaceknow_client.contract_check.check import check_contract
from spaceknow_client.emulator import Emulator
with Emulator(seconds_per_pipeline=0) as emu, emu.client() as client:
    report = check_contract(client, include_writes=True)
    assert report.is_fine, report.drifts
    assert {each.outcome for each in report.operations} == {"fine"}
for tag in ("datacube", "geojsondb"):
    assert not hasattr(client, tag) and tag not in COMMANDS
for name in ("DatacubeError", "GeoJSONDBError"):
    assert not hasattr(sk, name) and not hasattr(sk.errors, name)
"""


def test_apis_go_without_a_hand(tmp_path: Path) -> None:
    """Beside openapi/ only files with the names of removed parts are removed."""
    project = ChangedProject(tmp_path)
    for tag in ("datacube", "geojsondb"):
        project.remove_api(tag)
    project.generate()
    assert project.type_check("spaceknow_client") == ""
    ran = project.run("-W", "error", "-c", SMOKE)
    assert ran.returncode == 0, ran.stderr


def without(path: str) -> list[str]:
    document = bundled_document()
    for found in [each for each in document["paths"] if path in each]:
        del document["paths"][found]
    return [each.partition(":")[0] for each in leftovers(document, PACKAGE)]


def test_nothing_is_left_over() -> None:
    assert list(leftovers(bundled_document(), PACKAGE)) == []


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("/kraken/dry-run", {"emulator/operations/dry_run.py", "cli/commands/contract.py"}),
        ("/credits/area/check-geojson", {"emulator/operations/credits.py"}),
        ("/credits/area/allocate-geojson", {"emulator/operations/credits.py"}),
        ("/tasking/get-status", {"pipelines/pipeline_async.py", "emulator/operations/tasking.py"}),
    ],
)
def test_places_that_name_what_is_gone_are_named(path: str, places: set[str]) -> None:
    assert {f"spaceknow_client/{place}" for place in places} <= {*without(path)}
