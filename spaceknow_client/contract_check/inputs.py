"""What a check calls, and with what: the document's examples, with values that the service knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import Factory, evolve, field, frozen

from ..auth.environment import is_loopback
from ..contract.document import (
    Schema,
    followed,
    is_file,
    links,
    media_of,
    operations,
    page_names,
    resolved,
    result_of,
)
from ..contract.judge import Judge
from ..contract.parameters import parameter_texts
from ..contract.samples import body_example, examples_of
from ..generated.catalogue import OPERATIONS
from ..generated.types import UNSET

if TYPE_CHECKING:
    from ..client.client import SpaceKnow

JSON = dict[str, Any]

READING = ("get", "head", "post")
"""Methods of operations that can be read-only."""

BRISBANE: JSON = {
    "type": "Polygon",
    "coordinates": [
        [
            [153.1036, -27.3934],
            [153.1068, -27.3934],
            [153.1068, -27.3904],
            [153.1036, -27.3904],
            [153.1036, -27.3934],
        ]
    ],
}
"""A part of the free testing area at Brisbane airport."""


@frozen(kw_only=True)
class SearchArea:
    """Where to search: a dataset, and an extent in GeoJSON (by default in the free testing area)."""

    provider: str = "pl"
    dataset: str = "SkySatCollect"
    extent: JSON = Factory(lambda: BRISBANE)

    @classmethod
    def of(cls, client: SpaceKnow) -> SearchArea:
        """The default area of a service: the emulator's demo user has rights on other scenes."""
        if is_loopback(client.environment.host):
            return cls(provider="gbdx", dataset="idaho-pansharpened")
        return cls()


@frozen(kw_only=True)
class Arguments:
    """What one call is sent with."""

    path: Mapping[str, Any] = field(factory=dict)
    query: Mapping[str, str | list[str]] = field(factory=dict)
    headers: Mapping[str, Any] = field(factory=dict)
    body: Any = UNSET

    def at(self, name: str, cursor: str | None) -> Arguments:
        """The same for another page of a listing, whose cursor is in the body or in the query."""
        query = {key: value for key, value in self.query.items() if key != name}
        if isinstance(self.body, dict):
            body = {key: value for key, value in self.body.items() if key != name}
            return evolve(
                self, query=query, body=body if cursor is None else {**body, name: cursor}
            )
        return evolve(self, query=query if cursor is None else {**query, name: cursor})


class NotSeenError(Exception):
    """A request needs a value that only the service can name, and no listing has named one."""


