"""Finds handwritten code that names an operation which is not in the document."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spaceknow_client.contract.document import operations

from .document.reading import roles
from .sync_compiler import is_generated

NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*(\.(initiate|retrieve))?")
TOLERANT = "contract_check"  # it calls the operations that exist


def leftovers(document: dict[str, Any], package: Path) -> Iterator[str]:
    """Each place with its file, line and remedy. mypy reports all others by their types."""
    known = {operation["operationId"] for _, _, operation in operations(document)}
    known |= {name.removesuffix(".initiate") for name in known}
    tags = {tag["name"] for tag in document["tags"]}
    known |= {
        role for _, _, operation in operations(document) for role in roles(operation, document)
    }
    known |= {file for each in document.get("x-map-types", {}).values() for file in each["files"]}
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if (
            is_generated(text)
            or TOLERANT in path.parts
            or not any(f"{tag}." in text for tag in tags)
        ):
            continue
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value
                if NAME.fullmatch(name) and name.partition(".")[0] in tags and name not in known:
                    where = path.relative_to(package.parent).as_posix()
                    yield (
                        f"{where}:{node.lineno}: {name} is not an operation of the document. "
                        "Change it, or remove the code that uses it."
                    )
