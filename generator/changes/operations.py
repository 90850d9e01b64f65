"""Compares an operation that both documents have: what is sent, what comes back, what is promised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from spaceknow_client.contract.document import (
    METHODS,
    Schema,
    followed,
    links,
    page_names,
    successes,
)
from spaceknow_client.contract.parameters import kind_of, style_of

from ..document.names import member_name
from ..document.reading import json_body, parameters, roles
from .change import Action, MemberLocation, Rating
from .keywords import WITH_EXAMPLES, keyword
from .kinds import Kinds, fits, kinds, members, words
from .schemas import Schemas, Spot, deprecated, values_of
from .usages import Side, Usages

WORDS = {"summary", "description", "x-source", "externalDocs"}
# Members that have a rating of their own; others are reported by their key.
RATED = {"operationId", "parameters", "requestBody", "responses", "security", "deprecated", "tags"}
EXTENSIONS = {"x-safe-to-repeat", "x-page", "x-error-codes"}
EXAMPLES = "its examples changed"
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


class Half:
    """An operation in one of the two documents."""

    def __init__(self, usages: Usages, name: str) -> None:
        self.path, self.method, self.operation = usages.operations[name]
        self.document = usages.document
        self.body = json_body(self.operation, self.document)
        found = parameters(self.path, self.operation, self.document).values()
        names = [str(member_name(one["name"])) for one in found]
        self.arguments = {  # one name may stand in the query and in a header
            name if names.count(name) == 1 else f"{one['in']}.{name}": one
            for name, one in zip(names, found, strict=True)
        }
        self.security = self.get("security", self.document.get("security", []))
        self._links = links(self.operation, self.document)
        self.links = {name: str(link.get("operationId")) for name, link in self._links.items()}

    def handed(self, name: str) -> dict[str, Any]:
        """The values that a link hands on, as expressions."""
        link = self._links.get(name, {})
        return {key: link[key] for key in ("parameters", "requestBody") if key in link}

    def get(self, key: str, default: Any = None) -> Any:
        return self.operation.get(key, default)

    @property
    def item(self) -> Schema:
        found: Schema = self.document["paths"][self.path]
        return found

    def part(self, value: Schema | None) -> Schema:
        """What a part of the operation is, once its references are followed."""
        return followed(value or {}, self.document)


class OperationPair:
    """One operation in two documents."""

    def __init__(self, schemas: Schemas, name: str) -> None:
        self.schemas, self.name = schemas, name
        self.old, self.new = Half(schemas.old, name), Half(schemas.new, name)

    def values(self) -> Iterator[tuple[Schema, Schema]]:
        """The schemas that stand in the same place."""
        if self.old.body is not None and self.new.body is not None:
            yield self.old.body, self.new.body
        for _, before, after in self._answers():
            yield before, after
        for name, one in self.old.arguments.items():
            if name in self.new.arguments:
                yield one.get("schema", {}), self.new.arguments[name].get("schema", {})

    def compare(self) -> None:
        self._address()
        self._arguments()
        self._body()
        self._success()
        self._statuses()
        self._security()
        self._links()
        self._extensions()
        self._safety()
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

    def _differs(
        self, of: str, rating: Rating, text: str, before: Any, after: Any, name: str = ""
    ) -> None:
        """Tells a value that is another one."""
        self.schemas.differs(self._spot(of, name), rating, text, before, after)

    def _come_and_gone(
        self, of: str, ours: Iterable[str], theirs: Iterable[str], gone: str, come: str
    ) -> None:
        """Tells what of a list is new, and what is not there any more: no program sees it."""
        for one in (one for one in ours if one not in theirs):
            self._add(of, Rating.DOCUMENTATION, gone, name=f" {one}", action="removed")
        for one in (one for one in theirs if one not in ours):
            self._add(of, Rating.DOCUMENTATION, come, name=f" {one}", action="added")

    def _spot(self, of: str, name: str = "", side: Side | None = None, path: str = "$") -> Spot:
        sides = frozenset({side} if side else {"request", "answer"})
        places = (MemberLocation(self.name, side, path),) if side else ()
        return Spot(of, f"{self.name}{name}", sides, places)

    def _both(self, key: str, default: Any = None) -> tuple[Any, Any]:
        return self.old.get(key, default), self.new.get(key, default)

    def _address(self) -> None:
        sent = [f"{one.method.upper()} {one.path}" for one in (self.old, self.new)]
        self._differs("address", Rating.BEHAVIOR, "is sent to another address", *sent)
        text = "stands in another group of `client.raw`"
        self._differs("tags", Rating.BREAKING, text, *self._both("tags"))
        before, after = self.old.item.get("servers"), self.new.item.get("servers")
        if before and before != after:
            self._add("servers", Rating.BEHAVIOR, "goes to another host")
        elif after and not before:
            text = "goes to a host of its own: no method of the client"
            self._add("servers", Rating.BREAKING, text)

    def _arguments(self) -> None:
        ours, theirs = self.old.arguments, self.new.arguments
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
            self._argument(ours[name], theirs[name], name)
        order = [[name for name in one if one[name]["in"] == "path"] for one in (ours, theirs)]
        if sorted(order[0]) == sorted(order[1]) and order[0] != order[1]:
            text = "the arguments of the path come in another order"
            self._add("order", Rating.BREAKING, text, *order)

    def _argument(self, old: Schema, new: Schema, name: str) -> None:
        spot = self._spot("parameter", f"({name})", "request", name)
        # An argument of the path is given by position, too.
        rating = Rating.BREAKING if old["in"] == "path" else Rating.BEHAVIOR
        text = f"is sent in the {new['in']} and not in the {old['in']}"
        self.schemas.differs(spot, rating, text, old["in"], new["in"])
        before, after = old["name"], new["name"]
        if "header" in (old["in"], new["in"]):
            before, after = before.lower(), after.lower()
        text = f"is sent as {new['name']}"
        self.schemas.differs(spot, Rating.BEHAVIOR, text, before, after)
        self.schemas.required(old.get("required", False), new.get("required", False), spot)
        self.schemas.value(old.get("schema", {}), new.get("schema", {}), spot)
        before, after = (
            _without(one, half.document) for one, half in ((old, self.old), (new, self.new))
        )
        if old["in"] != new["in"]:  # the usual style is another one there
            before, after = ({**one, "style": None, "explode": None} for one in (before, after))
        self.schemas.rest(before, after, spot)

    def _body(self) -> None:
        old, new = self.old.body, self.new.body
        ours, theirs = (one.part(one.get("requestBody")) for one in (self.old, self.new))
        before, after = ours.get("required", False), theirs.get("required", False)
        if old is None and new is not None:
            needs = after or members(self.new.part(new), self.new.document)[1]
            rating = Rating.BREAKING if needs else Rating.ADDITION
            self._add("body", rating, "takes a body now", action="added")
        elif old is not None and new is None:
            self._add("body", Rating.BREAKING, "takes no body any more", action="removed")
        elif old is not None and new is not None:
            rating = Rating.BREAKING if after else Rating.ADDITION
            text = "the body has to be given" if after else "the body may be left out"
            self._differs("body", rating, text, before, after)
            self.schemas.value(old, new, self._spot("body", " body", "request"))
            forms = [sorted(one.get("content", {})) for one in (ours, theirs)]
            self._differs(
                "body", Rating.BEHAVIOR, "the body has other media types", forms[0], forms[1]
            )
            self._examples(ours, theirs, " body")
            if _described(ours, theirs) != _described(theirs, ours):
                text = "its body is described with other words"
                self._add("description", Rating.DOCUMENTATION, text)

    def _answers(self) -> Iterator[tuple[str, Schema, Schema]]:
        """The schemas of what comes with the same status and media type in both."""
        for status, response in self.old.get("responses").items():
            before = self.old.part(response).get("content", {})
            after = self.new.part(self.new.get("responses").get(status)).get("content", {})
            for media in (media for media in before if media in after):
                yield status, before[media].get("schema", {}), after[media].get("schema", {})

    def _success(self) -> None:
        """What a call gives: a model, a file, or nothing. A change of media type is reported elsewhere."""
        ours, theirs = self._both("responses")
        alone = {
            status: response
            for status, response in theirs.items()
            if status not in ours
            or self.old.part(ours[status]).get("content", {}).keys()
            != self.new.part(response).get("content", {}).keys()
        }
        before, after = _kinds(ours, self.old.document), _kinds(alone, self.new.document)
        if not fits(after, before, self.schemas.same):
            text = "answers something else"
            self._add("answer", Rating.BREAKING, text, words(before), words(after))

    def _statuses(self) -> None:
        ours, theirs = self._both("responses")
        gone, come = "the status is not listed any more", "the status is listed now"
        self._come_and_gone("status", ours, theirs, gone, come)
        for status, before, after in self._answers():
            side: Side = "answer" if str(status).startswith("2") else "error"
            self.schemas.value(before, after, self._spot("answer", f" {status}", side))
        for status in (status for status in ours if status in theirs):
            one, other = self.old.part(ours[status]), self.new.part(theirs[status])
            if "$ref" not in ours[status] or ours[status] != theirs[status]:
                self._examples(one, other, f" {status}")
            if _described(one, other) != _described(other, one):
                text = f"its answer {status} is described with other words or headers"
                self._add("description", Rating.DOCUMENTATION, text)

    def _examples(self, old: Schema, new: Schema, name: str) -> None:
        before = examples_of(old, self.old.document)
        after = examples_of(new, self.new.document)
        shared = before.keys() & after.keys()  # another media type is reported separately
        if any(before[media] != after[media] for media in shared):
            self._add("examples", Rating.DOCUMENTATION, EXAMPLES, name=name)

    def _security(self) -> None:
        before, after = (
            sorted({*roles(one.operation, one.document)}) for one in (self.old, self.new)
        )
        if before != after:
            self._add("permissions", Rating.BEHAVIOR, "needs other permissions", before, after)
        elif self.old.security != self.new.security:
            text = "whether a token is sent changed"
            self._add("authorization", Rating.BEHAVIOR, text, self.old.security, self.new.security)

    def _links(self) -> None:
        ours, theirs = self.old.links, self.new.links
        for name in sorted(ours.keys() | theirs.keys()):
            before, after = ours.get(name, ""), theirs.get(name, "")
            if before == after:
                handed = [one.handed(name) for one in (self.old, self.new)]
                if handed[0] != handed[1]:
                    text = "hands on other values"
                    self._add("link", Rating.BEHAVIOR, text, *handed, name=f" {name}")
                continue
            rating, text = Rating.BEHAVIOR, "leads to another operation"
            fetched, fetches = (one.endswith(".retrieve") for one in (before, after))
            if fetched != fetches:
                rating = Rating.BREAKING
                text = "gives a pipeline now" if fetches else "gives no pipeline any more"
            elif fetched and not self._gives_the_same(before, after):
                rating, text = Rating.BREAKING, "its pipeline has another result"
            self._add("link", rating, text, before, after, name=f" {name}")

    def _gives_the_same(self, old: str, new: str) -> bool:
        if old not in self.schemas.old.operations or new not in self.schemas.new.operations:
            return False
        before, after = Half(self.schemas.old, old), Half(self.schemas.new, new)
        return fits(
            _kinds(after.get("responses"), after.document),
            _kinds(before.get("responses"), before.document),
            self.schemas.same,
        )

    def _extensions(self) -> None:
        before, after = self._both("x-page", False)
        text = "is a listing of pages now" if after else "is no listing of pages any more"
        rating = Rating.BREAKING
        if before and after:
            names = page_names(self.old.operation), page_names(self.new.operation)
            rating, text = Rating.BEHAVIOR, "the parts of its pages have other names"
            before, after = map(list, names)
        self._differs("paging", rating, text, before, after)
        before, after = self._both("x-error-codes", [])
        gone, come = "the code is not named any more", "the code is named now"
        self._come_and_gone("codes", before, after, gone, come)
        if before != after and sorted(before) == sorted(after):
            self._add("codes", Rating.DOCUMENTATION, "the codes come in another order")
        before, after = self._both("deprecated", False)
        if before != after:
            deprecated(self.schemas, self._spot("operation"), after)

    def _safety(self) -> None:
        before, after = self._both("x-safe-to-repeat", False)
        if before == after:
            return
        rating = Rating.BEHAVIOR
        text = "is not repeated after a failure any more: AmbiguousRequestError tells of it"
        if after:
            text = "is repeated after a failure now"
            if any(target.endswith(".retrieve") for target in self.new.links.values()):
                rating, text = Rating.BREAKING, f"{text}, and its method has no `reuse=`"
        self._add("safety", rating, text, before, after)

    def _words(self) -> None:
        if _shared(self.old.item) != _shared(self.new.item):
            self._add("description", Rating.DOCUMENTATION, "its path is described otherwise")
        if any(self.old.get(key) != self.new.get(key) for key in WORDS):
            text = "is described in other words or from other sources"
            self._add("description", Rating.DOCUMENTATION, text)
        keys = self.old.operation.keys() | self.new.operation.keys()
        for key in sorted(keys - WORDS - RATED - EXTENSIONS):
            before, after = self._both(key)
            if before != after:
                rating, text = keyword(key, before, after)
                self._add(key, rating, text, before, after)


def _kinds(responses: Schema, document: Schema) -> Kinds:
    """What the answers of success come to."""
    found: Kinds = frozenset()
    for response in successes({"responses": responses}, document).values():
        content = response.get("content", {})
        if not content:
            found |= NONE
        elif content.keys() <= {"application/json"}:
            found |= kinds(content["application/json"].get("schema", {}), document)
        else:
            found |= FILE
    return found


def examples_of(message: Schema, document: Schema) -> dict[str, Any]:
    """The values of the examples of a body or an answer, by media type."""
    return {media: values_of(one, document) for media, one in message.get("content", {}).items()}


def _shared(item: Schema) -> Schema:
    """What a path says beside its operations."""
    return {k: v for k, v in item.items() if k not in (*METHODS, "parameters", "servers")}


def _without(parameter: Schema, document: Schema) -> Schema:
    """Omits members that are compared elsewhere; includes the style of a parameter with several values."""
    compared = ("schema", "name", "in", "required", "style", "explode")
    found = {key: value for key, value in parameter.items() if key not in compared}
    if kind_of(parameter.get("schema", {}), document) not in ("array", "object"):
        return found
    style, explodes = style_of(parameter)
    return {**found, "style": style, "explode": explodes}


def _described(value: Schema, other: Schema) -> Schema:
    """A body or an answer without what is compared elsewhere: media types, schemas and links."""
    content = {
        media: {key: item for key, item in one.items() if key not in ("schema", *WITH_EXAMPLES)}
        for media, one in value.get("content", {}).items()
        if media in other.get("content", {})
    }
    return {**value, "content": content, "links": {}, "required": None}
