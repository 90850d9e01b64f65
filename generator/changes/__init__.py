"""What changed between two documents, rated for the callers of the Python API.

An existing differ would do less: redocly's needs Node and leaves out extensions, where much of what
matters here stands (safety, pages, codes, permissions); oasdiff is a Go program. Both rate for
callers of the HTTP API, and a Python caller sees other things break: the order of arguments, the
names of classes, `str` that becomes `str | None`.
"""

from .change import Change, MemberLocation, Rating
from .documents import compare

__all__ = ["Change", "MemberLocation", "Rating", "compare"]
