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
    for each in known["safe_to_repeat"]:
        if each["of"].partition(".")[0] not in apis:
            continue
        names = [name for name in (each["of"], f"{each['of']}.initiate") if name in entries]
        for name in names or [each["of"]]:
            if entries.get(name, {}).get("x-safe-to-repeat") is not each["is"]:
                yield f"x-safe-to-repeat of {name} is not {each['is']}, as {each['source']} says"
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
    for each in known["statuses"]:
        if errors.get(each["code"], {}).get("status") != each["status"]:
            yield f"{each['code']} is not {each['status']}, as {each['source']} says"


def _kinds(entry: dict[str, Any]) -> Iterator[str]:
    """The statements about any operation that is like this one."""
    yield "every"
    if "requestBody" in entry:
        yield "body"
    if all(entry.get("security", [{"document": ["its own"]}])):
        yield "token"
    if entry["operationId"].endswith(".retrieve"):
        yield "retrieve"
