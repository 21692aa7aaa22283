"""`udsat init`: first files, guessed from what is there, to be looked at and changed."""

from __future__ import annotations

import click

from udsat_geo.cli import options
from udsat_geo.messages.translate import N_

MODULES = {
    "areas": ("udsat_geo.cli.init_areas", N_("Write a file for decisions about areas, to be filled in.")),
    "policy": ("udsat_geo.cli.init_policy", N_("Write a policy for a ready-made table of units.")),
    "registers": ("udsat_geo.cli.init_registers", N_("Write the settings of a folder of registers.")),
}


@click.group(
    cls=options.Group,
    modules=MODULES,
    context_settings=options.SETTINGS,
    help=N_("Write a first file, guessed from what is there: look at every line of it."),
)
@options.language_option(N_("Language of what is told and written."), default=None, show_default=False)
@click.pass_context
def init(context: click.Context, language: str | None) -> None:
    """First files."""
    if language is not None:
        context.default_map = {name: {"language": language} for name in MODULES}
