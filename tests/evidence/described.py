"""Recorded responses as the document describes them."""

from __future__ import annotations

import json

from spaceknow_client.contract.judge import Judge, Message
from tests.evidence.facts import Fact
from tests.evidence.recorded import messages

HEADERS = {"content-type": "application/json"}


def mistakes(judge: Judge, fact: Fact) -> list[str]:
    """The parts of a fact that the document does not have: a form of a response, or a file name."""
    found = [
        str(mistake)
        for operation, message in messages(fact).items()
        for mistake in judge.validate_response(
            operation, Message(200, HEADERS, json.dumps(message).encode())
        )
    ]
    match fact.ask:
        case {"release": map_type, "file": name}:
            names = [name]
        case {"files": map_type}:
            names = fact.answer
        case _:
            return found
    known = judge.document["x-map-types"].get(map_type, {}).get("files", [])
    return found + [f"{map_type} has no {name}" for name in names if name not in known]
