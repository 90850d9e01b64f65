"""Start-up: creating clients, in processes of the base install."""

from __future__ import annotations

from collections.abc import Iterator

from .process import numbers_of, seconds_of
from .table import Row

ROUNDS = 21

CLIENT = "sk.SpaceKnow(auth=sk.TokenAuth('t'))"
BARE_CLIENT = "httpx.Client()"
OURS = f"import spaceknow_client as sk; client = {CLIENT}"
BARE = f"import httpx; bare = {BARE_CLIENT}"
# The first ones are kept: freeing a TLS context takes longer than creating a client that shares one.
SECOND = f"""
import time
{OURS}
{BARE}
started = time.perf_counter()
second = {CLIENT}
between = time.perf_counter()
second_bare = {BARE_CLIENT}
print((between - started) * 1000, (time.perf_counter() - between) * 1000)
"""


def rows(python: str, url: str) -> Iterator[Row]:
    """Includes the first call, so that work deferred to it is measured."""
    environment = f"sk.Environment(base_url={url!r}, auth_domain={url!r}, client_id='c')"
    local = OURS.replace("sk.SpaceKnow(", f"sk.SpaceKnow({environment}, ")
    seconds = seconds_of(
        {
            "python": "pass",
            "import": "import spaceknow_client",
            "first": OURS,
            "first bare": BARE,
            "call": f"{local}; client.credits.remaining()",
            "call bare": f"{BARE}; bare.post({url!r} + '/credits/get-remaining-credit').json()",
        },
        ROUNDS,
        python,
    )
    net = {name: (value - seconds["python"]) * 1000 for name, value in seconds.items()}
    second, bare = numbers_of(["-c", SECOND], ROUNDS, python, folder="/")
    yield Row(name="import spaceknow_client", ours=net["import"], unit="ms", most=60)
    yield Row(
        name="first client",
        ours=net["first"],
        bare=net["first bare"],
        unit="ms",
        most_ratio=1.2,
    )
    yield Row(
        name="first client and first call", ours=net["call"], bare=net["call bare"], unit="ms"
    )
    yield Row(name="second client", ours=second, bare=bare, unit="ms", most=1)
