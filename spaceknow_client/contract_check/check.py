"""Checks the live service against its OpenAPI document: calls operations and validates each response.

Needs the extra `contract`. `spaceknow contract check` is its command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from attrs import Factory, define, field, frozen

from ..auth.environment import is_loopback
from ..contract.document import followed, operations
from ..contract.drift import Drift
from ..contract.judge import Judge, ResponseLike
from ..contract.parameters import parameter_texts
from ..contract.samples import body_example, examples_of
from ..contract.watch import ContractWatch
from ..errors.base import APIError, ConfigError, LoginError, SpaceKnowError
from ..generated.catalogue import NOT_READY, OPERATIONS
from ..generated.types import UNSET, Request
from ..pipelines.handle import Started
from ..pipelines.polling import seconds_to_next_try
from ..transport.responses import names_pipeline
from ..transport.retry import RetryPolicy

if TYPE_CHECKING:
    from ..client.client import SpaceKnow

JSON = dict[str, Any]
Outcome = Literal["fine", "drift", "refused", "not reached", "not called"]

NO_PIPELINE = "0" * 20
PIPELINE_SECONDS = 300.0
"""Time limit for one pipeline, in seconds."""

# Errors about the request or the operation, not about rights, credits or the current state.
_CONTRADICTING = frozenset({400, 404, 405, 409, 410, 413, 415, 422})


@frozen(kw_only=True)
class SearchArea:
    """Where to search: a dataset, and an extent in GeoJSON (by default in the free testing area)."""

    provider: str = "pl"
    dataset: str = "SkySatCollect"
    extent: JSON = Factory(lambda: BRISBANE)

    @classmethod
    def of(cls, client: SpaceKnow) -> SearchArea:
        """The default area of a service: the emulator's demo user has rights on other scenes."""
        if is_loopback(client.environment.host):
            return cls(provider="gbdx", dataset="idaho-pansharpened")
        return cls()


BRISBANE: JSON = {
    "type": "Polygon",
    "coordinates": [
        [
            [153.1036, -27.3934],
            [153.1068, -27.3934],
            [153.1068, -27.3904],
            [153.1036, -27.3904],
            [153.1036, -27.3934],
        ]
    ],
}
"""A part of the free testing area at Brisbane airport."""


@define(kw_only=True)
class OperationCheck:
    """The result for one operation.

    Attributes:
        outcome: "fine" (a successful response, as described), "drift", "refused" (an error that the
            document describes, such as a missing right; no successful response was seen),
            "not reached" (its input could not be obtained), "not called" (not read-only).
        answers: number of validated responses.
        request_ids: SpaceKnow-Request-Ids of the responses.
        note: the reason, for all outcomes but "fine".
    """

    operation: str
    outcome: Outcome = "not called"
    answers: int = 0
    request_ids: list[str] = field(factory=list)
    drifts: list[Drift] = field(factory=list)
    note: str = ""


@frozen(kw_only=True)
class ContractReport:
    """Results of a check by operation, in the order of the document."""

    service: str
    operations: list[OperationCheck]

    @property
    def drifts(self) -> list[Drift]:
        """All differences, without duplicates."""
        return [drift for each in self.operations for drift in each.drifts]

    @property
    def is_fine(self) -> bool:
        """Whether nothing differs and at least one response was validated."""
        return not self.drifts and any(each.outcome == "fine" for each in self.operations)


