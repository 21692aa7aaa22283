"""`udsat init policy`: a policy for a ready-made table, guessed from its columns."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import progress_on
from udsat_geo.cli.new_files import check_free, write_new
from udsat_geo.cli.questions import asks, confirmed, yes_option
from udsat_geo.messages.errors import InputError
from udsat_geo.messages.translate import N_, _, program_language
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.writing import names_of, policy_text
from udsat_geo.sources.features import file_of, read_features
from udsat_geo.units.joined_table import join_by_overlap
from udsat_geo.units.proposal import propose_policy
from udsat_geo.units.sums_check import check_sums
from udsat_geo.units.table import read_unit_table, units_from_table

if TYPE_CHECKING:
    from udsat_geo.policy.writing import ProposedPolicy
    from udsat_geo.sources.features import Features

KINDS = {"cells": N_("cells"), "zones": N_("zones")}


@options.command(N_("Write a policy for a ready-made table of units, from what its columns are called and hold."))
@options.option("--units", type=options.PATH, required=True, metavar="FILE", help=N_("The table of cells or zones."))
@options.option("--with", "second", type=options.PATH, metavar="FILE", help=N_("A second table of the same units."))
@options.option("--id", "unit_id", metavar="COLUMN", help=N_("The column that names the units, if not guessed right."))
@options.option("--residents", metavar="COLUMN", help=N_("The column of residents, if not guessed right."))
@options.option("--out", type=options.PATH, metavar="FILE", help=N_("The policy. [default: named after the table]"))
@options.option("--force", is_flag=True, help=N_("Write over a file that is there."))
@yes_option()
@options.language_option(N_("Language of what is told and written."), default=None, show_default=False)
def policy(
    units: Path,
    second: Path | None,
    unit_id: str | None,
    residents: str | None,
    out: Path | None,
    force: bool,
    yes: bool,
    language: str | None,
) -> None:
    """Propose a policy, and say what it does with the table."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", file_of(units).stem).strip("-")[:50] or "policy"
    out = out or Path(f"{stem}.toml")
    table = out.with_name(f"{out.stem}_units.parquet")
    check_free([out] if second is None else [out, table], force)
    features = read_features(units)
    files: dict[str, str | Features] = {}
    if second is not None:
        features, told = join_by_overlap(features, read_features(second))
        features = dataclasses.replace(features, name=table.name)
        files[table.name] = features
        click.echo(told)
    proposed = propose_policy(features, stem, unit_id, residents)
    if asks(yes):
        proposed = confirmed(proposed)
    files[out.name] = policy_text(proposed)
    write_new(out.parent, files)
    _tell(proposed, out, units if second is None else table)


def _tell(proposed: ProposedPolicy, out: Path, table: Path) -> None:
    """What was guessed, what it gives over the table, and what to do next."""
    click.echo(
        _("{out}: a policy for {table}, guessed from its columns. Look at every line.").format(out=out, table=table)
    )
    click.echo(
        _("units: {kind}, named by {id}; residents: {residents}").format(
            kind=_(KINDS[proposed.kind]), id=proposed.unit_id, residents=proposed.residents
        )
    )
    if proposed.sure:
        _tell_rates(out, table)
    else:
        click.echo(
            _("No column was sure enough to be a criterion: take the # away before one in {out}.").format(out=out)
        )
    doubtful = [one for one in proposed.criteria if one.doubt]
    if doubtful:
        click.echo(_("doubtful, as comments: {names}").format(names=names_of(doubtful)))
    if proposed.unused:
        click.echo(_("not used: {names}").format(names=", ".join(proposed.unused)))
    click.echo(_("next: designate --year YEAR --units {table} --policy {out}").format(table=table, out=out))


def _tell_rates(out: Path, table: Path) -> None:
    """The rate of each criterion over the whole table: the quickest way to see a wrong guess."""
    rule = load_policy(str(out)).policy
    try:
        with progress_on(True):
            units, _sums = units_from_table(read_unit_table(table, rule), rule)
            check_sums(units, rule, table.name)
    except InputError as error:
        click.echo(_("The policy does not read this table yet:"))
        for message in error.messages:
            click.echo(f"  {message}")
        return
    click.echo(
        _("{units} units, {residents} residents").format(
            units=decimal(len(units), 0), residents=decimal(int(units.residents.sum()), 0)
        )
    )
    rates = units.rate(units.numerator.sum(axis=0), units.denominator.sum(axis=0))
    for criterion, rate in zip(rule.criteria, rates.tolist(), strict=True):
        shown = f"{decimal(100 * rate, 1)} %" if criterion.is_share else f"{decimal(rate, 1)} {criterion.unit}".strip()
        click.echo(f"  {criterion.label_in(program_language())}: {shown}")
