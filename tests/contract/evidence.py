"""The evidence for the document: recorded traffic, the emulator's traffic, published facts about the
service, and the document's own examples and rules.

`contradictions(document)` is all that speaks against a document. The traffic is what the committed
document allows, so that a changed one is noticed where it says something else.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest

from generator.checks import checked
from generator.document.document import DocumentError
from spaceknow_client.contract.document import Schema, followed, is_file, media_of, successes
from spaceknow_client.contract.judge import Judge, Message
from spaceknow_client.contract.samples import examples_of
from spaceknow_client.contract.schemas import places
from spaceknow_client.contract_check.check import check_contract
from spaceknow_client.contract_check.response_record import ResponseRecord
from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.recordings import interactions
from spaceknow_client.generated.catalogue import OPERATIONS
from spaceknow_client.generated.types import is_json
from tests.evidence import described, published
from tests.evidence.facts import facts

CASSETTES = sorted((Path(__file__).parents[1] / "recorded" / "cassettes").glob("*.yaml"))

Source = Literal["recorded", "emulator", "examples", "facts", "itself"]
SOURCES: tuple[Source, ...] = ("facts", "recorded", "emulator", "examples")
Broken = tuple[Source, str, Literal["asked", "answered"], Any]


@dataclass(frozen=True)
class Pair:
    """A request and its response."""

    source: Source
    operation: str
    method: str
    path: str
    asked: Any
    answer: Message

    @property
    def value(self) -> Any:
        """The response's JSON; None if it is not JSON."""
        media_type = self.answer.headers.get("content-type", "").partition(";")[0]
        return json.loads(self.answer.content) if is_json(media_type) else None


