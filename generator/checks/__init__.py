"""Finds every mistake of the document before anything is made of it.

Each module judges one side of it. All of them run, so that one run names all mistakes; they take
the document as it comes, whatever is missing or of a wrong kind in it.
"""

from __future__ import annotations

from pathlib import Path

from ..document.document import Document
from . import codes, examples, links, operations, schemas, security, servers, structure
from .place import SourceLocation


def checked(root: Path) -> Document:
    """The document with this root, without a mistake. Raises DocumentError with all of them."""
    document = Document(root)
    place = SourceLocation(document, (), document.content)
    for part in (structure, codes, schemas, security, servers):
        part.check(place)
    links.check(*operations.check(place))
    examples.check(place)
    document.stop()
    return document
