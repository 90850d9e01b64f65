"""Recorded responses, which replace those of the emulator.

They are read from cassettes (YAML of VCR.py and pytest-recording), or from JSON files with one response
body each.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

CASSETTES = (".yaml", ".yml")
REDACTED = "REDACTED"

_HEADERS = ("content-type", "spaceknow-request-id", "spaceknow-api-version")
_JSON = {"content-type": "application/json; charset=utf-8"}


@dataclass(frozen=True)
class Recorded:
    """A recorded request with its response.

    Attributes:
        operation: operationId of the document.
        path: path of the URL; None matches any path.
        asked: the parsed request body (JSON); ignored if `path` is None.
        headers: response headers that the client reads, by lower-case name.
    """

    operation: str
    path: str | None
    asked: Any
    status: int
    headers: dict[str, str]
    content: bytes = field(repr=False)

    @property
    def key(self) -> tuple[str, str | None, str]:
        """Equal for recordings of the same request."""
        return self.operation, self.path, "" if self.path is None else _canonical(self.asked)

    def response(self) -> Response:
        """The recorded response."""
        return Response(self.content, status_code=self.status, headers=self.headers)


class Recordings:
    """Recorded responses by request. Several for one request are returned in order; the last repeats."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recorded: dict[tuple[str, str | None, str], list[Recorded]] = {}

    def __bool__(self) -> bool:
        return bool(self._recorded)

    def add(self, recorded: Iterable[Recorded]) -> None:
        """Adds responses after the existing ones."""
        with self._lock:
            for each in recorded:
                self._recorded.setdefault(each.key, []).append(each)

    def take(self, operation: str, path: str, asked: Any) -> Response | None:
        """The next response to a request; None if there is none."""
        keys = ((operation, path, _canonical(asked)), (operation, None, ""))
        with self._lock:
            for key in keys:
                waiting = self._recorded.get(key)
                if waiting:
                    recorded = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                    return recorded.response()
        return None


Naming = Callable[[str, str], "str | None"]
"""Returns the operationId of a method and a path, or None."""


def read_folder(folder: Path, operations: Iterable[str], naming: Naming) -> list[Recorded]:
    """All recordings of a folder, in the order of file names.

    Raises ValueError if there are none, or if a file belongs to no operation.
    """
    if not folder.is_dir():
        raise ValueError(f"folder not found: {folder}")
    files = [path for path in folder.rglob("*") if path.is_file()]
    found: list[Recorded] = []
    for path in sorted(files, key=_natural):
        if path.suffix in CASSETTES:
            found += read_cassette(path, naming)
        elif path.suffix == ".json":
            found.append(_read_body(path, operations))
    if not found:
        raise ValueError(f"no recorded responses (*.yaml, *.json) in {folder}.")
    return found


def read_cassette(path: Path, naming: Naming) -> Iterator[Recorded]:
    """The responses of a cassette, except logins, which the emulator handles itself.

    Raises ValueError if the file is not a cassette.
    """
    for request, response in interactions(path):
        split = urlsplit(request["uri"])
        operation = naming(request["method"], split.path)
        if operation is None:
            raise ValueError(f"{path}: the API has no {request['method']} {split.path}.")
        if operation.startswith("auth0."):
            continue
        headers = {name.lower(): values[0] for name, values in response["headers"].items()}
        yield Recorded(
            operation=operation,
            path=split.path,
            asked=_parsed(request.get("body")),
            status=int(response["status"]["code"]),
            headers={name: headers[name] for name in _HEADERS if name in headers},
            content=_bytes(response["body"].get("string")),
        )


def interactions(path: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The requests and responses of a cassette, as written in the file."""
    import yaml

    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [(each["request"], each["response"]) for each in loaded["interactions"]]
    except (yaml.YAMLError, UnicodeDecodeError, LookupError, TypeError) as error:
        raise ValueError(f"{path} is not a cassette: {type(error).__name__}.") from error


def _read_body(path: Path, operations: Iterable[str]) -> Recorded:
    fitting = [name for name in operations if f"{path.stem}.".startswith(f"{name}.")]
    if not fitting:
        raise ValueError(
            f"{path}: the file name must start with an operation, such as "
            "user.info.json or tasking.get_status.2.json."
        )
    content = path.read_bytes()
    try:
        json.loads(content)
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    return Recorded(max(fitting, key=len), None, None, 200, dict(_JSON), content)


def _natural(path: Path) -> list[tuple[int, str]]:
    """A sort key that puts 10 after 9."""
    parts = re.split(r"(\d+)", str(path))
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _canonical(asked: Any) -> str:
    # The API does not distinguish between no body and an empty one.
    return json.dumps(asked or {}, sort_keys=True, separators=(",", ":"))


def _parsed(body: Any) -> Any:
    content = _bytes(body)
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None


def _bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else b""
