"""The command `udsat lineage`; what it does is in `udsat_geo.cli.descent`, imported when it runs."""

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
@click.argument("files", nargs=-1, metavar="[FILE|YEAR=FILE]...")
@click.option("--years", metavar="Y,Y,...", help="Designate these years instead of reading files.")
@registers_by_year_option()
@click.option(
    "--units",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --years: unit tables, {year} for the year. With files: units with residents to weigh them by.",
)
@policy_option("Of --years.")
@click.option("--name", metavar="COLUMN", help="The column that tells polygons apart.")
@click.option("--allow-overlaps", is_flag=True, help="Where polygons overlap, count a resident in the first by name.")
@language_option("Language of tables and notes.")
@seed_option()
@threads_option()
@json_option()
@click.option("--csv", "as_csv", is_flag=True, help="Print the links as CSV, alone on standard output.")
@answers_errors
def lineage(**options: Any) -> None:
    """Which area descends from which, since when, and how many residents flow along each link.

    FILEs are designations of ours, from the earliest to the latest; files of polygons say their year: 2017=areas.gpkg.
    """
    with interruption_held():
        from udsat_geo.cli.descent import run_lineage

    run_lineage(**options)
