"""Keeps the templates of openapi-python-client that ours replace, as they were when ours were written.

`python -m generator.stock_templates` renews `generator/replaced/` from the installed package. Templates are
no public API of openapi-python-client: after a bump, what git then shows is what ours may have to
follow. A test fails until it has been renewed, and so looked at.
"""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

from .models.models import TEMPLATES

KEPT = Path(__file__).parent / "replaced"
TOOL = distribution("openapi-python-client")


def stock() -> dict[str, str]:
    """The installed package's form of each template of ours, and its licence."""
    folder = Path(str(TOOL.locate_file("openapi_python_client/templates")))
    found = {ours.name: folder / ours.name for ours in sorted(TEMPLATES.iterdir())}
    found["LICENSE"] = next(
        Path(str(file.locate())) for file in TOOL.files or () if file.name == "LICENSE"
    )
    return {name: path.read_text(encoding="utf-8") for name, path in found.items()}


def kept() -> dict[str, str]:
    """What was kept of them."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(KEPT.iterdir())}


def renew() -> None:
    KEPT.mkdir(exist_ok=True)
    for name in kept().keys() - stock().keys():
        (KEPT / name).unlink()
    for name, text in stock().items():
        (KEPT / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    renew()
