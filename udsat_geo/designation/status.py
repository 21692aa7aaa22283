"""The areas against the rest of the city, criterion by criterion."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.distributions import Quantiles, fill_quantiles
from udsat_geo.scoring.indices import Index, with_indices
from udsat_geo.scoring.scores import gaps
from udsat_geo.units.units import Beyond, Units, rates_of_sums

INSIDE, OUTSIDE = 0, 1
"""Rows of `SumsBySide`."""


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

    areas: Floats
    rest_of_city: Floats
    city: Floats
    gap: Floats
    residents_in_areas: int
    residents: int

    @property
    def share_of_residents(self) -> float:
        """Share of the city's placed residents who live in an area; NaN in an empty city."""
        return self.residents_in_areas / self.residents if self.residents else float("nan")


@dataclass(frozen=True)
class SumsBySide:
    """Exact sums inside areas, row `INSIDE`, and outside, row `OUTSIDE`; together they are the city's.

    Attributes
    ----------
    numerator, denominator : int64, shape (2, n_criteria)
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
        How many of a sum make one; see `udsat_geo.registers.read.RegisterSums`.
    residents : int64, shape (2,)
    quantiles : float64, shape (3, n_criteria), or None
        Of criteria that are quantiles: inside, outside, and the whole city, which no sums tell; NaN of others. None
        without any.
    since : tuple of int, n_criteria, or None
        Of units: see `udsat_geo.units.units.Units`.
    """

    numerator: Ints
    denominator: Ints
    numerator_unit: Ints
    denominator_unit: Ints
    residents: Ints
    quantiles: Floats | None = None
    since: tuple[int, ...] | None = None


class PlaceSums(Protocol):
    """Exact sums by place: of units, or of registers."""

    @property
    def numerator(self) -> Ints:
        """Shape (n_places, n_criteria)."""

    @property
    def denominator(self) -> Ints:
        """Shape (n_places, n_criteria)."""

    @property
    def numerator_unit(self) -> Ints:
        """How many of a sum make one, shape (n_criteria,)."""

    @property
    def denominator_unit(self) -> Ints:
        """How many of a sum make one, shape (n_criteria,)."""

    @property
    def residents(self) -> Ints:
        """Shape (n_places,)."""

    @property
    def quantiles(self) -> Quantiles:
        """The values of criteria that are quantiles, by place."""


def sums_by_side(sums: PlaceSums, inside: Flags) -> SumsBySide:
    """Add up places inside areas, and those outside.

    Parameters
    ----------
    sums : PlaceSums
        Of (n_places, n_criteria), or of (n_places,) residents.
    inside : bool, shape (n_places,)
    """

    members = np.flatnonzero(inside)

    def both(values: Ints) -> Ints:
        within = values.take(members, axis=0).sum(axis=0, dtype=np.int64)
        return np.stack([within, np.einsum("i...->...", values, dtype=np.int64) - within])

    sides = both(sums.numerator), both(sums.denominator)
    return SumsBySide(
        *sides,
        sums.numerator_unit,
        sums.denominator_unit,
        both(sums.residents),
        quantiles=_quantiles_by_side(sums, inside),
    )


def _quantiles_by_side(sums: PlaceSums, inside: Flags) -> Floats | None:
    if not sums.quantiles:
        return None
    found = np.full((3, sums.numerator.shape[1]), np.nan)
    fill_quantiles(found[:2], sums.quantiles, np.where(inside, INSIDE, OUTSIDE))
    fill_quantiles(found[2:], sums.quantiles, np.zeros(len(inside), dtype=np.int64))
    return found


def status_of_sums(sums: SumsBySide, policy: Policy) -> Status:
    """What sums say of the areas against the rest of the city.

    Parameters
    ----------
    sums : SumsBySide
    policy : Policy
        Its criteria, in the order of the sums.
    """

    def rates(numerator: Ints, denominator: Ints) -> Floats:
        return rates_of_sums(numerator, denominator, sums.numerator_unit, sums.denominator_unit, sums.since)

    sides = rates(sums.numerator, sums.denominator)
    city = rates(sums.numerator.sum(axis=0), sums.denominator.sum(axis=0))
    if sums.quantiles is not None:
        known = np.array([criterion.is_quantile for criterion in policy.criteria])
        sides[:, known], city[known] = sums.quantiles[:2, known], sums.quantiles[2, known]
    return Status(
        areas=sides[INSIDE],
        rest_of_city=sides[OUTSIDE],
        city=city,
        gap=gaps(sides[INSIDE], sides[OUTSIDE], policy),
        residents_in_areas=int(sums.residents[INSIDE]),
        residents=int(sums.residents.sum()),
    )


def _with_beyond(sums: SumsBySide, beyond: Beyond) -> SumsBySide:
    """Sums with those of units that are not here, which lie in no area."""
    outside: Ints = np.array([[0], [1]], dtype=np.int64)
    return dataclasses.replace(
        sums,
        numerator=sums.numerator + outside * beyond.numerator,
        denominator=sums.denominator + outside * beyond.denominator,
        residents=sums.residents + outside[:, 0] * beyond.residents,
    )


def take_status(units: Units, area_of_unit: Ints, policy: Policy, indices: tuple[Index, ...] = ()) -> Status:
    """Measure the areas against the rest of the city.

    Parameters
    ----------
    units : Units
    area_of_unit : int64, shape (n_units,)
        -1 is outside every area.
    policy : Policy
    indices : tuple of Index
        Of the units' scores.
    """
    sides = dataclasses.replace(sums_by_side(units, area_of_unit >= 0), since=units.since)
    if units.beyond is not None:
        sides = _with_beyond(sides, units.beyond)
    status = status_of_sums(sides, policy)
    if not indices:
        return status
    areas, rest, city = (with_indices(rate, indices) for rate in (status.areas, status.rest_of_city, status.city))
    return dataclasses.replace(status, areas=areas, rest_of_city=rest, city=city, gap=gaps(areas, rest, policy))
