"""`udsat validate`: the registers of a folder checked, and what they hold."""

from __future__ import annotations

from pathlib import Path

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import print_json, progress_on
from udsat_geo.messages.translate import N_, _, program_language
from udsat_geo.messages.words import counted_words, decimal
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.expressions import check_limits
from udsat_geo.units.sums_check import check_sums
from udsat_geo.units.units import addresses_from_registers, cells_from_registers

KINDS = {"cells": N_("cells"), "addresses": N_("addresses"), "zones": N_("zones")}


@options.command(N_("Check the registers in FOLDER without designating."))
@options.argument("folder", type=options.PATH)
@options.option("--year", type=int, metavar="Y", help=N_("Which year, where the folder holds several."))
@options.policy_option(N_("Its expressions are checked too."))
@options.language_option(
    N_("Language of the counts. [default: that of the user's locale]"), default=None, show_default=False
)
@options.json_option(N_("Print the counts as JSON."))
def validate(folder: Path, year: int | None, policy: str, language: str | None, as_json: bool) -> None:
    """Read, check, join and place the registers as a designation would, and print the counts."""
    rule = load_policy(policy).policy
    language = language or program_language()
    check_limits(rule, values_needed=False)
    with progress_on(not as_json) as progress:
        progress(_("reading and checking", language))
        made_of = addresses_from_registers if rule.units.kind == "addresses" else cells_from_registers
        units, sums = made_of(folder, rule, year=year)
        told = check_sums(units, rule, folder.name, language)
    notes = [*(note.told(language) for note in sums.notes), *told]
    if as_json:
        print_json({"rows": sums.rows, "counts": sums.counts, "units": len(units), "notes": notes})
        return
    for table, rows in sums.rows.items():
        click.echo(_("{table}: {rows} rows", language).format(table=table, rows=decimal(rows, 0, language)))
    words = {"residents_placed": _("residents placed", language)}
    words |= counted_words({criterion.key: criterion.label_in(language) for criterion in rule.criteria}, language)
    for name, count in sums.counts.items():
        click.echo(f"{words.get(name, name.replace('_', ' '))}: {decimal(count, 0, language)}")
    for note in notes:
        click.echo(note)
    made = _("{n} {kind}. The registers can be used with {policy}.", language)
    kind = _(KINDS[units.kind], language)
    click.echo(made.format(n=decimal(len(units), 0, language), kind=kind, policy=rule.id))
