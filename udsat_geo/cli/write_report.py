"""`udsat write-report`: the status report as a document, computed, filled, written and told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import progress_on, tell_if_synthetic
from udsat_geo.messages.translate import N_, _
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.folders import has_no_registers, years_of
from udsat_geo.report.document.make import DocumentJob, write_document
from udsat_geo.sources.copies import local_copies


@options.command(
    N_(
        "Write the status report as a Word document, or as a page.\n\n"
        "The report's own skeleton, filled from registers: introduction, conclusion, Figur 1 to 4, Tabel 1, 2 and 22, "
        "the 18 goals\nwith verdicts, the areas drawn anew with what came in and fell out and why, Bilag 1 to 3. What "
        "the office writes itself\nis read from Markdown files. It is internal. Word documents need python-docx, and "
        'figures matplotlib:\npip install "udsat_geo[docx]".'
    )
)
@options.option(
    "--areas",
    required=True,
    metavar="FILE|URL|YEAR",
    help=N_(
        "The areas of the first year: a file of polygons, a designation_YEAR.gpkg, or the year, to designate them."
    ),
)
@options.option(
    "--years",
    required=True,
    metavar="LIST",
    help=N_("The years to measure, as in 2017,2018,2019,2021; in any order, tables run from the first to the last."),
)
@options.option(
    "--updated", type=int, metavar="YEAR", help=N_("The year of the areas drawn anew, designated from its registers.")
)
@options.registers_by_year_option()
@options.policy_option(N_("A built-in policy or a TOML file: the criteria, and the milestone."))
@options.option(
    "--goals",
    type=options.PATH,
    metavar="FILE",
    help=N_("The criteria that registers answer, and how many answered surveys; without it, the built-in ones."),
)
@options.option(
    "--comments",
    type=options.PATH,
    metavar="DIR",
    help=N_("Comments and cases: a Markdown file for each section, as goal-1.md; the documentation names them all."),
)
@options.option(
    "--template",
    type=options.PATH,
    metavar="FILE",
    help=N_("The office's own Word document or template, whose styles, page and headers are used."),
)
@options.option(
    "--name", metavar="COLUMN", help=N_("The column of --areas that names its polygons. [default: name or navn]")
)
@options.overlaps_option(N_("Polygons of --areas may overlap; a resident of both counts once."))
@options.out_option(
    N_("The document: a .docx, or an .html."), metavar="FILE", default=Path("status.docx"), show_default=True
)
@options.language_option(N_("Language of the document."))
@options.seed_option()
@options.limit_options()
@options.quiet_option()
def write_report(areas: str, years: str, registers: Path | None, policy: str, quiet: bool, **asked: Any) -> None:
    """Write the document, and print what it is."""
    language = asked["language"]
    of_years, loaded = years_of(years), load_policy(policy)
    tell_if_synthetic(has_no_registers(registers) and not quiet, language)
    with progress_on(not quiet) as progress, local_copies({"areas": areas}) as copies:
        named, notes = copies.text("areas", areas) or "", copies.told(language)
        job = DocumentJob(named, of_years, loaded, raw=registers, notes=notes, **asked)
        file, empty = write_document(job, progress)
    if quiet:
        return
    told = _(
        "{file}: the status report, internal; {empty} places for comments and cases are empty (--comments).", language
    )
    click.echo(told.format(file=file, empty=empty))
