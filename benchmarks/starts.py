"""What it takes until there is a client, in processes of the base install."""

from __future__ import annotations

from collections.abc import Iterator

from .process import numbers_of, seconds_of
from .table import Row

ROUNDS = 15

OURS = "import spaceknow_client as sk; client = sk.SpaceKnow(auth=sk.TokenAuth('t'))"
BARE = "import httpx; client = httpx.Client()"
SECOND = """
{first}
import time
started = time.perf_counter()
{again}
print((time.perf_counter() - started) * 1000)
"""


def rows(python: str, url: str) -> Iterator[Row]:
    """The first call is there so that nothing can be put off to it without being seen."""
    environment = f"sk.Environment(base_url={url!r}, auth_domain={url!r}, client_id='c')"
    local = OURS.replace("sk.SpaceKnow(", f"sk.SpaceKnow({environment}, ")
    seconds = seconds_of(
        {
            "python": "pass",
            "import": "import spaceknow_client",
            "first": OURS,
            "first bare": BARE,
            "call": f"{local}; client.credits.remaining()",
            "call bare": f"{BARE}; client.post({url!r} + '/credits/get-remaining-credit').json()",
        },
        ROUNDS,
        python,
    )
    net = {name: (value - seconds["python"]) * 1000 for name, value in seconds.items()}
    second = numbers_of(
        {
            "ours": ["-c", SECOND.format(first=OURS, again=OURS.split("; ")[1])],
            "bare": ["-c", SECOND.format(first=BARE, again=BARE.split("; ")[1])],
        },
        ROUNDS,
        python,
        folder="/",
    )
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
    yield Row(name="second client", ours=second["ours"], bare=second["bare"], unit="ms", most=1)
