"""A file server with minimal overhead: every tile of every map has the same 60,000 bytes."""

from __future__ import annotations

import asyncio
import random

from .server import Server, serve

SIZE = 60_000
CONTENT = b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(SIZE - 8)
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nSpaceKnow-Request-Id: QyhRiSw87c\r\n"
    b"SpaceKnow-Api-Version: 106\r\nContent-Length: %d\r\n\r\n" % SIZE
) + CONTENT


class FileServer(Server):
    """One connection."""

    def answer(self, path: bytes, body: bytes) -> bytes:
        return ANSWER


if __name__ == "__main__":
    asyncio.run(serve(FileServer))
