"""The document, recorded traffic, the emulator's traffic and the known facts of the API agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.release.release import NoHistoryError
from spaceknow_client.contract.document import bundled_document
from spaceknow_client.contract.judge import Judge
from spaceknow_client.generated.catalogue import ERRORS, OPERATIONS
from tests.contract.evidence import CASSETTES, against, contradictions, recorded, traffic
from tests.contract.mutants import mutations
from tests.contract.mutation import RELEASE, by_kind, chosen, score, table

DOCUMENT = bundled_document()  # `make check` compares it with openapi/


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_the_document_describes_what_was_recorded(cassette: Path) -> None:
    pairs = list(recorded(cassette))
    assert pairs
    assert list(against(Judge(DOCUMENT), pairs)) == []


def test_the_document_describes_what_the_emulator_says() -> None:
    pairs = traffic()["emulator"]
    assert {pair.operation for pair in pairs} == set(OPERATIONS)
    assert list(against(Judge(DOCUMENT), pairs)) == []


def test_nothing_speaks_against_the_document() -> None:
    assert {source: texts for source, texts in contradictions(DOCUMENT).items() if texts} == {}


def test_changes_of_the_document_are_noticed() -> None:
    """One of each kind; without the last release's document only kinds that other sources notice."""
    tried = chosen(45, seed=2026)
    try:
        found = score(tried)
    except NoHistoryError as error:
        pytest.skip(str(error))
    assert set(found.kinds) == set(by_kind())
    assert found.is_enough, found.missed
    # Messages that were really sent, and published facts, notice many changes without other sources.
    assert found.share(without={RELEASE}) >= 0.45, "\n".join(table(found))


def test_a_mutation_is_one_change() -> None:
    before = json.dumps(DOCUMENT, sort_keys=True)
    found = list(mutations(DOCUMENT))
    assert len(found) > 3000
    assert len({str(mutation) for mutation in found}) == len(found)
    for mutation in found[::97]:
        assert json.dumps(mutation.applied(DOCUMENT), sort_keys=True) != before
    assert json.dumps(DOCUMENT, sort_keys=True) == before


def test_each_kind_of_thing_is_mutated() -> None:
    """The sample is taken from the document itself: every permission, code, hint and flag."""
    drawn = [str(mutation) for mutation in mutations(DOCUMENT)]
    for operation in OPERATIONS.values():
        flag = f"repeat {operation.id}: x-safe-to-repeat {not operation.safe_to_repeat}"
        assert flag in drawn
        for code in operation.error_codes:
            assert f"codes {operation.id}: without {code}" in drawn
        for permission in operation.permissions:
            assert f"permission {operation.id} {permission}: {permission}-x" in drawn
    for code in ERRORS:
        assert f"hints {code}: nonsense" in drawn
