"""The document, the emulator and the client agree with what was recorded and published."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spaceknow_client.contract.judge import Judge
from tests.contract.evidence import committed
from tests.emulator.conftest import Api
from tests.evidence import described, emulated, heard, published, recorded
from tests.evidence.__main__ import ROW
from tests.evidence.facts import Fact, facts

ALL = pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.fact)
JUDGE = Judge(committed())


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with emulated.emulator() as emu, Api(emu) as api:
        yield api


@pytest.fixture(scope="module")
def client() -> Iterator[heard.Client]:
    with emulated.emulator() as emu, heard.Client(emu) as client:
        yield client


@ALL
def test_the_emulator_answers_as_recorded(api: Api, fact: Fact) -> None:
    assert fact.against(emulated.outline(api, fact), recorded.outline(fact)) == []


@pytest.mark.parametrize(
    "fact", [fact for fact in facts() if fact.answer is not None], ids=lambda fact: fact.fact
)
def test_the_client_reads_what_was_recorded(client: heard.Client, fact: Fact) -> None:
    assert fact.against(client.outline(fact), recorded.outline(fact)) == []


@ALL
def test_the_document_describes_what_was_recorded(fact: Fact) -> None:
    assert described.mistakes(JUDGE, fact) == []


def test_the_table_has_80_columns() -> None:
    assert len(ROW.format("f" * 99, "s" * 99, "medium", "yes", "yes", "yes")) <= 80
    assert max(len(fact.fact) for fact in facts()) <= 34


def test_a_wrong_answer_is_noticed() -> None:
    for fact in facts():
        own = recorded.outline(fact)
        for name in [*fact.same, *fact.known]:
            assert fact.against({**own, name: "something else"}, own)
            assert fact.against({key: own[key] for key in own if key != name}, own)


def test_the_document_says_what_was_published() -> None:
    assert list(published.mistakes(committed())) == []
