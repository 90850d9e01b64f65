"""A method of a resource, with its arguments and its body, as templates write it."""

from __future__ import annotations

from ast import literal_eval
from dataclasses import dataclass, field
from typing import Any

from .values import AREA, Value

# Arguments that some methods have in addition to those of the document.
METHODS_OWN = ("self", "reuse", "decompose", "concurrency", "on_progress")


PLACES = (
    "path",
    "body",
    "query",
    "header",
)  # of values that are sent, in the order in which they are checked
KEPT = "kept"  # the place of values that are not sent, but select items of a listing
# Names of local variables in the code of a method, unless an argument has the same name.
LOCALS = (
    *(
        "operation",
        "path",
        "body",
        "query",
        "header",
        "answer",
        "cursor",
        "page",
        "following",
        "begin",
    ),
    *("tile", "fetch", "keep"),
)


@dataclass(frozen=True)
class Argument:
    """One argument of a method.

    Attributes:
        member: what it becomes: a member of the body, or a parameter of `get_request`; empty for `rest`,
            and for what is all of the body.
        place: `path`, `body`, `query`, `header`, `rest` for all members that the document does not list, or
            `kept`: then `member` is the attribute of an item that it bounds.
        description: for the docstring.
        clears: whether None is sent, as null, and only leaving the argument out leaves it out.
    """

    member: str
    name: str
    place: str
    value: Value
    required: bool
    description: str
    clears: bool = False

    @property
    def is_positional(self) -> bool:
        """Whether it can be passed by position."""
        return not self.member or (self.required and self.place not in ("query", "header"))

    @property
    def hint(self) -> str:
        """Its type in the signature, with its default."""
        hint = self.value.hint
        if self.clears:
            return f"{hint} | Unset = UNSET"
        return hint if self.required else f"{hint.removesuffix(' | None')} | None = None"

    @property
    def option(self) -> dict[str, str]:
        """Its properties as an option of a command, as code; empty if it cannot be one."""
        hint = self.value.hint.removesuffix(" | None")
        if hint == AREA or "bytes" in hint:
            return {}
        several = {"several": "True"} if hint.startswith("ListLike[") else {}
        kind = _kind(hint.removeprefix("ListLike[").removesuffix("]") if several else hint)
        found = {"kind": "dict"} if kind is None else {"kind": kind, **several}
        return found | ({"required": "True"} if self.required else {})


def _kind(hint: str) -> str | None:
    """The class of plain values, or the values that it may be; None for objects and the like."""
    if hint.startswith("Literal["):
        return repr(tuple(literal_eval(hint.removeprefix("Literal"))))
    kinds = [part for part in hint.split(" | ") if part[:1].islower()]  # not the item it is of
    kinds += ["str"] * ("TimeLike" in hint.split(" | "))
    is_plain = len(kinds) == 1 and kinds[0] in ("bool", "float", "int", "str")
    return kinds[0] if is_plain and "[" not in hint else None


@dataclass(frozen=True)
class Body:
    """Parts of the body in addition to its arguments.

    Attributes:
        rest: the argument with all members that the document does not list.
        others: the check of their values.
        cursor: where a page's cursor goes (body or query), and as what, there and in the method.
        takes_cursor: whether it can be that of the page before.
        page: of a direct listing, the attributes of its items and of the cursor of the next page.
        is_whole: one argument is all of it: an array, say, or a file.
    """

    is_there: bool = False
    is_optional: bool = False
    constants: dict[str, Any] = field(default_factory=dict)
    alternatives: tuple[tuple[str, ...], ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    rest: str | None = None
    others: str = ""
    cursor: str | None = None
    cursor_name: str = ""
    takes_cursor: bool = True
    page: tuple[str, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True)
class Method:
    """One method of a resource; `templates/method.jinja` writes it.

    Attributes:
        starts: whether it begins a pipeline, or one for each page.
        is_listing: whether it gives a pager.
        pair: the operationId that it sends, without `.initiate`.
        result: the type hint of what the answer, the pipeline or the pages give.
        hint: the same, as the code of the class has to say it.
        imports: (module, class) of generated models in `result`.
        unwrap: the attribute of the answer that is given instead of the whole.
        identity: of a listing over an extent the attribute of an item that tells it from all others,
            and so what lets the extent be searched in tiles.
    """

    name: str
    starts: bool
    is_listing: bool
    pair: str
    document: dict[str, Any]
    needs: str
    arguments: tuple[Argument, ...]
    body: Body
    result: str
    hint: str
    imports: tuple[tuple[str, str], ...]
    unwrap: str | None
    identity: str | None
    reuses: bool
    module: str
    may_be_empty: bool

    @property
    def ordered(self) -> list[Argument]:
        """In the order of the signature: positional ones first, and of these the body or its rest last."""
        return sorted(self.arguments, key=lambda one: (not one.is_positional, not one.member))

    @property
    def options(self) -> list[Argument]:
        """The arguments that a command can offer as options."""
        return [one for one in self.ordered if one.option]

    @property
    def area(self) -> Argument | None:
        """The argument that is an extent."""
        return next((one for one in self.arguments if AREA in one.value.hint), None)

    @property
    def gives(self) -> str:
        """The return type of the method, as a type hint."""
        if self.is_listing:
            return f"AsyncPager[{self.hint}]"
        return f"AsyncPipeline[{self.hint}]" if self.starts else self.hint

    @property
    def tables(self) -> list[str]:
        """The places whose values are checked."""
        places = (*PLACES, KEPT)
        return [one for one in places if self.given(one) or (one == "body" and self.body.constants)]

    @property
    def sent(self) -> list[str]:
        """The places that the request has values for."""
        return [one for one in PLACES if one in self.tables or one == self.body.cursor]

    @property
    def keeps(self) -> bool:
        """Whether an argument selects items of the listing."""
        return bool(self.given(KEPT))

    @property
    def listed(self) -> dict[str, str]:
        """By kind of known values (`x-listed`), the argument that takes one of them."""
        kinds = {"map-types": "map_type", "providers": "provider", "datasets": "dataset"}
        return {
            kinds[one.value.listed]: one.name for one in self.ordered if one.value.listed in kinds
        }

    def given(self, place: str) -> list[Argument]:
        """The arguments of a place."""
        places = (place, "rest") if place == "body" else (place,)
        return [one for one in self.arguments if one.place in places]

    @property
    def local(self) -> dict[str, str]:
        """The names of its local variables."""
        taken = {argument.name for argument in self.arguments} | {*METHODS_OWN}
        found = {}
        for name in LOCALS:
            found[name] = name
            while found[name] in taken:
                found[name] += "_"
        return found
