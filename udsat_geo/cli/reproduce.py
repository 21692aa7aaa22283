"""`udsat reproduce`: the checks of a report and the same tables from the synthetic registers, printed and written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from udsat_geo import __version__
from udsat_geo.cli.console import plain_console, progress_on
from udsat_geo.cli.options import SETTINGS, Command, answers_errors, json_option, language_option, option
from udsat_geo.messages.translate import N_
from udsat_geo.monitoring.printed import tables
from udsat_geo.monitoring.printed.explained import DISAGREES, Outcome, Reproduction, check_report_year
from udsat_geo.monitoring.printed.explained import reproduce as recompute
from udsat_geo.monitoring.printed.figures import Notation
from udsat_geo.monitoring.printed.words import COLUMNS, HOW_TO_READ, NOTHING, REGISTERS_TITLE, TITLE

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from udsat_geo.monitoring.printed.remeasured import Remeasured


@click.command(
    cls=Command,
    context_settings=SETTINGS,
    help=N_(
        "Recompute the published status report of YEAR from its own figures.\n\n"
        "Every derived figure and every direction the text states is held against the "
        "printed figures it derives from.\n"
        "What does not agree is listed, with how far it is off at least and the readings "
        "under which it would agree. It is\n"
        "a finding, not an error."
    ),
)
@click.argument("year", type=int)
@language_option(N_("Language of tables and files."))
@json_option()
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=N_("Write all checks there as CSV, Markdown and JSON."),
)
@option("--all", "show_all", is_flag=True, help=N_("List every check, not only what does not agree."))
@option(
    "--engine/--no-engine",
    default=True,
    show_default=True,
    help=N_("The tables of the criteria from the synthetic registers as well, which takes longer."),
)
@answers_errors
def reproduce(year: int, language: str, as_json: bool, out: Path | None, show_all: bool, engine: bool) -> None:
    """Recompute a report, print what was found, and write the files asked for.

    Raises
    ------
    InputError
        If the package does not hold the report of that year, or the folder cannot be written.
    """
    check_report_year(year)
    if out is not None:
        from udsat_geo.files.atomic_write import check_writable

        check_writable(out)
    made = recompute(year)
    measured = _measured(language, shown=not as_json) if engine else None
    content = _as_json(made, measured, language)
    files = [] if out is None else _write(made, measured, content, out, language)
    if as_json:
        click.echo(content, nl=False)
        return
    console = plain_console()
    _print_checks(made, language, show_all, console)
    if measured is not None:
        _print_measured(measured, language, console)
    if files:
        console.print(f"{COLUMNS['files'].in_language(language)}:", *files, sep="\n  ", highlight=False, soft_wrap=True)


def _measured(language: str, shown: bool) -> Remeasured:
    from udsat_geo.monitoring.printed.remeasured import remeasure

    with progress_on(shown) as progress:
        return remeasure(progress, language)


def _as_json(made: Reproduction, measured: Remeasured | None, language: str) -> str:
    content: dict[str, Any] = {"version": __version__, **tables.as_data(made, language), "registers": None}
    if measured is not None:
        from udsat_geo.monitoring.printed.remeasured import as_data

        content["registers"] = as_data(measured)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _write(made: Reproduction, measured: Remeasured | None, content: str, out: Path, language: str) -> list[str]:
    from udsat_geo.files.atomic_write import write_texts

    stem, page = f"reproduction_{made.year}", tables.checks_markdown(made, language)
    texts = {f"{stem}.csv": tables.checks_csv(made, language)}
    if measured is not None:
        from udsat_geo.monitoring.printed.remeasured import registers_csv, registers_markdown

        page += "\n" + registers_markdown(measured, language)
        texts[f"{stem}_registers.csv"] = registers_csv(measured, language)
    texts |= {f"{stem}.md": page, f"{stem}.json": content}
    return [str(path) for path in write_texts(out, texts)]


def _print_checks(made: Reproduction, language: str, show_all: bool, console: Console) -> None:
    table = _table(TITLE.in_language(language).format(year=made.year))
    for position, name in enumerate(tables.summary_head(language)):
        table.add_column(name, justify="right" if position else "left")
    for row in tables.summary_rows(made, language):
        table.add_row(*row)
    console.print(table)
    for sentence in (*tables.sentences_of(made, language), HOW_TO_READ.in_language(language)):
        console.print(sentence, highlight=False)
    if show_all:
        console.print(_checks(made, made.outcomes, language, "all"))
    elif made.disagreements:
        console.print(_checks(made, made.disagreements, language, "disagreements"))
    else:
        console.print(NOTHING.in_language(language), highlight=False)


def _checks(made: Reproduction, outcomes: tuple[Outcome, ...], language: str, title: str) -> Table:
    """Checks as a table of the console: one cell for what, how and why, one for result and interval."""
    from rich.text import Text

    table = _table(COLUMNS[title].in_language(language))
    table.leading = 1
    words = {key: column.in_language(language) for key, column in COLUMNS.items()}
    table.add_column(f"{words['place']}: {words['cell']}, {words['explanation']}")
    for key in ("printed", "computed", "at_least"):
        table.add_column(words[key], justify="right", no_wrap=key != "at_least")
    notation = Notation(language)
    for outcome in outcomes:
        row = tables.row_of(outcome, made.report, notation)
        computed = row["computed"] if row["interval"] == row["computed"] else f"{row['computed']}\n{row['interval']}"
        readings = (f"  - {text}" for text in tables.explanations_of(outcome, language))
        what = Text("\n").join(
            [Text(f"{row['place']}: {row['cell']}", style="bold"), *map(Text, (row["formula"], *readings))]
        )
        off = row["at_least"] if outcome.verdict == DISAGREES else row["verdict"]
        table.add_row(what, row["printed"], computed, off)
    return table


def _print_measured(measured: Remeasured, language: str, console: Console) -> None:
    from udsat_geo.monitoring.printed.remeasured import head, row_of, sentences_of

    table = _table(REGISTERS_TITLE.in_language(language))
    for position, name in enumerate(head(language)):
        table.add_column(name, justify="left" if position < 2 else "right")
    for cell in measured.cells:
        table.add_row(*row_of(cell, Notation(language)), style=None if cell.is_within else "bold")
    console.print(table)
    for sentence in sentences_of(measured, language):
        console.print(sentence, highlight=False)


def _table(title: str) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    return Table(title=title, title_justify="left", box=SIMPLE)
