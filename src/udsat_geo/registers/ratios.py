"""Adding up the two sums of every criterion over the rows of one register.

Yes/no sides of all criteria travel as the bits of one integer per row, so that a register of millions of rows leaves
DuckDB as two columns; other sides travel as an integer column each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem
from udsat_geo.policy import Criterion, Policy
from udsat_geo.registers.sql import quoted
from udsat_geo.registers.tables import is_whole_type

FRACTION = 1_000_000
"""Numbers that are not whole are added up in millionths."""

_LARGEST_SUM = 2.0**62
_MOST_FLAGS = 60
_FLAGS_OF_AN_INTEGER = 30
_ROWS_AT_A_TIME = 1 << 20


@dataclass(frozen=True)
class Ratios:
    """The sums of all criteria, added to in place.

    Attributes
    ----------
    numerator, denominator : int64, shape (n_places, n_criteria)
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
        1, or `FRACTION`.
    """

    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    numerator_unit: NDArray[np.int64]
    denominator_unit: NDArray[np.int64]

    @staticmethod
    def empty(n_places: int, n_criteria: int) -> Ratios:
        """All sums zero."""
        return Ratios(
            np.zeros((n_places, n_criteria), dtype=np.int64),
            np.zeros((n_places, n_criteria), dtype=np.int64),
            np.ones(n_criteria, dtype=np.int64),
            np.ones(n_criteria, dtype=np.int64),
        )


@dataclass(frozen=True)
class _Side:
    """One side of one criterion's ratio, as a column of the query."""

    criterion: int
    is_numerator: bool
    sql: str
    flag: bool
    unit: int


def add_ratios(
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
    register: str,
    relation: str,
    row_column: str,
    place_of: Callable[[NDArray[np.int32]], NDArray[np.int32]],
    let: dict[str, float | None],
    ratios: Ratios,
) -> None:
    """Add the rows of one register to the sums.

    Parameters
    ----------
    relation : str
        SQL of the rows.
    row_column : str
        SQL of the integer that `place_of` turns into a place.
    place_of : callable
        Rows to places; called once for every batch of rows.
    let : dict
        Values that expressions may use by name.
    ratios : Ratios
        Added to in place.

    Raises
    ------
    InputError
        If an expression cannot be evaluated over the rows, or a sum exceeds 64 bits.
    """
    for name, value in let.items():
        if value is not None and not math.isfinite(value):
            where = policy.place(f"let.{register}.{name}")
            raise InputError(Problem(where, f"gives {value}, not a finite number", "Mend the expression."))
    constants = "".join(
        f", {'CAST(NULL AS DOUBLE)' if value is None else f'CAST({value!r} AS DOUBLE)'} AS {quoted(name)}"
        for name, value in let.items()
    )
    rows = f"(SELECT *{constants} FROM {relation})"
    sides = _sides(connection, policy, register, rows)
    flags = [side for side in sides if side.flag][:_MOST_FLAGS]
    others = [side for side in sides if side not in flags]
    # a query of INTEGERs is a fifth faster than one of BIGINTs
    kind = "INTEGER" if len(flags) <= _FLAGS_OF_AN_INTEGER else "BIGINT"
    packed = " + ".join(f"CAST({side.sql} AS {kind}) * {1 << k}" for k, side in enumerate(flags)) or "0"
    values = "".join(f", {side.sql} AS v{k}" for k, side in enumerate(others))
    query = f"SELECT {row_column} AS row, CAST({packed} AS {kind}) AS flags{values} FROM {rows}"
    tally = _Tally(policy, flags, others, ratios)
    try:
        for batch in _ahead(connection.sql(query).to_arrow_reader(_ROWS_AT_A_TIME)):
            found = {name: batch.column(name).to_numpy(zero_copy_only=False) for name in batch.schema.names}
            tally.add(place_of(found["row"]), found)
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        where = f"{policy.id}: criteria over {register}"
        raise InputError(Problem(where, f"cannot be evaluated: {reason}", "Mend the expressions.")) from None
    tally.close()


def _ahead(batches: Iterable[Any]) -> Iterator[Any]:
    """The same batches, the next one being read while one is worked on."""
    following = iter(batches)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, following, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, following, None)
            yield batch


