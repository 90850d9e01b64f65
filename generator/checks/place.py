"""A cursor over the bundle, which always knows where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jsonschema_rs import ValidationError

from ..document.document import Broken, Document
from ..document.source_positions import Pointer


@dataclass(frozen=True)
class SourceLocation:
    """A value of the bundle. A missing value has a location too, with the value None."""

    document: Document
    path: Pointer
    value: Any

    @property
    def name(self) -> str:
        """The last part of its path: its key or its index."""
        return self.path[-1]

    @property
    def broken(self) -> bool:
        """Whether it replaces something that has already been reported."""
        return isinstance(self.value, Broken)

    def __getitem__(self, key: str | int) -> SourceLocation:
        value = None
        if isinstance(self.value, dict):
            value = self.value.get(str(key))
        elif isinstance(self.value, list) and str(key).isdecimal():
            value = next(iter(self.value[int(key) : int(key) + 1]), None)
        return SourceLocation(self.document, (*self.path, str(key)), value)

    def at(self, path: Iterable[str | int]) -> SourceLocation:
        place = self
        for part in path:
            place = place[part]
        return place

    def __iter__(self) -> Iterator[SourceLocation]:
        """Its members or items; none if it is neither an object nor an array."""
        if isinstance(self.value, dict):
            yield from (self[key] for key in self.value)
        elif isinstance(self.value, list):
            yield from (self[index] for index in range(len(self.value)))

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def __bool__(self) -> bool:
        return bool(self.value)

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def root(self) -> SourceLocation:
        return SourceLocation(self.document, (), self.document.content)

    def followed(self) -> SourceLocation:
        """The value with its references followed; the bundle has no circular ones."""
        place = self
        while place["$ref"].text.startswith("#/"):
            place = self.root.at(place["$ref"].text[2:].split("/"))
        return place

    def mistake(self, text: str) -> None:
        if not self.broken:
            self.document.mistake(self.path, text)

    def __str__(self) -> str:
        """File and line."""
        return self.document.place(self.path)


def similar(name: str, known: Iterable[str]) -> str:
    """` (did you mean OTHER?)`, if a known name is similar to this one."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f" (did you mean {found[0]}?)" if found else ""


def words(error: ValidationError) -> str:
    """The message of a validator, without long values."""
    text = re.sub(r"^.{80,}( is (not )?valid under )", r"it\1", error.message, flags=re.DOTALL)
    return text if len(text) < 200 else f"{text[:200]} ..."
