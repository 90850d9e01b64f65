"""Decodes a response body while it is received, to detect decompression bombs early."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping

from .http_messages import NO_BODY, HTTPResponse, UnusableError

# Accepted encodings, with the window bits of zlib. No other encoding is accepted: a body
# compressed twice would multiply a bomb.
GZIP, ZLIB = zlib.MAX_WBITS | 16, zlib.MAX_WBITS
ENCODINGS = {"gzip": GZIP, "x-gzip": GZIP, "deflate": ZLIB}
PART = 64 * 1024  # bytes decompressed in one step


class DecodingError(Exception):
    """The body does not match its encoding, or is incomplete."""


class BodyDecoder:
    """Decodes a body in chunks. `headers` are by case-insensitive or lower-case name; `inflates`
    is False for chunks already decompressed by httpx, which does not know the alias `x-gzip`.

    Raises UnusableError for an encoding that was not requested, and as soon as there are more than
    `max_bytes` decompressed bytes; DecodingError if decompression fails.
    """

    def __init__(
        self, status: int, headers: Mapping[str, str], max_bytes: int, *, inflates: bool = True
    ) -> None:
        self._status = status
        self._headers = headers
        self._max_bytes = max_bytes
        self._content = bytearray()
        self._inflater: _Inflater | None = None
        named = headers.get("content-encoding", "").lower().split(",")  # RFC 9110, 8.4.1
        codings = [coding for name in named if (coding := name.strip()) not in ("", "identity")]
        if status in NO_BODY or not codings:
            return
        if len(codings) > 1 or codings[0] not in ENCODINGS:
            problem = "the response has an encoding that was not requested"
            raise UnusableError(problem, status, headers, may_pass=True)
        if inflates or codings[0] == "x-gzip":
            self._inflater = _Inflater(ENCODINGS[codings[0]])

    def take(self, piece: bytes | bytearray) -> None:
        """Adds a chunk as received."""
        parts = (piece,) if self._inflater is None else self._inflater.parts(piece)
        for part in parts:
            self._content += part
            if len(self._content) > self._max_bytes:
                raise UnusableError(
                    f"the response is larger than {self._max_bytes} bytes",
                    self._status,
                    self._headers,
                )

    def answer(self) -> HTTPResponse:
        """The complete response, called at the end of the body."""
        if self._inflater is not None and not self._inflater.is_whole:
            raise DecodingError
        return HTTPResponse(
            status=self._status, headers=self._headers, content=bytes(self._content)
        )


class _Inflater:
    """Decompresses gzip, and both variants of deflate."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._stream = zlib.decompressobj(bits)
        self._is_begun = False

    @property
    def is_whole(self) -> bool:
        """Whether the end was reached, or nothing was received (as with 204)."""
        return self._stream.eof or not self._is_begun

    def parts(self, piece: bytes | bytearray) -> Iterator[bytes]:
        """Decompressed parts of a chunk, each of at most PART bytes."""
        while piece:
            if not self._is_begun and self._bits == ZLIB and piece[0] & 0x0F != 8:
                # Many servers send deflate without the header that RFC 9110 (8.4.1.2) requires.
                self._stream = zlib.decompressobj(-ZLIB)
            elif self._stream.eof:
                if self._bits != GZIP:
                    raise DecodingError
                if not any(piece):  # zero padding, which gzip allows
                    return
                self._stream = zlib.decompressobj(GZIP)  # another member (RFC 1952, 2.2)
            self._is_begun = True
            while True:
                try:
                    part = self._stream.decompress(piece, PART)
                except zlib.error as error:
                    raise DecodingError from error
                yield part
                if self._stream.eof:
                    piece = self._stream.unused_data
                    break
                piece = self._stream.unconsumed_tail
                # A full part can consume all input and still leave output.
                if not piece and len(part) < PART:
                    return
