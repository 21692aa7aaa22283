"""`udsat figures`: what they show gathered, drawn, written and told."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import progress_on, tell_if_synthetic
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.messages.errors import Problems
from udsat_geo.messages.translate import N_, _
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.registers.folders import has_no_registers, years_of
from udsat_geo.report.canvas import require_matplotlib
from udsat_geo.report.figures import FiguresJob, check_formats, draw_all, gather, write_figures


@options.command(
    N_(
        "Draw the figures of a status report: maps, changes, criteria, gaps, lineage.\n\n"
        "A map of the areas of every year, numbered and listed (the report's Figur 1); what came in and what fell "
        "out from\none designation to the next (Figur 3); the areas of the first year, and those of the last, "
        "against the rest of the\ncity in the last year (Figur 2 and 4); the gaps of the first areas year by year, "
        "on their way to the policy's\nmilestone; and what became of every area. They fit an A4 page, in colours "
        'that everybody can tell apart, also in\ngrey. Drawing needs matplotlib: pip install "udsat_geo[report]".'
    )
)
@options.option(
    "--years",
    required=True,
    metavar="LIST",
    help=N_("The years of the designations, from the first to the last, as in 2017,2021."),
)
@options.registers_by_year_option()
@options.option(
    "--areas",
    type=options.PATH,
    metavar="FILE",
    help=N_("Areas that stand for those of the first year: polygons of any vector file, or a designation_YEAR.gpkg."),
)
@options.option(
    "--name", metavar="COLUMN", help=N_("The column of --areas that names its polygons. [default: name or navn]")
)
@options.overlaps_option(N_("Polygons of --areas may overlap; a resident of both counts once."))
@options.policy_option(N_("A built-in policy or a TOML file."))
@options.option(
    "--draws",
    type=int,
    default=0,
    metavar="N",
    show_default=True,
    help=N_("Also a map of how sure the last designation is, by so many draws of chance, as of `udsat certainty`."),
)
@options.option(
    "--variants",
    type=int,
    default=0,
    metavar="N",
    show_default=True,
    help=N_("Also a map and a chart of how it hangs on the policy's settings, as of `udsat sensitivity`."),
)
@options.out_option(N_("Where the figures go, all or none."), default=Path("data/out"), show_default=True)
@options.option("--format", "formats", default="png,svg", show_default=True, metavar="LIST", help=N_("png, svg."))
@options.language_option(N_("Language of the figures."))
@options.seed_option()
@options.limit_options()
@options.quiet_option()
def figures(
    years: str, registers: Path | None, policy: str, out: Path, formats: str, quiet: bool, **as_asked: Any
) -> None:
    """Gather, draw and write the figures, and print their names."""
    require_matplotlib()
    wanted, asked, loaded = _read_call(formats, years, policy)
    job = FiguresJob(asked, loaded, registers, **as_asked)
    check_writable(out)
    tell_if_synthetic(has_no_registers(registers) and not quiet, job.language)
    with progress_on(not quiet) as progress:
        shown = gather(job, progress)
        progress(_("drawing", job.language))
        files = write_figures(draw_all(shown), out, wanted)
    if quiet:
        return
    for note in shown.notes:
        click.echo(note)
    click.echo("\n  ".join([_("Figures", job.language) + ":", *(str(file) for file in files)]))


def _read_call(formats: str, years: str, policy: str) -> tuple[tuple[str, ...], tuple[int, ...], LoadedPolicy]:
    """Formats, years and policy as they are asked for."""
    problems = Problems()
    wanted, asked = problems.of(check_formats, formats), problems.of(years_of, years)
    loaded = problems.of(load_policy, policy)
    problems.check()
    return wanted or (), asked or (), cast(LoadedPolicy, loaded)
