"""The last release: `make check` compares the public API with it, and `make release` writes one.

It is read from the history: its document, its public API, and its examples, which are those of
`examples/`, and the code of README and the guide.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..changes import Change, compare
from ..changes.change import LEVELS, is_enough, least, level
from ..changes.report import RULE, entry
from ..changes.sides import PACKAGE, ROOT, read_side, version_of
from ..document.document import Document, DocumentError
from ..git import check_out, git
from .api_breaks import breaks
from .public_api import PublicAPI
from .said import unsaid, words

CHANGELOG = Path("CHANGELOG.md")
UNRELEASED = "## [Unreleased]\n"
RELEASED = re.compile(r"^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d", re.MULTILINE)
# The commit that is compared before there is a release.
PYPROJECT = Path("pyproject.toml")
BEFORE_RELEASE = re.compile(r'^(before-first-release = )"(\w*)"', re.MULTILINE)
PAGES = ("README.md", "docs/**/*.md")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
MYPY = ("--no-error-summary", "--hide-error-context", "--explicit-package-bases")


class NoHistoryError(Exception):
    """The available history does not reach the last release."""


@dataclass
class Comparison:
    """The differences between the project and its last release.

    Attributes:
        api: breaks of the public API, a line each.
        examples: what mypy says of the examples of the last release.
        unsaid: changes of the document that CHANGELOG does not name.
        is_more: whether the public API has anything that it had not.
    """

    released: str
    version: str
    changes: list[Change]
    api: list[str]
    examples: list[str]
    unsaid: list[Change]
    is_more: bool

    @property
    def is_breaking(self) -> bool:
        return bool(self.api or self.examples) or any(change.breaking for change in self.changes)

    @property
    def asked(self) -> str:
        """The part of the version that has to be raised, at least."""
        if self.is_breaking:
            return "major"
        asked = level(change.rating for change in self.changes)
        return max(asked, "minor" if self.is_more else "patch", key=LEVELS.index)

    def lines(self) -> list[str]:
        """The breaking changes, for people."""
        found = [line for change in self.changes if change.breaking for line in entry(change)]
        parts = {
            "In the document": found,
            "In the public Python API": [f"- {line}" for line in self.api],
            f"In examples of {self.released}, which no longer type-check": [
                f"- {line}" for line in self.examples
            ],
        }
        return [
            line for title, part in parts.items() if part for line in (f"{title}:", "", *part, "")
        ]

    def silence(self) -> list[str]:
        """The changes that CHANGELOG does not name, and the words that an entry must contain."""
        title = f"Changes of the document since {self.released} that {CHANGELOG} does not name:"
        found = [
            line
            for change in self.unsaid
            for line in (
                *entry(change),
                f"  words that one entry must contain: {', '.join(words(change))}",
            )
        ]
        return [title, "", *found, ""]


def since(project: Path, released: str) -> str:
    """The part of CHANGELOG that is newer than a release."""
    text = (project / CHANGELOG).read_text(encoding="utf-8")
    return text.partition(f"## [{released}]")[0]


def last_release(project: Path) -> str:
    """The commit of the last release: where its dated heading came into CHANGELOG.

    Before the first release it is the one that pyproject.toml names. Raises NoHistoryError if there is
    no history, and DocumentError for a commit that it does not contain.
    """
    try:
        git(project, "ls-files", "--error-unmatch", str(PYPROJECT))
        is_shallow = git(project, "rev-parse", "--is-shallow-repository") == "true"
    except DocumentError:
        raise NoHistoryError("this folder is not a git repository of the project") from None
    if is_shallow:
        raise NoHistoryError("this is a shallow clone (`git fetch --unshallow` gets the rest)")
    for version in RELEASED.findall((project / CHANGELOG).read_text(encoding="utf-8")):
        heading = f"-S## [{version}] - "
        commit = git(project, "log", "-1", "--format=%H", heading, "--", str(CHANGELOG))
        is_this = commit == git(project, "rev-parse", "HEAD")
        # A release that is being made is compared with the one before it.
        if commit and not (is_this and not git(project, "status", "--porcelain")):
            return commit
    named = BEFORE_RELEASE.search((project / PYPROJECT).read_text(encoding="utf-8"))
    if named is None:
        raise DocumentError(
            f"{PYPROJECT}: before-first-release is missing in [tool.generator]. Add a commit."
        )
    return git(project, "rev-parse", "--verify", f"{named[2]}^{{commit}}")


def compared(project: Path, commit: str) -> Comparison:
    """Compares the project with a commit."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        check_out(commit, project, folder)
        old = read_side(str(folder), project)
        version = version_of(project)
        if old.version is None or version is None:
            raise DocumentError(f"__version__ is missing in {PACKAGE}. Add it.")
        document = Document(project / ROOT).bundle()
        before, after = PublicAPI(folder, old.document), PublicAPI(project, document)
        changes = compare(old.document, document)
        return Comparison(
            released=old.version,
            version=version,
            changes=changes,
            api=[*breaks(before, after)],
            examples=_broken_examples(folder, project),
            unsaid=unsaid(changes, since(project, old.version)),
            is_more=any(breaks(after, before)),
        )


