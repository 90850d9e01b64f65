"""Reads the history of the project; neither work tree nor index are touched."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from .document.document import DocumentError


def git(project: Path, *arguments: str) -> str:
    """What git prints. Raises DocumentError with what it says where it fails."""
    return _git(project, *arguments).decode().strip()


def check_out(revision: str, project: Path, folder: Path) -> None:
    """Writes the project as it is in a revision. Raises DocumentError if there is none."""
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
