"""The command `udsat lineage`; what it does is in `udsat_geo.cli.descent`, imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli.answers import answers_errors, interruption_held


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE|YEAR=FILE]...")
@click.option("--years", metavar="Y,Y,...", help="Designate these years instead of reading files.")
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
    help="With --years: unit tables, {year} for the year. With files: units with residents to weigh them by.",
)
@click.option("--policy", default="kbh-2017", show_default=True, metavar="NAME|FILE", help="Of --years.")
@click.option("--name", metavar="COLUMN", help="The column that tells polygons apart.")
@click.option("--allow-overlaps", is_flag=True, help="Where polygons overlap, count a resident in the first by name.")
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
@click.option("--csv", "as_csv", is_flag=True, help="Print the links as CSV, alone on standard output.")
@answers_errors
def lineage(**options: Any) -> None:
    """Which area descends from which, since when, and how many residents flow along each link.

    FILEs are designations of ours, from the earliest to the latest; files of polygons say their year: 2017=areas.gpkg.
    """
    with interruption_held():
        from udsat_geo.cli.descent import run_lineage

    run_lineage(**options)
