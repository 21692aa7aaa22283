"""`designate`: the main job, with progress and a result table."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_result, progress_on, tell_if_synthetic
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _

if TYPE_CHECKING:
    from udsat_geo.cluster.exchange import Place
    from udsat_geo.designation.designation import Designation
    from udsat_geo.designation.job import Job
    from udsat_geo.files.write import Destination, Folder, Provenance
    from udsat_geo.release.policy import ReleasePolicy

CRATE = "crate"
SOURCES = (*options.SOURCES, "ground", "crosswalk")
"""Inputs with geometries, in the order in which they are read, whatever the order of the call."""


@options.command(
    N_(
        "Designate the disadvantaged areas of a year from registers, by a stated policy.\n\n"
        "Results go to data/out: a GeoPackage for QGIS, a GeoTIFF, and a JSON summary with provenance."
    ),
    epilog=options.PROGRESS_LINES,
)
@options.option("--year", type=int, required=True, metavar="Y", help=N_("The year to designate."))
@options.policy_option(N_("A built-in policy or a TOML file."))
@options.references_option()
@options.registers_of_year_option()
@options.sums_option()
@options.source_options()
@options.source_option(
    "--ground",
    N_(
        "What maps are drawn on: polygons and lines with a kind (land, park, water, district, road, railway). "
        "[default: ground.gpkg beside the registers]"
    ),
)
@options.option(
    "--previous",
    metavar="Y|FILE|made|none",
    help=N_(
        "The designation to compare with and to take ids, names and first years from; made: made anew from the "
        "registers, whatever is stored. [default: the policy's cadence back, as stored in --out, else made]"
    ),
)
@options.crosswalk_option()
@options.crosswalk_columns_option()
@options.option(
    "--certainty",
    is_flag=True,
    help=N_("Say how sure it is as well, by 200 draws: in areas, units, the summary and a line (see udsat certainty)."),
)
@options.option(
    "--cluster",
    metavar="ADDRESS|local:N",
    help=N_(
        "Read registers on the workers of a Dask scheduler (tcp://scheduler:8786), or of N processes of this machine; "
        "no result depends on it."
    ),
)
@options.option(
    "--exchange",
    type=options.PLACE,
    metavar="DIR|URL",
    help=N_(
        "With --cluster: a folder that all workers see, for what they hand to each other. [default: for local:N, a "
        "temporary one]"
    ),
)
@options.option(
    "--out",
    default="data/out",
    show_default=True,
    metavar="DIR|URL",
    help=N_("Where results go: a folder, or a PostGIS database, as in postgresql://USER@HOST/DATABASE?schema=NAME."),
)
@options.option(
    "--format",
    "formats",
    metavar="LIST",
    help=N_("Of files: gpkg, tif, areas-tif, parquet, geojson, fgb, csv, xlsx, sums, crate. [default: gpkg,tif]"),
)
@options.option(
    "--release",
    is_flag=False,
    flag_value="kbh",
    metavar="[POLICY]",
    help=N_(
        "Make what may be published as well, in the folder public below --out, by a release policy: dst, "
        "eurostat-grid, kbh (also without a name) or a TOML file (see udsat release)."
    ),
)
@options.option("--agent", metavar="NAME|URL", help=N_("Who designates, told in the crate; nobody unless named."))
@options.option(
    "--license", "licence", metavar="TEXT|URL", help=N_("What the results may be used for, told in the crate.")
)
@options.language_option(N_("Language of labels and tables."))
@options.seed_option()
@options.limit_options()
@options.quiet_option()
@options.json_option(N_("Print the summary alone, as JSON, on standard output."))
@options.version_option()
def designate(
    year: int,
    policy: str,
    references: tuple[str, ...],
    registers: Path | None,
    sums: tuple[str, ...],
    previous: str | None,
    crosswalk_columns: tuple[str, ...],
    certainty: bool,
    cluster: str | None,
    exchange: Place | None,
    out: str,
    formats: str | None,
    release: str | None,
    language: str,
    seed: int,
    threads: int | None,
    quiet: bool,
    as_json: bool,
    agent: str | None,
    licence: str | None,
    **sources: str | None,
) -> None:
    """Run the job, write its files, print its result."""
    with options.interruption_held():
        from udsat_geo.designation.draws import DRAWS
        from udsat_geo.designation.job import Job, crosswalk_named
        from udsat_geo.files.earlier import store_of
        from udsat_geo.files.write import Folder, destination_of
        from udsat_geo.policy.load import load_policy, with_references

    named = {name: sources[name] for name in SOURCES}
    crosswalk_by = crosswalk_named(named["crosswalk"])[1]
    named |= {"crosswalk": None} if crosswalk_by else {}
    results = destination_of(out, formats)
    released = _released(release, results)
    job = Job(
        year=year,
        policy=with_references(load_policy(policy), references),
        raw=registers,
        previous=previous,
        store=store_of(results.earlier),
        language=language,
        seed=seed,
        threads=threads,
        crosswalk_columns=crosswalk_columns,
        crosswalk_by=crosswalk_by,
        kept=options.kept_sums(sums, registers, named["units"]),
    )
    results.check(year)
    if isinstance(results, Folder) and CRATE in results.formats:
        told = {
            "--reference": references, "--previous": previous, "--agent": agent, "--license": licence,
            "--crosswalk-columns": ",".join(crosswalk_columns) or None,
            "--certainty": str(DRAWS) if certainty else None, "--sums": [Path(place).name for place in sums],
        }  # fmt: skip
        results = dataclasses.replace(results, provenance=_provenance(job, policy, results, named, told))
    elif agent is not None or licence is not None:
        what = _("are told in a crate, and none is asked for")
        raise InputError(Problem("--agent, --license", what, _("Add crate to --format, or leave them out.")))
    _run(job, results, named, (certainty, quiet, as_json), (cluster, exchange), released)


def _released(release: str | None, results: Destination) -> tuple[ReleasePolicy, Path] | None:
    """The release policy that was asked for, checked before anything is done, and the folder of the results."""
    if release is None:
        return None
    from udsat_geo.files.write import Folder
    from udsat_geo.release.policy import load_release_policy

    if not isinstance(results, Folder):
        what, remedy = _("needs a folder, in which the ledger of what was published lies"), _("Name one with --out.")
        raise InputError(Problem("--release", what, remedy))
    return load_release_policy(release), results.folder


def _run(
    job: Job,
    results: Destination,
    named: Mapping[str, str | None],
    flags: tuple[bool, bool, bool],
    cluster: tuple[str | None, Place | None],
    released: tuple[ReleasePolicy, Path] | None,
) -> None:
    """Do the job, write its results and print them; the flags are those of the command."""
    from udsat_geo.cluster.reading import reader_of_registers
    from udsat_geo.designation.job import is_synthetic, run, tables_of_years
    from udsat_geo.designation.surroundings import Around
    from udsat_geo.sources.copies import local_copies

    certainty, quiet, as_json = flags
    if job.threads is not None:
        import numba

        numba.set_num_threads(min(job.threads, numba.config.NUMBA_NUM_THREADS))
    _arrow_without_frames()
    shown = not quiet and not as_json
    tell_if_synthetic(named["units"] is None and is_synthetic(job) and shown, job.language)
    # the copies of what is fetched are there until the results are, which hash them
    tables = {} if named["units"] is None else tables_of_years(named["units"], job.year, job.policy.policy)
    by_year = {"units" if of_year == job.year else f"units_{of_year}": of_year for of_year in tables}
    sources = {**{name: tables[of_year] for name, of_year in by_year.items()}, **{n: named[n] for n in SOURCES[1:]}}
    with progress_on(shown) as progress, local_copies(sources) as copies:
        of_years = {of_year: copies.paths.pop(name) for name, of_year in by_year.items()}
        units, around = of_years.pop(job.year, None), Around(**copies.paths)
        job = dataclasses.replace(job, units=units, units_then=of_years, around=around, notes=copies.told(job.language))
        has_units = named["units"] is not None or job.kept is not None
        # what draws people, publishes, or counts cells by itself wants to hold all of them
        holds_few = not (certainty or released or "sums" in getattr(results, "formats", ()))
        reader = reader_of_registers(cluster, "--exchange", job.policy.policy, has_units, progress, holds_few)
        with reader as elsewhere:
            designation = run(dataclasses.replace(job, elsewhere=elsewhere), progress)
            if certainty:
                from udsat_geo.analysis.certainty import with_certainty

                designation = with_certainty(designation, job, progress=progress)
            progress(f"{job.year}: " + _("writing", job.language))
            written, summary = results.write(designation)
        if released is not None:
            progress(f"{job.year}: " + _("attacking what would be published", job.language))
            written += _publish(designation, *released)
    if as_json:
        click.echo(summary, nl=False)
    elif not quiet:
        print_result(designation, written, plain_console())


def _publish(designation: Designation, policy: ReleasePolicy, folder: Path) -> list[str]:
    """Write the public set of a designation beside its results, and give its files."""
    from udsat_geo.designation.layers import layers_of
    from udsat_geo.files.public import LEDGER, PUBLIC, make_public, write_public

    made = make_public(layers_of(designation), policy, folder / LEDGER)
    return [str(file) for file in write_public(made, folder / PUBLIC)]


def _arrow_without_frames() -> None:
    """Arrow looks once for pandas, which takes 0.2 s of a job that takes two and makes no frame; here it finds none."""
    import pyarrow

    options.done_without.add("pandas")
    pyarrow.array(())
    options.done_without.discard("pandas")


def _provenance(
    job: Job,
    policy: str,
    results: Folder,
    named: Mapping[str, str | None],
    told: Mapping[str, str | Sequence[str] | None],
) -> Provenance:
    """What writes the crate of this call."""
    from udsat_geo.designation.job import YEAR, is_synthetic
    from udsat_geo.files.crate import below_here, crate_of
    from udsat_geo.policy.chain import BUILT_IN
    from udsat_geo.sources.addresses import shown_name

    if YEAR in (named["units"] or ""):
        what, remedy = _("tells of one table of units, and --units names one for each year"), _("Leave crate out.")
        raise InputError(Problem("--format crate", what, remedy))
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
        **({"--crosswalk": job.crosswalk_by} if job.crosswalk_by else {}),
    }
    call = {name: (text,) if isinstance(text, str) else tuple(text) for name, text in given.items() if text is not None}
    return crate_of(call, policy, results.folder)
