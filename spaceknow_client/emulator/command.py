"""The command `spaceknow emulator`.

This module imports nothing heavy: the command line reads it before anyone wants an emulator.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .emulator import Emulator

PORT = 8765
INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options to a parser."""
    parser.add_argument(
        "--port", type=int, default=PORT, help="port on 127.0.0.1, 0 for any (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds-per-pipeline",
        type=float,
        default=10.0,
        metavar="S",
        help="how long a pipeline takes, may be a fraction (default: %(default)s)",
    )
    parser.add_argument(
        "--page-size",
        type=int,
        default=20,
        metavar="N",
        help="scenes on a page of a search (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="another number is another world (default: %(default)s)",
    )
    parser.add_argument(
        "--drift",
        action="append",
        default=[],
        metavar="KIND:OPERATION:WHAT",
        help="let answers differ from the document, such as add:user.info:newMember, "
        "remove:..., type:..., null:..., enum:..., status:user.info:203, content-type:...; "
        "may be given several times",
    )


def run(options: argparse.Namespace) -> int:
    """Serves until SIGTERM or Ctrl-C; returns the exit code."""
    try:
        from .emulator import Emulator
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "spaceknow_client":
            raise
        return _complain(
            f"The emulator needs {error.name}, which is not installed. "
            "Install the extra: pip install 'spaceknow-client[emulator]'"
        )
    try:
        emulator = Emulator(
            seconds_per_pipeline=options.seconds_per_pipeline,
            page_size=options.page_size,
            seed=options.seed,
            port=options.port,
            drift=options.drift,
        )
        emulator.bind()
    except (ValueError, OverflowError) as error:
        return _complain(f"The emulator cannot start: {error}")
    except OSError as error:
        return _complain(f"The emulator cannot use port {options.port}: {error.strerror}.")
    return _serve(emulator)


def main(arguments: list[str] | None = None) -> int:
    """The command on its own, `python -m spaceknow_client.emulator`."""
    parser = argparse.ArgumentParser(
        prog="python -m spaceknow_client.emulator", description="Serve a local SpaceKnow."
    )
    add_arguments(parser)
    return run(parser.parse_args(arguments))


def _serve(emulator: Emulator) -> int:
    ended = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        print(f"username: {emulator.username}")
        print(f"password: {emulator.password}")
        print(emulator.url, flush=True)
        with emulator:
            while not ended.wait(1.0):  # without a limit Windows would not notice Ctrl-C
                pass
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def _complain(message: str) -> int:
    print(f"spaceknow: {message}", file=sys.stderr)
    return 1
