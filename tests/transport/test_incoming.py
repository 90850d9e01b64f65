"""Bodies are decompressed completely or not at all, however they are divided."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaceknow_client.transport.body_decoder import PART, BodyDecoder, DecodingError
from spaceknow_client.transport.http_messages import UnusableError

# Runs of equal bytes, so that a few bytes of input give more than one PART.
RUNS = st.lists(st.tuples(st.binary(max_size=20), st.integers(0, 3 * PART)), max_size=4)


def body_of(runs: list[tuple[bytes, int]]) -> bytes:
    return b"".join(text + text[:1] * count for text, count in runs)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def members(body: bytes) -> bytes:
    return gzip.compress(body[:100]) + gzip.compress(body[100:])


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "gzip in two members": ("gzip", members),
    "gzip by an alias": ("X-GZip", gzip.compress),
    "gzip, and nothing else": (" , identity, GZIP", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "bare deflate": ("deflate", raw_deflate),
}


def pieces(content: bytes, count: int) -> Iterator[bytes]:
    size = max(1, len(content) // count)
    for begin in range(0, len(content), size):
        yield content[begin : begin + size]


def received(encoding: str, content: bytes, count: int, most: int) -> bytes:
    incoming = BodyDecoder(200, {"content-encoding": encoding}, most)
    for piece in pieces(content, count):
        incoming.take(piece)
    return incoming.answer().content


@pytest.mark.parametrize("packed", PACKED)
@settings(deadline=None)
@given(runs=RUNS, count=st.integers(1, 50))
def test_a_body_comes_out_as_it_went_in(
    packed: str, runs: list[tuple[bytes, int]], count: int
) -> None:
    (encoding, pack), body = PACKED[packed], body_of(runs)
    assert received(encoding, pack(body), count, len(body)) == body


@pytest.mark.parametrize("packed", PACKED)
@settings(deadline=None)
@given(runs=RUNS.filter(body_of), count=st.integers(1, 50))
def test_a_byte_too_many_is_refused(packed: str, runs: list[tuple[bytes, int]], count: int) -> None:
    (encoding, pack), body = PACKED[packed], body_of(runs)
    with pytest.raises(UnusableError, match="larger than"):
        received(encoding, pack(body), count, len(body) - 1)


@pytest.mark.parametrize("packed", [name for name in PACKED if name != "identity"])
@settings(deadline=None)
@given(runs=RUNS, lacking=st.integers(1, 4))
def test_a_body_that_is_cut_is_no_answer(
    packed: str, runs: list[tuple[bytes, int]], lacking: int
) -> None:
    (encoding, pack), body = PACKED[packed], body_of(runs)
    content = pack(body)[:-lacking]
    if content:
        with pytest.raises(DecodingError):
            received(encoding, content, 3, len(body))


@pytest.mark.parametrize("packed", [name for name in PACKED if name != "identity"])
def test_what_follows_the_end_is_no_part_of_it(packed: str) -> None:
    encoding, pack = PACKED[packed]
    with pytest.raises(DecodingError):
        received(encoding, pack(b"body") + b"more", 1, 1000)


def test_an_empty_body_has_no_encoding() -> None:
    assert received("gzip", b"", 1, 0) == b""


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "gzip, br", "compress", "x", "gzip;q=1"])
def test_what_was_not_asked_for_is_not_read(encoding: str) -> None:
    with pytest.raises(UnusableError, match="not requested"):
        BodyDecoder(200, {"content-encoding": encoding}, 10)
    assert BodyDecoder(204, {"content-encoding": encoding}, 10).answer().content == b""
