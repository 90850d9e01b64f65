"""The API reference: the names on each page. mkdocstrings writes their documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import griffe

from spaceknow_client.contract.document import Schema

from ..rendering import environment
from .schemas import listed

PACKAGE = "spaceknow_client"
TEMPLATES = environment(Path(__file__).parent / "templates", listed=listed)


class Page(NamedTuple):
    """A page of public names of the root, by the modules that they come from, or of others."""

    title: str
    about: str
    modules: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    shows_bases: bool = False  # which errors a base class catches; other bases are private


ASYNC = (
    "The asynchronous form has the same names and parameters, in the same order. Await calls that "
    "start work; lazy listings are not awaited."
)
PAGES = {
    "client": Page(
        "Clients",
        f"`import spaceknow_client as sk`: all names on these pages are in it. {ASYNC}",
        (
            *("client.client", "client.client_async", "auth.environment"),
            *("transport.options", "transport.retry", "transport.hooks"),
        ),
    ),
    "login": Page(
        "Login",
        "Credentials for a client's `auth=`, and where tokens are stored.",
        ("auth.credentials", "auth.token_stores"),
    ),
    "pipelines": Page(
        "Pipelines",
        f"Server jobs: how to wait for them, resume them, and run many of them. {ASYNC}",
        (
            *("pipelines.pipeline", "pipelines.pipeline_async"),
            *("pipelines.recovery", "pipelines.recovery_async"),
            *("pipelines.polling", "pipelines.run_progress", "pipelines.run_bar"),
            *("pipelines.journal.journal", "pipelines.journal.entry"),
        ),
    ),
    "listings": Page(
        "Listings",
        f"Pages of scenes and features, fetched when they are needed. {ASYNC}",
        ("pages.pager", "pages.pager_async", "pages.page"),
    ),
    "extents": Page(
        "Extents",
        "Areas, and how to split them into tiles.",
        ("extents.extent", "extents.decomposition", "extents.tile_grid"),
    ),
    "maps": Page(
        "Maps and files",
        "The result of a release, and its files.",
        (
            *("maps.kraken_map", "maps.tile", "maps.grid_file", "maps.map_folder"),
            *("maps.pictures.mosaic", "maps.detections"),
            *("maps.downloaded", "maps.download_bar"),
        ),
    ),
    "models": Page(
        "Models",
        "Objects that the API returns. Members that the document does not list are kept in "
        "`additional_properties`. All of them, as JSON: [objects](../http/objects.md).",
        ("generated.models", "generated.catalogue"),
    ),
    "permissions": Page("Permissions", "The permissions of a user.", ("auth.permissions",)),
    "interop": Page(
        "Interop",
        "Conversions to objects of other libraries.",
        ("interop.conversions", "client.map_to_xarray"),
    ),
    "errors": Page(
        "Errors",
        "Every error of this package is a `SpaceKnowError`. Each error code has its own class "
        "in `spaceknow_client.errors`: see [error codes](../errors.md).",
        ("errors.base",),
        shows_bases=True,
    ),
    "emulator": Page(
        "Emulator",
        "`spaceknow_client.emulator`, with the extra `emulator`: a local SpaceKnow.",
        names=("emulator.Emulator", "emulator.Fault", "emulator.Call", "emulator.EmulatorClock"),
    ),
    "testing": Page(
        "Testing",
        "For tests of programs: the pytest fixture, spans and metrics, and the comparison of a service "
        "with its document.",
        names=(
            *("testing.spaceknow_emulator", "contract_check.check_contract"),
            *("contract_check.ContractReport", "otel.hooks"),
        ),
    ),
}
OTHERS = Page("Further names", "Names of the package that are on no other page.")


class APIPages:
    """Reads the code, without importing it."""

    def __init__(self, project: Path) -> None:
        self._package: Any = griffe.load(
            PACKAGE,
            search_paths=[project],
            try_relative_path=False,
            allow_inspection=False,
            resolve_aliases=False,
        )

    def pages(self, document: dict[str, Any]) -> dict[str, str]:
        """The text of each page, by its name in the folder: clients, then a page for each tag."""
        by_module: dict[str, list[str]] = {}
        for name, member in self._package.members.items():
            if member.is_alias and member.target_path.startswith(f"{PACKAGE}."):
                module = member.target_path.removeprefix(f"{PACKAGE}.").rpartition(".")[0]
                if module and not name.startswith("_"):
                    by_module.setdefault(module, []).append(name)
        found = {}
        for file, page in PAGES.items():
            names = [name for module in page.modules for name in by_module.pop(module, ())]
            found[f"{file}.md"] = _text(page, [*names, *page.names])
            if file == "client":
                for tag in ["pipelines", *(one["name"] for one in document["tags"])]:
                    found |= self._resource(tag)
        if by_module:
            found["others.md"] = _text(
                OTHERS, [name for names in by_module.values() for name in names]
            )
        return found

    def method(self, operation: Schema) -> str | None:
        """The path to the method that calls an operation, or to that of its pipeline."""
        tag, name = operation["operationId"].split(".")[:2]
        owner = self._class(tag, "")
        if owner is None or name not in owner.all_members:
            return None
        return f"[`client.{tag}.{name}`][{owner.path}.{name}]"

    def _class(self, name: str, side: str) -> Any:
        """The class of an attribute of the client."""
        prefix = "Async" if side else ""
        for place in (
            f"resources.apis{side}.{prefix}APIs",
            f"client.client{side}.{prefix}SpaceKnow",
        ):
            member = self._package[place].members.get(name)
            if member is not None and member.returns is not None:
                return self._package[member.returns.canonical_path.removeprefix(f"{PACKAGE}.")]
        return None

    def _resource(self, tag: str) -> dict[str, str]:
        """The page of an attribute of the client, if it has methods."""
        owner, other = self._class(tag, ""), self._class(tag, "_async")
        public = [] if owner is None else [n for n in owner.all_members if not n.startswith("_")]
        if not public:
            return {}
        awaited = [n for n in public if "async" in other.all_members[n].labels]
        others = [n for n in public if n not in awaited]
        page = TEMPLATES.get_template("resource.md.jinja")
        name = "client.pipelines" if tag == "pipelines" else tag
        text = page.render(tag=tag, path=owner.path, awaited=awaited, others=others)
        return {f"{name}.md": text}


def _text(page: Page, names: list[str]) -> str:
    return TEMPLATES.get_template("names.md.jinja").render(page=page, names=names, package=PACKAGE)
