"""`udsat rerun`: runs repeated from their crate, and their results held to those that they had."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_json, print_table, progress_on
from udsat_geo.files.crate import crate_file, read_crate
from udsat_geo.files.rerun import Places, repeat
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console

DIFFERS = 3
"""Exit code of results that are not what they were."""


@options.command(
    N_(
        "Repeat the runs of CRATE and say of each result whether it comes out the same, byte for byte.\n\n"
        "CRATE is a folder with the ro-crate-metadata.json that `designate --format gpkg,crate` wrote, or that "
        "file. Inputs are no part of it: options say where they lie, else they are looked for below this folder, "
        "where they lay below the folder of the run; and their hashes must be those of the run. What a service "
        "gave is fetched only from an address that is given here. Results go to a temporary folder and are gone "
        "afterwards.\n\n"
        "Exit codes: 0 every result is the same; 2 an input is missing or another one now, or the crate is at "
        "fault; 3 a result differs, or lies changed beside the crate."
    )
)
@options.argument("crate", type=options.PATH)
@options.option("--year", type=int, metavar="Y", help=N_("Repeat the run of this year alone. [default: every run]"))
@options.option(
    "--inputs",
    type=options.PATH,
    metavar="DIR",
    help=N_("A folder that holds inputs by their names, or by year and name (DIR/Y)."),
)
@options.registers_option(N_("Register folder; DIR/Y where it exists."))
@options.option("--policy", metavar="FILE", help=N_("The policy file, where it is not built in."))
@options.source_option("--units", N_("The table of units."))
@options.source_option("--barriers", N_("The barriers."))
@options.source_option("--crossings", N_("The crossings."))
@options.source_option("--places", N_("The named places."))
@options.source_option("--parcels", N_("The parcels."))
@options.source_option("--regions", N_("The regions."))
@options.source_option("--overrides", N_("The decisions."))
@options.source_option("--crosswalk", N_("How earlier zones belong to those of the run."))
@options.option(
    "--previous",
    type=options.PATH,
    metavar="FILE",
    help=N_("The designation_YEAR.gpkg that was compared with, where it was named as a file."),
)
@options.language_option(N_("Language of the table; results are in that of the run."))
@options.limit_options()
@options.json_option()
def rerun(
    crate: Path,
    year: int | None,
    inputs: Path | None,
    registers: Path | None,
    policy: str | None,
    previous: Path | None,
    language: str,
    threads: int | None,
    as_json: bool,
    **named: str | None,
) -> None:
    """Repeat, compare, and print."""
    folders = {"--inputs": inputs, "--registers": registers}
    missing = [f"{option} {path}" for option, path in folders.items() if path is not None and not path.is_dir()]
    if missing:
        raise InputError([Problem(where, _("no such folder"), _("Check the path.")) for where in missing])
    path = crate_file(crate)
    runs = read_crate(path)
    if year is not None:
        years = ", ".join(str(run.year) for run in runs)
        runs = tuple(run for run in runs if run.year == year)
        if not runs:
            remedy = _("It has {years}.").format(years=years)
            raise InputError(Problem(f"--year {year}", _("is no run of the crate"), remedy))
    with progress_on(not as_json) as progress, local_copies(named) as copies:
        places = Places(path.parent, inputs, registers, policy, previous, copies.paths)
        repeated = repeat(runs, places, threads, progress)
    same = all(each["same"] for each in repeated)
    if as_json:
        print_json({"same": same, "runs": repeated})
    else:
        print_repeated(repeated, language, plain_console())
    if not same:
        sys.exit(DIFFERS)


def print_repeated(repeated: Sequence[Mapping[str, Any]], language: str, console: Console) -> None:
    """A table for each run, and the sum of them."""
    lying = {
        "as_written": _("as written", language),
        "changed": _("changed since", language),
        "absent": _("is not there", language),
    }
    heads = (_("File", language), _("Repeated", language), _("Lies beside", language))
    for each in repeated:
        rows = []
        for result in each["results"]:
            state = _("same bytes", language) if result["same"] else _("differs", language)
            state = _("does not come again", language) if result["now"] is None else state
            state = _("was not there before", language) if result["then"] is None else state
            rows.append((result["name"], state, lying[result["lying"]]))
        title = _("Run for {year}, made with udsat_geo {version}", language).format(**each)
        print_table(Table(title, heads, tuple(rows), left=frozenset({0, 1, 2})), console, language)
        others = [
            f"{other['name']} {other['then'] or '-'} -> {other['now'] or '-'}" for other in each["other_versions"]
        ]
        if others:
            console.print(_("Other versions now: {versions}", language).format(versions=", ".join(others)))
    results = [result for each in repeated for result in each["results"]]
    wrong = sum(not result["same"] or result["lying"] == "changed" for result in results)
    text = _("{wrong} of {count} results are not as they were.", language)
    text = text if wrong else _("All {count} results are the same.", language)
    console.print(text.format(wrong=wrong, count=len(results)))
