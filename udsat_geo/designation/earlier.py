"""Earlier designations: where they are found, and which units qualified in them (``rule.years_running``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.summary import Summary
from udsat_geo.kernels.arrays import Flags, Ints, Objects
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import source_text
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import LoadedPolicy, serves
from udsat_geo.policy.rules import Policy
from udsat_geo.units.crosswalk import Crosswalk, label_carried, pairs_between


@dataclass(frozen=True)
class Earlier:
    """A designation that lies in a store: its summary, and how the rest of it is read.

    Attributes
    ----------
    summary : Summary
    area_set : callable
        Reads its areas; False as its argument spares it the places of their units.
    units : callable
        Reads a pyarrow.Table with ``unit_id``, ``area_id``, ``residents`` and, in all but older files, ``qualified``.
    """

    summary: Summary
    area_set: Callable[[bool], AreaSet]
    units: Callable[[], Any]


class Store(Protocol):
    """Where results go, and earlier ones lie: a folder, or a database."""

    @property
    def is_database(self) -> bool:
        """Whether it is one, for messages."""

    def place(self, year: int) -> str:
        """Where the designation of a year lies, for messages."""

    def find(self, year: int) -> Earlier | None:
        """The designation of a year; None where there is none."""

    def read(self, where: str, places: bool) -> AreaSet:
        """A designation that is named by its file; without `places`, where its units lie need not be read."""


class Nowhere:
    """A store that holds nothing."""

    is_database = False

    def place(self, year: int) -> str:
        """As a file in the working folder."""
        return f"designation_{year}"

    def find(self, year: int) -> Earlier | None:
        """None, whatever the year."""
        return None

    def read(self, where: str, places: bool) -> AreaSet:
        """Refuse it.

        Raises
        ------
        InputError
        """
        raise InputError(Problem(where, _("no such designation"), _("Name a designation_YEAR.gpkg, or none.")))


@dataclass(frozen=True)
class Qualified:
    """Which units met the demands of a designation in its own year.

    Attributes
    ----------
    year : int
    unit_id : object (str), shape (n_units,)
    qualified : bool, shape (n_units,)
    residents : int64, shape (n_units,), or None
        None where that is not known: all units are alike then.
    """

    year: int
    unit_id: Objects
    qualified: Flags
    residents: Ints | None = None


def earlier_years(year: int, policy: Policy) -> tuple[int, ...]:
    """The years whose designations a unit must have qualified in as well, the latest first.

    Parameters
    ----------
    year : int
        The year to designate.
    policy : Policy
        ``rule.years_running`` designations, this one included, lie one ``cadence`` apart.
    """
    return tuple(year - policy.cadence * back for back in range(1, policy.rule.years_running))


def qualified_throughout(unit_id: Objects, earlier: Iterable[Qualified], crosswalk: Crosswalk | None = None) -> Flags:
    """Which units qualified in every one of the earlier designations.

    Parameters
    ----------
    unit_id : object (str), shape (n_units,)
        Of the units to designate now.
    earlier : iterable of Qualified
        Their units may be others: one that an earlier designation does not have did not qualify in it.
    crosswalk : Crosswalk, optional
        A zone of now qualified then where at least half of its residents come from zones that did.

    Returns
    -------
    bool, shape (n_units,)
        True everywhere when there are no earlier designations to look at.
    """
    result = np.ones(len(unit_id), dtype=bool)
    for designation in earlier:
        if crosswalk is not None:
            pairs = pairs_between(crosswalk, designation.unit_id, unit_id)
            label = np.where(designation.qualified, 0, -1).astype(np.int64)
            residents = np.ones_like(label) if designation.residents is None else designation.residents
            result &= label_carried(pairs, residents, label, len(unit_id)) >= 0
            continue
        met = set(designation.unit_id[designation.qualified].tolist())
        result &= np.fromiter((unit in met for unit in unit_id.tolist()), dtype=bool, count=len(unit_id))
    return result


def qualified_before(
    store: Store,
    year: int,
    policy: LoadedPolicy,
    source: str,
    unit_id: Objects,
    crosswalk: Crosswalk | None = None,
) -> Flags:
    """Which units qualified in every earlier designation that ``rule.years_running`` looks back on.

    Parameters
    ----------
    store : Store
        Holds a designation for each of `earlier_years`.
    year : int
        The year to designate.
    policy : LoadedPolicy
    source : str
        The kind of input of this run.
    unit_id : object (str), shape (n_units,)
    crosswalk : Crosswalk, optional
        How earlier zones belong to these.

    Returns
    -------
    bool, shape (n_units,)
        True everywhere for a policy that looks at a single year. A unit that an earlier designation does not have
        did not qualify in it.

    Raises
    ------
    InputError
        As `read_earlier`, or if an earlier designation shares no unit with this one.
    """
    earlier = read_earlier(store, year, policy, source)
    now = set(unit_id.tolist())
    what = _("shares no unit with this designation (it has {there}, this one {here})")
    problems = [
        Problem(
            store.place(designation.year),
            what.format(there=_first(designation.unit_id), here=_first(unit_id)),
            _("Designate the years over the same units."),
        )
        for designation in earlier
        if crosswalk is None and now.isdisjoint(designation.unit_id.tolist())
    ]
    if problems:
        raise InputError(problems)
    return qualified_throughout(unit_id, earlier, crosswalk)


def read_earlier(store: Store, year: int, policy: LoadedPolicy, source: str) -> tuple[Qualified, ...]:
    """The earlier designations that ``rule.years_running`` looks back on, the latest first.

    Each must have been made from the same kind of input, by this policy, by a base of it that asks the same of a
    unit in a single year (one that asks for less says nothing of what is asked here), or by one of ``rule.running_by``.

    Raises
    ------
    InputError
        With every year whose designation is missing, damaged, of another kind of input or by another policy.
    """
    problems = Problems()
    found = [problems.of(_read, store, earlier, policy, source) for earlier in earlier_years(year, policy.policy)]
    problems.check()
    return tuple(each for each in found if each is not None)


def _read(store: Store, year: int, policy: LoadedPolicy, source: str) -> Qualified:
    """One earlier designation, with what makes it unusable told at once."""
    place, rule = store.place(year), policy.policy
    serving = (*policy.ids_of_same_demands, *rule.rule.running_by)
    by = _(" or ").join([name for name in serving if name not in BUILT_IN or serves(name, year)] or serving)
    remedy = _("Designate {year} into the same folder first, with {policies}.")
    if store.is_database:
        remedy = _("Designate {year} into the same database first, with {policies}.")
    remedy = remedy.format(year=year, policies=by)
    found = store.find(year)
    if found is None:
        what = _("no such designation, and {policy} looks back on {years} years running")
        raise InputError(Problem(place, what.format(policy=rule.id, years=rule.rule.years_running), remedy))
    problems, made = [], found.summary
    if made.year != year:
        problems.append(Problem(place, _("is of {year}").format(year=made.year), remedy))
    if made.policy.id not in serving:
        what = _("was made by {other}, which does not ask the same of a unit as {policy}")
        problems.append(Problem(place, what.format(other=made.policy.id, policy=rule.id), remedy))
    if made.source != source:
        what = _("was made from another kind of input ({there}, this one from {here})")
        problems.append(Problem(place, what.format(there=source_text(made.source), here=source_text(source)), remedy))
    if problems:
        raise InputError(problems)
    try:
        return Qualified(year, *_units_of(found.units()))
    except (KeyError, ValueError) as error:
        reason = str(error.args[0] if error.args else error).split("\n")[0]
        what = _("is no designation of ours ({reason})").format(reason=reason)
        raise InputError(Problem(place, what, remedy)) from None


def _units_of(units: Any) -> tuple[Objects, Flags, Ints | None]:
    """Ids of the units, whether each qualified (in files without that column: is in an area), and their residents."""
    unit_id = np.array(units["unit_id"].to_pylist(), dtype=object)
    if len(set(unit_id.tolist())) < len(unit_id):
        raise ValueError(_("{column} stands twice").format(column="unit_id"))
    residents = None
    if "residents" in units.column_names:
        residents = np.array([number or 0 for number in units["residents"].to_pylist()], dtype=np.int64)
    if "qualified" not in units.column_names:
        return unit_id, np.array([area is not None for area in units["area_id"].to_pylist()], dtype=bool), residents
    told = [str(value).lower() for value in units["qualified"].to_pylist()]
    if not set(told) <= {"true", "false", "none"}:
        raise ValueError(_("{column} is neither true nor false in places").format(column="qualified"))
    return unit_id, np.array([value == "true" for value in told], dtype=bool), residents


def _first(unit_id: Objects) -> str:
    return str(unit_id[0]) if len(unit_id) else _("none")
