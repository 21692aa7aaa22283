"""`udsat rerun`: runs repeated, and what came out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from udsat_geo.cli.console import plain_console, progress_on
from udsat_geo.cli.run_again import Places, Repetition, repeat
from udsat_geo.files.crate import crate_file, read_crate
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console


DIFFERS = 3
"""Exit code of results that are not what they were."""

WORDS = {
    "da": {
        "title": "Kørsel for {year}, lavet med udsat_geo {version}",
        "file": "Fil",
        "repeated": "Gentaget",
        "lying": "Ligger ved siden af",
        "same": "samme bytes",
        "differs": "afviger",
        "missing": "kommer ikke igen",
        "new": "var der ikke før",
        "as_written": "som skrevet",
        "changed": "ændret siden",
        "absent": "er der ikke",
        "environment": "Andre versioner nu: {told}",
        "all_same": "Alle {count} resultater er de samme.",
        "not_all": "{count} af {of} resultater er ikke, som de var.",
    },
    "en": {
        "title": "Run for {year}, made with udsat_geo {version}",
        "file": "File",
        "repeated": "Repeated",
        "lying": "Lies beside",
        "same": "same bytes",
        "differs": "differs",
        "missing": "does not come again",
        "new": "was not there before",
        "as_written": "as written",
        "changed": "changed since",
        "absent": "is not there",
        "environment": "Other versions now: {told}",
        "all_same": "All {count} results are the same.",
        "not_all": "{count} of {of} results are not as they were.",
    },
}


def run_rerun(
    crate: Path,
    year: int | None,
    inputs: Path | None,
    raw: Path | None,
    policy: str | None,
    units: str | None,
    barriers: str | None,
    crossings: str | None,
    places: str | None,
    parcels: str | None,
    overrides: str | None,
    previous: Path | None,
    language: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Repeat, compare, and print.

    Raises
    ------
    InputError
        If the crate is at fault, or inputs are missing or others now.
    """
    _check_folders({"--inputs": inputs, "--raw": raw})
    path = crate_file(crate)
    runs = read_crate(path)
    if year is not None:
        told = ", ".join(str(run.year) for run in runs)
        runs = tuple(run for run in runs if run.year == year)
        if not runs:
            raise InputError(Problem(f"--year {year}", "is no run of the crate", f"It has {told}."))
    named = {"units": units, "barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels}
    with progress_on(not as_json) as progress, local_copies({**named, "overrides": overrides}) as copies:
        lie = Places(path.parent, inputs, raw, policy, previous, copies.paths)
        repeated = repeat(runs, lie, threads, progress)
    if as_json:
        click.echo(json.dumps(as_data(repeated), ensure_ascii=False, indent=2))
    else:
        print_repeated(repeated, language, plain_console())
    if not all(each.is_well for each in repeated):
        sys.exit(DIFFERS)


def as_data(repeated: tuple[Repetition, ...]) -> dict[str, Any]:
    """What came out, as plain data."""
    return {
        "same": all(each.is_well for each in repeated),
        "runs": [
            {
                "year": each.run.year,
                "version": each.run.version,
                "same": each.is_well,
                "other_versions": [
                    {"name": name, "then": then or None, "now": now or None} for name, then, now in each.environment
                ],
                "results": [
                    {
                        "name": result.name,
                        "same": result.is_same,
                        "then": result.then,
                        "now": result.now,
                        "lying": result.lying,
                    }
                    for result in each.results
                ],
            }
            for each in repeated
        ],
    }


def print_repeated(repeated: tuple[Repetition, ...], language: str, console: Console) -> None:
    """A table for each run, and the sum of them."""
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    words = WORDS[language]
    for each in repeated:
        title = words["title"].format(year=each.run.year, version=each.run.version)
        table = Table(title=Text(title), title_justify="left", box=SIMPLE)
        for head in ("file", "repeated", "lying"):
            table.add_column(words[head])
        for result in each.results:
            state = "same" if result.is_same else "missing" if result.now is None else "differs"
            state = "new" if result.then is None else state
            table.add_row(Text(result.name), words[state], words[result.lying])
        console.print(table)
        if each.environment:
            told = ", ".join(f"{name} {then or '-'} -> {now or '-'}" for name, then, now in each.environment)
            console.print(words["environment"].format(told=told))
    results = [result for each in repeated for result in each.results]
    wrong = sum(not result.is_well for result in results)
    console.print(words["not_all" if wrong else "all_same"].format(count=wrong or len(results), of=len(results)))


def _check_folders(named: dict[str, Path | None]) -> None:
    problems = [
        Problem(f"{option} {path}", "no such folder", "Check the path.")
        for option, path in named.items()
        if path is not None and not path.is_dir()
    ]
    if problems:
        raise InputError(problems)
