"""Part of the build: the wheel contains the bundled document compressed, a tenth of its size."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DOCUMENT = "spaceknow_client/generated/openapi.json"


class CompressDocument(BuildHookInterface[Any]):
    """Puts `openapi.json.gz` where `contract/document.py` expects it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel is built; an editable install keeps the document as it is."""
        if version == "editable":
            return
        packed = Path(self.directory) / "openapi.json.gz"
        packed.parent.mkdir(parents=True, exist_ok=True)
        content = (Path(self.root) / DOCUMENT).read_bytes()
        packed.write_bytes(gzip.compress(content, mtime=0))
        build_data["force_include"][str(packed)] = f"{DOCUMENT}.gz"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called after the wheel is built."""
        (Path(self.directory) / "openapi.json.gz").unlink(missing_ok=True)
