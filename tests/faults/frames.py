"""The local variables of frames, which error trackers record with an error or a stack."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from rich.pretty import pretty_repr

TESTS = str(Path(__file__).parents[1])
PACKAGE = str(Path(__file__).parents[2] / "spaceknow_client")
EMULATOR = str(Path(PACKAGE) / "emulator")


def frames_of(error: BaseException, but: str = TESTS) -> list[FrameType]:
    """The frames that can be reached from an error, except those of tests, which contain the secrets."""
    found: dict[int, FrameType] = {}
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        link = left.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        left += [link.__cause__, link.__context__]
        if isinstance(link, BaseExceptionGroup):
            left += link.exceptions
        step: TracebackType | None = link.__traceback__
        while step is not None:
            found[id(step.tb_frame)] = step.tb_frame
            step = step.tb_next
    return [frame for frame in found.values() if not frame.f_code.co_filename.startswith(but)]


def stacks() -> list[FrameType]:
    """The frames of our code in all threads, and in all tasks of the running loop."""
    found: list[FrameType | None] = []
    for top in sys._current_frames().values():
        frame: FrameType | None = top
        while frame is not None:
            found.append(frame)
            frame = frame.f_back
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:
        tasks = set()
    for task in tasks:
        coroutine: Any = task.get_coro()
        while coroutine is not None:
            found.append(getattr(coroutine, "cr_frame", None))
            coroutine = getattr(coroutine, "cr_await", None)
    return [
        frame
        for frame in found
        if frame is not None
        and frame.f_code.co_filename.startswith(PACKAGE)
        and not frame.f_code.co_filename.startswith(EMULATOR)
    ]


def shown_by(frames: Iterable[FrameType], secrets: Iterable[str]) -> Iterator[str]:
    """The variables that show a secret: by their repr, and as rich prints them."""
    secrets = tuple(secrets)
    for frame in frames:
        for name, value in dict(frame.f_locals).items():
            told = _told(value)
            if any(secret in told for secret in secrets):
                yield f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}: {name}"


def _told(value: object) -> str:
    try:
        return repr(value) + pretty_repr(value, max_string=80, max_length=10)
    except Exception:  # of objects under construction
        return "".join(traceback.format_exception_only(sys.exception()))
