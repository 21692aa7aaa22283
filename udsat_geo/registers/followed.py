"""What each household and each person adds to the sums of a year, with the keys by which another year has them again.

A household is a dwelling and its residents. The keys of two years belong together as texts, so it does not matter
whether a file holds them as numbers; only their hashes are kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.cleaning import HASH, reading
from udsat_geo.registers.key_index import Linked
from udsat_geo.registers.opening import Opened
from udsat_geo.registers.read import Ratios, add_ratios, add_up_dwellings, add_up_residents
from udsat_geo.registers.survey import ANSWERED, weighted

Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class Persons:
    """The residents whose key stands once, in dwellings that have a place.

    Attributes
    ----------
    key : uint64, shape (n_persons,)
        Hashes, rising.
    household : int64, shape (n_persons,)
        Number of the household they live in.
    numerator, denominator : integer, shape (n_persons, n_criteria)
        0 of criteria over dwellings.
    """

    key: Keys
    household: Ints
    numerator: NDArray[np.integer[Any]]
    denominator: NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Answered:
    """The answers of a survey that count in a criterion, in an order that hangs on nothing but themselves.

    Attributes
    ----------
    place : int64, shape (n_answers,)
    numerator, denominator : float64, shape (n_answers,)
        Times the weight.
    """

    place: Ints
    numerator: Floats
    denominator: Floats


@dataclass(frozen=True)
class Followed:
    """The households of a year that have a place.

    Attributes
    ----------
    key : uint64, shape (n_households,)
        Hashes of the dwellings' keys, rising.
    place : int64, shape (n_households,)
    residents : int64, shape (n_households,)
    numerator, denominator : int64, shape (n_households, n_criteria)
        As in `udsat_geo.registers.read.RegisterSums`; 0 of criteria that are quantiles or read a survey.
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
    persons : Persons or None
        None where residents have no key.
    answers : mapping
        Number of a criterion over a survey -> `Answered`.
    """

    key: Keys
    place: Ints
    residents: Ints
    numerator: Ints
    denominator: Ints
    numerator_unit: Ints
    denominator_unit: Ints
    persons: Persons | None
    answers: Mapping[int, Answered] = field(default_factory=dict)

    def of_criteria(self, keys: Sequence[str], all_keys: Sequence[str]) -> Followed:
        """The same over more criteria, of which `keys` are those that were followed; the others add nothing."""
        at = [list(all_keys).index(key) for key in keys]

        def widened(values: Any, fill: int) -> Any:
            whole = np.full((*values.shape[:-1], len(all_keys)), fill, dtype=values.dtype)
            whole[..., at] = values
            return whole

        persons = self.persons and Persons(
            self.persons.key,
            self.persons.household,
            widened(self.persons.numerator, 0),
            widened(self.persons.denominator, 0),
        )
        return Followed(
            self.key,
            self.place,
            self.residents,
            widened(self.numerator, 0),
            widened(self.denominator, 0),
            widened(self.numerator_unit, 1),
            widened(self.denominator_unit, 1),
            persons,
            {at[j]: answered for j, answered in self.answers.items()},
        )


def read_followed(
    opened: Opened,
    policy: Policy,
    linked: Linked,
    residents_of_dwelling: Ints,
    let: dict[str, float | None],
) -> Followed:
    """Add up the criteria of a policy over each household and each person; a `Follow` of `udsat_geo.registers.read`.

    Parameters
    ----------
    opened : Opened
    policy : Policy
    linked : Linked
    residents_of_dwelling : int64, shape (n_dwellings,)
    let : dict
        ``[let]`` over residents.
    """
    connection, n_dwellings, place_of_dwelling = opened.connection, len(linked), linked.place
    own = np.where(place_of_dwelling >= 0, np.arange(n_dwellings), -1).astype(np.int32)
    at_home = dataclasses.replace(linked, place=own)
    ratios = Ratios.empty(n_dwellings, len(policy.criteria))
    persons = None
    if "person_id" in opened.residents.columns:
        persons = _read_persons(opened, policy, at_home, let, ratios)
    else:
        add_up_residents(opened, policy, at_home, let, ratios)
    add_up_dwellings(opened, policy, residents_of_dwelling, own, ratios)
    # the same hash in every year, whatever keys were linked by
    hashed = f"SELECT {HASH.format(key='dwelling_id')} AS key FROM {opened.dwellings.select()}"
    found = connection.sql(hashed).fetchnumpy()["key"]
    key = np.asarray(found, dtype=np.uint64)
    order = np.argsort(key, kind="stable")
    order = order[place_of_dwelling[order] >= 0]
    number = np.full(n_dwellings, -1, dtype=np.int64)
    number[order] = np.arange(len(order))
    return Followed(
        key[order],
        place_of_dwelling[order].astype(np.int64),
        residents_of_dwelling[order],
        ratios.numerator[order],
        ratios.denominator[order],
        ratios.numerator_unit,
        ratios.denominator_unit,
        None if persons is None else _numbered(persons, number),
        {} if opened.survey is None else _read_answers(opened, policy),
    )


def _read_answers(opened: Opened, policy: Policy) -> dict[int, Answered]:
    """The answers of each criterion over the survey, whose places are known."""
    own, criterion = weighted(policy)
    found = {}
    for i, j in enumerate(criterion.tolist()):
        sides, counted = own.criteria[2 * i], own.criteria[2 * i + 1]
        rows = opened.connection.sql(
            f"SELECT CAST(place_of_answer AS BIGINT) AS place, ({sides.numerator}) AS top, "
            f"({sides.denominator}) AS below FROM {ANSWERED} WHERE place_of_answer >= 0 AND {counted.where}"
        ).fetchnumpy()
        place, top, below = (np.ma.getdata(rows[name]) for name in ("place", "top", "below"))
        order = np.lexsort((below, top, place))
        found[j] = Answered(place[order], top[order], below[order])
    return found


def _read_persons(
    opened: Opened, policy: Policy, linked: Linked, let: dict[str, float | None], ratios: Ratios
) -> Persons:
    """Everybody in a dwelling that has a place, added up to `ratios` by dwelling; `household` is the dwelling."""
    connection, residents = opened.connection, opened.residents
    with reading(residents.source):
        connection.execute(
            f"CREATE TEMP TABLE followed AS SELECT r.*, d.dwelling_row FROM {residents.select()} r "
            f"{linked.join(connection, 'r.dwelling_id')}"
        )
    hashed = HASH.format(key="person_id")
    rows = connection.sql(
        f"SELECT dwelling_row, {hashed} AS key, person_id IS NOT NULL AS known FROM followed ORDER BY rowid"
    ).fetchnumpy()
    dwelling = linked.place[np.asarray(rows["dwelling_row"])]
    sums = Ratios.empty(len(dwelling), len(policy.criteria))
    relation = "(SELECT *, CAST(rowid AS INTEGER) AS person_row FROM followed)"
    add_ratios(connection, policy, "residents", relation, "person_row", lambda row: row, let, sums)
    connection.execute("DROP TABLE followed")
    _add_to_dwellings(dwelling, sums, ratios)
    key, known = np.asarray(rows["key"], dtype=np.uint64), np.asarray(rows["known"], dtype=bool)
    kept = np.flatnonzero(known & (dwelling >= 0))
    kept = kept[np.argsort(key[kept], kind="stable")]
    kept = kept[_alone(key[kept])]
    # small before they are put in order: there are as many as residents
    sides = (_small(side)[kept] for side in (sums.numerator, sums.denominator))
    return Persons(key[kept], dwelling[kept].astype(np.int64), *sides)


def _add_to_dwellings(dwelling: NDArray[np.int32], sums: Ratios, ratios: Ratios) -> None:
    from udsat_geo.kernels.sums import add_values

    for j in range(sums.numerator.shape[1]):
        add_values(dwelling, sums.numerator[:, j], ratios.numerator, j)
        add_values(dwelling, sums.denominator[:, j], ratios.denominator, j)
    ratios.numerator_unit[:] = sums.numerator_unit
    ratios.denominator_unit[:] = sums.denominator_unit


def _alone(key: Keys) -> Flags:
    """Which of some rising keys stand once: a key that stands twice says nothing of who is who."""
    same = key[1:] == key[:-1]
    alone = np.ones(len(key), dtype=bool)
    alone[1:] &= ~same
    alone[:-1] &= ~same
    return alone


def _small(values: Ints) -> NDArray[np.integer[Any]]:
    """The same in as few bytes as they need: most are 0 or 1."""
    least, most = (int(values.min(initial=0)), int(values.max(initial=0)))
    kind = next(
        each for each in (np.int8, np.int32, np.int64) if np.iinfo(each).min <= least and most <= np.iinfo(each).max
    )
    return values.astype(kind)


def _numbered(persons: Persons, number: Ints) -> Persons:
    """Persons with the number of their household in place of their dwelling's row."""
    return Persons(persons.key, number[persons.household], persons.numerator, persons.denominator)
