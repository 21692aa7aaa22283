"""One city under many rules, in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.api.answers import Answer
from udsat_geo.api.asking import Language, Progress, as_files, within
from udsat_geo.api.frames import PathLike, path_of, policy_of, rows_as_frame
from udsat_geo.synthetic import DEFAULT_SEED

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.analysis.agreement import Agreement
    from udsat_geo.designation.layers import Layer
    from udsat_geo.policy.load import LoadedPolicy


@dataclass(frozen=True, eq=False, repr=False)
class ComparedPolicies(Answer):
    """One year's designations by several policies, and how far they agree.

    Attributes
    ----------
    found : udsat_geo.analysis.agreement.Agreement
        With all arrays.
    summary : dict
        Everything as plain data, as ``udsat compare-policies --json`` prints it.
    """

    found: Agreement
    summary: dict[str, Any]

    @property
    def policies(self) -> pd.DataFrame:
        """One row for each policy: its areas, residents and share of the city, shape (n_policies, columns)."""
        return rows_as_frame(self.summary["policies"], self.summary["policies"][0])

    @property
    def pairs(self) -> pd.DataFrame:
        """Every policy with every other one, shape (n_policies (n_policies - 1), columns)."""
        return rows_as_frame(self.summary["pairs"], self.summary["pairs"][0])

    @property
    def shares(self) -> pd.DataFrame:
        """The share of each row's residents whom each column designates too, shape (n_policies, n_policies)."""
        return self._matrix(self.found.share_of)

    @property
    def overlaps(self) -> pd.DataFrame:
        """Residents of both over residents of either, shape (n_policies, n_policies)."""
        return self._matrix(self.found.overlap)

    def _matrix(self, value: Any) -> pd.DataFrame:
        import pandas as pd

        ids = list(self.found.ids)
        rows = [[value(a, b) for b in range(len(ids))] for a in range(len(ids))]
        return pd.DataFrame(rows, index=ids, columns=ids)

    @property
    def designated_by(self) -> pd.DataFrame:
        """Residents whom all, some and none of the policies designate, shape (n_policies + 1, columns)."""
        return rows_as_frame(self.summary["designated_by"], self.summary["designated_by"][0])

    @property
    def combinations(self) -> dict[tuple[str, ...], int]:
        """Policies -> residents whom these and no others designate, the most first."""
        return dict(self.found.combinations())

    @property
    def places(self) -> gpd.GeoDataFrame:
        """Units, or addresses, that a policy designates, with how many do and which, shape (n_places, columns)."""
        return self._frame("agreement")

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """The areas of every policy, shape (n_areas, columns)."""
        return self._frame("policy_areas")

    @property
    def _layers(self) -> list[Layer]:
        from udsat_geo.analysis.agreement import agreement_layers

        return agreement_layers(self.found)

    @property
    def _shown(self) -> pd.DataFrame:
        return self.pairs

    @property
    def notes(self) -> list[str]:
        """What is to be said about it."""
        return list(self.found.notes)

    def to_files(self, out: PathLike) -> list[Path]:
        """Write ``policies_YEAR.gpkg``, ``.csv`` and, where matplotlib is installed, ``.png`` into a folder.

        Raises
        ------
        OutputError
            If they cannot be written; what was there stays.
        """
        from udsat_geo.report.agreement_map import write_agreement

        return write_agreement(self.found, Path(out))[0]

    def __repr__(self) -> str:
        return f"<ComparedPolicies {self.found.year}: {', '.join(self.found.ids)}>"


def compare_policies(
    policies: Iterable[str | Path | Mapping[str, Any] | LoadedPolicy],
    year: int,
    *,
    registers: PathLike | None = None,
    units: PathLike | gpd.GeoDataFrame | Mapping[str, PathLike | gpd.GeoDataFrame] | None = None,
    references: Mapping[str, float] | None = None,
    regions: PathLike | gpd.GeoDataFrame | None = None,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> ComparedPolicies:
    """Designate a year by several policies, and count whom all, some or none designate.

    The command ``udsat compare-policies`` prints it.

    Parameters
    ----------
    policies : iterable of str, Path or LoadedPolicy
        Two or more, with ids of their own.
    year : int
    registers : str or Path, optional
        As in `udsat_geo.designate`.
    units : str, Path, GeoDataFrame or mapping, optional
        The table of units of policies that need one; by a policy's id, where they need several.
    references : mapping, optional
        Name -> value of the figures that policies leave open.
    regions : str, Path or GeoDataFrame, optional
        Named polygons, of policies that compare units with their region.
    language, seed, threads, memory, progress
        As in `udsat_geo.designate`.

    Raises
    ------
    InputError
        If there are fewer than two policies, two have one id, one does not hold for the year, or its input is not
        there or at fault.
    """
    from udsat_geo.analysis.agreement import (
        EVERY_TABLE,
        PoliciesJob,
        agreement_as_data,
        find_agreement,
        with_figures,
    )
    from udsat_geo.files.earlier import store_of

    loaded = with_figures(
        [policy_of(each) for each in policies], [f"{name}={value}" for name, value in (references or {}).items()]
    )
    tables = units if isinstance(units, Mapping) else {EVERY_TABLE: units}
    with as_files({**tables, "regions": regions}) as files, within(threads, memory):
        seed = DEFAULT_SEED if seed is None else seed
        of_regions, notes = files.paths.pop("regions", None), files.told(language)
        job = PoliciesJob(
            year, loaded, path_of(registers), files.paths, store_of(), language, seed, threads, notes, of_regions
        )
        found = find_agreement(job, progress)
    return ComparedPolicies(found, agreement_as_data(found))
