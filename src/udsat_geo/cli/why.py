"""The command `udsat why`; what it does is in `udsat_geo.cli.causes`, imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli.answers import answers_errors, interruption_held


@click.command()
@click.argument("before", metavar="A_YEAR", type=int)
@click.argument("now", metavar="B_YEAR", type=int)
@click.option("--policy", default="kbh-2017", show_default=True, metavar="NAME|FILE", help="The policy of A_YEAR.")
@click.option("--to-policy", metavar="NAME|FILE", help="The policy of B_YEAR. [default: that of A_YEAR]")
@click.option(
    "--raw",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Registers, a folder DIR/Y for each year. [default: data/raw; without registers there, the synthetic "
    "Copenhagen]",
)
@click.option(
    "--units",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Unit tables instead of registers, {year} standing for the year: simd{year}.gpkg.",
)
@click.option("--all", "show_all", is_flag=True, help="Show the rates of every area, not only of those new or gone.")
@click.option(
    "--lang",
    "language",
    type=click.Choice(["da", "en"]),
    default="da",
    show_default=True,
    help="Language of tables and notes.",
)
@click.option("--seed", type=click.IntRange(min=0), default=None, metavar="N", help="Of the synthetic city.")
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, alone on standard output.")
@answers_errors
def why(**options: Any) -> None:
    """Why the designation of B_YEAR differs from that of A_YEAR.

    The change is taken apart into what is due to the data (the same rule on the new people), to the rule (the new
    policy on the old people), to the border, to rates within places, and to people moving in or out. The parts are
    averages over all orders of changing one after the other (Shapley values), and add up to the change exactly.
    """
    with interruption_held():
        from udsat_geo.cli.causes import run_why

    run_why(**options)
