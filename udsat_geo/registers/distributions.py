"""Values kept one by one, for criteria that are quantiles: those of any group are exact, never means of others.

The quantile *q* of a group is its smallest value up to which at least *q* of the group's weight lies, the inverse of
its distribution function. Values and weights are whole numbers (of millionths, where they are not whole).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.registers.expressions import evaluating, limited
from udsat_geo.registers.tables import is_whole_type
from udsat_geo.sources.engine import quoted

FRACTION = 1_000_000
"""Numbers that are not whole are kept in millionths."""
_MOST = 2.0**62
_EXACT_AS_INTEGER = 2**62


@dataclass(frozen=True)
class Distribution:
    """The rows that one criterion reads its quantile from.

    Attributes
    ----------
    quantile : float
        Between 0 and 1.
    least_persons : int
        From fewer rows none is read.
    place : int32, shape (n_rows,)
    value : int64, shape (n_rows,)
        Rising.
    weight : int64, shape (n_rows,)
        Above 0.
    unit : int
        What of a value makes one.
    """

    quantile: float
    least_persons: int
    place: NDArray[np.int32]
    value: Ints
    weight: Ints
    unit: int = 1

    def of_groups(self, group_of_place: Ints, n_groups: int) -> Floats:
        """The quantile of each group of places, shape (n_groups,); NaN where there are too few rows.

        Parameters
        ----------
        group_of_place : int64, shape (n_places,)
            -1 is none.
        n_groups : int
        """
        found, enough = self._found(group_of_place, n_groups)
        return np.where(enough, found / self.unit, np.nan)

    def exactly(self, group_of_place: Ints) -> Fraction | None:
        """The quantile of one group, which is 0 in `group_of_place`, without rounding."""
        found, enough = self._found(group_of_place, 1)
        return Fraction(int(found[0]), self.unit) if enough[0] else None

    def _found(self, group_of_place: Ints, n_groups: int) -> tuple[Ints, Flags]:
        """The quantile of each group in the values' own ones, and whether there is one."""
        from udsat_geo.kernels.quantiles import lower_quantiles, weigh_groups

        whole, rows, found = (np.zeros(n_groups, dtype=np.int64) for _ignored in range(3))
        group = np.ascontiguousarray(group_of_place, dtype=np.int64)
        weigh_groups(self.place, self.weight, group, whole, rows)
        enough = rows >= max(self.least_persons, 1)
        least = np.where(enough, _share_of(whole, self.quantile), 0)
        lower_quantiles(self.place, self.value, self.weight, group, least, found)
        return found, enough

    def rows_of_places(self, n_places: int) -> Ints:
        """How many rows each place has, shape (n_places,)."""
        return np.bincount(self.place, minlength=n_places).astype(np.int64)

    def at(self, order: Ints, n_places: int) -> Distribution:
        """The same by places that stand in another order: `order` holds the earlier number of each, (n_new,)."""
        number = np.full(n_places, -1, dtype=np.int32)
        number[order] = np.arange(len(order), dtype=np.int32)
        place = number[self.place]
        kept = place >= 0
        return dataclasses.replace(self, place=place[kept], value=self.value[kept], weight=self.weight[kept])


@dataclass(frozen=True)
class ReadyMade:
    """A quantile that a unit table has ready-made: of a single unit it is known, of several together it is not.

    Attributes
    ----------
    value : float64, shape (n_units,)
        NaN where it is missing, or of too few persons.
    persons : int64, shape (n_units,)
        Of how many it is.
    lived_in : bool, shape (n_units,)
        Whether anybody lives there or is counted.
    """

    value: Floats
    persons: Ints
    lived_in: Flags

    def of_groups(self, group_of_place: Ints, n_groups: int) -> Floats:
        """The quantile of each group of a single unit that anybody lives in, shape (n_groups,); NaN of all others."""
        held = self.lived_in & (group_of_place >= 0)
        units = np.bincount(group_of_place[held], minlength=n_groups)
        result = np.full(n_groups, np.nan)
        result[group_of_place[held]] = self.value[held]
        return np.where(units == 1, result, np.nan)

    def rows_of_places(self, n_places: int) -> Ints:
        """Of how many persons each unit's is, shape (n_units,)."""
        return self.persons

    def exactly(self, group_of_place: Ints) -> Fraction | None:
        """As `Distribution.exactly`."""
        found = float(self.of_groups(group_of_place, 1)[0])
        return None if np.isnan(found) else Fraction(Decimal(repr(found)))


Quantiles = Mapping[int, Distribution | ReadyMade]
"""Number of a criterion -> where its quantiles are read from."""


