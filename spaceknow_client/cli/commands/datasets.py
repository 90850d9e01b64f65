"""`spaceknow datasets`."""

from __future__ import annotations

from typing import Any

import click

from ..app import App
from ..command import Command
from ..known_values import PROVIDERS, known
from ..tables import Column

COLUMNS = (
    Column("provider", lambda row: row["provider"], firm=True),
    Column("dataset", lambda row: row["name"], firm=True),
    Column("satellites", lambda row: ", ".join(row["satellites"]) or None),
    Column("pixel (m)", lambda row: " to ".join(map(str, row.get("resolution", ()))) or None),
    Column("", lambda row: _remark(row), remark=True),
)


def _remark(row: dict[str, Any]) -> str:
    retired = f"Retired. {row['retired']}" if "retired" in row else None
    return " ".join(filter(None, (retired, row.get("description"))))


@click.command(
    cls=Command, examples=["spaceknow datasets", "spaceknow datasets --provider pl --json"]
)
@click.option(
    "--provider",
    metavar="NAME",
    shell_complete=PROVIDERS,
    help="List only the datasets of this provider.",
)
@click.option("--current", is_flag=True, help="Omit retired datasets.")
@click.pass_obj
def command(app: App, provider: str | None, current: bool) -> None:
    """List the known providers and datasets.

    You can also search providers and datasets that are not in the list. Unknown details are left
    empty.
    """
    from ...generated.datasets import DATASETS

    found = [
        one
        for one in DATASETS
        if provider in (None, one.provider) and not (current and one.retired)
    ]
    app.show_all(map(known, found), COLUMNS, "No matching datasets.")
