"""Searches all output of the test suite for passwords and tokens.

Whatever becomes a password or a token anywhere in a test is remembered, by the classes that hold
them. What is told is every log record of every library, the text of every SpaceKnowError, the repr
of every client and of whatever holds a secret, and what a test prints. After each test the one is
looked for in the other.
"""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.auth.token import Token
from spaceknow_client.emulator.accounts.tokens import Tokens
from spaceknow_client.emulator.accounts.users import PASSWORD
from spaceknow_client.errors import SpaceKnowError
from spaceknow_client.generated.models import LoginRequest
from spaceknow_client.runtime.secret import Secret, SecretBytes

SHORTEST = 8
"""Shorter secrets, which some tests use, are found in ordinary words."""
SHORTEST_PART = 16
"""So long is a part of a token (header, payload or signature) that is looked for by itself."""


class Scan(logging.Handler):
    """The output so far, and the secrets that must not be in it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.secrets = {PASSWORD}
        self._told: list[Any] = []

    def keep(self, secret: object) -> None:
        """A value that must stay secret from now on."""
        if isinstance(secret, str) and len(secret) >= SHORTEST and secret != "REDACTED":
            self.secrets.add(secret)
            self.secrets.update(part for part in secret.split(".") if len(part) >= SHORTEST_PART)

    def tell(self, told: Any) -> None:
        """Something that others can see: a string, or an object that will be converted to one."""
        self._told.append(told)

    def emit(self, record: logging.LogRecord) -> None:
        """Called for every log record."""
        try:
            told = record.getMessage()
        except (
            TypeError
        ):  # other libraries log records that do not match their format; logging prints those
            told = str(record.msg)
        told += f" {_plain(record.args)!r}"
        if record.exc_info:
            told += "".join(traceback.format_exception(record.exc_info[1]))
        self.tell(told)

    def found(self) -> list[str]:
        """The output that contains a secret, since `forget`."""
        texts = [told if isinstance(told, str) else repr(_plain(told)) for told in self._told]
        whole = "\n".join(texts)
        bad = [secret for secret in self.secrets if secret in whole]
        return [text for text in texts if any(secret in text for secret in bad)]

    def forget(self) -> None:
        self._told.clear()

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Records all constructors of objects that hold or show a secret, and all logs."""
        for kind, name in (
            (sk.PasswordAuth, "password"),
            (sk.TokenAuth, "token"),
            (Token, "value"),
        ):
            monkeypatch.setattr(kind, "__init__", self._holder(kind.__init__, name))
        # A password that a function returned.
        sent = self._holder(LoginRequest.__init__, "password", shown=False)
        monkeypatch.setattr(LoginRequest, "__init__", sent)
        for client in (sk.SpaceKnow, sk.AsyncSpaceKnow):
            monkeypatch.setattr(client, "__init__", self._teller(client.__init__))
        monkeypatch.setattr(SpaceKnowError, "__init__", self._error(SpaceKnowError.__init__))
        monkeypatch.setattr(Tokens, "issue", self._issuer(Tokens.issue))
        logging.getLogger().addHandler(self)

    def _holder(
        self, init: Callable[..., None], name: str, *, shown: bool = True
    ) -> Callable[..., None]:
        def watched(holder: Any, *arguments: Any, **named: Any) -> None:
            init(holder, *arguments, **named)
            self.keep(getattr(holder, name))
            if shown:
                self.tell(repr(holder))

        return watched

    def _teller(self, init: Callable[..., None]) -> Callable[..., None]:
        def watched(client: Any, *arguments: Any, **named: Any) -> None:
            init(client, *arguments, **named)
            self.tell(f"{client!r} {client.options!r} {client.environment!r}")

        return watched

    def _error(self, init: Callable[..., None]) -> Callable[..., None]:
        def watched(error: Any, *arguments: Any, **named: Any) -> None:
            init(error, *arguments, **named)
            # Not the error itself, which would keep its traceback and all its objects alive.
            # Text and repr are made of these, and subclasses add their attributes later.
            self.tell((type(error).__name__, error.args, error.__dict__))

        return watched

    def _issuer(self, issue: Callable[..., str]) -> Callable[..., str]:
        def watched(*arguments: Any, **named: Any) -> str:
            token = issue(*arguments, **named)
            self.keep(token)
            return token

        return watched


def _plain(told: Any) -> Any:
    """The output with secrets as plain strings: their repr hides them, and their text does not."""
    if isinstance(told, (Secret, SecretBytes)):
        return str(told) if isinstance(told, str) else bytes(told)
    if isinstance(told, (tuple, list)):
        return [_plain(item) for item in told]
    if isinstance(told, dict):
        return {name: _plain(item) for name, item in told.items()}
    return told


def pytest_configure() -> None:
    """All records are captured. The option `log_level` controls what pytest shows of them."""
    logging.getLogger().setLevel(logging.DEBUG)


@pytest.fixture(scope="session")
def whole_scan() -> Iterator[Scan]:
    """The scan of the whole run: what is secret in one test stays so in the next."""
    scan = Scan()
    with pytest.MonkeyPatch.context() as monkeypatch:
        scan.watch(monkeypatch)
        yield scan
    logging.getLogger().removeHandler(scan)


@pytest.fixture(autouse=True)
def scan(whole_scan: Scan) -> Iterator[Scan]:
    """Fails every test that shows a secret."""
    yield whole_scan
    found = whole_scan.found()
    whole_scan.forget()
    assert found == [], "a password or a token was told"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the output that the test printed."""
    report = yield
    scan: Scan | None = getattr(item, "funcargs", {}).get("whole_scan")
    if scan is not None and report.when == "call":
        for name, content in report.sections:
            if "log" not in name:  # these were captured already
                scan.tell(content)
    return report


def chain(error: BaseException | None) -> list[BaseException]:
    """An error and its causes."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def everything(error: BaseException) -> str:
    """Everything that an error shows: texts, attributes, traceback, causes, pickle."""
    told = "".join(traceback.format_exception(error))
    for link in chain(error):
        told += repr(link) + str(link) + repr(vars(link))
        assert not hasattr(link, "request"), type(link)
    return told + repr(pickle.dumps(error))
