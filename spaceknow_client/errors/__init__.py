"""All errors: the handwritten families, and one class for each error code of the API.

`except KrakenError` catches every Kraken code, `except NotEnoughCreditsError` that one alone, and
`except SpaceKnowError` whatever this package raises.
"""

from . import codes
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
