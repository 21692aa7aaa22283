"""The command `udsat reproduce`; what it does is in `udsat_geo.cli.reproduction`, imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli.options import answers_errors, interruption_held, json_option, language_option


@click.command()
@click.argument("year", type=int)
@language_option("Language of tables and files.")
@json_option()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write all checks there as CSV, Markdown and JSON.",
)
@click.option("--all", "show_all", is_flag=True, help="List every check, not only what does not agree.")
@click.option(
    "--engine/--no-engine",
    default=True,
    show_default=True,
    help="The tables of the criteria from the synthetic registers as well, which takes longer.",
)
@answers_errors
def reproduce(**options: Any) -> None:
    """Recompute the published status report of YEAR from its own figures.

    Every derived figure and every direction the text states is held against the printed figures it derives from.
    What does not agree is listed, with how far it is off at least and the readings under which it would agree. It is
    a finding, not an error.
    """
    with interruption_held():
        from udsat_geo.cli.reproduction import run_reproduce

    run_reproduce(**options)
