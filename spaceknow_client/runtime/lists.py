"""Checks lists passed by callers, and suggests what to pass instead of other values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MappingView, Set, Sized
from numbers import Number
from typing import Any, Protocol, TypeVar

from ..errors.base import InvalidArgumentError
from ..errors.shown import LONGEST, shown

T_co = TypeVar("T_co", covariant=True)

# Methods that convert an array or a column to a list: numpy and pandas, polars, pyarrow, xarray.
_TO_LIST = ("tolist", "to_list", "to_pylist", "to_numpy")
_MISSING = ("None", "nan", "<NA>", "NaT")
_TEXTS = (str, bytes, bytearray, memoryview)


class ListLike(Protocol[T_co]):
    """A list, a tuple, or a one-dimensional column or array. A string is not, for type checkers too."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[T_co]: ...
    def __contains__(self, item: object, /) -> bool: ...


def refused(name: str, rule: str, value: Any, hint: str | None = None) -> InvalidArgumentError:
    """The error "NAME must be RULE, not VALUE"."""
    given = shown(value)
    if not isinstance(value, (str, bytes)) and (len(given) >= LONGEST or "\\n" in given):
        given = f"a {type(value).__name__}"
    if name.endswith("]") and given in _MISSING:
        hint = "Drop missing values first, in pandas with dropna()."
    return InvalidArgumentError(f"{name} must be {rule}, not {given}.", hint=hint)


def as_list(name: str, value: Any, rule: str) -> list[Any]:
    """The elements of a finite ordered collection. Raises InvalidArgumentError for anything else."""
    found = elements(name, value, rule)
    if isinstance(value, Set) and not isinstance(value, MappingView):
        # Requests are compared for `reuse`, and the order of a set changes from run to run.
        raise refused(name, rule, value, f"A set has no order. Pass {name}=sorted(...).")
    if not isinstance(found, list):
        raise refused(name, rule, value, f"It could be endless. Pass {name}=list(...).")
    return found


def checked(
    name: str, value: Any, rule: str, check: Callable[[str, Any], Any]
) -> Iterable[tuple[Any, Any]]:
    """Applies `check` to each element. A finite collection is checked immediately, as a whole.

    Raises InvalidArgumentError if it is not iterable; `check` raises for an element.
    """
    found = elements(name, value, rule)
    pairs = ((each, check(f"{name}[{number}]", each)) for number, each in enumerate(found))
    return list(pairs) if isinstance(found, list) else pairs


def elements(name: str, value: Any, rule: str) -> list[Any] | Iterator[Any]:
    """A list of the elements if finite, else an iterator. Raises InvalidArgumentError."""
    hint = None if value is None or isinstance(value, Number) else f"Pass {name}=[...] for one."
    if isinstance(value, _TEXTS) or getattr(value, "typecode", None) in ("u", "w"):
        pass  # their elements are characters
    elif hasattr(type(value), "__aiter__"):
        hint = "Pass `await listing.collect()`."
    elif isinstance(value, Mapping):
        hint = f"Pass its keys, {name}=list(...), or its values."
    elif hasattr(type(value), "columns") and getattr(value, "ndim", 2) == 2:
        hint = _column(name, value)
    elif isinstance(value, Iterable):
        method = next((each for each in _TO_LIST if hasattr(value, each)), None)
        if method is not None:
            return elements(name, getattr(value, method)(), rule)
        try:
            len(value)  # type: ignore[arg-type]  # or TypeError
        except TypeError:  # such as a progress bar around a generator
            return iter(value)
        return list(value)
    raise refused(name, rule, value, hint)


def _column(name: str, table: Any) -> str:
    """The column of a table to pass: the column, or the index, named like the argument."""
    if not isinstance(table, Sized):  # a lazy query
        return "Run the query, and pass one of its columns."
    names = "column_names" if hasattr(table, "column_names") else "columns"
    columns = list(getattr(table, names))
    wanted = _bare(name)
    if _bare(getattr(getattr(table, "index", None), "name", None)) == wanted:
        return f"Pass its index: {name}=table.index."
    found = next((each for each in columns if _bare(each) == wanted), None)
    if found is None:
        return f"Pass one of its columns, {shown(columns)}."
    return f"Pass its column: {name}=table[{found!r}]."


def _bare(name: object) -> str:
    return str(name).lower().replace("_", "").partition("[")[0].rstrip("s")
