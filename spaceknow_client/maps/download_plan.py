"""A download of a map's files into a folder: its decisions and files, without the network."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from ..errors.base import (
    APIError,
    AuthError,
    ConfigError,
    DownloadError,
    InvalidArgumentError,
    SpaceKnowError,
    TransportError,
)
from ..generated.catalogue import BAD_TOKEN, ENDS_DOWNLOAD
from ..runtime.file_lock import Release, try_lock
from .downloaded import Downloaded, DownloadProgress, FailedFile
from .grid_file import png_width
from .kraken_map import KrakenMap
from .manifest import LOCK, Manifest, refused
from .map_files import count_tiles, place_of, tiles_of
from .tile import Tile, meters_per_pixel

# Give up after this many consecutive outages, each retried until the deadline.
_OUTAGES = 10
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_FLAGS |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_TOLD = 1000  # failures that an error lists


class Download:
    """One download: the files to fetch, and the outcome of each. Threads share it.

    Raises DownloadError for a folder that cannot be used, InvalidArgumentError for one that holds
    another map.
    """

    def __init__(
        self,
        map: KrakenMap,
        folder: Path,
        names: tuple[str, ...],
        *,
        zoom: int | None,
        geometry_id: str,
        by_default: bool,
        stop_on_error: bool,
        on_progress: Callable[[DownloadProgress], object] | None,
    ) -> None:
        self._map = map
        self._folder = folder
        self._root = str(folder)  # paths are joined as strings, because pathlib is slow
        self._names = names
        self._total = len(names) * count_tiles(map, zoom)
        self._zoom = zoom
        self._level = zoom or max((tile.z for tile in map.tiles), default=0)
        self._by_default = by_default
        self._stop_on_error = stop_on_error
        self._on_progress = on_progress
        self._lock = threading.RLock()
        self._todo: Iterator[tuple[Tile, str]] = iter(())
        self._closed = False
        self._made: set[str] = set()
        self._renews = False
        self._picture: str | None = None
        self._failures: list[FailedFile] = []
        self._fetched = self._present = self._absent = self._failed = self._bytes = 0
        self._outages = 0
        self._give_back: Release = self._lock_folder()
        try:
            self._manifest = self._open_manifest(geometry_id)
        except BaseException:
            self._give_back()
            raise

    def _lock_folder(self) -> Release:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            give_back = try_lock(self._folder / LOCK)
        except OSError as error:
            raise refused(self._folder, str(error)) from error
        if give_back is None:
            raise refused(self._folder, "another download is writing to it")
        return give_back

    def _open_manifest(self, geometry_id: str) -> Manifest:
        manifest = Manifest.load(self._folder)
        if manifest is None:
            manifest = Manifest(self._folder, self._map, geometry_id)
        elif not manifest.is_of(self._map, geometry_id):
            raise InvalidArgumentError(
                f"{self._folder} contains the files of another map.", hint="Choose another folder."
            )
        elif manifest.is_stale:
            manifest.forget()
            self._renews = True
        if manifest.map is not self._map:
            manifest = manifest.with_map(self._map)
        try:
            manifest.open()
        except OSError as error:
            raise refused(self._folder, str(error)) from error
        return manifest

    def path(self, tile: Tile, name: str) -> str:
        """The path at which a file is stored."""
        return f"{self._root}/{place_of(tile, name)}"

    def phases(self) -> Iterator[None]:
        """The batches to fetch: first one file for each default name, then all others."""
        missing = self._missing()
        if self._by_default:
            first: dict[str, tuple[Tile, str]] = {}
            others: list[tuple[Tile, str]] = []
            left = len(set(self._names) - self._manifest.refused)
            while len(first) < left and (each := next(missing, None)) is not None:
                if first.setdefault(each[1], each) != each:
                    others.append(each)
            self._todo = iter(first.values())
            yield
            missing = chain(others, missing)
        self._todo = missing
        yield

    def _missing(self) -> Iterator[tuple[Tile, str]]:
        for tile in tiles_of(self._map, self._zoom):
            for name in self._names:
                path = self.path(tile, name)
                if self._by_default and name in self._manifest.refused:
                    self._absent += 1
                elif not self._manifest.is_done(name, tile, path):
                    yield tile, name
                elif self._manifest.lacks(name, tile):
                    self._absent += 1
                else:
                    self._present += 1
                    self._show(name, path)

    def next(self) -> tuple[Tile, str] | None:
        """The next file to fetch; None if there is none."""
        with self._lock:
            for tile, name in () if self._closed else self._todo:
                if not (self._by_default and name in self._manifest.refused):
                    return tile, name
                self._absent += 1
            return None

    def _show(self, name: str, path: str) -> None:
        """Stores a picture, whose size tells the resolution."""
        if name.endswith(".png"):
            self._picture = path

    def store(self, tile: Tile, name: str, content: bytes | None) -> None:
        """Writes a file into the folder, atomically; None: the server does not have it.

        Raises DownloadError if it cannot be written.
        """
        with self._lock:
            if self._closed:
                return
            self._outages = 0
            try:
                if content is None:
                    self._manifest.note(name, tile, None)
                    self._absent += 1
                else:
                    self._write(tile, name, content)
                    self._fetched += 1
                    self._bytes += len(content)
                    self._show(name, self.path(tile, name))
            except OSError as error:
                raise DownloadError(f"cannot write {self.path(tile, name)}: {error}") from error
            self.tell()

    def _write(self, tile: Tile, name: str, content: bytes) -> None:
        path = self.path(tile, name)
        folder = path.rpartition("/")[0]
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)
        part = f"{path}.part"
        try:
            file = os.open(part, _FLAGS, 0o666)
            try:
                left = memoryview(content)
                while left:
                    left = left[os.write(file, left) :]
                if os.fstat(file).st_size != len(content):
                    raise OSError("the size of the file differs from the bytes written")
            finally:
                os.close(file)
            if self._renews or self._manifest.knows(name, tile):
                # New records must not be taken for older ones.
                with suppress(FileNotFoundError):
                    os.unlink(path)
            self._manifest.note(name, tile, len(content))
            os.replace(part, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(part)
            raise

    def fail(self, tile: Tile, name: str, error: SpaceKnowError) -> None:
        """Records why a file could not be fetched. Raises the error if the download must stop."""
        with self._lock:
            if self._closed:
                return
            code = error.code if isinstance(error, APIError) else None
            if code == "UNSUPPORTED-FILE-NAME" and self._by_default:
                self._manifest.refused.add(name)
                self._absent += 1
                self.tell()
                return
            self._failed += 1
            if len(self._failures) < _TOLD:
                self._failures.append(FailedFile(tile=tile, name=name, error=error))
            if code == "VERSION-MISMATCH":
                self._manifest.is_stale = True
            outage = isinstance(error, TransportError) or (
                isinstance(error, APIError) and (error.status >= 500 or error.status == 429)
            )
            self._outages = self._outages + 1 if outage else 0
            self.tell()
            if (
                self._stop_on_error
                or code in ENDS_DOWNLOAD | BAD_TOKEN
                or self._outages >= _OUTAGES
                or isinstance(error, (AuthError, ConfigError))
            ):
                raise error

    def tell(self) -> None:
        """Reports the progress."""
        if self._on_progress is not None:
            self._on_progress(
                DownloadProgress(
                    total=self._total,
                    fetched=self._fetched,
                    present=self._present,
                    absent=self._absent,
                    failed=self._failed,
                    bytes=self._bytes,
                )
            )

    def stop(self) -> None:
        """Stops: no further files are fetched or written."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            meters = self._meters_per_pixel()
            if meters is not None:
                self._manifest.meters[str(self._level)] = float(f"{meters:.6g}")
            try:
                self._manifest.save()
            except OSError as error:
                raise refused(self._folder, str(error)) from error
            finally:
                self._give_back()

    def result(self) -> Downloaded:
        """The outcome."""
        return Downloaded(
            folder=self._folder,
            zoom=self._level,
            meters_per_pixel=self._meters_per_pixel(),
            total=self._total,
            fetched=self._fetched,
            present=self._present,
            absent=self._absent,
            failed=self._failed,
            bytes=self._bytes,
            failures=tuple(self._failures),
        )

    def _meters_per_pixel(self) -> float | None:
        if self._picture is None:
            return None
        z, _, y = self._picture.rpartition(".")[0].rsplit("/", 3)[1:]
        try:
            with open(self._picture, "rb") as file:
                width = png_width(file.read(24))
        except OSError:
            return None
        return meters_per_pixel(int(z), int(y) + 0.5, width) if width else None

    def error(self, stopped_by: SpaceKnowError | None) -> DownloadError:
        """The error that reports missing files."""
        first = stopped_by or self._failures[0].error
        how = "stopped" if stopped_by is not None else "is over"
        return DownloadError(
            f"the download {how} with {self._failed} of {self._total} files failed and "
            f"{self._fetched + self._present + self._absent} done; "
            f"{'the last error' if stopped_by else 'the first error'}: {first.message}",
            operation=first.operation,
            request_id=first.request_id,
            hint=first.hint if stopped_by else "Call it again to fetch the missing files.",
            downloaded=self.result(),
        )
