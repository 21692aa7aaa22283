"""The command `udsat goals`: its options and help. What it does is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli.options import (
    answers_errors,
    interruption_held,
    json_option,
    language_option,
    registers_by_year_option,
)
from udsat_geo.monitoring.goal_figures import RULE

HELP = "\n\n".join(
    [
        "The policy's 18 goals: published figures, our verdict beside the report's, and what registers say of them.",
        "Without --areas it prints the goals of the status report of 2021. With --areas it computes those that "
        "registers can answer, over any set of areas, beside the published figures: tenure mix (17), dwellings lacking "
        "toilet, bath or district heating (18), criteria like a policy's (--goals), crossings per km of barrier (16) "
        "and polling districts (15).",
        "The rule of our verdict:",
        *(f"{i}. {line}" for i, line in enumerate(RULE, start=1)),
    ]
)


@click.command(help=HELP, short_help="The 18 goals: published, judged, and computed from registers.")
@click.option(
    "--areas",
    metavar="FILE",
    help="Polygons of the areas (any vector file), or a designation_YEAR.gpkg.",
)
@registers_by_year_option()
@click.option(
    "--years",
    metavar="LIST",
    help="The years to compute. [default: every year of --raw; of the synthetic city 2017,2019,2021]",
)
@click.option(
    "--goals",
    "goals_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The criteria that registers answer; without it, the built-in ones.",
)
@click.option("--barriers", metavar="FILE", help="Barrier lines (goal 16), with --crossings.")
@click.option("--crossings", metavar="FILE", help="Crossing points (goal 16), with --barriers.")
@click.option(
    "--polling",
    metavar="FILE",
    help="Polygons of polling districts (goal 15); with columns eligible and voted their turnout too.",
)
@click.option("--allow-overlaps", is_flag=True, help="Where polygons overlap, count a resident in the first of them.")
@language_option("Language of labels and tables.")
@json_option()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write goals.json, goals.csv, goals_figures.csv and goals.md there, all or none.",
)
@answers_errors
def goals(**options: Any) -> None:
    """See `HELP`."""
    with interruption_held():
        from udsat_geo.cli.goals import run_goals

    run_goals(**options)