def committed() -> dict[str, Any]:
    """The bundled document."""
    text = files("spaceknow_client").joinpath("generated", "openapi.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def operation_of(method: str, path: str) -> str:
    """The operation of a request, by the generated catalogue."""
    parts = path.split("/")
    for operation in OPERATIONS.values():
        pattern = operation.path.split("/")
        if (
            operation.method == method
            and len(pattern) == len(parts)
            and all(
                one.startswith("{") or one == part for one, part in zip(pattern, parts, strict=True)
            )
        ):
            return operation.id
    raise AssertionError(f"the catalogue has no {method} {path}")


def recorded(cassette: Path) -> Iterator[Pair]:
    """The traffic of a cassette."""
    for request, response in interactions(cassette):
        path = urlsplit(request["uri"]).path
        if path.split("/")[1] not in {each.path.split("/")[1] for each in OPERATIONS.values()}:
            continue  # an API that was removed completely
        content = response["body"].get("string") or b""
        content = content.encode() if isinstance(content, str) else content
        headers = {name.lower(): values[0] for name, values in response["headers"].items()}
        yield Pair(
            "recorded",
            operation_of(request["method"], path),
            request["method"],
            path,
            json.loads(request["body"]) if request["body"] else None,
            Message(response["status"]["code"], headers, content),
        )


@cache
def emulated() -> tuple[Pair, ...]:
    """All requests of a contract check to an emulator, with their responses."""
    found: list[Pair] = []
    see = ResponseRecord.see

    def seen(
        watch: ResponseRecord,
        operation: str,
        answer: Any,
        request: Any = None,
        *,
        surely: bool = False,
    ) -> None:
        if not surely:
            message = Message(answer.status, dict(answer.headers), answer.content)
            body = request.json if isinstance(request.json, bytes) else None
            if isinstance(request.json, (dict, list)):
                body = json.loads(json.dumps(request.json))
            found.append(Pair("emulator", operation, request.method, request.path, body, message))
        see(watch, operation, answer, request, surely=surely)

    with pytest.MonkeyPatch.context() as monkeypatch, Emulator(seconds_per_pipeline=0) as emu:
        for name in ("imagery.search", "kraken.release"):
            emu.script(name, ["NEW", "PROCESSING", "RESOLVED"], times=9)
        monkeypatch.setattr(ResponseRecord, "see", seen)
        with emu.client() as client:
            assert check_contract(client, include_writes=True, max_pages=3).is_fine
    return tuple(found)


def examples(document: dict[str, Any]) -> Iterator[Pair]:
    """The document's examples of responses, each with one of its requests, and the other requests."""
    judge = Judge(document)
    for name, entry in judge.operations.items():
        known = OPERATIONS[name]
        described = followed(entry.get("requestBody", {}), document)
        asked = []
        if described and not is_file(media_of(described)):
            asked = examples_of(described["content"][media_of(described)], document)
        media = judge.success(name).get("content", {}).get("application/json", {})
        answers = [example["value"] for example in media.get("examples", {}).values()]
        if not answers:
            continue
        for number in range(max(len(asked), len(answers))):
            body = asked[min(number, len(asked) - 1)] if asked else None
            answer = json.dumps(answers[min(number, len(answers) - 1)]).encode()
            status = int(min(successes(entry, document)).replace("X", "0"))
            message = Message(status, {"content-type": "application/json"}, answer)
            yield Pair("examples", name, known.method, known.path, body, message)


@cache
def traffic() -> dict[Source, tuple[Pair, ...]]:
    """Messages that were really sent."""
    from_cassettes = (pair for each in CASSETTES for pair in recorded(each))
    return {"recorded": tuple(from_cassettes), "emulator": emulated()}


def against(judge: Judge, pairs: Iterable[Pair]) -> Iterator[str]:
    """The parts of some traffic that a document does not describe."""
    routes = {
        operation["operationId"]: (method.upper(), path)
        for path, item in judge.document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "operationId" in operation
    }
    for pair in pairs:
        known = OPERATIONS[pair.operation]
        if routes.get(pair.operation) != (known.method, known.path):
            yield f"{pair.operation} is not {known.method} {known.path}"
            continue
        yield from (
            f"{pair.operation} asked {mistake}"
            for mistake in judge.validate_request(pair.operation, pair.asked)
        )
        yield from map(str, judge.validate_response(pair.operation, pair.answer))


def broken(pairs: Iterable[Pair], document: dict[str, Any]) -> list[Broken]:
    """Traffic in which one required member is missing; the document must reject each of them.

    Which are required is taken from `document`, the committed one; a changed one is asked then.
    """
    judge = Judge(document)
    found: dict[str, Broken] = {}
    for pair in pairs:
        body = judge.operations[pair.operation].get("requestBody", {}).get("content", {})
        for member, value in _without_each(
            pair.asked, body.get("application/json", {}).get("schema", {}), document
        ):
            name = f"{pair.source} {pair.operation} asked {member}"
            found.setdefault(name, (pair.source, pair.operation, "asked", value))
        if pair.value is None or pair.answer.status != 200:
            continue
        schema = judge.success(pair.operation)["content"]["application/json"]["schema"]
        for member, value in _without_each(pair.value, schema, document):
            found.setdefault(
                f"{pair.source} {pair.operation} {member}",
                (pair.source, pair.operation, "answered", value),
            )
    return list(found.values())


def accepted(judge: Judge, values: Iterable[Broken]) -> Iterator[str]:
    """Invalid traffic that a document accepts."""
    for _, operation, part, value in values:
        if operation not in judge.operations:
            continue
        if part == "asked":
            mistakes: list[Any] = list(judge.validate_request(operation, value))
        else:
            content = json.dumps(value).encode()
            headers = {"content-type": "application/json"}
            mistakes = list(judge.validate_response(operation, Message(200, headers, content)))
        if not mistakes:
            yield f"{operation} may be {part} without a member that is always there"


def _without_each(value: Any, schema: Schema, document: Schema) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        return
    for name in list(value):
        if any(place.required for place in places(followed(schema, document), name, document)):
            changed = copy.copy(value)
            del changed[name]
            yield name, changed


def contradictions(document: dict[str, Any]) -> dict[Source, list[str]]:
    """All contradictions to a document, by source."""
    return dict(witnesses(document))


def witnesses(
    document: dict[str, Any], only: str | None = None
) -> Iterator[tuple[Source, list[str]]]:
    """The contradictions of each source to a document, the slowest source last.

    `only`: the operation that differs from the committed document, if that is all.
    """
    judge: Judge | None = None
    for source in SOURCES:
        try:
            judge = judge or Judge(document)
            yield source, list(_against(judge, source, only))
        except (LookupError, ValueError, TypeError) as error:  # it cannot be read at all
            yield source, [f"{type(error).__name__}: {error}"]
    yield "itself", _of_itself(document)


def _against(judge: Judge, source: Source, only: str | None) -> Iterator[str]:
    if source == "facts":
        yield from published.mistakes(judge.document)
        for fact in facts():
            yield from described.mistakes(judge, fact)
        return
    pairs = traffic()[source] if source != "examples" else examples(judge.document)
    yield from against(judge, (pair for pair in pairs if only in (None, pair.operation)))
    refused = [value for value in _broken() if value[0] == source and only in (None, value[1])]
    yield from accepted(judge, refused)


def _of_itself(document: dict[str, Any]) -> list[str]:
    """What the generator rejects: the rules of openapi/README.md."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        try:
            checked(file)
        except DocumentError as error:
            return str(error).splitlines()
    return []


@cache
def _broken() -> tuple[Broken, ...]:
    return tuple(broken(chain.from_iterable(traffic().values()), committed()))
