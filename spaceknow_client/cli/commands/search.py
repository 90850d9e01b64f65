"""`spaceknow search`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ..app import App
from ..command import Command
from ..document_options import options_of
from ..inputs import extent_option, tile_size_option
from ..known_values import DATASETS, PROVIDERS
from ..progress import working
from ..results import SCENE_COLUMNS

if TYPE_CHECKING:
    from ...extents.extent import Extent


@click.command(
    cls=Command,
    examples=[
        "spaceknow search --extent place.geojson --provider pl \\\n"
        "    --dataset SkySatCollect --start 2025-06 --end 2025 --max-cloud-cover 0.2",
        "spaceknow search --extent place.geojson --provider pl \\\n"
        "    --dataset SkySatCollect --limit 5 --ndjson > scenes.ndjson",
    ],
)
@extent_option
@click.option(
    "--provider",
    required=True,
    is_eager=True,  # parsed before --dataset, whose completions depend on it
    shell_complete=PROVIDERS,
    help="The provider, such as maxar or pl; see `spaceknow datasets`.",
)
@click.option(
    "--dataset",
    required=True,
    shell_complete=DATASETS,
    help="The provider's dataset, such as ortho_4ps; see `spaceknow datasets`.",
)
@click.option("--start", help="Earliest time: 2018, 2018-03 or 2018-03-31 10:20 (UTC).")
@click.option("--end", help="Latest time; 2018-03 means the end of that month.")
@options_of("imagery.search")
@tile_size_option
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Maximum number of scenes.")
@click.option("--cursor", help="Resume at this cursor, which the error of a listing reports.")
@click.pass_obj
def command(
    app: App,
    /,
    extent: Extent,
    provider: str,
    dataset: str,
    start: str | None,
    end: str | None,
    tile_size: float | None,
    limit: int | None,
    cursor: str | None,
    **filters: Any,
) -> None:
    """Find scenes over an area.

    A search costs nothing. --deadline limits each page of the listing. With --tile-size, a scene
    that covers several tiles is listed once.
    """

    def scenes() -> Iterator[dict[str, Any]]:
        left = limit
        with app.client() as client, working(app, "Searching") as tell:
            pager = client.imagery.search(
                provider=provider,
                dataset=dataset,
                extent=extent,
                start=start,
                end=end,
                decompose=tile_size,
                **filters,
            )
            found = 0
            for page in pager.by_page(cursor):
                for scene in page.items[:left]:
                    yield scene.to_dict()
                found += len(page.items)
                tell(f"{found} scenes")
                if left is not None:
                    left -= len(page.items)
                    if left <= 0:
                        return

    app.show_all(scenes(), SCENE_COLUMNS, "No scenes.")
