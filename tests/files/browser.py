"""A headless browser, for tests of the page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
needs_chromium = pytest.mark.skipif(
    not CHROMIUM, reason="needs a browser (apt-get install chromium)"
)


def browse(page: Path, profile: Path, *options: str) -> str:
    """The output of the browser for a page on the disk. It has no network."""
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",  # containers may not create one
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--no-first-run",
        "--proxy-server=127.0.0.1:9",  # anything outside the page cannot be loaded
        f"--user-data-dir={profile}",
        "--window-size=900,640",
        "--virtual-time-budget=3000",
        *options,
        page.as_uri(),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return ran.stdout


def with_script(page: Path, script: str) -> Path:
    """A copy of the page with a further script: the page itself allows none."""
    text = page.read_text("utf-8")
    text = re.sub(r"script-src '[^']+'", "script-src 'unsafe-inline'", text)
    copy = page.with_name("with-script.html")
    copy.write_text(text.replace("</body>", f"<script>{script}</script></body>"), "utf-8")
    return copy
