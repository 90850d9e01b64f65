"""The document, recorded traffic, the emulator's traffic and what is known of the API agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spaceknow_client.contract.document import bundled_document
from spaceknow_client.contract.judge import Judge
from spaceknow_client.generated.catalogue import OPERATIONS
from tests.contract.evidence import CASSETTES, against, beside, recorded, traffic
from tests.contract.mutation import KINDS, chosen, mutations, score

DOCUMENT = bundled_document()  # `make check` tells whether it is that of openapi/


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_the_document_describes_what_was_recorded(cassette: Path) -> None:
    pairs = list(recorded(cassette))
    assert pairs
    assert list(against(Judge(DOCUMENT), pairs)) == []


def test_the_document_describes_what_the_emulator_says() -> None:
    pairs = [pair for pair in traffic() if pair.source == "emulator"]
    assert {pair.operation for pair in pairs} == set(OPERATIONS)
    assert list(against(Judge(DOCUMENT), pairs)) == []


def test_the_document_says_what_is_known() -> None:
    # A meant change of the document changes tests/contract/facts.yaml, too.
    assert list(beside(DOCUMENT)) == []


def test_fifty_changes_of_the_document_are_noticed() -> None:
    tried = chosen(50, seed=2026)
    assert {mutation.kind for mutation in tried} == set(KINDS)
    found = score(tried)
    assert found.share >= 0.95, found.missed
    # What is known of the API is a table, and a table can be changed along with the document:
    # messages that were really sent notice most changes by themselves.
    assert found.by_source["all but facts"] >= 25


def test_a_mutation_is_one_change() -> None:
    before = json.dumps(DOCUMENT, sort_keys=True)
    found = list(mutations(DOCUMENT))
    assert len(found) > 1000
    for mutation in found[::97]:
        assert json.dumps(mutation.applied(DOCUMENT), sort_keys=True) != before
    assert json.dumps(DOCUMENT, sort_keys=True) == before
