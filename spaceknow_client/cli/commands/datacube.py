"""`spaceknow datacube`."""

from __future__ import annotations

import json
from typing import Any

import click

from ..app import App
from ..command import Group
from ..document_options import options_of
from ..inputs import JSONFile
from ..waiting import detach_option, finish

command = Group("datacube", help="Query data points by area and time.")


@command.command(
    examples=["spaceknow datacube datapoints --filters filters.json"],
)
@click.option(
    "--filters",
    required=True,
    type=JSONFile(),
    help="A JSON file with a list of conditions (field, type, params), combined with AND.",
)
@options_of("datacube.datapoints")
@detach_option
@click.pass_obj
def datapoints(app: App, /, filters: Any, detach: bool, **options: Any) -> None:
    """Query data points, and print the URL of a CSV file."""
    with app.client() as client:
        pipeline = client.datacube.datapoints(filters, **options)
        finish(app, pipeline, "datapoints", detach=detach)


@command.command(examples=["spaceknow datacube catalogue"])
@click.pass_obj
def catalogue(app: App) -> None:
    """Print the available data points by algorithm, as JSON."""
    with app.client() as client:
        found = client.datacube.catalogue()
    app.show(found, lambda: [json.dumps(found, indent=2)])
