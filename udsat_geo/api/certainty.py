"""How sure a designation is, in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from udsat_geo.api.answers import Answer, job_of
from udsat_geo.api.asking import Language, Progress
from udsat_geo.api.frames import PathLike, policy_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.analysis.certainty import Certainty
    from udsat_geo.designation.layers import Layer
    from udsat_geo.policy.load import LoadedPolicy


@dataclass(frozen=True, eq=False, repr=False)
class CertaintyResult(Answer):
    """A designation, and whom it takes in if chance falls otherwise.

    Attributes
    ----------
    found : udsat_geo.analysis.certainty.Certainty
        With all arrays.
    summary : dict
        Everything as plain data, as ``udsat certainty --json`` prints it.
    """

    found: Certainty
    summary: dict[str, Any]

    @property
    def units(self) -> gpd.GeoDataFrame:
        """Every unit with the share of the draws that designate it, shape (n_units, columns)."""
        return self._frame("unit_certainty")

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """Every area with its residents who are surely in it, and who are not, shape (n_areas, columns)."""
        return self._frame("area_certainty")

    @property
    def changes(self) -> gpd.GeoDataFrame | None:
        """What became of each area since the earlier designation, shape (n_changes, columns); None where not drawn."""
        return self._frame("change_certainty")

    @property
    def pieces(self) -> gpd.GeoDataFrame | None:
        """Units that came in, or left, and touch, shape (n_pieces, columns); None where not drawn."""
        return self._frame("piece_certainty")

    @property
    def _layers(self) -> list[Layer]:
        from udsat_geo.analysis.certainty import certainty_layers

        return certainty_layers(self.found)

    @property
    def _shown(self) -> pd.DataFrame:
        return self.areas

    def to_file(self, out: PathLike) -> Path:
        """Write ``certainty_YEAR.gpkg`` into a folder.

        Raises
        ------
        OutputError
            If it cannot be written; what was there stays.
        """
        from udsat_geo.files.analysis import write_certainty

        return write_certainty(self.found, Path(out))

    def __repr__(self) -> str:
        told = self.summary
        return (
            f"<CertaintyResult {told['year']}: {told['residents_sure']:,} of {told['residents_in_areas']:,} residents "
            f"sure in {told['draws']} draws of {told['drawn']}>"
        )


def certainty(
    year: int,
    *,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    draws: int = 200,
    draw: Literal["households", "persons", "counts"] | None = None,
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
) -> CertaintyResult:
    """Designate a year, and each of many draws of its households or counts by the same rule.

    The command ``udsat certainty`` prints it.

    Parameters
    ----------
    year : int
    policy : str, Path or LoadedPolicy
    draws : int
        How often to draw, at least 2.
    draw : {"households", "persons", "counts"}, optional
        What is drawn; without it households where there are registers, else counts.
    draw_seed : int
        Of other draws.
    registers, units, barriers, crossings, places, parcels, regions, overrides, references, previous
        As in `udsat_geo.designate`; None is its default.
    language, seed, threads, memory, progress
        As in `udsat_geo.designate`. No result depends on the threads.
    sums : str, Path or sequence of them, optional
        As in `udsat_geo.designate`: exact sums by unit, such as ``sums_YEAR.parquet`` beside a designation. Nothing is
        read of registers then, and counts are drawn: sums name no households.

    Raises
    ------
    InputError
        If the input is at fault, there are too few draws, or nothing can be drawn.
    """
    from udsat_geo.analysis.certainty import certainty_as_data, certainty_of

    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels, "regions": regions}
    rule, what = policy_of(policy, references), (around, overrides, previous, language, seed, threads, memory, sums)
    with job_of(year, rule, registers, units, *what) as job:
        found = certainty_of(job, draws, draw_seed, progress, draw)
    return CertaintyResult(found, certainty_as_data(found))
