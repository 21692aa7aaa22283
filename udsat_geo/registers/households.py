"""What the registers say of each household, or of each person: whom chance could as well have put there, or not."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from udsat_geo.kernels.arrays import Flags, Ints, Keys
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.expressions import check_policy_expressions, check_policy_fits, evaluate_let, working_crs
from udsat_geo.registers.key_index import Linked
from udsat_geo.registers.linking import Place, link
from udsat_geo.registers.opening import Opened, check, open_registers
from udsat_geo.registers.read import Ratios, add_ratios, add_up_dwellings, add_up_residents

_KEY = "CAST('0x' || left(md5({text}), 16) AS UBIGINT)"
"""SQL of the first 64 bits of a text's MD5: the same in every year, on every machine and in every version."""


@dataclass(frozen=True)
class Households:
    """The sums of each household (the residents of one dwelling, and the dwelling) or person that has a place.

    Attributes
    ----------
    place : int64, shape (n_households,)
    key : uint64, shape (n_households,)
        Of the dwelling's key in the registers, or the person's.
    numerator, denominator : int64, shape (n_households, n_criteria)
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
        As in `udsat_geo.registers.read.RegisterSums`.
    member, household_of_member : uint64 and int64, shape (n_members,), or None
        A key of each resident in this dwelling, and its row here; None where residents have no keys of their own, and
        where persons are the rows.
    """

    place: Ints
    key: Keys
    numerator: Ints
    denominator: Ints
    numerator_unit: Ints
    denominator_unit: Ints
    member: Keys | None = None
    household_of_member: Ints | None = None

    def __len__(self) -> int:
        return len(self.place)

    def after(self, earlier: Households) -> Households:
        """The same with other keys for households that nobody of the dwelling's earlier residents is left in.

        Households of both years that share a resident are one household then, and draw the same in both. Where
        residents have no keys in one of the years, all households of a dwelling that both have are taken for one.
        """
        if self.member is None or self.household_of_member is None or earlier.member is None:
            return self
        stays: Flags = np.zeros(len(self), dtype=bool)
        stays[self.household_of_member[np.isin(self.member, earlier.member)]] = True
        known = np.isin(self.key, earlier.key)
        # any change of all bits but the same one for each: keys that differ go on to differ
        return dataclasses.replace(self, key=np.where(known & ~stays, ~self.key, self.key))


def read_households(
    folder: Path,
    policy: Policy,
    place: Place,
    threads: int | None = None,
    year: int | None = None,
    with_members: bool = False,
) -> Households:
    """Add up the criteria of a policy over each household.

    Parameters
    ----------
    folder, policy, place, threads, year
        As of `udsat_geo.registers.read.read_registers`.
    with_members : bool
        Whether the keys of residents are read as well, for `Households.after`.

    Raises
    ------
    InputError
        As `udsat_geo.registers.read.read_registers` does.
    """
    opened, let, linked = _linked(folder, policy, place, threads, year)
    place_of_dwelling, n_dwellings = linked.place, len(linked)
    # each dwelling is a place of its own, and those without one stay without
    own = np.where(place_of_dwelling >= 0, np.arange(n_dwellings), -1).astype(np.int32)
    ratios = Ratios.empty(n_dwellings, len(policy.criteria))
    _residents, of_dwelling = add_up_residents(opened, policy, dataclasses.replace(linked, place=own), let, ratios)
    add_up_dwellings(opened, policy, of_dwelling, own, ratios)
    key = _keys_of_dwellings(opened)
    member, dwelling = _members(opened, linked) if with_members else (None, None)
    opened.connection.close()
    chosen = np.flatnonzero(place_of_dwelling >= 0)
    row = np.full(n_dwellings, -1, dtype=np.int64)
    row[chosen] = np.arange(len(chosen))
    found = Households(
        place_of_dwelling[chosen].astype(np.int64),
        key[chosen],
        ratios.numerator[chosen],
        ratios.denominator[chosen],
        ratios.numerator_unit,
        ratios.denominator_unit,
    )
    if member is None or dwelling is None:
        return found
    there = row[dwelling] >= 0
    return dataclasses.replace(found, member=member[there], household_of_member=row[dwelling[there]])


