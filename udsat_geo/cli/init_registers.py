"""`udsat init registers`: the settings of a folder of registers, guessed from its tables."""

from __future__ import annotations

from pathlib import Path

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import progress_on
from udsat_geo.cli.new_files import check_free, write_new
from udsat_geo.cli.questions import asking, asks, yes_option
from udsat_geo.messages.translate import N_, _
from udsat_geo.registers.first_settings import first_settings, leave_open
from udsat_geo.registers.settings import NAME


@options.command(
    N_("Write registers.toml into FOLDER: which table is which, by which keys, which columns and codes are ours.")
)
@options.argument("folder", type=options.PATH)
@options.option("--force", is_flag=True, help=N_("Write over a file that is there."))
@yes_option()
@options.language_option(N_("Language of what is told and written."), default=None, show_default=False)
def registers(folder: Path, force: bool, yes: bool, language: str | None) -> None:
    """Guess the settings of a folder."""
    check_free([folder / NAME], force)
    is_asked = asks(yes)  # before the spinner, which takes the place of standard output
    with progress_on(True) as progress:
        progress(_("reading and checking", language))
        made = first_settings(folder, asking(progress) if is_asked else leave_open)
    write_new(folder, {NAME: made.text})
    told = _("{path}: what the tables seem to be. Look at every line.", language)
    click.echo(told.format(path=folder / NAME))
    if made.profile is not None:
        click.echo(_("profile: {profile}", language).format(profile=made.profile))
    for name, file in made.files.items():
        click.echo(f"{name}: {file}")
    for text, names in (
        (N_("not found: {names}"), made.missing),
        (N_("doubtful, as comments: {names}"), made.doubtful),
    ):
        if names:
            click.echo(_(text, language).format(names=", ".join(names)))
    for message in made.skipped:
        click.echo(message)
    click.echo(_("next: udsat validate {folder}", language).format(folder=folder))
