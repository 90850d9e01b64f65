"""The last step of generation: moves all generated files to their places.

It is a separate process (`python settle.py PROJECT`), so it continues when the generator is killed. If it
is killed itself, the next generation runs it again: each step can be repeated. It holds the generator's
lock until the end. It imports only the standard library, to start quickly.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

PENDING = Path(".generated")  # in the project, while files are to be moved to their places
CHANGES = "changes.json"  # in it, as soon as it is complete


def settle(project: Path) -> None:
    """Completes a prepared change; deletes an incomplete preparation."""
    folder = project / PENDING
    if (folder / CHANGES).is_file():
        changes = json.loads((folder / CHANGES).read_text(encoding="utf-8"))
        for name in changes["write"]:
            there = project / name
            there.parent.mkdir(parents=True, exist_ok=True)
            beside = there.with_name(
                f".{there.name}.new"
            )  # each file is either the old or the new one
            shutil.copyfile(folder / name, beside)
            beside.replace(there)
        for name in changes["remove"]:
            (project / name).unlink(missing_ok=True)
        (folder / CHANGES).unlink()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    settle(Path(sys.argv[1]))
