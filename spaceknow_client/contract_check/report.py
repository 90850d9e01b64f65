"""Results of contract checks, and their reports as text, JSON and JUnit XML."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal
from xml.etree import ElementTree as ET

from attrs import asdict, define, field, frozen

if TYPE_CHECKING:
    from ..contract.drift import Drift

Outcome = Literal["fine", "drift", "refused", "not reached", "not called"]

WIDTH = 80

# Characters that XML 1.0 does not allow; a report contains strings from the server.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@define(kw_only=True)
class OperationCheck:
    """The result for one operation.

    Attributes:
        outcome: "fine" (a successful response, as described), "drift", "refused" (an error that the
            document describes, such as a missing right; no successful response was seen),
            "not reached" (its input could not be obtained), "not called" (not read-only).
        answers: number of validated responses.
        pages: number of pages read, if it returns the pages of a listing.
        more_pages: whether a listing has further pages, which were not read.
        request_ids: SpaceKnow-Request-Ids of the responses.
        note: the reason, for all outcomes but "fine".
    """

    operation: str
    outcome: Outcome = "not called"
    answers: int = 0
    pages: int = 0
    more_pages: bool = False
    request_ids: list[str] = field(factory=list)
    drifts: list[Drift] = field(factory=list)
    note: str = ""


@frozen(kw_only=True)
class ContractReport:
    """Results of a check by operation, in the order of the document."""

    service: str
    operations: list[OperationCheck]

    @property
    def drifts(self) -> list[Drift]:
        """All differences, without duplicates."""
        return [drift for each in self.operations for drift in each.drifts]

    @property
    def is_fine(self) -> bool:
        """Whether nothing differs and at least one response was validated."""
        return not self.drifts and any(each.outcome == "fine" for each in self.operations)


def as_text(report: ContractReport) -> Iterator[str]:
    """Lines of at most 80 columns."""
    yield from _wrapped(f"{report.service}: {_verdict(report)}", "  ")
    for checked in report.operations:
        if checked.outcome == "not called":
            continue
        counts = [f"{checked.answers} response{'s' * (checked.answers != 1)}"]
        if checked.pages:
            counts.append(f"{checked.pages} page{'s' * (checked.pages != 1)}")
        if checked.more_pages:
            counts.append("there are more")
        yield f"{checked.outcome:12}{checked.operation} ({', '.join(counts)})"
        if checked.note and not checked.drifts:
            yield from _wrapped(checked.note, " " * 16, " " * 16)
        for drift in checked.drifts:
            member = f" {drift.member}" if drift.member else ""
            yield from _wrapped(f"{drift.what}{member}: {drift.detail}", " " * 16, " " * 12)
            yield f"{'':16}HTTP {drift.status}, request id {drift.request_id or 'none'}"
    left = [each.operation for each in report.operations if each.outcome == "not called"]
    if left:
        yield from _wrapped(f"not called: {', '.join(left)}", "  ")


def as_json(report: ContractReport) -> dict[str, Any]:
    """JSON data: `service`, `drifts`, and the result of each operation."""
    return {
        "service": report.service,
        "isFine": report.is_fine,
        "drifts": [_data(drift) for drift in report.drifts],
        "operations": [
            {
                "operation": checked.operation,
                "outcome": checked.outcome,
                "answers": checked.answers,
                "pages": checked.pages,
                "morePages": checked.more_pages,
                "requestIds": checked.request_ids,
                "note": checked.note,
            }
            for checked in report.operations
        ],
    }


def as_junit(report: ContractReport) -> str:
    """XML for CI servers: a test case for each operation, and a failed one for each drift."""
    suite = ET.Element("testsuite", name=f"spaceknow contract check {report.service}")
    for checked in report.operations:
        for drift in checked.drifts:
            case = _case(
                suite, checked, f"{checked.operation}: {drift.what} {drift.member}".strip()
            )
            failure = ET.SubElement(case, "failure", type=drift.kind, message=_xml(str(drift)))
            failure.text = _xml(f"HTTP {drift.status}, request id {drift.request_id or 'none'}")
        if not checked.drifts:
            case = _case(suite, checked, checked.operation)
            if checked.outcome != "fine":
                message = _xml(f"{checked.outcome}: {checked.note}")
                ET.SubElement(case, "skipped", message=message)
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(len(report.drifts)))
    suite.set("errors", "0")
    suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, checked: OperationCheck, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=checked.operation, name=_xml(name))


def _xml(text: str) -> str:
    return _NO_XML.sub("?", text)


def _data(drift: Drift) -> dict[str, Any]:
    data = asdict(drift)
    data["requestId"] = data.pop("request_id")
    return data


def _verdict(report: ContractReport) -> str:
    answers = sum(each.answers for each in report.operations)
    seen = sum(each.answers > 0 for each in report.operations)
    drifts = len(report.drifts)
    verdict = f"{drifts} difference{'s' * (drifts != 1)}" if drifts else "as described"
    return f"{answers} responses of {seen} operations, {verdict if answers else 'nothing was validated'}"


def _wrapped(text: str, indent: str, first: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=True,
        break_on_hyphens=False,
    )
