"""The catalogue: the facts of each operation, error code, map type and dataset that the client uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spaceknow_client.contract.document import (
    PIPELINE_ID,
    cursor_names,
    followed,
    handed_on,
    id_place,
    media_of,
    operations,
    page_names,
    result_of,
    successes,
)

from ..document.names import member_name, module_name
from ..document.reading import schemes, security
from ..rendering import environment
from .error_classes import class_name, group_name, title
from .servers import further


def _combined(members: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The members of a record, with lists as tuples."""
    found = members | more
    return {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}


TEMPLATES = environment(
    Path(__file__).parent / "templates",
    class_name=class_name,
    group_name=group_name,
    escaped=lambda text: " ".join(text.replace("\\", "\\\\").replace('"', "'").split()),
    title=title,
    first_bearer=lambda schemes: next((n for n, s in schemes.items() if s["type"] == "http"), ""),
    combined=_combined,
)

# Default values of members, which entries omit.
DEFAULTS: dict[str, Any] = {
    "security": ({"jwt": ()},),
    "is_page": False,
    "page": ("results", "cursor"),
    "cursors": ("cursor",),
    "takes_id": ("body", "pipelineId"),
    "is_file": False,
    "answers": {"200": "json"},
    "media": "application/json",
    "deprecated": False,
    "retrieve": None,
    "hands_on": {},
    "error_codes": (),
    "status": None,
    "repeat": "never",
    "legacy": False,
}


# Flags of a code in errors.yaml. Its meaning is in openapi.json: this table is part of
# the base install.
FLAGS = {
    "bad-token": "Codes that mean that another token may help.",
    "ends-download": "Codes that mean that no further file of a map will come either.",
    "not-ready": "Codes that mean that a result is not there yet.",
}


def catalogue(document: dict[str, Any]) -> str:
    """The text of `generated/catalogue.py`."""
    errors: dict[str, Any] = document["x-errors"]
    return TEMPLATES.get_template("catalogue.py.jinja").render(
        defaults=DEFAULTS,
        schemes=schemes(document),
        operations=[_operation(*one, document) for one in operations(document)],
        errors={
            code: {"code": code} | {k: v for k, v in info.items() if k not in (*FLAGS, "meaning")}
            for code, info in errors.items()
        },
        flags={
            name.upper().replace("-", "_"): (
                meaning,
                tuple(code for code, info in errors.items() if info.get(name)),
            )
            for name, meaning in FLAGS.items()
        },
    )


def known_values(document: dict[str, Any], name: str) -> str:
    """The text of `generated/map_types.py` or `generated/datasets.py`."""
    known = document.get(f"x-{name.replace('_', '-')}", {})
    return TEMPLATES.get_template(f"{name}.py.jinja").render(known=known)


def exceptions(document: dict[str, Any]) -> str:
    """The text of `errors/codes.py`: one exception class for each code, under the group of its API."""
    return TEMPLATES.get_template("codes.py.jinja").render(
        errors=document["x-errors"], apis=apis(document)
    )


def groups(document: dict[str, Any]) -> str:
    """The text of `errors/groups.py`: one exception class for the codes of each API."""
    return TEMPLATES.get_template("groups.py.jinja").render(apis=apis(document))


def servers(document: dict[str, Any]) -> str:
    """The text of `auth/servers.py`: the servers of the document."""
    return TEMPLATES.get_template("servers.py.jinja").render(
        production=document["servers"][0]["url"], servers=further(document)
    )


def apis(document: dict[str, Any]) -> list[str]:
    """The APIs that have codes, in the order of errors.yaml."""
    return [*dict.fromkeys(info["api"] for info in document["x-errors"].values())]


def reference(document: dict[str, Any]) -> str:
    """The text of `docs/errors.md`: each code with its class, its meaning and what to do."""
    return TEMPLATES.get_template("errors.md.jinja").render(
        errors=document["x-errors"], apis=apis(document)
    )


def _operation(
    path: str, method: str, operation: dict[str, Any], document: dict[str, Any]
) -> dict[str, Any]:
    name = operation["operationId"]
    results = {result_of(each, document) for _, _, each in operations(document)}
    answers = {
        status: _kind(response) for status, response in successes(operation, document).items()
    }
    return {
        "id": name,
        "module": f"{module_name(operation['tags'][0])}.{module_name(name)}",
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "server": "auth0" if document["paths"][path].get("servers") else "api",
        "security": tuple(
            {scheme: tuple(needed) for scheme, needed in option.items()}
            for option in security(operation, document)
        ),
        "safe_to_repeat": operation["x-safe-to-repeat"],
        "is_page": bool(operation.get("x-page")),
        "page": tuple(map(member_name, page_names(operation)[:2])),
        "cursors": cursor_names(operation, document),
        "takes_id": id_place(name, document) if name in results else DEFAULTS["takes_id"],
        "is_file": "file" in answers.values(),
        "answers": answers,
        "media": media_of(followed(operation.get("requestBody", {}), document)),
        "deprecated": operation.get("deprecated", False),
        "retrieve": result_of(operation, document),
        "hands_on": _handed_on(operation, document),
        "error_codes": tuple(operation["x-error-codes"]),
    }


def _handed_on(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The values that the link to the result passes beside the ID, by place, as values or expressions.

    A part of the path that the two operations share comes with the path, which handles have.
    """
    retrieve = result_of(operation, document)
    if retrieve is None:
        return {}
    found = {
        place: {
            name: value
            for name, value in values.items()
            if value
            not in (PIPELINE_ID, f"$request.path.{name}" if place == "path" else PIPELINE_ID)
        }
        for place, values in handed_on(retrieve, document).items()
    }
    return {place: values for place, values in found.items() if values}


def _kind(response: dict[str, Any]) -> str:
    """The kind of the body of a response: JSON, a file (of any other type), or none."""
    content = response.get("content")
    if not content:
        return "none"
    return "json" if set(content) == {"application/json"} else "file"
