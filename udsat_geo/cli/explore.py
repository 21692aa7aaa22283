"""`udsat explore`: a local page on which settings are moved, and the map answers."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import threading
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import progress_on, tell_if_synthetic
from udsat_geo.designation.job import Job, is_synthetic
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.files.earlier import DEFAULT_OUT, store_of
from udsat_geo.files.read import read_summary
from udsat_geo.messages.errors import InputError, Problem, lacking
from udsat_geo.messages.translate import N_, _
from udsat_geo.policy.load import load_policy, with_references
from udsat_geo.report.explorer import FIRST_PORT
from udsat_geo.report.explorer.answers import Answers
from udsat_geo.report.explorer.engine import Engine
from udsat_geo.report.page.build import require_bokeh
from udsat_geo.sources.copies import local_copies
from udsat_geo.synthetic import DEFAULT_SEED

if TYPE_CHECKING:
    from udsat_geo.report.explorer.server import Server

UNTIL, INPUT = "UDSAT_UNTIL", "input-ends"
"""In the environment of the command: it ends as its standard input does, and so with whoever started it, however that
ends."""


@options.command(
    N_(
        "Move the settings of a policy on a local page, and see what the areas become.\n\n"
        "FILE is a designation_YEAR.gpkg to begin with; or name a --year. The page is served to this machine alone, at "
        "an address\nthat holds a secret, and sends nothing anywhere. What is set can be saved as a policy that "
        "designate takes."
    ),
)
@options.argument("file", type=options.PATH, required=False)
@options.option("--year", type=int, metavar="Y", help=N_("The year to explore; that of FILE where one is named."))
@options.policy_option(
    N_("The policy begun with. [default: that of FILE, else kbh-2017]"), default=None, show_default=False
)
@options.references_option()
@options.registers_of_year_option()
@options.sums_option()
@options.source_options()
@options.option("--previous", metavar="Y|FILE|made|none", help=N_("The designation before it, as of `designate`."))
@options.out_option(N_("Where earlier designations are looked for. [default: the folder of FILE, else data/out]"))
@options.option(
    "--policies",
    type=options.PATH,
    metavar="DIR",
    default=Path(),
    show_default=True,
    help=N_("Where policies are saved."),
)
@options.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=FIRST_PORT,
    show_default=True,
    metavar="N",
    help=N_("Where the page is served; where it is taken, the next free one."),
)
@options.option("--browser/--no-browser", default=True, show_default=True, help=N_("Open the page in the browser."))
@options.language_option(N_("Language in which the page opens; it holds both."))
@options.seed_option()
@options.limit_options()
def explore(
    file: Path | None,
    year: int | None,
    policy: str | None,
    references: tuple[str, ...],
    registers: Path | None,
    sums: tuple[str, ...],
    previous: str | None,
    out: Path | None,
    policies: Path,
    port: int,
    browser: bool,
    language: str,
    seed: int,
    threads: int | None,
    **sources: str | None,
) -> None:
    """Designate, serve the page, and wait until it is interrupted."""
    require_bokeh()
    if (problem := lacking("explore", "tornado", "explore")) is not None:
        raise InputError(problem)
    from udsat_geo.report.explorer.server import Server

    check_writable(policies)
    year, policy, source = _begun(file, year, policy)
    loaded = with_references(load_policy(policy), references)
    store = store_of(out or (DEFAULT_OUT if file is None else file.parent))
    kept = options.kept_sums(sums, registers, sources["units"])
    job = Job(
        year, loaded, registers, None, previous, language=language, seed=seed, threads=threads, store=store, kept=kept
    )
    synthetic = sources["units"] is None and is_synthetic(job)
    if synthetic and source != "synthetic":
        what = _("was not made of the synthetic city")
        remedy = _("Name what it was made of: --registers, --units or --sums.")
        raise InputError(Problem(str(file), what, remedy))
    tell_if_synthetic(synthetic, language)
    with local_copies(sources) as copies:
        units, around = copies.paths.pop("units", None), Around(**copies.paths)
        job = dataclasses.replace(job, units=units, around=around, notes=copies.told(language))
        with progress_on(True) as progress:
            engine = Engine.of(job, progress)
        call = _call(references, registers, sums, previous, language, seed, sources)
        try:
            _serve(Server(Answers(engine, policies, policy, call, language), port), port, browser, language)
        finally:
            engine.close()


def _begun(file: Path | None, year: int | None, policy: str | None) -> tuple[int, str, str]:
    """The year and the policy that are begun with, and of what a FILE was made."""
    if file is None:
        if year is None:
            what, remedy = _("no designation and no year"), _("Name a designation_YEAR.gpkg, or give --year.")
            raise InputError(Problem("udsat explore", what, remedy))
        return year, policy or "kbh-2017", "synthetic"
    summary = read_summary(file)
    if year not in (None, summary.year):
        what = _("is of {year}, not of {asked}").format(year=summary.year, asked=year)
        raise InputError(Problem(str(file), what, _("Leave --year out.")))
    named = policy or summary.policy.id
    remedy = _("Name its policy with --policy.")
    try:
        found = load_policy(named)
    except InputError:
        what = _("was made by the policy {policy}, whose file is not known")
        raise InputError(Problem(str(file), what.format(policy=summary.policy.id), remedy)) from None
    if found.sha256 != summary.policy.sha256 and policy is None:
        what = _("was made by another policy {policy} than the one of that name").format(policy=named)
        raise InputError(Problem(str(file), what, remedy))
    return summary.year, named, summary.source


def _call(
    references: tuple[str, ...],
    registers: Path | None,
    sums: Sequence[str],
    previous: str | None,
    language: str,
    seed: int,
    sources: Mapping[str, str | None],
) -> tuple[str, ...]:
    """The options that `designate` needs to make the same."""
    words = [word for given in references for word in ("--references", given)]
    words += [word for given in sums for word in ("--sums", given)]
    for name, value in (("registers", registers), ("previous", previous), *sources.items()):
        # those are saved anew where anything was drawn or decided
        if value is not None and name != "overrides":
            words += [f"--{name}", str(value)]
    words += [] if language == "da" else ["--language", language]
    return (*words, *([] if seed == DEFAULT_SEED else ["--seed", str(seed)]))


def _wait_for_end(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop when standard input ends."""
    # not by sys.stdin, whose lock a thread that still waits would keep from Python as it ends
    while os.read(0, 1024):
        pass
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(stop.set)


def _serve(server: Server, port: int, browser: bool, language: str) -> None:
    if server.port != port:
        told = _("Port {port} is taken; {other} serves instead.", language)
        click.echo(told.format(port=port, other=server.port))
    click.echo(_("The page, for this machine alone, until Ctrl-C:", language))
    click.echo(server.address)
    if browser:
        webbrowser.open(server.address)

    async def until_interrupted() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, stop.set)
            except (NotImplementedError, RuntimeError):
                # Windows, where Ctrl-C arrives as an exception
                break
        if os.environ.get(UNTIL) == INPUT:
            threading.Thread(target=_wait_for_end, args=(loop, stop), daemon=True).start()
        await server.run(stop)

    with suppress(KeyboardInterrupt):
        asyncio.run(until_interrupted())
    click.echo(_("The page is closed.", language))
