"""Compares schemas: types, members, values and bounds, each once, however many operations show it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any

from spaceknow_client.contract.document import Schema, followed

from ..document.names import member_name
from ..document.reading import REFERENCE, listed, name_of
from .change import Action, Change, MemberLocation, Rating
from .keywords import EXACT, FORM, LOWER, SHAPE, UPPER, WITH_EXAMPLES, WORDS, keyword
from .kinds import (
    ANY_NAME,
    FORMATS,
    Kinds,
    fits,
    is_class,
    kinds,
    members,
    needed_of,
    references,
    together,
    values_of_map,
    words,
)
from .usages import Usages


@dataclass(frozen=True)
class Spot:
    """What is compared: its name in the report, the sides that it is on, and its places."""

    of: str
    name: str
    sides: frozenset[str]
    places: tuple[MemberLocation, ...] = ()

    def inner(self, member: str, of: str = "member") -> Spot:
        dot = member if member == "[]" else f".{member}"
        places = tuple(replace(place, path=place.path + dot) for place in self.places)
        return replace(self, of=of, name=self.name + dot, places=places)


class Schemas:
    """Compares the schemas of two documents, from the places where operations name them."""

    def __init__(self, old: Usages, new: Usages) -> None:
        self.old, self.new = old, new
        self.changes: list[Change] = []
        self._waiting: list[tuple[str, str]] = []
        self._paired: dict[str, str] = {}

    def add(
        self, action: Action, spot: Spot, rating: Rating, text: str, *values: Any, of: str = ""
    ) -> None:
        before, after = (*values, None, None)[:2]
        # Nothing in Python is made of the schemas of error answers: the layer reads them by hand.
        if rating is Rating.BREAKING and spot.sides == {"error"}:
            rating = Rating.BEHAVIOR
        self.changes.append(
            Change(action, of or spot.of, spot.name, rating, text, before, after, spot.places)
        )

    def differs(
        self, spot: Spot, rating: Rating, text: str, before: Any, after: Any, of: str = ""
    ) -> None:
        """Tells a value that is another one now."""
        if before != after:
            self.add("changed", spot, rating, text, before, after, of=of)

    def same(self, old: str, new: str) -> bool:
        """Whether two components are one, perhaps under a new name."""
        return self._paired.get(old, old) == new

    def pair(self, old: Schema, new: Schema) -> None:
        """Notes which components stand in one place; they are compared by `components`."""
        ours = references(old)
        theirs = references(new)
        for name in ours & theirs:
            self._wait(name, name)
        gone = ours - theirs - self.new.places.keys()
        come = theirs - ours - self.old.places.keys()
        if len(gone) == len(come) == 1:
            self._wait(gone.pop(), come.pop())

    def _wait(self, old: str, new: str) -> None:
        if old not in self._paired and new not in self._paired.values():
            self._paired[old] = new
            self._waiting.append((old, new))

    def find_pairs(self, values: Iterable[tuple[Schema, Schema]]) -> None:
        """Pairs the components that these values lead to; comes before everything else."""
        for old, new in values:
            self._pair_deeply(old, new)
        for name in sorted(self.old.places.keys() & self.new.places.keys()):
            self._wait(name, name)
        done = 0
        while done < len(self._waiting):
            before, after = self._waiting[done]
            done += 1
            self._pair_deeply(self.old.schema(before), self.new.schema(after))

    def _pair_deeply(self, old: Schema, new: Schema) -> None:
        self.pair(old, new)
        ours, theirs = _inner(old, self.old), _inner(new, self.new)
        for key in sorted(ours.keys() & theirs.keys()):
            self._pair_deeply(ours[key], theirs[key])

    def components(self) -> None:
        """Compares every component that both documents use, and names those that one lacks."""
        for before, after in sorted(self._waiting):
            spot = self._spot(before, after)
            if before != after:
                rating = Rating.BREAKING if before in self.old.classes else Rating.DOCUMENTATION
                text = f"is now called {after}"
                self.add("changed", spot, rating, text, before, after, of="model")
            elif before in self.old.classes - self.new.classes:
                self.add("removed", spot, Rating.BREAKING, "is no class of Python any more")
            elif self._becomes_class(before):
                self.add("added", spot, Rating.BREAKING, "is a class and no plain `dict` any more")
            self.value(self.old.schema(before), self.new.schema(after), spot)
        news = self._paired.values()
        for name in sorted(self.old.classes - self._paired.keys()):
            self.add("removed", self._spot(name, ""), Rating.BREAKING, "the class is gone")
        for name in sorted(self.new.classes - set(news)):
            self.add("added", self._spot("", name), Rating.ADDITION, "a new class")

    def _becomes_class(self, name: str) -> bool:
        old, new = self.old, self.new
        was_class = is_class(old.schema(name), old.document)
        is_free = old.schema(name).get("type") == "object"
        return name in new.classes - old.classes and is_free and not was_class

    def _spot(self, old: str, new: str) -> Spot:
        places = self.old.places.get(old) or self.new.places.get(new, [])
        sides = self.old.sides(old) or self.new.sides(new)
        return Spot("model", old or new, frozenset(sides), tuple(places))

    def value(self, old: Schema, new: Schema, spot: Spot, typed: bool = False) -> None:
        """Compares the schemas of one value. Components have their own turn.

        `typed` says that the types have been compared, as those of items with their array.
        """
        known = len(self.changes)
        if listed(old) and listed(new):
            self._values(old, new, spot)
        elif not typed and not self._is_component_of(old, new):
            ours, theirs = kinds(old, self.old.document), kinds(new, self.new.document)
            self._type(ours, theirs, spot)
        if any("properties" in one or "allOf" in one for one in (old, new)):
            self._members(old, new, spot)
        if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
            self.value(old["items"], new["items"], spot.inner("[]"), typed=True)
        before, after = map(values_of_map, (old, new))
        if before and after:
            self.value(before, after, spot.inner(ANY_NAME))
        self._bounds(old, new, spot)
        self.rest(old, new, spot)
        if not typed and len(self.changes) == known:
            self._forms(old, new, spot)

    def _forms(self, old: Schema, new: Schema, spot: Spot) -> None:
        """Tells what nothing else told, so that no change is passed over."""
        before, after = ({key: one.get(key) for key in FORM} for one in (old, new))
        if _text(before, self._paired) == _text(after):
            return
        rating, text = (
            Rating.BEHAVIOR,
            "is written otherwise, in a way without a rating: look at it",
        )
        if _text(_wordless(before), self._paired) == _text(_wordless(after)):
            rating, text = Rating.DOCUMENTATION, "is described in other words"
        self.add("changed", spot, rating, text, of="schema")

    def _is_component_of(self, old: Schema, new: Schema) -> bool:
        """Both are references to what is one component, and told there."""
        before, after = name_of(old), name_of(new)
        return before is not None and after is not None and self.same(before, after)

    def _type(self, old: Kinds, new: Kinds, spot: Spot) -> None:
        wider, narrower = fits(old, new, self.same), fits(new, old, self.same)
        if wider and narrower:
            return
        # GeoJSON comes back as JSON, whatever forms it may have.
        is_read = bool(spot.sides & {"answer", "error"}) and {one[0] for one in old} != {"one of"}
        breaks = ("request" in spot.sides and not wider) or (is_read and not narrower)
        told = "other" if not wider and not narrower else "wider" if wider else "narrower"
        text = f"the type is {told}: {words(old)} became {words(new)}"
        rating = Rating.BREAKING if breaks else Rating.ADDITION
        self.add("changed", spot, rating, text, words(old), words(new), of="type")

    def _values(self, old: Schema, new: Schema, spot: Spot) -> None:
        """Values of enumerations. In Python each is open, and its known values are attributes."""
        before, was_open = listed(old) or ([], True)
        after, is_open = listed(new) or ([], True)
        for value in (value for value in before if value not in after):
            inner = spot.inner(_value(value), "value")
            self.add("removed", inner, Rating.BREAKING, "the value is not listed any more")
        for value in (value for value in after if value not in before):
            inner = spot.inner(_value(value), "value")
            self.add("added", inner, Rating.ADDITION, "the value is listed now")
        if was_open != is_open:
            closes = was_open and "request" in spot.sides
            text = "other values are allowed now" if is_open else "other values are refused now"
            rating = Rating.BREAKING if closes else Rating.ADDITION
            self.add("changed", spot, rating, text, of="type")

    def _members(self, old: Schema, new: Schema, spot: Spot) -> None:
        ours, needed = members(old, self.old.document)
        theirs, wanted = members(new, self.new.document)
        called = python_names(ours)
        by_name = {name: member for member, name in python_names(theirs).items()}
        pairs = {name: by_name.get(called[name], "") for name in ours}
        gone = [name for name in ours if not pairs[name]]
        come = [name for name in theirs if name not in pairs.values()]
        renamed = self._renamed({name: ours[name] for name in gone}, {n: theirs[n] for n in come})
        for name in gone:
            text = "the member is gone"
            self.add("removed", spot.inner(name), Rating.BREAKING, text)
            self.mark_renamed(renamed.get(name))
        back = {after: before for before, after in renamed.items()}
        for name in come:
            required = name in wanted
            breaks = required and "request" in spot.sides
            text = "a new member" + (", which has to be given" if breaks else "")
            rating = Rating.BREAKING if breaks else Rating.ADDITION
            self.add("added", spot.inner(name), rating, text)
            self.mark_renamed(back.get(name))
        for name, other in pairs.items():
            if other:
                inner = spot.inner(name)
                text = f"is {other} in JSON now, and {called[name]} in Python as before"
                self.differs(inner, Rating.BEHAVIOR, text, name, other)
                is_argument = spot.of == "model" and spot.name in self.old.arguments
                self.required(name in needed, other in wanted, inner, is_argument)
                self.value(ours[name], theirs[other], inner)
        first, then = needed_of(old), needed_of(new)
        order = [pairs[name] for name in ours if name in first and pairs[name] in then]
        if spot.name in self.old.arguments and order != [one for one in theirs if one in order]:
            text = "the arguments that have to be given come in another order"
            after = [name for name in theirs if name in order]
            self.add("changed", spot, Rating.BREAKING, text, order, after, of="order")

    def mark_renamed(self, other: str | None) -> None:
        """What was added last seems to be `other` on the other side."""
        if other:
            self.changes[-1] = replace(self.changes[-1], renamed=other)

    def _renamed(self, gone: dict[str, Schema], come: dict[str, Schema]) -> dict[str, str]:
        """Which members seem to have a new name: of one type, and alike or the only ones."""
        likely: list[tuple[float, str, str]] = []
        for name, schema in gone.items():
            before = kinds(schema, self.old.document)
            for other, candidate in come.items():
                after = kinds(candidate, self.new.document)
                if fits(before, after, self.same) and fits(after, before, self.same):
                    alike = SequenceMatcher(None, name.lower(), other.lower()).ratio()
                    if alike >= 0.5 or len(gone) == len(come) == 1:
                        likely.append((alike, name, other))
        found: dict[str, str] = {}
        for _, name, other in sorted(likely, reverse=True):
            if name not in found and other not in found.values():
                found[name] = other
        return found

    def required(self, old: bool, new: bool, spot: Spot, is_argument: bool = False) -> None:
        """Compares whether a value has to be there."""
        if old == new:
            return
        text = "has to be given now" if new else "need not be given any more"
        rating = Rating.BREAKING if new else Rating.ADDITION
        if is_argument and not new:
            rating = Rating.BREAKING
            text += ", so it is given by name alone and not by position"
        if "request" in spot.sides:
            self.add("changed", spot, rating, text, old, new, of="required")
        if spot.sides & {"answer", "error"}:
            text = "is always there now" if new else "may be missing now, so its type has None"
            rating = Rating.ADDITION if new else Rating.BREAKING
            self.add("changed", spot, rating, text, old, new, of="required")

    def _bounds(self, old: Schema, new: Schema, spot: Spot) -> None:
        for bound in sorted(LOWER | UPPER | EXACT):
            before, after = old.get(bound), new.get(bound)
            if before == after and type(before) is type(after):
                continue
            tighter = after is not None and (
                before is None
                or bound in EXACT
                or (after > before if bound in LOWER else after < before)
            )
            if "request" not in spot.sides:
                rating, text = Rating.DOCUMENTATION, "the described bound changed"
            elif tighter:
                rating, text = Rating.BREAKING, "values that were sent are refused now"
            else:
                rating, text = Rating.ADDITION, "more values may be sent"
            self.add("changed", spot, rating, f"{text}: {bound}", before, after, of="bound")

    def rest(self, old: Schema, new: Schema, spot: Spot) -> None:
        """Compares what is left: words, deprecation, and keywords without a rule of their own."""
        if values_of(old, self.old.document) != values_of(new, self.new.document):
            self.add("changed", spot, Rating.DOCUMENTATION, "its examples changed", of="examples")
        said = WORDS.difference(WITH_EXAMPLES)
        if {key: old.get(key) for key in said} != {key: new.get(key) for key in said}:
            text = "is described in other words"
            self.add("changed", spot, Rating.DOCUMENTATION, text, of="description")
        if old.get("deprecated", False) != new.get("deprecated", False):
            deprecated(self, spot, new.get("deprecated", False))
        if together(old) != together(new):
            self._alternatives(needed_of(old), needed_of(new), spot)
        seen = WORDS | SHAPE | LOWER | UPPER | EXACT | {"$ref", "deprecated"}
        if values_of_map(old) and values_of_map(new):
            seen |= {"additionalProperties"}
        for key in sorted((old.keys() | new.keys()) - seen):
            before, after = old.get(key), new.get(key)
            # A format that changes the Python type is reported with the types.
            is_type = key == "format" and FORMATS.get(before or "") != FORMATS.get(after or "")
            if before != after and not is_type:
                rating, text = keyword(key, before, after)
                self.add("changed", spot, rating, text, before, after, of=key)

    def _alternatives(self, old: list[str], new: list[str], spot: Spot) -> None:
        more = [name for name in new if name not in old]
        less = [name for name in old if name not in new]
        rating, text = Rating.BEHAVIOR, "other members can stand for each other"
        if (more or less) and "request" in spot.sides:
            rating = Rating.BREAKING  # what need not be given is given by name alone
            text = f"has to be given now: {', '.join(more)}" if more else ""
            text += "; " if more and less else ""
            text += f"need not be given any more: {', '.join(less)}" if less else ""
        self.add("changed", spot, rating, text, of="alternatives")


def values_of(holder: Schema, document: Schema) -> Any:
    """The examples of a schema, a parameter or a media type, without their words."""
    named = holder.get("examples", {})
    if isinstance(named, dict):
        named = {name: followed(one, document).get("value") for name, one in named.items()}
    return named, holder.get("example")


def deprecated(schemas: Schemas, spot: Spot, now: bool) -> None:
    """`deprecated` came or went."""
    text = "is deprecated now" if now else "is not deprecated any more"
    schemas.add("changed", spot, Rating.BEHAVIOR, text, not now, now, of="deprecation")


def python_names(names: Iterable[str]) -> dict[str, str]:
    """The Python names of members of one object; those that would be one keep their spelling."""
    found = {name: str(member_name(name)) for name in names}
    often = Counter(found.values())
    return {name: one if often[one] == 1 else name for name, one in found.items()}


def _inner(schema: Schema, usages: Usages) -> dict[str, Schema]:
    """The members of a schema itself, not of what it refers to, and the items of an array."""
    if name_of(schema):
        return {}
    found = dict(members(schema, usages.document)[0])
    if isinstance(schema.get("items"), dict):
        found["[]"] = schema["items"]
    if values := values_of_map(schema):
        found[f".{ANY_NAME}"] = values
    return found


def _value(value: Any) -> str:
    """A value of an enumeration in the name of a change."""
    return value if isinstance(value, str) else json.dumps(value)


def _text(value: Any, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """As text in which components have the names that they have on the other side."""
    text = json.dumps(value, sort_keys=True)
    return REFERENCE.sub(lambda found: names.get(found[1], found[1]), text)


def _wordless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _wordless(one) for key, one in value.items() if key not in WORDS}
    return [_wordless(one) for one in value] if isinstance(value, list) else value
