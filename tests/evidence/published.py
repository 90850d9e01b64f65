"""Statements of public pages and clients about operations and codes, compared with the document."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from spaceknow_client.contract.document import operations
from tests.evidence.facts import CONFIDENCES

FILE = Path(__file__).with_name("published.yaml")


@cache
def published() -> dict[str, list[dict[str, Any]]]:
    """The statements, by their kind."""
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for entry in (entry for part in loaded.values() for entry in part):
        if entry["confidence"] not in CONFIDENCES or not entry["source"]:
            raise ValueError(f"{entry}: a source, and a confidence, are needed.")
    return loaded


def mistakes(document: dict[str, Any]) -> Iterator[str]:
    """The differences between the document and its sources. Both halves of a pair need a permission."""
    known, errors = published(), document["x-errors"]
    entries = {
        entry["operationId"]: entry
        for path, _, entry in operations(document)
        if "servers" not in document["paths"][path]  # the login belongs to another service
    }
    # A removed API contradicts no source, and the sources say nothing about a new one.
    apis = {name.partition(".")[0] for name in entries}
    sourced = {each["of"].partition(".")[0] for each in known["permissions"]}
    for each in known["permissions"]:
        if each["of"].partition(".")[0] not in apis:
            continue
        halves = [f"{each['of']}{half}" for half in ("", ".initiate", ".retrieve")]
        for name in [half for half in halves if half in entries] or halves[:1]:
            first = entries.get(name, {}).get("security", [{"document": ["its own"]}])[:1]
            needs = [role for one in first for roles in one.values() for role in roles]
            if needs != each["needs"]:
                yield f"{name} needs {needs}, and {each['needs']} after {each['source']}"
    known_apis = sourced | {each["of"].partition(".")[0] for each in known["safe_to_repeat"]}
    told = {name: entry for name, entry in entries.items() if name.partition(".")[0] in known_apis}
    yield from _safety({each["of"]: each for each in known["safe_to_repeat"]}, told, document)
    for each in known["forms"]:
        halves = [each["of"], f"{each['of']}.initiate", f"{each['of']}.retrieve"]
        # The pages of a listing are those of its result.
        some = [
            told[name]
            for name in (halves[::2] if each["is"] == "x-page" else halves)
            if name in told
        ]
        if some and not all(entry.get(each["is"]) for entry in some):
            yield f"{each['of']} is not {each['is']}, as {each['source']} says"
    without = {name for each in known["tokens"] for name in each["without"]}
    for name, entry in told.items():
        security = entry.get("security", document.get("security", []))
        if name not in without and not (security and all(security)):
            yield f"{name} needs no token, and every request has one"
        half = told.get(name.replace(".initiate", ".retrieve"), entry)
        if half.get("security") != entry.get("security"):
            yield f"{name} needs other permissions than its result"
    yield from _advice(known, errors)
    for each in known["codes"]:
        if each["api"] not in {error["api"] for error in errors.values()}:
            continue
        for code in (code for line in each["has"] for code in line):
            if errors.get(code, {}).get("api") != each["api"]:
                yield f"{code} is no code of {each['api']}, as {each['source']} says"
    for each in known["answers"]:
        for name, entry in entries.items():
            if (
                name.partition(".")[0] in sourced
                and each["of"] in _kinds(entry)
                and "x-error-codes" in entry
            ):
                listed = {*entry["responses"], *entry["x-error-codes"]}
                for one in {*each["statuses"], *each["codes"]} - listed:
                    yield f"{name} does not list {one}, as {each['source']} says"


def _safety(
    safe: dict[str, dict[str, Any]], entries: dict[str, dict[str, Any]], document: dict[str, Any]
) -> Iterator[str]:
    """A call is repeated only where a source says that it costs nothing."""
    methods = {each["operationId"]: method for _, method, each in operations(document)}
    for name, entry in entries.items():
        keys = [name, name.removesuffix(".initiate"), f"every {name.rpartition('.')[2]}"]
        keys.append(f"every {methods[name].upper()}")
        said = next((safe[key] for key in keys if key in safe), None)
        if entry.get("x-safe-to-repeat") is not (said is not None):
            yield f"x-safe-to-repeat of {name}: {said['source'] if said else 'no source'} says so"
        reads = not (said or {}).get("changes", False)
        if entry.get("x-read-only", True) is not reads:
            yield f"x-read-only of {name} is not {reads}"


def _advice(known: dict[str, Any], errors: dict[str, Any]) -> Iterator[str]:
    """What is said of a code, and of those of which nothing is said."""
    apis = {code for each in known["codes"] for line in each["has"] for code in line}
    expected = {
        code: advice
        for each in known["repeat"]
        for advice in ("later", "search-again")
        for line in each[advice]
        for code in line
    }
    statuses = {each["code"]: each["status"] for each in known["statuses"]}
    flags = {name: set[str]() for name in (each["flag"] for each in known["flags"])}
    for each in known["flags"]:
        flags[each["flag"]] |= {*each["has"]}
    for code in errors.keys() & (apis | {*expected} | {*statuses} | set().union(*flags.values())):
        entry = errors[code]
        if entry.get("repeat") != expected.get(code, "never"):
            yield f"repeat of {code} is not {expected.get(code, 'never')}"
        if entry.get("status") != statuses.get(code):
            yield f"the status of {code} is not {statuses.get(code)}"
        for flag, codes in flags.items():
            if bool(entry.get(flag)) is not (code in codes):
                yield f"{flag} of {code} is not {code in codes}"


def _kinds(entry: dict[str, Any]) -> Iterator[str]:
    """The statements about any operation that is like this one."""
    yield "every"
    if "requestBody" in entry:
        yield "body"
    if all(entry.get("security", [{"document": ["its own"]}])):
        yield "token"
    if entry["operationId"].endswith(".retrieve"):
        yield "retrieve"
