"""How much a designation hangs on the settings of its policy, in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.api.answers import Answer, job_of
from udsat_geo.api.asking import Language, Progress
from udsat_geo.api.frames import PathLike, policy_of, table_as_frame

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.analysis.sensitivity import Sensitivity
    from udsat_geo.designation.layers import Layer
    from udsat_geo.policy.load import LoadedPolicy


@dataclass(frozen=True, eq=False, repr=False)
class SensitivityResult(Answer):
    """A designation, and what variants of its policy designate.

    Attributes
    ----------
    found : udsat_geo.analysis.sensitivity.Sensitivity
        With all arrays.
    summary : dict
        Everything as plain data, as ``udsat sensitivity --json`` prints it.
    """

    found: Sensitivity
    summary: dict[str, Any]

    @property
    def settings(self) -> pd.DataFrame:
        """Every setting with what it does to the number of residents designated, shape (n_settings, columns)."""
        return self._frame("setting_sensitivity")

    @property
    def variants(self) -> pd.DataFrame:
        """Every variant with what it designates, shape (n_variants, columns)."""
        from udsat_geo.analysis.sensitivity_tables import variants_table

        return table_as_frame(variants_table(self.found))

    @property
    def units(self) -> gpd.GeoDataFrame:
        """Every unit with the share of the variants that designate it, shape (n_units, columns)."""
        return self._frame("unit_sensitivity")

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """Every area with the share of the variants that have it, shape (n_areas, columns)."""
        return self._frame("area_sensitivity")

    @property
    def _layers(self) -> list[Layer]:
        from udsat_geo.analysis.sensitivity_tables import sensitivity_layers

        return sensitivity_layers(self.found)

    @property
    def _shown(self) -> pd.DataFrame:
        return self.settings

    def to_file(self, out: PathLike) -> Path:
        """Write ``sensitivity_YEAR.gpkg`` into a folder.

        Raises
        ------
        OutputError
            If it cannot be written; what was there stays.
        """
        from udsat_geo.files.analysis import write_sensitivity

        return write_sensitivity(self.found, Path(out))

    def save_variants(self, path: PathLike) -> Path:
        """Write every variant into a file that ends in ``.csv`` or ``.parquet``.

        Raises
        ------
        InputError
            If it ends in neither.
        OutputError
            If it cannot be written; what was there stays.
        """
        from udsat_geo.analysis.sensitivity_tables import variants_table
        from udsat_geo.files.plain_table import check_table_path, write_plain_table

        path = Path(path)
        check_table_path(path, str(path))
        write_plain_table(variants_table(self.found), path)
        return path

    def __repr__(self) -> str:
        told = self.summary
        return f"<SensitivityResult {told['year']}: {told['variants']:,} variants of {len(told['settings'])} settings>"


def sensitivity(
    year: int,
    *,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    space: PathLike | None = None,
    variants: int = 2500,
    draw_seed: int = 0,
    registers: PathLike | None = None,
    units: PathLike | gpd.GeoDataFrame | None = None,
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
    sums: PathLike | Sequence[PathLike] | None = None,
    progress: Progress | None = None,
) -> SensitivityResult:
    """Designate a year, and again by many variants of the policy; the command ``udsat sensitivity`` prints it.

    Parameters
    ----------
    year : int
    policy : str, Path or LoadedPolicy
        Whose settings are varied.
    space : str or Path, optional
        A TOML file of what varies; without one, the settings around the policy's own.
    variants : int
        At most so many in the sample in which all settings change at once; 0 changes each by itself alone.
    draw_seed : int
        Of the sample.
    registers, units, barriers, crossings, places, parcels, regions, overrides, references, previous
        As in `udsat_geo.designate`; None is its default.
    language, seed, threads, memory, progress
        As in `udsat_geo.designate`. No result depends on the threads.
    sums : str, Path or sequence of them, optional
        As in `udsat_geo.designate`: exact sums by unit, such as ``sums_YEAR.parquet`` beside a designation. Nothing is
        read of registers then, and the grid does not vary: that needs addresses.

    Raises
    ------
    InputError
        If the space or the input is at fault.
    """
    from udsat_geo.analysis.sensitivity import take_sensitivity
    from udsat_geo.analysis.sensitivity_tables import sensitivity_as_data
    from udsat_geo.analysis.space import VARIED_OF_VARIANTS, read_space

    rule = policy_of(policy, references)
    wanted = None if space is None else read_space(Path(space), rule.policy, VARIED_OF_VARIANTS)
    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels, "regions": regions}
    what = (around, overrides, previous, language, seed, threads, memory, sums)
    with job_of(year, rule, registers, units, *what) as job:
        found = take_sensitivity(job, wanted, variants, draw_seed, progress)
    return SensitivityResult(found, sensitivity_as_data(found))
