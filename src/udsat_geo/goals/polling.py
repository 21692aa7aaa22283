"""Goal 15: the polling districts where at least half of the residents live in an area, and their turnout."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.polygon_file import Polygons, read_polygons

ELIGIBLE, VOTED = "eligible", "voted"
"""Optional columns of a file of polling districts: who may vote, and who did."""


@dataclass(frozen=True)
class PollingFile:
    """Polling districts as a file has them.

    Attributes
    ----------
    polygons : Polygons
    eligible, voted : int64, shape (n_districts,), or None
        None where the file does not tell.
    """

    polygons: Polygons
    eligible: NDArray[np.int64] | None = None
    voted: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class PollingDistricts:
    """Polling districts and the areas.

    Attributes
    ----------
    label : tuple of str, n_districts
    residents, residents_in_areas : int64, shape (n_districts,)
    in_areas : bool, shape (n_districts,)
        Whether at least the stated share of its residents live in an area; False where nobody lives.
    residents_in_no_district : int
    eligible, voted : int64, shape (n_districts,), or None
        From the file, where it has them.
    """

    label: tuple[str, ...]
    residents: NDArray[np.int64]
    residents_in_areas: NDArray[np.int64]
    in_areas: NDArray[np.bool_]
    residents_in_no_district: int
    eligible: NDArray[np.int64] | None = None
    voted: NDArray[np.int64] | None = None

    @property
    def turnout_in_areas(self) -> Fraction | None:
        """Turnout of the districts that count as in the areas; None where the file does not tell."""
        return self._turnout(self.in_areas)

    @property
    def turnout(self) -> Fraction | None:
        """Turnout of all districts."""
        return self._turnout(np.ones(len(self.in_areas), dtype=bool))

    def _turnout(self, of: NDArray[np.bool_]) -> Fraction | None:
        if self.eligible is None or self.voted is None:
            return None
        eligible = int(self.eligible[of].sum())
        return Fraction(int(self.voted[of].sum()), eligible) if eligible else None


def read_polling(path: Path, allow_overlaps: bool = False) -> PollingFile:
    """Read polling districts from a vector file.

    Parameters
    ----------
    path : Path
        With columns ``eligible`` and ``voted`` their turnout is told too.
    allow_overlaps : bool
        See `udsat_geo.polygon_file.read_polygons`.

    Raises
    ------
    InputError
        For polygons that cannot be used, and numbers of voters that cannot be.
    """
    polygons = read_polygons(path, "polling district", allow_overlaps)
    return PollingFile(polygons, *_voters(polygons))


def districts_in_areas(
    polling: PollingFile,
    district_of_place: NDArray[np.int64],
    inside: NDArray[np.bool_],
    residents: NDArray[np.int64],
    least_share: float,
) -> PollingDistricts:
    """Count the residents of each district, and those of them who live in an area.

    Parameters
    ----------
    polling : PollingFile
    district_of_place : int64, shape (n_places,)
        The number of districts is none of them.
    inside : bool, shape (n_places,)
        Whether a place lies in an area.
    residents : int64, shape (n_places,)
    least_share : float
        From which a district counts as in the areas.
    """
    n_districts = len(polling.polygons)
    total = np.zeros(n_districts + 1, dtype=np.int64)
    living_in_areas = np.zeros(n_districts + 1, dtype=np.int64)
    np.add.at(total, district_of_place, residents)
    np.add.at(living_in_areas, district_of_place[inside], residents[inside])
    return PollingDistricts(
        label=polling.polygons.label,
        residents=total[:-1],
        residents_in_areas=living_in_areas[:-1],
        in_areas=(total[:-1] > 0) & (living_in_areas[:-1] >= least_share * total[:-1]),
        residents_in_no_district=int(total[-1]),
        eligible=polling.eligible,
        voted=polling.voted,
    )


def _voters(polling: Polygons) -> tuple[NDArray[np.int64] | None, NDArray[np.int64] | None]:
    table: Any = polling.attributes
    there = [name for name in (ELIGIBLE, VOTED) if name in table.column_names]
    if not there:
        return None, None
    if len(there) == 1:
        other = VOTED if there == [ELIGIBLE] else ELIGIBLE
        what = f"stands there without {other}"
        raise InputError(Problem(f"{polling.name}, column {there[0]}", what, "Turnout needs both, or neither."))
    problems, columns = [], []
    for name in (ELIGIBLE, VOTED):
        values = table.column(name).to_pylist()
        wrong = [value for value in values if not isinstance(value, int | float) or value < 0 or value % 1 != 0]
        if wrong:
            where, what = f"{polling.name}, column {name}", "no whole numbers of at least 0"
            problems.append(Problem(where, what, "Mend them.", len(wrong), repr(wrong[0])))
        else:
            columns.append(np.array(values, dtype=np.int64))
    if problems:
        raise InputError(problems)
    more = columns[1] > columns[0]
    if more.any():
        example = polling.label[int(np.flatnonzero(more)[0])]
        what = "districts where more voted than may vote"
        raise InputError(Problem(polling.name, what, "Mend them.", int(more.sum()), example))
    return columns[0], columns[1]
