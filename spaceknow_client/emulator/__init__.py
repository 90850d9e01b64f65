"""A local SpaceKnow: a real HTTP server on loopback that implements the OpenAPI document.

Requires the extra `emulator`. Names are imported on first use, so that the command line can list the
emulator without importing it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..runtime.extras import missing_extra

if TYPE_CHECKING:
    from .calls import Call as Call
    from .clock import EmulatorClock as EmulatorClock
    from .emulator import Emulator as Emulator
    from .fault import Fault as Fault

_MODULES = {
    "Call": ".calls",
    "Emulator": ".emulator",
    "EmulatorClock": ".clock",
    "Fault": ".fault",
}

__all__ = ["Call", "Emulator", "EmulatorClock", "Fault"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(_MODULES[name], __name__)
    except ModuleNotFoundError as error:
        raise missing_extra("emulator", str(error.name), purpose="the emulator") from error
    value = getattr(module, name)
    globals()[name] = value
    return value
