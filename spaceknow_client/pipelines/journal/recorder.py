# Compiled by `python -m generator` from recorder_async.py. Never edit by hand.
# ruff: noqa
"""Records the requests of one client in its journal."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial

from attrs import evolve

from ...errors.base import ConfigError
from ...generated.api.credits_ import credits_allocate_area
from ...generated.catalogue import OPERATIONS
from ...generated.types import Request
from ...runtime.clock import Clock
from ...runtime.concurrency import off_loop
from ...transport.attempt_result import AlreadyStartedError, AttemptResult, InProgressError
from ...transport.responses import REQUEST_ID, header
from ..handle import PipelineToken
from .entry import Entry, State
from .journal import Journal

log = logging.getLogger("spaceknow_client")

# Seconds that a call whose deadline has passed may still wait for access to the journal.
GRACE = 0.2


class JournalRecorder:
    """The journal of one client, shared by `with_options` copies.

    Methods wait for the file at most until `expires`, a time of the client's clock.
    """

    def __init__(
        self, journal: Journal, host: str, account: Callable[[], str], clock: Clock
    ) -> None:
        self._journal = journal
        self._host = host
        self._account = account
        self._clock = clock

    def record(self, request: Request, reuse: bool, expires: float) -> JournalRecord | None:
        """The record of a request that starts a pipeline or allocates; None for others.

        With `reuse`, an earlier pipeline can replace it. An allocation is not sent again while the
        outcome of an equal one is unknown. The call must end by `expires`.
        """
        allocates = request.operation == credits_allocate_area.OPERATION
        if OPERATIONS[request.operation].retrieve is None and not allocates:
            return None

        def entry() -> Entry:
            return Entry.of(
                request, host=self._host, account=self._account(), now=self._clock.time()
            )

        until = partial(self._until, expires)
        return JournalRecord(self._journal, request, entry, reuse or allocates, until)

    def _until(self, expires: float) -> float:
        return time.monotonic() + max(GRACE, expires - self._clock.monotonic())

    def resolved(self, token: PipelineToken, expires: float) -> None:
        """The result was fetched. Never fails: a result is worth more than its entry."""
        self._ended(token, State.RESOLVED, expires)

    def failed(self, token: PipelineToken, expires: float) -> None:
        """The pipeline has failed."""
        self._ended(token, State.FAILED, expires)

    def _ended(self, token: PipelineToken, state: State, expires: float) -> None:
        end = partial(self._journal.ended, token.host, token.pipeline_id, state)
        try:
            off_loop(partial(end, until=self._until(expires)))
        except ConfigError as error:
            log.warning("pipeline %s is %s: %s", token.pipeline_id, state, error)

    def recover(self, expires: float) -> list[Entry]:
        """Entries of this process and of ended processes. Raises ConfigError."""
        take = partial(self._journal.recover, self._host, until=self._until(expires))
        found = off_loop(take)
        known = [entry for entry in found if entry.sent_operation in OPERATIONS]
        for entry in found:
            if entry not in known:
                log.warning("unknown operation in a journal entry: %s", entry.token())
        return known

    def is_mine(self, entry: Entry) -> bool:
        """Whether the entry belongs to this client's user."""
        return entry.account == self._account()

    def took_effect(self, unknown: Entry, expires: float) -> Entry:
        """Records that a request of unknown outcome has taken effect. Raises ConfigError."""
        resolved = evolve(unknown, state=State.RESOLVED, reason=None)
        until = self._until(expires)
        off_loop(partial(self._journal.started, resolved, until=until))
        return resolved

    def forget(self, ids: list[str], expires: float) -> None:
        """Hides entries, and deletes those of unknown outcome. Raises ConfigError."""
        off_loop(partial(self._journal.forget, ids, until=self._until(expires)))

    def delete(self, ids: tuple[str, ...], expires: float) -> None:
        """Deletes entries. Raises InvalidArgumentError, ConfigError."""
        delete = partial(self._journal.delete, self._host, ids, until=self._until(expires))
        off_loop(delete)


