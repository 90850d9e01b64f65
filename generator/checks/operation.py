"""An operation of the bundle, for the checks of operations and of links."""

from __future__ import annotations

from collections.abc import Iterator

from .place import SourceLocation


class Operation:
    """An operation, with the title that its messages start with."""

    def __init__(self, place: SourceLocation) -> None:
        self.place = place
        self.item = place.root["paths"][place.path[1]]
        self.id = place["operationId"].text
        self.title = self.id or f"{place.name.upper()} {place.path[1]}"

    def mistake(self, place: SourceLocation, text: str) -> None:
        place.mistake(f"{self.title}: {text}")

    def parameters(self) -> list[SourceLocation]:
        """Its own, and those of its path that it does not replace."""
        own = [item.followed() for item in self.place["parameters"]]
        names = {(item["in"].text, item["name"].text) for item in own}
        shared = [item.followed() for item in self.item["parameters"]]
        return own + [item for item in shared if (item["in"].text, item["name"].text) not in names]

    def successes(self) -> Iterator[SourceLocation]:
        """The success responses."""
        for answer in self.place["responses"]:
            if answer.name.startswith("2"):
                yield answer.followed()
