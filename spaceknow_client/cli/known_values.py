"""Known map types, providers and datasets: as JSON, and for shell completion."""

from __future__ import annotations

from typing import Any

import click

from .command import names


def known(value: Any) -> dict[str, Any]:
    """A MapType or Dataset as JSON data, without unknown members."""
    from attrs import asdict

    found = {name: item for name, item in asdict(value).items() if item is not None}
    return {name: list(item) if isinstance(item, tuple) else item for name, item in found.items()}


def _map_types() -> list[str]:
    from ..generated.map_types import MAP_TYPES

    return list(MAP_TYPES)


def _providers() -> list[str]:
    from ..generated.datasets import DATASETS

    return list(dict.fromkeys(one.provider for one in DATASETS))


def _datasets(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """The datasets of the provider, if one was typed; current ones first."""
    from ..generated.datasets import DATASETS

    provider = context.params.get("provider")
    found = [one for one in DATASETS if provider in (None, one.provider)]
    found.sort(key=lambda one: one.retired is not None)
    return names(lambda: [one.name for one in found])(context, parameter, typed)


MAP_TYPES = names(_map_types)
PROVIDERS = names(_providers)
DATASETS = _datasets
