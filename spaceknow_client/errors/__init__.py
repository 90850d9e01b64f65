"""All errors: the handwritten families, and one class for each error code of the API.

`except KrakenError` catches every Kraken code, `except NotEnoughCreditsError` that one alone, and
`except SpaceKnowError` whatever this package raises. The classes of codes load when one is named:
there are many, and a client that meets no error needs none.
"""

from typing import TYPE_CHECKING, Any

from .base import (
    AmbiguousRequestError,
    APIError,
    AuthError,
    ConfigError,
    ConnectError,
    CreditsError,
    DatacubeError,
    DeadlineExceededError,
    DownloadError,
    GeneralError,
    GeoJSONDBError,
    InvalidArgumentError,
    InvalidExtentError,
    InvalidResponseError,
    KrakenError,
    LoginError,
    PaginationError,
    PermissionDeniedError,
    PipelineError,
    PipelineFailedError,
    PipelineTimeoutError,
    RagnarError,
    RequestTimeoutError,
    RequestTooLargeError,
    SpaceKnowError,
    TaskingError,
    TokenExpiredError,
    TransportError,
)

if TYPE_CHECKING:
    from . import codes
    from .codes import *  # noqa: F403  # the generated module lists its names in __all__

    __all__ = [
        "APIError",
        "AmbiguousRequestError",
        "AuthError",
        "ConfigError",
        "ConnectError",
        "CreditsError",
        "DatacubeError",
        "DeadlineExceededError",
        "DownloadError",
        "GeneralError",
        "GeoJSONDBError",
        "InvalidArgumentError",
        "InvalidExtentError",
        "InvalidResponseError",
        "KrakenError",
        "LoginError",
        "PaginationError",
        "PermissionDeniedError",
        "PipelineError",
        "PipelineFailedError",
        "PipelineTimeoutError",
        "RagnarError",
        "RequestTimeoutError",
        "RequestTooLargeError",
        "SpaceKnowError",
        "TaskingError",
        "TokenExpiredError",
        "TransportError",
    ]
    __all__ += codes.__all__


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name.startswith("__") and name != "__all__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    codes = import_module(".codes", __name__)
    if name == "__all__":
        return sorted(item for item in globals() if item.endswith("Error")) + codes.__all__
    if name == "codes":
        return codes
    if name not in codes.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(codes, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
