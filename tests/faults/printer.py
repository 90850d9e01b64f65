"""Prints the fault matrix: `pytest -p tests.faults.printer tests/faults/test_matrix.py`."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

COLUMNS = ("sync safe", "async safe", "sync initiate", "async initiate")
AIOHTTP = {"aiohttp safe": "async safe", "aiohttp initiate": "async initiate"}
"""Cells that are as the others where all is well. They are printed when they are not."""
SHORT = {
    "AmbiguousRequestError": "Ambiguous",
    "DeadlineExceededError": "Deadline",
    "InvalidResponseError": "NoAnswer",
    "NotEnoughCreditsError": "NoCredits",
    "RequestTimeoutError": "Timeout",
}
MISSING = "MISSING"


def short(kind: type[Exception] | None) -> str:
    """A class of errors in nine letters; `ok` for none."""
    if kind is None:
        return "ok"
    return SHORT.get(kind.__name__, kind.__name__.removesuffix("Error"))


class Matrix:
    """Collects the reports of the cells, by row and column."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = defaultdict(dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told: dict[str, Any] = dict(report.user_properties)
        if "cell" not in told:
            return
        row, column = told["cell"]
        cells = self.rows[row]
        if report.failed:
            cells[column] = "FAILED"
        elif report.skipped:
            cells[column] = "SKIPPED"
        elif report.when == "call":
            cells[column] = str(told.get("end", MISSING))

    def bad(self) -> int:
        """The number of cells that did not end as the table requires."""
        cells = [cell for _, row in self.table() for cell in row]
        return sum(cell in ("FAILED", "SKIPPED", MISSING) for cell in cells)

    def table(self) -> list[tuple[str, list[str]]]:
        """All rows by name, also those without a report."""
        from tests.faults.test_matrix import NAMES

        return [
            (name, [self.rows[name].get(column, MISSING) for column in (*COLUMNS, *AIOHTTP)])
            for name in NAMES
        ]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus == pytest.ExitCode.OK and self.bad():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        line = terminalreporter.write_line
        line("")
        line("What the user gets while a fault goes on, and how many requests were read.")
        line("safe: may be repeated, at most 3 attempts here; initiate: spends credits.")
        line("")
        line(f"{'':27}{'safe':26}initiate")
        line(f"{'':27}" + "".join(f"{column.split()[0]:13}" for column in COLUMNS).rstrip())
        for name, cells in self.table():
            shown = cells[: len(COLUMNS)]
            line(f"{name:27}" + "".join(f"{cell:13}" for cell in shown).rstrip())
        line("")
        for name, cells in self.table():
            told = dict(zip((*COLUMNS, *AIOHTTP), cells, strict=True))
            for column, like in AIOHTTP.items():
                if told[column] != told[like]:
                    line(f"{name:27}{column}: {told[column]}, not {told[like]}")
        line("On aiohttp the async client ends as it does here, where no line says otherwise.")
        count = len(self.table()) * len(COLUMNS + tuple(AIOHTTP))
        line(f"{count} cells, {self.bad() or 'none'} failing or skipped.")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the one process that receives the reports of all tests
        config.pluginmanager.register(Matrix())
