"""The command `udsat why`; what it does is in `udsat_geo.cli.causes`, imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli.options import (
    answers_errors,
    interruption_held,
    json_option,
    language_option,
    policy_option,
    registers_by_year_option,
    seed_option,
    threads_option,
)


@click.command()
@click.argument("before", metavar="A_YEAR", type=int)
@click.argument("now", metavar="B_YEAR", type=int)
@policy_option("The policy of A_YEAR.")
@click.option("--to-policy", metavar="NAME|FILE", help="The policy of B_YEAR. [default: that of A_YEAR]")
@registers_by_year_option()
@click.option(
    "--units",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Unit tables instead of registers, {year} standing for the year: simd{year}.gpkg.",
)
@click.option("--all", "show_all", is_flag=True, help="Show the rates of every area, not only of those new or gone.")
@language_option("Language of tables and notes.")
@seed_option()
@threads_option()
@json_option()
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
