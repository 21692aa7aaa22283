"""`udsat synth`: the synthetic registers as files."""

from __future__ import annotations

from pathlib import Path

import click

from udsat_geo.cli.console import progress_on
from udsat_geo.cli.options import SETTINGS, Command, answers_errors, language_option, option
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.messages.translate import N_, _
from udsat_geo.synthetic.write import DEFAULT_SEED, write_registers


@click.command(
    cls=Command, context_settings=SETTINGS, help=N_("Write the synthetic Copenhagen of a year as registers.")
)
@option("--year", type=int, required=True, metavar="Y", help=N_("The year to designate."))
@option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help=N_("Where the files go."))
@option("--seed", type=click.IntRange(min=0), default=None, metavar="N", help=N_("Another city of the same facts."))
@language_option(N_("Language of what is told."), None)
@answers_errors
def synth(year: int, out: Path, seed: int | None, language: str | None) -> None:
    """Write the registers of a year into ``out``.

    Raises
    ------
    InputError
        If the synthetic city has no such year, or the folder cannot be written.
    """
    check_writable(out)
    with progress_on(True) as progress:
        if progress:
            progress(_("making the synthetic Copenhagen of {year}", language).format(year=year))
        write_registers(year, out, DEFAULT_SEED if seed is None else seed)
    told = _("Synthetic registers of {year} in {out}: these people do not exist.", language)
    click.echo(told.format(year=year, out=out))
