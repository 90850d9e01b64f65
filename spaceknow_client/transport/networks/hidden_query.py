"""An address whose query is sent and not shown: httpx writes each address into its log."""

from __future__ import annotations

from typing import Any


def without_query(url: Any) -> Any:
    """The same httpx.URL, of which the text has no query."""
    kind = type(url)

    class HiddenQuery(kind):  # type: ignore[misc, valid-type]  # of whichever httpx it is
        def __str__(self) -> str:
            return f"{super().__str__().partition('?')[0]}?<hidden>"

        def __repr__(self) -> str:
            return f"URL({str(self)!r})"

    return HiddenQuery(url)
