"""The areas against the rest of the city, criterion by criterion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.policy import Policy
from udsat_geo.scoring import gaps
from udsat_geo.units import Units


@dataclass(frozen=True)
class Status:
    """Rates of the people of the areas, of all others, and of the whole city.

    Attributes
    ----------
    areas, rest_of_city, city : float64, shape (n_criteria,)
        Ratios of sums over units; NaN where nobody is counted.
    gap : float64, shape (n_criteria,)
        Areas against the rest of the city, positive is worse.
    residents_in_areas, residents : int
        Of the areas, and of the whole city (placed residents).
    """

    areas: NDArray[np.float64]
    rest_of_city: NDArray[np.float64]
    city: NDArray[np.float64]
    gap: NDArray[np.float64]
    residents_in_areas: int
    residents: int

    @property
    def share_of_residents(self) -> float:
        """Share of the city's placed residents who live in an area; NaN in an empty city."""
        return self.residents_in_areas / self.residents if self.residents else float("nan")


def take_status(units: Units, area_of_unit: NDArray[np.int64], policy: Policy) -> Status:
    """Measure the areas against the rest of the city.

    Parameters
    ----------
    units : Units
    area_of_unit : int64, shape (n_units,)
        -1 is outside every area.
    policy : Policy
    """
    inside = area_of_unit >= 0

    def rates(of: NDArray[np.bool_]) -> NDArray[np.float64]:
        return units.rate(units.numerator[of].sum(axis=0), units.denominator[of].sum(axis=0))

    areas, rest = rates(inside), rates(~inside)
    return Status(
        areas=areas,
        rest_of_city=rest,
        city=rates(np.ones(len(units), dtype=bool)),
        gap=gaps(areas, rest, policy),
        residents_in_areas=int(units.residents[inside].sum()),
        residents=int(units.residents.sum()),
    )
