"""The last release: what `make check` holds the public API against, and `make release` renews.

`generator/last_release/` has the version, the bundled document, the public API as stubs, and the
examples of that release: those of `examples/`, and the code of README and the guide.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..changes import Change, compare
from ..changes.change import LEVELS, is_enough, least, level
from ..changes.report import RULE, entry
from ..changes.sides import PACKAGE, ROOT, VERSION, read_side, version_of
from ..document.document import Document, DocumentError, dump
from .api_breaks import breaks
from .public_api import Stubs, public_api

FOLDER = Path("generator") / "last_release"
CHANGELOG = Path("CHANGELOG.md")
UNRELEASED = "## [Unreleased]\n"
PAGES = ("README.md", "docs/**/*.md")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
# An example and its copy in the snapshot are two modules: of one, mypy would tell the other's errors.
MYPY = ("--no-error-summary", "--hide-error-context", "--explicit-package-bases")


@dataclass
class Comparison:
    """The project beside its last release.

    Attributes:
        api: breaks of the public API, a line each.
        examples: what mypy says of the examples of the last release.
        is_more: whether the public API differs at all.
    """

    released: str
    version: str
    changes: list[Change]
    api: list[str]
    examples: list[str]
    is_more: bool

    @property
    def is_breaking(self) -> bool:
        return bool(self.api or self.examples) or any(change.breaking for change in self.changes)

    @property
    def asked(self) -> str:
        """The part of the version that has to be raised, at the least."""
        if self.is_breaking:
            return "major"
        asked = level(change.rating for change in self.changes)
        return max(asked, "minor" if self.is_more else "patch", key=LEVELS.index)

    def lines(self) -> list[str]:
        """What breaks, for people."""
        found = [line for change in self.changes if change.breaking for line in entry(change)]
        parts = {
            "In the document": found,
            "In the public Python API": [f"- {line}" for line in self.api],
            f"In examples of {self.released}, which do not type-check any more": [
                f"- {line}" for line in self.examples
            ],
        }
        return [
            line for title, part in parts.items() if part for line in (f"{title}:", "", *part, "")
        ]


def compared(project: Path) -> Comparison:
    """Holds the project against its last release."""
    old = read_side(str(project / FOLDER / "openapi.json"), project)
    version = version_of(project)
    if old.version is None or version is None:
        raise DocumentError(f"{FOLDER / VERSION} or __version__ in {PACKAGE} is missing.")
    document = Document(project / ROOT).bundle()
    before, after = _read_stubs(project), public_api(project, document)
    return Comparison(
        released=old.version,
        version=version,
        changes=compare(old.document, document),
        api=breaks(before, after),
        examples=_wrong(project, sorted((project / FOLDER / "examples").rglob("*.py"))),
        is_more=before != after,
    )


def check(project: Path) -> int:
    """Prints what breaks since the last release; 1 if the version does not say so."""
    found = compared(project)
    if not found.is_breaking:
        print(f"Nothing that {found.released} promised breaks.")
        return 0
    print("\n".join(found.lines()))
    if is_enough(found.released, found.version, "major"):
        print(f"{found.version} may break with {found.released}.")
        return 0
    print(
        f"This breaks with {found.released}, and the version is {found.version}. Take it back, or set "
        f"__version__ in {PACKAGE} to {least(found.released, 'major')} or later. {RULE}"
    )
    return 1


def release(project: Path, snapshot_only: bool = False) -> int:
    """Makes the present version the last release: the snapshot, and the section of CHANGELOG."""
    version = version_of(project) or ""
    text = (project / CHANGELOG).read_text(encoding="utf-8")
    if f"## [{version}]" in text:
        raise DocumentError(f"{CHANGELOG} has {version} already. Raise __version__ in {PACKAGE}.")
    if (project / FOLDER).is_dir():
        found = compared(project)
        if f"## [{found.released}]" in text and not is_enough(found.released, version, found.asked):
            raise DocumentError(
                f"what changed since {found.released} asks for a {found.asked} bump: for "
                f"{least(found.released, found.asked)} or later, and __version__ in {PACKAGE} is "
                f"{version}. {RULE}"
            )
    for line in _wrong(project, _own_examples(project)):
        raise DocumentError(
            f"{line}. Mend it first: the examples of a release are what it promises."
        )
    if not snapshot_only:
        text = _with_section(text, version)
    _write_snapshot(project, version)
    (project / CHANGELOG).write_text(text, encoding="utf-8")
    print(f"{FOLDER} is {version} now. Commit it" + ("." if snapshot_only else f" as v{version}."))
    return 0


def _with_section(text: str, version: str) -> str:
    """CHANGELOG with what is unreleased under the version."""
    _, found, rest = text.partition(UNRELEASED)
    if not found or not rest.partition("\n## ")[0].strip():
        raise DocumentError(f"{CHANGELOG} tells nothing under {UNRELEASED.strip()}.")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return text.replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {today}\n", 1)


def _write_snapshot(project: Path, version: str) -> None:
    document = Document(project / ROOT).bundle()
    stubs = public_api(project, document)
    folder = project / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "api").mkdir(parents=True)
    (folder / VERSION).write_text(f"{version}\n", encoding="utf-8")
    (folder / "openapi.json").write_text(dump(document), encoding="utf-8")
    for name, text in stubs.items():
        (folder / "api" / f"{name}.pyi").write_text(text, encoding="utf-8")
    files = _write_examples(project, folder / "examples")
    for line in _wrong(project, files):
        wrong = project / line.partition(":")[0]
        if wrong.is_file():
            print(f"left out, since it does not type-check by itself: {line}")
            wrong.unlink()


def _write_examples(project: Path, folder: Path) -> list[Path]:
    """Programs as users write them: `examples/`, and each block of code in README and the guide."""
    own = _own_examples(project)
    texts = {
        file.relative_to(project / "examples"): file.read_text(encoding="utf-8") for file in own
    }
    for pattern in PAGES:
        for page in sorted(project.glob(pattern)):
            name = re.sub(r"\W", "_", str(page.relative_to(project).with_suffix(""))).lower()
            for number, block in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1):
                texts[Path(f"{name}_{number}.py")] = block
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return [folder / path for path in texts]


def _own_examples(project: Path) -> list[Path]:
    files = sorted((project / "examples").rglob("*.py"))
    return [file for file in files if "tests" not in file.relative_to(project).parts]


def _read_stubs(project: Path) -> Stubs:
    files = sorted((project / FOLDER / "api").glob("*.pyi"))
    return {file.name.removesuffix(".pyi"): file.read_text(encoding="utf-8") for file in files}


def _wrong(project: Path, files: list[Path]) -> list[str]:
    """What mypy says of these files, with the project's configuration and cache."""
    if not files:
        return []
    names = [str(file.relative_to(project)) for file in files]
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *MYPY, *names],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode not in (0, 1):
        raise DocumentError(f"mypy: {ran.stderr or ran.stdout}")
    told = [line for line in ran.stdout.splitlines() if ": error: " in line]
    return [line for line in told if line.partition(":")[0] in names]
