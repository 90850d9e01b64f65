"""Adaptive concurrency: how many requests a client sends at once, and when it pauses. Pure logic.

Each 429 from the server halves the number; each full round of responses raises it by one. If the server
names a time to wait, all calls of the client wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field


class ThrottledError(Exception):
    """The server requested a pause while this caller waited for a slot. It has no slot."""


@dataclass
class AdaptiveConcurrency:
    """The number of slots, between 1 and `most`.

    Attributes:
        size: current number of slots.
        round: number of halvings. A burst of 429s halves once: a request sent before the last
            halving says nothing about the new size.
        paused_until: time of the clock before which nothing should be sent.
    """

    most: int
    size: int = field(init=False)
    round: int = field(default=0, init=False)
    paused_until: float = field(default=0.0, init=False)
    _owed: int = field(
        default=0, init=False
    )  # slots to withdraw when they are acquired or released
    _answers: int = field(default=0, init=False)  # responses since the size last grew

    def __post_init__(self) -> None:
        self.size = self.most

    def withdraws(self) -> bool:
        """Whether to withdraw a free slot that was just acquired, because the size was reduced."""
        if not self._owed:
            return False
        self._owed -= 1
        return True

    def given_back(self, status: int | None, round: int) -> int:
        """Number of slots that become free when a request started in `round` ends: 0, 1 or 2."""
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
        """Sends nothing before this time."""
        self.paused_until = max(self.paused_until, until)
