"""The measurements of one way to wait for pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

WAYS = {
    "task": "task each, httpx",
    "thread": "thread each, httpx",
    "heap": "bare heap, httpx",
    "ours": "ours",
    "ours-aiohttp": "ours, aiohttp",
}
HEAD = (
    f"{'':<18}{'started':>7}{'total /':>8}{'lag':>8}{'lag p99':>9}{'asks':>8}{'early':>6}"
    f"{'CPU':>6}{'KB':>5}{'conn.':>5}"
)
UNITS = (
    f"{'':<18}{'in s':>7}{'ideal':>8}{'ms':>8}{'ms':>9}{'each':>8}{'asks':>6}"
    f"{'s':>6}{'each':>5}{'':>5}"
)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f}" if seconds < 1 else f"{seconds * 1000:,.0f}"


@dataclass(frozen=True, kw_only=True)
class Followed:
    """The measurements of one way for a number of pipelines. Times are seconds; `lags` are sorted."""

    pipelines: int
    way: str
    started: float
    total: float
    ideal: float
    lags: list[float]
    asked: int
    early: int
    cpu: float
    kilobytes: float
    connections: int

    @property
    def late(self) -> float:
        """The 99th percentile of the lags."""
        return self.lags[len(self.lags) * 99 // 100]

    def __str__(self) -> str:
        return (
            f"{WAYS[self.way]:<18}{self.started:>7.1f}{self.total / self.ideal:>8.3f}"
            f"{_milliseconds(median(self.lags)):>8}{_milliseconds(self.late):>9}"
            f"{self.asked / self.pipelines:>8.2f}{self.early:>6}{self.cpu:>6.1f}"
            f"{self.kilobytes / self.pipelines:>5.1f}{self.connections:>5}"
        )
