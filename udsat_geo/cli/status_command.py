"""The command `udsat status`: its options and help. What it does is imported when it runs."""

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
    threads_option,
)


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--areas",
    required=True,
    metavar="FILE|URL|YEAR",
    help="A designation_YEAR.gpkg, polygons of any file or service, or a year: designated from its registers then.",
)
@click.option(
    "--years",
    required=True,
    metavar="LIST",
    help="The years to measure, as in 2017,2018,2019,2021; in any order, tables run from the first to the last.",
)
@click.option("--updated", metavar="FILE|URL|YEAR", help="Areas that follow, compared with --areas in the last year.")
@registers_by_year_option()
@policy_option("A built-in policy or a TOML file: the criteria, and the milestone.")
@click.option("--allow-overlaps", is_flag=True, help="Polygons may overlap; a resident of both counts once.")
@language_option("Language of labels and tables.")
@threads_option()
@json_option()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write status.json, status.csv and status.md there, all or none.",
)
@answers_errors
def status(**options: Any) -> None:
    """Measure areas against the rest of the city, year by year, as Copenhagen's status report does.

    Tabel 1: the criteria in the areas and in the rest of the city. Tabel 2: the gap between them and how it changed.
    Tabel 22: the areas beside their updated successors. And how far the policy's milestone is, such as gaps that are
    halved by 2025.

    In the areas of a designation live those in its own cells (or addresses), in polygons those whose address they
    cover; an address on a border belongs to the first.
    """
    with interruption_held():
        from udsat_geo.cli.status import run_status

    run_status(**options)
