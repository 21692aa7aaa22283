"""`udsat status`: the status taken, written and printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_files, print_json, print_table, progress_on, tell_if_synthetic
from udsat_geo.files.area_set import read_areas_of_registers
from udsat_geo.files.atomic_write import check_writable, write_texts
from udsat_geo.files.earlier import store_of
from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.status import StatusJob, StatusReport, take_report
from udsat_geo.monitoring.status_tables import SYNTHETIC as SYNTHETIC_REGISTERS
from udsat_geo.monitoring.status_tables import as_data, closing_sentences, opening_sentences, tables_of, texts_of
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.expressions import working_crs
from udsat_geo.registers.folders import has_no_registers, years_of
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console


MOST_YEARS = 5
"""Of a table in a narrow window, so that it fits 80 columns."""
WIDE = 120
"""From how many columns on a table may have all years."""


@options.command(
    N_(
        "Measure areas against the rest of the city, year by year, as Copenhagen's status report does.\n\n"
        "Tabel 1: the criteria in the areas and in the rest of the city. Tabel 2: the gap between them and how it "
        "changed.\nTabel 22: the areas beside their updated successors. And how far the policy's milestone is, "
        "such as gaps that are\nhalved by 2025.\n\n"
        "In the areas of a designation live those in its own cells (or addresses), in polygons those whose address "
        "they\ncover; an address on a border belongs to the first."
    )
)
@options.option(
    "--areas",
    required=True,
    metavar="FILE|URL|YEAR",
    help=N_("A designation_YEAR.gpkg, polygons of any file or service, or a year: designated from its registers then."),
)
@options.option(
    "--years",
    required=True,
    metavar="LIST",
    help=N_("The years to measure, as in 2017,2018,2019,2021; in any order, tables run from the first to the last."),
)
@options.option(
    "--updated", metavar="FILE|URL|YEAR", help=N_("Areas that follow, compared with --areas in the last year.")
)
@options.option(
    "--categories",
    is_flag=True,
    help=N_("Print all categories of Bilag 1 too: labour market, income, origin, education; JSON and files have them."),
)
@options.registers_by_year_option()
@options.policy_option(N_("A built-in policy or a TOML file: the criteria, and the milestone."))
@options.overlaps_option(N_("Polygons may overlap; a resident of both counts once."))
@options.language_option(N_("Language of labels and tables."))
@options.limit_options()
@options.json_option()
@options.out_option(N_("Write status.json, status.csv and status.md there, all or none."))
def status(
    areas: str,
    years: str,
    updated: str | None,
    categories: bool,
    registers: Path | None,
    policy: str,
    allow_overlaps: bool,
    language: str,
    threads: int | None,
    as_json: bool,
    out: Path | None,
) -> None:
    """Take the status, write its files where they are wanted, and print it."""
    asked, loaded = years_of(years), load_policy(policy)
    if out is not None:
        check_writable(out)
    named = {"areas": areas, "updated": updated}
    with progress_on(not as_json) as progress, local_copies(named) as copies:
        local = {name: copies.text(name, text) for name, text in named.items()}
        job = StatusJob(
            areas=local["areas"] or "",
            years=asked,
            policy=loaded,
            updated=local["updated"],
            raw=registers,
            allow_overlaps=allow_overlaps,
            language=language,
            threads=threads,
            store=store_of(),
            notes=copies.told(language),
            categories=categories or as_json or out is not None,
        )
        crs = working_crs(loaded.policy)
        report = take_report(job, lambda path: read_areas_of_registers(path, language, allow_overlaps, crs), progress)
        # files are hashed for it: not needed to print tables
        data = as_data(report) if as_json or out is not None else {}
        files = [] if out is None else write_texts(out, texts_of(report, data))
    if as_json:
        print_json(data)
        return
    tell_if_synthetic(has_no_registers(registers), language)
    print_status(report, files, plain_console(), told=has_no_registers(registers), categories=categories)


def print_status(
    report: StatusReport, files: list[Path], console: Console, told: bool = False, categories: bool = True
) -> None:
    """Print what the areas are, every table, the goal's verdict, and what is to be said.

    `told` says whether it has been said already that the registers are synthetic, `categories` whether those that were
    counted are printed.
    """
    language = report.language
    for sentence in opening_sentences(report):
        if not told or sentence != _(SYNTHETIC_REGISTERS, language):
            console.print(sentence)
    for table in tables_of(report, MOST_YEARS if console.width < WIDE else None, categories):
        print_table(table, console, language)
        if table.notes:
            console.print()
    for sentence in closing_sentences(report):
        console.print(sentence)
    print_files(files, console, language)
