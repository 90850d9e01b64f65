"""The MkDocs hook of the site: adds the generated pages and the navigation."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

PROJECT = Path(__file__).resolve().parents[2]
if str(PROJECT) not in sys.path:  # MkDocs loads this file without its package
    sys.path.insert(0, str(PROJECT))

from generator.site.api_pages import APIPages  # noqa: E402
from generator.site.commands_page import commands_page  # noqa: E402
from generator.site.http_pages import http_pages  # noqa: E402
from generator.site.links import relinked  # noqa: E402
from spaceknow_client.contract.document import operations  # noqa: E402

DOCUMENT = PROJECT / "spaceknow_client" / "generated" / "openapi.json"
STATIC = Path(__file__).parent / "static"
# Files of the repository that are pages of the site, under another name. Those of docs/ keep theirs.
TAKEN = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "openapi/README.md": "document.md",
    "openapi/UNKNOWN.md": "unknown.md",
} | {
    f"benchmarks/{path.name}": f"benchmarks/{path.name}" for path in PROJECT.glob("benchmarks/*.md")
}
# The guides of each section of the navigation. A page of docs/ that is not listed is in Reference.
GUIDES = {
    "Install and first map": ["index.md", "first_hour.md", "elsewhere.md"],
    "Search": ["search.md", "extents.md"],
    "Run and follow": ["pipelines.md"],
    "Pictures, files and GIS": ["maps.md", "interop.md"],
    "Money": ["money.md"],
    "At scale": ["large-maps.md"],
    "Test your own code": ["testing.md"],
    "Work on the contract": ["contract.md", "document.md", "unknown.md"],
    "Command line": ["cli.md", "commands.md"],
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the generated pages, and sets the navigation."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    code = APIPages(PROJECT)
    methods = {
        operation["operationId"]: found
        for _, _, operation in operations(document)
        if (found := code.method(operation)) is not None
    }
    api = code.pages(document)
    http = http_pages(document, methods)
    made = {f"api/{name}": text for name, text in api.items()}
    made |= {f"http/{name}": text for name, text in http.items()}
    made["commands.md"] = commands_page()
    taken = _pages()
    for source, target in TAKEN.items():
        text = (PROJECT / source).read_text(encoding="utf-8")
        made[target] = relinked(text, source, target, taken, PROJECT)
    made["index.md"] = f"---\nhide: [navigation]\n---\n\n{made['index.md']}"
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    for path in STATIC.iterdir():
        files.append(File.generated(config, f"assets/{path.name}", abs_src_path=str(path)))
    guides = [one.src_uri for one in files.documentation_pages() if one.src_uri not in made]
    config.nav = _navigation(guides, list(api), list(http))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Replaces links to files of the repository by links to their pages."""
    if page.file.abs_src_path is None:
        return markdown
    name = page.file.src_uri
    return relinked(markdown, f"docs/{name}", name, _pages(), PROJECT)


def _pages() -> dict[str, str]:
    docs = PROJECT / "docs"
    own = {
        f"docs/{path.relative_to(docs).as_posix()}": path.relative_to(docs).as_posix()
        for path in docs.rglob("*")
    }
    return own | TAKEN


def _navigation(guides: list[str], api: list[str], http: list[str]) -> list[Any]:
    placed = {name for names in GUIDES.values() for name in names} | {"errors.md"}
    others = [name for name in (*guides, *TAKEN.values()) if name not in placed]
    reference = [
        {"Python": [f"api/{name}" for name in api]},
        {"HTTP": [f"http/{name}" for name in http]},
        {"Error codes": "errors.md"},
        {"Project": sorted(others, key=lambda name: name != "limits.md")},
    ]
    return [*({title: names} for title, names in GUIDES.items()), {"Reference": reference}]
