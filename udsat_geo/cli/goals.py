"""`udsat goals`: the account of the goals taken, written and printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_files, print_json, print_table, progress_on
from udsat_geo.designation.job import find_registers_of_years
from udsat_geo.files.area_set import read_areas_of_registers
from udsat_geo.files.atomic_write import check_writable, write_texts
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.baseline import Of
from udsat_geo.monitoring.crossings import Barriers, read_barriers
from udsat_geo.monitoring.goal_figures import RULE
from udsat_geo.monitoring.goal_tables import (
    YEARS,
    as_data,
    both_verdicts,
    tables_of,
    texts_of,
)
from udsat_geo.monitoring.goal_words import differing, reasons_of_goal, verdict_in_words
from udsat_geo.monitoring.goals import (
    Account,
    LoadedGoals,
    PollingFile,
    RegistersOfYear,
    load_goals,
    read_polling,
    take_account,
)
from udsat_geo.registers.folders import DEFAULT_RAW, has_no_registers, years_in, years_of
from udsat_geo.registers.settings import read_settings
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console


HELP = "\n\n".join(
    (
        N_(
            "The policy's 18 goals: published figures, our verdict beside the report's, and what registers say of them."
        ),
        N_(
            "Without --areas it prints the goals of the status report of 2021. With --areas it computes those that "
            "registers can answer, over any set of areas, beside the published figures: tenure mix (17), dwellings "
            "lacking toilet, bath or district heating (18), criteria like a policy's (--goals), crossings per km "
            "of barrier (16) and polling districts (15)."
        ),
        N_("The rule of our verdict:"),
        *RULE,
    )
)


@options.command(HELP)
@options.option(
    "--areas", metavar="FILE", help=N_("Polygons of the areas (any vector file), or a designation_YEAR.gpkg.")
)
@options.registers_by_year_option()
@options.option(
    "--years",
    metavar="LIST",
    help=N_("The years to compute. [default: every year of --registers; of the synthetic city 2017,2019,2021]"),
)
@options.option(
    "--goals",
    "goals_file",
    type=options.PATH,
    metavar="FILE",
    help=N_("The criteria that registers answer, and how many answered surveys; without it, the built-in ones."),
)
@options.option("--barriers", metavar="FILE", help=N_("Barrier lines (goal 16), with --crossings."))
@options.option("--crossings", metavar="FILE", help=N_("Crossing points (goal 16), with --barriers."))
@options.option(
    "--polling",
    metavar="FILE",
    help=N_("Polygons of polling districts (goal 15); with columns eligible and voted their turnout too."),
)
@options.option(
    "--baseline",
    type=click.Choice(["all", "each"]),
    help=N_("What each goal starts from, as in Bilag 3: in all areas together, or in each of them too."),
)
@options.overlaps_option(N_("Where polygons overlap, count a resident in the first of them."))
@options.language_option(N_("Language of labels and tables."))
@options.json_option()
@options.out_option(N_("Write goals.json, goals.csv, goals_figures.csv and goals.md there, all or none."))
def goals(
    areas: str | None,
    registers: Path | None,
    years: str | None,
    goals_file: Path | None,
    barriers: str | None,
    crossings: str | None,
    polling: str | None,
    baseline: Of | None,
    allow_overlaps: bool,
    language: str,
    as_json: bool,
    out: Path | None,
) -> None:
    """Take the account, write its files where they are wanted, and print it."""
    named: dict[str, object] = {
        "--registers": registers, "--years": years, "--polling": polling, "--barriers": barriers,
        "--crossings": crossings, "--baseline": baseline,
    }  # fmt: skip
    wanted = _check_call(areas, named, years)
    if out is not None:
        check_writable(out)
    files_named = {"areas": areas, "barriers": barriers, "crossings": crossings, "polling": polling}
    with progress_on(not as_json) as progress, local_copies(files_named) as copies:
        if areas is None:
            account = take_account(goals=None if goals_file is None else load_goals(goals_file), language=language)
        else:
            local = {name: copies.text(name, text) for name, text in files_named.items()}
            loaded, area_set, districts, lines = _read_inputs(local, goals_file, allow_overlaps, language)
            area_set = dataclasses.replace(area_set, notes=(*copies.told(language), *area_set.notes))
            years_read = _registers_of(wanted, registers, progress)
            if has_no_registers(registers) and not as_json:
                told = _(
                    "No registers in data/raw: computing over the synthetic Copenhagen, whose residents do not exist.",
                    language,
                )
                click.echo(told)
            account = take_account(years_read, loaded, area_set, districts, lines, language, progress=progress)
        files = [] if out is None else write_texts(out, texts_of(account, language, baseline))
    if as_json:
        print_json(as_data(account, language, baseline))
    else:
        print_account(account, files, language, plain_console(), baseline)


def print_account(
    account: Account, files: list[Path], language: str, console: Console, baseline: Of | None = None
) -> None:
    """Print the tables, the reasons where our verdict is another than the report's, and what is to be said."""
    for table in tables_of(account, language, baseline):
        print_table(table, console, language)
    heading = _("Where our verdict is another than the report's", language)
    console.print(f"{heading}:", style="bold")
    for goal in differing(account.published):
        ours, report = both_verdicts(goal, language)
        console.print(f"{goal.number} {goal.label[language]}: {ours} / {report}")
        for indicator, judgement, text in reasons_of_goal(goal, language):
            console.print(f"  - {indicator.label[language]}: {verdict_in_words(judgement, language)}. {text}")
    for note in account.notes:
        console.print(note)
    print_files(files, console, language)