def read_persons(
    folder: Path, policy: Policy, place: Place, threads: int | None = None, year: int | None = None
) -> Households:
    """Add up the criteria of a policy over each person, and each dwelling where criteria count those: a row for each.

    Parameters
    ----------
    folder, policy, place, threads, year
        As of `udsat_geo.registers.read.read_registers`.

    Returns
    -------
    Households
        By persons' keys, and after them by dwellings'. Where persons have none, those of a dwelling are told apart by
        what the criteria count of them: who is alike may change places.

    Raises
    ------
    InputError
        As `udsat_geo.registers.read.read_registers` does.
    """
    opened, let, linked = _linked(folder, policy, place, threads, year)
    place_of_dwelling = linked.place
    opened.connection.execute(
        f"CREATE TEMP TABLE persons AS SELECT r.*, d.dwelling_row FROM {opened.residents.select()} r "
        f"{linked.join(opened.connection, 'r.dwelling_id')}"
    )
    dwelling = opened.connection.sql("SELECT dwelling_row FROM persons").fetchnumpy()["dwelling_row"]
    dwelling, n_criteria = np.asarray(dwelling, dtype=np.int64), len(policy.criteria)
    of_persons, of_dwellings = (Ratios.empty(n, n_criteria) for n in (len(dwelling), len(place_of_dwelling)))
    rows = "(SELECT *, CAST(rowid AS INTEGER) AS person_row FROM persons)"
    add_ratios(opened.connection, policy, "residents", rows, "person_row", lambda row: row, let, of_persons)
    inhabited = np.bincount(dwelling, minlength=len(place_of_dwelling)).astype(np.int64)
    own = np.arange(len(place_of_dwelling), dtype=np.int32)
    add_up_dwellings(opened, policy, inhabited, own, of_dwellings)
    of_dwelling = _keys_of_dwellings(opened)
    key = np.concatenate([_keys_of_persons(opened, dwelling, of_dwelling, of_persons), of_dwelling])
    opened.connection.close()
    places = np.concatenate([place_of_dwelling[dwelling], place_of_dwelling]).astype(np.int64)
    two = (of_persons, of_dwellings)
    sums = [np.concatenate([getattr(each, side) for each in two]) for side in ("numerator", "denominator")]
    # a row that no criterion counts draws nothing
    kept = (places >= 0) & ((sums[0] != 0) | (sums[1] != 0)).any(axis=1)
    units = [np.maximum(*(getattr(each, side) for each in two)) for side in ("numerator_unit", "denominator_unit")]
    return Households(places[kept], key[kept], sums[0][kept], sums[1][kept], *units)


def _keys_of_persons(opened: Opened, dwelling: Ints, of_dwelling: Keys, sums: Ratios) -> Keys:
    """A key of each person: the register's own, else of the dwelling and of what the criteria count."""
    order = np.lexsort((*sums.numerator.T, *sums.denominator.T, dwelling))
    first = np.searchsorted(dwelling[order], dwelling[order])
    place = np.empty(len(dwelling), dtype=np.uint64)
    place[order] = np.arange(len(dwelling)) - first
    without = of_dwelling[dwelling] ^ ((place + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15))
    if "person_id" not in opened.residents.columns:
        return without
    text = _KEY.format(text="CAST(person_id AS VARCHAR)")
    found = opened.connection.sql(f"SELECT {text} AS key FROM persons").fetchnumpy()["key"]
    has = ~np.ma.getmaskarray(found)
    return np.where(has, np.ma.getdata(found), without).astype(np.uint64)


def _linked(
    folder: Path, policy: Policy, place: Place, threads: int | None, year: int | None
) -> tuple[Opened, dict[str, float | None], Linked]:
    """Registers opened and checked, what ``[let]`` gives over residents, and the dwellings."""
    check_policy_fits(policy)
    opened = open_registers(folder, threads, year=year, crs=working_crs(policy))
    check_policy_expressions(opened, policy)
    opened, rows, counts = check(opened)
    let = evaluate_let(opened.connection, policy, "residents", opened.residents.select())
    return opened, let, link(opened, place, rows, counts)[0]


def _keys(opened: Opened, query: str) -> Keys:
    return np.asarray(opened.connection.sql(query).fetchnumpy()["key"], dtype=np.uint64)


def _keys_of_dwellings(opened: Opened) -> Keys:
    text = _KEY.format(text="CAST(dwelling_id AS VARCHAR)")
    return _keys(opened, f"SELECT {text} AS key FROM {opened.dwellings.select()}")


def _members(opened: Opened, linked: Linked) -> tuple[Keys | None, Ints | None]:
    """A key of each resident in this dwelling, and the dwelling's row; None where residents have no keys."""
    if "person_id" not in opened.residents.columns:
        return None, None
    # a key tells of the dwelling as well: who has moved within the city is in another household
    text = "CAST(r.person_id AS VARCHAR) || '|' || CAST(r.dwelling_id AS VARCHAR)"
    found = opened.connection.sql(
        f"SELECT {_KEY.format(text=text)} AS key, d.dwelling_row AS dwelling FROM {opened.residents.select()} r "
        f"{linked.join(opened.connection, 'r.dwelling_id')} WHERE r.person_id IS NOT NULL"
    ).fetchnumpy()
    return np.asarray(found["key"], dtype=np.uint64), np.asarray(found["dwelling"], dtype=np.int64)
