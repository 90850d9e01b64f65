"""Cursors of listings: opaque, and derived from the query."""

from __future__ import annotations

from ..validation.failures import AnswerError
from .identifiers import digest, identifier


class Cursors:
    """Creates and reads cursors of one kind of listing, with `page_size` entries per page.

    They look random. They are derived from the query, so each one stays valid.
    """

    def __init__(self, kind: str, page_size: int, seed: int) -> None:
        if page_size < 1:
            raise ValueError(f"page_size must be at least 1, not {page_size}.")
        self.page_size = page_size
        self._parts = (seed, "cursor", kind)

    def offset(self, query: object, cursor: str | None, count: int) -> int:
        """The start of a page in a listing of `count` entries.

        Raises AnswerError for a cursor of another query.
        """
        if cursor is None:
            return 0
        key = digest(query)
        for offset in range(self.page_size, count, self.page_size):
            if self._cursor(key, offset) == cursor:
                return offset
        raise AnswerError("INVALID-CURSOR", "The cursor is not valid for this search.")

    def after(self, query: object, offset: int, count: int) -> str | None:
        """The cursor of the page after the one at `offset`; None if that is the last."""
        end = offset + self.page_size
        return self._cursor(digest(query), end) if end < count else None

    def _cursor(self, key: bytes, offset: int) -> str:
        return identifier(20, *self._parts, key, offset)
