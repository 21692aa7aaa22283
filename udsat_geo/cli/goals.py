"""`udsat goals`: the account of the goals taken, written and printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.cli.console import plain_console, print_files, print_table, progress_on, say
from udsat_geo.cli.options import (
    SETTINGS,
    Command,
    answers_errors,
    json_option,
    language_option,
    option,
    registers_by_year_option,
)
from udsat_geo.designation.job import find_registers_of_years
from udsat_geo.designation.summary import as_json as json_text
from udsat_geo.files.area_set import read_areas_of_registers
from udsat_geo.files.atomic_write import check_writable, write_texts
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.goal_figures import RULE, VERDICTS
from udsat_geo.monitoring.goal_tables import (
    YEARS,
    as_data,
    both_verdicts,
    differing,
    reasons_of_goal,
    tables_of,
    texts_of,
)
from udsat_geo.monitoring.goals import (
    Account,
    Barriers,
    LoadedGoals,
    PollingFile,
    RegistersOfYear,
    load_goals,
    read_barriers,
    read_polling,
    take_account,
)
from udsat_geo.registers.folders import DEFAULT_RAW, has_no_registers, years_in, years_of
from udsat_geo.registers.settings import read_settings
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console


SYNTHETIC = N_("No registers in data/raw: computing over the synthetic Copenhagen, whose residents do not exist.")
_Read = TypeVar("_Read")


HELP = "\n\n".join(
    (
        N_(
            "The policy's 18 goals: published figures, our verdict beside the report's, and what registers say of them."
        ),
        N_(
            "Without --areas it prints the goals of the status report of 2021. With --areas it computes those that "
            "registers can answer, over any set of areas, beside the published figures: tenure mix (17), dwellings "
            "lacking toilet, bath or district heating (18), criteria like a policy's (--goals), crossings per km of "
            "barrier (16) and polling districts (15)."
        ),
        N_("The rule of our verdict:"),
        *RULE,
    )
)


@click.command(
    cls=Command,
    context_settings=SETTINGS,
    help=HELP,
)
@option(
    "--areas",
    metavar="FILE",
    help=N_("Polygons of the areas (any vector file), or a designation_YEAR.gpkg."),
)
@registers_by_year_option()
@option(
    "--years",
    metavar="LIST",
    help=N_("The years to compute. [default: every year of --registers; of the synthetic city 2017,2019,2021]"),
)
@option(
    "--goals",
    "goals_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("The criteria that registers answer; without it, the built-in ones."),
)
@option("--barriers", metavar="FILE", help=N_("Barrier lines (goal 16), with --crossings."))
@option("--crossings", metavar="FILE", help=N_("Crossing points (goal 16), with --barriers."))
@option(
    "--polling",
    metavar="FILE",
    help=N_("Polygons of polling districts (goal 15); with columns eligible and voted their turnout too."),
)
@option("--allow-overlaps", is_flag=True, help=N_("Where polygons overlap, count a resident in the first of them."))
@language_option(N_("Language of labels and tables."))
@json_option()
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=N_("Write goals.json, goals.csv, goals_figures.csv and goals.md there, all or none."),
)
@answers_errors
def goals(
    areas: str | None,
    registers: Path | None,
    years: str | None,
    goals_file: Path | None,
    barriers: str | None,
    crossings: str | None,
    polling: str | None,
    allow_overlaps: bool,
    language: str,
    as_json: bool,
    out: Path | None,
) -> None:
    """Take the account, write its files where they are wanted, and print it.

    Raises
    ------
    InputError
        If the call or the input is at fault.
    """
    named = {
        "--registers": registers,
        "--years": years,
        "--goals": goals_file,
        "--polling": polling,
        "--barriers": barriers,
    }
    wanted = _check_call(areas, {**named, "--crossings": crossings}, years)
    if out is not None:
        check_writable(out)
    files_named = {"areas": areas, "barriers": barriers, "crossings": crossings, "polling": polling}
    with progress_on(not as_json) as progress, local_copies(files_named) as copies:
        if areas is None:
            account = take_account(language=language)
        else:
            local = {name: copies.text(name, text) for name, text in files_named.items()}
            read = _read_inputs(
                str(local["areas"]), goals_file, local["barriers"], local["crossings"], local["polling"],
                allow_overlaps, language,
            )  # fmt: skip
            area_set = dataclasses.replace(read[1], notes=(*copies.told(language), *read[1].notes))
            years_read = _registers_of(wanted, registers, progress)
            if has_no_registers(registers) and not as_json:
                click.echo(_(SYNTHETIC, language))
            account = take_account(years_read, read[0], area_set, read[2], read[3], language, progress=progress)
        files = [] if out is None else write_texts(out, texts_of(account, language))
    if as_json:
        click.echo(json_text(as_data(account, language)), nl=False)
        return
    print_account(account, files, language, plain_console())


def print_account(account: Account, files: list[Path], language: str, console: Console) -> None:
    """Print the tables, the reasons where our verdict is another than the report's, and what is to be said."""
    for table in tables_of(account, language):
        print_table(table, console, language)
    heading = _("Where our verdict is another than the report's", language)
    console.print(f"{heading}:", style="bold")
    for goal in differing(account.published):
        ours, report = both_verdicts(goal, language)
        say(console, f"{goal.number} {goal.label[language]}: {ours} / {report}")
        for indicator, judgement, text in reasons_of_goal(goal, language):
            say(console, f"  - {indicator.label[language]}: {_(VERDICTS[judgement.verdict], language)}. {text}")
    for note in account.notes:
        say(console, note)
    print_files(files, console, language)