class Inputs:
    """Requests for the operations of the document, from its examples.

    In an example, the area and the dataset are those of `place`. A value that identifies an item of a
    listing (a `SceneId`, by `x-identity`) is one that the service has returned.
    """

    def __init__(self, judge: Judge, place: SearchArea) -> None:
        self._judge, self._document, self._place = judge, judge.document, place
        self._seen: dict[str, list[Any]] = {}
        self._listings: dict[str, str] = {}  # by component, the operation whose items it identifies
        entries = judge.operations
        self.pages = {
            name: page_names(entry) for name, entry in entries.items() if entry.get("x-page")
        }
        for name in self.pages:
            if component := self._identity(name):
                self._listings.setdefault(component, name)
        self._targets = {
            link.get("operationId")
            for entry in entries.values()
            for link in links(entry, self._document).values()
        }
        self._results = {result_of(entry, self._document) for entry in entries.values()}
        methods = {each["operationId"]: method for _, method, each in operations(self._document)}
        self.read_only = frozenset(
            name
            for name, entry in entries.items()
            if entry["x-safe-to-repeat"]
            and entry.get("x-read-only", True)
            and methods[name] in READING
            and self.is_callable(name)
        )

    def is_linked(self, operation: str) -> bool:
        """Whether the document says from which response its values are taken."""
        return operation in self._targets

    def is_callable(self, operation: str) -> bool:
        """Whether the check calls it itself: the client logs in, and a pipeline has its result."""
        return operation not in self._results and OPERATIONS[operation].server == "api"

    def first(self, component: str) -> Any:
        """A value that the service has named; None without one."""
        return next(iter(self._seen.get(component, ())), None)

    def of(self, operation: str) -> list[Arguments]:
        """What to call an operation with, once for each example. Raises NotSeenError."""
        entry = self._judge.operations[operation]
        described = followed(entry.get("requestBody", {}), self._document)
        schema: Schema = {}
        bodies: list[Any] = [UNSET]
        if described:
            media = media_of(described)
            schema = described["content"][media].get("schema", {})
            bodies = (
                [body_example(described, self._document)]
                if is_file(media)
                else examples_of(described["content"][media], self._document)
            )
        given: dict[str, JSON] = {"path": {}, "query": {}, "header": {}}
        for each in self._judge.parameters(operation):
            if each.get("required") and each["in"] in given:
                value = examples_of(each, self._document)[0]
                value = self._filled(value, each.get("schema", {}))
                given[each["in"]] |= parameter_texts(each, value)
        found: list[Arguments] = []
        listing = self._started_pages().get(operation)
        for body in bodies:
            made = Arguments(
                path=given["path"],
                query=given["query"],
                headers=given["header"],
                body=body if body is UNSET else self._filled(body, schema),
            )
            made = made if listing is None else made.at(self.pages[listing].cursor, None)
            if made not in found:
                found.append(made)
        return found

    def learn(self, operation: str, page: JSON) -> list[str]:
        """Keeps the identities of the items of a page, and returns them."""
        component = self._identity(operation)
        results = page.get(self.pages[operation].items)
        member = self._judge.operations[operation].get("x-identity")
        items = results if component and isinstance(results, list) else []
        found = [item.get(member) for item in items if isinstance(item, dict)]
        named = [each for each in found if isinstance(each, str)]
        self._seen.setdefault(component or "", []).extend(named)
        return named

    def identity_of(self, operation: str) -> str:
        """The position of the identity of an item in a page of a listing."""
        return f"{self.pages[operation].items}[].{self._judge.operations[operation]['x-identity']}"

    def linked(self, operation: str) -> Iterator[tuple[str, Schema]]:
        """The read-only operations that a response leads to, each with its link."""
        if result_of(self._judge.operations[operation], self._document) is None:
            for link in links(self._judge.operations[operation], self._document).values():
                if link.get("operationId") in self.read_only:
                    yield link["operationId"], link

    def _started_pages(self) -> dict[str, str]:
        """The operations that take the cursor of a listing, with that listing."""
        entries = self._judge.operations
        starts = {name: result_of(entry, self._document) for name, entry in entries.items()}
        direct = {name: name for name in self.pages.keys() - self._results}
        return direct | {name: last for name, last in starts.items() if last in self.pages}

    def _identity(self, operation: str) -> str | None:
        """The component that identifies an item of a listing."""
        entry = self._judge.operations[operation]
        content = self._judge.success(operation).get("content", {}).get("application/json")
        if content is None or "x-identity" not in entry:
            return None
        page = resolved(content["schema"], self._document)
        items = page.get("properties", {}).get(self.pages[operation].items, {})
        items = resolved(items, self._document)
        item = resolved(items.get("items", {}), self._document)
        schema = item.get("properties", {}).get(entry["x-identity"], {})
        return str(schema.get("$ref", "")).rpartition("/")[2] or None

    def _filled(self, value: Any, schema: Schema) -> Any:
        """An example with what the service has in place of what it has not."""
        component = str(schema.get("$ref", "")).rpartition("/")[2]
        if component == "Extent":
            return self._extent(value)
        if component in self._listings:
            seen = self._seen.get(component)
            if not seen:
                raise NotSeenError(f"{self._listings[component]} returned no {component}")
            seen.append(seen.pop(0))  # another one for the next place
            return seen[-1]
        full = resolved(schema, self._document)
        listed = {"providers": self._place.provider, "datasets": self._place.dataset}
        if isinstance(value, str):
            return listed.get(full.get("x-listed", ""), value)
        if isinstance(value, list):
            return [self._filled(each, full.get("items", {})) for each in value]
        if isinstance(value, dict):
            known = full.get("properties", {})
            return {name: self._filled(each, known.get(name, {})) for name, each in value.items()}
        return value

    def _extent(self, example: Any) -> JSON:
        """The area, as a Feature or in a collection where the example is one."""
        area, kind = self._place.extent, example.get("type") if isinstance(example, dict) else None
        if "geometry" in area or "geometries" in area:
            return area
        if kind == "Feature":
            return {**example, "geometry": area}
        return {"type": kind, "geometries": [area]} if kind == "GeometryCollection" else area
