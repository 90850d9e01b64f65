"""The site is complete: every name, operation and code, working links and search."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from ruamel.yaml import YAML

from generator.site.http_pages import anchor, http_pages
from generator.site.links import relinked
from generator.tables.error_classes import class_name
from spaceknow_client.contract.document import operations
from spaceknow_client.runtime.file_lock import try_lock
from spaceknow_client.runtime.public_names import NAMES
from tests.files.browser import browse, needs_chromium

PROJECT = Path(__file__).parents[2]
SHAPES = PROJECT / "tests" / "new_document" / "shapes.yaml"
DOCUMENT: dict[str, Any] = json.loads(
    (PROJECT / "spaceknow_client" / "generated" / "openapi.json").read_text(encoding="utf-8")
)
# The files that a browser loads with the page, and the targets of links.
LOADED = {"src", "srcset", "data", "poster"}


class Page(HTMLParser):
    """The anchors of a page, and the targets of its links."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {""}
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif name in LOADED or (name == "href" and tag != "a"):
                self.loaded.append(value)
            elif name == "href":
                self.links.append(value)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The site, built once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "site"
    while (give_back := try_lock(folder.with_suffix(".lock"))) is None:
        time.sleep(0.2)
    try:
        if not folder.exists():
            build(folder.with_suffix(".new")).rename(folder)
    finally:
        give_back()
    return folder


def build(folder: Path) -> Path:
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "-q", "build", "--strict", "--site-dir", str(folder)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html")}


def test_links_and_pictures_are_there(site: Path, pages: dict[Path, Page]) -> None:
    lost = []
    for path, page in pages.items():
        if path.name == "404.html":  # a server uses it for any address
            continue
        for link in {*page.links, *page.loaded}:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            is_there = target.is_file() and target.is_relative_to(site)
            if not is_there or (
                target in pages and unquote(parts.fragment) not in pages[target].anchors
            ):
                lost.append(f"{path.relative_to(site)}: {link}")
    assert lost == []
    assert sum(len(page.links) for page in pages.values()) > 1000


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    loaded = {link for page in pages.values() for link in page.loaded}
    assert [link for link in loaded if re.match(r"(\w+:)?//", link)] == []
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", text), path
    # The theme would load this one for diagrams.
    assert not any("mermaid" in page.read_text(encoding="utf-8") for page in pages)


def test_every_public_name_is_told(pages: dict[Path, Page]) -> None:
    anchors = {anchor for page in pages.values() for anchor in page.anchors}
    names = {name for name in NAMES if not name.startswith("_")}  # `__version__` has no page
    assert {"SpaceKnow", "AsyncSpaceKnow", "Extent", "Scene"} <= names
    assert {name for name in names if f"spaceknow_client.{name}" not in anchors} == set()
    assert "spaceknow_client.resources.kraken.Kraken.release" in anchors
    assert not any(re.search(r"\._(?!sync|async)[^_.]\w*$", anchor) for anchor in anchors)


def test_the_document_is_told(site: Path, pages: dict[Path, Page]) -> None:
    permissions = (site / "http" / "permissions.html").read_text(encoding="utf-8")
    for path, _, operation in operations(DOCUMENT):
        page = site / "http" / f"{operation['tags'][0]}.html"
        assert anchor(operation["operationId"]) in pages[page].anchors
        assert html.escape(path) in page.read_text(encoding="utf-8")
        assert operation["operationId"] in permissions
    objects = pages[site / "http" / "objects.html"].anchors
    assert {name.lower() for name in DOCUMENT["components"]["schemas"]} <= objects
    codes = site / "errors.html"
    assert {code.lower() for code in DOCUMENT["x-errors"]} <= pages[codes].anchors
    text = codes.read_text(encoding="utf-8")
    assert [code for code in DOCUMENT["x-errors"] if class_name(code) not in text] == []
    commands = pages[site / "commands.html"].anchors
    assert {"spaceknow-search", "spaceknow-auth-login", "spaceknow-emulator"} <= commands


def test_a_new_operation_has_its_place() -> None:
    document = json.loads(json.dumps(DOCUMENT))
    added = json.loads(json.dumps(document["paths"]["/credits/area/check-geojson"]["post"]))
    added |= {"operationId": "weather.today", "tags": ["weather"], "x-error-codes": ["RAIN"]}
    added["security"] = [{"jwt": ["weather.read"]}]
    document["tags"].append({"name": "weather", "description": "Clouds."})
    document["paths"]["/weather/today"] = {"post": added}
    document["x-errors"]["RAIN"] = {"api": "general", "status": 409}
    pages = http_pages(document, {"weather.today": "`client.weather.today`"})
    page = pages["weather.md"]
    assert "## weather.today { #weather-today }" in page
    assert "| Python | `client.weather.today` |" in page
    assert "| needs | `weather.read` |" in page
    assert "| [`RAIN`](../errors.md#rain) | `RainError` | 409 |" in page
    link = "[`weather.today`](weather.md#weather-today)"
    assert f"| `weather.read` | {link} |" in pages["permissions.md"]
    assert f"| {link} | `POST /weather/today` |" in pages["index.md"]


