"""`designate` and `read`: where results come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from udsat_geo.api.inputs import PathLike, as_files, path_of, policy_of
from udsat_geo.api.result import Result

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.policy import LoadedPolicy

CADENCE = "cadence"
"""To compare with the designation that the policy's cadence puts before this one."""


def designate(
    *,
    year: int,
    policy: str | Path | LoadedPolicy = "kbh-2017",
    registers: PathLike | None = None,
    units: PathLike | gpd.GeoDataFrame | None = None,
    barriers: PathLike | gpd.GeoDataFrame | None = None,
    crossings: PathLike | gpd.GeoDataFrame | None = None,
    places: PathLike | gpd.GeoDataFrame | None = None,
    parcels: PathLike | gpd.GeoDataFrame | None = None,
    overrides: PathLike | gpd.GeoDataFrame | pd.DataFrame | None = None,
    references: Mapping[str, float] | None = None,
    previous: int | PathLike | Result | None = "cadence",
    designations: PathLike = "data/out",
    language: Literal["da", "en"] = "da",
    seed: int | None = None,
    threads: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Result:
    """Designate the disadvantaged areas of a year; the command `designate` does the same and writes files.

    Parameters
    ----------
    year : int
        The year to designate.
    policy : str, Path or LoadedPolicy
        The name of a built-in policy (`policies` lists them), a TOML file, or a policy that has been loaded.
    registers : str or Path, optional
        The folder of one year's registers, or of folders called after their years. Without it ``data/raw`` is used, and
        where nothing is there, the synthetic Copenhagen: the result's `source` and its representation say so.
    units : str, Path or GeoDataFrame, optional
        A ready-made table of cells or zones in the place of registers; with `registers` as well, filled from them.
    barriers, crossings, places, parcels : str, Path or GeoDataFrame, optional
        What lies around the units; what is not named is looked for beside the registers. A text may be the address of a
        service or of a file on the web, as on the command line.
    overrides : str, Path, GeoDataFrame or DataFrame, optional
        Decisions that change the result last.
    references : mapping, optional
        Name -> value of the figures that the policy leaves open.
    previous : int, str, Path, Result or None
        The designation to compare with: a year, a file, a result, or None (or ``"none"``) for none. By default
        (``"cadence"``) the one that the policy's cadence puts before this one, as the command has it.
    designations : str or Path
        The folder, or the address of the database, in which stored designations of earlier years are looked for.
    language : {"da", "en"}
        Of labels and reasons.
    seed : int, optional
        Of another synthetic city.
    threads : int, optional
        At most so many; no result depends on it.
    progress : callable, optional
        Told the name of each step as it begins.

    Returns
    -------
    Result
        Its layers as frames, its summary, and the designation with all arrays.

    Raises
    ------
    InputError
        If the call or the input is at fault; its text has every problem found.

    Notes
    -----
    Each frame is written to a temporary file, whose name and hash stand in the summary as those of a named file do.

    Examples
    --------
    >>> import udsat_geo as ug
    >>> d = ug.designate(year=2025, language="en")  # doctest: +SKIP
    >>> d.areas[["area_id", "name", "residents"]]  # doctest: +SKIP
    """
    from udsat_geo.io.database import database_of, is_database
    from udsat_geo.io.stored import stored_from
    from udsat_geo.job import Job, run
    from udsat_geo.surroundings import Around
    from udsat_geo.synthetic import DEFAULT_SEED

    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels}
    files = as_files({"units": units, **around, "overrides": overrides})
    table = files.paths.pop("units", None)
    with _previous(previous) as before, _at_most(threads):
        job = Job(
            year=year,
            policy=policy_of(policy, references),
            raw=path_of(registers),
            units=table,
            previous=before,
            around=Around(**files.paths),
            out=database_of(str(designations)) if is_database(designations) else Path(designations),
            language=language,
            seed=DEFAULT_SEED if seed is None else seed,
            threads=threads,
            notes=files.told(language),
        )
        made = run(job, progress)
    return Result(stored_from(made), made, files)


def read(path: PathLike) -> Result:
    """Read a designation that was written before.

    Parameters
    ----------
    path : str or Path
        A ``designation_YEAR.gpkg``; any of its files in another format; its JSON, which stands beside all of them; a
        folder that holds a single designation; or a database, ``postgresql://USER@HOST/DATABASE?schema=NAME``.

    Returns
    -------
    Result
        Equal to the one that was written, to the last bit from GeoPackage, GeoParquet, FlatGeobuf and PostGIS. GeoJSON
        gives positions within a millimetre; CSV and Excel give no geometries: they are missing in its frames.

    Raises
    ------
    InputError
        If there is no designation, or it is damaged.
    """
    from udsat_geo.io.reading import read_stored

    return Result(read_stored(path))


@contextmanager
def _previous(previous: int | PathLike | Result | None) -> Iterator[str | None]:
    """The designation to compare with as the job takes it: a year, a file, ``none``, or None for the cadence."""
    if previous is None:
        yield "none"
    elif isinstance(previous, Result):
        with previous.as_geopackage() as path:
            yield str(path)
    elif previous == CADENCE:
        yield None
    else:
        yield str(previous)


@contextmanager
def _at_most(threads: int | None) -> Iterator[None]:
    """Kernels on at most so many threads meanwhile."""
    if threads is None:
        yield
        return
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    try:
        yield
    finally:
        numba.set_num_threads(before)
