"""The command `spaceknow emulator`."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from spaceknow_client.cli.start import main
from spaceknow_client.emulator import Emulator

from .conftest import SEARCH

SCRIPT = "import sys; from spaceknow_client.cli.start import main; sys.exit(main())"
COMMANDS = [
    [sys.executable, "-c", SCRIPT, "emulator"],
    [sys.executable, "-m", "spaceknow_client.emulator"],
]


@contextmanager
def running(command: list[str], *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        with process:
            yield process
    finally:
        process.kill()


@pytest.mark.parametrize(
    ("command", "ending", "expected"),
    [(COMMANDS[0], signal.SIGTERM, 0), (COMMANDS[1], signal.SIGINT, 130)],
)
def test_it_prints_serves_and_ends(command: list[str], ending: int, expected: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = 0 if ending == signal.SIGINT else probe.getsockname()[1]
    options = [
        "--port",
        str(port),
        "--seconds-per-pipeline",
        "0.25",
        "--page-size",
        "3",
        "--seed",
        "4",
        "--now",
        "2018-12-31",
        "--tile-pixels",
        "512",
        "--zero-next-try",
    ]
    with running(command, *options) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline().rstrip("\n") for _ in range(3)]
        assert lines[0] == "username: demo@example.com"
        assert lines[1].startswith("password: ")
        password = lines[1].removeprefix("password: ")
        assert password.isalnum()
        assert lines[2].startswith(f"http://127.0.0.1:{port or ''}")
        # It prints before it listens, so the first attempts may be refused.
        transport = httpx.HTTPTransport(retries=5)
        with httpx.Client(base_url=lines[2], transport=transport) as http:
            body = {
                "client_id": "x",
                "username": "demo@example.com",
                "password": password,
                "connection": "x",
                "grant_type": "password",
                "scope": "openid",
            }
            login = http.post("/oauth/ro", json=body)
            assert login.status_code == 200
            headers = {"authorization": f"Bearer {login.json()['id_token']}"}
            started = http.post("/imagery/search/initiate", json=SEARCH, headers=headers).json()
            assert started["nextTry"] == 0
            time.sleep(0.3)
            name = {"pipelineId": started["pipelineId"]}
            page = http.post("/imagery/search/retrieve", json=name, headers=headers).json()
            assert page["results"][0]["datetime"].startswith("2018-12")
        process.send_signal(ending)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (expected, "", "")


def test_a_taken_port_is_one_clear_line(emu: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    port = httpx.URL(emu.url).port
    assert main(["emulator", "--port", str(port)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"spaceknow: cannot use port {port}: Address already in use\n"


@pytest.mark.parametrize(
    "options", [["--port", "70000"], ["--page-size", "0"], ["--seconds-per-pipeline", "-1"]]
)
def test_impossible_options(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulator", "--port", "0", *options]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("spaceknow: ")
    assert err.count("\n") == 1


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "spaceknow_client.emulator.emulator", raising=False)
    monkeypatch.delitem(sys.modules, "spaceknow_client.emulator.server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main(["emulator"]) == 1
    assert "pip install 'spaceknow-client[emulator]'" in capsys.readouterr().err


def test_help_needs_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from spaceknow_client.cli.start import main\n"
        "main(['emulator', '--help'])\n"
        "heavy = {'numpy', 'jsonschema_rs', 'uvicorn', 'starlette', 'shapely', 'httpx', 'jwt'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "--seconds-per-pipeline" in done.stdout
    assert done.stdout.rstrip().endswith("[]")


def test_without_a_command_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "COMMAND" in capsys.readouterr().err
