"""No cassette contains a secret."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from spaceknow_client.emulator.accounts.users import PASSWORD, USERNAME
from spaceknow_client.generated.catalogue import SCHEMES, Scheme
from tests.recorded.conftest import CASSETTES
from tests.recorded.scrub import (
    REDACTED,
    SECRET,
    SECRET_HEADERS,
    scrubbed_request,
    scrubbed_response,
)

ALL = sorted(Path(__file__).parents[1].rglob("cassettes/*.yaml"))

# A JWT, a bearer, anything that looks like a key.
TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}|[Bb]earer\s+(?!REDACTED)\S{8,}|AKIA[A-Z0-9]{16}")


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """All members of JSON, at any depth, and of JSON in its strings."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield name, item
            yield from members(item)
    elif isinstance(value, list):
        for item in value:
            yield from members(item)
    elif isinstance(value, str | bytes):
        try:
            inner = json.loads(value)
        except (ValueError, UnicodeDecodeError):
            return
        if isinstance(inner, dict | list):
            yield from members(inner)


def problems(text: str) -> list[str]:
    """The secrets in the text of a cassette."""
    found = [match.group()[:20] for match in TOKEN.finditer(text)]
    # Binary bodies are written as base64.
    for block in re.findall(r"!!binary \|\n((?:\s+[A-Za-z0-9+/=]+\n)+)", text):
        inner = base64.b64decode("".join(block.split())).decode("latin-1")
        found += [match.group()[:20] for match in TOKEN.finditer(inner)]
    found += [secret for secret in (PASSWORD, USERNAME) if secret in text]
    for name, value in members(yaml.safe_load(text)):
        hidden = name.lower() in SECRET_HEADERS or name in SECRET
        if hidden and value not in (REDACTED, [REDACTED]) and value is not None:
            found.append(f"{name}: {value}"[:40])
    return found


def test_they_are_where_they_are_looked_for() -> None:
    assert len(ALL) >= 8
    assert {path.parent for path in ALL} == {CASSETTES}


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_no_cassette_holds_a_secret(path: Path) -> None:
    assert problems(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        'body: \'{"a":{"password":"hidden"}}\'',
        "headers:\n  Authorization:\n  - Bearer x",
        "headers:\n  set-cookie:\n  - session=5",
        "string: eyJhbGciOiJIUzI1NiJ9.e30.x",
        f"string: {PASSWORD}",
        'string: \'{"results":[{"id_token":"x"}]}\'',
        "string: !!binary |\n  " + base64.b64encode(b"\x89 eyJhbGciOiJIUzI1NiJ9").decode() + "\n",
    ],
)
def test_a_secret_would_be_found(text: str) -> None:
    assert problems(text) != []


def test_scrubbing_takes_them_out() -> None:
    body = {"username": "me", "password": "hidden", "list": [{"token": "t", "mapId": "m"}], "n": 5}
    request = SimpleNamespace(
        uri="https://api.spaceknow.com/kraken/grid/secret-map/-/1/2/3/cars.png?x=1",
        body=json.dumps(body),
        headers={"Authorization": "Bearer x", "Cookie": "c", "X-Other": "dropped"},
    )
    scrubbed_request(request)
    assert request.uri == "https://api.spaceknow.com/kraken/grid/REDACTED/-/1/2/3/cars.png?x=1"
    assert request.headers == {"authorization": REDACTED, "cookie": REDACTED}
    assert json.loads(request.body)["n"] == 5
    response = scrubbed_response(
        {
            "status": {"code": 200, "message": "OK"},
            "headers": {"Set-Cookie": ["a=b"], "Date": ["today"], "Content-Type": ["x"]},
            "body": {"string": json.dumps(body).encode()},
        }
    )
    assert response["headers"] == {"set-cookie": [REDACTED], "content-type": ["x"]}
    text = yaml.safe_dump([vars(request), response])
    assert not {"hidden", "secret-map", "me"} & set(re.findall(r"[\w-]+", text))
    unreadable = scrubbed_response(
        {"status": {"code": 200}, "headers": {}, "body": {"string": b"\x89PNG\xff"}}
    )
    assert unreadable["body"]["string"] == b"\x89PNG\xff"


def test_a_key_in_a_query_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEMES, "apiKey", Scheme(kind="key", place="query", name="k"))
    made = SimpleNamespace(uri="https://a.example/b?k=kooka%26burra&n=1", body=None, headers={})
    assert scrubbed_request(made).uri == f"https://a.example/b?k={REDACTED}&n=1"
