"""The command `udsat rerun`: its options and help. What it does is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli.options import answers_errors, interruption_held, json_option, language_option, threads_option


@click.command()
@click.argument("crate", type=click.Path(path_type=Path))
@click.option("--year", type=int, metavar="Y", help="Repeat the run of this year alone. [default: every run]")
@click.option(
    "--inputs",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder that holds inputs by their names, or by year and name (DIR/Y).",
)
@click.option("--raw", type=click.Path(path_type=Path), metavar="DIR", help="Register folder; DIR/Y where it exists.")
@click.option("--policy", metavar="FILE", help="The policy file, where it is not built in.")
@click.option("--units", metavar="FILE|URL", help="The table of units.")
@click.option("--barriers", metavar="FILE|URL", help="The barriers.")
@click.option("--crossings", metavar="FILE|URL", help="The crossings.")
@click.option("--places", metavar="FILE|URL", help="The named places.")
@click.option("--parcels", metavar="FILE|URL", help="The parcels.")
@click.option("--overrides", metavar="FILE|URL", help="The decisions.")
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The designation_YEAR.gpkg that was compared with, where it was named as a file.",
)
@language_option("Language of the table; results are in that of the run.")
@threads_option()
@json_option()
@answers_errors
def rerun(**options: Any) -> None:
    """Repeat the runs of CRATE and say of each result whether it comes out the same, byte for byte.

    CRATE is a folder with the ro-crate-metadata.json that `designate --format gpkg,crate` wrote, or that file. Inputs
    are no part of it: options say where they lie, else they are looked for below this folder, where they lay below the
    folder of the run; and their hashes must be those of the run. What a service gave is fetched only from an address
    that is given here. Results go to a temporary folder and are gone afterwards.

    Exit codes: 0 every result is the same; 2 an input is missing or another one now, or the crate is at fault; 3 a
    result differs, or lies changed beside the crate.
    """
    with interruption_held():
        from udsat_geo.cli.repeating import run_rerun

    run_rerun(**options)
