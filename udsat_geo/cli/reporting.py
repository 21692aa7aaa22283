"""`udsat report`: designations read, put into one page, written and told."""

from __future__ import annotations

from pathlib import Path

import click

from udsat_geo.cli.console import progress_on
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.load import load_policy
from udsat_geo.report.page.build import make_page, require_bokeh, write_page
from udsat_geo.report.page.data import read_goals
from udsat_geo.report.page.read import read_all

_MILLION = 1_000_000


def run_report(
    files: tuple[Path, ...],
    out: Path,
    with_earlier: bool,
    with_units: bool,
    policy: str | None,
    goals: Path | None,
    language: str,
    quiet: bool,
) -> None:
    """Make the page and print what it shows.

    Raises
    ------
    InputError
        If Bokeh is missing, or the call or a file is at fault.
    OutputError
        If the page cannot be written.
    """
    require_bokeh()
    if out.is_dir():
        raise InputError(Problem(str(out), _("is a folder"), _("Name a file, as in --out report.html.")))
    check_writable(out.parent)
    with progress_on(not quiet) as progress:
        if progress is not None:
            progress(_("reading and placing", language))
        loaded = None if policy is None else load_policy(policy)
        told = None if goals is None else read_goals(goals)
        found = read_all(files, with_earlier, loaded)
        if progress is not None:
            progress(_("writing", language))
        page = make_page(found, language, with_units, told)
        write_page(page, out)
    if quiet:
        return
    named = {path.resolve() for path in files}
    beside = [read.path.name for read in found if read.path.resolve() not in named]
    if beside:
        click.echo(
            _("Earlier designations beside it are shown too: {files} (--alone leaves them out)", language).format(
                files=", ".join(beside)
            )
        )
    size = f"{len(page.encode()) / _MILLION:.1f}"
    years = ", ".join(str(read.year) for read in found)
    click.echo(
        _("{file}: {years}; {size} MB, works without a network, in Danish and English", language).format(
            file=out, years=years, size=size if language == "en" else size.replace(".", ",")
        )
    )
