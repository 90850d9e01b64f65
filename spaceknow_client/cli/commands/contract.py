"""`spaceknow contract`."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...runtime.extras import require
from ..app import App
from ..command import Group
from ..inputs import extent_option

if TYPE_CHECKING:
    from ...client.client import SpaceKnow
    from ...contract_check.report import ContractReport
    from ...extents.extent import Extent

command = Group("contract", help="Is the service still what its document says?")


@command.command(
    examples=[
        "spaceknow contract check",
        "spaceknow contract check --junit contract.xml --json",
    ]
)
@click.option("--live", is_flag=True, help="Call a real service; without it, an emulator only.")
@click.option(
    "--include-writes",
    is_flag=True,
    help="Also call operations that spend credits or change data. For an emulator only.",
)
@click.option("--provider", metavar="NAME", help="The provider to search at (pl).")
@click.option("--dataset", metavar="NAME", help="The dataset to search in (SkySatCollect).")
@partial(extent_option, required=False, help="Where to search (the free area in Brisbane)")
@click.option(
    "--max-pages",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Maximum number of pages of a listing.",
)
@click.option(
    "--junit",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write the report as JUnit's XML to this file, too.",
)
@click.pass_obj
def check(
    app: App,
    live: bool,
    include_writes: bool,
    provider: str | None,
    dataset: str | None,
    extent: Extent | None,
    max_pages: int,
    junit: Path | None,
) -> None:
    """Compare requests and the service's answers with the OpenAPI document.

    It calls the operations that are read-only: they spend no credits and change nothing. Listings are
    read to their end. Every request, and status, headers and body of every answer are compared, and
    each difference is told once, with the id of a request that had it: members that the document
    lacks or that are missing, other types, new values of enumerations, other statuses and content
    types.

    Without --live it asks the emulator that --environment or SPACEKNOW_BASE_URL name, else one that
    it starts for itself (extra `emulator`). It ends with 1 if there is any difference, and if
    nothing was seen. Needs the extra `contract`.
    """
    require("contract", "jsonschema_rs")
    from attrs import evolve

    from ...contract_check.check import check_contract
    from ...contract_check.inputs import SearchArea

    with ExitStack() as stack:
        client = _client(app, stack, live=live)
        place = SearchArea.of(client)
        if provider is not None or dataset is not None:
            provider, dataset = provider or place.provider, dataset or place.dataset
            place = evolve(place, provider=provider, dataset=dataset)
        if extent is not None:
            place = evolve(place, extent=extent.to_geojson())
        report = check_contract(
            client, place=place, include_writes=include_writes, max_pages=max_pages
        )
    _tell(app, report, junit)


def _client(app: App, stack: ExitStack, *, live: bool) -> SpaceKnow:
    """A client of the service that is named, of an emulator of its own if there is none."""
    if not live and not app.settings.service():
        from ...emulator.emulator import Emulator

        emulator = stack.enter_context(Emulator(seconds_per_pipeline=0))
        for pair in ("imagery.search", "kraken.dry_run"):  # so that all their states are seen
            emulator.script(pair, ["NEW", "PROCESSING", "RESOLVED"], times=9)
        return stack.enter_context(emulator.client())
    from ...auth.credentials import PasswordAuth, StoredAuth
    from ...auth.environment import is_loopback

    auth = app.settings.auth()
    environment = app.settings.environment_for(auth)
    if not live and not is_loopback(environment.host):
        raise click.UsageError(
            f"{environment.host} is a real service: --live has to say that it may be called."
        )
    # An emulator's password is printed wherever it starts, and nobody logs in to it for good.
    if isinstance(auth, StoredAuth) and environment.auth_url == environment.base_url and not live:
        from ...emulator.accounts.users import PASSWORD, USERNAME

        auth = PasswordAuth(USERNAME, PASSWORD)
    return stack.enter_context(app.client(auth))


def _tell(app: App, report: ContractReport, junit: Path | None) -> None:
    from ...contract_check.report import as_json, as_junit, as_text

    if junit is not None:
        try:
            junit.write_text(as_junit(report), encoding="utf-8")
        except OSError as error:
            raise click.FileError(str(junit), error.strerror) from error
    app.show(as_json(report), lambda: as_text(report))
    if not report.is_fine:
        app.fail(1)
