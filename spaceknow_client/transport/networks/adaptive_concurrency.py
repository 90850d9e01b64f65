"""How many requests a client has under way at once, and when it keeps still. Pure decisions.

The server's 429 says that it was too many: the number is halved, and grows by one again for each
full round of answers. When the server names a time to wait for, all calls of the client heed it.
"""

from __future__ import annotations

from dataclasses import dataclass, field


class ThrottledError(Exception):
    """The server asked for a wait while this caller stood in line. It has no slot."""


@dataclass
class AdaptiveConcurrency:
    """The number of slots in use, between 1 and `most`.

    Attributes:
        size: slots that there are now.
        round: how often it was halved. One burst of refusals halves it once: a request that was
            sent before the last halving says nothing of the new size.
        paused_until: the moment of the clock before which nothing should be sent.
    """

    most: int
    size: int = field(init=False)
    round: int = field(default=0, init=False)
    paused_until: float = field(default=0.0, init=False)
    _owed: int = field(
        default=0, init=False
    )  # slots to be withdrawn when they are taken or given back
    _answers: int = field(default=0, init=False)  # since the size last grew

    def __post_init__(self) -> None:
        self.size = self.most

    def withdraws(self) -> bool:
        """Whether a free slot that was just taken has to go, since the window became smaller."""
        if not self._owed:
            return False
        self._owed -= 1
        return True

    def given_back(self, status: int | None, round: int) -> int:
        """How many slots become free when a request ends that was begun in `round`: 0, 1 or 2."""
        free = 1
        if status == 429:
            if round == self.round:
                smaller = max(1, self.size // 2)
                self._owed += self.size - smaller
                self.size, self._answers = smaller, 0
                self.round += 1
        elif status is not None and self.size < self.most:
            self._answers += 1
            if self._answers >= self.size:
                self.size, self._answers = self.size + 1, 0
                free += 1
        withdrawn = min(self._owed, free)
        self._owed -= withdrawn
        return free - withdrawn

    def pause(self, until: float) -> None:
        """Nothing should be sent before this moment."""
        self.paused_until = max(self.paused_until, until)
