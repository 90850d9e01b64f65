"""The client for the SpaceKnow satellite-imagery API: `import spaceknow_client as sk`.

`SpaceKnow` is the client, `AsyncSpaceKnow` its asynchronous form, `Extent` an area, `map_types()` and
`datasets()` list known names, `errors` has all errors. Public names are loaded on first use, so the
import is fast and needs no HTTP library.
"""

# Add names to the imports for type checkers: `make generate` creates the table for the interpreter.

from __future__ import annotations

import sys as _sys
from typing import TYPE_CHECKING, Any

from .runtime.renamed import RenamedModules as _RenamedModules
from .runtime.version import __version__ as __version__

_sys.meta_path.append(_RenamedModules())

if TYPE_CHECKING:
    from . import errors as errors
    from .auth.credentials import ApiKeyAuth as ApiKeyAuth
    from .auth.credentials import PasswordAuth as PasswordAuth
    from .auth.credentials import StoredAuth as StoredAuth
    from .auth.credentials import TokenAuth as TokenAuth
    from .auth.environment import Environment as Environment
    from .auth.permissions import Permission as Permission
    from .auth.permissions import PermissionSet as PermissionSet
    from .auth.token_stores import FileTokenStore as FileTokenStore
    from .auth.token_stores import KeyringTokenStore as KeyringTokenStore
    from .auth.token_stores import MemoryTokenStore as MemoryTokenStore
    from .auth.token_stores import SharedTokenStore as SharedTokenStore
    from .auth.token_stores import TokenStore as TokenStore
    from .client.client import SpaceKnow as SpaceKnow
    from .client.client_async import AsyncSpaceKnow as AsyncSpaceKnow
    from .client.map_to_xarray import map_to_xarray as map_to_xarray
    from .client.map_to_xarray import maps_to_xarray as maps_to_xarray
    from .errors.base import AmbiguousRequestError as AmbiguousRequestError
    from .errors.base import APIError as APIError
    from .errors.base import AuthError as AuthError
    from .errors.base import ConfigError as ConfigError
    from .errors.base import ConnectError as ConnectError
    from .errors.base import CreditLimitError as CreditLimitError
    from .errors.base import DeadlineExceededError as DeadlineExceededError
    from .errors.base import DownloadError as DownloadError
    from .errors.base import InvalidArgumentError as InvalidArgumentError
    from .errors.base import InvalidExtentError as InvalidExtentError
    from .errors.base import InvalidResponseError as InvalidResponseError
    from .errors.base import LoginError as LoginError
    from .errors.base import MissingExtraError as MissingExtraError
    from .errors.base import PaginationError as PaginationError
    from .errors.base import PermissionDeniedError as PermissionDeniedError
    from .errors.base import PipelineError as PipelineError
    from .errors.base import PipelineFailedError as PipelineFailedError
    from .errors.base import PipelineTimeoutError as PipelineTimeoutError
    from .errors.base import RequestTimeoutError as RequestTimeoutError
    from .errors.base import RequestTooLargeError as RequestTooLargeError
    from .errors.base import SpaceKnowError as SpaceKnowError
    from .errors.base import TokenExpiredError as TokenExpiredError
    from .errors.base import TransportError as TransportError
    from .errors.groups import *  # noqa: F403  # the document says which there are
    from .extents.decomposition import decompose as decompose
    from .extents.extent import Extent as Extent
    from .extents.tile_grid import Distortion as Distortion
    from .extents.tile_grid import DistortionWarning as DistortionWarning
    from .extents.tile_grid import GridTile as GridTile
    from .extents.tile_grid import OverlapWarning as OverlapWarning
    from .extents.tile_grid import TileGrid as TileGrid
    from .generated.catalogue import ErrorCode as ErrorCode
    from .generated.datasets import Dataset as Dataset
    from .generated.map_types import MapType as MapType
    from .generated.models import DryRunResult as DryRunResult
    from .generated.models import PipelineStatus as PipelineStatus
    from .generated.results import *  # noqa: F403  # the document says which there are
    from .interop.conversions import map_to_stac as map_to_stac
    from .interop.conversions import maps_to_stac as maps_to_stac
    from .interop.conversions import open_ski as open_ski
    from .interop.conversions import scenes_to_geodataframe as scenes_to_geodataframe
    from .interop.conversions import scenes_to_stac as scenes_to_stac
    from .interop.conversions import (
        scenes_to_stac_geoparquet as scenes_to_stac_geoparquet,
    )
    from .maps.detections import Detections as Detections
    from .maps.download_bar import DownloadBar as DownloadBar
    from .maps.downloaded import Downloaded as Downloaded
    from .maps.downloaded import DownloadProgress as DownloadProgress
    from .maps.downloaded import FailedFile as FailedFile
    from .maps.grid_file import GridFile as GridFile
    from .maps.kraken_map import KrakenMap as KrakenMap
    from .maps.map_folder import MapFolder as MapFolder
    from .maps.pictures.mosaic import Mosaic as Mosaic
    from .maps.tile import Tile as Tile
    from .pages.page import Page as Page
    from .pages.pager import Pager as Pager
    from .pages.pager_async import AsyncPager as AsyncPager
    from .pipelines.journal.entry import Allocation as Allocation
    from .pipelines.journal.entry import UnknownRequest as UnknownRequest
    from .pipelines.journal.journal import Journal as Journal
    from .pipelines.pipeline import Pipeline as Pipeline
    from .pipelines.pipeline_async import AsyncPipeline as AsyncPipeline
    from .pipelines.polling import Progress as Progress
    from .pipelines.recovery import Recovery as Recovery
    from .pipelines.recovery_async import AsyncRecovery as AsyncRecovery
    from .pipelines.run_bar import RunBar as RunBar
    from .pipelines.run_progress import Outcome as Outcome
    from .pipelines.run_progress import RunProgress as RunProgress
    from .resources.listed_values import RetiredValueWarning as RetiredValueWarning
    from .resources.listed_values import UnlistedValueWarning as UnlistedValueWarning
    from .resources.listed_values import datasets as datasets
    from .resources.listed_values import map_types as map_types
    from .transport.hooks import Hooks as Hooks
    from .transport.hooks import PollEvent as PollEvent
    from .transport.hooks import RequestEvent as RequestEvent
    from .transport.hooks import RetryEvent as RetryEvent
    from .transport.options import Limits as Limits
    from .transport.retry import RetryPolicy as RetryPolicy


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "errors":
        return import_module(".errors", __name__)
    from .runtime.public_names import NAMES

    if name == "__all__":
        return sorted({*NAMES, "errors"} - {"__version__"})
    if name not in NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(NAMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({name for name in globals() if name.startswith("_")} | {*__getattr__("__all__")})
