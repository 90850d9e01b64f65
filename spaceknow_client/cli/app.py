"""The state of one command: its client, its output, and the pipelines that still run."""

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
        verbosity: the number of -v options.
        left: handles of running pipelines that the command no longer waits for.
        sent: the operation that is being sent and can spend credits, if any.
        exit_code: the exit code if no error is raised.
        options: the option of the command for each argument name.
    """

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        self.settings = Settings()
        self.format = Format.TEXT
        for name in (Format.JSON, Format.NDJSON):  # also applies to errors in the options
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
        """Whether the output is JSON."""
        return self.format is not Format.TEXT

    @contextmanager
    def client(self, auth: AnyAuth | None = None, **options: Any) -> Iterator[SpaceKnow]:
        """The client configured by options, environment variables and the profile.

        `options` are those of SpaceKnow; they take precedence.
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
        """Writes many results, each as soon as it is available; a table is written at the end.

        Results before an error are written too. `nothing` is printed instead of an empty table.
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
        """Writes lines to stdout and flushes: the reader of a pipe may wait for them."""
        for line in lines:
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def fail(self, code: int) -> None:
        """Records a failure that does not stop the command: the first one is the exit code."""
        self.exit_code = self.exit_code or code

    def note(self, text: str) -> None:
        """Prints a remark to stderr, unless the output is JSON."""
        if not self.is_json:
            print(text, file=sys.stderr, flush=True)

    def warn(self, text: str, level: str = "warning") -> None:
        """Prints a problem that does not stop the command to stderr."""
        line = json.dumps({level: text}) if self.is_json else f"spaceknow: {text}"
        print(line, file=sys.stderr, flush=True)

    @property
    def shows_bars(self) -> bool:
        """Whether stderr is a terminal on which a bar can be redrawn."""
        return sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")

    @contextmanager
    def keeping(self, handle: str) -> Iterator[None]:
        """Surrounds the code between the start of a pipeline and the output of its result or handle.

        If the code is interrupted, the handle is printed; an error of the client prints it itself.
        """
        self.left[handle] = None
        with undone(self.left.pop, handle, None):
            yield

    @contextmanager
    def spending(self, operation: str) -> Iterator[None]:
        """Surrounds a request that can spend credits: an interruption reports an unknown outcome."""
        self.sent = operation
        with undone(setattr, self, "sent", None):
            yield

    def louder(self, times: int) -> None:
        """Logs more of what the client does."""
        self.verbosity += times
        level = LEVELS[min(self.verbosity, len(LEVELS) - 1)]
        logging.getLogger("spaceknow_client").setLevel(level)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Sends logs and warnings of the client to stderr."""
        logger = logging.getLogger("spaceknow_client")
        level, handler = logger.level, _Listener(self)
        logger.addHandler(handler)
        shown: set[str] = set()

        def show(message: Warning | str, *_: object, **__: object) -> None:
            if str(message) not in shown:  # once, whatever line it is from
                shown.add(str(message))
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
    """An object with one line per member: readable even for a map of 1,000 tiles."""
    if not isinstance(data, dict) or not data:
        return [json.dumps(data)]
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}," for name, value in data.items()]
    return ["{", *lines[:-1], lines[-1][:-1], "}"]


@contextmanager
def undone(undo: Callable[..., object], *arguments: object) -> Iterator[None]:
    """Undoes something after the block, unless the block was interrupted (such as by Ctrl-C)."""
    try:
        yield
    except SpaceKnowError:
        undo(*arguments)
        raise
    undo(*arguments)


class _Listener(logging.Handler):
    """Prints log records of the client, and stores the handles of pipelines in them."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self._app = app

    def emit(self, record: logging.LogRecord) -> None:
        handles = _handles(record)
        self._app.left.update(dict.fromkeys(handles))
        if record.levelno < LEVELS[min(self._app.verbosity, len(LEVELS) - 1)]:
            return
        if not handles:  # those are printed at the end, with what to do with them
            text = " ".join(map(printable, record.getMessage().splitlines()))
            self._app.warn(text, record.levelname.lower())


def _handles(record: logging.LogRecord) -> list[str]:
    """The pipeline handles in a log record."""
    if not isinstance(record.args, tuple):
        return []
    texts = [line for text in record.args if isinstance(text, str) for line in text.splitlines()]
    return [text for text in texts if text.startswith('{"version"')]
