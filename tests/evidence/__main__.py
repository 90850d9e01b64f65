"""`make evidence`: the known facts of the service, and who agrees with them."""

from __future__ import annotations

import sys

from spaceknow_client.contract.judge import Judge
from tests.contract.evidence import committed
from tests.emulator.conftest import Api
from tests.evidence import described, emulated, heard, published, recorded
from tests.evidence.facts import facts

ROW = "{:<34.34} {:<18.18} {:<6.6} {:<5} {:<5} {:<6}"


def main() -> int:
    """Prints the table and the differences; 1 if there are any."""
    judge, wrong = Judge(committed()), []
    print(ROW.format("fact", "source", "sure", "doc.", "emul.", "client").rstrip())
    with (
        emulated.emulator() as emu,
        Api(emu) as api,
        emulated.emulator() as other,
        heard.Client(other) as client,
    ):
        for fact in facts():
            own = recorded.outline(fact)
            found = {
                "document": described.mistakes(judge, fact),
                "emulator": fact.against(emulated.outline(api, fact), own),
            }
            if fact.answer is not None:
                found["client"] = fact.against(client.outline(fact), own)
            wrong += [f"{fact.fact}: {who}: {each}" for who, some in found.items() for each in some]
            marks = [
                "-" if who not in found else "no" if found[who] else "yes"
                for who in ("document", "emulator", "client")
            ]
            print(ROW.format(fact.fact, fact.source, fact.confidence, *marks).rstrip())
    wrong += published.mistakes(committed())
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
