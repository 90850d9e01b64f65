"""Prism between clients and the emulator: an independent reading of the document."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator

PRISM = "@stoplight/prism-cli@5.14.2"
DOCUMENT = Path(sk.__file__).parent / "generated" / "openapi.json"
START_SECONDS = 180  # npx may have to download it
VIOLATION = "stoplight.io/prism/errors"


@dataclass
class Proxied:
    """An emulator that is reached only through Prism, with the attributes that tests use."""

    emulator: Emulator
    url: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.emulator, name)

    @property
    def environment(self) -> sk.Environment:
        return sk.Environment(base_url=self.url, auth_domain=self.url, client_id="any")

    def client(self, **options: Any) -> sk.SpaceKnow:
        auth = sk.PasswordAuth(self.username, self.password)
        return sk.SpaceKnow(self.environment, auth=auth, _clock=self.clock, **options)


def prism(emulator: Emulator, folder: Path) -> Iterator[Proxied]:
    """Runs Prism in front of an emulator. With `--errors` it responds with 500 to any violation."""
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("npx is missing, which brings Prism; install Node.js to run this")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "prism.log"
    command = [npx, "--yes", PRISM, "proxy", str(DOCUMENT), emulator.url, "--errors"]
    with (
        log.open("w") as output,
        subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            until = time.monotonic() + START_SECONDS
            while "Prism is listening" not in log.read_text():
                if process.poll() is not None or time.monotonic() > until:
                    pytest.fail(f"Prism does not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
            yield Proxied(emulator, f"http://127.0.0.1:{port}")
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """npx and its child Prism, which are one process group."""
    import os
    import signal

    os.killpg(process.pid, signal.SIGTERM)
    process.wait(20)


@pytest.fixture(scope="session")
def emu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    with Emulator(seconds_per_pipeline=0) as emulator:
        yield from prism(emulator, tmp_path_factory.mktemp("prism"))