def _check_call(areas: str | None, named: dict[str, object], years: str | None) -> tuple[int, ...]:
    """Check that the options fit each other; the years asked for, in order."""
    problems = Problems()
    if areas is None:
        what, remedy = _("is about figures computed over areas"), _("Name the areas with --areas.")
        named_alone = [option for option, value in named.items() if value is not None]
        problems.messages += [str(Problem(option, what, remedy)) for option in named_alone]
    for one, other in (("--barriers", "--crossings"), ("--crossings", "--barriers")):
        if named[one] is not None and named[other] is None:
            what, remedy = _("goal 16 needs both barriers and crossings"), _("Give {option} too.").format(option=other)
            problems.messages.append(str(Problem(one, what, remedy)))
    wanted = () if years is None else problems.of(years_of, years)
    problems.check()
    return tuple(sorted(set(wanted or ())))


def _read_inputs(
    local: Mapping[str, str | None], goals_file: Path | None, allow_overlaps: bool, language: str
) -> tuple[LoadedGoals, AreaSet, PollingFile | None, Barriers | None]:
    """Read all files but the registers; the problems of all of them are told."""
    problems = Problems()
    polling, barriers, crossings = (
        None if (text := local[name]) is None else Path(text) for name in ("polling", "barriers", "crossings")
    )
    loaded = problems.of(load_goals, goals_file)
    area_set = problems.of(read_areas_of_registers, str(local["areas"]), language, allow_overlaps)
    districts = None if polling is None else problems.of(read_polling, polling, language, allow_overlaps)
    lines = None if barriers is None else problems.of(read_barriers, barriers, crossings, language)
    problems.check()
    return cast(LoadedGoals, loaded), cast(AreaSet, area_set), districts, lines


def _registers_of(
    years: tuple[int, ...], raw: Path | None, progress: Callable[[str], None] | None
) -> list[RegistersOfYear]:
    """The registers of every year asked for, or of every year there is."""
    wanted = years or (YEARS if has_no_registers(raw) else _years_there(raw or DEFAULT_RAW))
    found = find_registers_of_years(raw, wanted, progress=progress)
    return [RegistersOfYear(year, *of_year) for year, of_year in found.items()]


def _years_there(folder: Path) -> tuple[int, ...]:
    """The years that a folder has registers of."""
    if not folder.is_dir():
        raise InputError(Problem(str(folder), _("no such folder"), _("Name the folder that holds the registers.")))
    if years := years_in(folder):
        return tuple(years)
    year = read_settings(folder).year
    if year is None:
        what = _("does not say which year its registers are of")
        remedy = _("Say it with --years, or put each year into a folder of its own.")
        raise InputError(Problem(str(folder), what, remedy))
    return (year,)
