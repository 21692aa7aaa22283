"""`udsat figures`: what they show gathered, drawn, written and told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from udsat_geo.cli.console import progress_on
from udsat_geo.cli.options import (
    SETTINGS,
    Command,
    answers_errors,
    language_option,
    option,
    policy_option,
    registers_by_year_option,
    seed_option,
    threads_option,
)
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.messages.errors import InputError
from udsat_geo.messages.translate import N_, _
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.registers.folders import has_no_registers, years_of
from udsat_geo.report.canvas import require_matplotlib
from udsat_geo.report.figures import FiguresJob, check_formats, draw_all, gather, write_figures
from udsat_geo.synthetic.write import DEFAULT_SEED

_Read = TypeVar("_Read")


@click.command(
    cls=Command,
    context_settings=SETTINGS,
    help=N_(
        "Draw the figures of a status report: maps, changes, criteria, gaps, lineage.\n\n"
        "A map of the areas of every year, numbered and listed (the report's Figur 1); what "
        "came in and what fell out from\n"
        "one designation to the next (Figur 3); the areas of the first year, and those of "
        "the last, against the rest of the\n"
        "city in the last year (Figur 2 and 4); the gaps of the first areas year by year, on "
        "their way to the policy's\n"
        "milestone; and what became of every area. They fit an A4 page, in colours that "
        "everybody can tell apart, also in\n"
        'grey. Drawing needs matplotlib: pip install "udsat_geo[report]".'
    ),
)
@option(
    "--years",
    required=True,
    metavar="LIST",
    help=N_("The years of the designations, from the first to the last, as in 2017,2021."),
)
@registers_by_year_option()
@option(
    "--areas",
    metavar="FILE",
    help=N_("Areas that stand for those of the first year: polygons of any vector file, or a designation_YEAR.gpkg."),
)
@option("--name", metavar="COLUMN", help=N_("The column of --areas that names its polygons. [default: name or navn]"))
@option("--allow-overlaps", is_flag=True, help=N_("Polygons of --areas may overlap; a resident of both counts once."))
@policy_option(N_("A built-in policy or a TOML file."))
@option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("data/out"),
    show_default=True,
    metavar="DIR",
    help=N_("Where the figures go, all or none."),
)
@option("--format", "formats", default="png,svg", show_default=True, metavar="LIST", help=N_("png, svg."))
@language_option(N_("Language of the figures."))
@seed_option()
@threads_option()
@option("--quiet", is_flag=True, help=N_("Print nothing but errors."))
@answers_errors
def figures(
    years: str,
    registers: Path | None,
    areas: str | None,
    name: str | None,
    allow_overlaps: bool,
    policy: str,
    out: Path,
    formats: str,
    language: str,
    seed: int | None,
    threads: int | None,
    quiet: bool,
) -> None:
    """Gather, draw and write the figures, and print their names.

    Raises
    ------
    InputError
        If matplotlib is missing, or the call or the input is at fault.
    """
    require_matplotlib()
    wanted, asked, loaded = _read_call(formats, years, policy)
    job = FiguresJob(
        years=asked,
        policy=loaded,
        raw=registers,
        areas=None if areas is None else Path(areas),
        name=name,
        allow_overlaps=allow_overlaps,
        language=language,
        seed=DEFAULT_SEED if seed is None else seed,
        threads=threads,
    )
    check_writable(out)
    if has_no_registers(registers) and not quiet:
        click.echo(
            _(
                "No registers in data/raw: running on the synthetic Copenhagen, whose residents do not exist.",
                language,
            )
        )
    with progress_on(not quiet) as progress:
        shown = gather(job, progress)
        if progress is not None:
            progress(_("drawing", language))
        files = write_figures(draw_all(shown), out, wanted)
    if quiet:
        return
    for note in shown.notes:
        click.echo(note)
    click.echo("\n  ".join([_("Figures", language) + ":", *(str(file) for file in files)]))


def _read_call(formats: str, years: str, policy: str) -> tuple[tuple[str, ...], tuple[int, ...], LoadedPolicy]:
    """Formats, years and policy as they are asked for.

    Raises
    ------
    InputError
        With the problems of all three.
    """
    problems: list[str] = []

    def take(reading: Callable[[str], _Read], text: str) -> _Read | None:
        try:
            return reading(text)
        except InputError as error:
            problems.extend(error.messages)
            return None

    wanted, asked, loaded = take(check_formats, formats), take(years_of, years), take(load_policy, policy)
    if wanted is None or asked is None or loaded is None:
        raise InputError(problems)
    return wanted, asked, loaded
