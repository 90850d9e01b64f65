"""Journals for tests: entries without a client, and other processes that use a journal."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from spaceknow_client.generated.types import Request
from spaceknow_client.pipelines.handle import Started
from spaceknow_client.pipelines.journal.entry import Entry
from spaceknow_client.pipelines.journal.journal import Journal

HOST = "https://api.example.com"
START = "import sys, time, os\nfrom tests.pipelines.journals import *\n"


def request(number: int = 0, operation: str = "kraken.release.initiate", **members: Any) -> Request:
    """A request that starts a pipeline; another number is another request."""
    path = f"/{operation.replace('.', '/').replace('_', '-')}"
    body = {"mapType": "cars", "sceneIds": [f"scene-{number}"], **members}
    return Request(operation=operation, method="POST", path=path, json=body)


def entry(number: int = 0, **changes: Any) -> Entry:
    settings = {"host": HOST, "account": "me@example.com", "now": 1.7e9 + number, **changes}
    return Entry.of(settings.pop("request", request(number)), **settings)


def begun(journal: Journal, made: Entry, pipeline_id: str = "p1") -> Entry:
    """Writes an entry whose pipeline has started."""
    journal.intend(made)
    after = made.started(Started(pipeline_id=pipeline_id, sub_geometry_id=None), "r1")
    journal.started(after)
    return after


def apart(*namespaces: str) -> list[str]:
    """The command that runs another one in separate namespaces, as containers do."""
    command = ["unshare", "--map-root-user", "--fork", *namespaces]
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no namespaces here")
    return command


def process(code: str, *arguments: object, within: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Python in another process, with the content of this module."""
    return subprocess.Popen(
        [*within, sys.executable, "-c", START + code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def ran(code: str, *arguments: object, within: Sequence[str] = ()) -> str:
    """The output of a process that has ended without an error."""
    with process(code, *arguments, within=within) as running:
        out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, "")
    return out


def line(running: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert running.stdout is not None
    told = running.stdout.readline()
    assert told, running.stderr and running.stderr.read()
    return told.strip()


def go(running: subprocess.Popen[str]) -> None:
    """Lets a process continue that waits for a line."""
    assert running.stdin is not None
    running.stdin.write("\n")
    running.stdin.flush()
