"""Rows of the fault matrix about files of tiles: which are kept as valid, and which are not.

`safe` is one file (`grid_file`), `initiate` a download into a folder, which is repeated.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import spaceknow_client as sk
from spaceknow_client.emulator import Fault
from spaceknow_client.maps.tile import Tile
from tests.conftest import Both
from tests.faults.printer import short
from tests.faults.wire import REQUEST_ID, Behavior, WireServer

TILE = Tile(1, 0, 1)
MAP = sk.KrakenMap(map_id="m", map_type=None, max_zoom=20, tiles=(TILE,))

PNG = b"\x89PNG\r\n\x1a\n....IEND"
TIFF = b"II*\0\x08\0\0\0"
GZIP = b"\x1f\x8b\x08....."
JSON = b' {"cars": 7}\n'
ERROR = b'{"error": "INVALID-MAP-ID", "errorMessage": "no"}'
PAGE = b"<!-- a proxy -->\n<!DOCTYPE html><html><body>Log in</body></html>"
BUCKET = b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'


def file(content: bytes, *, status: int = 200, media_type: str = "text/html") -> Fault:
    """A file. Its media type is not a reason to reject it."""
    headers = {"spaceknow-request-id": REQUEST_ID}
    return Fault.body(content, status=status, media_type=media_type, headers=headers)


async def _download(both: Both, folder: str, name: str, fault: Behavior) -> Any:
    """The result of a download, and the files in the folder after it."""
    with WireServer([fault]) as server:
        client = both.connect(
            server.environment, auth=sk.TokenAuth("a-token-for-files"), retry=sk.RetryPolicy.none()
        )
        try:
            found = await both.settle(client.kraken.download(MAP, folder, name))
        except sk.DownloadError as error:
            found = error
        await both.aclose()
        return found, _files_in(folder), len(server.requests)


def _files_in(folder: str) -> list[bytes]:
    """The content of all files of tiles, incomplete ones too."""
    top = Path(folder)
    found = [path for path in top.rglob("*") if path.is_file() and path.parent != top]
    return [path.read_bytes() for path in found]


async def _one(both: Both, name: str, fault: Behavior) -> Any:
    with WireServer([fault]) as server:
        client = both.connect(server.environment, auth=sk.TokenAuth("a-token-for-files"))
        try:
            found = await both.settle(client.kraken.grid_file(MAP, TILE, name))
        except sk.SpaceKnowError as error:
            found = error
        await both.aclose()
        assert len(server.requests) == 1
        return found


def _refused(name: str, good: bytes, *faults: Fault) -> Callable[[Both, str], Awaitable[str]]:
    """It is not such a file: nothing is kept, and a retry fetches the good one."""

    async def row(both: Both, kind: str) -> str:
        for fault in faults:
            if kind == "safe":
                error = await _one(both, name, fault)
            else:
                with tempfile.TemporaryDirectory() as folder:
                    failed, kept, _ = await _download(both, folder, name, fault)
                    assert kept == []
                    (one,) = failed.downloaded.failures
                    error = one.error
                    again, kept, _ = await _download(both, folder, name, file(good))
                    assert (again.fetched, kept) == (1, [good])
            assert type(error) is sk.InvalidResponseError, error
            assert error.request_id == REQUEST_ID
        return f"{short(sk.InvalidResponseError)} {len(faults)}"

    return row


def _kept(name: str, *contents: bytes) -> Callable[[Both, str], Awaitable[str]]:
    """It is such a file, and is not fetched again."""

    async def row(both: Both, kind: str) -> str:
        for content in contents:
            if kind == "safe":
                assert (await _one(both, name, file(content))).content == content
                continue
            with tempfile.TemporaryDirectory() as folder:
                for count in (1, 0):
                    done, kept, seen = await _download(both, folder, name, file(content))
                    assert (done.fetched, done.present, seen) == (count, 1 - count, count)
                    assert kept == [content]
                assert _manifest(folder)["unverified"] == []
        return f"ok {len(contents)}"

    return row


async def _of_unknown_form(both: Both, kind: str) -> str:
    """It can be anything, so it is kept, listed, and fetched again by the next download."""
    name = "heights.laz"
    if kind == "safe":
        assert (await _one(both, name, file(b"LASF"))).content == b"LASF"
        return "ok 1"
    with tempfile.TemporaryDirectory() as folder:
        for content in (b"LASF1", b"LASF2"):
            done, kept, seen = await _download(both, folder, name, file(content))
            assert (done.fetched, kept, seen) == (1, [content], 1)
            assert _manifest(folder)["unverified"] == [name]
            found = sk.MapFolder(folder).grid_file(TILE, name)
            assert found is not None
            assert found.content == content
    return "ok 2"


def _manifest(folder: str) -> Any:
    return json.loads((Path(folder) / "manifest.json").read_text())


NOT_OK = (
    file(PNG, status=205),
    file(PNG, status=206),
    file(PNG, status=203),
    file(b"", status=201),
)

ROWS: dict[str, Callable[[Both, str], Awaitable[str]]] = {
    "a page for a PNG": _refused("a.png", PNG, file(PAGE, media_type="image/png")),
    "a page for a GeoTIFF": _refused("a.geotiff", TIFF, file(PAGE), file(PNG)),
    "a page for a SKI": _refused("a.ski", GZIP, file(PAGE), file(b"PK\x03\x04")),
    "a page for JSON": _refused("a.json", JSON, file(PAGE), file(BUCKET)),
    "an error for a file": _refused("a.png", PNG, file(ERROR), file(BUCKET), file(b"")),
    "an error for JSON": _refused("a.geojson", JSON, file(ERROR), file(b'{"error": "X"}')),
    "cut JSON": _refused("a.geojson", JSON, file(JSON[:-3]), file(b"")),
    "a page for any file": _refused("a.laz", b"", file(PAGE), file(ERROR), file(BUCKET)),
    "a file with 205 or 206": _refused("a.png", PNG, *NOT_OK),
    "a PNG of any media type": _kept("a.PNG", PNG),
    "a GeoTIFF of any media type": _kept("a.geotiff", TIFF, b"MM\0*....", b"II+\0....", b"MM\0+.."),
    "a SKI of any media type": _kept("a.ski", GZIP),
    "JSON of any media type": _kept("a.json", JSON, b"[]", b"null", b'{"error": 1, "b": 2}'),
    "a file of unknown form": _of_unknown_form,
}
