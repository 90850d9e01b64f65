"""All errors: the handwritten base classes, and one class for each error code of the API.

`except KrakenError` catches all Kraken codes, `except NotEnoughCreditsError` catches only that code, and
`except SpaceKnowError` catches every error of this package. Classes of codes are loaded on first use,
because they are many.
"""

from typing import TYPE_CHECKING, Any

from .base import AmbiguousRequestError as AmbiguousRequestError
from .base import APIError as APIError
from .base import AuthError as AuthError
from .base import ConfigError as ConfigError
from .base import ConnectError as ConnectError
from .base import CreditLimitError as CreditLimitError
from .base import DeadlineExceededError as DeadlineExceededError
from .base import DownloadError as DownloadError
from .base import InvalidArgumentError as InvalidArgumentError
from .base import InvalidExtentError as InvalidExtentError
from .base import InvalidResponseError as InvalidResponseError
from .base import LoginError as LoginError
from .base import MissingExtraError as MissingExtraError
from .base import PaginationError as PaginationError
from .base import PermissionDeniedError as PermissionDeniedError
from .base import PipelineError as PipelineError
from .base import PipelineFailedError as PipelineFailedError
from .base import PipelineTimeoutError as PipelineTimeoutError
from .base import RequestTimeoutError as RequestTimeoutError
from .base import RequestTooLargeError as RequestTooLargeError
from .base import SpaceKnowError as SpaceKnowError
from .base import TokenExpiredError as TokenExpiredError
from .base import TransportError as TransportError
from .groups import *  # noqa: F403  # the document says which there are

if TYPE_CHECKING:
    from . import codes as codes
    from .codes import *  # noqa: F403  # the generated module lists its names in __all__


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
