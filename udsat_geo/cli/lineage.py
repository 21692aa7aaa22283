"""`udsat lineage`: which area descends from which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.changes.lineage import Lineage, trace, trace_areas
from udsat_geo.changes.tables import lineage_as_csv, lineage_as_data, lineage_rows
from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_json, print_table, progress_on
from udsat_geo.designation.columns import events_in_words
from udsat_geo.designation.job import Job, carried_by, crosswalk_named, designate_in_a_row
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.area_set import read_area_set, weighing_by
from udsat_geo.files.earlier import store_of
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.folders import check_rising, years_of

if TYPE_CHECKING:
    from rich.console import Console


@options.command(
    N_(
        "Which area descends from which, since when, and how many residents flow along each link.\n\n"
        "FILEs are designations of ours, from the earliest to the latest; files of polygons say their year: "
        "2017=areas.gpkg."
    )
)
@options.argument("files", nargs=-1, metavar="[FILE|YEAR=FILE]...")
@options.option("--years", metavar="Y,Y,...", help=N_("Designate these years instead of reading files."))
@options.registers_by_year_option()
@options.units_by_year_option(
    N_("With --years: unit tables, {year} for the year. With files: units with residents to weigh them by.")
)
@options.policy_option(N_("Of --years."))
@options.option("--name", metavar="COLUMN", help=N_("The column that tells polygons apart."))
@options.crosswalk_option(type=options.PATH)
@options.crosswalk_columns_option()
@options.overlaps_option(N_("Where polygons overlap, count a resident in the first by name."))
@options.language_option(N_("Language of tables and notes."))
@options.seed_option()
@options.limit_options()
@options.json_option()
@options.option("--csv", "as_csv", is_flag=True, help=N_("Print the links as CSV, alone on standard output."))
def lineage(
    files: tuple[str, ...],
    years: str | None,
    registers: Path | None,
    units: Path | None,
    policy: str,
    name: str | None,
    crosswalk: Path | None,
    crosswalk_columns: tuple[str, ...],
    allow_overlaps: bool,
    language: str,
    seed: int,
    threads: int | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Trace and print."""
    if bool(files) == (years is not None):
        what = _("needs files or --years, one of them")
        raise InputError(Problem("lineage", what, _("Name designations, or years.")))
    if as_json and as_csv:
        raise InputError(Problem("--json, --csv", _("both have standard output to themselves"), _("Choose one.")))
    file, by = crosswalk_named(crosswalk)
    notes: tuple[str, ...] = ()
    with progress_on(not as_json and not as_csv) as progress:
        if years is not None:
            asked = years_of(years)
            check_rising(asked)
            job = Job(
                asked[0], load_policy(policy), registers, units, language=language, seed=seed, threads=threads,
                store=store_of(), around=Around(crosswalk=file), crosswalk_columns=crosswalk_columns, crosswalk_by=by,
            )  # fmt: skip
            made = designate_in_a_row(job, asked, progress)
            changes = [each.changes for each in made[1:] if each.changes is not None]
            found = trace([each.area_set() for each in made], changes)
            notes = tuple(dict.fromkeys(note for each in made for note in each.notes))
        else:
            sides = [_read(text, name, allow_overlaps, language) for text in files]
            sides[:-1] = [carried_by(side, file, crosswalk_columns, by) for side in sides[:-1]]
            found, notes = trace_areas(sides, weighing_by(registers, units, None, None, seed), language, progress)
    if as_json:
        print_json({**lineage_as_data(found), "notes": list(notes)})
    elif as_csv:
        click.echo(lineage_as_csv(found), nl=False)
    else:
        print_lineage(found, notes, plain_console(), language)


def _read(text: str, name: str | None, allow_overlaps: bool, language: str) -> AreaSet:
    told = re.fullmatch(r"([0-9]{4})=(.+)", text)
    year, path = (-1, Path(text)) if told is None or Path(text).exists() else (int(told[1]), Path(told[2]))
    side = read_area_set(path, language, name, year, allow_overlaps)
    if side.known_year is None:
        raise InputError(Problem(side.file, _("does not say its year"), _("Write YEAR={path}.").format(path=path)))
    if year >= 0 and side.year != year:
        what, remedy = _("is of {year}").format(year=side.year), _("Leave out the year: a designation says its own.")
        raise InputError(Problem(text, what, remedy))
    return side


def print_lineage(lineage: Lineage, notes: Sequence[str], console: Console, language: str) -> None:
    """The links of every step, then the chains year by year."""
    for note in notes:
        console.print(note)
    rows = lineage_rows(lineage)
    heads = (
        _("Before", language), _("Now", language), _("Residents", language), _("of before", language),
        _("of now", language), _("Since", language), _("Change", language),
    )  # fmt: skip
    for before, now in pairwise(lineage.years):
        step = tuple(_cells(row, language) for row in rows if row["year"] == now)
        title = _("From {before} to {now}", language).format(before=before, now=now)
        print_table(Table(title, heads, step, left=frozenset({0, 1, 6})), console, language)
    print_table(_chains(lineage, language), console, language)


def _cells(row: dict[str, Any], language: str) -> tuple[str, ...]:
    previous, name = row["previous_id"], row["previous_name"]
    # the name of an area that ended stands in brackets
    gone = "" if name == previous else f"({name})"
    return (
        previous or "",
        gone if row["area_id"] is None else _label(row["area_id"], row["name"]),
        decimal(row["residents"], 0, language),
        *(
            "" if share is None else f"{decimal(100 * share, 1, language)} %"
            for share in (row["share_of_previous"], row["share_of_area"])
        ),
        "" if row["since"] is None else str(row["since"]),
        events_in_words(row["event"], language),
    )


def _label(area_id: str, name: str | None) -> str:
    """An area's id, and its name where that is another."""
    return area_id if name in (None, area_id) else f"{area_id} {name}"


def _chains(lineage: Lineage, language: str) -> Table:
    """One row for each chain, one column for each year."""
    nodes = lineage.nodes
    rows: dict[str, list[str]] = {}
    for i in range(len(nodes)):
        chain = str(nodes.chain[i])
        row = rows.setdefault(chain, ["", *[""] * len(lineage.years)])
        row[0] = _label(chain, str(nodes.name[i]))
        row[1 + lineage.years.index(int(nodes.year[i]))] = decimal(int(nodes.residents[i]), 0, language)
    heads = (_("Area", language), *(str(year) for year in lineage.years))
    return Table(_("The areas year by year: residents", language), heads, tuple(map(tuple, rows.values())))
