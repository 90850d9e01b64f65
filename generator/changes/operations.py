"""Compares an operation that both documents have: what is sent, what comes back, what is promised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..document import METHODS, followed
from .change import Action, Place, Rating
from .kinds import Kinds, Schema, fits, kinds, members, words
from .schemas import Schemas, Spot, deprecated, keyword, python_name
from .usages import Side, Usages, json_body, links, parameters

WORDS = {"summary", "description", "x-source", "externalDocs"}
# Members that have a rating of their own; the rest is told by its key.
RATED = {"operationId", "parameters", "requestBody", "responses", "security", "deprecated", "tags"}
EXTENSIONS = {"x-safe-to-repeat", "x-page", "x-error-codes"}
FILE: Kinds = frozenset({("file",)})
NONE: Kinds = frozenset({("null",)})


def call(name: str, usages: Usages) -> str:
    """An operation as it is called: `client.imagery.search`, `client.raw.imagery.search_retrieve`.

    What fetches a result, and what goes to a host of its own, is a method of `client.raw` alone.
    """
    tag, *rest = name.split(".")
    path = usages.operations[name][0]
    if name.endswith(".retrieve") or usages.document["paths"][path].get("servers"):
        return f"client.raw.{tag}.{'_'.join(rest)}"
    return f"client.{name.removesuffix('.initiate')}"


class OperationPair:
    """One operation in two documents."""

    def __init__(self, schemas: Schemas, name: str) -> None:
        self.schemas, self.name = schemas, name
        self.old_path, self.old_method, self.old = schemas.old.operations[name]
        self.new_path, self.new_method, self.new = schemas.new.operations[name]
        self.old_document, self.new_document = schemas.old.document, schemas.new.document

    def values(self) -> Iterator[tuple[Schema, Schema]]:
        """The schemas that stand in the same place."""
        body, new_body = (
            json_body(self.old, self.old_document),
            json_body(self.new, self.new_document),
        )
        if body is not None and new_body is not None:
            yield body, new_body
        for _, before, after in self._answers():
            yield before, after
        ours, theirs = self._parameters()
        for key in ours.keys() & theirs.keys():
            yield ours[key].get("schema", {}), theirs[key].get("schema", {})

    def compare(self) -> None:
        self._address()
        self._arguments()
        self._body()
        self._success()
        self._statuses()
        self._security()
        self._links()
        self._extensions()
        self._words()

    def _add(
        self,
        of: str,
        rating: Rating,
        text: str,
        *values: Any,
        name: str = "",
        action: Action = "changed",
    ) -> None:
        self.schemas.add(action, self._spot(of, name), rating, text, *values)

    def _spot(self, of: str, name: str = "", side: Side | None = None, path: str = "$") -> Spot:
        sides = frozenset({side} if side else {"request", "answer"})
        places = (Place(self.name, side, path),) if side else ()
        return Spot(of, f"{self.name}{name}", sides, places)

    def _address(self) -> None:
        before = f"{self.old_method.upper()} {self.old_path}"
        after = f"{self.new_method.upper()} {self.new_path}"
        if before != after:
            self._add("address", Rating.BEHAVIOUR, "is sent to another address", before, after)
        if self.old["tags"] != self.new["tags"]:
            text = "stands in another group of `client.raw`"
            self._add("tags", Rating.BREAKING, text, self.old["tags"], self.new["tags"])
        hosts = [
            document["paths"][path].get("servers")
            for document, path in (
                (self.old_document, self.old_path),
                (self.new_document, self.new_path),
            )
        ]
        if hosts[0] != hosts[1]:
            lost = bool(hosts[1]) and not hosts[0]
            text = "goes to a host of its own" + (
                ", so it is no method of the client" if lost else ""
            )
            self._add("servers", Rating.BREAKING if lost else Rating.BEHAVIOUR, text)

    def _parameters(self) -> tuple[dict[str, Schema], dict[str, Schema]]:
        old = parameters(self.old_path, self.old, self.old_document)
        new = parameters(self.new_path, self.new, self.new_document)
        ours = {python_name(one["name"]): one for one in old.values()}
        return ours, {python_name(one["name"]): one for one in new.values()}

    def _arguments(self) -> None:
        ours, theirs = self._parameters()
        gone = [name for name in ours if name not in theirs]
        come = [name for name in theirs if name not in ours]
        alike = len(gone) == len(come) == 1
        for name in gone:
            text = "the argument is gone"
            self._add("parameter", Rating.BREAKING, text, name=f"({name})", action="removed")
            self.schemas.mark_renamed(come[0] if alike else None)
        for name in come:
            needed = theirs[name].get("required", False)
            text = "a new argument" + (", which has to be given" if needed else "")
            rating = Rating.BREAKING if needed else Rating.ADDITION
            self._add("parameter", rating, text, name=f"({name})", action="added")
            self.schemas.mark_renamed(gone[0] if alike else None)
        for name in (name for name in ours if name in theirs):
            self._parameter(ours[name], theirs[name], name)
        order = [[name for name in one if one[name]["in"] == "path"] for one in (ours, theirs)]
        if sorted(order[0]) == sorted(order[1]) and order[0] != order[1]:
            text = "the arguments of the path come in another order"
            self._add("order", Rating.BREAKING, text, *order)

    def _parameter(self, old: Schema, new: Schema, name: str) -> None:
        spot = self._spot("parameter", f"({name})", "request", name)
        if old["in"] != new["in"]:
            by_name = old["in"] == "path"  # an argument of the path is given by position, too
            text = f"is sent in the {new['in']} and not in the {old['in']}"
            rating = Rating.BREAKING if by_name else Rating.BEHAVIOUR
            self.schemas.add("changed", spot, rating, text, old["in"], new["in"])
        before, after = old.get("required", False), new.get("required", False)
        if before != after:
            text = "has to be given now" if after else "need not be given any more"
            rating = Rating.BREAKING if after else Rating.ADDITION
            self.schemas.add("changed", spot, rating, text, before, after, of="required")
        self.schemas.value(old.get("schema", {}), new.get("schema", {}), spot)
        self.schemas.rest(_without(old), _without(new), spot)

    def _body(self) -> None:
        ours, theirs = (
            followed(operation.get("requestBody", {}), document)
            for operation, document in (
                (self.old, self.old_document),
                (self.new, self.new_document),
            )
        )
        before, after = (
            json_body(self.old, self.old_document),
            json_body(self.new, self.new_document),
        )
        needed, wanted = ours.get("required", False), theirs.get("required", False)
        if before is None and after is not None:
            needs = wanted or members(followed(after, self.new_document), self.new_document)[1]
            rating = Rating.BREAKING if needs else Rating.ADDITION
            self._add("body", rating, "takes a body now", action="added")
        elif before is not None and after is None:
            self._add("body", Rating.BREAKING, "takes no body any more", action="removed")
        elif before is not None and after is not None:
            if needed != wanted:
                rating = Rating.BREAKING if wanted else Rating.ADDITION
                text = "the body has to be given" if wanted else "the body may be left out"
                self._add("body", rating, text, needed, wanted)
            self.schemas.value(before, after, self._spot("body", " body", "request"))
            forms = [sorted(one.get("content", {})) for one in (ours, theirs)]
            if forms[0] != forms[1]:
                self._add("body", Rating.BEHAVIOUR, "the body has other media types", *forms)
            if _described(ours, theirs) != _described(theirs, ours):
                text = "its body is described with other words or examples"
                self._add("description", Rating.DOCUMENTATION, text)

    def _answers(self) -> Iterator[tuple[str, Schema, Schema]]:
        """The schemas of what comes with the same status and media type in both."""
        for status, response in self.old["responses"].items():
            before = followed(response, self.old_document).get("content", {})
            after = followed(self.new["responses"].get(status, {}), self.new_document)
            for media, one in before.items():
                other = after.get("content", {}).get(media)
                if other is not None:
                    yield status, one.get("schema", {}), other.get("schema", {})

    def _success(self) -> None:
        """What a call gives: a model, a file, or nothing. One schema beside another is told there."""
        ours, theirs = self.old["responses"], self.new["responses"]
        alone = {
            status: response
            for status, response in theirs.items()
            if status not in ours
            or _media(ours[status], self.old_document) != _media(response, self.new_document)
        }
        before, after = _kinds(ours, self.old_document), _kinds(alone, self.new_document)
        if not fits(after, before, self.schemas.same):
            text = "answers something else"
            self._add("answer", Rating.BREAKING, text, words(before), words(after))

    def _statuses(self) -> None:
        for status in self.old["responses"].keys() - self.new["responses"].keys():
            self._add(
                "status",
                Rating.DOCUMENTATION,
                "the status is not listed",
                action="removed",
                name=f" {status}",
            )
        for status in self.new["responses"].keys() - self.old["responses"].keys():
            self._add(
                "status",
                Rating.DOCUMENTATION,
                "the status is listed now",
                action="added",
                name=f" {status}",
            )
        for status, before, after in self._answers():
            side: Side = "answer" if str(status).startswith("2") else "error"
            self.schemas.value(before, after, self._spot("answer", f" {status}", side))
        for status in self.old["responses"].keys() & self.new["responses"].keys():
            one = followed(self.old["responses"][status], self.old_document)
            other = followed(self.new["responses"][status], self.new_document)
            if _described(one, other) != _described(other, one):
                text = f"its answer {status} is described with other words, headers or examples"
                self._add("description", Rating.DOCUMENTATION, text)

    def _security(self) -> None:
        before: Any = self.old.get("security", self.old_document.get("security", []))
        after: Any = self.new.get("security", self.new_document.get("security", []))
        needed, wanted = _permissions(before), _permissions(after)
        if needed != wanted:
            text = "needs other permissions"
            self._add("permissions", Rating.BEHAVIOUR, text, needed, wanted)
        elif before != after:
            text = "whether a token is sent changed"
            self._add("authorization", Rating.BEHAVIOUR, text, before, after)

    def _links(self) -> None:
        ours = {
            name: link.get("operationId")
            for name, link in links(self.old, self.old_document).items()
        }
        theirs = {
            name: link.get("operationId")
            for name, link in links(self.new, self.new_document).items()
        }
        for name in sorted(ours.keys() | theirs.keys()):
            before, after = ours.get(name), theirs.get(name)
            if before == after:
                continue
            rating, text = Rating.BEHAVIOUR, "leads to another operation"
            fetches = [bool(one and one.endswith(".retrieve")) for one in (before, after)]
            if fetches[0] != fetches[1]:
                rating = Rating.BREAKING
                text = "gives a pipeline now" if fetches[1] else "gives no pipeline any more"
            elif fetches[0] and not self._gives_the_same(str(before), str(after)):
                rating, text = Rating.BREAKING, "its pipeline has another result"
            self._add("link", rating, text, before, after, name=f" {name}")

    def _gives_the_same(self, old: str, new: str) -> bool:
        before, after = self.schemas.old.operations.get(old), self.schemas.new.operations.get(new)
        if before is None or after is None:
            return False
        ours = _kinds(before[2]["responses"], self.old_document)
        theirs = _kinds(after[2]["responses"], self.new_document)
        return fits(theirs, ours, self.schemas.same)

    def _extensions(self) -> None:
        self._safety()
        pages = [one.get("x-page", False) for one in (self.old, self.new)]
        if pages[0] != pages[1]:
            text = "is a listing of pages now" if pages[1] else "is no listing of pages any more"
            self._add("paging", Rating.BREAKING, text, *pages)
        codes = [one.get("x-error-codes", []) for one in (self.old, self.new)]
        for code in (code for code in codes[0] if code not in codes[1]):
            text = "the code is not named any more"
            self._add("error codes", Rating.DOCUMENTATION, text, action="removed", name=f" {code}")
        for code in (code for code in codes[1] if code not in codes[0]):
            text = "the code is named now"
            self._add("error codes", Rating.DOCUMENTATION, text, action="added", name=f" {code}")
        if codes[0] != codes[1] and sorted(codes[0]) == sorted(codes[1]):
            text = "the codes come in another order"
            self._add("error codes", Rating.DOCUMENTATION, text)
        flags = [one.get("deprecated", False) for one in (self.old, self.new)]
        if flags[0] != flags[1]:
            deprecated(self.schemas, self._spot("operation"), flags[1])

    def _safety(self) -> None:
        before, after = (one.get("x-safe-to-repeat", False) for one in (self.old, self.new))
        if before == after:
            return
        rating = Rating.BEHAVIOUR
        text = "is not repeated after a failure any more: AmbiguousRequestError tells of it"
        if after:
            text = "is repeated after a failure now"
            targets = [
                link.get("operationId") for link in links(self.new, self.new_document).values()
            ]
            if any(str(target).endswith(".retrieve") for target in targets):
                rating, text = Rating.BREAKING, f"{text}, and its method has no `reuse=`"
        self._add("safety", rating, text, before, after)

    def _words(self) -> None:
        items = (
            self.old_document["paths"][self.old_path],
            self.new_document["paths"][self.new_path],
        )
        if _shared(items[0]) != _shared(items[1]):
            self._add("description", Rating.DOCUMENTATION, "its path is described otherwise")
        if any(self.old.get(key) != self.new.get(key) for key in WORDS):
            text = "is described in other words or from other sources"
            self._add("description", Rating.DOCUMENTATION, text)
        for key in sorted((self.old.keys() | self.new.keys()) - WORDS - RATED - EXTENSIONS):
            before, after = self.old.get(key), self.new.get(key)
            if before != after:
                rating, text = keyword(key, before, after)
                self._add(key, rating, text, before, after)


def _media(response: Schema, document: Schema) -> set[str]:
    return set(followed(response, document).get("content", {}))


def _kinds(responses: Schema, document: Schema) -> Kinds:
    """What the answers of success come to."""
    found: Kinds = frozenset()
    for status, response in responses.items():
        content = followed(response, document).get("content", {})
        if not str(status).startswith("2"):
            continue
        if not content:
            found |= NONE
        elif content.keys() <= {"application/json"}:
            found |= kinds(content["application/json"].get("schema", {}), document)
        else:
            found |= FILE
    return found


def _shared(item: Schema) -> Schema:
    """What a path says beside its operations."""
    return {k: v for k, v in item.items() if k not in (*METHODS, "parameters", "servers")}


def _permissions(security: list[dict[str, list[str]]]) -> list[str]:
    return sorted({role for option in security for roles in option.values() for role in roles})


def _without(parameter: Schema) -> Schema:
    return {k: v for k, v in parameter.items() if k not in ("schema", "name", "in", "required")}


def _described(value: Schema, other: Schema) -> Schema:
    """A body or an answer without what is compared elsewhere: media types, schemas and links."""
    content = {
        media: {key: item for key, item in one.items() if key != "schema"}
        for media, one in value.get("content", {}).items()
        if media in other.get("content", {})
    }
    return {**value, "content": content, "links": {}, "required": None}
