"""Sums beside those of the units of now: of an earlier year, for criteria over time, and none, for indices.

A unit is the one of the earlier year with its id; zones that changed are carried over by a crosswalk, which shares out
each sum whole, by largest remainders. What only one of the years has is in no change.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from udsat_geo.kernels.arrays import Ints, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy
from udsat_geo.units.crosswalk import Crosswalk, pairs_between, share_out
from udsat_geo.units.units import Units


def with_room(units: Units, policy: Policy) -> Units:
    """Units with a column of sums for every criterion: one of zeros for an index, which adds up nothing.

    Parameters
    ----------
    units : Units
        Of the policy's criteria without indices.
    policy : Policy
    """
    column = np.cumsum([not criterion.is_index for criterion in policy.criteria]) - 1
    is_index = np.array([criterion.is_index for criterion in policy.criteria])
    if not is_index.any():
        return units

    def widened(sums: Ints) -> Ints:
        return np.where(is_index, 0, sums[:, column])

    bounds = units.bounds
    if bounds is not None:
        wide = {each.name: widened(getattr(bounds, each.name)) for each in dataclasses.fields(bounds)}
        bounds = dataclasses.replace(bounds, **wide)
    return dataclasses.replace(
        units,
        numerator=widened(units.numerator),
        denominator=widened(units.denominator),
        numerator_unit=np.where(is_index, 1, units.numerator_unit[column]),
        denominator_unit=np.where(is_index, 1, units.denominator_unit[column]),
        bounds=bounds,
    )


@dataclass(frozen=True)
class Earlier:
    """The units of an earlier year.

    Attributes
    ----------
    year : int
    units : Units
        With the sums of those criteria alone that are changes since that year.
    criteria : tuple of int
        Which criteria of the policy these are.
    name : str
        Of the file or folder, for messages.
    """

    year: int
    units: Units
    criteria: tuple[int, ...]
    name: str


def with_earlier(
    units: Units, earlier: Earlier, crosswalk: Crosswalk | None = None, language: str = "en"
) -> tuple[Units, tuple[str, ...]]:
    """The units of now with the sums of an earlier year beside theirs.

    Parameters
    ----------
    units : Units
    earlier : Earlier
    crosswalk : Crosswalk, optional
        How zones of then belong to those of now.
    language : {"da", "en"}
        Of the notes.

    Returns
    -------
    units : Units
        With a column of sums for each of the criteria (`Units.since`).
    notes : tuple of str
        How many units only one of the years has.

    Raises
    ------
    InputError
        If the years share no unit, or the crosswalk is at fault.
    """
    then = earlier.units
    if crosswalk is not None:
        pairs = pairs_between(crosswalk, then.unit_id, units.unit_id)
        of_then, of_now = pairs.unit_of_earlier, pairs.unit_of_now
        one = np.ones(len(pairs), dtype=np.int64)
        weight = pairs.weight.astype(object)

        def carried(sums: Ints) -> Ints:
            shared = [share_out(column, of_then, weight, one) for column in sums.T]
            return total(of_now, np.stack(shared, axis=1), len(units))

    else:
        place = {unit: i for i, unit in enumerate(then.unit_id.tolist())}
        was = np.array([place.get(unit, -1) for unit in units.unit_id.tolist()], dtype=np.int64)
        of_now = np.flatnonzero(was >= 0)
        of_then = was[of_now]

        def carried(sums: Ints) -> Ints:
            return np.vstack([sums, np.zeros((1, sums.shape[1]), dtype=np.int64)])[was]

    n_now = len(np.unique(of_now))
    if not n_now:
        what = _("shares no unit with this designation (it has {there}, this one {here})")
        told = what.format(there=_first(then), here=_first(units))
        remedy = _("Take both years over the same units, or name what became of the zones with --crosswalk.")
        raise InputError(Problem(f"{earlier.name} ({earlier.year})", told, remedy))
    since = list(units.since or (-1,) * units.numerator.shape[1])
    for column, criterion in enumerate(earlier.criteria, units.numerator.shape[1]):
        since[criterion] = column
    extended = dataclasses.replace(
        units,
        numerator=np.hstack([units.numerator, carried(then.numerator)]),
        denominator=np.hstack([units.denominator, carried(then.denominator)]),
        numerator_unit=np.append(units.numerator_unit, then.numerator_unit),
        denominator_unit=np.append(units.denominator_unit, then.denominator_unit),
        since=tuple(since),
    )
    gone = np.ones(len(then), dtype=bool)
    gone[of_then] = False
    return extended, _notes(units, earlier, n_now, gone, language)


def _first(units: Units) -> str:
    return str(units.unit_id[0]) if len(units) else _("none")


def _notes(units: Units, earlier: Earlier, n_now: int, gone: np.ndarray, language: str) -> tuple[str, ...]:
    told = []
    if n_now < len(units):
        text = N_("Change since {year}: {n} of {of} units were not there then, and have no change.")
        figures = {"n": decimal(len(units) - n_now, 0, language), "of": decimal(len(units), 0, language)}
        told.append(_(text, language).format(year=earlier.year, **figures))
    lost = int(earlier.units.residents[gone].sum())
    if lost:
        text = N_(
            "Change since {year}: {n} units of then, with {residents} residents, are no longer there and count in none."
        )
        figures = {"n": decimal(int(gone.sum()), 0, language), "residents": decimal(lost, 0, language)}
        told.append(_(text, language).format(year=earlier.year, **figures))
    return tuple(told)
