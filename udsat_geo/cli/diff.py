"""The command `udsat diff`; what it does is in `udsat_geo.cli.difference`, imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli.options import answers_errors, interruption_held, json_option, language_option, seed_option


@click.command()
@click.argument("before", metavar="A")
@click.argument("now", metavar="B")
@click.option(
    "--raw",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Weigh by the addresses of registers: DIR/Y where it exists, else DIR.",
)
@click.option(
    "--year",
    type=int,
    metavar="Y",
    help="The year of the registers; alone, those of data/raw or of the synthetic Copenhagen. [default: B's, or A's]",
)
@click.option(
    "--units",
    metavar="FILE",
    help="Weigh by units instead: a designation, or polygons or points with a column residents.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="COLUMN",
    help="The column that tells polygons apart; given twice, of A and of B.",
)
@click.option("--allow-overlaps", is_flag=True, help="Where polygons overlap, count a resident in the first by name.")
@click.option("--why", is_flag=True, help="Take the change apart as `udsat why` does; the registers must be there.")
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="NAME|FILE",
    help="With --why, a policy that is not built in; with --units, the one that names the table's columns.",
)
@language_option("Language of tables and notes.")
@seed_option()
@json_option()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE.gpkg",
    help="Write the layers changes and changed_units, and the table links.",
)
@answers_errors
def diff(**options: Any) -> None:
    """What changed from the areas of A to those of B, weighed by the residents they share.

    A and B are designations of ours (designation_YEAR.gpkg with its JSON beside it) or files of polygons. Two
    designations are compared by the units that both have. Others are laid over each other at the addresses of
    registers (--raw, --year), at units with residents (--units), or at the units of the designation that has any.
    """
    with interruption_held():
        from udsat_geo.cli.difference import run_diff

    run_diff(**options)
