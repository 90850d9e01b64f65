"""A server that gives the same picture as every file of every tile."""

from __future__ import annotations

import asyncio

from .file_server import ANSWER, CONTENT, FileServer
from .server import serve
from .stitch import pictures

PICTURE = pictures()[0]
_HEAD = ANSWER.removesuffix(CONTENT).replace(b": %d\r" % len(CONTENT), b": %d\r" % len(PICTURE))


class PictureServer(FileServer):
    """One connection."""

    def answer(self, path: bytes, body: bytes) -> bytes:
        return _HEAD + PICTURE


if __name__ == "__main__":
    asyncio.run(serve(PictureServer))
