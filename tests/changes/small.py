"""A small document with one of everything, so that edits of it can be rated."""

from __future__ import annotations

import json
from typing import Any

Document = dict[str, Any]


def small() -> Document:
    """A fresh copy, which shares nothing with another."""
    copied: Document = json.loads(json.dumps(SMALL))
    return copied


def _ref(name: str, **more: Any) -> Document:
    return {"$ref": f"#/components/schemas/{name}", **more}


def _operation(
    name: str, answer: Document, body: Document | None = None, **more: Any
) -> dict[str, Document]:
    operation: Document = {
        "operationId": name,
        "tags": [name.split(".")[0]],
        "summary": f"Does {name}",
        "security": [{"jwt": [name.split(".")[0]]}],
        "x-safe-to-repeat": False,
        "x-error-codes": ["NO-SHIP"],
        "x-source": {"facts": "1", "origin": "a test", "confidence": "high"},
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": answer}}},
            "4XX": {
                "description": "Refused.",
                "content": {"application/json": {"schema": _ref("ErrorAnswer")}},
            },
        },
    }
    if body is not None:
        content = {"application/json": {"schema": body}}
        operation["requestBody"] = {"required": True, "content": content}
    return {"post": operation | more}


def _object(required: list[str], **members: Document) -> Document:
    return {
        "type": "object",
        "description": "An object.",
        "required": required,
        "properties": members,
    }


TEXT: Document = {"type": "string", "description": "A text."}

SMALL: Document = {
    "openapi": "3.1.0",
    "info": {"title": "Harbours", "version": "1"},
    "servers": [{"url": "https://harbours.example"}],
    "paths": {
        "/ships/find": _operation(
            "ships.find", _ref("ShipPage"), _ref("FindRequest"), **{"x-page": True}
        ),
        "/ships/{harbour}/{berth}/ship": _operation(
            "ships.at",
            _ref("Ship"),
            parameters=[
                {"name": "harbour", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "berth", "in": "path", "required": True, "schema": {"type": "integer"}},
                {"name": "maxAge", "in": "query", "schema": {"type": "integer"}},
            ],
        ),
        "/ships/count/initiate": _operation("ships.count.initiate", _ref("Started"), _ref("Place")),
        "/ships/count/retrieve": _operation("ships.count.retrieve", _ref("Count"), _ref("Started")),
        "/ships/photo": {
            "post": {
                "operationId": "ships.photo",
                "tags": ["ships"],
                "summary": "A photo",
                "x-safe-to-repeat": True,
                "x-error-codes": [],
                "responses": {"200": {"description": "A photo.", "content": {"image/png": {}}}},
            }
        },
    },
    "components": {
        "schemas": {
            "Count": _object(["ships"], ships={"type": "integer", "minimum": 0}),
            "Crew": _object(["size"], size={"type": "integer"}, captain=TEXT),
            "ErrorAnswer": _object(["error"], error=TEXT),
            "FindRequest": _object(
                ["harbour", "since"],
                harbour=TEXT,
                since=TEXT,
                maxSize={"type": "number", "maximum": 500},
                kind=_ref("ShipKind"),
                place=_ref("Place"),
                cursor=TEXT,
            ),
            "Hold": {"type": "object", "description": "What is in it."},
            "Place": {
                "oneOf": [_ref("Point"), _ref("Area")],
                "discriminator": {"propertyName": "type"},
            },
            "Point": _object(["type"], type={"const": "Point"}, at=TEXT),
            "Area": _object(["type"], type={"const": "Area"}, ring=TEXT),
            "Ship": _object(
                ["shipId", "kind"],
                shipId=TEXT,
                kind=_ref("ShipKind"),
                crew=_ref("Crew"),
                length={"type": "number"},
                hold=_ref("Hold"),
                flags={"type": "array", "items": {"type": "string"}},
            ),
            "ShipKind": {
                "anyOf": [{"type": "string", "enum": ["TUG", "FERRY"]}, {"type": "string"}]
            },
            "ShipPage": _object(
                ["results", "cursor"],
                results={"type": "array", "items": _ref("Ship")},
                cursor={"type": ["string", "null"]},
            ),
            "Started": _object(["pipelineId"], pipelineId=TEXT),
        },
        "securitySchemes": {"jwt": {"type": "http", "scheme": "bearer"}},
    },
    "x-errors": {
        code: {"api": api, "meaning": "m", "status": None, "repeat": "never", "hint": "h"}
        for code, api in (("NO-SHIP", "general"), ("NO-HARBOUR", "kraken"))
    },
}
SMALL["paths"]["/ships/count/initiate"]["post"]["responses"]["200"]["links"] = {
    "result": {"operationId": "ships.count.retrieve"}
}
