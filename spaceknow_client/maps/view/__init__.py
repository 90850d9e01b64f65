"""A page that shows maps in a browser, with nothing from elsewhere: pictures and detections are in it."""

from __future__ import annotations
