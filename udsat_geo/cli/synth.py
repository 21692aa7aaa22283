"""`udsat synth`: the synthetic registers as files."""

from __future__ import annotations

from pathlib import Path

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import progress_on
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.messages.translate import N_, _
from udsat_geo.synthetic.write import write_registers


@options.command(N_("Write the synthetic Copenhagen of a year as registers."))
@options.option("--year", type=int, required=True, metavar="Y", help=N_("The year to designate."))
@options.out_option(N_("Where the files go."), required=True)
@options.seed_option(N_("Another city of the same facts."))
@options.option(
    "--profile",
    type=click.Choice(["dst"]),
    help=N_("In the layout of a register system: dst is Statistics Denmark's. Several years may go into one folder."),
)
@options.language_option(N_("Language of what is told."), default=None, show_default=False)
def synth(year: int, out: Path, seed: int, profile: str | None, language: str | None) -> None:
    """Write the registers of a year into ``out``."""
    check_writable(out)
    with progress_on(True) as progress:
        progress(_("making the synthetic Copenhagen of {year}", language).format(year=year))
        if profile == "dst":
            from udsat_geo.synthetic.statistics_denmark import write_registers_of_dst

            write_registers_of_dst(year, out, seed)
        else:
            write_registers(year, out, seed)
    told = _("Synthetic registers of {year} in {out}: these people do not exist.", language)
    click.echo(told.format(year=year, out=out))
