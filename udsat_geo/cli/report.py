"""`udsat report`: designations read, put into one page, written and told."""

from __future__ import annotations

from pathlib import Path

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import progress_on
from udsat_geo.files.atomic_write import check_writable, write_texts
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import load_policy
from udsat_geo.report.page.build import make_page, require_bokeh
from udsat_geo.report.page.data import read_goals
from udsat_geo.report.page.milestone import read_followed
from udsat_geo.report.page.read import read_all
from udsat_geo.report.page.sure import with_how_sure
from udsat_geo.report.public_page import make_public_page, public_content

_MILLION = 1_000_000


@options.command(
    N_(
        "Make one page of designations: a map, tables, figures, the policy in words, provenance.\n\n"
        "Each FILE is a designation_YEAR.gpkg with its .json beside it. The page is a single HTML file that needs "
        "no network\nand can be sent by e-mail: it tells no rates and no exact residents of a single unit. Of a "
        "public_YEAR.gpkg of udsat release\nit is a page of ranges."
    )
)
@options.argument("files", nargs=-1, required=True, type=options.PATH, metavar="FILE...")
@options.out_option(N_("The page."), metavar="FILE", default=Path("report.html"), show_default=True)
@options.option(
    "--with-earlier/--alone",
    default=True,
    show_default=True,
    help=N_(
        "Also show designations of earlier years that lie beside the last FILE as designation_YEAR.gpkg, made by "
        "the same policy from the same kind of input."
    ),
)
@options.option(
    "--units/--no-units",
    "with_units",
    default=True,
    show_default=True,
    help=N_("Whether units come with it, by classes of residents and composite."),
)
@options.option(
    "--policy",
    metavar="NAME|FILE",
    help=N_("The policy that the files were made by, to tell it in words. [default: the built-in one of that SHA-256]"),
)
@options.option(
    "--goals",
    type=options.PATH,
    metavar="FILE",
    help=N_("The goals.json of udsat goals --out DIR, to show the 18 goals as well."),
)
@options.option(
    "--certainty",
    type=options.PATH,
    multiple=True,
    metavar="FILE",
    help=N_("The certainty_YEAR.gpkg of udsat certainty --out DIR, to show how sure a year is; may be given again."),
)
@options.option(
    "--sensitivity",
    type=options.PATH,
    multiple=True,
    metavar="FILE",
    help=N_("The sensitivity_YEAR.gpkg of udsat sensitivity --out DIR, to show how a year hangs on the settings."),
)
@options.option(
    "--status",
    type=options.PATH,
    metavar="FILE",
    help=N_(
        "The status.json of udsat status --out DIR, to judge the milestone by the areas of its first year as well."
    ),
)
@options.language_option(N_("Language in which the page opens; it holds both."))
@options.quiet_option()
def report(
    files: tuple[Path, ...],
    out: Path,
    with_earlier: bool,
    with_units: bool,
    policy: str | None,
    goals: Path | None,
    certainty: tuple[Path, ...],
    sensitivity: tuple[Path, ...],
    status: Path | None,
    language: str,
    quiet: bool,
) -> None:
    """Make the page and print what it shows."""
    if out.is_dir():
        raise InputError(Problem(str(out), _("is a folder"), _("Name a file, as in --out report.html.")))
    check_writable(out.parent)
    if any(public_content(file) is not None for file in files):
        _public_page(files, out, any((policy, goals, certainty, sensitivity)), quiet)
        return
    require_bokeh()
    with progress_on(not quiet) as progress:
        progress(_("reading and placing", language))
        loaded = None if policy is None else load_policy(policy)
        loaded_goals = None if goals is None else read_goals(goals)
        found = with_how_sure(read_all(files, with_earlier, loaded), certainty, sensitivity)
        followed = None if status is None else read_followed(status, found)
        progress(_("writing", language))
        page = make_page(found, language, with_units, loaded_goals, followed)
        write_texts(out.parent, {out.name: page})
    if quiet:
        return
    named = {path.resolve() for path in files}
    beside = [read.path.name for read in found if read.path.resolve() not in named]
    if beside:
        told = _("Earlier designations beside it are shown too: {files} (--alone leaves them out)", language)
        click.echo(told.format(files=", ".join(beside)))
    told = _("{file}: {years}; {size} MB, works without a network, in Danish and English", language)
    size = decimal(len(page.encode()) / _MILLION, 1, language)
    click.echo(told.format(file=out, years=", ".join(str(read.year) for read in found), size=size))


def _public_page(files: tuple[Path, ...], out: Path, with_more: bool, quiet: bool) -> None:
    """The page of a public set, made of nothing else."""
    content = public_content(files[0])
    if len(files) > 1 or content is None or with_more:
        what, remedy = _("is public, and its page is made of it alone"), _("Name it alone, without other files.")
        raise InputError(Problem(", ".join(map(str, files)), what, remedy))
    page = make_public_page(files[0], content)
    write_texts(out.parent, {out.name: page})
    if not quiet:
        told = _("{file}: what is public of {year}; every number of people is a range", content["language"])
        click.echo(told.format(file=out, year=content["year"]))
