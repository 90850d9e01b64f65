"""What test_new_api.py runs on shapes.yaml: the same by commands, as the emulator receives it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.generated.catalogue import OPERATIONS

PLACE = "POLYGON((153.1 -27.4, 153.11 -27.4, 153.11 -27.39, 153.1 -27.39, 153.1 -27.4))"
TENANT = ("--header", "X-Tenant=acme")


class Shell:
    """Runs commands in a folder, against an emulator."""

    def __init__(self, emu: Emulator, folder: Path) -> None:
        self.emu, self.folder = emu, folder
        self._environment = {
            "SPACEKNOW_ENVIRONMENT": "emulator",
            "SPACEKNOW_BASE_URL": emu.url,
            "SPACEKNOW_USERNAME": emu.username,
            "SPACEKNOW_PASSWORD": emu.password,
        }

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "spaceknow_client.cli", *arguments],
            cwd=self.folder,
            env=os.environ | self._environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def text(self, *arguments: str, stdin: str = "") -> str:
        """The output of a command that succeeds."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def api(self, *arguments: str, stdin: str = "") -> Any:
        """The answer to a call, as JSON; None if there is none."""
        return json.loads(self.text("api", *arguments, stdin=stdin) or "null")

    def refused(self, code: int, says: str, *arguments: str) -> None:
        """The command fails with this exit code, and says so."""
        done = self.run(*arguments)
        told = " ".join(done.stderr.split())
        assert (done.returncode, says in told) == (code, True), done.stderr

    def sent(self, operation: str) -> Any:
        """The last request of an operation."""
        return self.emu.calls(operation)[-1]


def parameters(shell: Shell) -> None:
    """Headers, and arrays and objects in each style."""
    query = {
        "kinds": "round,flat",
        "levels": "1|3",
        "words": "to go",
        "west": "1.5",
        "order": "a,1",
    }
    query |= {"filter[color]": "red", "days": "2018-01-02T23:00:00Z"}
    given = [part for pair in query.items() for part in ("--query", "=".join(pair))]
    parts = (*TENANT, "--header", "X-Marks=a,b", "--query", "ids=a", "--query", "ids=b&c", *given)
    assert shell.api("shapes.find", *parts) == {"shapes": ["example"]}
    call = shell.sent("shapes.find")
    assert call.query == {"ids": ["a", "b&c"], **query}
    assert call.headers == {"X-Tenant": "acme", "X-Marks": "a,b"}
    told = shell.text("api", "shapes.find", *parts[:8], "--query", "filter[color]=red", "--curl")
    assert "-H 'X-Tenant: acme'" in told
    assert "?ids=a&ids=b%26c&filter%5Bcolor%5D=red" in told
    for wrong, says in (
        (("--query", "ids=a"), "Header parameter X-Tenant is missing"),
        (
            (*TENANT, "--query", "ids=a", "--query", "kinds=square"),
            "Query parameter kinds.[]: enum",
        ),
        ((*TENANT, "--query", "ids=a", "--query", "levels=7"), "Query parameter levels.[]: enum"),
        ((*TENANT, "--query", "ids=a", "--query", "days=soon"), "Query parameter days.[]: value"),
    ):
        shell.refused(4, says, "api", "shapes.find", *wrong)
    for name in ("Authorization", "content-type"):
        says = f"the header {name} is written by the client itself"
        shell.refused(2, says, "api", "shapes.find", *TENANT, "--header", f"{name}=x")


def schemas(shell: Shell) -> None:
    """Times of RFC 3339, enumerations of integers and with null, and typed maps."""
    body = {"level": 1, "size": {"width": 1}, "mood": None, "counts": {"a": 0}}
    body["at"] = "2018-01-03T00:00:00+01:00"
    made = shell.api("shapes.create", *TENANT, "-d", json.dumps(body))
    assert (made["at"], made["mood"]) == ("2018-01-03T00:31:07.250000Z", None)
    assert made["history"] == {"made": "2018-01-01T00:00:00Z"}
    assert shell.sent("shapes.create").body == body
    for wrong, says in (
        ({"level": 4}, "Body.level: enum"),
        ({"mood": "sad"}, "Body.mood: enum"),
        ({"counts": {"a": -1}}, "Body.counts.a: value"),
        ({"at": "2018-01-03 00:00:00"}, "Body.at: value"),
    ):
        data = json.dumps(body | wrong)
        shell.refused(4, says, "api", "shapes.create", *TENANT, "-d", data)


