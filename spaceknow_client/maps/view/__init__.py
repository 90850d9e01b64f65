"""A self-contained page that shows maps in a browser: it contains pictures and detections."""

from __future__ import annotations
