"""Areas against the rest of the city over the years: the tables of the criteria in a status report.

Sources of the tables: Københavns Kommune, "Status på Politik for Udsatte Byområder", 2021: Tabel 1 (levels), Tabel 2
(gaps) and Tabel 22 (old areas beside updated ones).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.status import Status

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StatusSeries:
    """The same areas in several years.

    Attributes
    ----------
    years : tuple of int, n_years
        Rising, at least one.
    statuses : tuple of Status, n_years
    """

    years: tuple[int, ...]
    statuses: tuple[Status, ...]

    @property
    def areas(self) -> Floats:
        """Rates of the areas, shape (n_years, n_criteria)."""
        return np.stack([status.areas for status in self.statuses])

    @property
    def rest_of_city(self) -> Floats:
        """Rates of the rest of the city, shape (n_years, n_criteria)."""
        return np.stack([status.rest_of_city for status in self.statuses])

    @property
    def gap(self) -> Floats:
        """Areas against the rest of the city, positive is worse, shape (n_years, n_criteria)."""
        return np.stack([status.gap for status in self.statuses])

    @property
    def residents_in_areas(self) -> NDArray[np.int64]:
        """Residents of the areas, shape (n_years,)."""
        return np.array([status.residents_in_areas for status in self.statuses], dtype=np.int64)

    @property
    def residents(self) -> NDArray[np.int64]:
        """Placed residents of the whole city, shape (n_years,)."""
        return np.array([status.residents for status in self.statuses], dtype=np.int64)

    @property
    def last(self) -> Status:
        """The status of the last year."""
        return self.statuses[-1]

    def of(self, year: int) -> Status:
        """The status of one of the years."""
        return self.statuses[self.years.index(year)]

    @property
    def change_in_areas(self) -> Floats:
        """Last row of Tabel 1: what the areas rose by from the first to the last year, shape (n_criteria,)."""
        change: Floats = self.areas[-1] - self.areas[0]
        return change

    @property
    def change_in_rest_of_city(self) -> Floats:
        """What the rest of the city rose by from the first to the last year, shape (n_criteria,)."""
        change: Floats = self.rest_of_city[-1] - self.rest_of_city[0]
        return change


def series_of(statuses: dict[int, Status]) -> StatusSeries:
    """The series of some years, whatever their order.

    Parameters
    ----------
    statuses : dict
        Year -> status, at least one.
    """
    years = tuple(sorted(statuses))
    return StatusSeries(years, tuple(statuses[year] for year in years))


@dataclass(frozen=True)
class GapChange:
    """Tabel 2 without its milestone: the gaps of two years.

    Attributes
    ----------
    since, now : int
        The years.
    gap_since, gap_now : float64, shape (n_criteria,)
        Positive is worse; NaN is not known.
    change : float64, shape (n_criteria,)
        What the gap grew by, as a share of the first one: negative is narrower. NaN where there was no gap to begin
        with, of which a share would say nothing.
    improved : bool, shape (n_criteria,)
        Whether the gap is smaller than it was; False where it is not known.
    """

    since: int
    now: int
    gap_since: Floats
    gap_now: Floats
    change: Floats
    improved: NDArray[np.bool_]


def change_of_gaps(series: StatusSeries, since: int) -> GapChange:
    """The gaps of the last year against those of an earlier one.

    Parameters
    ----------
    series : StatusSeries
    since : int
        One of its years.
    """
    before, now = series.of(since).gap, series.last.gap
    change = np.full(len(before), np.nan)
    np.divide(now - before, before, out=change, where=before > 0)
    return GapChange(since, series.years[-1], before, now, change, now < before)


@dataclass(frozen=True)
class AreaDifference:
    """Tabel 22: two sets of areas in the same year.

    Attributes
    ----------
    old, updated : float64, shape (n_criteria,)
        Rates of the areas.
    difference : float64, shape (n_criteria,)
        Updated less old, in the unit of the rates.
    """

    old: Floats
    updated: Floats
    difference: Floats


def difference_of_areas(old: Status, updated: Status) -> AreaDifference:
    """Two sets of areas beside each other.

    Parameters
    ----------
    old, updated : Status
        Of the same year.
    """
    return AreaDifference(old.areas, updated.areas, updated.areas - old.areas)
