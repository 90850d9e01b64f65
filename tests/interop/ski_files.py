"""SKI files that are written by hand, valid and invalid ones."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Members = list[tuple[str, bytes]]


def skb(pixels: NDArray[Any]) -> bytes:
    """A band: each row minus the row above, in a loop, as in the format description."""
    unsigned = pixels.view(f"u{pixels.itemsize}")
    modulus = 2 ** (8 * pixels.itemsize)
    content = struct.pack("<H", 8 * pixels.itemsize + (pixels.dtype.kind == "i"))
    content += struct.pack("<I", pixels.shape[1]) + struct.pack("<I", pixels.shape[0])
    above = [0] * pixels.shape[1]
    for row in unsigned.tolist():
        stored = [(value - over) % modulus for value, over in zip(row, above, strict=True)]
        content += np.array(stored, f"<u{pixels.itemsize}").tobytes()
        above = row
    return content


def info(*names: Sequence[str], version: str = "115") -> bytes:
    bands = [{"names": list(each)} for each in names]
    return json.dumps({"version": version, "bands": bands}).encode()


def members(
    bands: Iterable[tuple[Sequence[str], NDArray[Any]]], meta: dict[str, Any] | None = None
) -> Members:
    """The members of a valid file."""
    bands = list(bands)
    return [
        ("info.json", info(*(names for names, _ in bands))),
        ("meta.json", json.dumps({"meta": meta or {}}).encode()),
        *((f"{number:05d}.skb", skb(pixels)) for number, (_, pixels) in enumerate(bands)),
    ]


def packed(
    content: Iterable[tuple[str | tarfile.TarInfo, bytes]], form: int = tarfile.USTAR_FORMAT
) -> bytes:
    """A gzipped tar; instead of a name, a member can have a complete header."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as archive:
        for name, data in content:
            entry = tarfile.TarInfo(name) if isinstance(name, str) else name
            if isinstance(name, str):
                entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(target.getvalue(), 1)
