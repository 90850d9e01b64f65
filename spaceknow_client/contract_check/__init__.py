"""Checks the live service against its OpenAPI document. Needs the extra `contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..runtime.extras import require

if TYPE_CHECKING:
    from .check import ContractReport as ContractReport
    from .check import check_contract as check_contract

__all__ = ["ContractReport", "check_contract"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require("contract", "jsonschema_rs")
    from . import check

    return getattr(check, name)
