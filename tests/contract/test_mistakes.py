"""All mistakes in the document are reported together, each with file, line and remedy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.checks import checked
from generator.checks.structure import EXTENSIONS
from generator.document.document import DocumentError
from generator.document.source_positions import Mistake as Told

from .mistakes import ALONE, TOGETHER, Mistake

OPENAPI = Path(__file__).parents[2] / "openapi"


def messages(folder: Path, mistakes: list[Mistake]) -> list[str]:
    """The messages for a copy of the document with these mistakes."""
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


def test_every_extension_is_described() -> None:
    rows = re.findall(r"^\| `(x-[a-z-]+)` \|", (OPENAPI / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted({name for names in EXTENSIONS.values() for name in names})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "openapi"
    shutil.copytree(OPENAPI, folder)
    return folder


FILES = sorted(
    path.relative_to(OPENAPI) for path in OPENAPI.rglob("*.yaml") if path.name != "redocly.yaml"
)
BREAKS: list[Callable[[str], list[str]]] = [
    lambda line: [],
    lambda line: [line, line],
    lambda line: [f"  {line}"],
    lambda line: [line.replace("e", "3", 1)],
    lambda line: [f"{line.split(':')[0]}:"],
    lambda line: [f"{line.split(':')[0]}: 12"],
    lambda line: [f"{line.split(':')[0]}: [a, {{b: c}}]"],
    lambda line: [f"{line.split(':')[0]}: {{a: 1, $ref: '#/b'}}"],
]


@settings(max_examples=25, deadline=None)
@given(file=st.sampled_from(FILES), number=st.integers(0, 10**6), change=st.sampled_from(BREAKS))
def test_whatever_a_line_becomes_it_is_read_or_refused_in_words(
    whole: Path, file: Path, number: int, change: Callable[[str], list[str]]
) -> None:
    text = (OPENAPI / file).read_text()
    lines = text.splitlines()
    number %= len(lines)
    (whole / file).write_text(
        "\n".join(lines[:number] + change(lines[number]) + lines[number + 1 :])
    )
    try:
        checked(whole / "openapi.yaml")
    except DocumentError as error:
        for mistake in error.mistakes:
            assert isinstance(mistake, Told)
            assert (whole.parent / mistake.file).is_file()
            assert 1 <= mistake.line <= len((whole.parent / mistake.file).read_text().splitlines())
            assert mistake.text.endswith((".", ")"))
    finally:
        (whole / file).write_text(text)
