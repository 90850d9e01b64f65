"""Operations, models and types of the document in our own classes: the input of all templates.

`generator/upstream.py` makes them, from what openapi-python-client reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Plain:
    """A value without parts. `api-time` is a time in the API's own form, `time` one of RFC 3339."""

    kind: Literal[
        "any", "api-time", "boolean", "file", "integer", "null", "number", "string", "time"
    ]


@dataclass(frozen=True)
class Constant:
    """The single allowed value."""

    value: Any


@dataclass(frozen=True)
class Enumeration:
    """Known strings, by their names in Python."""

    name: str
    module: str
    values: dict[str, str] = field(hash=False)


@dataclass(eq=False)
class Object:
    """An object: a class if it has members, else a dict. There is one for each name.

    Attributes:
        members: the required ones first.
        others: the type of all other members; None: they are kept as they are.
    """

    name: str
    module: str
    description: str
    members: list[Member] = field(default_factory=list)
    others: Type | None = None


@dataclass(frozen=True)
class Array:
    """A list."""

    item: Type


@dataclass(frozen=True)
class Union:
    """One of several types."""

    options: tuple[Type, ...]


Type = Plain | Constant | Enumeration | Object | Array | Union


@dataclass
class Member:
    """A member of an object, a parameter, or a body.

    Attributes:
        name: as the document has it.
        python_name: the attribute, or the argument.
        schema: what the document says of a member, in the generator's view.
        is_lazy: an array whose items are read when they are touched.
        is_secret: it stays out of the repr.
        style: how a parameter with several values is written, and whether each is one of its own.
    """

    name: str
    python_name: str
    type: Type
    required: bool
    description: str = ""
    schema: dict[str, Any] = field(default_factory=dict)
    is_lazy: bool = False
    is_secret: bool = False
    style: tuple[str, bool] | None = None


@dataclass
class Operation:
    """An operation.

    Attributes:
        module: its module, in the folder `tag`.
        path: with the names that its parameters have in Python.
        answers: the type of each answer of success; None for one without a body.
    """

    id: str
    module: str
    tag: str
    method: str
    path: str
    summary: str
    path_parameters: list[Member]
    query: list[Member]
    headers: list[Member]
    body: Member | None
    answers: list[Type | None]

    @property
    def parameters(self) -> dict[str, list[Member]]:
        """By their place."""
        return {
            "path": self.path_parameters,
            "query": self.query,
            "header": self.headers,
        }


@dataclass
class Description:
    """Everything that is generated from a document. `models` are the objects that become classes."""

    models: list[Object]
    operations: dict[str, Operation]
