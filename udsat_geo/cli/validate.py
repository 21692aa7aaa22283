"""`udsat validate`: registers or a table of units checked, and what they hold, on a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_json, print_table, progress_on
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _, program_language
from udsat_geo.messages.words import counted_words, decimal
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.drift import Drift, drift
from udsat_geo.registers.expressions import check_limits
from udsat_geo.registers.folders import has_registers, known_years, register_folder, years_in, years_of
from udsat_geo.registers.holdings import ColumnHeld, holdings_of_folder, holdings_of_units
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import read_partial_registers
from udsat_geo.registers.schema import SURVEY
from udsat_geo.registers.survey import ANSWERS, UNKNOWN
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
    "--years",
    metavar="LIST",
    help=N_("Several years side by side, and what changed between them. [default: every year that FOLDER holds]"),
)
@options.option(
    "--against", metavar="DIR|FILE|Y", help=N_("What another year's registers, or table, held that these do not.")
)
@options.source_option("--places", N_("Districts, for a table of them. [default: places.* in FOLDER]"))
@options.policy_option(N_("Its expressions are checked too."))
@options.language_option(
    N_("Language of the counts. [default: that of the user's locale]"), default=None, show_default=False
)
@options.show_examples_option()
@options.json_option(N_("Print the counts as JSON."))
@click.pass_context
def validate(
    context: click.Context,
    folder: Path | None,
    units: Path | None,
    year: int | None,
    years: str | None,
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
    _check_call(folder, units, year, years, against)
    rule = load_policy(policy).policy
    language = language or program_language()
    check_limits(rule, values_needed=False)
    with progress_on(not as_json) as progress:
        progress(_("reading and checking", language))
        several = () if folder is None or year is not None or against is not None else _years(folder, years)
        if folder is not None and several:
            by_year = _by_year(folder, several, rule, language, progress)
            drifts = {(a, b): drift(by_year[b].held, by_year[a].held, rule, language) for a, b in pairwise(by_year)}
            last = several[-1]
            districts = _districts(by_year[last], register_folder(folder, last), places, rule, language, last)
            show = _print_years_as_json if as_json else _print_years
            return show(by_year, drifts, districts, rule, language)
        checked = _registers(folder, rule, year, language) if folder else _table(units, rule, language)  # type: ignore[arg-type]
        changed = None if against is None else _drift(checked, folder, against, year, rule, language)
        districts = _districts(checked, folder, places, rule, language)
    if as_json:
        content = _content(checked)
        if changed is not None:
            content["drift"] = _drift_content(changed, language)
        print_json(content)
        return
    _print(checked, changed, against, districts, rule, language)


def _check_call(
    folder: Path | None, units: Path | None, year: int | None, years: str | None, against: str | None
) -> None:
    """Check that the options fit each other."""
    problems = []
    if folder is not None and units is not None:
        told = _("name a folder of registers or a table of units, not both")
        problems.append(Problem("--units", told, _("Leave one out.")))
    others = {"--units": units, "--year": year, "--against": against}
    for name, given in others.items():
        if years is not None and given is not None:
            what = _("cannot be given with {option}").format(option=name)
            problems.append(Problem("--years", what, _("Leave one out.")))
    if problems:
        raise InputError(problems)


def _years(folder: Path, asked: str | None) -> tuple[int, ...]:
    """The years to be held side by side: those asked for, else all of a folder that holds several; rising."""
    if asked is not None:
        wanted = tuple(sorted(set(years_of(asked))))
        if len(wanted) < 2:
            raise InputError(Problem("--years", _("are fewer than two"), _("Name several, or one with --year.")))
        there = set(years_in(folder))
        missing = [year for year in wanted if year not in there]
        what = _("there is none of {year}")
        if missing:
            told = known_years(folder)
            raise InputError(Problem(str(folder), what.format(year=year), told) for year in missing)
        return wanted
    found = years_in(folder)
    lies_there = has_registers(folder, of_years=False) and any((folder / str(year)).is_dir() for year in found)
    return () if len(found) < 2 or lies_there else tuple(found)


def _by_year(
    folder: Path, years: Sequence[int], rule: Policy, language: str, progress: Callable[[str], None]
) -> dict[int, _Checked]:
    """The registers of each year, checked; what is wrong with any of them is told with its year."""
    problems, found = Problems(), {}
    for year in years:
        progress(_("{year}: reading and checking", language).format(year=year))
        try:
            found[year] = _registers(register_folder(folder, year), rule, year, language)
        except InputError as error:
            problems.messages += [f"{year}: {message}" for message in error.messages]
    problems.check()
    return found


Drifts = Mapping[tuple[int, int], Sequence[Drift]]


def _content(checked: _Checked) -> dict[str, object]:
    content = {"rows": checked.rows, "counts": checked.counts, "units": len(checked.units), "notes": checked.notes}
    return {**content, "columns": [one.as_dict() for one in checked.held]}


def _drift_content(changed: Sequence[Drift], language: str) -> list[dict[str, object]]:
    return [
        {"table": one.table, "column": one.column, "what": one.told(language), "criteria": list(one.criteria)}
        for one in changed
    ]


def _print_years_as_json(
    by_year: Mapping[int, _Checked], drifts: Drifts, _districts: Table | None, _rule: Policy, language: str
) -> None:
    told = [
        {"from": before, "to": now, **one}
        for (before, now), changed in drifts.items()
        for one in _drift_content(changed, language)
    ]
    print_json({"years": {str(year): _content(checked) for year, checked in by_year.items()}, "drift": told})


def _print_years(
    by_year: Mapping[int, _Checked], drifts: Drifts, districts: Table | None, rule: Policy, language: str
) -> None:
    console = plain_console()
    for table in (_coverage(by_year, rule, language), _missing_by_year(by_year, language), districts):
        if table is not None:
            print_table(table, console, language)
    for note in dict.fromkeys(note for checked in by_year.values() for note in checked.notes):
        years = [year for year, checked in by_year.items() if note in checked.notes]
        click.echo(f"{', '.join(map(str, years))}: {note}" if len(years) < len(by_year) else note)
    for (before, now), changed in drifts.items():
        _print_drift(changed, str(before), rule, language, str(now))
    told = _("The registers of {years} can be used with {policy}.", language)
    click.echo(told.format(years=", ".join(map(str, by_year)), policy=rule.id))


def _coverage(by_year: Mapping[int, _Checked], rule: Policy, language: str) -> Table:
    """One column for each year: rows of each table, units, who could be placed, and what was left out."""
    years = list(by_year.values())
    tables = dict.fromkeys(table for one in years for table in one.rows)
    rows = [
        (_("{table}: rows", language).format(table=table), *_numbers([one.rows.get(table) for one in years], language))
        for table in tables
    ]
    rows.append((_(KINDS[rule.units.kind], language).capitalize(), *_numbers([len(o.units) for o in years], language)))
    placed = [one.counts.get("residents_placed") for one in years]
    of_all = [(here, one.rows.get("residents", 0)) for here, one in zip(placed, years, strict=True)]
    rows.append((_("Residents placed", language), *_numbers(placed, language)))
    rows.append(
        (_("Residents placed, share", language), *(_share(here or 0, every, language) for here, every in of_all))
    )
    rows.append(
        (
            _("Residents not placed, share", language),
            *(_share(every - (here or 0), every, language) for here, every in of_all),
        )
    )
    words = counted_words({criterion.key: criterion.label_in(language) for criterion in rule.criteria}, language)
    for name in dict.fromkeys(name for one in years for name, count in one.counts.items() if count):
        if name != "residents_placed":
            counts = [one.counts.get(name) for one in years]
            rows.append((words.get(name, name.replace("_", " ")), *_numbers(counts, language)))
    return Table(_("By year", language), ("", *map(str, by_year)), tuple(rows))


def _missing_by_year(by_year: Mapping[int, _Checked], language: str) -> Table:
    """One column for each year: the share of empty rows of each column; nothing where a year has no such column."""
    held = {year: {(one.table, one.name): one for one in checked.held} for year, checked in by_year.items()}
    keys = dict.fromkeys(key for columns in held.values() for key in columns)
    rows = [
        (
            ".".join(key),
            *(
                _share(columns[key].empty, columns[key].rows, language) if key in columns else ""
                for columns in held.values()
            ),
        )
        for key in keys
    ]
    return Table(_("Empty rows by column", language), ("", *map(str, by_year)), tuple(rows))


def _numbers(counts: Sequence[int | None], language: str) -> tuple[str, ...]:
    return tuple("" if count is None else decimal(count, 0, language) for count in counts)


def _share(part: int, whole: int, language: str) -> str:
    return f"{decimal(100 * part / max(whole, 1), 1, language)} %"


def _registers(folder: Path, rule: Policy, year: int | None, language: str) -> _Checked:
    made_of = addresses_from_registers if rule.units.kind == "addresses" else cells_from_registers
    units, sums = made_of(folder, rule, year=year)
    told = check_sums(units, rule, folder.name, language)
    notes = [*(note.told(language) for note in sums.notes), *told]
    held = holdings_of_folder(folder, year)
    rows, counts = sums.rows, sums.counts
    if any(one.table == SURVEY for one in held):
        answered, _missing = read_partial_registers(folder, ANSWERS, _anywhere, year=year, districts=_any_district)
        rows |= {SURVEY: answered.rows[SURVEY]}
        counts |= {name: count for name, count in answered.counts.items() if name.startswith("answers_")}
    return _Checked(units, rows, counts, notes, held)


def _anywhere(located: Located) -> tuple[NDArray[np.int32], int]:
    """One place for all: what counts is whether an answer has any."""
    return np.zeros(len(located.easting), dtype=np.int32), 1


def _any_district(names: Sequence[str | None]) -> NDArray[np.int32]:
    """Which districts there are is known once there are areas."""
    return np.array([UNKNOWN if name is None else 0 for name in names], dtype=np.int32)


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


def _districts(
    checked: _Checked, folder: Path | None, named: str | None, rule: Policy, language: str, year: int | None = None
) -> Table | None:
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
        for j, values in units.quantiles.items():
            counted[j] = values.rows_of_places(len(units))[inside].sum() / max(residents, 1)
        shares = [f"{decimal(100 * share, 0, language)} %" for share in counted.tolist()]
        rows.append((str(name), decimal(int(inside.sum()), 0, language), decimal(residents, 0, language), *shares))
    heads = (_("District", language), _(KINDS[units.kind], language).capitalize(), _("Residents", language))
    title = _("By district: what each criterion counts, as a share of the residents", language)
    title += "" if year is None else f" ({year})"
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


def _print_drift(changed: Sequence[Drift], against: str, rule: Policy, language: str, now: str = "") -> None:
    said = f"{now}: " if now else ""
    if not changed:
        click.echo(said + _("Against {against}: no code has vanished or jumped.", language).format(against=against))
        return
    click.echo(said + _("Against {against}:", language).format(against=against))
    labels = {criterion.key: criterion.label_in(language) for criterion in rule.criteria}
    for one in changed:
        line = f"  {f'{one.table}.{one.column}'.rstrip('.')}: {one.told(language)}"
        if one.criteria:
            names = ", ".join(labels[key] for key in one.criteria)
            line += _("; it spoils: {criteria}", language).format(criteria=names)
        click.echo(line)
