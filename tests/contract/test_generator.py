"""Generated files are byte for byte the generator's output; any manual edit is reported."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.__main__ import main
from generator.document.document import Document, DocumentError
from generator.output import Files, compare, generate, write
from generator.sync_compiler import _compile

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def files() -> Files:
    return generate(PROJECT)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with only the sources and the generated files."""
    for name in ("openapi", "spaceknow_client", "docs"):
        ignored = shutil.ignore_patterns("__pycache__", "emulator")
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=ignored)
    return tmp_path


def test_the_committed_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert "up to date" in capsys.readouterr().out


@pytest.mark.parametrize(
    "path",
    [
        "spaceknow_client/generated/models/scene.py",
        "spaceknow_client/generated/catalogue.py",
        "spaceknow_client/generated/openapi.json",
        "spaceknow_client/errors/codes.py",
        "spaceknow_client/transport/transport.py",
        "docs/errors.md",
    ],
)
def test_a_hand_edit_is_named(files: Files, project: Path, path: str) -> None:
    edited = project / path
    edited.write_text(edited.read_text() + " ")
    assert compare(files, project) == [(Path(path), "differs")]


def test_missing_and_left_over_files_are_named_and_mended(files: Files, project: Path) -> None:
    gone = Path("spaceknow_client/generated/models/band.py")
    left = Path("spaceknow_client/generated/models/nobody.py")
    (project / gone).unlink()
    (project / left).write_text("")
    assert compare(files, project) == [(gone, "is missing"), (left, "is not generated any more")]
    write(files, project)
    assert compare(files, project) == []


def test_a_new_member_and_a_new_operation_follow_from_the_document(project: Path) -> None:
    user = project / "openapi" / "schemas" / "user.yaml"
    text = user.read_text()
    user.write_text(
        text.replace(
            "    accounting:\n", "    favouriteColour:\n      type: string\n    accounting:\n"
        )
    )
    paths = project / "openapi" / "paths" / "user.yaml"
    copied = paths.read_text()
    root = project / "openapi" / "openapi.yaml"
    _, _, body = re.split(r"^(\w+):$", copied, maxsplit=2, flags=re.MULTILINE)[:3]
    paths.write_text(copied + "\nsecondInfo:" + body.replace("user.info", "user.second_info"))
    root.write_text(
        root.read_text().replace(
            "paths:\n", "paths:\n  /user/second-info:\n    $ref: paths/user.yaml#/secondInfo\n"
        )
    )
    notices: list[str] = []
    after = generate(project, notice=notices.append)
    assert notices == []
    model = after[Path("spaceknow_client/generated/models/user_info.py")]
    assert "favourite_colour: str | None = None" in model
    assert Path("spaceknow_client/generated/api/user/user_second_info.py") in after
    assert "'user.second_info'" in after[Path("spaceknow_client/generated/catalogue.py")].replace(
        '"', "'"
    )


def test_a_path_item_that_is_referred_to_nowhere_is_told(project: Path) -> None:
    paths = project / "openapi" / "paths" / "user.yaml"
    count = len(paths.read_text().splitlines())
    paths.write_text(f"{paths.read_text()}forgotten:\n  post:\n    operationId: user.forgotten\n")
    document = Document(project / "openapi" / "openapi.yaml")
    assert [str(notice) for notice in document.unused()] == [
        f"openapi/paths/user.yaml:{count + 1}: forgotten is not used: no path of openapi.yaml refers to "
        "it. Refer to it under paths, or remove it."
    ]


AWKWARD = (
    "text",
    "number",
    "array",
    "integer",
    "value",
    "path",
    "d",
    "cls",
    "field",
    "dt",
    "wrong",
)


PARAMETERS = ("query", "segment", "operation", "text", "toJson", "plain")


def test_a_member_or_parameter_may_have_any_name(project: Path) -> None:
    user = project / "openapi" / "schemas" / "user.yaml"
    members = "".join(f"    {name}:\n      type: string\n" for name in AWKWARD)
    members += "    pin:\n      $ref: '#/Pin'\n"
    text = user.read_text().replace("    accounting:\n", f"{members}    accounting:\n")
    text = text.replace("UserInfo:\n", "UserInfo:\n  title: Anybody\n")
    user.write_text(f"{text}Pin:\n  type: string\n  format: password\n")
    paths = project / "openapi" / "paths" / "user.yaml"
    schema = "in: query, description: It., schema: {type: boolean}"
    parameters = "".join(f"      - {{name: {name}, {schema}}}\n" for name in PARAMETERS)
    text = paths.read_text()
    paths.write_text(
        text.replace("    requestBody", f"    parameters:\n{parameters}    requestBody", 1)
    )
    write(generate(project), project)
    script = (
        "from spaceknow_client.generated.models import UserInfo\n"
        f"names = {AWKWARD!r}\n"
        "source = {'id': 'i', 'email': 'e', 'name': 'n', 'permissions': []}\n"
        "source |= {name: name for name in names}\n"
        "assert UserInfo.from_dict(source).to_dict() == source\n"
        "assert UserInfo.from_dict(source).additional_properties == {}\n"
        "assert '1234' not in repr(UserInfo.from_dict(source | {'pin': '1234'}))\n"
        "from spaceknow_client.generated.api.user.user_info import get_request\n"
        f"names = {PARAMETERS!r}\n"
        "given = [name.replace('J', '_j') for name in names]\n"
        "query = get_request(**dict.fromkeys(given, True)).query\n"
        "assert query == dict.fromkeys(names, 'true'), query\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_async_code_compiles_to_sync_code() -> None:
    source = (
        "async def go(self, pager: AsyncPager[T]) -> AsyncIterator[T]:\n"
        '    """Uses AsyncPager; `await pager.aclose()`."""\n'
        "    async with self._lock:  # an AsyncLock\n"
        "        async for item in pager:\n"
        "            yield await item\n"
    )
    assert _compile(source) == (
        "def go(self, pager: Pager[T]) -> Iterator[T]:\n"
        '    """Uses Pager; `pager.close()`."""\n'
        "    with self._lock:  # an Lock\n"
        "        for item in pager:\n"
        "            yield item\n"
    )


@pytest.mark.parametrize(
    ("member", "place", "problem"),
    [
        ("type: 'null'", "    gone:", "a value that is always null is not supported. Use another"),
        ("$ref: '#/Round'", "UserInfo:", "does not support this: Unable to process schema"),
    ],
)
def test_what_openapi_python_client_leaves_out_is_an_error(
    project: Path, member: str, place: str, problem: str
) -> None:
    user = project / "openapi" / "schemas" / "user.yaml"
    text = f"Round:\n  type: array\n  items:\n    $ref: '#/Round'\n{user.read_text()}"
    added = f"    gone:\n      {member}\n    accounting:\n"
    text = text.replace("    accounting:\n", added)
    user.write_text(text)
    with pytest.raises(DocumentError) as caught:
        generate(project)
    line = text.splitlines().index(place) + 1
    said = [str(mistake) for mistake in caught.value.mistakes]
    assert [
        one
        for one in said
        if one.startswith(f"openapi/schemas/user.yaml:{line}: ") and problem in one
    ], said
