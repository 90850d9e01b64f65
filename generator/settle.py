"""The last step of generating: what is made takes its place, all of it.

It runs as a process of its own (`python settle.py PROJECT`), which goes on when the generator is
killed, and again before the next generation, should it have been ended itself: each step can be made
twice. It holds the generator's lock until it is done. Nothing but the standard library, so that it
starts at once.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

PENDING = Path(".generated")  # in the project, while something is to take its place
CHANGES = "changes.json"  # in it, from when it is complete


def settle(project: Path) -> None:
    """Ends what was begun; drops what was not complete."""
    folder = project / PENDING
    if (folder / CHANGES).is_file():
        changes = json.loads((folder / CHANGES).read_text(encoding="utf-8"))
        for name in changes["write"]:
            there = project / name
            there.parent.mkdir(parents=True, exist_ok=True)
            beside = there.with_name(f".{there.name}.new")  # a file is the old or the new one, too
            shutil.copyfile(folder / name, beside)
            beside.replace(there)
        for name in changes["remove"]:
            (project / name).unlink(missing_ok=True)
        (folder / CHANGES).unlink()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    settle(Path(sys.argv[1]))