def check_contract(
    client: SpaceKnow,
    *,
    place: SearchArea | None = None,
    include_writes: bool = False,
) -> ContractReport:
    """Calls the read-only operations of the service behind `client`, and validates each response.

    They spend no credits and change nothing: user.info, credits.remaining, credits.check_area,
    tasking.get_status, datacube.catalogue, geojsondb.search, and the pipelines imagery.search and
    kraken.dry_run; also the login, if the client has to log in. `include_writes` also calls the
    other operations, some in a sensible order, the rest with the document's examples; it is allowed
    only for an emulator.

    Raises ConfigError for `include_writes` unless the service runs on this machine. Other errors are
    part of the report.
    """
    if include_writes and not is_loopback(client.environment.host):
        raise ConfigError("include_writes is allowed only for an emulator on this machine.")
    quick = client.with_options(retry=RetryPolicy(max_attempts=2, backoff=0.2), contract="off")
    run = _Run(quick, place or SearchArea.of(client))
    run.read_only()
    if include_writes:
        run.all_operations()
    return run.report()


class _Watch(ContractWatch):
    """Validates each response, and stores the last one of each operation."""

    def __init__(self, tell: Callable[[Drift], object]) -> None:
        super().__init__(tell, always=10**9)
        self.last: dict[str, ResponseLike] = {}
        self.answers: dict[str, list[str | None]] = {}

    def see(self, operation: str, message: ResponseLike, *, surely: bool = False) -> None:
        """Called by the transport."""
        if not surely:
            self.last[operation] = message
            request_id = message.headers.get("spaceknow-request-id")
            self.answers.setdefault(operation, []).append(request_id)
            super().see(operation, message)


