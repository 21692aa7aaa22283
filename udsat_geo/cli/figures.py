"""The command `udsat figures`: its options and help. What it does is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli.options import (
    answers_errors,
    interruption_held,
    language_option,
    policy_option,
    registers_by_year_option,
    seed_option,
    threads_option,
)


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--years",
    required=True,
    metavar="LIST",
    help="The years of the designations, from the first to the last, as in 2017,2021.",
)
@registers_by_year_option()
@click.option(
    "--areas",
    metavar="FILE",
    help="Areas that stand for those of the first year: polygons of any vector file, or a designation_YEAR.gpkg.",
)
@click.option("--name", metavar="COLUMN", help="The column of --areas that names its polygons. [default: name or navn]")
@click.option("--allow-overlaps", is_flag=True, help="Polygons of --areas may overlap; a resident of both counts once.")
@policy_option("A built-in policy or a TOML file.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("data/out"),
    show_default=True,
    metavar="DIR",
    help="Where the figures go, all or none.",
)
@click.option("--format", "formats", default="png,svg", show_default=True, metavar="LIST", help="png, svg.")
@language_option("Language of the figures.")
@seed_option()
@threads_option()
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@answers_errors
def figures(**options: Any) -> None:
    """Draw the figures of a status report: maps, changes, criteria, gaps, lineage.

    A map of the areas of every year, numbered and listed (the report's Figur 1); what came in and what fell out from
    one designation to the next (Figur 3); the areas of the first year, and those of the last, against the rest of the
    city in the last year (Figur 2 and 4); the gaps of the first areas year by year, on their way to the policy's
    milestone; and what became of every area. They fit an A4 page, in colours that everybody can tell apart, also in
    grey. Drawing needs matplotlib: pip install "udsat_geo[figures]".
    """
    with interruption_held():
        from udsat_geo.cli.drawing import run_figures

    run_figures(**options)
