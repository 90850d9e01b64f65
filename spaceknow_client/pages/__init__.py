"""Listings, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .page import Page as Page

__all__ = ["Page"]


def __getattr__(name: str) -> Any:
    if name not in __all__:  # named by pickles from before 0.1.0
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .page import Page

    return Page
