"""`udsat policies`: the built-in policies, listed or printed whole."""

from __future__ import annotations

import click

from udsat_geo.cli import options
from udsat_geo.messages.translate import N_, _
from udsat_geo.policy.chain import GROUPS, text_of
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import text_in


@options.command(N_("List the built-in policies, or print one to be copied and changed."))
@options.option(
    "--show", metavar="NAME", help=N_("Print the file of this policy, as in --show kbh-2017 > my-policy.toml.")
)
@options.language_option(N_("Language of titles."))
def policies(show: str | None, language: str) -> None:
    """List the built-in policies, or print one."""
    if show is not None:
        click.echo(text_of(show), nl=False)
        return
    for place, (group, names) in enumerate(GROUPS.items()):
        click.echo(("\n" if place else "") + _(group, language))
        for name in names:
            _list(name, language)


def _list(name: str, language: str) -> None:
    """What a built-in policy is about, on the console."""
    policy = load_policy(name).policy
    first, last = policy.years
    click.echo(f"  {name}  {first}-{last}  {text_in(policy.title, language)}")
    click.echo(f"      {policy.source}")
    for criterion in policy.criteria:
        click.echo(f"      - {criterion.label_in(language)}")
    for reference, figure in policy.references.items():
        if figure.value is None:
            value = _("VALUE", language)
            click.echo(f"      --references {reference}={value}  {text_in(figure.label, language)}")
