"""`designate`: the main job, with progress and a result table."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from udsat_geo.cli.console import plain_console, print_result, progress_on
from udsat_geo.designation.job import Job, is_synthetic, run
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import Folder, Provenance, destination_of
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import load_policy, with_references
from udsat_geo.sources.addresses import shown_name
from udsat_geo.sources.copies import LocalCopies, local_copies
from udsat_geo.synthetic.write import DEFAULT_SEED

CRATE = "crate"


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
    agent: str | None = None,
    licence: str | None = None,
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
        store=store_of(results.earlier),
        language=language,
        seed=DEFAULT_SEED if seed is None else seed,
        threads=threads,
    )
    results.check(year)
    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels}
    named = {"units": units, **around, "overrides": overrides}
    if isinstance(results, Folder) and CRATE in results.formats:
        told = {"--reference": references, "--previous": previous, "--agent": agent, "--license": licence}
        results = dataclasses.replace(results, provenance=_provenance(job, policy, results, named, told))
    elif agent is not None or licence is not None:
        what = _("are told in a crate, and none is asked for")
        raise InputError(Problem("--agent, --license", what, _("Add crate to --format, or leave them out.")))
    if threads is not None:
        _limit_threads(threads)
    shown = not quiet and not as_json
    if units is None and is_synthetic(job) and shown:
        click.echo(
            _("No registers in data/raw: running on the synthetic Copenhagen, whose residents do not exist.", language)
        )
    # the copies of what is fetched are there until the results are, which hash them
    with progress_on(shown) as progress, local_copies(named) as copies:
        designation = run(_with_files(job, copies), progress)
        if progress:
            progress(f"{year}: {_('writing', language)}")
        written, summary = results.write(designation)
    if as_json:
        click.echo(summary, nl=False)
    elif not quiet:
        print_result(designation, written, plain_console())


def _provenance(
    job: Job,
    policy: str,
    results: Folder,
    named: Mapping[str, str | None],
    told: Mapping[str, str | Sequence[str] | None],
) -> Provenance:
    """What writes the crate of this call."""
    from udsat_geo.files.crate import Call, below_here, crate_of

    made = named["units"] is None and is_synthetic(job)
    previous = told["--previous"]
    given: dict[str, str | Sequence[str] | None] = {
        **told,
        "--year": str(job.year),
        "--policy": policy if policy in BUILT_IN else Path(policy).name,
        "--raw": None if job.raw is None else below_here(job.raw) or "elsewhere",
        "--previous": Path(previous).name if isinstance(previous, str) else None,
        "--format": ",".join(results.formats),
        "--lang": job.language,
        "--seed": str(job.seed) if made else None,
        **{f"--{name}": None if text is None else shown_name(text) for name, text in named.items()},
    }
    options = {
        name: (text,) if isinstance(text, str) else tuple(text) for name, text in given.items() if text is not None
    }
    return crate_of(Call(options, policy, results.folder))


def _with_files(job: Job, copies: LocalCopies) -> Job:
    """The job with the files that it is to read, fetched ones among them."""
    paths = dict(copies.paths)
    return dataclasses.replace(
        job, units=paths.pop("units", None), around=Around(**paths), notes=copies.told(job.language)
    )


def _limit_threads(threads: int) -> None:
    import numba

    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
