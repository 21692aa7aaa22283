"""`designate`: the main job, with progress and a result table."""

from __future__ import annotations

from pathlib import Path

import click

from udsat_geo.cli.console import plain_console, print_result, progress_on
from udsat_geo.io.destination import destination_of
from udsat_geo.job import Job, is_synthetic, run
from udsat_geo.policy import load_policy, with_references
from udsat_geo.surroundings import Around
from udsat_geo.synthetic import DEFAULT_SEED
from udsat_geo.wording import STEPS

SYNTHETIC = {
    "da": "Ingen registre i data/raw: kører på det syntetiske København, hvis beboere ikke findes.",
    "en": "No registers in data/raw: running on the synthetic Copenhagen, whose residents do not exist.",
}


def run_designate(
    year: int,
    policy: str,
    references: tuple[str, ...],
    raw: Path | None,
    units: str | None,
    barriers: str | None,
    crossings: str | None,
    places: str | None,
    parcels: str | None,
    overrides: str | None,
    previous: str | None,
    out: Path | str,
    formats: str | None,
    language: str,
    seed: int | None,
    threads: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run the job, write its files, print its result.

    Raises
    ------
    InputError
        If the call or the input is at fault.
    """
    results = destination_of(out, formats)
    around = (barriers, crossings, places, parcels, overrides)
    job = Job(
        year=year,
        policy=with_references(load_policy(policy), references),
        raw=raw,
        units=None if units is None else Path(units),
        previous=previous,
        around=Around(*(None if file is None else Path(file) for file in around)),
        out=results.folder,
        language=language,
        seed=DEFAULT_SEED if seed is None else seed,
        threads=threads,
    )
    results.check(year)
    if threads is not None:
        _limit_threads(threads)
    if is_synthetic(job) and not quiet and not as_json:
        click.echo(SYNTHETIC[language])
    with progress_on(not quiet and not as_json) as progress:
        designation = run(job, progress)
        if progress:
            progress(f"{year}: {STEPS[language]['writing']}")
        written, summary = results.write(designation)
    if as_json:
        click.echo(summary, nl=False)
    elif not quiet:
        print_result(designation, written, plain_console())


def _limit_threads(threads: int) -> None:
    import numba

    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
