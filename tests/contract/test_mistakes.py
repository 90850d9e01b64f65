"""Mistakes in the document are all named at once, each with file, line and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.checks import checked
from generator.document import DocumentError

from .mistakes import ALONE, TOGETHER, Mistake

OPENAPI = Path(__file__).parents[2] / "openapi"


def messages(folder: Path, mistakes: list[Mistake]) -> list[str]:
    """What is said of a copy of the document with these mistakes."""
    shutil.copytree(OPENAPI, folder / "openapi")
    for mistake in mistakes:
        path = folder / "openapi" / mistake.file
        text = path.read_text()
        start = text.index(mistake.anchor)
        assert mistake.old in text[start:], mistake
        edited = text[start:].replace(mistake.old, mistake.new, 1) if mistake.old else text[start:]
        path.write_text(text[:start] + edited)
    with pytest.raises(DocumentError) as caught:
        checked(folder / "openapi" / "openapi.yaml")
    return str(caught.value).splitlines()


def place(folder: Path, mistake: Mistake) -> str:
    """File and line at which the mistake should be reported."""
    text = (folder / "openapi" / mistake.file).read_text()
    position = text.index(mistake.mark, text.index(mistake.anchor))
    return f"openapi/{mistake.file}:{text.count(chr(10), 0, position) + 1}: "


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("together")
    return folder, messages(folder, TOGETHER)


EXPECTED = [mistake for mistake in TOGETHER if mistake.says]


@pytest.mark.parametrize("mistake", EXPECTED, ids=lambda mistake: mistake.says[:60])
def test_a_mistake_is_named_with_file_line_and_remedy(
    together: tuple[Path, list[str]], mistake: Mistake
) -> None:
    folder, said = together
    expected = place(folder, mistake)
    assert [line for line in said if line.startswith(expected) and mistake.says in line], [
        line for line in said if mistake.says in line or line.startswith(expected)
    ]


def test_nothing_else_is_said(together: tuple[Path, list[str]]) -> None:
    folder, said = together
    expected = [(place(folder, mistake), mistake.says) for mistake in EXPECTED]
    assert [
        line
        for line in said
        if not any(line.startswith(place) and says in line for place, says in expected)
    ] == []
    assert len(said) == len(EXPECTED)


@pytest.mark.parametrize("mistake", ALONE, ids=lambda mistake: mistake.says[:60])
def test_what_hides_the_rest_is_named_alone(tmp_path: Path, mistake: Mistake) -> None:
    said = messages(tmp_path, [mistake])
    assert len(said) == 1
    assert said[0].startswith(place(tmp_path, mistake))
    assert mistake.says in said[0]
