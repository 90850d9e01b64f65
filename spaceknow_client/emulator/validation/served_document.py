"""The document as openapi-core shall see it: one server, and unions that close."""

from __future__ import annotations

from typing import Any

from spaceknow_client.contract.schemas import closed

from .messages import BASE_URL


def served(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of the bundled document that fits the emulator.

    All paths lie under one server, also those of Auth0. Security is left out: the emulator tells
    apart more kinds of bad tokens than openapi-core. Unions are
    closed: openapi-core looks a type up among all schemas of the document, so it would take a Point
    where only areas are listed, and stumbles over a type that is no text. Trying every member instead
    would be right, but three times as slow and without a useful message.
    """
    schemas = document["components"]["schemas"]
    copy: dict[str, Any] = _copied(document, schemas)
    copy["servers"] = [{"url": BASE_URL}]
    copy.pop("security", None)
    for item in copy["paths"].values():
        item.pop("servers", None)
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("servers", None)
                operation.pop("security", None)
    return copy


def _copied(node: Any, schemas: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_copied(value, schemas) for value in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _copied(value, schemas) for key, value in node.items()}
    if isinstance(node.get("oneOf"), list) and isinstance(node.get("discriminator"), dict):
        return closed(copy, schemas)
    return copy
