"""No frame shows a secret: neither those of an error nor those of a dump of all stacks.

Error trackers, rich and `pytest -l` record the local variables of every frame, by their repr.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.auth.token import Token
from spaceknow_client.emulator import Fault
from spaceknow_client.generated.models import AuthorizeRequest
from spaceknow_client.runtime.secret import Secret, SecretBytes, hidden
from spaceknow_client.transport.file_link import fetch_link
from spaceknow_client.transport.file_link_async import async_fetch_link
from tests.conftest import Both, on_every_kind
from tests.faults.frames import frames_of, shown_by, stacks
from tests.faults.proxy import Proxy
from tests.faults.wire import GOOD, WELL, Behavior, WireServer
from tests.places import CAR_PARK

PASSWORD = "wallaby-in-the-high-grass-of-the-north"
TOKEN = "aaaaaaaabbbbbbbb.ccccccccccccccccdddddddd.eeeeeeeeeeeeeeeeffffffffffffffff"
SECRETS = (PASSWORD, TOKEN, *TOKEN.split("."))
ME = "me@example.com"
OTHER = "wombat-under-the-old-railway-bridge"  # a secret of other code


def login(**changes: Any) -> Fault:
    return Fault.json({**GOOD["/oauth/ro"], **changes}, times=None)


def password() -> sk.PasswordAuth:
    return sk.PasswordAuth(ME, PASSWORD)


def broken() -> str:
    raise ValueError(PASSWORD)


def as_bytes() -> Any:
    return PASSWORD.encode()


def remaining(client: Any) -> Any:
    return client.credits.remaining()


def release(client: Any) -> Any:
    return client.kraken.release("cars", scene_ids=["s"], extent=CAR_PARK)


def too_large(client: Any) -> Any:
    return client.user.create_guardian_user(email="a" * 70_000, password=PASSWORD, name="N")


def guardian(client: Any) -> Any:
    return client.user.create_guardian_user(email="n@example.com", password=PASSWORD, name="N")


def guardian_in_bytes(client: Any) -> Any:
    wrong: Any = PASSWORD.encode()
    return client.user.create_guardian_user(email="n@example.com", password=wrong, name="N")


def unwritable(client: Any) -> Any:
    wrong: Any = {"token": TOKEN, "more": object()}
    return client.raw.user.authorize(body=AuthorizeRequest.from_dict(wrong))


def authorize(client: Any) -> Any:
    return client.raw.user.authorize(body=AuthorizeRequest(token=TOKEN))


def link(client: Any) -> Any:
    fetch = async_fetch_link if isinstance(client, sk.AsyncSpaceKnow) else fetch_link
    return fetch(client._transport, f"ftp://me:{PASSWORD}@x.org/{TOKEN}", "a link")


Failure = tuple[Callable[[], Any], Callable[[Any], Any], list[Behavior]]


def told(secret: str, status: int = 400) -> Fault:
    """A server that returns its input."""
    body = {"errorMessage": secret, "error": secret, "error_description": secret}
    return Fault.json(body, status=status, times=None)


BAD_TOKEN = Fault.status(401, code="INVALID-JWT", message=TOKEN, times=None)

FAILURES: dict[str, Failure] = {
    "the login is refused": (password, remaining, [told(PASSWORD, 403)]),
    "the login fails": (password, remaining, [told(PASSWORD, 500)]),
    "the login answers a page": (password, remaining, [Fault.html(200)]),
    "the login answers 400 with a page": (password, remaining, [Fault.html(400)]),
    "the login answers another shape": (password, remaining, [login(id_token=[TOKEN])]),
    "the login answers half": (password, remaining, [login(id_token=TOKEN, token_type=5)]),
    "the login answers cut JSON": (password, remaining, [Fault.body(TOKEN.encode(), times=None)]),
    "the login's token cannot be sent": (password, remaining, [login(id_token=f"{TOKEN} ")]),
    "the login is dropped": (password, remaining, [Fault.drop()]),
    "the login is silent": (password, remaining, [Fault.silence(60)]),
    "the login drips": (password, remaining, [Fault.drip(0.2)]),
    "no login service": (password, remaining, []),
    "the token of a login is refused": (password, remaining, [login(id_token=TOKEN), BAD_TOKEN]),
    "the function fails": (lambda: sk.PasswordAuth(ME, broken), remaining, [WELL]),
    "the function gives bytes": (lambda: sk.PasswordAuth(ME, as_bytes), remaining, [WELL]),
    "the token is refused": (lambda: sk.TokenAuth(TOKEN), remaining, [BAD_TOKEN]),
    "the token is told back": (lambda: sk.TokenAuth(TOKEN), remaining, [told(TOKEN)]),
    "an outage": (lambda: sk.TokenAuth(TOKEN), remaining, [told(TOKEN, 503)]),
    "a page": (lambda: sk.TokenAuth(TOKEN), remaining, [Fault.html(200)]),
    "a bomb": (lambda: sk.TokenAuth(TOKEN), remaining, [Fault.gzip_bomb(300 * 2**20)]),
    "dropped": (lambda: sk.TokenAuth(TOKEN), release, [Fault.drop()]),
    "silent": (lambda: sk.TokenAuth(TOKEN), release, [Fault.silence(60)]),
    "no server": (lambda: sk.TokenAuth(TOKEN), release, []),
    "too large a request": (lambda: sk.TokenAuth(TOKEN), too_large, [WELL]),
    "a request that JSON cannot hold": (lambda: sk.TokenAuth(TOKEN), unwritable, [WELL]),
    "a new password is refused": (lambda: sk.TokenAuth(TOKEN), guardian, [told(PASSWORD)]),
    "a new password in bytes": (lambda: sk.TokenAuth(TOKEN), guardian_in_bytes, [WELL]),
    "a new password is lost": (lambda: sk.TokenAuth(TOKEN), guardian, [Fault.drop()]),
    "another's token is refused": (lambda: sk.TokenAuth("a-token"), authorize, [BAD_TOKEN]),
    "another's token is lost": (lambda: sk.TokenAuth("a-token"), authorize, [Fault.reset()]),
    "a link is unusable": (lambda: sk.TokenAuth("a-token"), link, [WELL]),
}


async def fails(both: Both, server: WireServer, auth: Any, call: Callable[[Any], Any]) -> Any:
    client = both.connect(
        server.environment, auth=auth, retry=sk.RetryPolicy.none(), timeout=0.3, deadline=5
    )
    try:
        await both.settle(call(client))
    except sk.SpaceKnowError as error:
        return error
    finally:
        await both.aclose()
    pytest.fail("it did not fail")


@on_every_kind
@pytest.mark.parametrize("name", FAILURES)
async def test_no_frame_of_an_error_shows_a_secret(both: Both, name: str) -> None:
    auth, call, behaviors = FAILURES[name]
    with WireServer(behaviors) as server:
        error = await fails(both, server, auth(), call)
    frames = frames_of(error)
    assert frames
    assert [*shown_by(frames, SECRETS)] == []


class FakeKeyring(ModuleType):
    """A backend that fails, with the secret in its frames and its text."""

    def get_password(self, service: str, name: str) -> str:
        kept = PASSWORD
        raise RuntimeError(kept)

    def set_password(self, service: str, name: str, secret: str) -> None:
        raise RuntimeError(secret)


def stored(folder: Path, content: str, mode: int = 0o600) -> sk.FileTokenStore:
    path = folder / "tokens.json"
    path.write_text(content)
    path.chmod(mode)
    return sk.FileTokenStore(path)


def plain_token(value: object = TOKEN, ends: object = 2e9) -> str:
    tokens = {"x": {"token": value, "expires_at": ends, "margin": 300}}
    return json.dumps({"format": 1, "tokens": tokens})


STORES: dict[str, Callable[[Path], Any]] = {
    "of a newer release": lambda folder: stored(folder, plain_token().replace("1", "2", 1)),
    "of others": lambda folder: stored(folder, json.dumps([TOKEN])),
    "cut": lambda folder: stored(folder, plain_token()[:-9]),
    "deep": lambda folder: stored(folder, json.dumps(TOKEN)[:-1] + '": ' + "[" * 100_000),
    "deep in the token": lambda folder: stored(
        folder, '{"format": 1, "tokens": {"' + TOKEN + '": ' + "[" * 100_000
    ),
    "without a time": lambda folder: stored(folder, plain_token(ends="soon")),
    "with a time that never comes": lambda folder: stored(folder, plain_token(ends=float("nan"))),
    "with a huge time": lambda folder: stored(folder, plain_token(ends=10**400)),
    "with a longer number": lambda folder: stored(
        folder, plain_token().replace("2000000000.0", "9" * 5000)
    ),
    "open to others": lambda folder: stored(folder, plain_token(), 0o644),
    "in a file": lambda folder: sk.FileTokenStore(stored(folder, plain_token()).path / "x"),
}


@pytest.mark.parametrize("name", STORES)
async def test_no_frame_of_a_token_store_shows_a_token(
    both: Both, name: str, tmp_path: Path
) -> None:
    auth = sk.PasswordAuth(ME, PASSWORD, STORES[name](tmp_path))
    with WireServer([WELL]) as server:
        error = await fails(both, server, auth, remaining)
        assert isinstance(error, sk.ConfigError)
        assert server.requests == []
    assert [*shown_by(frames_of(error), SECRETS)] == []


async def test_no_frame_of_the_keyring_shows_a_secret(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", FakeKeyring("keyring"))
    store = sk.KeyringTokenStore()
    with pytest.raises(sk.ConfigError) as caught:
        store.save("x", Token(TOKEN, 2e9))
    assert [*shown_by(frames_of(caught.value), SECRETS)] == []
    for auth in (sk.PasswordAuth.from_keyring(ME), sk.PasswordAuth(ME, PASSWORD, store)):
        with WireServer([WELL]) as server:
            error = await fails(both, server, auth, remaining)
        assert isinstance(error, sk.ConfigError)
        assert [*shown_by(frames_of(error), SECRETS)] == []


def test_no_frame_of_a_refused_argument_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: list[Callable[[], Any]] = [
        lambda: sk.TokenAuth(f"{TOKEN} {TOKEN}"),
        lambda: sk.TokenAuth(f"{TOKEN}ö"),
        lambda: sk.PasswordAuth("", PASSWORD),
        lambda: sk.Environment(base_url=f"https://me:{PASSWORD}@x", auth_domain="x", client_id="x"),
        lambda: sk.Environment(base_url="https://x", auth_domain=f"me:{PASSWORD}@x", client_id="x"),
        lambda: sk.Environment(base_url=f"http://x/{PASSWORD}@", auth_domain="x", client_id=""),
        sk.SpaceKnow,
        sk.AsyncSpaceKnow,
    ]
    for made in wrong[:-2]:
        with pytest.raises(sk.ConfigError) as caught:
            made()
        assert [*shown_by(frames_of(caught.value), SECRETS)] == []
    monkeypatch.setenv("SPACEKNOW_PASSWORD", PASSWORD)
    for name, value in (
        ("SPACEKNOW_ENVIRONMENT", "nowhere"),
        ("SPACEKNOW_BASE_URL", f"https://me:{OTHER}@x"),
        ("SPACEKNOW_TOKEN", f"{TOKEN} {TOKEN}"),
    ):
        monkeypatch.setenv(name, value)
        for made in wrong[-2:]:
            with pytest.raises(sk.ConfigError) as caught:
                made()
            assert [*shown_by(frames_of(caught.value), (*SECRETS, OTHER))] == []


@on_every_kind
@pytest.mark.parametrize("address", ["ftp://me:{}@x", "http://me:{}@:x", "http://me:{}@x:y"])
def test_no_frame_of_a_proxy_setting_shows_its_password(
    both: Both, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address.format(PASSWORD))
    with pytest.raises(sk.ConfigError) as caught:
        both.connect(sk.Environment.PRODUCTION, auth=sk.TokenAuth(TOKEN))
    assert [*shown_by(frames_of(caught.value), SECRETS)] == []


@on_every_kind
async def test_no_frame_shows_the_password_of_a_proxy_that_refuses(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(0) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", f"://me:{PASSWORD}@"))
        client = both.connect(
            sk.Environment.PRODUCTION, auth=sk.TokenAuth(TOKEN), retry=sk.RetryPolicy.none()
        )
        with pytest.raises(sk.ConnectError) as caught:
            await both.settle(release(client))
    assert [*shown_by(frames_of(caught.value), SECRETS)] == []


class Watcher:
    """A token store that inspects all stacks whenever it is used."""

    def __init__(self) -> None:
        self.frames: list[FrameType] = []
        self.found: list[str] = []
        self._token: Token | None = None

    def look(self, *_: object) -> None:
        frames = stacks()
        self.frames += frames
        self.found += shown_by(frames, SECRETS)

    def load(self, key: str) -> Token | None:
        self.look()
        return self._token

    def save(self, key: str, token: Token) -> None:
        self._token = token
        self.look()

    def password(self) -> str:
        self.look()
        return PASSWORD


async def read_by(server: WireServer) -> None:
    """Waits until the server has read a request."""
    for _ in range(500):
        if server.requests:
            return
        await asyncio.sleep(0.01)


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    made = Watcher()
    yield made
    assert made.frames  # it has seen some
    assert made.found == []


@on_every_kind
async def test_no_stack_shows_a_secret_where_others_are_called(
    both: Both, watcher: Watcher
) -> None:
    hooks = sk.Hooks(on_request=watcher.look, on_retry=watcher.look)
    auth = sk.PasswordAuth(ME, watcher.password, watcher)
    with WireServer([login(id_token=TOKEN), Fault.status(503), BAD_TOKEN]) as server:
        client = both.connect(
            server.environment, auth=auth, hooks=hooks, retry=sk.RetryPolicy(backoff=0)
        )
        for call in (remaining, guardian, authorize):
            with pytest.raises(sk.SpaceKnowError):
                await both.settle(call(client))


async def look_during(
    both: Both, watcher: Watcher, server: WireServer, call: Callable[[Any], Any], client: Any
) -> None:
    """Inspects all stacks while a call, which fails, waits for its response."""

    async def ask() -> None:
        with pytest.raises(sk.SpaceKnowError):
            await both.settle(
                await asyncio.to_thread(call, client) if both.is_sync else call(client)
            )

    asked = asyncio.create_task(ask())
    await read_by(server)
    watcher.look()
    await asked


@on_every_kind
@pytest.mark.parametrize("call", [remaining, guardian, authorize])
async def test_no_stack_shows_a_secret_while_a_server_is_silent(
    both: Both, watcher: Watcher, call: Callable[[Any], Any]
) -> None:
    auth = password() if call is remaining else sk.TokenAuth(TOKEN)
    with WireServer([Fault.silence(60)]) as server:
        client = both.connect(server.environment, auth=auth, timeout=1, retry=sk.RetryPolicy.none())
        await look_during(both, watcher, server, call, client)


@on_every_kind
async def test_no_stack_shows_the_password_of_a_proxy_that_is_silent(
    both: Both, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer([Fault.silence(60)]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", f"://me:{PASSWORD}@"))
        client = both.connect(
            sk.Environment.PRODUCTION,
            auth=sk.TokenAuth(TOKEN),
            timeout=1,
            retry=sk.RetryPolicy.none(),
        )
        await look_during(both, watcher, proxy, release, client)


def test_the_walk_sees_what_a_frame_shows() -> None:
    def fails_with(secret: str) -> None:
        raise ValueError

    def group(kind: str) -> None:
        try:
            fails_with(PASSWORD)
        except ValueError as error:
            if kind == "group":
                raise ExceptionGroup("several", [error]) from None
            if kind == "cause":
                raise KeyError from error
            raise LookupError from None

    for kind in ("group", "cause", "context"):
        with pytest.raises((ExceptionGroup, LookupError)) as caught:
            group(kind)
        (found,) = shown_by(frames_of(caught.value, but="none"), SECRETS)
        assert found.endswith("fails_with: secret")


def test_what_is_hidden_is_the_same_text() -> None:
    assert (hidden(PASSWORD), hidden(b"x"), hidden(5)) == (PASSWORD, b"x", 5)
    assert str(hidden(PASSWORD)) == PASSWORD
    assert f"{hidden(PASSWORD)}" == PASSWORD
    assert json.loads(json.dumps({"a": hidden(PASSWORD)})) == {"a": PASSWORD}
    for secret in (Secret(PASSWORD), SecretBytes(PASSWORD.encode())):
        for shown in (repr(secret), repr([secret]), f"{secret!r}", f"{secret[:20]!r}"):
            assert PASSWORD[:8] not in shown
