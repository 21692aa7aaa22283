"""`udsat figures`: what they show gathered, drawn, written and told."""

from __future__ import annotations

import re
from pathlib import Path

import click

from udsat_geo.cli.console import progress_on
from udsat_geo.cli.designate import SYNTHETIC
from udsat_geo.errors import InputError, Problem
from udsat_geo.figures_job import FiguresJob, gather
from udsat_geo.io.together import check_writable
from udsat_geo.job import has_no_registers
from udsat_geo.policy import load_policy
from udsat_geo.report import check_formats, draw_all, write_figures
from udsat_geo.report.canvas import require_matplotlib
from udsat_geo.report.wording import COMMAND
from udsat_geo.synthetic import DEFAULT_SEED


def run_figures(
    years: str,
    raw: Path | None,
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
    wanted = check_formats(formats)
    job = FiguresJob(
        years=years_of(years),
        policy=load_policy(policy),
        raw=raw,
        areas=None if areas is None else Path(areas),
        name=name,
        allow_overlaps=allow_overlaps,
        language=language,
        seed=DEFAULT_SEED if seed is None else seed,
        threads=threads,
    )
    check_writable(out)
    if has_no_registers(raw) and not quiet:
        click.echo(SYNTHETIC[language])
    with progress_on(not quiet) as progress:
        shown = gather(job, progress)
        if progress is not None:
            progress(COMMAND[language]["drawing"])
        files = write_figures(draw_all(shown), out, wanted)
    if quiet:
        return
    for note in shown.notes:
        click.echo(note)
    click.echo("\n  ".join([f"{COMMAND[language]['figures']}:", *(str(file) for file in files)]))


def years_of(text: str) -> tuple[int, ...]:
    """The years of a comma separated list.

    Raises
    ------
    InputError
        Naming every part that is no year.
    """
    parts = [part.strip() for part in text.split(",")]
    wrong = [part for part in parts if re.fullmatch(r"[0-9]{4}", part, re.ASCII) is None]
    if wrong:
        raise InputError(Problem("--years", f"{part!r} is no year", "Write years as 2017,2021.") for part in wrong)
    return tuple(int(part) for part in parts)
