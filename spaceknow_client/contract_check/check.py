"""Checks the live service against its OpenAPI document: calls operations, and validates each request
and each response.

Needs the extra `contract`. `spaceknow contract check` is its command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..auth.environment import is_loopback
from ..contract.drift import Drift
from ..contract.judge import Judge
from ..errors.base import APIError, ConfigError, LoginError, SpaceKnowError
from ..errors.shown import shown
from ..generated.catalogue import NOT_READY, OPERATIONS
from ..generated.types import UNSET, Request, plain
from ..pipelines.handle import Started, linked_value
from ..pipelines.polling import seconds_to_next_try
from ..transport.responses import names_pipeline
from ..transport.retry import RetryPolicy
from .inputs import JSON, Arguments, Inputs, NotSeenError, SearchArea
from .report import ContractReport, OperationCheck, Outcome
from .response_record import ResponseRecord

if TYPE_CHECKING:
    from ..client.client import SpaceKnow

NO_PIPELINE = "0" * 20
PIPELINE_SECONDS = 300.0
"""Time limit for one pipeline, in seconds."""
MAX_PAGES = 1000
"""Maximum number of pages of one listing."""

# Errors about the request or the operation, not about rights, credits or the current state.
_CONTRADICTING = frozenset({400, 404, 405, 409, 410, 413, 415, 422})
# Errors about the operation, whatever the values are.
_IN_NO_ORDER = frozenset({405, 413, 415})


def check_contract(
    client: SpaceKnow,
    *,
    place: SearchArea | None = None,
    include_writes: bool = False,
    max_pages: int = MAX_PAGES,
) -> ContractReport:
    """Calls the read-only operations of the service behind `client`, and validates requests and responses.

    Which operations are read-only, and what they are called with, is taken from the document:
    operations with `x-safe-to-repeat` and the method GET, HEAD or POST, unless they have
    `x-read-only: false`, each with each of its examples. They spend no credits and change nothing.
    Each listing is read to its end, up to `max_pages` pages. The login is validated too, if the client
    has to log in. `include_writes` also calls the other operations, some in a sensible order, the rest
    with the document's examples; it is allowed only for an emulator.

    Raises ConfigError for `include_writes` unless the service runs on this machine, and for another
    `max_pages` than a whole number of at least 1. Other errors are part of the report.
    """
    if include_writes and not is_loopback(client.environment.host):
        raise ConfigError("include_writes is allowed only for an emulator on this machine.")
    if isinstance(max_pages, bool) or not isinstance(max_pages, int) or max_pages < 1:
        raise ConfigError(
            f"max_pages must be a whole number of at least 1, not {shown(max_pages)}."
        )
    quick = client.with_options(retry=RetryPolicy(max_attempts=2, backoff=0.2), contract="off")
    run = _Run(quick, place or SearchArea.of(client), max_pages)
    run.read_only()
    if include_writes:
        run.all_operations()
    return run.report()


class _Run:
    """One check. It continues with the readable part of a response, even if that has drifted."""

    def __init__(self, client: SpaceKnow, place: SearchArea, max_pages: int) -> None:
        self._client = client
        self._transport = client._transport
        self._record = self._transport.watch = ResponseRecord(self._differs)
        self._place, self._max_pages = place, max_pages
        self._inputs = Inputs(Judge.bundled(), place)
        self._checked = {name: OperationCheck(operation=name) for name in OPERATIONS}
        self._followed: set[str] = set()

    def read_only(self) -> None:
        """Operations that spend nothing and change nothing."""
        self.call("tasking.get_status", {"pipelineId": NO_PIPELINE}, refused=True)
        waiting = [
            name
            for name in OPERATIONS
            if name in self._inputs.read_only and not self._inputs.is_linked(name)
        ]
        while waiting:  # those that need no more than the listings so far have named
            later = [name for name in waiting if not self._called(name)]
            if later == waiting:
                break
            waiting = later

    def others(self) -> None:
        """What is not called yet."""
        for name in OPERATIONS:
            if name not in self._record.answers and self._inputs.is_callable(name):
                self._called(name)

    def _called(self, name: str) -> bool:
        """Calls an operation with all of its examples; False if that needs an unknown value."""
        try:
            examples = self._inputs.of(name)
        except NotSeenError as error:
            for each in filter(None, (name, OPERATIONS[name].retrieve)):
                self._unreached(each, str(error))
            return False
        for number, arguments in enumerate(examples):
            # Values of later examples may be unknown to the service, as may those of a path.
            strict = not number and not arguments.path
            self._listed(name, arguments, strict=strict)
        return True

    def _listed(self, name: str, arguments: Arguments, *, strict: bool) -> None:
        """Calls an operation, and if it returns a listing, reads all pages of it."""
        listing = OPERATIONS[name].retrieve or name
        cursors: list[str | None] = [None]
        items: set[str] = set()
        while True:
            if OPERATIONS[name].retrieve is None:
                page = self.call(name, arguments, strict=strict)
            else:
                page = self.pipeline(name.removesuffix(".initiate"), arguments, strict=strict)
            names = self._inputs.pages.get(listing)
            if names is None or not isinstance(page.get(names.items), list):
                return
            checked, cursor = self._checked[listing], page.get(names.next)
            checked.pages += 1
            came = self._inputs.learn(listing, page)
            goes_on = isinstance(cursor, str) and bool(cursor)
            if goes_on and cursor in cursors:
                self._misplaced(listing, names.next, "the same cursor was returned twice")
                return
            if not items.isdisjoint(came):
                member = self._inputs.identity_of(listing)
                self._misplaced(listing, member, "an item of an earlier page was returned again")
            items.update(came)
            if not goes_on:
                return
            if len(cursors) >= self._max_pages:
                checked.more_pages = True
                return
            cursors.append(cursor)
            arguments = arguments.at(names.cursor, cursor)

    def _misplaced(self, listing: str, member: str, detail: str) -> None:
        """A page that its schema describes, and that does not fit the pages before."""
        status = self._record.last[listing].status
        request_id = (self._record.answers[listing] or [None])[-1]
        self._differs(
            Drift(
                operation=listing,
                kind="value",
                member=member,
                detail=detail,
                status=status,
                request_id=request_id,
            )
        )

    def all_operations(self) -> None:
        """Operations that spend credits or change data, for an emulator."""
        extent, scene = self._place.extent, self._inputs.first("SceneId") or "none"
        area = {"sceneIds": [scene], "geojson": extent}
        self.call("credits.allocate_area", area)
        guardian = {"email": "guardian@example.com", "password": "for-a-check", "name": "Guardian"}
        self.call("user.create_guardian_user", guardian)
        self.call("user.delete_guardian_user", {"email": guardian["email"]})
        login = self._transport.login.token
        token = login(self._transport, OPERATIONS["user.info"], self._until(), needed=True)
        self.call("user.authorize", {"token": token})
        self.call("user.manage", {})
        feature = {
            "type": "Feature",
            "geometry": extent,
            "properties": {"collection": "spaceknow-client-check"},
        }
        self.call("geojsondb.create", {"type": "FeatureCollection", "features": [feature]})
        self.call("geojsondb.search", {"properties.collection": "spaceknow-client-check"})
        self.pipeline("datacube.datapoints", {"filters": []})
        self.pipeline("imagery.get_image", {"sceneId": scene, "extent": extent})
        path = {"mapType": "cars"}
        self.pipeline("kraken.release_geojson", {"sceneId": scene, "extent": extent}, path)
        release = {"mapType": "cars", "sceneIds": [scene], "extent": extent, "subGeometry": extent}
        released = self.pipeline("kraken.release", release)
        tiles = released.get("tiles")
        if isinstance(tiles, list) and tiles:
            self.pipeline("kraken.release_tiles", {"sceneId": scene, "tiles": tiles[:1]}, path)
            for name in ("cars.png", "area.json", "metadata.json", "detections.geojson"):
                z, x, y = tiles[0]
                file = {"mapId": released["mapId"], "geometryId": "-", "z": z, "x": x, "y": y}
                self.call("kraken.grid_file", Arguments(path={**file, "fileName": name}))

        self.others()

    def call(
        self,
        operation: str,
        given: Arguments | JSON,
        path: Mapping[str, Any] | None = None,
        *,
        strict: bool = True,
        refused: bool = False,
    ) -> JSON:
        """Calls an operation. Returns its response of any status if that is an object, else {}.

        `strict`: no refusal is in order; otherwise those that the document names are.
        `refused`: the operation is expected to refuse, so this is not a successful response.
        """
        described = OPERATIONS.get(operation)
        if described is None:
            return {}  # the document has it no more
        arguments = (
            given if isinstance(given, Arguments) else Arguments(body=given, path=path or {})
        )
        where = {name: quote(plain(value), safe="") for name, value in arguments.path.items()}
        request = Request(
            operation=operation,
            method=described.method,
            path=re.sub(r"{([^}]+)}", lambda name: where[name[1]], described.path),
            query=dict(arguments.query),
            headers=dict(arguments.headers),
            json=arguments.body,
        )
        self._last_request = request
        return self._sent(request, strict=strict, refused=refused)

    def _sent(self, request: Request, *, strict: bool = True, refused: bool = False) -> JSON:
        operation = request.operation
        checked = self._checked[operation]
        self._record.last.pop(operation, None)
        try:
            self._transport.send(request, lambda value: value, expires=self._until())
        except APIError as error:
            if not refused:
                self._refused(checked, error, strict=strict)
        except SpaceKnowError as error:
            answered = operation in self._record.last and not isinstance(error, LoginError)
            self._note(checked, "refused" if answered else "not reached", str(error))
        else:
            self._note(checked, "not called" if refused else "fine", "")
            self._follow(request, answer := self._read(operation))
            return answer
        return self._read(operation)

    def _follow(self, request: Request, answer: JSON) -> None:
        """Calls the read-only operations that a response leads to, once each."""
        for target, link in self._inputs.linked(request.operation):
            expressions = link.get("parameters", {}), link.get("requestBody", {})
            values, members = (
                {name: linked_value(each, request, answer) for name, each in some.items()}
                for some in expressions
            )
            if target in self._followed or UNSET in (*values.values(), *members.values()):
                continue
            self._followed.add(target)
            arguments = self._inputs.of(target)[0]
            in_path = {name: values.get(name, value) for name, value in arguments.path.items()}
            in_headers = {
                name: str(values.get(name, value)) for name, value in arguments.headers.items()
            }
            rest = {k: v for k, v in values.items() if k not in in_path and k not in in_headers}
            body = {**arguments.body, **members} if members else arguments.body
            arguments = Arguments(
                path=in_path, query={**arguments.query, **rest}, headers=in_headers, body=body
            )
            self._listed(target, arguments, strict=False)

    def pipeline(
        self,
        pair: str,
        given: Arguments | JSON,
        path: Mapping[str, Any] | None = None,
        *,
        strict: bool = True,
    ) -> JSON:
        """Runs a pipeline and returns its result."""
        started = self.call(f"{pair}.initiate", given, path, strict=strict)
        if not names_pipeline(started):
            if f"{pair}.retrieve" in self._checked:
                self._unreached(f"{pair}.retrieve", f"{pair}.initiate returned no pipelineId")
            return {}
        pipeline_id = started["pipelineId"]
        token = Started.of(started).token(self._last_request, self._client.environment.base_url)
        retrieve = token.result_request()
        clock = self._transport.clock
        until = clock.monotonic() + PIPELINE_SECONDS
        ask = {"pipelineId": pipeline_id, "getProgress": True}
        state = self.call("tasking.get_status", ask)
        while state.get("status") in ("NEW", "PROCESSING") and clock.monotonic() < until:
            clock.sleep(seconds_to_next_try(state.get("nextTry")))
            state = self.call("tasking.get_status", ask)
        result = self._sent(retrieve, strict=strict)
        # The response of get-status can have drifted, too.
        while result.get("error") in NOT_READY and clock.monotonic() < until:
            clock.sleep(seconds_to_next_try(state.get("nextTry")))
            state = self.call("tasking.get_status", ask)
            result = self._sent(retrieve, strict=strict)
        return result

    def report(self) -> ContractReport:
        """The results so far."""
        for name, checked in self._checked.items():
            ids = self._record.answers.get(name, [])
            checked.answers = len(ids)
            checked.request_ids = [each for each in ids if each]
            if checked.drifts:
                checked.outcome = "drift"
            elif checked.answers and checked.outcome == "not called":
                # The client logs in automatically, so only the responses of the login are known.
                checked.outcome = "fine" if self._record.last[name].status < 300 else "refused"
            elif checked.outcome == "not called":
                checked.note = _why_not_called(name)
        return ContractReport(
            service=self._client.environment.base_url, operations=list(self._checked.values())
        )

    def _differs(self, drift: Drift) -> None:
        drifts = self._checked[drift.operation].drifts
        if drift.key not in [each.key for each in drifts]:
            drifts.append(drift)

    def _refused(self, checked: OperationCheck, error: APIError, *, strict: bool) -> None:
        """An error where success was expected: drift, if a request of the document is refused."""
        told = any(drift.kind == "status" or drift.of == "request" for drift in checked.drifts)
        described = error.code in OPERATIONS[checked.operation].error_codes
        is_in_order = described and not strict and error.status not in _IN_NO_ORDER
        if error.code in NOT_READY or told or is_in_order or error.status not in _CONTRADICTING:
            self._note(checked, "refused", str(error))
            return
        # What else is odd about the refusal, such as an unknown code, is the same drift.
        checked.drifts = [
            each
            for each in checked.drifts
            if (each.of, each.status, each.request_id)
            != ("response", error.status, error.request_id)
        ]
        self._differs(
            Drift(
                operation=checked.operation,
                kind="status",
                member="",
                detail=f"HTTP {error.status} {error.code or ''} for a request as in the document",
                status=error.status,
                request_id=error.request_id,
            )
        )

    def _note(self, checked: OperationCheck, outcome: Outcome, note: str) -> None:
        if checked.outcome != "fine" and outcome != "not called":  # a seen success stays
            checked.outcome, checked.note = outcome, "" if outcome == "fine" else note

    def _unreached(self, operation: str, note: str) -> None:
        self._note(self._checked[operation], "not reached", note)

    def _until(self) -> float:
        return self._transport.clock.monotonic() + self._client.options.deadline

    def _read(self, operation: str) -> JSON:
        answer = self._record.last.get(operation)
        try:
            value = json.loads(answer.content) if answer is not None else None
        except (ValueError, RecursionError):
            value = None
        return value if isinstance(value, dict) else {}


def _why_not_called(operation: str) -> str:
    described = OPERATIONS[operation]
    if described.server == "auth0":
        return "the client already had a token"
    return "it is not read-only, or depends on such an operation"
