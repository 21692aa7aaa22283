"""The command `udsat report`: its options and help. What it does is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli.options import answers_errors, interruption_held, language_option


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    show_default=True,
    metavar="FILE",
    help="The page.",
)
@click.option(
    "--with-earlier/--alone",
    default=True,
    show_default=True,
    help="Also show designations of earlier years that lie beside the last FILE as designation_YEAR.gpkg, made by the "
    "same policy from the same kind of input.",
)
@click.option(
    "--units/--no-units",
    "with_units",
    default=True,
    show_default=True,
    help="Whether units come with it, by classes of residents and composite.",
)
@click.option(
    "--policy",
    metavar="NAME|FILE",
    help="The policy that the files were made by, to tell it in words. [default: the built-in one of that SHA-256]",
)
@click.option(
    "--goals",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The goals.json of udsat goals --out DIR, to show the 18 goals as well.",
)
@language_option("Language in which the page opens; it holds both.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@answers_errors
def report(**options: Any) -> None:
    """Make one page of designations: a map, tables, figures, the policy in words, provenance.

    Each FILE is a designation_YEAR.gpkg with its .json beside it. The page is a single HTML file that needs no network
    and can be sent by e-mail: it tells no rates and no exact residents of a single unit.
    """
    with interruption_held():
        from udsat_geo.cli.reporting import run_report

    run_report(**options)
