"""The client for the SpaceKnow satellite-imagery API.

`import spaceknow_client as sk`: every public name is here and loads when it is first used, so the
import alone is cheap and needs no HTTP library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from . import errors as errors
    from ._async.client import AsyncSpaceKnow as AsyncSpaceKnow
    from ._async.pages import AsyncPager as AsyncPager
    from ._async.pipeline import AsyncPipeline as AsyncPipeline
    from ._async.recovery import AsyncRecovery as AsyncRecovery
    from ._sync.client import SpaceKnow as SpaceKnow
    from ._sync.pages import Pager as Pager
    from ._sync.pipeline import Pipeline as Pipeline
    from ._sync.recovery import Recovery as Recovery
    from .config import Limits as Limits
    from .credentials import PasswordAuth as PasswordAuth
    from .credentials import StoredAuth as StoredAuth
    from .credentials import TokenAuth as TokenAuth
    from .decomposition import decompose as decompose
    from .detections import Detections as Detections
    from .download import Downloaded as Downloaded
    from .download import DownloadProgress as DownloadProgress
    from .download import FailedFile as FailedFile
    from .download_bar import DownloadBar as DownloadBar
    from .environment import Environment as Environment
    from .errors.base import AmbiguousRequestError as AmbiguousRequestError
    from .errors.base import APIError as APIError
    from .errors.base import AuthError as AuthError
    from .errors.base import ConfigError as ConfigError
    from .errors.base import ConnectError as ConnectError
    from .errors.base import CreditLimitError as CreditLimitError
    from .errors.base import CreditsError as CreditsError
    from .errors.base import DatacubeError as DatacubeError
    from .errors.base import DeadlineExceededError as DeadlineExceededError
    from .errors.base import DownloadError as DownloadError
    from .errors.base import GeneralError as GeneralError
    from .errors.base import GeoJSONDBError as GeoJSONDBError
    from .errors.base import InvalidArgumentError as InvalidArgumentError
    from .errors.base import InvalidExtentError as InvalidExtentError
    from .errors.base import InvalidResponseError as InvalidResponseError
    from .errors.base import KrakenError as KrakenError
    from .errors.base import LoginError as LoginError
    from .errors.base import PaginationError as PaginationError
    from .errors.base import PermissionDeniedError as PermissionDeniedError
    from .errors.base import PipelineError as PipelineError
    from .errors.base import PipelineFailedError as PipelineFailedError
    from .errors.base import PipelineTimeoutError as PipelineTimeoutError
    from .errors.base import RagnarError as RagnarError
    from .errors.base import RequestTimeoutError as RequestTimeoutError
    from .errors.base import RequestTooLargeError as RequestTooLargeError
    from .errors.base import SpaceKnowError as SpaceKnowError
    from .errors.base import TaskingError as TaskingError
    from .errors.base import TokenExpiredError as TokenExpiredError
    from .errors.base import TransportError as TransportError
    from .extent import Extent as Extent
    from .generated.catalogue import ErrorCode as ErrorCode
    from .generated.models import DryRunResult as DryRunResult
    from .generated.models import PipelineStatus as PipelineStatus
    from .grid_file import GridFile as GridFile
    from .hooks import Hooks as Hooks
    from .hooks import PollEvent as PollEvent
    from .hooks import RequestEvent as RequestEvent
    from .hooks import RetryEvent as RetryEvent
    from .journal import Journal as Journal
    from .journal_entry import UnknownRequest as UnknownRequest
    from .kraken_map import KrakenMap as KrakenMap
    from .map_folder import MapFolder as MapFolder
    from .mosaic import Mosaic as Mosaic
    from .neighbours import map_to_xarray as map_to_xarray
    from .neighbours import open_ski as open_ski
    from .neighbours import scenes_to_geodataframe as scenes_to_geodataframe
    from .neighbours import scenes_to_stac as scenes_to_stac
    from .neighbours import scenes_to_stac_geoparquet as scenes_to_stac_geoparquet
    from .pages import Page as Page
    from .permissions import Permission as Permission
    from .permissions import PermissionSet as PermissionSet
    from .polling import Progress as Progress
    from .result_models import *  # noqa: F403  # the document says which there are
    from .retry import RetryPolicy as RetryPolicy
    from .run_bar import RunBar as RunBar
    from .run_progress import Outcome as Outcome
    from .run_progress import RunProgress as RunProgress
    from .tile import Tile as Tile
    from .tile_grid import Distortion as Distortion
    from .tile_grid import DistortionWarning as DistortionWarning
    from .tile_grid import GridTile as GridTile
    from .tile_grid import TileGrid as TileGrid
    from .token_stores import FileTokenStore as FileTokenStore
    from .token_stores import KeyringTokenStore as KeyringTokenStore
    from .token_stores import MemoryTokenStore as MemoryTokenStore
    from .token_stores import SharedTokenStore as SharedTokenStore
    from .token_stores import TokenStore as TokenStore

_MODULES = {
    "APIError": ".errors.base",
    "AmbiguousRequestError": ".errors.base",
    "AsyncPager": "._async.pages",
    "AsyncPipeline": "._async.pipeline",
    "AsyncRecovery": "._async.recovery",
    "AsyncSpaceKnow": "._async.client",
    "AuthError": ".errors.base",
    "ConfigError": ".errors.base",
    "ConnectError": ".errors.base",
    "CreditLimitError": ".errors.base",
    "CreditsError": ".errors.base",
    "DatacubeError": ".errors.base",
    "DeadlineExceededError": ".errors.base",
    "Detections": ".detections",
    "Distortion": ".tile_grid",
    "DistortionWarning": ".tile_grid",
    "DownloadBar": ".download_bar",
    "DownloadError": ".errors.base",
    "DownloadProgress": ".download",
    "Downloaded": ".download",
    "DryRunResult": ".generated.models",
    "Environment": ".environment",
    "ErrorCode": ".generated.catalogue",
    "Extent": ".extent",
    "FileTokenStore": ".token_stores",
    "FailedFile": ".download",
    "GeneralError": ".errors.base",
    "GeoJSONDBError": ".errors.base",
    "GridFile": ".grid_file",
    "GridTile": ".tile_grid",
    "Hooks": ".hooks",
    "InvalidArgumentError": ".errors.base",
    "InvalidExtentError": ".errors.base",
    "InvalidResponseError": ".errors.base",
    "Journal": ".journal",
    "KrakenError": ".errors.base",
    "KrakenMap": ".kraken_map",
    "Limits": ".config",
    "LoginError": ".errors.base",
    "KeyringTokenStore": ".token_stores",
    "MapFolder": ".map_folder",
    "MemoryTokenStore": ".token_stores",
    "Mosaic": ".mosaic",
    "Outcome": ".run_progress",
    "Page": ".pages",
    "Pager": "._sync.pages",
    "PaginationError": ".errors.base",
    "PasswordAuth": ".credentials",
    "Permission": ".permissions",
    "PermissionDeniedError": ".errors.base",
    "PermissionSet": ".permissions",
    "Pipeline": "._sync.pipeline",
    "PipelineError": ".errors.base",
    "PipelineFailedError": ".errors.base",
    "PipelineStatus": ".generated.models",
    "PipelineTimeoutError": ".errors.base",
    "PollEvent": ".hooks",
    "Progress": ".polling",
    "RagnarError": ".errors.base",
    "Recovery": "._sync.recovery",
    "RequestEvent": ".hooks",
    "RequestTimeoutError": ".errors.base",
    "RequestTooLargeError": ".errors.base",
    "RetryEvent": ".hooks",
    "RetryPolicy": ".retry",
    "RunBar": ".run_bar",
    "RunProgress": ".run_progress",
    "SharedTokenStore": ".token_stores",
    "SpaceKnow": "._sync.client",
    "SpaceKnowError": ".errors.base",
    "StoredAuth": ".credentials",
    "TaskingError": ".errors.base",
    "Tile": ".tile",
    "TileGrid": ".tile_grid",
    "TokenAuth": ".credentials",
    "TokenExpiredError": ".errors.base",
    "TokenStore": ".token_stores",
    "TransportError": ".errors.base",
    "UnknownRequest": ".journal_entry",
    "decompose": ".decomposition",
    "map_to_xarray": ".neighbours",
    "open_ski": ".neighbours",
    "scenes_to_geodataframe": ".neighbours",
    "scenes_to_stac": ".neighbours",
    "scenes_to_stac_geoparquet": ".neighbours",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "errors":
        return import_module(".errors", __name__)
    module = _MODULES.get(name)
    if module is None:
        from .generated import RESULTS

        if name not in RESULTS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = ".generated.models"
    value = getattr(import_module(module, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    from .generated import RESULTS

    return sorted({*globals(), *_MODULES, *RESULTS})
