"""`udsat reproduce`: the checks of a report and the same tables from the synthetic registers, printed and written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_files, print_table, progress_on
from udsat_geo.files.atomic_write import check_writable, write_texts
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.version import __version__
from udsat_geo.monitoring.printed import tables
from udsat_geo.monitoring.printed.explained import Reproduction, check_report_year
from udsat_geo.monitoring.printed.explained import reproduce as recompute

if TYPE_CHECKING:
    from rich.console import Console

    from udsat_geo.monitoring.printed.remeasured import Remeasured


@options.command(
    N_(
        "Recompute the published status report of YEAR from its own figures.\n\n"
        "Every derived figure and every direction the text states is held against the printed figures it derives "
        "from.\nWhat does not agree is listed, with how far it is off at least and the readings under which it "
        "would agree. It is\na finding, not an error."
    )
)
@options.argument("year", type=int)
@options.language_option(N_("Language of tables and files."))
@options.json_option()
@options.out_option(N_("Write all checks there as CSV, Markdown and JSON."))
@options.option("--all", "show_all", is_flag=True, help=N_("List every check, not only what does not agree."))
@options.option(
    "--engine/--no-engine",
    default=True,
    show_default=True,
    help=N_("The tables of the criteria from the synthetic registers as well, which takes longer."),
)
def reproduce(year: int, language: str, as_json: bool, out: Path | None, show_all: bool, engine: bool) -> None:
    """Recompute a report, print what was found, and write the files asked for."""
    check_report_year(year)
    if out is not None:
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
    print_files(files, console, language)


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


def _write(made: Reproduction, measured: Remeasured | None, content: str, out: Path, language: str) -> list[Path]:
    stem, page = f"reproduction_{made.year}", tables.checks_markdown(made, language)
    texts = {f"{stem}.csv": tables.checks_csv(made, language)}
    if measured is not None:
        from udsat_geo.monitoring.printed.remeasured import registers_csv, registers_markdown

        page += "\n" + registers_markdown(measured, language)
        texts[f"{stem}_registers.csv"] = registers_csv(measured, language)
    texts |= {f"{stem}.md": page, f"{stem}.json": content}
    return write_texts(out, texts)


def _print_checks(made: Reproduction, language: str, show_all: bool, console: Console) -> None:
    print_table(tables.summary_table(made, language), console, language)
    for sentence in (*tables.sentences_of(made, language), _(tables.HOW_TO_READ, language)):
        console.print(sentence)
    if show_all:
        table = tables.checks_table(made, made.outcomes, N_("Everything checked"), language)
    elif made.disagreements:
        table = tables.checks_table(made, made.disagreements, N_("What does not agree"), language)
    else:
        console.print(_(tables.NOTHING, language))
        return
    print_table(table, console, language)


def _print_measured(measured: Remeasured, language: str, console: Console) -> None:
    from udsat_geo.monitoring.printed.figures import Notation
    from udsat_geo.monitoring.printed.remeasured import sentences_of, table_of

    print_table(table_of(measured, Notation(language)), console, language)
    for sentence in sentences_of(measured, language):
        console.print(sentence)
