"""Maps modules to their names before 0.1.0, so that pickles of that time can be loaded."""

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
    """A finder, called for modules that no other finder finds."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The spec of a renamed module."""
        package, _, old = name.partition(".")
        if package != PACKAGE or old not in RENAMED:
            return None
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, self, is_package=f"{old}.client" in RENAMED)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Returns None for the default module."""

    def exec_module(self, module: ModuleType) -> None:
        """Copies the names from the module under its current name."""
        new = RENAMED[module.__name__.removeprefix(f"{PACKAGE}.")]
        vars(module)["__getattr__"] = partial(getattr, import_module(f"{PACKAGE}.{new}"))
