"""What stands beside a designation, in Python: whom its areas reach, how apart people live, and where."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.api.answers import Answer
from udsat_geo.api.asking import Language, Progress, as_files, within
from udsat_geo.api.frames import PathLike, path_of, policy_of
from udsat_geo.synthetic import DEFAULT_SEED

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.analysis.concentration import Concentration
    from udsat_geo.designation.job import Job
    from udsat_geo.designation.layers import Layer
    from udsat_geo.policy.load import LoadedPolicy


@dataclass(frozen=True, eq=False, repr=False)
class ConcentrationResult(Answer):
    """A designation, and what stands beside it.

    Attributes
    ----------
    found : udsat_geo.analysis.concentration.Concentration
        With all arrays.
    summary : dict
        Everything as plain data, as ``udsat concentration --json`` prints it.
    """

    found: Concentration
    summary: dict[str, Any]

    @property
    def targeting(self) -> pd.DataFrame:
        """Whom the areas of each rule reach, all together (without an ``area_id``) and each, by criterion."""
        return self._frame("targeting")

    @property
    def segregation(self) -> pd.DataFrame:
        """How apart people live, one criterion a row."""
        return self._frame("segregation")

    @property
    def clusters(self) -> gpd.GeoDataFrame | None:
        """Every unit with its local statistics, once for each column asked for; None where none was."""
        return self._frame("local_statistics")

    @property
    def _layers(self) -> Sequence[Layer]:
        from udsat_geo.analysis.concentration import concentration_layers

        return concentration_layers(self.found)

    @property
    def _shown(self) -> pd.DataFrame:
        return self.targeting

    def to_file(self, out: PathLike) -> Path:
        """Write ``concentration_YEAR.gpkg`` into a folder.

        Raises
        ------
        OutputError
            If it cannot be written; what was there stays.
        """
        from udsat_geo.files.analysis import write_concentration

        return write_concentration(self.found, Path(out))

    def __repr__(self) -> str:
        told = self.summary["targeting"][0]["criteria"]
        shares = ", ".join(f"{key} {one['coverage']:.0%}" for key, one in told.items() if one["coverage"] is not None)
        return f"<ConcentrationResult {self.summary['year']}: reached {shares or 'nobody'}>"


def concentration(
    year: int,
    *,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    against: Sequence[str | Path | Mapping[str, Any] | LoadedPolicy] = (),
    since: int | None = None,
    clusters: Sequence[str] = (),
    permutations: int = 9_999,
    draw_seed: int = 0,
    registers: PathLike | None = None,
    units: PathLike | gpd.GeoDataFrame | Mapping[int, PathLike | gpd.GeoDataFrame] | None = None,
    barriers: PathLike | gpd.GeoDataFrame | None = None,
    crossings: PathLike | gpd.GeoDataFrame | None = None,
    places: PathLike | gpd.GeoDataFrame | None = None,
    parcels: PathLike | gpd.GeoDataFrame | None = None,
    regions: PathLike | gpd.GeoDataFrame | None = None,
    overrides: PathLike | gpd.GeoDataFrame | pd.DataFrame | None = None,
    references: Mapping[str, float] | None = None,
    previous: int | PathLike | None = None,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> ConcentrationResult:
    """Whom the areas of a year reach, how apart people live, and where high and low values lie together.

    The command ``udsat concentration`` prints it.

    Parameters
    ----------
    year : int
    policy : str, Path or LoadedPolicy
    against : sequence of str, Path or LoadedPolicy
        Other policies, whose areas are held against these.
    since : int, optional
        An earlier year, and what became of it since.
    clusters : sequence of str
        Keys of criteria, or ``"composite"``: what local Moran and G* are found of.
    permutations : int
        At least 99.
    draw_seed : int
        Of other permutations and draws.
    units : str, Path, GeoDataFrame or mapping, optional
        As in `udsat_geo.designate`; with `since` tables by year, or a name in which ``{year}`` stands for it.
    registers, barriers, crossings, places, parcels, regions, overrides, references, previous
        As in `udsat_geo.designate`; None is its default.
    language, seed, threads, memory, progress
        As in `udsat_geo.designate`. No result depends on the threads.

    Raises
    ------
    InputError
        If the call or the input is at fault, or there is nothing to tell.
    """
    from udsat_geo.analysis.agreement import with_figures
    from udsat_geo.analysis.concentration import Asked, concentration_as_data, take_concentration
    from udsat_geo.designation.job import Job
    from udsat_geo.designation.surroundings import Around
    from udsat_geo.files.earlier import store_of

    figures = tuple(f"{name}={value}" for name, value in (references or {}).items())
    rule, *others = with_figures([policy_of(each) for each in (policy, *against)], figures)
    job = Job(
        year=year,
        policy=rule,
        raw=path_of(registers),
        previous=None if previous is None else str(previous),
        store=store_of(),
        language=language,
        seed=DEFAULT_SEED if seed is None else seed,
        threads=threads,
    )
    tables = _tables(units, job, since)
    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels, "regions": regions}
    with as_files({**tables, **around, "overrides": overrides}) as files, within(threads, memory):
        now, then = files.paths.pop("units", None), files.paths.pop("units_then", None)
        job = dataclasses.replace(job, units=now, around=Around(**files.paths), notes=files.told(language))
        before = None if since is None else dataclasses.replace(job, year=since, units=then)
        asked = Asked(tuple(others), before, tuple(clusters), permutations, draw_seed)
        found = take_concentration(job, asked, progress)
    return ConcentrationResult(found, concentration_as_data(found))


def _tables(units: Any, job: Job, since: int | None) -> Mapping[str, object]:
    """The tables of units of the year and of the earlier one, as ``units`` and ``units_then``."""
    from udsat_geo.analysis.concentration import tables_of_both

    if units is None or isinstance(units, str | Path):
        return tables_of_both(job, since, None if units is None else str(units))
    by_year: Mapping[int, object] = units if isinstance(units, Mapping) else {job.year: units}
    both = {"units": job.year} | ({} if since is None else {"units_then": since})
    return {name: by_year.get(of_year) for name, of_year in both.items()}
