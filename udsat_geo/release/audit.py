"""The attack on what is published: what somebody can tell of few people who has every number and knows the rules.

Each number that is told bounds the residents of some units together. Units that all numbers count alike are one atom.
Of each atom the least and the most residents are found that agree with all numbers at once, by linear programming
(HiGHS, in scipy). An atom of which fewer numbers are left than the policy promises is given away. Rates bound those
whom a criterion finds in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _

_CLOSE = 1e-6
"""What a solution may be off by."""
_INFEASIBLE = 2
"""The status by which scipy says that nothing solves a problem."""


@dataclass(frozen=True)
class Region:
    """Units that are counted together in something published.

    Attributes
    ----------
    name : str
    unit_id : tuple of str
        In order.
    least, most : float
        What the number that is told may stand for; whole ones, but for what a rate stands for.
    """

    name: str
    unit_id: tuple[str, ...]
    least: float
    most: float


@dataclass(frozen=True)
class Atom:
    """Units that everything published counts alike, and what can be told of their residents.

    Attributes
    ----------
    unit_id : tuple of str
    regions : tuple of str
        The names of those that count them.
    least, most : int
        Their residents are between these.
    """

    unit_id: tuple[str, ...]
    regions: tuple[str, ...]
    least: int
    most: int

    @property
    def numbers_left(self) -> int:
        """How many numbers of residents are possible."""
        return self.most - self.least + 1


def atoms_of(regions: Sequence[Region]) -> tuple[list[tuple[str, ...]], list[Ints]]:
    """Units that all regions count alike, and the numbers of the atoms of each region."""
    within: dict[str, list[int]] = {}
    for number, region in enumerate(regions):
        for unit in region.unit_id:
            within.setdefault(unit, []).append(number)
    units_by_regions: dict[tuple[int, ...], list[str]] = {}
    for unit, numbers in within.items():
        units_by_regions.setdefault(tuple(numbers), []).append(unit)
    order = sorted(units_by_regions.items(), key=lambda item: min(item[1]))
    of_region: list[list[int]] = [[] for _region in regions]
    for place, (counting, _units) in enumerate(order):
        for number in counting:
            of_region[number].append(place)
    return [tuple(sorted(units)) for _numbers, units in order], [np.array(each, dtype=np.int64) for each in of_region]


def attack(regions: Sequence[Region], residents: Mapping[str, int], least: int) -> list[Atom]:
    """The atoms of which fewer than `least` numbers of residents are possible.

    Parameters
    ----------
    regions : sequence of Region
        Of one year: everything that was ever published of it.
    residents : mapping
        Unit id -> the residents that the house knows of, which save most of the work: the attacker has none of them.
    least : int
        What is promised.

    Returns
    -------
    list of Atom
        In the order of their units; empty where nothing is given away.

    Raises
    ------
    InputError
        If the numbers contradict each other, as those of other registers do.
    """
    units, of_region = atoms_of(regions)
    living = np.array([sum(residents.get(unit, 0) for unit in each) for each in units], dtype=np.int64)
    bounds = np.array([(each.least, each.most) for each in regions], dtype=np.int64).reshape(-1, 2)
    doubted = np.flatnonzero(~_surely_safe(of_region, living, bounds, least))
    found = []
    for place, fewest, most in _bounded(of_region, np.full(len(units), np.inf), bounds.astype(np.float64), doubted):
        if most is not None and most - fewest + 1 < least:
            found.append(_atom(regions, of_region, units, (place, fewest, most)))
    return found


def attack_rates(rates: Sequence[Region], residents: Mapping[str, int], least: int) -> list[Atom]:
    """The atoms of which rates leave fewer than `least` possible counts of those whom a criterion finds.

    The attacker is taken to know the residents of every unit, as from other statistics. Of atoms of fewer residents,
    any count of them must be possible.

    Parameters
    ----------
    rates : sequence of Region
        Of one year and criterion: everything that was ever published of it, as persons among the residents.
    residents : mapping
        Unit id -> residents.
    least : int
        What is promised.

    Returns
    -------
    list of Atom
        In the order of their units; empty where nothing is given away.

    Raises
    ------
    InputError
        If the rates contradict each other, as those of other registers do.
    """
    units, of_region = atoms_of(rates)
    living = np.array([sum(residents.get(unit, 0) for unit in each) for each in units], dtype=np.float64)
    bounds = np.array([(each.least, each.most) for each in rates], dtype=np.float64).reshape(-1, 2)
    return [
        _atom(rates, of_region, units, (place, fewest, most))
        for place, fewest, most in _bounded(of_region, living, bounds, np.flatnonzero(living > 0))
        if most is not None and most - fewest + 1 < min(least, living[place] + 1)
    ]


def _atom(
    regions: Sequence[Region], of_region: Sequence[Ints], units: Sequence[tuple[str, ...]], told: tuple[int, int, int]
) -> Atom:
    place, fewest, most = told
    names = tuple(region.name for region, atoms in zip(regions, of_region, strict=True) if place in atoms)
    return Atom(units[place], names, fewest, most)


def _bounded(
    of_region: Sequence[Ints], living: Floats, bounds: Floats, places: Ints
) -> Iterator[tuple[int, int, int | None]]:
    """The fewest and most persons of some atoms that agree with all numbers; None where there is no most.

    Parameters
    ----------
    of_region : sequence of int64 arrays
        The atoms of each.
    living : float64, shape (n_atoms,)
        No atom has more.
    bounds : float64, shape (n_regions, 2)
    places : int64, shape (n_asked,)
        The atoms that are asked for.

    Raises
    ------
    InputError
        If no residents agree with all numbers.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, vstack

    if not len(places):
        return
    lengths, n_atoms = [len(each) for each in of_region], len(living)
    rows = np.repeat(np.arange(len(of_region)), lengths)
    shape = (len(of_region), n_atoms)
    counted = csr_array((np.ones(sum(lengths)), (rows, np.concatenate(of_region))), shape=shape)
    both, bound = vstack([counted, -counted]), np.concatenate([bounds[:, 1], -bounds[:, 0]])
    allowed = np.stack([np.zeros(n_atoms), living], axis=1)
    for place in places.tolist():
        cost = np.zeros(n_atoms)
        cost[place] = 1.0
        least = linprog(cost, A_ub=both, b_ub=bound, bounds=allowed, method="highs")
        most = linprog(-cost, A_ub=both, b_ub=bound, bounds=allowed, method="highs")
        if least.status == _INFEASIBLE:
            # no city agrees with all: what part of them tells of whom cannot be found so
            what = _("contradict what was published of this year: they were counted from other registers")
            remedy = _("Release the registers that were published, or withdraw what was and begin another ledger.")
            raise InputError(Problem(_("the numbers to publish"), what, remedy))
        fewest = int(np.ceil(least.fun - _CLOSE)) if least.status == 0 else 0
        yield place, fewest, int(np.floor(-most.fun + _CLOSE)) if most.status == 0 else None


