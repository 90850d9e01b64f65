"""Checks the live service against its OpenAPI document. Needs the extra `contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..runtime.extras import require

if TYPE_CHECKING:
    from .check import check_contract as check_contract
    from .report import ContractReport as ContractReport

__all__ = ["ContractReport", "check_contract"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require("contract", "jsonschema_rs")
    from . import check

    return getattr(check, name)
