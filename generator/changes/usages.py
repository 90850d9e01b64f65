"""Where each schema of a document is used, and which schemas are classes of Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from spaceknow_client.contract.document import Schema, followed, operations, result_of

from ..document.reading import json_body, name_of, parameters
from .change import MemberLocation
from .kinds import ANY_NAME, is_class, members, values_of_map

Side = Literal["request", "answer", "error"]


@dataclass
class Usages:
    """What is known of one document before it is compared.

    Attributes:
        places: for each component, where values of it are sent or come back.
        classes: components that are classes in Python: all but those within a union that has a
            discriminator, or that only error answers and files show.
        arguments: components whose members are the arguments of a method; what fetches the result of a
            pipeline, or goes to a host of its own, is no method.
    """

    document: Schema
    operations: dict[str, tuple[str, str, Schema]] = field(default_factory=dict)
    places: dict[str, list[MemberLocation]] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    arguments: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for path, method, operation in operations(self.document):
            name = operation["operationId"]
            self.operations[name] = (path, method, operation)
            for side, visible, schema in self._roots(path, operation):
                self._walk(schema, MemberLocation(name, side, "$"), visible, set())
        fetching = {result_of(one[2], self.document) for one in self.operations.values()}
        for name, (path, _, operation) in self.operations.items():
            body = name_of(json_body(operation, self.document) or {})
            if body and name not in fetching and not self.document["paths"][path].get("servers"):
                self.arguments.add(body)

    def sides(self, name: str) -> set[str]:
        """The sides on which values of a component are."""
        return {place.side for place in self.places.get(name, ())}

    def schema(self, name: str) -> Schema:
        found: Schema = self.document["components"]["schemas"][name]
        return found

    def _roots(self, path: str, operation: Schema) -> Iterator[tuple[Side, bool, Schema]]:
        for parameter in parameters(path, operation, self.document).values():
            yield "request", True, parameter.get("schema", {})
        body = followed(operation.get("requestBody", {}), self.document)
        for media in body.get("content", {}).values():
            yield "request", True, media.get("schema", {})
        for status, response in operation["responses"].items():
            response = followed(response, self.document)
            good = str(status).startswith("2")
            is_json = set(response.get("content", {})) <= {"application/json"}
            for media in response.get("content", {}).values():
                yield "answer" if good else "error", good and is_json, media.get("schema", {})

    def _walk(
        self, schema: Schema, place: MemberLocation, visible: bool, seen: set[tuple[str, bool]]
    ) -> None:
        name = name_of(schema)
        if name is not None:
            if (name, visible) in seen:
                return
            seen.add((name, visible))
            found = self.places.setdefault(name, [])
            if place not in found:
                found.append(place)
            schema = followed(schema, self.document)
            if visible and is_class(schema, self.document):
                self.classes.add(name)
        visible = visible and "discriminator" not in schema
        for member, inner in members(schema, self.document)[0].items():
            at = MemberLocation(place.operation, place.side, f"{place.path}.{member}")
            self._walk(inner, at, visible, seen)
        if isinstance(schema.get("items"), dict):
            at = MemberLocation(place.operation, place.side, f"{place.path}[]")
            self._walk(schema["items"], at, visible, seen)
        if values := values_of_map(schema):
            at = MemberLocation(place.operation, place.side, f"{place.path}.{ANY_NAME}")
            self._walk(values, at, visible, seen)
        for keyword in ("anyOf", "oneOf"):
            for option in schema.get(keyword, ()):
                self._walk(option, place, visible, seen)