def _surely_safe(of_region: Sequence[Ints], living: Ints, bounds: Ints, least: int) -> Flags:
    """Atoms of which enough numbers are possible, as can be shown without linear programming; bool, shape (n_atoms,).

    Of atoms that the same regions count but for the smallest of each, residents of one can have lived in another: no
    number changes but those of the two smallest, as far as these leave room.
    """
    n_atoms = len(living)
    regions_of_atom: list[list[int]] = [[] for _atom in range(n_atoms)]
    counted = np.zeros(len(of_region), dtype=np.int64)
    for number, atoms in enumerate(of_region):
        counted[number] = living[atoms].sum()
        for atom in atoms.tolist():
            regions_of_atom[atom].append(number)
    more, fewer = bounds[:, 1] - counted, counted - bounds[:, 0]
    if (more < 0).any() or (fewer < 0).any():
        # numbers of other registers: nothing is known of who lives where
        return np.zeros(n_atoms, dtype=bool)
    up, down = np.zeros(n_atoms, dtype=np.int64), np.zeros(n_atoms, dtype=np.int64)
    groups: dict[frozenset[int], list[int]] = {}
    for atom, numbers in enumerate(regions_of_atom):
        own = min(numbers, key=lambda number: (len(of_region[number]), number))
        up[atom], down[atom] = more[own], min(fewer[own], living[atom])
        groups.setdefault(frozenset(numbers) - {own}, []).append(atom)
    safe = np.zeros(n_atoms, dtype=bool)
    for shared, members in groups.items():
        of = np.array(members, dtype=np.int64)
        # where no other region counts them, nobody else need make way
        others_up, others_down = (
            side[of].sum() - side[of] if shared else np.full(len(of), least) for side in (up, down)
        )
        left = np.minimum(up[of], others_down) + np.minimum(down[of], others_up) + 1
        safe[of] = left >= least
    return safe
