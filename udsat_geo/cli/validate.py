"""`udsat validate`: the registers of a folder checked, and what they hold."""

from __future__ import annotations

import json
from pathlib import Path

import click

from udsat_geo.cli.console import progress_on
from udsat_geo.cli.options import SETTINGS, Command, answers_errors, option, policy_option
from udsat_geo.messages.translate import N_, in_language
from udsat_geo.messages.words import COUNTED
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.expressions import check_limits
from udsat_geo.units.units import addresses_from_registers, cells_from_registers


@click.command(cls=Command, context_settings=SETTINGS, help=N_("Check the registers in FOLDER without designating."))
@click.argument("folder", type=click.Path(path_type=Path))
@policy_option(N_("Its expressions are checked too."))
@option("--json", "as_json", is_flag=True, help=N_("Print the counts as JSON."))
@answers_errors
def validate(folder: Path, policy: str, as_json: bool) -> None:
    """Read, check, join and place the registers as a designation would, and print the counts.

    Raises
    ------
    InputError
        With every problem found.
    """
    rule = load_policy(policy).policy
    check_limits(rule, values_needed=False)
    with progress_on(not as_json) as progress:
        if progress:
            progress("reading and checking")
        made_of = addresses_from_registers if rule.units.kind == "addresses" else cells_from_registers
        units, sums = made_of(folder, rule)
    if as_json:
        content = {"rows": sums.rows, "counts": sums.counts, "units": len(units), "notes": list(sums.notes)}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    for table, rows in sums.rows.items():
        click.echo(f"{table}: {rows:,} rows")
    for name, count in sums.counts.items():
        click.echo(f"{in_language(COUNTED, 'en').get(name, name.replace('_', ' '))}: {count:,}")
    for note in sums.notes:
        click.echo(note)
    click.echo(f"{len(units):,} {units.kind}. The registers can be used with {rule.id}.")