def _check_call(areas: str | None, named: dict[str, object], years: str | None) -> tuple[int, ...]:
    """Check that the options fit each other; the years asked for, in order.

    Raises
    ------
    InputError
        With everything that does not fit.
    """
    problems = []
    if areas is None:
        problems += [
            Problem(option, _("is about figures computed over areas"), _("Name the areas with --areas."))
            for option, value in named.items()
            if value is not None
        ]
    for one, other in (("--barriers", "--crossings"), ("--crossings", "--barriers")):
        if named[one] is not None and named[other] is None:
            problems.append(
                Problem(
                    one, _("goal 16 needs both barriers and crossings"), _("Give {option} too.").format(option=other)
                )
            )
    told = [str(problem) for problem in problems]
    wanted: tuple[int, ...] = ()
    try:
        wanted = () if years is None else years_of(years)
    except InputError as error:
        told += error.messages
    if told:
        raise InputError(told)
    return tuple(sorted(set(wanted)))


def _read_inputs(
    areas: str,
    goals_file: Path | None,
    barriers: str | None,
    crossings: str | None,
    polling: str | None,
    allow_overlaps: bool,
    language: str,
) -> tuple[LoadedGoals, AreaSet, PollingFile | None, Barriers | None]:
    """Read all files but the registers.

    Raises
    ------
    InputError
        With the problems of all of them.
    """
    problems: list[str] = []

    def read(reading: Callable[[], _Read]) -> _Read | None:
        try:
            return reading()
        except InputError as error:
            problems.extend(error.messages)
            return None

    loaded = read(lambda: load_goals(goals_file))
    area_set = read(lambda: read_areas_of_registers(areas, language, allow_overlaps))
    districts = None if polling is None else read(lambda: read_polling(Path(polling), language, allow_overlaps))
    lines = None
    if barriers is not None and crossings is not None:
        lines = read(lambda: read_barriers(Path(barriers), Path(crossings), language))
    if problems or loaded is None or area_set is None:
        raise InputError(problems)
    return loaded, area_set, districts, lines


def _registers_of(
    years: tuple[int, ...], raw: Path | None, progress: Callable[[str], None] | None
) -> list[RegistersOfYear]:
    """The registers of every year asked for, or of every year there is.

    Raises
    ------
    InputError
        Naming every year that has none.
    """
    wanted = years or (YEARS if has_no_registers(raw) else _years_there(raw or DEFAULT_RAW))
    found = find_registers_of_years(raw, wanted, progress=progress)
    return [RegistersOfYear(year, *of_year) for year, of_year in found.items()]


def _years_there(folder: Path) -> tuple[int, ...]:
    """The years that a folder has registers of.

    Raises
    ------
    InputError
        If one cannot tell.
    """
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
