"""Reads the history of the project, without changing the working tree or the index."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from .document.document import DocumentError


def git(project: Path, *arguments: str) -> str:
    """The output of git. Raises DocumentError with its error message if it fails."""
    return _git(project, *arguments).decode().strip()


def check_out(revision: str, project: Path, folder: Path) -> None:
    """Writes the project as of a revision. Raises DocumentError for an unknown one."""
    commit = git(project, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    with tarfile.open(fileobj=io.BytesIO(_git(project, "archive", commit))) as archive:
        archive.extractall(folder, filter="data")


def _git(project: Path, *arguments: str) -> bytes:
    try:
        ran = subprocess.run(
            ["git", *arguments],  # noqa: S607  # git of the PATH, as everywhere
            cwd=project,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise DocumentError("git is not installed.") from error
    if ran.returncode:
        raise DocumentError(f"git {arguments[0]} failed: {ran.stderr.decode().strip()}")
    return ran.stdout
