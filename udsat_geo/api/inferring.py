"""The rule behind given areas, as the Python interface gives it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.api.answers import Answer, job_of
from udsat_geo.api.asking import Language, Progress, as_files
from udsat_geo.api.frames import PathLike, policy_of, rows_as_frame, table_as_frame
from udsat_geo.api.result import Result

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.analysis.infer import Inference
    from udsat_geo.policy.load import LoadedPolicy


@dataclass(frozen=True, eq=False, repr=False)
class Inferred(Answer):
    """The rule behind given areas.

    Attributes
    ----------
    found : udsat_geo.analysis.infer.Inference
        With all arrays.
    summary : dict
        Everything as plain data, as ``udsat infer --json`` prints it.
    base : str
        The policy whose settings are varied: built in, or its file; empty where it was given as it is.
    """

    found: Inference
    summary: dict[str, Any]
    base: str

    @property
    def best(self) -> dict[str, Any]:
        """Key of the policy -> its value in the settings that draw the areas best."""
        return dict(self.summary["best"]["values"])

    @property
    def overlap(self) -> float:
        """Of the best settings: residents in both over residents in either."""
        return float(self.summary["best"]["overlap"])

    @property
    def undecided(self) -> pd.DataFrame:
        """One row for each key that varies: its best value, those that do equally well, and what another would cost."""
        columns = ("key", "best", "equally_good", "is_decided", "is_open", "best_with_another_value")
        # lists of several kinds of values have no type of their own
        rows = [{**row, **{name: str(row[name]) for name in columns[1:3]}} for row in self.summary["settings"]]
        return rows_as_frame(rows, columns)

    @property
    def settings(self) -> pd.DataFrame:
        """All settings that were tried, with their overlaps, shape (n_settings, columns)."""
        from udsat_geo.analysis.inferred import settings_table

        return table_as_frame(settings_table(self.found))

    @property
    def given(self) -> pd.DataFrame:
        """The given areas, and how many residents of each are drawn, shape (n_areas, columns)."""
        rows = self.summary["given_areas"]
        return rows_as_frame(rows, rows[0])

    @property
    def drawn(self) -> pd.DataFrame:
        """The areas that the best settings draw, and how many of their residents live in given ones."""
        columns = ("area_id", "name", "residents", "inside", "given")
        return rows_as_frame(self.summary["drawn_areas"], columns)

    @property
    def notes(self) -> list[str]:
        """What is to be said about it."""
        return list(self.found.notes)

    def save_policy(self, path: PathLike) -> Path:
        """Write a policy file with the best settings, laid over the policy that was varied.

        Raises
        ------
        InputError
            If that policy is neither built in nor a file.
        """
        from udsat_geo.analysis.inferred import policy_file
        from udsat_geo.files.atomic_write import write_texts

        path = Path(path)
        return write_texts(path.parent, {path.name: policy_file(self.found, self.base, path)})[0]

    def __repr__(self) -> str:
        told = f"{self.summary['space']['tried']} settings, overlap {self.overlap:.3f}"
        return f"<Inferred: {self.summary['areas']['file']}, {self.summary['year']}, {told}>"

    @property
    def _shown(self) -> pd.DataFrame:
        return self.undecided


def infer(
    areas: Result | PathLike | gpd.GeoDataFrame,
    *,
    year: int,
    name: str | None = None,
    allow_overlaps: bool = False,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    references: Mapping[str, float] | None = None,
    registers: PathLike | None = None,
    units: PathLike | gpd.GeoDataFrame | None = None,
    barriers: PathLike | gpd.GeoDataFrame | None = None,
    crossings: PathLike | gpd.GeoDataFrame | None = None,
    places: PathLike | gpd.GeoDataFrame | None = None,
    regions: PathLike | gpd.GeoDataFrame | None = None,
    space: PathLike | None = None,
    tolerance: float = 0.01,
    draws: int = 99,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    sums: PathLike | Sequence[PathLike] | None = None,
    progress: Progress | None = None,
) -> Inferred:
    """Which settings of a policy draw given areas best; the command ``udsat infer`` prints it.

    Parameters
    ----------
    areas : Result, str, Path or GeoDataFrame
        Polygons, or a designation; a text may be the address of a service or of a file on the web.
    year : int
        The year whose people the areas are held to.
    name : str, optional
        The column that tells polygons apart.
    allow_overlaps : bool
        Where polygons overlap, count a resident in the first.
    policy : str, Path or LoadedPolicy
        Whose settings are varied.
    references, registers, units, barriers, crossings, places, regions
        As in `udsat_geo.designate`; settings are tried on the districts of `places`.
    space : str or Path, optional
        A TOML file of what varies; without one, the settings around the policy's own.
    tolerance : float
        Settings do equally well when their overlap lies no further below the best.
    draws : int
        How often the search is made with areas laid elsewhere by chance.
    language, seed, threads, memory, progress
        As in `udsat_geo.designate`.
    sums : str, Path or sequence of them, optional
        As in `udsat_geo.designate`: exact sums by unit, such as ``sums_YEAR.parquet`` beside a designation. Nothing is
        read of registers then, and a unit is wholly in a given area, or out: sums tell no addresses.

    Returns
    -------
    Inferred
        The best settings, what stays undecided, and how much of each area they draw.

    Raises
    ------
    InputError
        If the space, the areas or the input is at fault.
    """
    from udsat_geo.analysis.infer import infer_rule
    from udsat_geo.analysis.inferred import inference_as_data
    from udsat_geo.analysis.space import read_space
    from udsat_geo.files.area_set import read_area_set

    loaded = policy_of(policy, references)
    wanted = None if space is None else read_space(Path(space), loaded.policy)
    around = {"barriers": barriers, "crossings": crossings, "places": places, "regions": regions}
    what = (around, None, None, language, seed, threads, memory, sums)
    with as_files({"areas": areas}) as files, job_of(year, loaded, registers, units, *what) as job:
        given = read_area_set(files.paths["areas"], language, name, allow_overlaps=allow_overlaps)
        job = dataclasses.replace(job, notes=(*files.told(language), *job.notes))
        found = infer_rule(job, given, wanted, tolerance, draws, progress)
    base = loaded.name if not isinstance(policy, str | Path) else str(policy)
    return Inferred(found, inference_as_data(found), base)
