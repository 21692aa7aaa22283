"""The built-in policies in Python, and the criteria of any policy examined on data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from udsat_geo.api.answers import Answer, job_of
from udsat_geo.api.asking import Language, Progress
from udsat_geo.api.frames import PathLike, policy_of, rows_as_frame
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.analysis.examined import Examination
    from udsat_geo.policy.load import LoadedPolicy


@dataclass(frozen=True, eq=False, repr=False)
class ExaminedPolicy(Answer):
    """What the criteria of a policy do on the data of a year.

    Attributes
    ----------
    found : udsat_geo.analysis.examined.Examination
        With all arrays.
    summary : dict
        Everything as plain data, as ``udsat policies --examine --json`` prints it.
    """

    found: Examination
    summary: dict[str, Any]

    @property
    def correlations(self) -> pd.DataFrame:
        """Of each criterion, a row, with each, a column, and with the composite."""
        criteria = self.summary["criteria"]
        rows = [
            {"criterion": key, **one["correlations"], "composite": one["correlation_with_composite"]}
            for key, one in criteria.items()
        ]
        return rows_as_frame(rows, ["criterion", *criteria, "composite"])

    @property
    def criteria(self) -> pd.DataFrame:
        """What each criterion brings to the composite, and what is designated without it."""
        names = ("areas", "residents", "added", "removed")
        rows = [
            {"criterion": key, **one, **{f"{name}_without": (one["without"] or {}).get(name) for name in names}}
            for key, one in self.summary["criteria"].items()
        ]
        return rows_as_frame(rows, ["criterion", "weight", "share_of_variance", *(f"{name}_without" for name in names)])

    @property
    def _shown(self) -> pd.DataFrame:
        return self.criteria

    def __repr__(self) -> str:
        told = self.summary
        effective = told["effective_criteria"]
        worth = "" if effective is None else f" worth {effective:.1f}"
        return f"<ExaminedPolicy {told['policy']} {told['year']}: {told['criteria_weighed']} criteria{worth}>"


@overload
def policies() -> dict[str, LoadedPolicy]: ...
@overload
def policies(*, show: str) -> str: ...
@overload
def policies(
    *,
    examine: str | Path | Mapping[str, Any] | LoadedPolicy,
    year: int,
    registers: PathLike | None = None,
    units: PathLike | gpd.GeoDataFrame | None = None,
    barriers: PathLike | gpd.GeoDataFrame | None = None,
    crossings: PathLike | gpd.GeoDataFrame | None = None,
    places: PathLike | gpd.GeoDataFrame | None = None,
    parcels: PathLike | gpd.GeoDataFrame | None = None,
    regions: PathLike | gpd.GeoDataFrame | None = None,
    overrides: PathLike | gpd.GeoDataFrame | pd.DataFrame | None = None,
    references: Mapping[str, float] | None = None,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> ExaminedPolicy: ...
def policies(
    *,
    show: str | None = None,
    examine: str | Path | Mapping[str, Any] | LoadedPolicy | None = None,
    year: int | None = None,
    registers: PathLike | None = None,
    units: PathLike | gpd.GeoDataFrame | None = None,
    barriers: PathLike | gpd.GeoDataFrame | None = None,
    crossings: PathLike | gpd.GeoDataFrame | None = None,
    places: PathLike | gpd.GeoDataFrame | None = None,
    parcels: PathLike | gpd.GeoDataFrame | None = None,
    regions: PathLike | gpd.GeoDataFrame | None = None,
    overrides: PathLike | gpd.GeoDataFrame | pd.DataFrame | None = None,
    references: Mapping[str, float] | None = None,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> dict[str, LoadedPolicy] | str | ExaminedPolicy:
    """The built-in policies by their names, the file of one, or the criteria of one examined.

    The command ``udsat policies`` prints them.

    Parameters
    ----------
    show : str, optional
        Give the file of this built-in policy.
    examine : str, Path or LoadedPolicy, optional
        Examine the criteria of this policy on the data of `year`.
    year : int, optional
    registers, units, barriers, crossings, places, parcels, regions, overrides, references
        What it is examined on, as in `udsat_geo.designate`.
    language, seed, threads, memory, progress
        As in `udsat_geo.designate`. No result depends on the threads.

    Returns
    -------
    dict, str or ExaminedPolicy
        Name -> policy, whose ``policy`` has title, source, years, criteria and rule; the text of the file; or how
        criteria go together, what each brings to the composite, and what is designated without it.

    Raises
    ------
    InputError
        If there is no such policy, no year, or the input is at fault.
    """
    from udsat_geo.policy.chain import BUILT_IN, text_of
    from udsat_geo.policy.load import load_policy

    if examine is None:
        return {name: load_policy(name) for name in BUILT_IN} if show is None else text_of(show)
    if year is None:
        raise InputError(Problem("examine", _("asks for data, and no year is named"), _("Name it with --year.")))
    from udsat_geo.analysis.examined import examination_as_data
    from udsat_geo.analysis.examined import examine as examined

    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels, "regions": regions}
    rule, what = policy_of(examine, references), (around, overrides, None, language, seed, threads, memory)
    with job_of(year, rule, registers, units, *what) as job:
        found = examined(job, progress)
    return ExaminedPolicy(found, examination_as_data(found))
