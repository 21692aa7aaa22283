"""What chance could as well have counted: the sums of the units, drawn anew.

Who lives where is taken as counted; what they happen to be is drawn. By households, every dwelling is there a Poisson
number of times (`udsat_geo.kernels.draws.draw_households`), or every person; by counts, those of a table of units are
drawn from binomials at the rate that was counted. Where dwellings are known, households are drawn: members of one are
alike, and drawing persons would seem too sure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from udsat_geo.areas.area_set import members_of_units
from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import check_one_year
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.households import Households, read_households, read_persons
from udsat_geo.registers.linking import Located, Place
from udsat_geo.scoring.scores import Scores, held_against, score_units
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units

if TYPE_CHECKING:
    from udsat_geo.designation.designation import Designation, Inputs

HOUSEHOLDS, PERSONS, COUNTS = "households", "persons", "counts"
"""What is drawn."""
KINDS = (HOUSEHOLDS, PERSONS, COUNTS)
SHARED = (BY_PERSONS, BY_DWELLINGS, NOTHING) = ("persons", "dwellings", "nothing")
"""By whose keys it is known who two years share."""
DRAWS = 200
"""Without another word; own choice."""
_LARGEST_SEED = 2**63 - 1
APART = 1 << 40
"""So far on are draws that have nothing to do with those of the same number."""


@dataclass(frozen=True)
class Draws:
    """Draws of the sums of units.

    Attributes
    ----------
    drawn : str
        One of `KINDS`.
    units : Units
        As counted, their sums in the units of what is drawn.
    sums : callable
        The number of a draw -> the numerators and denominators, int64, shape (n_units, n_criteria): the same for the
        same number and seed, whatever the order of the rows and the number of threads.
    held : tuple of str
        Criteria that no draw changes, since they are no counts.
    households : Households or None
        What is drawn from registers.
    seed : int
    by_margin : tuple of str
        Criteria that are drawn from the margins of error that a table states.
    """

    drawn: str
    units: Units
    sums: Callable[[int], tuple[Ints, Ints]]
    held: tuple[str, ...] = ()
    households: Households | None = None
    seed: int = 0
    by_margin: tuple[str, ...] = ()

    def of(self, number: int) -> Units:
        """The units with the sums of one draw."""
        numerator, denominator = self.sums(number)
        return dataclasses.replace(self.units, numerator=numerator, denominator=denominator)

    def after(self, earlier: Draws) -> Draws:
        """The same where households, or persons, that both years have draw the same in both.

        See `udsat_geo.registers.households.Households.after`. Counts of tables name nobody: they are drawn as if the
        years shared no resident.
        """
        if self.households is None or earlier.households is None:
            return dataclasses.replace(self, sums=lambda number: self.sums(number + APART))
        return _of_households(self.drawn, self.units, self.households.after(earlier.households), self.seed)

    def shared_with(self, earlier: Draws) -> str:
        """By what it is known who is the same in both: one of `SHARED`."""
        if self.households is None or earlier.households is None:
            return NOTHING
        by_dwelling = self.households.member is None or earlier.households.member is None
        return BY_DWELLINGS if self.drawn == HOUSEHOLDS and by_dwelling else BY_PERSONS


@dataclass(frozen=True)
class Chance:
    """How sure a designation is, as it is written with it.

    Attributes
    ----------
    drawn : str
        One of `KINDS`.
    draws, seed : int
    held : tuple of str
        Criteria that no draw changes.
    p_designated, composite_se : float64, shape (n_units,)
    p_area : float64, shape (n_areas,)
    residents_sure, residents_grey : int64, shape (n_areas,)
    grey_outside : int
        Residents outside areas whom chance could have taken in.
    leaving, coming : float
        Residents whom chance is expected to put out, and to bring in.
    """

    drawn: str
    draws: int
    seed: int
    held: tuple[str, ...]
    p_designated: Floats
    composite_se: Floats
    p_area: Floats
    residents_sure: Ints
    residents_grey: Ints
    grey_outside: int
    leaving: float
    coming: float

    def told(self, language: str) -> str:
        """In a sentence."""
        text = _(
            "Of the residents in areas, {sure} are in at least 95 % of {draws} draws; {grey} could have gone either "
            "way, as could {outside} outside.",
            language,
        )
        figures = (int(self.residents_sure.sum()), int(self.residents_grey.sum()), self.grey_outside, self.draws)
        shown = (decimal(figure, 0, language) for figure in figures)
        return text.format(**dict(zip(("sure", "grey", "outside", "draws"), shown, strict=True)))


def check_draws(draws: int, seed: int) -> None:
    """Check what is asked of draws.

    Raises
    ------
    InputError
        If there are fewer than two, or the seed is none.
    """
    if draws < 2:
        raise InputError(Problem(f"--draws {draws}", _("says nothing of chance"), _("Ask for at least 2.")))
    check_seed(seed)


def check_seed(seed: int) -> None:
    """Refuse a seed of draws that is none.

    Raises
    ------
    InputError
    """
    if not 0 <= seed <= _LARGEST_SEED:
        remedy = _("Take a whole number from 0 to {most}.").format(most=_LARGEST_SEED)
        raise InputError(Problem(f"--draw-seed {seed}", _("is no seed"), remedy))


def draws_of(
    designation: Designation,
    seed: int = 0,
    drawn: str | None = None,
    threads: int | None = None,
    with_members: bool = False,
) -> Draws:
    """Draws of a designation's units.

    Parameters
    ----------
    designation : Designation
    seed : int
        Of other draws.
    drawn : str, optional
        One of `KINDS`; without it households where there are registers, else counts.
    threads : int, optional
        For reading; no draw depends on it.
    with_members : bool
        Whether another year is to be drawn `after` this one, or this one after another.

    Raises
    ------
    InputError
        If nothing can be drawn, or not so.
    """
    made = designation
    return draws_of_units(made.units, made.policy.policy, made.inputs, seed, drawn, threads, with_members)


def draws_of_units(
    units: Units,
    policy: Policy,
    inputs: Inputs,
    seed: int = 0,
    drawn: str | None = None,
    threads: int | None = None,
    with_members: bool = False,
) -> Draws:
    """Draws of units that were read from some inputs by a policy; all else as of `draws_of`.

    Raises
    ------
    InputError
        If nothing can be drawn, or not so.
    """
    check_can_be_drawn(policy)
    if drawn not in (None, *KINDS):
        told = _("is none of {kinds}").format(kinds=", ".join(KINDS))
        raise InputError(Problem(f"--draw {drawn}", told, _("Choose one of them.")))
    if inputs.registers is None and drawn in (HOUSEHOLDS, PERSONS):
        what, remedy = _("a table of units names nobody"), _("Leave it out: its counts are drawn.")
        if inputs.rests_on_sums:
            what = _("sums by unit name nobody")
        raise InputError(Problem(f"--draw {drawn}", what, remedy))
    if inputs.registers is None or drawn == COUNTS:
        return _of_counts(units, policy, seed)
    read = (inputs.registers, policy, _place_in(units), threads, inputs.year)
    found = read_persons(*read) if drawn == PERSONS else read_households(*read, with_members)
    return _of_households(drawn or HOUSEHOLDS, units, found, seed)


def scores_of_draw(units: Units, policy: Policy, edges: Edges, counted: Scores) -> Scores:
    """What drawn units score, on the scale that was counted: a draw would widen it by its own chance.

    Parameters
    ----------
    units : Units
        Of a draw.
    policy : Policy
    edges : Edges
    counted : Scores
        Of the units as counted.
    """
    drawn = dataclasses.replace(score_units(units, policy, edges), city=counted.city, scale=counted.scale)
    return held_against(drawn, policy, counted.comparators, counted.spread)


def check_can_be_drawn(policy: Policy) -> None:
    """Refuse criteria whose values are kept by person, are of two years, or made of others: none is drawn yet.

    Raises
    ------
    InputError
    """
    what, remedy = _("is a quantile, and draws are made of sums"), _("Use a policy without quantiles.")
    named = [policy.place(f"criteria ({one.key})") for one in policy.criteria if one.is_quantile]
    if named:
        raise InputError(Problem(where, what, remedy) for where in named)
    check_one_year(policy)


def _place_in(units: Units) -> Place:
    """What places addresses in units."""
    members = members_of_units(units, np.full(len(units), -1, dtype=np.int64))

    def place(located: Located) -> tuple[Any, int]:
        found = members.unit_of(located.easting, located.northing, located.address_id)
        nowhere = np.full(len(located.easting), -1)
        return (nowhere if found is None else found).astype(np.int32), len(units)

    return place


def _of_households(drawn: str, units: Units, found: Households, seed: int) -> Draws:
    from udsat_geo.kernels.draws import draw_households

    sums = np.ascontiguousarray(np.hstack([found.numerator, found.denominator]))
    n_criteria = found.numerator.shape[1]

    def draw(number: int) -> tuple[Ints, Ints]:
        made = draw_households(found.place, found.key, sums, len(units), seed, number)
        return made[:, :n_criteria].copy(), made[:, n_criteria:].copy()

    of_units = dataclasses.replace(units, numerator_unit=found.numerator_unit, denominator_unit=found.denominator_unit)
    return Draws(drawn, of_units, draw, (), found, seed)


def _of_counts(units: Units, policy: Policy, seed: int) -> Draws:
    """Draws from counts: of shares whose numerator and denominator are whole numbers of people.

    A count that is an interval is first drawn within it, each whole number as likely; then chance is drawn at the rate
    that comes of it. Criteria with margins of error are drawn from those.
    """
    from udsat_geo.kernels.draws import draw_counts, draw_within

    lower, upper = _whole(units)
    stated: Flags = np.zeros(len(policy.criteria), dtype=bool) if units.errors is None else units.errors.stated
    counted = _are_counts(units, lower, upper) & ~stated
    if not (counted | stated).any():
        what = _("no criterion is a count of people among others, so there is nothing to draw from")
        named = ", ".join(f"{one.key}: {one.numerator} / {one.denominator}" for one in policy.criteria)
        remedy = _("Give counts as numerator and denominator: {named}.").format(named=named)
        raise InputError(Problem(_("policy {id}").format(id=policy.id), what, remedy))
    lower, upper = (np.where(np.tile(counted, 2), each, 0) for each in (lower, upper))
    n_criteria, in_one = len(counted), (units.numerator_unit, units.denominator_unit)

    def draw(number: int) -> tuple[Ints, Ints]:
        people = draw_within(lower, upper, seed, number)
        whole = people[:, n_criteria:].copy()
        part = np.minimum(people[:, :n_criteria], whole)
        with np.errstate(invalid="ignore", divide="ignore"):
            probability = part / whole
        drawn = draw_counts(whole, probability, seed, number) * in_one[0]
        numerator = np.where(counted, drawn, units.numerator)
        for j in np.flatnonzero(stated):
            numerator[:, j] = _by_margin(units, policy, int(j), seed, number)
        return numerator, np.where(counted, whole * in_one[1], units.denominator)

    keys = np.array(policy.keys, dtype=object)
    held, by_margin = tuple(keys[~counted & ~stated].tolist()), tuple(keys[stated].tolist())
    return Draws(COUNTS, units, draw, held, None, seed, by_margin)


def _by_margin(units: Units, policy: Policy, j: int, seed: int, number: int) -> Ints:
    """Numerators of a criterion whose rates are drawn from their errors, over the denominators as stated.

    The error of a share is that of the Census Bureau's handbook (`udsat_geo.registers.unit_margins`), chapter 8: of a
    part in a whole the root of a^2 - r^2 b^2, over the whole, where a and b are the errors of the part and the whole
    and r is the share; where that root is of a number below 0, and of other ratios, of a^2 + r^2 b^2.
    """
    from udsat_geo.kernels.draws import draw_normal

    errors, criterion = units.errors, policy.criteria[j]
    if errors is None:
        return units.numerator[:, j]
    rate = units.rate(units.numerator, units.denominator)[:, j]
    whole = units.denominator[:, j] / units.denominator_unit[j]
    of_part, of_whole = errors.numerator[:, j] ** 2, (rate * errors.denominator[:, j]) ** 2
    is_part = criterion.is_share and not criterion.may_exceed_one
    square = np.where(is_part & (of_part >= of_whole), of_part - of_whole, of_part + of_whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(whole > 0, np.sqrt(square) / whole, np.nan)
    drawn = draw_normal(rate, error, 0.0 if (rate[~np.isnan(rate)] >= 0).all() else -np.inf, 1.0 if is_part else np.inf,
                        seed + j, number)  # fmt: skip
    told = ~np.isnan(drawn) & (error > 0)
    moved = np.rint(np.where(told, drawn, 0.0) * whole * units.numerator_unit[j]).astype(np.int64)
    return np.where(told, moved, units.numerator[:, j])


def _whole(units: Units) -> tuple[Ints, Ints]:
    """The least and the most people that numerators and denominators can be, each of shape (n_units, 2 n_criteria)."""
    in_one = np.concatenate([units.numerator_unit, units.denominator_unit])
    sums = np.hstack([units.numerator, units.denominator])
    if units.bounds is None:
        return sums // in_one, sums // in_one
    known = units.bounds
    lower = np.hstack([known.numerator_lower, known.denominator_lower])
    upper = np.hstack([known.numerator_upper, known.denominator_upper])
    wide = upper > lower
    return np.where(wide, -(-lower // in_one), sums // in_one), np.where(wide, upper // in_one, sums // in_one)


def _are_counts(units: Units, lower: Ints, upper: Ints) -> Flags:
    """Which criteria are shares of whole numbers in every unit, shape (n_criteria,)."""
    in_one = np.concatenate([units.numerator_unit, units.denominator_unit])
    known = (np.hstack([units.numerator, units.denominator]) % in_one == 0) | (upper > lower)
    whole = known[:, : len(units.numerator_unit)] & known[:, len(units.numerator_unit) :]
    top, below = np.hsplit(lower, 2)[0], np.hsplit(upper, 2)[1]
    within = (top >= 0) & (top <= below)
    # a share that is written as such has a denominator of one: nothing says of how many it is
    result: Flags = whole.all(axis=0) & within.all(axis=0) & (below.max(axis=0, initial=0) > 1)
    return result
