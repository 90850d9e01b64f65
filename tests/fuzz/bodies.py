"""Damaged responses of each operation: a usable value, or one of our errors."""

from __future__ import annotations

import contextlib
import json
import pickle
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from typing import Any

import spaceknow_client as sk
from spaceknow_client.errors import SpaceKnowError
from spaceknow_client.generated.catalogue import OPERATIONS
from spaceknow_client.generated.types import Request
from spaceknow_client.maps.map_files import count_tiles, tiles_of
from spaceknow_client.pipelines.handle import PipelineToken, started_by
from spaceknow_client.pipelines.polling import Progress, seconds_to_next_try
from spaceknow_client.resources.results import reader_of
from spaceknow_client.transport.http_messages import HTTPResponse
from spaceknow_client.transport.responses import error_from_response, parsed
from tests.contract.test_round_trip import cases
from tests.fuzz.mutations import Damage

STATUSES = (200, 200, 200, 200, 201, 202, 400, 401, 402, 424, 429, 500, 503, 599)
ERROR = {"error": "NOT-ENOUGH-CREDITS", "errorMessage": "Not enough."}
HOST = "https://api.spaceknow.com"


def operations() -> list[str]:
    """Operations with JSON responses."""
    return [name for name, operation in OPERATIONS.items() if not operation.is_file]


def fuzz(operation: str, count: int, seed: int = 0) -> None:
    """Reads `count` damaged responses. Raises any other exception, with the body in a note."""
    damage = Damage(seed)
    examples = [value for name, value, _ in cases("answer") if name == operation] or [{}]
    for number in range(count):
        status = damage.random.choice(STATUSES)
        example = damage.random.choice(examples) if status < 300 else ERROR
        content = damage.text(damage.json(example))
        headers = {"content-type": "text/html\x1b[0m", "spaceknow-request-id": f"r\x9b{number}"}
        received = HTTPResponse(status=status, headers=headers, content=content)
        try:
            for read in readers(operation):
                use(operation, read, received)
        except BaseException as error:
            error.add_note(f"{operation} {status} seed {seed} number {number}: {content[:300]!r}")
            raise


def readers(operation: str) -> Iterator[Callable[[Any], Any]]:
    yield import_module(f"spaceknow_client.generated.api.{OPERATIONS[operation].module}").parse
    if operation.endswith(".retrieve"):
        pair = operation.removesuffix(".retrieve")
        yield reader_of(PipelineToken(pipeline_id="p", operation=pair, host=HOST, map_type="cars"))


def use(operation: str, read: Callable[[Any], Any], received: HTTPResponse) -> None:
    found = OPERATIONS[operation]
    request = Request(operation=operation, method="POST", path=found.path, json={"pipelineId": "p"})
    if not received.is_success:
        told(error_from_response(found, request, received))
        return
    if found.retrieve:
        started_by(HOST, request, received.content)
    with ours():
        touch(parsed(found, request, read, received).parsed)


@contextlib.contextmanager
def ours() -> Iterator[None]:
    """Only our errors may be raised, and they can be printed."""
    try:
        yield
    except SpaceKnowError as error:
        told(error)


def told(error: SpaceKnowError) -> None:
    """An error's text can be printed, and the error can be pickled."""
    text = str(error)
    assert text.isprintable(), text
    text.encode()
    repr(error).encode()
    assert str(pickle.loads(pickle.dumps(error))) == text


def touch(value: Any) -> None:
    """Uses a value as users do."""
    assert repr(value).isprintable(), repr(value)
    for name in ("_repr_html_", "__str__"):
        if hasattr(value, name):
            getattr(value, name)()
    if hasattr(value, "to_dict"):
        json.dumps(value.to_dict())
    pickle.dumps(value)
    if isinstance(value, dict):
        Progress.read(value.get("progress"))
        seconds_to_next_try(value.get("nextTry"))
    if isinstance(value, sk.KrakenMap):
        with ours():
            count_tiles(value, None)
            for tile in islice(tiles_of(value, None), 100):
                assert len(tile.bounds) == 4
    for items in (getattr(value, "items", None), getattr(value, "results", None)):
        if items is None or callable(items):
            continue
        for number in range(min(len(items), 20)):
            with ours():
                touch(items[number])
