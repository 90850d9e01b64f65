"""The servers of the document, and their names in Environment."""

from __future__ import annotations

import re
from typing import Any

from spaceknow_client.contract.document import Schema

from ..document.names import member_name

# Names that environment.py defines by hand. The first server of the document is production.
HANDWRITTEN = ("PRODUCTION", "DEVEL", "EMULATOR")
VARIABLE = re.compile(r"{([^}]+)}")


def server_name(server: Schema) -> str:
    """`EUROPE` of a server whose description is `Europe, for tests.`"""
    first = re.split(r"[.,;:(]", str(server.get("description", "")), maxsplit=1)[0]
    return "_".join(re.findall(r"[A-Za-z0-9]+", first)).upper()


def is_any(server: Schema) -> bool:
    """Whether its whole address is a variable: `Environment(base_url=...)`."""
    return VARIABLE.fullmatch(str(server.get("url"))) is not None


def further(document: Schema) -> list[dict[str, Any]]:
    """The servers other than production with an address: name, description and variables."""
    return [
        {
            "name": server_name(server),
            "url": VARIABLE.sub(lambda name: f"{{{member_name(name[1])}}}", server["url"]),
            "description": server["description"],
            "variables": [
                {**server["variables"][name], "name": str(member_name(name))}
                for name in VARIABLE.findall(server["url"])
            ],
        }
        for server in document["servers"][1:]
        if not is_any(server)
    ]
