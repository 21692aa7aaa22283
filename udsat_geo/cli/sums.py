"""`udsat sums`: the exact sums by unit of registers, to be joined with those of other offices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import progress_on, tell_if_synthetic
from udsat_geo.messages.translate import N_, _

if TYPE_CHECKING:
    from udsat_geo.units.sums import Sums


@options.command(
    N_(
        "Write the exact sums by cell of registers, which designate --sums joins with those of other offices.\n\n"
        "Nothing of persons is in them, but counts of few people are: they are for the offices themselves."
    ),
    epilog=options.PROGRESS_LINES,
)
@options.option("--years", required=True, metavar="LIST", help=N_("The years to count, as in 2017,2021,2025."))
@options.policy_option(N_("A built-in policy or a TOML file."))
@options.references_option()
@options.registers_by_year_option()
@options.option(
    "--let",
    multiple=True,
    metavar="NAME=VALUE",
    help=N_(
        "What a value of [let] is for all offices, such as a median of them all, in the place of what these registers "
        "give; may be repeated."
    ),
)
@options.out_option(N_("Where the files go."), required=True)
@options.language_option(N_("Language of notes."))
@options.seed_option()
@options.limit_options()
@options.quiet_option()
def sums(
    years: str,
    policy: str,
    references: tuple[str, ...],
    registers: Path | None,
    let: tuple[str, ...],
    out: Path,
    language: str,
    seed: int,
    threads: int | None,
    quiet: bool,
) -> None:
    """Count each year, write the files, say what is in them."""
    with options.interruption_held():
        from udsat_geo.designation.job import Job, is_synthetic, sums_of_years
        from udsat_geo.files.atomic_write import check_writable
        from udsat_geo.files.sums import write_sums_of_years
        from udsat_geo.policy.load import load_policy, with_references
        from udsat_geo.registers.folders import years_of

    wanted = tuple(sorted(years_of(years)))
    check_writable(out)
    rule = with_references(load_policy(policy), references)
    job = Job(wanted[-1], rule, raw=registers, language=language, seed=seed, threads=threads)
    tell_if_synthetic(is_synthetic(job) and not quiet, language)
    with progress_on(not quiet) as progress:
        made = sums_of_years(job, wanted, let, progress)
    files = write_sums_of_years(made, out)
    if not quiet:
        for file, each in zip(files, made, strict=True):
            click.echo(_told(file, each, language))
        click.echo(_("For the offices themselves: they hold counts of few people.", language))


def _told(file: Path, sums: Sums, language: str) -> str:
    """What one file holds, in a line."""
    from udsat_geo.messages.words import decimal

    text = _("{file}: {units} units, {residents} residents, {let}", language)
    let = ", ".join(f"{name} = {value}" for name, value in sums.found["let"].items()) or _(
        "nothing under [let]", language
    )
    figures = {"units": len(sums.units), "residents": int(sums.units.residents.sum())}
    shown = {name: decimal(value, 0, language) for name, value in figures.items()}
    return text.format(file=file, let=let, **shown)
