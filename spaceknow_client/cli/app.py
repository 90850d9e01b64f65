"""What a command is given: its client, where its results go, and what is still running."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ..errors.base import SpaceKnowError
from ..errors.shown import printable
from .settings import Settings
from .wording import for_people

if TYPE_CHECKING:
    from ..auth.credentials import AnyAuth
    from ..client.client import SpaceKnow
    from .tables import Column

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"


class Closed(io.StringIO):
    """Replaces a stdout that was already closed when the command started."""

    def write(self, text: str) -> int:
        """Raises BrokenPipeError."""
        raise BrokenPipeError


class App:
    """One run of the command.

    Attributes:
        settings: the global options.
        format: how results are written.
        verbosity: how often -v was given.
        left: tokens of pipelines that go on at the server, and that nobody waits for any more.
        sent: the operation that is being sent and may cost, if one is.
        exit_code: what the command ends with when nothing is raised.
        options: what the options of the command are called, by the argument that each is.
    """

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        self.settings = Settings()
        self.format = Format.TEXT
        for name in (Format.JSON, Format.NDJSON):  # known before a wrong option is complained of
            if f"--{name}" in arguments:
                self.format = name
        self.verbosity = 0
        self.left: dict[str, None] = {}
        self.sent: str | None = None
        self.exit_code = 0
        self.stdin_reader: str | None = None
        self.options: dict[str, str] = {}

    @property
    def is_json(self) -> bool:
        """Whether machines read what is written."""
        return self.format is not Format.TEXT

    @contextmanager
    def client(self, auth: AnyAuth | None = None, **options: Any) -> Iterator[SpaceKnow]:
        """The client that options, environment variables and the profile ask for.

        `options` are those of SpaceKnow, and go before all of these.
        """
        from ..client.client import SpaceKnow

        auth = auth or self.settings.auth()
        environment = self.settings.environment_for(auth)
        with SpaceKnow(environment, auth=auth, **(self.settings.options() | options)) as client:
            yield client

    def show(self, data: Any, text: Callable[[], Iterable[str]]) -> None:
        """Writes one result: as JSON, or the lines of `text`."""
        if self.format is Format.TEXT:
            self.write(printable(part) for line in text() for part in line.split("\n"))
        else:
            self.write(_object(data) if self.format is Format.JSON else [json.dumps(data)])

    def show_all(self, items: Iterable[Any], columns: Sequence[Column], nothing: str) -> None:
        """Writes many results, as they come where that can be; a table needs them all.

        What came before an error is written all the same. `nothing` is what people are told when
        there is none.
        """
        if self.format is Format.NDJSON:
            for item in items:
                self.write([json.dumps(item)])
        elif self.format is Format.JSON:
            self._write_array(items)
        else:
            from .tables import table

            rows: list[Any] = []
            try:
                for item in items:
                    rows.append(item)
            finally:
                if rows:
                    self.write(table(rows, columns))
            if not rows:
                self.note(nothing)

    def _write_array(self, items: Iterable[Any]) -> None:
        before = "["
        try:
            for item in items:
                sys.stdout.write(f"{before}\n{json.dumps(item)}")
                before = ","
        finally:
            self.write(["\n]" if before == "," else "[]"])

    def write(self, lines: Iterable[str]) -> None:
        """Writes lines to stdout, now: a reader of a pipe may wait for them."""
        for line in lines:
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def fail(self, code: int) -> None:
        """Something failed, and the rest goes on: the first failure is what the command ends with."""
        self.exit_code = self.exit_code or code

    def note(self, text: str) -> None:
        """Tells people something that is no result, on stderr."""
        if not self.is_json:
            print(text, file=sys.stderr, flush=True)

    def warn(self, text: str, level: str = "warning") -> None:
        """Tells of something that went wrong and stops nothing, on stderr."""
        told = json.dumps({level: text}) if self.is_json else f"spaceknow: {text}"
        print(told, file=sys.stderr, flush=True)

    @property
    def shows_bars(self) -> bool:
        """Whether stderr is a terminal on which a bar can be drawn anew."""
        return sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")

    @contextmanager
    def keeping(self, token: str) -> Iterator[None]:
        """From when a pipeline is begun until its result, or its token, is written.

        Should anything come between, the token is told; an error of the client tells it itself.
        """
        self.left[token] = None
        with undone(self.left.pop, token, None):
            yield

    @contextmanager
    def spending(self, operation: str) -> Iterator[None]:
        """While a request is sent that may cost credits: an interruption says that its outcome is unknown."""
        self.sent = operation
        with undone(setattr, self, "sent", None):
            yield

    def louder(self, times: int) -> None:
        """Tells more of what the client does."""
        self.verbosity += times
        level = LEVELS[min(self.verbosity, len(LEVELS) - 1)]
        logging.getLogger("spaceknow_client").setLevel(level)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While what the client logs, and warns of, goes to stderr."""
        logger = logging.getLogger("spaceknow_client")
        level, handler = logger.level, _Listener(self)
        logger.addHandler(handler)
        told: set[str] = set()

        def show(message: Warning | str, *_: object, **__: object) -> None:
            if str(message) not in told:  # from whatever line
                told.add(str(message))
                self.warn(for_people(str(message), self.options))

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("default", UserWarning)
                warnings.showwarning = show
                yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)


def _object(data: Any) -> list[str]:
    """An object with a line for each member: a map of 1,000 tiles stays one that can be read."""
    if not isinstance(data, dict) or not data:
        return [json.dumps(data)]
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}," for name, value in data.items()]
    return ["{", *lines[:-1], lines[-1][:-1], "}"]


@contextmanager
def undone(undo: Callable[..., object], *arguments: object) -> Iterator[None]:
    """Undoes something after the block, unless it was broken off from outside (Ctrl-C and others)."""
    try:
        yield
    except SpaceKnowError:
        undo(*arguments)
        raise
    undo(*arguments)


class _Listener(logging.Handler):
    """Tells what the client logs, and keeps the tokens of pipelines that it no longer waits for."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self._app = app

    def emit(self, record: logging.LogRecord) -> None:
        tokens = _tokens(record)
        self._app.left.update(dict.fromkeys(tokens))
        if record.levelno < LEVELS[min(self._app.verbosity, len(LEVELS) - 1)]:
            return
        if not tokens:  # they are told at the end, with what to do with them
            told = " ".join(map(printable, record.getMessage().splitlines()))
            self._app.warn(told, record.levelname.lower())


def _tokens(record: logging.LogRecord) -> list[str]:
    """The tokens of pipelines among what was logged."""
    if not isinstance(record.args, tuple):
        return []
    texts = [line for text in record.args if isinstance(text, str) for line in text.splitlines()]
    return [text for text in texts if text.startswith('{"version"')]