def bodies(shell: Shell) -> None:
    """Forms, files and arrays."""
    form = '{"name": "a & b", "level": 2, "words": ["x", "y"], "password": "p"}'
    shell.api("shapes.submit", "-d", form)
    sent = json.loads(form) | {"password": "REDACTED"}
    assert shell.sent("shapes.submit").body == sent
    told = shell.text("api", "shapes.submit", "-d", form, "--curl")
    assert "-H 'Content-Type: application/x-www-form-urlencoded'" in told
    assert "--data-urlencode 'name=a & b'" in told
    assert "--data-urlencode words=x" in told
    assert "SPACEKNOW_PASSWORD" in told
    assert "password=p" not in told
    for wrong in ("[1]", "5", '"a"'):
        shell.refused(2, "a form must be an object", "api", "shapes.submit", "-d", wrong)
    (shell.folder / "a.bin").write_bytes(bytes(range(256)))
    named = ("shapes.upload", "--query", "name=a", "-d")
    shell.api(*named, "@a.bin")
    assert shell.sent("shapes.upload").body == bytes(range(256))
    for stdin in ("-", "@-"):
        shell.api(*named, stdin, stdin=f"from {stdin}")
        assert shell.sent("shapes.upload").body == f"from {stdin}".encode()
        assert "--data-binary @-" in shell.text("api", *named, stdin, "--curl", stdin="x")
    assert "--data-binary @a.bin" in shell.text("api", *named, "@a.bin", "--curl")
    shell.refused(2, "cannot read none.bin", "api", *named, "@none.bin")
    shell.api("shapes.show")
    assert shell.sent("shapes.show").body is None
    assert shell.api("shapes.order", "-d", '[{"id": "a"}]') == ["2018-01-03 00:31:07"]
    shell.refused(4, "expected array, received object", "api", "shapes.order", "-d", '{"a": 1}')
    shell.api("shapes.extend", "-d", "[1, 2]")
    assert shell.sent("shapes.extend").body == [1, 2]


def results(shell: Shell) -> None:
    """Results that are had by GET: step by step, by handle, by ID, and from a journal."""
    started = shell.api("shapes.render", "-d", '{"kind": "flat"}')["pipelineId"]
    kind = ("--header", "X-Kind=flat")
    own = shell.api("shapes.render.retrieve", "--path-param", f"render-id={started}", *kind)
    assert own == {"title": "example"}
    call = shell.sent("shapes.render.retrieve")
    assert (call.method, call.path) == ("GET", f"/shapes/render/{started}")
    assert call.headers == {"X-Kind": "flat"}
    by_id = ("pipeline", "wait", started, "--operation", "shapes.render")
    shell.refused(2, "requires values of the initial request", *by_id)
    journal = str(shell.folder / "runs.sqlite")
    client: Any
    with shell.emu.client(journal=journal) as client:
        handle = client.shapes.render("round").token()
    for command in ("wait", "result"):
        assert shell.text("pipeline", command, handle) == "title  example\n"
        call = shell.sent("shapes.render.retrieve")
        assert (call.path.rpartition("/")[2], call.headers["X-Kind"]) == (
            json.loads(handle)["pipelineId"],
            "round",
        )
    found = shell.text("pipeline", "list", "--journal", journal, "--ndjson")
    told = shell.text("pipeline", "wait", "-", "--json", stdin=found)
    assert json.loads(told) == {"title": "example"}


def listings(shell: Shell) -> None:
    """Cursors with other names, which nothing hides, whatever they are called."""
    first = shell.api("shapes.browse", "--query", "kind=a")
    cursor = first["next-token"]
    second = shell.api("shapes.browse", "--query", "kind=a", "--query", f"page-token={cursor}")
    assert (second["results"], "next-token" in second) == ([], False)
    assert shell.sent("shapes.browse").query == {"kind": "a", "page-token": cursor}
    shell.refused(4, "Query parameter kind: enum", "api", "shapes.browse", "--query", "kind=c")
    told = shell.text("api", "shapes.browse", "--query", f"page-token={cursor}", "--curl")
    assert cursor in told
    first = shell.api("shapes.enumerate", "-d", "{}")
    shell.api("shapes.enumerate", "-d", json.dumps({"after": first["after"]}))
    assert shell.sent("shapes.enumerate").body == {"after": first["after"]}
    started = shell.api("shapes.scan", "-d", '{"area": "x"}')["pipelineId"]
    page = shell.api("shapes.scan.retrieve", "--query", f"id={started}")
    cursor = page["nextPageToken"]
    body = json.dumps({"area": "x", "pageToken": cursor})
    last = shell.api("shapes.scan", "-d", body)["pipelineId"]
    assert shell.sent("shapes.scan.initiate").body["pageToken"] == cursor
    assert cursor in shell.text("api", "shapes.scan", "-d", body, "--curl")
    assert shell.api("shapes.scan.retrieve", "--query", f"id={last}") == {"found": []}
    wait = ("pipeline", "wait", "--operation", "shapes.scan")
    told = shell.text(*wait, started)
    assert [line.split() for line in told.splitlines()] == [
        ["id"],
        ["example"],
        ["next", "cursor", cursor],
    ]
    assert json.loads(shell.text(*wait, started, "--json")) == {
        "results": [{"id": "example"}],
        "cursor": cursor,
    }
    assert "pageToken" in OPERATIONS["shapes.scan.initiate"].cursors
    shown = {"found": [{"id": "a", "token": "t"}], "nextPageToken": ""}
    shell.emu.fault("shapes.scan.retrieve", Fault.json(shown))
    page = shell.api("shapes.scan.retrieve", "--query", f"id={started}")
    assert page["nextPageToken"] == ""
    assert page["found"][0]["token"].startswith("(hidden")


