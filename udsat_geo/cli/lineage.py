"""`udsat lineage`: which area descends from which."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.changes.lineage import Lineage, trace, trace_areas
from udsat_geo.changes.tables import lineage_as_csv, lineage_as_data, lineage_rows
from udsat_geo.changes.words import LINEAGE
from udsat_geo.cli.console import plain_console, print_table, progress_on, say
from udsat_geo.cli.options import (
    SETTINGS,
    Command,
    answers_errors,
    argument,
    json_option,
    language_option,
    option,
    policy_option,
    registers_by_year_option,
    seed_option,
    threads_option,
)
from udsat_geo.designation.job import Job, designate_in_a_row
from udsat_geo.designation.summary import as_json as to_json
from udsat_geo.files.area_set import read_area_set, weighing_by
from udsat_geo.files.earlier import store_of
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _, in_language
from udsat_geo.messages.words import TABLE, decimal
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.folders import check_rising, years_of
from udsat_geo.synthetic.write import DEFAULT_SEED

if TYPE_CHECKING:
    from rich.console import Console


@click.command(
    cls=Command,
    context_settings=SETTINGS,
    help=N_(
        "Which area descends from which, since when, and how many residents flow along each "
        "link.\n\n"
        "FILEs are designations of ours, from the earliest to the latest; files of polygons "
        "say their year: 2017=areas.gpkg."
    ),
)
@argument("files", nargs=-1, metavar="[FILE|YEAR=FILE]...")
@option("--years", metavar="Y,Y,...", help=N_("Designate these years instead of reading files."))
@registers_by_year_option()
@option(
    "--units",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("With --years: unit tables, {year} for the year. With files: units with residents to weigh them by."),
)
@policy_option(N_("Of --years."))
@option("--name", metavar="COLUMN", help=N_("The column that tells polygons apart."))
@option("--allow-overlaps", is_flag=True, help=N_("Where polygons overlap, count a resident in the first by name."))
@language_option(N_("Language of tables and notes."))
@seed_option()
@threads_option()
@json_option()
@option("--csv", "as_csv", is_flag=True, help=N_("Print the links as CSV, alone on standard output."))
@answers_errors
def lineage(
    files: tuple[str, ...],
    years: str | None,
    registers: Path | None,
    units: Path | None,
    policy: str,
    name: str | None,
    allow_overlaps: bool,
    language: str,
    seed: int | None,
    threads: int | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Trace and print.

    Raises
    ------
    InputError
        If the call or the input is at fault.
    """
    if bool(files) == (years is not None):
        raise InputError(
            Problem("lineage", _("needs files or --years, one of them"), _("Name designations, or years."))
        )
    if as_json and as_csv:
        raise InputError(Problem("--json, --csv", _("both have standard output to themselves"), _("Choose one.")))
    notes: tuple[str, ...] = ()
    seed = DEFAULT_SEED if seed is None else seed
    with progress_on(not as_json and not as_csv) as progress:
        if years is not None:
            asked = years_of(years)
            check_rising(asked)
            job = Job(
                asked[0],
                load_policy(policy),
                registers,
                units,
                language=language,
                seed=seed,
                threads=threads,
                store=store_of(),
            )
            made = designate_in_a_row(job, asked, progress)
            changes = [each.changes for each in made[1:] if each.changes is not None]
            found = trace([each.area_set() for each in made], changes)
            notes = tuple(dict.fromkeys(note for each in made for note in each.notes))
        else:
            sides = [_read(text, name, allow_overlaps, language) for text in files]
            found, notes = trace_areas(sides, weighing_by(registers, units, None, None, seed), language, progress)
    if as_json:
        click.echo(to_json({**lineage_as_data(found), "notes": list(notes)}), nl=False)
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
        raise InputError(
            Problem(
                text, _("is of {year}").format(year=side.year), _("Leave out the year: a designation says its own.")
            )
        )
    return side


def print_lineage(lineage: Lineage, notes: Sequence[str], console: Console, language: str) -> None:
    """The links of every step, then the chains year by year."""
    words = in_language(LINEAGE, language)
    for note in notes:
        say(console, note)
    rows = lineage_rows(lineage)
    heads = tuple(words[key] for key in ("previous", "area", "residents", "of_previous", "of_area", "since", "event"))
    for before, now in pairwise(lineage.years):
        step = tuple(_cells(row, language) for row in rows if row["year"] == now)
        title = words["step"].format(before=before, now=now)
        print_table(Table(title, heads, step, left=frozenset({0, 1, 6})), console, language)
    print_table(_chains(lineage, words, language), console, language)


def _cells(row: dict[str, Any], language: str) -> tuple[str, ...]:
    events = in_language(TABLE, language)
    shares = [row["share_of_previous"], row["share_of_area"]]
    ended = row["area_id"] is None
    return (
        row["previous_id"] or "",
        _label(row["area_id"], row["name"]) if not ended else _gone(row["previous_id"], row["previous_name"]),
        decimal(row["residents"], 0, language),
        *("" if share is None else f"{decimal(100 * share, 1, language)} %" for share in shares),
        "" if row["since"] is None else str(row["since"]),
        ", ".join(events[one] for one in str(row["event"]).split("+")),
    )


def _gone(area_id: str, name: str) -> str:
    """The name of an area that ended, in brackets."""
    return "" if name == area_id else f"({name})"


def _label(area_id: str | None, name: str | None) -> str:
    """An area's id, and its name where that is another."""
    return "" if area_id is None else area_id if name in (None, area_id) else f"{area_id} {name}"


def _chains(lineage: Lineage, words: Mapping[str, str], language: str) -> Table:
    """One row for each chain, one column for each year."""
    nodes = lineage.nodes
    rows: dict[str, list[str]] = {}
    for i in range(len(nodes)):
        chain = str(nodes.chain[i])
        row = rows.setdefault(chain, ["", *[""] * len(lineage.years)])
        row[0] = _label(chain, str(nodes.name[i]))
        row[1 + lineage.years.index(int(nodes.year[i]))] = decimal(int(nodes.residents[i]), 0, language)
    heads = (words["chain"], *(str(year) for year in lineage.years))
    return Table(words["chains"], heads, tuple(tuple(row) for row in rows.values()))