def _sides(connection: duckdb.DuckDBPyConnection, policy: Policy, register: str, rows: str) -> list[_Side]:
    """Both sides of each criterion of a register, with their types found by DuckDB."""
    mine = [(j, c) for j, c in enumerate(policy.criteria) if c.register_name == register]
    if not mine:
        return []
    columns = ", ".join(f"({c.numerator}\n), ({c.denominator}\n)" for _, c in mine)
    try:
        types = [row[1] for row in connection.execute(f"DESCRIBE SELECT {columns} FROM {rows}").fetchall()]
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(Problem(f"{policy.id}: criteria over {register}", f"cannot be evaluated: {reason}")) from None
    sides = []
    for place, (j, criterion) in enumerate(mine):
        for is_numerator in (True, False):
            sides.append(_side(j, criterion, is_numerator, types[2 * place + (not is_numerator)]))
    return sides


def _side(j: int, criterion: Criterion, is_numerator: bool, kind: str) -> _Side:
    expression = criterion.numerator if is_numerator else criterion.denominator
    other = criterion.denominator if is_numerator else criterion.numerator
    counts = f"({criterion.where}\n)"
    # a constant is never NULL, and a side that is tested for truth below need not be tested for NULL as well
    counts += "".join(
        f" AND ({side}\n) IS NOT NULL"
        for side in (expression, other)
        if side.strip() != "1" and not (side is expression and kind == "BOOLEAN")
    )
    if kind == "BOOLEAN":
        return _Side(j, is_numerator, f"coalesce({counts} AND ({expression}\n), FALSE)", True, 1)
    if expression.strip() == "1":
        return _Side(j, is_numerator, f"coalesce({counts}, FALSE)", True, 1)
    if is_whole_type(kind):
        value, unit = f"CAST(({expression}\n) AS BIGINT)", 1
    elif kind in ("DOUBLE", "FLOAT", "HUGEINT", "UBIGINT") or kind.startswith("DECIMAL"):
        value, unit = f"CAST(round(CAST(({expression}\n) AS DOUBLE) * {FRACTION}) AS BIGINT)", FRACTION
    else:
        side = "numerator" if is_numerator else "denominator"
        raise InputError(Problem(f"criteria ({criterion.key}).{side}", f"gives {kind}, not a number"))
    return _Side(j, is_numerator, f"CASE WHEN {counts} THEN {value} ELSE 0 END", False, unit)


class _Tally:
    """Adds up batches of rows.

    Parameters
    ----------
    policy : Policy
    flags, others : list of _Side
        The sides that travel as bits, and those with a column each.
    ratios : Ratios
        Added to in place; the flags only at the end.
    """

    def __init__(self, policy: Policy, flags: list[_Side], others: list[_Side], ratios: Ratios):
        self.policy, self.flags, self.others, self.ratios = policy, flags, others, ratios
        # rows fit 32 bits, and half the width is twice the sums in a cache
        self.sums_of_flags = np.zeros((len(ratios.numerator), len(flags)), dtype=np.int32)
        self.largest = np.zeros(len(others))

    def add(self, place: NDArray[np.int32], found: dict[str, NDArray[np.int64]]) -> None:
        """Add one batch: ``flags`` and ``v0``, ``v1`` ... of `found`, each of shape (n_rows,)."""
        from udsat_geo.kernels.sums import add_flags, add_values

        if self.flags:
            add_flags(place, found["flags"], self.sums_of_flags)
        for k, side in enumerate(self.others):
            values = np.asarray(found[f"v{k}"])
            self.largest[k] += np.abs(values).sum(dtype=np.float64)
            if self.largest[k] > _LARGEST_SUM:
                key = self.policy.criteria[side.criterion].key
                what = "the sum is too large to be added exactly"
                raise InputError(Problem(f"{self.policy.id}: criteria ({key})", what))
            ratios = self.ratios
            units = ratios.numerator_unit if side.is_numerator else ratios.denominator_unit
            units[side.criterion] = side.unit
            add_values(place, values, ratios.numerator if side.is_numerator else ratios.denominator, side.criterion)

    def close(self) -> None:
        """Bring the flags to their sums."""
        for k, side in enumerate(self.flags):
            target = self.ratios.numerator if side.is_numerator else self.ratios.denominator
            target[:, side.criterion] += self.sums_of_flags[:, k]