def _share_of(whole: Ints, quantile: float) -> Ints:
    """The least whole number that is at least a share of each weight."""
    share = Fraction(Decimal(repr(quantile)))
    top, below = share.numerator, share.denominator
    if int(whole.max(initial=0)) < _EXACT_AS_INTEGER // top:
        return -(-whole * top // below)
    return np.array([-(-int(each) * top // below) for each in whole], dtype=np.int64)


def fill_quantiles(rate: Floats, quantiles: Quantiles, group_of_place: Ints) -> Floats:
    """Rates of groups with those of criteria that are quantiles; `rate` (n_groups, n_criteria) has none of them.

    Parameters
    ----------
    rate : float64, shape (n_groups, n_criteria)
        Changed in place, and returned.
    quantiles : mapping
    group_of_place : int64, shape (n_places,)
    """
    for j, values in quantiles.items():
        rate[:, j] = values.of_groups(group_of_place, len(rate))
    return rate


@limited
def read_distributions(
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
    register: str,
    relation: str,
    row_column: str,
    place_of: Callable[[NDArray[Any]], NDArray[np.int32]],
    let: Mapping[str, float | None],
) -> dict[int, Distribution]:
    """The values of a register's criteria that are quantiles, of rows that are placed.

    Parameters
    ----------
    relation : str
        SQL of the rows.
    row_column : str
        SQL of the integer that `place_of` turns into a place.
    place_of : callable
        Rows to places; -1 is none.
    let : mapping
        Values that expressions may use by name.

    Raises
    ------
    InputError
        If an expression cannot be evaluated or gives no number, weights are negative, or numbers are too large.
    """
    rows = with_constants(relation, let)
    mine = kept_values(connection, policy, register, rows)
    return {j: _distribution(connection, policy, each, rows, row_column, place_of) for j, each in mine.items()}


def with_constants(relation: str, let: Mapping[str, float | None]) -> str:
    """SQL of rows with values beside their columns, to the last bit."""
    constants = "".join(
        f", {'CAST(NULL AS DOUBLE)' if value is None else f'CAST({value!r} AS DOUBLE)'} AS {quoted(name)}"
        for name, value in let.items()
    )
    return f"(SELECT *{constants} FROM {relation})"


@dataclass(frozen=True)
class KeptValues:
    """What is read of each row for a criterion that is a quantile: SQL over the rows.

    Attributes
    ----------
    criterion : Criterion
    counts : str
        Whether the row is read.
    value, weight : str
        Whole numbers.
    unit : int
        What of a value makes one.
    """

    criterion: Criterion
    counts: str
    value: str
    weight: str
    unit: int

    def distribution(self, place: NDArray[Any], values: Ints, weights: Ints) -> Distribution:
        """The distribution of rows that count; those in no place (-1) or without weight are left out."""
        kept = (place >= 0) & (weights > 0)
        order = np.argsort(values[kept], kind="stable")
        return Distribution(
            float(self.criterion.quantile or 0.0),
            self.criterion.least_persons,
            place[kept][order].astype(np.int32),
            values[kept][order].astype(np.int64),
            weights[kept][order].astype(np.int64),
            self.unit,
        )


def kept_values(
    connection: duckdb.DuckDBPyConnection, policy: Policy, register: str, rows: str
) -> dict[int, KeptValues]:
    """What is read of each row for a register's criteria that are quantiles, by their numbers.

    Parameters
    ----------
    connection, policy, register
        As of `read_distributions`.
    rows : str
        SQL of the rows, as of `with_constants`.

    Raises
    ------
    InputError
        If an expression cannot be evaluated, or gives no number.
    """
    found = {}
    for j, one in enumerate(policy.criteria):
        if one.register_name != register or not one.is_quantile:
            continue
        sides, where = (one.numerator, one.denominator), policy.place(f"criteria ({one.key})")
        with evaluating(where):
            kinds = connection.execute(f"DESCRIBE SELECT ({sides[0]}\n), ({sides[1]}\n) FROM {rows}").fetchall()
        units = [
            _unit(str(kind[1]), where, side) for kind, side in zip(kinds, ("numerator", "denominator"), strict=True)
        ]
        value, weight = (_whole(side, unit) for side, unit in zip(sides, units, strict=True))
        counts = " AND ".join((f"({one.where}\n)", *(f"({side}\n) IS NOT NULL" for side in sides)))
        found[j] = KeptValues(one, counts, value, weight, units[0])
    return found


def _distribution(
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
    kept: KeptValues,
    rows: str,
    row_column: str,
    place_of: Callable[[NDArray[Any]], NDArray[np.int32]],
) -> Distribution:
    with evaluating(policy.place(f"criteria ({kept.criterion.key})")):
        found = connection.execute(
            f"SELECT {row_column} AS row, {kept.value} AS value, {kept.weight} AS weight FROM {rows} "
            f"WHERE {kept.counts} AND ({row_column}\n) IS NOT NULL"
        ).fetchnumpy()
    row, values, weights = (np.asarray(found[name]) for name in ("row", "value", "weight"))
    check_weights(policy, kept.criterion, weights)
    return kept.distribution(place_of(row), values, weights)


def _unit(kind: str, where: str, side: str) -> int:
    """How many of a number make one, by its type."""
    if is_whole_type(kind):
        return 1
    if kind in ("DOUBLE", "FLOAT", "HUGEINT", "UBIGINT") or kind.startswith("DECIMAL"):
        return FRACTION
    raise InputError(Problem(f"{where}.{side}", _("gives {kind}, not a number").format(kind=kind)))


def _whole(expression: str, unit: int) -> str:
    """SQL of a number as a whole one."""
    return (
        f"CAST(({expression}\n) AS BIGINT)"
        if unit == 1
        else f"CAST(round(CAST(({expression}\n) AS DOUBLE) * {unit}) AS BIGINT)"
    )


def check_weights(policy: Policy, criterion: Criterion, weights: Ints, before: float = 0.0) -> float:
    """Check that weights are at least 0, and that their sum fits a whole number.

    Parameters
    ----------
    policy : Policy
    criterion : Criterion
        That is a quantile.
    weights : int64, shape (n_rows,)
    before : float
        The sum of those that came before.

    Returns
    -------
    float
        The sum of both.

    Raises
    ------
    InputError
    """
    where = policy.place(f"criteria ({criterion.key})")
    negative = int((weights < 0).sum())
    if negative:
        example = str(int(weights.min()))
        what, remedy = _("weights below 0"), _("Leave such rows out by where.")
        raise InputError(Problem(f"{where}.denominator", what, remedy, negative, example))
    whole = before + float(weights.sum(dtype=np.float64))
    if whole > _MOST:
        raise InputError(Problem(where, _("the sum is too large to be added exactly")))
    return whole
