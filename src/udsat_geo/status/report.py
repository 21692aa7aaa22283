"""A whole status: the areas and their updated successors, measured over the years, with where it all came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from udsat_geo.policy import LoadedPolicy
from udsat_geo.status import Status
from udsat_geo.status.milestone import Progress, progress_of, since_of
from udsat_geo.status.series import AreaDifference, GapChange, StatusSeries, change_of_gaps, difference_of_areas


@dataclass(frozen=True)
class AreasTold:
    """What a set of areas is.

    Attributes
    ----------
    name : str
        Of the file, or the year of the designation.
    label : tuple of str, n_areas
    residents : dict
        Year -> int64, shape (n_areas,): the residents of each area.
    year : int or None
        Of a designation; None where they are polygons.
    path : Path or None
        The file, where there is one.
    """

    name: str
    label: tuple[str, ...]
    residents: dict[int, NDArray[np.int64]]
    year: int | None = None
    path: Path | None = None

    def __len__(self) -> int:
        return len(self.label)


@dataclass(frozen=True)
class RegistersTold:
    """What the registers of a year are.

    Attributes
    ----------
    year : int
    source : str
        ``registers`` or ``synthetic``.
    files : dict
        Table -> its file; ``settings`` -> registers.toml, where there is one.
    rows : dict
        Table -> number of rows.
    counts : dict
        Rows that do not count, by reason.
    vintage : dict
        Criterion -> year of its data, where that is another year.
    """

    year: int
    source: str
    files: dict[str, Path]
    rows: dict[str, int]
    counts: dict[str, int]
    vintage: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StatusReport:
    """A whole status.

    Attributes
    ----------
    policy : LoadedPolicy
        Its criteria are what is measured.
    areas : AreasTold
    series : StatusSeries
        Of those areas.
    updated : AreasTold or None
        The areas that are to follow them.
    updated_status : Status or None
        Of those, in the last year.
    registers : tuple of RegistersTold, n_years
    notes : tuple of str
        What is left blank, reprojected, overlapping or empty.
    language : {"da", "en"}
    """

    policy: LoadedPolicy
    areas: AreasTold
    series: StatusSeries
    updated: AreasTold | None
    updated_status: Status | None
    registers: tuple[RegistersTold, ...]
    notes: tuple[str, ...] = ()
    language: str = "da"

    @property
    def source(self) -> str:
        """``synthetic`` as soon as any of the registers are."""
        return "synthetic" if any(told.source == "synthetic" for told in self.registers) else "registers"

    @property
    def gaps(self) -> GapChange:
        """Tabel 2; in a series of one year, its gaps against themselves."""
        return change_of_gaps(self.series, since_of(self.series, self.policy.policy.milestone))

    @property
    def progress(self) -> Progress | None:
        """How far the policy's milestone is; None without one, or without a later year."""
        milestone = self.policy.policy.milestone
        return None if milestone is None else progress_of(self.series, milestone)

    @property
    def difference(self) -> AreaDifference | None:
        """Tabel 22; None without updated areas."""
        return None if self.updated_status is None else difference_of_areas(self.series.last, self.updated_status)
