"""Messages and exit codes of a command when something fails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import spaceknow_client as sk
from spaceknow_client.cli.exit_codes import MEANINGS
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.resources.kraken import Kraken
from tests.cli.shell import Shell, run
from tests.cli.terminal import COMMAND
from tests.places import TOKYO

RELEASE = 'spaceknow release cars --scene "$SCENE" --extent place.geojson'


def _tokyo(emulator: Emulator) -> None:
    Path("tokyo.geojson").write_text(json.dumps(TOKYO.to_geojson()), encoding="utf-8")


def _fails(emulator: Emulator) -> None:
    emulator.fail("kraken.release", code="VERSION-MISMATCH")


def _away(emulator: Emulator) -> None:
    emulator.fault("user.info", Fault.status(503, retry_after=60))


def _nothing(emulator: Emulator) -> None: ...


CASES: list[tuple[str, int, str, Callable[[Emulator], None]]] = [
    ("spaceknow user info", 0, "", _nothing),
    ("spaceknow user info --nothing", 2, "NoSuchOption", _nothing),
    ("spaceknow search --extent place.geojson", 2, "MissingParameter", _nothing),
    ("spaceknow release cars --scene x --extent map.json", 2, "BadParameter", _nothing),
    ("spaceknow release cars --scene - --extent -", 2, "BadParameter", _nothing),
    ("spaceknow pipeline wait nonsense", 2, "InvalidArgumentError", _nothing),
    ("spaceknow user info --timeout soon", 2, "BadParameter", _nothing),
    (
        "spaceknow --base-url http://127.0.0.1:9 user info --deadline 0.2s",
        1,
        "ConnectError",
        _nothing,
    ),
    ("spaceknow --environment nowhere user info", 1, "ConfigError", _nothing),
    ("spaceknow --profile nobody user info", 1, "ConfigError", _nothing),
    (
        'spaceknow release cars --scene "$SCENE" --extent tokyo.geojson',
        4,
        "NotEnoughCreditsError",
        _tokyo,
    ),
    ("spaceknow permissions check admin.credits", 4, "PermissionDeniedError", _nothing),
    (RELEASE, 5, "VersionMismatchError", _fails),
    ("spaceknow user info --deadline 1s", 4, "APIError", _away),
]


@pytest.mark.parametrize(("line", "code", "kind", "prepare"), CASES, ids=[c[0] for c in CASES])
def test_exit_codes_and_errors_as_json(
    line: str,
    code: int,
    kind: str,
    prepare: Callable[[Emulator], None],
    shell: Shell,
    served: Emulator,
) -> None:
    prepare(served)
    ran = shell.run(line)
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err
    assert (ran.err == "") == (ran.out != "") == (code == 0)
    if not code:
        return
    assert ran.err.startswith("spaceknow: ")
    prepare(served)
    told = json.loads(shell.run(f"{line} --json").err)
    assert (told["type"], told["exitCode"]) == (kind, code)
    assert told["errorMessage"]
    assert str(code) in dict(MEANINGS)


def test_an_error_of_the_api_tells_what_to_do(shell: Shell, served: Emulator) -> None:
    _tokyo(served)
    line = 'spaceknow release cars --scene "$SCENE" --extent tokyo.geojson'
    told = json.loads(shell.run(f"{line} --ndjson").err)
    assert told["error"] == "NOT-ENOUGH-CREDITS"
    assert told["operation"] == "kraken.release.initiate"
    assert (told["status"], len(told["requestId"])) == (402, 10)
    words = " ".join(shell.run(line).err.split())
    for name in ("NOT-ENOUGH-CREDITS", "kraken.release.initiate", "request id", told["hint"]):
        assert name in words


def test_a_wrong_password_is_a_matter_of_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACEKNOW_PASSWORD", "not the password")
    ran = run("user", "info")
    assert ran.code == 3
    assert "not the password" not in ran.err
    monkeypatch.delenv("SPACEKNOW_PASSWORD")
    monkeypatch.delenv("SPACEKNOW_USERNAME")
    ran = run("user", "info")
    assert (ran.code, "spaceknow auth login" in ran.err) == (3, True)


def test_a_deadline_can_be_gone_on_with(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator(seconds_per_pipeline=60) as slow:
        monkeypatch.setenv("SPACEKNOW_BASE_URL", slow.url)
        ran = shell.run(f"{RELEASE} --deadline 3s --json")
        told = json.loads(ran.err)
        (token,) = told["handles"]
        assert (ran.code, told["pipelineId"]) == (6, json.loads(token)["pipelineId"])
        early = run("pipeline", "result", token)
        assert early.code == 6
        assert token in early.err
        slow.clock.advance(60)
        assert json.loads(run("pipeline", "result", token, "--json").out)["mapType"] == "cars"
        assert len(slow.calls("kraken.release.initiate")) == 1


def test_a_failed_pipeline_of_many_stops_nothing(shell: Shell, served: Emulator) -> None:
    served.fail("kraken.release", code="VERSION-MISMATCH")
    line = "spaceknow release cars --scene @scenes.ndjson --per-scene --extent place.geojson"
    ran = shell.run(f"{line} --concurrency 1 --ndjson")
    assert ran.code == 5
    (made,) = ran.out.splitlines()
    told = json.loads(ran.err)
    scenes = [
        json.loads(text)["sceneId"] for text in Path("scenes.ndjson").read_text().splitlines()
    ]
    assert told["sceneIds"] + json.loads(made)["sceneIds"] == scenes
    assert "handles" not in told  # it failed, so there is nothing to wait for


def test_a_limit_of_credits_begins_nothing(shell: Shell, served: Emulator) -> None:
    before = len(served.calls("kraken.release.initiate"))
    _tokyo(served)
    search = "spaceknow search --extent tokyo.geojson --provider gbdx --limit 1 --ndjson"
    assert shell.run(f"{search} --dataset idaho-pansharpened > tokyo.ndjson").code == 0
    line = "spaceknow release cars --scene @tokyo.ndjson --extent tokyo.geojson --max-credits 0"
    told = json.loads(shell.run(f"{line} --json").err)
    assert told["type"] == "CreditLimitError"
    assert len(served.calls("kraken.release.initiate")) == before


def test_an_unknown_fate_is_told(shell: Shell, served: Emulator) -> None:
    served.fault("kraken.release.initiate", Fault.drop(after="effect"))
    ran = shell.run(RELEASE)
    assert ran.code == 1
    assert "spaceknow credits remaining" in " ".join(ran.err.split())


def test_a_bug_is_told_without_a_traceback_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise TypeError("this is broken")

    monkeypatch.setattr(sk.SpaceKnow, "__enter__", broken)
    ran = run("user", "info")
    assert (ran.code, "this is broken" in ran.err, "Traceback" in ran.err) == (1, True, False)
    assert "Traceback" in run("user", "info", "-vv").err


def test_v_tells_of_requests(shell: Shell) -> None:
    assert "user.info: HTTP 200" in run("-v", "user", "info").err
    assert (
        "user.info: HTTP 200"
        in json.loads(run("user", "info", "--json", "-v").err.splitlines()[-1])["info"]
    )
    assert run("user", "info").err == ""


def test_a_reader_that_is_gone_is_no_error(shell: Shell) -> None:
    process = subprocess.Popen(
        [*COMMAND, "errors", "--ndjson"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(20) == 141
    process.stderr.close()


def test_a_token_that_nobody_could_read_is_told(shell: Shell) -> None:
    script = "import sys; from spaceknow_client.cli.start import main; sys.exit(main(sys.argv[1:]))"
    arguments = ["release", "cars", "--scene", shell.variables["SCENE"], "--detach"]
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments, "--extent", "place.geojson"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert '"operation": "kraken.release"' in process.stderr.read()
    assert process.wait(20) == 141
    process.stderr.close()


def test_whoever_interrupts_what_may_cost_is_told_so(
    shell: Shell, served: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Kraken, "release", interrupted)
    ran = shell.run(RELEASE)
    assert ran.code == 130
    assert "kraken.release was being sent. It may have taken effect." in " ".join(ran.err.split())


def test_sigterm_tells_what_goes_on(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator(seconds_per_pipeline=1000) as slow:
        monkeypatch.setenv("SPACEKNOW_BASE_URL", slow.url)
        arguments = ["release", "cars", "--scene", "@scenes.ndjson", "--per-scene", "--json"]
        process = subprocess.Popen(
            [*COMMAND, *arguments, "--extent", "place.geojson"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while len(slow.calls("kraken.release.initiate")) < 2:
            assert process.poll() is None
        process.terminate()
        out, err = process.communicate(timeout=20)
        told = json.loads(err)
        assert (process.returncode, out) == (143, "[]\n")
        ids = {json.loads(token)["pipelineId"] for token in told["handles"]}
        assert len(ids) == len(slow.calls("kraken.release.initiate")) == 2
