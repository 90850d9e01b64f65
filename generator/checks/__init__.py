"""Finds every mistake in the document before anything is generated.

Each module checks one part of it. All of them run, so that one run reports all mistakes; each module
accepts any document, with missing parts and wrong types.
"""

from __future__ import annotations

from pathlib import Path

from ..document.document import Document
from . import codes, examples, links, operations, schemas, security, servers, structure
from .place import SourceLocation


def checked(root: Path) -> Document:
    """The document with this root file. Raises DocumentError with all its mistakes, if there are any."""
    document = Document(root)
    place = SourceLocation(document, (), document.content)
    for part in (structure, codes, schemas, security, servers):
        part.check(place)
    links.check(*operations.check(place))
    examples.check(place)
    document.stop()
    return document
