"""The command `spaceknow emulator`.

This module imports nothing heavy, because the command line always loads it.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

import click

from ..runtime.extras import missing_extra

if TYPE_CHECKING:
    from datetime import datetime

    from .emulator import Emulator

PORT = 8765
INTERRUPTED = 130


class _Command(click.Command):
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Example"):
            formatter.write_text("spaceknow emulator --port 8765 --seconds-per-pipeline 0.5")


@click.command("emulator", cls=_Command)
@click.option(
    "--port", type=int, default=PORT, show_default=True, help="Port on 127.0.0.1, 0 for any."
)
@click.option(
    "--seconds-per-pipeline",
    type=float,
    default=10.0,
    show_default=True,
    metavar="S",
    help="Duration of a pipeline; can be a fraction.",
)
@click.option(
    "--page-size",
    type=int,
    default=20,
    show_default=True,
    metavar="N",
    help="Scenes per page of a search.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Seed of the world: scenes, cars and identifiers.",
)
@click.option(
    "--now",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]),
    metavar="DATE",
    help="Current time of the world, in UTC; there are no later scenes. [default: real time]",
)
@click.option(
    "--tile-pixels",
    type=click.Choice([256, 512]),
    default=256,
    show_default=True,
    help="Width of tile pictures in pixels.",
)
@click.option(
    "--zero-next-try",
    is_flag=True,
    help="Report nextTry 0 for pipelines under a second, so that programs do not wait for one.",
)
@click.pass_context
def command(
    context: click.Context,
    port: int,
    seconds_per_pipeline: float,
    page_size: int,
    seed: int,
    now: datetime | None,
    tile_pixels: int,
    zero_next_try: bool,
) -> None:
    """Serve a local SpaceKnow on 127.0.0.1 until Ctrl-C.

    Prints the username and password of its user, then its address. Requires the extra `emulator`.
    """
    try:
        from .emulator import Emulator
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "spaceknow_client":
            raise
        _fail(context, str(missing_extra("emulator", str(error.name), purpose="the emulator")))
    try:
        emulator = Emulator(
            seconds_per_pipeline=seconds_per_pipeline,
            page_size=page_size,
            seed=seed,
            port=port,
            now=now,
            tile_pixels=tile_pixels,
            zero_next_try=zero_next_try,
        )
        emulator.bind()
    except (ValueError, OverflowError) as error:
        _fail(context, f"cannot start the emulator: {error}")
    except OSError as error:
        _fail(context, f"cannot use port {port}: {error.strerror}")
    context.exit(_serve(emulator))


def _serve(emulator: Emulator) -> int:
    ended = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        print(f"username: {emulator.username}")
        print(f"password: {emulator.password}")
        print(emulator.url, flush=True)
        with emulator:
            while not ended.wait(1.0):  # with a timeout, so that Windows notices Ctrl-C
                pass
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def _fail(context: click.Context, message: str) -> NoReturn:
    print(f"spaceknow: {message}", file=sys.stderr)
    context.exit(1)
