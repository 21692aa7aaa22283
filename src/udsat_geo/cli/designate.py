"""`designate`: the main job, with progress and a result table."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from udsat_geo.cli.console import plain_console, print_result, progress_on
from udsat_geo.io.destination import destination_of
from udsat_geo.job import Job, is_synthetic, run
from udsat_geo.policy import load_policy, with_references
from udsat_geo.services import LocalCopies, local_copies
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
    job = Job(
        year=year,
        policy=with_references(load_policy(policy), references),
        raw=raw,
        previous=previous,
        out=results.folder,
        language=language,
        seed=DEFAULT_SEED if seed is None else seed,
        threads=threads,
    )
    results.check(year)
    if threads is not None:
        _limit_threads(threads)
    shown = not quiet and not as_json
    if units is None and is_synthetic(job) and shown:
        click.echo(SYNTHETIC[language])
    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels}
    named = {"units": units, **around, "overrides": overrides}
    # the copies of what is fetched are there until the results are, which hash them
    with progress_on(shown) as progress, local_copies(named) as copies:
        designation = run(_with_files(job, copies), progress)
        if progress:
            progress(f"{year}: {STEPS[language]['writing']}")
        written, summary = results.write(designation)
    if as_json:
        click.echo(summary, nl=False)
    elif not quiet:
        print_result(designation, written, plain_console())


def _with_files(job: Job, copies: LocalCopies) -> Job:
    """The job with the files that it is to read, fetched ones among them."""
    paths = dict(copies.paths)
    return dataclasses.replace(
        job, units=paths.pop("units", None), around=Around(**paths), notes=copies.told(job.language)
    )


def _limit_threads(threads: int) -> None:
    import numba

    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