def test_how_each_kind_of_parameter_and_body_is_sent() -> None:
    """The page says it of what test_new_api.py sends."""
    parts = YAML(typ="safe").load(SHAPES.read_text("utf-8"))
    shapes = YAML(typ="safe").load(parts["paths/shapes.yaml"])
    document = {
        **DOCUMENT,
        "tags": [{"name": "shapes", "description": "Shapes."}],
        "paths": {f"/{name}": item for name, item in shapes.items()},
    }
    text = re.sub(r"\.\./(\w+)/?\w*\.yaml#", r"#/components/\1", json.dumps(document))
    page = http_pages(json.loads(text), {})["shapes.md"]
    for line in (
        "`spaceknow api shapes.find --header X-Tenant=... --query ids=...`",
        "`spaceknow api shapes.upload --query name=... -d @FILE`",
        "`spaceknow api shapes.render.retrieve --path-param render-id=... --header X-Kind=...`",
        "| `X-Tenant` (in the header)<br>*required* | string |",
        "In Python `x_tenant`.",
        "In Python `trace`.",
        "`X-Marks: A,B` (style `simple`)",
        "`ids=A&ids=B` (style `form`, explode)",
        "Each: one of `round`, `flat`. Sent as `kinds=A,B` (style `form`).",
        r"`levels=A\|B` (style `pipeDelimited`)",
        "`words=A B` (style `spaceDelimited`)",
        "`west=A&isOpen=A` (style `form`, explode)",
        "`order=NAME,A` (style `form`)",
        "`filter[color]=A&filter[after]=A` (style `deepObject`, explode)",
        "`application/x-www-form-urlencoded`: object. A form: arrays are repeated",
        "`application/octet-stream`: string. The bytes of a file.",
        "`image/png`. The bytes of a file.",
        "| `counts` | map of integer | Numbers by name. Each value: at least 0. |",
        "| `mood` | string or null | Its mood. One of `calm`, `wild`, `null`. |",
        "| `level`<br>*required* | integer | Its level. One of `1`, `2`, `3`. |",
        "In the format `date-time`.",
        "| result | [`shapes.render.retrieve`](shapes.md#shapes-render-retrieve) |",
        "| listing | a page at a time, by `page-token`, from `next-token` of the page before |",
        "| listing | a page at a time, by `after` |",
    ):
        assert line in page, line


def test_links_of_the_repository_become_links_of_the_site() -> None:
    pages = {"README.md": "index.md", "docs/cli.md": "cli.md", "docs/images/a.png": "images/a.png"}

    def of(text: str, source: str = "README.md", target: str = "index.md") -> str:
        return relinked(text, source, target, pages, PROJECT)

    assert of("[a](docs/cli.md#b) ![c](docs/images/a.png)") == "[a](cli.md#b) ![c](images/a.png)"
    assert of("[a](../README.md)", "docs/cli.md", "cli.md") == "[a](index.md)"
    assert of("[a](../README.md)", "openapi/x.md", "more/x.md") == "[a](../index.md)"
    assert of("[the\nfile](Makefile) [b](https://example.com) [c](#d)") == (
        "the\nfile [b](https://example.com) [c](#d)"
    )
    assert of("[a](nowhere.md)") == "[a](nowhere.md)"  # the build reports it
    code = "```\n[a](docs/cli.md)\n```\n"
    assert of(code) == code


SEARCH = """
const type = () => {
    const box = document.querySelector("[data-md-component=search-query]");
    box.focus();
    box.value = WORDS;
    for (const kind of ["input", "keyup", "change"]) {
        box.dispatchEvent(new KeyboardEvent(kind, {bubbles: true, key: "S"}));
    }
};
const look = () => {
    const links = [...document.querySelectorAll(".md-search-result__link")].map((one) => one.href);
    document.body.dataset.found = JSON.stringify(links);
};
addEventListener("load", () => { setTimeout(type, 500); setInterval(look, 200); });
"""


@needs_chromium
def test_search_finds_the_error_code(site: Path, tmp_path: Path) -> None:
    page = site / "index.html"
    script = SEARCH.replace("WORDS", json.dumps("NOT-ENOUGH-CREDITS"))
    copy = page.with_name("search-test.html")
    text = page.read_text(encoding="utf-8")
    copy.write_text(text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    dom = browse(copy, tmp_path / "profile", "--dump-dom", "--virtual-time-budget=15000")
    found = re.search(r'data-found="([^"]*)"', dom)
    assert found is not None, dom[-2000:]
    links = json.loads(html.unescape(found[1]))
    found_first = [urlsplit(link) for link in links[:2]]  # the page, then the section
    assert {unquote(one.path) for one in found_first} == {str(site / "errors.html")}
    assert "not-enough-credits" in {one.fragment for one in found_first}
