"""`designate`: the main job, with progress and a result table."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from udsat_geo.cli.console import plain_console, print_result, progress_on
from udsat_geo.cli.options import (
    PROGRESS_LINES,
    SETTINGS,
    Command,
    answers_errors,
    interruption_held,
    language_option,
    option,
    place,
    policy_option,
    seed_option,
    threads_option,
    version_option,
)
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _

if TYPE_CHECKING:
    from udsat_geo.designation.job import Job
    from udsat_geo.files.write import Destination, Folder, Provenance
    from udsat_geo.sources.copies import LocalCopies

CRATE = "crate"


@click.command(
    cls=Command,
    context_settings=SETTINGS,
    epilog=PROGRESS_LINES,
    help=N_(
        "Designate the disadvantaged areas of a year from registers, by a stated policy.\n\n"
        "Results go to data/out: a GeoPackage for QGIS, a GeoTIFF, and a JSON summary with "
        "provenance."
    ),
)
@option("--year", type=int, required=True, metavar="Y", help=N_("The year to designate."))
@policy_option(N_("A built-in policy or a TOML file."))
@option(
    "--references",
    old=("--reference",),
    multiple=True,
    metavar="NAME=VALUE",
    help=N_("A figure from outside that the policy's limits are measured against; may be repeated."),
)
@option(
    "--registers",
    old=("--raw",),
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=N_(
        "Register folder; DIR/Y is used where it exists. [default: data/raw; without "
        "registers there, the synthetic Copenhagen]"
    ),
)
@option(
    "--units",
    metavar="FILE|URL",
    help=N_("A ready-made table of cells or zones instead of registers; with --registers, filled from them."),
)
@option(
    "--barriers",
    metavar="FILE|URL",
    help=N_("Lines or polygons that areas must not cross. [default: barriers.gpkg beside the registers]"),
)
@option(
    "--crossings",
    metavar="FILE|URL",
    help=N_("Points (bridges, tunnels) that reopen barriers. [default: crossings.gpkg beside the registers]"),
)
@option(
    "--places",
    metavar="FILE|URL",
    help=N_("Named points or polygons that areas are called after. [default: places.gpkg beside the registers]"),
)
@option(
    "--parcels",
    metavar="FILE|URL",
    help=N_(
        "Polygons that become the outline of areas made of addresses. [default: parcels.gpkg beside the registers]"
    ),
)
@option(
    "--overrides",
    metavar="FILE|URL",
    help=N_("Decisions that change the result last: unit_id or polygons, action, reason, decided_by, date."),
)
@option(
    "--previous",
    metavar="Y|FILE|none",
    help=N_("The designation to compare with. [default: the policy's cadence back]"),
)
@option(
    "--out",
    callback=place,
    default="data/out",
    show_default=True,
    metavar="DIR|URL",
    help=N_("Where results go: a folder, or a PostGIS database, as in postgresql://USER@HOST/DATABASE?schema=NAME."),
)
@option(
    "--format",
    "formats",
    metavar="LIST",
    help=N_("Of files: gpkg, tif, areas-tif, parquet, geojson, fgb, csv, xlsx, crate. [default: gpkg,tif]"),
)
@option("--agent", metavar="NAME|URL", help=N_("Who designates, told in the crate; nobody unless named."))
@option("--license", "licence", metavar="TEXT|URL", help=N_("What the results may be used for, told in the crate."))
@language_option(N_("Language of labels and tables."))
@seed_option()
@threads_option()
@option("--quiet", is_flag=True, help=N_("Print nothing but errors."))
@option("--json", "as_json", is_flag=True, help=N_("Print the summary alone, as JSON, on standard output."))
@version_option()
@answers_errors
def designate(
    year: int,
    policy: str,
    references: tuple[str, ...],
    registers: Path | None,
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
    with interruption_held():
        from udsat_geo.designation.job import Job
        from udsat_geo.files.earlier import store_of
        from udsat_geo.files.write import Folder, destination_of
        from udsat_geo.policy.load import load_policy, with_references
        from udsat_geo.synthetic.write import DEFAULT_SEED

    results = destination_of(out, formats)
    job = Job(
        year=year,
        policy=with_references(load_policy(policy), references),
        raw=registers,
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
    _run(job, results, named, quiet, as_json)


def _run(job: Job, results: Destination, named: Mapping[str, str | None], quiet: bool, as_json: bool) -> None:
    """Do the job, write its results and print them."""
    from udsat_geo.designation.job import is_synthetic, run
    from udsat_geo.sources.copies import local_copies

    shown = not quiet and not as_json
    if named["units"] is None and is_synthetic(job) and shown:
        told = _(
            "No registers in data/raw: running on the synthetic Copenhagen, whose residents do not exist.", job.language
        )
        click.echo(told)
    # the copies of what is fetched are there until the results are, which hash them
    with progress_on(shown) as progress, local_copies(named) as copies:
        designation = run(_with_files(job, copies), progress)
        if progress:
            progress(f"{job.year}: " + _("writing", job.language))
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
    from udsat_geo.designation.job import is_synthetic
    from udsat_geo.files.crate import below_here, crate_of
    from udsat_geo.policy.chain import BUILT_IN
    from udsat_geo.sources.addresses import shown_name

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
    return crate_of(options, policy, results.folder)


def _with_files(job: Job, copies: LocalCopies) -> Job:
    """The job with the files that it is to read, fetched ones among them."""
    from udsat_geo.designation.surroundings import Around

    paths = dict(copies.paths)
    return dataclasses.replace(
        job, units=paths.pop("units", None), around=Around(**paths), notes=copies.told(job.language)
    )


def _limit_threads(threads: int) -> None:
    import numba

    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
