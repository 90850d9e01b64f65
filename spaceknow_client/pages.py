"""One page of a listing, shared by both clients."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from attrs import field, frozen

T = TypeVar("T")


@frozen(kw_only=True)
class Page(Generic[T]):
    """One page.

    Attributes:
        items: what is on it; a page may be empty and still not be the last. Each is read when it is
            first touched, and one that is not what the API describes raises InvalidResponseError
            then; the others stay usable.
        cursor: where the next page begins; None on the last page.
        pipeline_id: the pipeline that made the page, for listings that work so.
    """

    items: Sequence[T] = field(repr=lambda items: f"<{len(items)} items>")
    cursor: str | None
    pipeline_id: str | None = None


# Fetches the page at a cursor; None asks for the first page.
AsyncFetch = Callable[[str | None], Awaitable[Page[T]]]
Fetch = Callable[[str | None], Page[T]]
