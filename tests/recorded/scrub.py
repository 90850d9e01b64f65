"""Prepares requests and responses for cassettes: without secrets and without variable values."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from spaceknow_client.generated.catalogue import SCHEMES
from spaceknow_client.generated.types import is_secret

REDACTED = "REDACTED"

# Members of bodies, at any depth. A map's id gives access to its files; links may be signed.
SECRET = frozenset(
    {
        "username",
        "email",
        "password",
        "token",
        "id_token",
        "access_token",
        "refresh_token",
        "client_secret",
        "mapId",
        "csvLink",
        "url",
    }
)
SECRET_HEADERS = ("authorization", "cookie", "set-cookie", "x-api-key")
KEPT_HEADERS = ("content-type", "spaceknow-api-version", "spaceknow-request-id", *SECRET_HEADERS)
MAP = re.compile(r"(/kraken/grid/)[^/]+")
EMULATOR = "http://127.0.0.1:8765"


def scrubbed_request(request: Any) -> Any:
    """A request of VCR.py, as it is written and as it is looked up."""
    split = urlsplit(request.uri)
    host = f"{split.scheme}://{split.netloc}"
    if split.hostname == "127.0.0.1":  # the same for any port of the recording
        host = EMULATOR
    keys = {scheme.name for scheme in SCHEMES.values() if scheme.place == "query"}
    given = parse_qsl(split.query, keep_blank_values=True)
    query = [(name, REDACTED if name in keys or is_secret(name) else each) for name, each in given]
    request.uri = (
        host + MAP.sub(rf"\1{REDACTED}", split.path) + (f"?{urlencode(query)}" if query else "")
    )
    request.body = scrubbed_body(request.body)
    request.headers = _headers(dict(request.headers))
    return request


def scrubbed_response(response: dict[str, Any]) -> dict[str, Any]:
    """A response of VCR.py, as it is written."""
    body = response["body"]
    return {
        "status": {"code": response["status"]["code"], "message": None},
        "headers": _headers(response["headers"]),
        "body": {**body, "string": scrubbed_body(body.get("string"))},
    }


def scrubbed_body(body: Any) -> Any:
    """A body without secrets; one that is not JSON is unchanged."""
    content = body.encode() if isinstance(body, str) else body
    if not content:
        return body
    try:
        value = json.loads(content)
    except (ValueError, UnicodeDecodeError):
        return body
    return json.dumps(scrubbed(value), separators=(",", ":")).encode()


def scrubbed(value: Any) -> Any:
    """JSON without secrets."""
    if isinstance(value, dict):
        return {
            name: REDACTED if name in SECRET and isinstance(item, str) else scrubbed(item)
            for name, item in value.items()
        }
    return [scrubbed(item) for item in value] if isinstance(value, list) else value


def _headers(headers: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in headers.items():
        if name.lower() in KEPT_HEADERS:
            secret = [REDACTED] if isinstance(value, list) else REDACTED
            kept[name.lower()] = secret if name.lower() in SECRET_HEADERS else value
    return kept
