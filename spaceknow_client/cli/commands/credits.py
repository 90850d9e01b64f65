"""`spaceknow credits`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..app import App
from ..command import Group
from ..inputs import extent_option, scene_option, together
from ..tables import fields

if TYPE_CHECKING:
    from ...extents.extent import Extent
    from ...generated.models import AreaCost

command = Group("credits", help="Check credits, and allocate areas.")


@command.command(examples=["spaceknow credits remaining"])
@click.pass_obj
def remaining(app: App) -> None:
    """Print the remaining credits."""
    with app.client() as client:
        left = client.credits.remaining()
    app.show({"remainingCredit": left}, lambda: fields([("credits left", f"{left:g}")]))


@command.command(
    examples=['spaceknow credits check --scene "$SCENE" --extent place.geojson'],
)
@scene_option
@extent_option
@click.pass_obj
def check(app: App, scenes: tuple[list[str], ...], extent: Extent) -> None:
    """Print the cost of allocating an area in scenes.

    No credits are spent.
    """
    with app.client() as client:
        cost = client.credits.check_area(extent, scene_ids=together(scenes))
    app.show(cost.to_dict(), lambda: _cost(cost))


@command.command(
    examples=[
        'spaceknow credits allocate --scene "$SCENE" --extent place.geojson \\\n    --max-credits 5',
    ],
)
@scene_option
@extent_option
@click.option(
    "--max-credits",
    type=click.FloatRange(min=0),
    metavar="CREDITS",
    help="Check the price first, spend at most this, and do not ask for confirmation.",
)
@click.option("--yes", is_flag=True, help="Spend any price without asking for confirmation.")
@click.pass_obj
def allocate(
    app: App, scenes: tuple[list[str], ...], extent: Extent, max_credits: float | None, yes: bool
) -> None:
    """Allocate an area in scenes, which spends credits.

    After that, analyses of the area are free. Without --max-credits or --yes, the command shows the
    price and asks for confirmation.
    """
    ids = together(scenes)
    asks = not yes and max_credits is None
    if asks and not (sys.stdin.isatty() and app.stdin_reader is None):
        raise click.UsageError(
            "cannot ask for confirmation: stdin is not a terminal. Pass --max-credits or --yes."
        )
    with app.client() as client:
        if asks:
            cost = client.credits.check_area(extent, scene_ids=ids)
            left = client.credits.remaining()
            question = f"Spend {cost.cost:g} of {left:g} credits for {cost.km2:g} km2?"
            if not click.confirm(question, err=True):
                app.note("Nothing was spent.")
                app.fail(1)
                return
            max_credits = cost.cost  # the confirmed price
        with app.spending("credits.allocate_area"):
            spent = client.credits.allocate_area(extent, scene_ids=ids, max_credits=max_credits)
    app.show(spent.to_dict(), lambda: _cost(spent))


def _cost(cost: AreaCost) -> list[str]:
    return fields([("cost in credits", f"{cost.cost:g}"), ("km2", f"{cost.km2:g}")])
