"""`udsat validate`: registers or a table of units checked, and what they hold, on a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_json, print_table, progress_on
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _, program_language
from udsat_geo.messages.words import counted_words, decimal
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.drift import Drift, drift
from udsat_geo.registers.expressions import check_limits
from udsat_geo.registers.folders import years_in
from udsat_geo.registers.holdings import ColumnHeld, holdings_of_folder, holdings_of_units
from udsat_geo.sources.features import read_features
from udsat_geo.sources.kinds import tables_named
from udsat_geo.units.places import place_of_points, read_places
from udsat_geo.units.sums_check import check_sums
from udsat_geo.units.table import read_unit_table, units_from_table
from udsat_geo.units.units import Units, addresses_from_registers, cells_from_registers

KINDS = {"cells": N_("cells"), "addresses": N_("addresses"), "zones": N_("zones")}


@dataclass(frozen=True)
class _Checked:
    """What was read, and what is to be said of it.

    Attributes
    ----------
    units : Units
    rows, counts : dict
    notes : list of str
    held : tuple of ColumnHeld
    """

    units: Units
    rows: dict[str, int]
    counts: dict[str, int]
    notes: list[str]
    held: tuple[ColumnHeld, ...]


@options.command(N_("Check the registers in FOLDER, or a table of units, without designating."))
@options.argument("folder", type=options.PATH, required=False)
@options.option("--units", type=options.PATH, metavar="FILE", help=N_("A ready-made table in place of registers."))
@options.option("--year", type=int, metavar="Y", help=N_("Which year, where the folder holds several."))
@options.option(
    "--against", metavar="DIR|FILE|Y", help=N_("What another year's registers, or table, held that these do not.")
)
@options.source_option("--places", N_("Districts, for a table of them. [default: places.* in FOLDER]"))
@options.policy_option(N_("Its expressions are checked too."))
@options.language_option(
    N_("Language of the counts. [default: that of the user's locale]"), default=None, show_default=False
)
@options.json_option(N_("Print the counts as JSON."))
@click.pass_context
def validate(
    context: click.Context,
    folder: Path | None,
    units: Path | None,
    year: int | None,
    against: str | None,
    places: str | None,
    policy: str,
    language: str | None,
    as_json: bool,
) -> None:
    """Read, check, join and place the registers as a designation would, and print what they hold."""
    if folder is None and units is None:
        named = _("FOLDER")
        raise click.MissingParameter(ctx=context, param=context.command.params[0], param_hint=f"'{named}'")
    if folder is not None and units is not None:
        told = _("name a folder of registers or a table of units, not both")
        raise InputError(Problem("--units", told, _("Leave one out.")))
    rule = load_policy(policy).policy
    language = language or program_language()
    check_limits(rule, values_needed=False)
    with progress_on(not as_json) as progress:
        progress(_("reading and checking", language))
        checked = _registers(folder, rule, year, language) if folder else _table(units, rule, language)  # type: ignore[arg-type]
        changed = None if against is None else _drift(checked, folder, against, year, rule, language)
        districts = _districts(checked, folder, places, rule, language)
    if as_json:
        content = {"rows": checked.rows, "counts": checked.counts, "units": len(checked.units), "notes": checked.notes}
        content["columns"] = [one.as_dict() for one in checked.held]
        if changed is not None:
            content["drift"] = [
                {"table": one.table, "column": one.column, "what": one.told(language), "criteria": list(one.criteria)}
                for one in changed
            ]
        print_json(content)
        return
    _print(checked, changed, against, districts, rule, language)


def _registers(folder: Path, rule: Policy, year: int | None, language: str) -> _Checked:
    made_of = addresses_from_registers if rule.units.kind == "addresses" else cells_from_registers
    units, sums = made_of(folder, rule, year=year)
    told = check_sums(units, rule, folder.name, language)
    notes = [*(note.told(language) for note in sums.notes), *told]
    return _Checked(units, sums.rows, sums.counts, notes, holdings_of_folder(folder, year))


def _table(path: Path, rule: Policy, language: str) -> _Checked:
    table = read_unit_table(path, rule, language)
    units, sums = units_from_table(table, rule)
    told = check_sums(units, rule, table.name, language)
    notes = [*table.notes, *(note.told(language) for note in sums.notes), *told]
    return _Checked(units, sums.rows, sums.counts, notes, holdings_of_units(table.attributes, _missing(rule)))


def _missing(rule: Policy) -> tuple[float, ...]:
    return tuple(code for code in rule.units.missing if isinstance(code, int | float))


def _drift(
    checked: _Checked, folder: Path | None, against: str, year: int | None, rule: Policy, language: str
) -> tuple[Drift, ...]:
    """What changed since another year: of a folder or table, or of the same folder by its year."""
    if folder is None:
        before = holdings_of_units(read_features(Path(against)).attributes, _missing(rule))
    elif re.fullmatch("[0-9]{4}", against) and not Path(against).exists():
        beside = folder.resolve().parent
        is_by_folders = year is None and int(against) in years_in(beside)
        before = holdings_of_folder(
            beside / against if is_by_folders else folder, None if is_by_folders else int(against)
        )
    else:
        before = holdings_of_folder(Path(against))
    return drift(checked.held, before, rule, language)


def _districts(checked: _Checked, folder: Path | None, named: str | None, rule: Policy, language: str) -> Table | None:
    """Residents and what is counted of them by district, where districts are known."""
    beside = tables_named(folder, "places") if folder is not None and named is None else []
    path = Path(named) if named is not None else beside[0] if beside else None
    if path is None:
        return None
    units = checked.units
    places = read_places(path, units.crs, language)
    if not places.is_district.any():
        return None
    place = place_of_points(places, units.easting, units.northing, districts=True)
    none = _("(none)", language)
    names = np.array([*places.name, none], dtype=object)[place]
    rows = []
    for name in sorted(set(names.tolist()), key=lambda name: (name == none, name)):
        inside = names == name
        residents = int(units.residents[inside].sum())
        counted = units.denominator[inside].sum(axis=0) / units.denominator_unit / max(residents, 1)
        shares = [f"{decimal(100 * share, 0, language)} %" for share in counted.tolist()]
        rows.append((str(name), decimal(int(inside.sum()), 0, language), decimal(residents, 0, language), *shares))
    heads = (_("District", language), _(KINDS[units.kind], language).capitalize(), _("Residents", language))
    title = _("By district: what each criterion counts, as a share of the residents", language)
    return Table(title, (*heads, *(one.label_in(language) for one in rule.criteria)), tuple(rows))


def _print(
    checked: _Checked,
    changed: Sequence[Drift] | None,
    against: str | None,
    districts: Table | None,
    rule: Policy,
    language: str,
) -> None:
    for table, rows in checked.rows.items():
        click.echo(_("{table}: {rows} rows", language).format(table=table, rows=decimal(rows, 0, language)))
    words = {"residents_placed": _("residents placed", language)}
    words |= counted_words({criterion.key: criterion.label_in(language) for criterion in rule.criteria}, language)
    for name, count in checked.counts.items():
        click.echo(f"{words.get(name, name.replace('_', ' '))}: {decimal(count, 0, language)}")
    for note in checked.notes:
        click.echo(note)
    console = plain_console()
    tables = [_columns(checked.held, language), _codes(checked.held, language), districts]
    for shown in tables:
        if shown is not None and shown.rows:
            click.echo()
            print_table(shown, console, language)
    if changed is not None:
        click.echo()
        _print_drift(changed, str(against), rule, language)
    made = _("{n} {kind}. The registers can be used with {policy}.", language)
    if rule.reads_unit_table:
        made = _("{n} {kind}. The table can be used with {policy}.", language)
    kind = _(KINDS[checked.units.kind], language)
    click.echo(made.format(n=decimal(len(checked.units), 0, language), kind=kind, policy=rule.id))


def _columns(held: Sequence[ColumnHeld], language: str) -> Table:
    """How many rows of each column are empty."""
    rows = [
        (
            one.table,
            one.name,
            decimal(one.empty, 0, language),
            f"{decimal(100 * one.share_empty, 1, language)} %",
            "" if one.median is None else decimal(one.median, 1, language),
        )
        for one in held
    ]
    heads = (N_("Table"), N_("Column"), N_("Empty"), N_("Share"), N_("Median"))
    told = tuple(_(head, language) for head in heads)
    return Table(_("Columns", language), told, tuple(rows), left=frozenset({0, 1}))


def _codes(held: Sequence[ColumnHeld], language: str) -> Table:
    """The codes of each column and their rows."""
    rows = [
        (
            f"{one.table}.{one.name}" if place == 0 else "",
            code,
            decimal(count, 0, language),
            f"{decimal(100 * count / max(one.rows, 1), 1, language)} %",
        )
        for one in held
        for place, (code, count) in enumerate(one.codes)
    ]
    heads = (_("Column", language), _("Code", language), _("Rows", language), _("Share", language))
    return Table(_("Codes", language), heads, tuple(rows), left=frozenset({0, 1}))


def _print_drift(changed: Sequence[Drift], against: str, rule: Policy, language: str) -> None:
    if not changed:
        click.echo(_("Against {against}: no code has vanished or jumped.", language).format(against=against))
        return
    click.echo(_("Against {against}:", language).format(against=against))
    labels = {criterion.key: criterion.label_in(language) for criterion in rule.criteria}
    for one in changed:
        line = f"  {f'{one.table}.{one.column}'.rstrip('.')}: {one.told(language)}"
        if one.criteria:
            names = ", ".join(labels[key] for key in one.criteria)
            line += _("; it spoils: {criteria}", language).format(criteria=names)
        click.echo(line)
