"""Writes the catalogue: what the layer knows of each operation and of each error code."""

from __future__ import annotations

import re
from typing import Any

from spaceknow_client.contract.document import operations, result_of, successes

from ..document.names import module_name

HEADER = '''"""The operations and error codes of the document, as tables."""

from __future__ import annotations

from typing import Final, Literal

from attrs import frozen

from .types import OpenStrEnum


@frozen(kw_only=True)
class Operation:
    """What the document says of one operation.

    Attributes:
        id: the operationId, such as `kraken.release.initiate`.
        module: where below `generated.api` its request and its reader are.
        server: `api`, or `auth0` for what is sent to the login service instead.
        authorization: whether a bearer token must, may, or must not be sent.
        permissions: names of the permissions that a caller needs (all of them).
        safe_to_repeat: whether sending the call twice costs nothing.
        is_page: the answer is one page of a listing (`results` and `cursor`).
        is_file: the answer is a file, not JSON.
        retrieve: for an `initiate`, the operation that fetches the pipeline's result.
        error_codes: codes that it is known to answer; others may come.
    """

    id: str
    module: str
    method: str
    path: str
    summary: str
    server: Literal["api", "auth0"]
    authorization: Literal["required", "optional", "none"]
    safe_to_repeat: bool
    permissions: tuple[str, ...]
    is_page: bool
    is_file: bool
    deprecated: bool
    retrieve: str | None
    error_codes: tuple[str, ...]


@frozen(kw_only=True)
class ErrorInfo:
    """What the document says of one error code.

    Attributes:
        api: whose code it is: `general`, `tasking`, `ragnar`, `kraken` and so on.
        status: the HTTP status, where it is known.
        repeat: whether the same call may help later: `never`, `later` or `search-again`.
        hint: what the user should do now.
    """

    code: str
    api: str
    hint: str
    status: int | None
    repeat: Literal["never", "later", "search-again"]
    legacy: bool
'''


# Default values of members, by name.
DEFAULTS: dict[str, Any] = {
    "permissions": (),
    "is_page": False,
    "is_file": False,
    "deprecated": False,
    "retrieve": None,
    "error_codes": (),
    "status": None,
    "repeat": "never",
    "legacy": False,
}


# What a code of errors.yaml may say of itself. Its meaning is in openapi.json: this table is part of
# the base install.
FLAGS = {
    "bad-token": "Codes that mean that another token may help.",
    "ends-download": "Codes that mean that no further file of a map will come either.",
    "not-ready": "Codes that mean that a result is not there yet.",
}


def _with_defaults(code: str) -> str:
    """The header, in which each of these members has its default value."""
    for name, default in DEFAULTS.items():
        code = re.sub(rf"^(    {name}: .*)$", rf"\1 = {default!r}", code, flags=re.MULTILINE)
    return code


def catalogue(document: dict[str, Any]) -> str:
    """The text of `generated/catalogue.py`."""
    errors: dict[str, Any] = document["x-errors"]
    lines = [_with_defaults(HEADER), "", "_operations = ("]
    for path, method, operation in operations(document):
        entry = _operation(path, method, operation, document)
        lines.append(f"    Operation({_arguments(entry)}),")
    lines += [")", "OPERATIONS: Final = {operation.id: operation for operation in _operations}"]
    lines += ["", "", "class ErrorCode(OpenStrEnum):"]
    lines.append(
        '    """The machine codes of the API; a code that is not listed keeps its text."""'
    )
    lines.append("")
    lines += [f"    {code.replace('-', '_')} = {code!r}" for code in errors]
    lines += ["", "", "_errors = ("]
    for code, info in errors.items():
        told = {name: value for name, value in info.items() if name not in (*FLAGS, "meaning")}
        lines.append(f"    ErrorInfo({_arguments({'code': code} | told)}),")
    lines += [")", "ERRORS: Final = {error.code: error for error in _errors}"]
    for name, meaning in FLAGS.items():
        codes = tuple(code for code, info in errors.items() if info.get(name))
        constant = name.upper().replace("-", "_")
        lines += [f"{constant}: Final = frozenset({codes!r})", f'"""{meaning}"""']
    return "\n".join(lines) + "\n"


def map_types(document: dict[str, Any]) -> str:
    """The text of `generated/map_types.py`."""
    known = document.get("x-map-types", {})
    files = {name: tuple(info["files"]) for name, info in known.items()}
    return (
        '"""The map types of the document."""\n\nfrom typing import Final\n\n'
        f"FILES: Final[dict[str, tuple[str, ...]]] = {files!r}\n"
        '"""The names of files that tiles are known to have; none where no source tells them."""\n'
    )


def _arguments(entry: dict[str, Any]) -> str:
    """The arguments of an entry, without default values."""
    return ", ".join(
        f"{name}={value!r}"
        for name, value in entry.items()
        if name not in DEFAULTS or value != DEFAULTS[name]
    )


def _operation(
    path: str, method: str, operation: dict[str, Any], document: dict[str, Any]
) -> dict[str, Any]:
    name = operation["operationId"]
    security: list[dict[str, list[str]]] = operation.get("security", document.get("security", []))
    named = [option for option in security if option]
    roles = tuple(role for option in named for names in option.values() for role in names)
    optional = len(named) < len(security)
    success = successes(operation, document).values()
    media = {kind for response in success for kind in response.get("content", {})}
    return {
        "id": name,
        "module": f"{module_name(operation['tags'][0])}.{module_name(name)}",
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "server": "auth0" if document["paths"][path].get("servers") else "api",
        "authorization": "none" if not named else "optional" if optional else "required",
        "permissions": roles,
        "safe_to_repeat": operation["x-safe-to-repeat"],
        "is_page": operation.get("x-page", False),
        "is_file": bool(media - {"application/json"}),
        "deprecated": operation.get("deprecated", False),
        "retrieve": result_of(operation, document),
        "error_codes": tuple(operation["x-error-codes"]),
    }
