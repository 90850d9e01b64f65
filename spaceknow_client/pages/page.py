"""One page of a listing, shared by both clients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

from attrs import evolve, field, frozen

from ..errors.base import SpaceKnowError

T = TypeVar("T")


@frozen(kw_only=True)
class Page(Generic[T]):
    """One page.

    Attributes:
        items: the items; a page can be empty without being the last. Each item is parsed on first
            access; one that does not match the OpenAPI document raises InvalidResponseError then, and
            the others stay usable.
        cursor: start of the next page; None on the last page.
        pipeline_id: the pipeline that made the page, for listings that run as pipelines.
    """

    items: Sequence[T] = field(repr=lambda items: f"<{len(items)} items>")
    cursor: str | None
    pipeline_id: str | None = None


def kept(page: Page[T], keep: Callable[[T], bool] | None) -> Page[T]:
    """The page without the items that are not to be kept. One that cannot be read stays: it raises
    its error when it is touched."""
    if keep is None:
        return page
    numbers = [number for number in range(len(page.items)) if _stays(page.items, number, keep)]
    return evolve(page, items=Chosen(page.items, numbers))


def _stays(items: Sequence[T], number: int, keep: Callable[[T], bool]) -> bool:
    try:
        return keep(items[number])
    except SpaceKnowError:
        return True


class Chosen(Sequence[T]):
    """Some items of a page, parsed on access."""

    def __init__(self, items: Sequence[T], numbers: Sequence[int]) -> None:
        self._items = items
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self._items[number] for number in self._numbers[index]]
        return self._items[self._numbers[index]]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # like a list, it is no key

    def __repr__(self) -> str:
        return f"<{len(self)} of {self._items!r}>"
