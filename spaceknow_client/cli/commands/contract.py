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

command = Group("contract", help="Check a service against its OpenAPI document.")


@command.command(
    examples=[
        "spaceknow contract check",
        "spaceknow contract check --junit contract.xml --json",
    ]
)
@click.option("--live", is_flag=True, help="Call a real service, not only an emulator.")
@click.option(
    "--include-writes",
    is_flag=True,
    help="Also call operations that spend credits or change data. For an emulator only.",
)
@click.option("--provider", metavar="NAME", help="The provider to search. [default: pl]")
@click.option("--dataset", metavar="NAME", help="The dataset to search. [default: SkySatCollect]")
@partial(extent_option, required=False, help="The area to search, by default one in Brisbane")
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
    help="Also write the report to this file, as JUnit XML.",
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
    """Compare a service with its OpenAPI document.

    Calls the read-only operations, which spend no credits and change no data, and reads every page of
    a listing. Each request, and status, headers and body of every response are compared. Each
    difference is reported once, with a request id: undocumented or missing members, other types, new
    enumeration values, other statuses and content
    types.

    Without --live, calls the emulator set by --environment or SPACEKNOW_BASE_URL, or starts one
    (extra `emulator`). The exit code is 1 if there is a difference, or if no response was compared.
    Requires the extra `contract`.
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
    """A client of the configured service, or of a new emulator if none is configured."""
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
        raise click.UsageError(f"{environment.host} is a real service; pass --live to call it.")
    # The default user of emulators; logins to them are usually not stored.
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
