"""The archive of a SKI file: a gzipped tar from an untrusted source.

Nothing is extracted to the disk, so paths in member names are harmless; they are refused anyway, because
they are undocumented. Deflate reaches a ratio of 1:1032, which a mask of one value nearly has, so a
decompression bomb is limited not by the ratio but by the number of decompressed bytes.
"""

from __future__ import annotations

import gzip
import json
import re
import struct
import tarfile
import zlib
from typing import IO, Any, NoReturn

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..errors.base import InvalidResponseError

MAX_MEMBERS = 1024
MAX_JSON = 16 * 1024**2  # maximum bytes of info.json or meta.json; a footprint has kilobytes
BLOCK = 64 * 1024  # bytes decompressed at a time
HEADERS = 1024**2  # maximum bytes before a member: its header, and extended headers

WIDE = 256  # columns, from which on rows are added one by one

BAND_NAME = re.compile(r"([0-9]{5})\.skb")
BARE_NAME = re.compile(r"[^/\\\0]+")
BAND_HEADER = struct.Struct("<HII")  # type, columns, rows

# Errors of gzip, zlib and tarfile. The last four are tarfile's, for invalid extended headers.
BROKEN = (
    *(tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile),
    *(ValueError, OverflowError, RecursionError, KeyError),
)

# The type is the number of bits, and odd for signed numbers.
TYPES = {
    bits + signed: np.dtype(f"<{'i' if signed else 'u'}{bits // 8}")
    for bits in (8, 16, 32, 64)
    for signed in (0, 1)
}


@frozen
class Archive:
    """The content of a SKI file: `info.json`, `meta.json` and the decoded bands in order."""

    info: dict[str, Any]
    meta: dict[str, Any]
    bands: list[NDArray[Any]]


def broken(problem: str) -> InvalidResponseError:
    """The error for a SKI file."""
    return InvalidResponseError(
        f"the SKI file {problem}", hint="It is damaged, or not a SKI file. Fetch it again."
    )


def read_archive(file: IO[bytes], max_bytes: int) -> Archive:
    """Reads and decodes a SKI file. Raises InvalidResponseError if it is invalid."""
    try:
        return _read(_Inflated(file, max_bytes))
    except BROKEN as error:
        problem = f"is not a valid gzipped tar archive ({type(error).__name__})"
        raise broken(problem) from error


class _Inflated:
    """The decompressed bytes, up to the allowed number."""

    def __init__(self, file: IO[bytes], max_bytes: int) -> None:
        self._stream = gzip.GzipFile(fileobj=file, mode="rb")
        self._max_bytes = max_bytes
        self._left = max_bytes
        self._allowed = 0

    def allow(self, size: int) -> None:
        """Allows the bytes of a member and of the next headers."""
        if size > self._left:
            raise self._too_large()
        self._allowed = size + HEADERS

    def read(self, size: int) -> bytes:
        content = self._stream.read(size)
        self._left -= len(content)
        self._allowed -= len(content)
        if self._left < 0:
            raise self._too_large()
        if self._allowed < 0:
            raise broken("has headers without end")
        return content

    def finish(self) -> None:
        """Reads the rest, so that the checksum is compared."""
        while self.read(BLOCK):
            self._allowed = HEADERS

    def _too_large(self) -> InvalidResponseError:
        return broken(f"is larger than {self._max_bytes} bytes when decompressed")


def _read(inflated: _Inflated) -> Archive:
    documents: dict[str, dict[str, Any]] = {}
    bands: dict[int, NDArray[Any]] = {}
    seen: set[str] = set()
    inflated.allow(0)
    with tarfile.open(fileobj=inflated, mode="r|", bufsize=BLOCK) as archive:  # type: ignore[call-overload]
        while (member := archive.next()) is not None:
            name = member.name.removeprefix("./")
            if len(seen) >= MAX_MEMBERS:
                raise broken(f"has more than {MAX_MEMBERS} members")
            if not member.isreg() or member.issparse() or not BARE_NAME.fullmatch(name):
                raise broken(f"has a member that is not a plain file ({name[:40]!r})")
            if name in seen:
                raise broken(f"has {name[:40]!r} twice")
            seen.add(name)
            inflated.allow(member.size)
            band = BAND_NAME.fullmatch(name)
            if name not in ("info.json", "meta.json") and band is None:
                continue  # ignore members of newer versions
            if band is None and member.size > MAX_JSON:
                raise broken(f"has a {name} of {member.size} bytes")
            content = archive.extractfile(member).read()
            if len(content) != member.size:
                raise broken(f"ends within {name}")
            if band is None:
                documents[name] = _document(name, content)
            else:
                bands[int(band[1])] = _band(name, content)
    inflated.finish()
    for name in ("info.json", "meta.json"):
        if name not in documents:
            raise broken(f"has no {name}")
    if sorted(bands) != list(range(len(bands))):
        raise broken("lacks a band: the files of bands must be numbered from 0 on")
    return Archive(
        documents["info.json"], documents["meta.json"], [bands[n] for n in range(len(bands))]
    )


def _document(name: str, content: bytes) -> dict[str, Any]:
    def no_number(text: str) -> NoReturn:
        raise broken(f"has {text} for a number in {name}")

    try:
        value = json.loads(content.decode("utf-8"), parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidResponseError(f"{name} of the SKI file is invalid JSON") from error
    if not isinstance(value, dict):
        raise broken(f"has a {name} that is not an object")
    return value


def _band(name: str, content: bytes) -> NDArray[Any]:
    """The pixels of a band. Each stored row is the difference from the previous row."""
    if len(content) < BAND_HEADER.size:
        raise broken(f"has a {name} with an incomplete header")
    number, columns, rows = BAND_HEADER.unpack_from(content)
    kind = TYPES.get(number)
    if kind is None:
        raise broken(f"has pixels of an unknown type in {name} ({number})")
    if not rows or not columns:
        raise broken(f"has no pixels in {name} ({columns} x {rows})")
    if len(content) != BAND_HEADER.size + rows * columns * kind.itemsize:
        raise broken(f"has a {name} whose size does not match {columns} x {rows} pixels")
    stored = np.frombuffer(content, kind, offset=BAND_HEADER.size).reshape(rows, columns)
    unsigned = np.dtype(f"u{kind.itemsize}")
    stored = stored.view(unsigned.newbyteorder("<"))
    # Sums of unsigned integers wrap around, as "modulo 2^depth" requires.
    if columns < WIDE:
        pixels = np.cumsum(stored, axis=0, dtype=unsigned)
    else:  # ten times as fast, unless there are millions of short rows
        pixels = stored.astype(unsigned)
        for row in range(1, rows):
            np.add(pixels[row - 1], pixels[row], out=pixels[row])
    return pixels.view(kind.newbyteorder("="))
