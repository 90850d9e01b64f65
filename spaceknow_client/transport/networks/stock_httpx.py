"""Whether a test, or a tool that watches, has put something in the place of httpx's parts.

VCR.py, pytest-httpx, respx and OpenTelemetry's instrumentation replace methods of httpx or httpcore.
What they replaced must not be bypassed: a release that was to be mocked would be paid for. So where
any method of these classes is not the library's own, httpx itself sends the request.
"""

from __future__ import annotations

from operator import is_
from types import FunctionType
from typing import Any

import httpcore
import httpx

PACKAGES = {"httpx", "httpcore"}

# Classes whose methods are their library's own, and these methods.
_stock: dict[Any, list[tuple[type[Any], dict[str, Any]]]] = {}


def async_is_stock() -> bool:
    """Whether an asynchronous client of httpx would be what httpx and httpcore made it."""
    return (
        _is_own(httpx.AsyncClient)
        and _is_own(httpx.AsyncHTTPTransport)
        and _is_own(httpcore.AsyncConnectionPool)
        and _is_own(httpcore.AsyncHTTPConnection)
    )


def is_stock() -> bool:
    """As `async_is_stock`, for the synchronous one."""
    return (
        _is_own(httpx.Client)
        and _is_own(httpx.HTTPTransport)
        and _is_own(httpcore.ConnectionPool)
        and _is_own(httpcore.HTTPConnection)
    )


def _is_own(kind: Any) -> bool:
    """Called for every request, so what was looked at once is only compared."""
    parts = _stock.get(kind)
    if parts is not None and all(_is_as_before(*part) for part in parts):
        return True
    parts = _parts(kind)
    if not parts or not all(_is_by_its_library(value) for _, m in parts for value in m.values()):
        return False
    _stock[kind] = parts
    return True


def _is_as_before(kind: type[Any], methods: dict[str, Any]) -> bool:
    # By identity: a proxy of wrapt is equal to what it wraps.
    now = vars(kind)
    return len(now) == len(methods) and all(map(is_, now.values(), methods.values()))


def _parts(kind: Any) -> list[tuple[type[Any], dict[str, Any]]]:
    """A class of httpx's and its bases there, with what is in them; none for something else."""
    if not isinstance(kind, type):
        return []
    bases = [base for base in kind.__mro__ if base.__module__.partition(".")[0] in PACKAGES]
    return [(base, dict(vars(base))) for base in bases] if kind in bases else []


def _is_by_its_library(value: Any) -> bool:
    if isinstance(value, (classmethod, staticmethod)):
        value = value.__func__
    elif isinstance(value, property):
        value = value.fget
    if isinstance(value, type) or not callable(value):
        return True
    # By its real type: a proxy of wrapt says that it is the function which it wraps.
    if type(value) is FunctionType and _home(value) == "contextlib":
        value = getattr(value, "__wrapped__", value)
    return type(value) is FunctionType and _home(value) in PACKAGES


def _home(function: FunctionType) -> str:
    """The package that a function was written in, whatever name it was given since."""
    return str(function.__globals__.get("__name__", "")).partition(".")[0]
