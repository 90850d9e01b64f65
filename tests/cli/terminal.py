"""Commands in a separate process, in a terminal of 80 columns."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from dataclasses import dataclass

COMMAND = [sys.executable, "-m", "spaceknow_client.cli"]


@dataclass(frozen=True)
class Seen:
    """The output on the terminal, and the redirected output."""

    code: int
    text: str
    out: str = ""


def on_terminal(
    arguments: Sequence[str],
    answers: Sequence[tuple[str, str]] = (),
    *,
    columns: int = 80,
    redirected: bool = False,
    script: str | None = None,
) -> Seen:
    """Runs `spaceknow` (or a Python script) in a terminal.

    Args:
        answers: what is typed, each when a text has been shown.
        redirected: stdout goes elsewhere.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    # COLUMNS would take precedence over the size of the terminal.
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    command = COMMAND if script is None else [sys.executable, "-c", script]
    process = subprocess.Popen(
        [*command, *arguments],
        stdin=theirs,
        stdout=subprocess.PIPE if redirected else theirs,
        stderr=theirs,
        env={**environment, "TERM": "xterm"},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(
            0, termios.TIOCSCTTY, 0
        ),  # so that Ctrl-C is sent as a signal
    )
    os.close(theirs)
    shown = b""
    waiting = list(answers)
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError as error:
            if (
                error.errno != errno.EIO
            ):  # this is how Linux reports that no process has it open any more
                raise
            break
        if not data:
            break
        shown += data
        if waiting and waiting[0][0].encode() in shown:
            os.write(ours, waiting.pop(0)[1].encode())
    os.close(ours)
    out, _ = process.communicate(timeout=20)
    return Seen(process.returncode, shown.decode().replace("\r\n", "\n"), (out or b"").decode())
