"""Whether something has come over a socket that nobody has read."""

from __future__ import annotations

import select
import sys


def is_readable(number: int) -> bool:
    """Whether a socket, by its file descriptor, holds data or its end: a server that closed it.

    An event loop that was busy has not heard of it yet; the operating system has.
    """
    if number < 0:  # it is closed
        return True
    if sys.platform == "win32":
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()  # select takes no descriptor above 1,023
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))