def options(shell: Shell) -> None:
    """A command offers what an operation of it takes in addition."""
    search: tuple[str, ...] = (
        "search",
        "--extent",
        PLACE,
        "--provider",
        "gbdx",
        "--dataset",
        "idaho-pansharpened",
    )
    search = (*search, "--limit", "1")
    given: tuple[str, ...] = (
        "--tenant",
        "acme",
        "--levels",
        "1",
        "--levels",
        "3",
        "--mood",
        "calm",
        "--rank",
        "2",
    )
    given = (*given, "--seen-before", "2018-03", "--shares", '{"a": 0.5}', "--marks", "a")
    shell.text(*search, *given)
    call = shell.sent("imagery.search.initiate")
    assert call.headers == {"X-Tenant": "acme", "X-Marks": "a"}
    known = {"levels": [1, 3], "mood": "calm", "rank": 2, "shares": {"a": 0.5}}
    known["seenBefore"] = "2018-03-01T00:00:00Z"
    assert {name: call.body[name] for name in known} == known
    shell.text(*search)
    call = shell.sent("imagery.search.initiate")
    assert (call.headers, known.keys() & call.body.keys()) == ({}, set())
    count = len(shell.emu.calls("imagery.search"))
    for wrong, says in (
        (("--levels", "4"), "Invalid value for '--levels': '4' is not one of '1', '2', '3'"),
        (("--mood", "sad"), "'sad' is not one of 'calm', 'wild'"),
        (("--seen-before", "spring"), "'spring' is not a time"),
        (("--shares", '{"a": 2}'), "a must be a number from 0 to 1"),
        (("--tenant", "much too long"), "must be a string of at most 9"),
        (("--marks", "a,b"), "cannot hold 'a,b'"),
    ):
        shell.refused(2, says, *search, *wrong)
    assert len(shell.emu.calls("imagery.search")) == count


def journal(emu: Emulator, folder: Path) -> None:
    """Calls that differ in a header are two jobs, and equal ones are one."""
    path = folder / "paid.sqlite"
    client: Any
    with emu.client(journal=path) as client:
        runs = [
            client.shapes.rent("round", tenant=tenant, reuse=True)
            for tenant in ("a", "b", "a", None, None)
        ]
        assert len({run.id for run in runs}) == 3
        assert [run.id for run in runs[2:4]] == [runs[0].id, runs[3].id]
        assert runs[4].id == runs[3].id
        for _ in range(2):
            emu.fault("shapes.rent.initiate", Fault.status(503, retry_after=0))
        for _ in range(2):  # the second is not sent: the outcome of an equal one is unknown
            try:
                client.shapes.rent("round", tenant="c")
            except sk.AmbiguousRequestError:
                continue
            raise AssertionError("a request of unknown outcome was sent again")
        assert emu.calls("shapes.rent.initiate")[-1].headers == {"X-Tenant": "c"}


def main() -> None:
    with (
        Emulator(seconds_per_pipeline=0, zero_next_try=True) as emu,
        tempfile.TemporaryDirectory() as folder,
    ):
        shell = Shell(emu, Path(folder))
        parameters(shell)
        schemas(shell)
        bodies(shell)
        results(shell)
        listings(shell)
        options(shell)
        journal(emu, Path(folder))
        assert [call for call in emu.calls() if call.status >= 500 and call.fault is None] == []


if __name__ == "__main__":
    main()
