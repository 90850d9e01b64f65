"""`spaceknow geojsondb`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from ..app import App
from ..command import Group
from ..inputs import Body, JSONFile
from ..tables import Column

command = Group(
    "geojsondb", help="Store and find features. SpaceKnow may change this API without notice."
)

COLUMNS = (
    Column("id", lambda feature: feature.get("id")),
    Column("collection", lambda feature: (feature.get("properties") or {}).get("collection")),
    Column("geometry", lambda feature: (feature.get("geometry") or {}).get("type")),
)


@command.command(examples=["spaceknow geojsondb create features.geojson --collection ports"])
@click.argument("features", metavar="FILE", type=JSONFile())
@click.option("--collection", help="The collection of features without properties.collection.")
@click.pass_obj
def create(app: App, features: Any, collection: str | None) -> None:
    """Store the features of a GeoJSON file, and print their ids.

    The server derives ids from the content, so storing a feature twice creates no duplicate.
    """
    with app.client() as client:
        created = client.geojsondb.create(features, collection=collection)
    app.show({"created": created}, lambda: created)


@command.command(
    examples=["spaceknow geojsondb search --limit 10 --ndjson"],
)
@click.option("--query", type=Body(), help="The query: JSON, @FILE or -; sent unchanged.")
@click.option("--field", "names", multiple=True, help="Return this member. Repeatable.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Maximum number of features."
)
@click.pass_obj
def search(app: App, query: Any, names: tuple[str, ...], limit: int | None) -> None:
    """Find stored features."""

    def features() -> Iterator[dict[str, Any]]:
        with app.client() as client:
            pager = client.geojsondb.search(query, fields=list(names) or None)
            yield from pager if limit is None else pager.limit(limit)

    app.show_all(features(), COLUMNS, "No features.")
