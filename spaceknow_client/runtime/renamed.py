"""Modules by their names before 0.1.0, so that pickles that were written then can be read."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

PACKAGE = "spaceknow_client"
RENAMED = {
    "_async": "client",
    "_async.client": "client.client_async",
    "_sync": "client",
    "_sync.client": "client.client",
    "config": "transport.options",
    "credentials": "auth.credentials",
    "download": "maps.downloaded",
    "environment": "auth.environment",
    "extent": "extents.extent",
    "grid_file": "maps.grid_file",
    "hooks": "transport.hooks",
    "kraken_map": "maps.kraken_map",
    "permissions": "auth.permissions",
    "pipeline_token": "pipelines.handle",
    "polling": "pipelines.polling",
    "portable": "client.pickling",
    "results": "resources.results",
    "retry": "transport.retry",
    "tile": "maps.tile",
    "token": "auth.token",
    "token_stores": "auth.token_stores",
}


class RenamedModules:
    """A finder of modules, asked when there is none of a name."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The spec of a module that was renamed."""
        package, _, old = name.partition(".")
        if package != PACKAGE or old not in RENAMED:
            return None
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, self, is_package=f"{old}.client" in RENAMED)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """The usual empty one."""

    def exec_module(self, module: ModuleType) -> None:
        """Its names are those of the module as it is called now."""
        new = RENAMED[module.__name__.removeprefix(f"{PACKAGE}.")]
        vars(module)["__getattr__"] = partial(getattr, import_module(f"{PACKAGE}.{new}"))
