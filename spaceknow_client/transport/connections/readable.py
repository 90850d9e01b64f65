"""Whether a socket has unread data or was closed by the other side."""

from __future__ import annotations

import select
import sys


def is_readable(number: int) -> bool:
    """Whether the socket with this file descriptor has unread data or was closed by the server.

    It asks the operating system: a busy event loop may not have been notified yet.
    """
    if number < 0:  # closed
        return True
    if sys.platform == "win32":
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()  # select takes no descriptor above 1,023
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))