class JournalRecord:
    """The entries of one call that starts a pipeline: one for each attempt.

    An attempt that certainly had no effect leaves no entry, so entries found after a kill were in
    progress at that moment.
    """

    def __init__(
        self,
        journal: Journal,
        request: Request,
        entry: Callable[[], Entry],
        reuse: bool,
        until: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._request = request
        self._new = entry
        self._reuse = reuse
        self._until = until
        self._entry: Entry | None = None
        self._known: Entry | None = None
        self._resolved: frozenset[str] | None = None
        # The write to make if the call is interrupted at this point.
        self._due: partial[None] | None = None

    def look(self) -> Entry | None:
        """An earlier request that replaces this one. Raises ConfigError.

        `intend` detects an equal allocation that is made in the meantime.
        """
        look = partial(self._journal.look, self._new(), until=self._until())
        self._known, self._resolved = off_loop(look)
        return self._known

    def took_effect(self) -> None:
        """The request returned by `look`, of unknown outcome, took effect. Raises ConfigError."""
        if self._known is not None:
            resolved = evolve(self._known, state=State.RESOLVED, reason=None)
            off_loop(partial(self._journal.started, resolved, until=self._until()))

    def intend(self) -> None:
        """Records the intent; called immediately before sending.

        Raises ConfigError if it cannot be written (then nothing must be sent), AlreadyStartedError,
        InProgressError, and AmbiguousRequestError if the outcome of an earlier request is unknown.
        """
        self._entry, entry = None, self._new()
        self._due = partial(self._journal.not_started, entry)
        try:
            intend = partial(
                self._journal.intend,
                entry,
                reuse=self._reuse,
                resolved=self._resolved,
                until=self._until(),
            )
            known = off_loop(intend)
        except ConfigError as error:
            self._due = None  # nothing was written
            raise ConfigError(
                f"{error.message.rstrip('.')}; nothing was sent.", hint=error.hint
            ) from error
        if known is None:
            self._entry = entry
            self._due = self._lost(entry, "interrupted while it was being sent")
            return
        self._due = None
        if known.state == State.INTENDED:
            raise InProgressError
        if known.state != State.UNKNOWN:
            raise AlreadyStartedError(str(known.token()))
        raise known.unknown_outcome()

    def settle(self, outcome: AttemptResult) -> None:
        """Records the result of an attempt. Never fails: the caller gets the outcome in any case."""
        entry, answer, error = self._entry, outcome.answer, outcome.error
        if entry is None:  # it was not sent
            return
        request_id = error.request_id if error else None
        if answer is not None:
            request_id = header(answer.headers, REQUEST_ID)
        if outcome.had_no_effect:
            write, words = partial(self._journal.not_started, entry), "a request had no effect"
        elif answer is None or error is not None:
            reason = error.message if error else "no response"
            write, words = (
                self._lost(entry, reason, request_id),
                "the outcome of a request is unknown",
            )
        elif (started := entry.after(self._request, answer.content, request_id)) is None:
            problem = "contains no cost" if entry.allocates else "contains no pipeline ID"
            write = self._lost(entry, f"the response {problem}", request_id)
            words = "the outcome of a request is unknown"
        else:
            write = partial(self._journal.started, started)
            words = (
                f"started: {started.token()}" if started.pipeline_id else "an area was allocated"
            )
        self._due = write  # writing it twice is harmless
        off_loop(self._try, write, words, self._until())
        self._due = self._entry = None

    def interrupted(self) -> None:
        """Makes the due write when the call ends without an outcome (Ctrl-C, cancellation).

        Called during the propagation of an exception, in which waiting may not be possible, so it
        blocks the event loop for the duration of one write.
        """
        due, self._due = self._due, None
        if due is not None:
            self._try(due, "a request was interrupted", time.monotonic() + GRACE)

    def _lost(self, entry: Entry, reason: str, request_id: str | None = None) -> partial[None]:
        if entry.repeatable:  # it can be sent again at no cost
            return partial(self._journal.not_started, entry)
        return partial(self._journal.unknown, entry, reason, request_id)

    def _try(self, write: partial[None], words: str, until: float) -> None:
        try:
            write(until=until)
        except ConfigError as error:
            log.warning("%s; %s", words, error)
