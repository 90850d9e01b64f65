"""The catalogue: what the layer knows of each operation, error code, map type and dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spaceknow_client.contract.document import operations, result_of, successes

from ..document.names import module_name
from ..document.reading import roles
from ..rendering import environment
from .error_classes import GROUPS, TITLES, class_name


def _combined(members: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The members of a record, lists as tuples."""
    found = members | more
    return {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}


TEMPLATES = environment(
    Path(__file__).parent / "templates", class_name=class_name, combined=_combined
)

# Default values of members, which stay out of the entries.
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


def catalogue(document: dict[str, Any]) -> str:
    """The text of `generated/catalogue.py`."""
    errors: dict[str, Any] = document["x-errors"]
    return TEMPLATES.get_template("catalogue.py.jinja").render(
        defaults=DEFAULTS,
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
    errors = document["x-errors"]
    used = {info["api"] for info in errors.values()}
    groups = {api: group for api, group in GROUPS.items() if api in used}
    return TEMPLATES.get_template("codes.py.jinja").render(errors=errors, groups=groups)


def reference(document: dict[str, Any]) -> str:
    """The text of `docs/errors.md`: each code with its class, its meaning and what to do."""
    return TEMPLATES.get_template("errors.md.jinja").render(
        errors=document["x-errors"], groups=GROUPS, titles=TITLES
    )


def _operation(
    path: str, method: str, operation: dict[str, Any], document: dict[str, Any]
) -> dict[str, Any]:
    name = operation["operationId"]
    security: list[dict[str, list[str]]] = operation.get("security", document.get("security", []))
    named = [option for option in security if option]
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
        "permissions": tuple(roles(operation, document)),
        "safe_to_repeat": operation["x-safe-to-repeat"],
        "is_page": operation.get("x-page", False),
        "is_file": bool(media - {"application/json"}),
        "deprecated": operation.get("deprecated", False),
        "retrieve": result_of(operation, document),
        "error_codes": tuple(operation["x-error-codes"]),
    }