def check(project: Path) -> int:
    """Prints the breaking changes since the last release; 1 if the version does not allow them."""
    try:
        commit = last_release(project)
    except NoHistoryError as error:
        print(f"Not compared with the last release: {error}.")
        return int(os.environ.get("CI", "").lower() not in ("", "0", "false"))
    found = compared(project, commit)
    if found.unsaid:
        print("\n".join(found.silence()))
    if not found.is_breaking:
        print(f"Nothing that {found.released} promised breaks.")
        return int(bool(found.unsaid))
    print("\n".join(found.lines()))
    if is_enough(found.released, found.version, "major"):
        print(f"The version {found.version} allows breaking changes since {found.released}.")
        return int(bool(found.unsaid))
    print(
        f"These changes break users of {found.released}, but the version is {found.version}. Undo "
        f"them, or set __version__ in {PACKAGE} to {least(found.released, 'major')} or later. {RULE}"
    )
    return 1


def release(project: Path, snapshot_only: bool = False) -> int:
    """Makes the current version the last release, in CHANGELOG and pyproject.toml."""
    version = version_of(project) or ""
    text = (project / CHANGELOG).read_text(encoding="utf-8")
    if f"## [{version}]" in text:
        raise DocumentError(f"{version} is already in {CHANGELOG}. Raise __version__ in {PACKAGE}.")
    head = git(project, "rev-parse", "HEAD")
    if snapshot_only:
        if git(project, "status", "--porcelain"):
            raise DocumentError("the working tree has uncommitted changes. Commit them first.")
    else:
        _check_version(project, text, version)
        text = _with_section(text, version)
    with tempfile.TemporaryDirectory() as folder:
        names = _write_examples(project, Path(folder), ())
        for line in _wrong(project, Path(folder), names, _cache(project)):
            raise DocumentError(
                f"{line}. Correct it first: a release promises that its examples work."
            )
    settings = (project / PYPROJECT).read_text(encoding="utf-8")
    (project / PYPROJECT).write_text(
        BEFORE_RELEASE.sub(rf'\1"{head}"', settings), encoding="utf-8", newline="\n"
    )
    (project / CHANGELOG).write_text(text, encoding="utf-8", newline="\n")
    what = f"Changes are now compared with {head}" if snapshot_only else f"This is {version}"
    print(f"{what}. Commit it" + ("." if snapshot_only else f" as v{version}."))
    return 0


def _check_version(project: Path, text: str, version: str) -> None:
    """Raises DocumentError if the version is too low for the changes, or CHANGELOG lacks some."""
    try:
        found = compared(project, last_release(project))
    except NoHistoryError as error:
        raise DocumentError(f"cannot compare with the last release: {error}.") from None
    if f"## [{found.released}]" in text and not is_enough(found.released, version, found.asked):
        raise DocumentError(
            f"the changes since {found.released} require a {found.asked} version: "
            f"{least(found.released, found.asked)} or later, but __version__ in {PACKAGE} is "
            f"{version}. {RULE}"
        )
    if found.unsaid:
        raise DocumentError(
            f"{CHANGELOG} does not name {len(found.unsaid)} changes of the document. "
            "`python -m generator breaks` prints them."
        )


def _with_section(text: str, version: str) -> str:
    """CHANGELOG with the unreleased entries under the version."""
    _, found, rest = text.partition(UNRELEASED)
    if not found or not rest.partition("\n## ")[0].strip():
        raise DocumentError(f"{CHANGELOG} has no entries under {UNRELEASED.strip()}. Add them.")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return text.replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {today}\n", 1)


def _broken_examples(released: Path, project: Path) -> list[str]:
    """The messages of mypy about examples of the release that were correct at the release."""
    with tempfile.TemporaryDirectory() as folder:
        names = _write_examples(released, Path(folder), PAGES)
        cache = _cache(project)
        told = _wrong(project, Path(folder), names, cache)
        # Some code of the guide does not type-check by itself: nothing is promised about it.
        failing = {_name(line) for line in told}
        left_out = {
            _name(line) for line in _wrong(released, Path(folder), failing, cache / "released")
        }
        return [line for line in told if _name(line) not in left_out]


def _write_examples(project: Path, folder: Path, pages: Iterable[str]) -> list[str]:
    """Programs as users write them: `examples/`, and each block of code on the pages."""
    texts = {
        file.relative_to(project).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted((project / "examples").rglob("*.py"))
        if "tests" not in file.relative_to(project).parts
    }
    for page in (page for pattern in pages for page in sorted(project.glob(pattern))):
        name = re.sub(r"\W", "_", str(page.relative_to(project).with_suffix(""))).lower()
        blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
        texts |= {f"{name}_{number}.py": block for number, block in enumerate(blocks, 1)}
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return [*texts]


def _wrong(project: Path, folder: Path, names: Iterable[str], cache: Path) -> list[str]:
    """The messages of mypy about these files of a folder, with the project's code and configuration."""
    names = sorted(names)
    if not names:
        return []
    settings = ["--config-file", str(project / PYPROJECT)]
    settings += ["--cache-dir", str(cache)]
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *MYPY, *settings, *names],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode not in (0, 1):
        raise DocumentError(f"mypy: {ran.stderr or ran.stdout}")
    told = [line for line in ran.stdout.splitlines() if ": error: " in line]
    return [line for line in told if _name(line) in names]


def _cache(project: Path) -> Path:
    return Path(os.environ.get("MYPY_CACHE_DIR", project / ".mypy_cache"))


def _name(line: str) -> str:
    return line.partition(":")[0]