class _Run:
    """One check. It continues with the readable part of a response, even if that has drifted."""

    def __init__(self, client: SpaceKnow, place: SearchArea) -> None:
        self._client = client
        self._transport = client._transport
        self._watch = self._transport.watch = _Watch(self._differs)
        self._place = place
        self._checked = {name: OperationCheck(operation=name) for name in OPERATIONS}

    def read_only(self) -> None:
        """Operations that spend nothing and change nothing."""
        self.call("user.info", {})
        self.call("credits.remaining", {})
        self.call("datacube.catalogue", {})
        self.call("geojsondb.search", {"properties.collection": "spaceknow-client-check"})
        self.call("tasking.get_status", {"pipelineId": NO_PIPELINE}, refused=True)
        place = self._place
        search = {"provider": place.provider, "dataset": place.dataset, "extent": place.extent}
        page = self.pipeline("imagery.search", search)
        scene = self._scene = _first(page, "results", "sceneId")
        if isinstance(page.get("cursor"), str):
            self.pipeline("imagery.search", {**search, "cursor": page["cursor"]})
        if scene is None:
            for name in (
                "credits.check_area",
                "kraken.dry_run.initiate",
                "kraken.dry_run.retrieve",
            ):
                self._unreached(name, "the search returned no scene")
            return
        self.call("credits.check_area", {"sceneIds": [scene], "geojson": place.extent})
        dry_run = {"scenes": [{"sceneId": scene}], "mapTypes": ["imagery"]}
        self.pipeline("kraken.dry_run", {"dryRuns": [dry_run], "extent": place.extent})

    def all_operations(self) -> None:
        """Operations that spend credits or change data, for an emulator."""
        extent, scene = self._place.extent, self._scene or "none"
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
                self.call("kraken.grid_file", path={**file, "fileName": name})

        self.others()

    def others(self) -> None:
        """What is not called yet, with the document's own examples."""
        document = Judge.bundled().document
        results = {described.retrieve for described in OPERATIONS.values()}
        for path, _, entry in operations(document):
            name = entry["operationId"]
            described = OPERATIONS[name]
            if name in self._watch.answers or name in results or described.server != "api":
                continue
            body = followed(entry.get("requestBody", {}), document)
            parameters = [
                *document["paths"][path].get("parameters", []),
                *entry.get("parameters", []),
            ]
            given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
            for each in (followed(one, document) for one in parameters):
                if each.get("required"):
                    given[each["in"]] |= parameter_texts(each, examples_of(each, document)[0])
            call = self.call if described.retrieve is None else self.pipeline
            pair = name if described.retrieve is None else name.removesuffix(".initiate")
            call(
                pair,
                body_example(body, document) if body else UNSET,
                given["path"],
                query=given["query"],
                headers=given["header"],
            )

    def call(
        self,
        operation: str,
        body: Any = UNSET,
        path: Mapping[str, Any] | None = None,
        *,
        query: dict[str, str | list[str]] | None = None,
        headers: dict[str, str] | None = None,
        refused: bool = False,
    ) -> JSON:
        """Calls an operation. Returns its response of any status if that is an object, else {}.

        `refused`: the operation is expected to refuse, so this is not a successful response.
        """
        described = OPERATIONS.get(operation)
        if described is None:
            return {}  # the document has it no more
        where = {name: quote(str(value), safe="") for name, value in (path or {}).items()}
        request = Request(
            operation=operation,
            method=described.method,
            path=re.sub(r"{([^}]+)}", lambda name: where[name[1]], described.path),
            query=query or {},
            headers=headers or {},
            json=body,
        )
        self._last_request = request
        return self._sent(request, refused=refused)

    def _sent(self, request: Request, *, refused: bool = False) -> JSON:
        operation = request.operation
        checked = self._checked[operation]
        self._watch.last.pop(operation, None)
        try:
            self._transport.send(request, lambda value: value, expires=self._until())
        except APIError as error:
            if not refused:
                self._refused(checked, error)
        except SpaceKnowError as error:
            answered = operation in self._watch.last and not isinstance(error, LoginError)
            self._note(checked, "refused" if answered else "not reached", str(error))
        else:
            self._note(checked, "not called" if refused else "fine", "")
        return self._read(operation)

    def pipeline(
        self,
        pair: str,
        body: Any,
        path: Mapping[str, Any] | None = None,
        *,
        query: dict[str, str | list[str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> JSON:
        """Runs a pipeline and returns its result."""
        started = self.call(f"{pair}.initiate", body, path, query=query, headers=headers)
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
        result = self._sent(retrieve)
        # The response of get-status can have drifted, too.
        while result.get("error") in NOT_READY and clock.monotonic() < until:
            clock.sleep(seconds_to_next_try(state.get("nextTry")))
            state = self.call("tasking.get_status", ask)
            result = self._sent(retrieve)
        return result

    def report(self) -> ContractReport:
        """The results so far."""
        for name, checked in self._checked.items():
            ids = self._watch.answers.get(name, [])
            checked.answers = len(ids)
            checked.request_ids = [each for each in ids if each]
            if checked.drifts:
                checked.outcome = "drift"
            elif checked.answers and checked.outcome == "not called":
                # The client logs in automatically, so only the responses of the login are known.
                checked.outcome = "fine" if self._watch.last[name].status < 300 else "refused"
            elif checked.outcome == "not called":
                checked.note = _why_not_called(name)
        return ContractReport(
            service=self._client.environment.base_url, operations=list(self._checked.values())
        )

    def _differs(self, drift: Drift) -> None:
        self._checked[drift.operation].drifts.append(drift)

    def _refused(self, checked: OperationCheck, error: APIError) -> None:
        """An error where success was expected: drift, if a request of the document is refused."""
        told = any(drift.kind == "status" for drift in checked.drifts)
        if error.code in NOT_READY or told or error.status not in _CONTRADICTING:
            self._note(checked, "refused", str(error))
            return
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
        answer = self._watch.last.get(operation)
        try:
            value = json.loads(answer.content) if answer is not None else None
        except (ValueError, RecursionError):
            value = None
        return value if isinstance(value, dict) else {}


def _first(page: JSON, *steps: str) -> str | None:
    """The first string member in the items of a list."""
    items = page.get(steps[0])
    for item in items if isinstance(items, list) else ():
        value = item.get(steps[1]) if isinstance(item, dict) else None
        if isinstance(value, str):
            return value
    return None


def _why_not_called(operation: str) -> str:
    described = OPERATIONS[operation]
    if described.server == "auth0":
        return "the client already had a token"
    return "it is not read-only, or depends on such an operation"
