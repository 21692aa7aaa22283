"""Values of a whole register, such as a median, from how often each value stands: counts of parts add up.

What ``[let]`` takes from a register is an expression over totals, as in ``0.75 * median(income) FILTER (WHERE age >=
18)``. It is split here into what is counted of each row (``income`` and ``age >= 18``) and the same expression over
columns of these values, which gives over the counted rows just what it gives over the register itself.

Of a median the rows in the middle are enough. Where each part tells how many values lie in bins of the same bounds, the
bin of the middle is known, and only what lies in it is counted value by value.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np

from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.registers.expressions import AGGREGATES
from udsat_geo.registers.tables import is_whole_type
from udsat_geo.sources.engine import quoted

TIMES = "times"
"""The column that says how often values stand."""
_BITS_OF_A_BIN = 44
"""Of a float of 64: values of a bin differ by less than a 256th; own choice."""
_LAST_BIN = np.iinfo(np.int64).max >> _BITS_OF_A_BIN
"""That of what is no number."""


@dataclass(frozen=True)
class Middle:
    """Where the middle of all values lies.

    Attributes
    ----------
    whole, before : int
        How many values there are, and how many are less than `least`.
    least, most : float
        From where and up to where they lie that are in the middle.
    """

    whole: int
    before: int
    least: float
    most: float


def bins_of(values: Floats) -> tuple[Ints, Ints]:
    """The bins in which values lie, rising, and how many lie in each.

    Parameters
    ----------
    values : float64, shape (n_values,)
        What is no number is greater than all, as DuckDB has it.
    """
    # as whole numbers, floats of one sign are in the order of their bits; 0 has no sign then
    bits = (np.where(np.isnan(values), np.nan, values) + 0.0).view(np.int64)
    bins = (bits ^ ((bits >> 63) & np.iinfo(np.int64).max)) >> _BITS_OF_A_BIN
    bins[np.isnan(values)] = _LAST_BIN
    first = int(bins.min()) if len(bins) else 0
    counts = np.bincount(bins - first)
    held = np.flatnonzero(counts)
    return held + first, counts[held]


def middle_of(bins: Ints, counts: Ints) -> Middle:
    """Where the middle of values lies that were put into bins, by as many parts as there are.

    Parameters
    ----------
    bins, counts : int64, shape (n,)
        A bin may stand several times.
    """
    if not len(bins):
        return Middle(0, 0, math.inf, math.inf)
    held, place = np.unique(bins, return_inverse=True)
    upto = np.cumsum(np.bincount(place, weights=counts).astype(np.int64))
    whole = int(upto[-1])
    first, last = np.searchsorted(upto, [(whole - 1) // 2, whole // 2], side="right")
    before = int(upto[first - 1]) if first else 0
    return Middle(whole, before, _least_of(int(held[first])), _least_of(int(held[last]) + 1))


def _least_of(number: int) -> float:
    """The least value of a bin; beyond the greatest, what is no number."""
    bits = np.array([min(number, _LAST_BIN) << _BITS_OF_A_BIN], dtype=np.int64)
    value = float((bits ^ ((bits >> 63) & np.iinfo(np.int64).max)).view(np.float64)[0])
    return -math.inf if number < 0 and math.isnan(value) else value


@dataclass(frozen=True)
class CountedTotal:
    """An expression over totals of a register, split into what is counted and what is reckoned from the counts.

    Attributes
    ----------
    values : tuple of str
        SQL over a row of the register: arguments and conditions of the totals.
    expression : str
        Over columns ``value 0``, ``value 1`` ... in their place.
    of_middle : (int, int or None) or None
        Where its only total is a median: the number of the value that it is of, and of its condition, so that the rows
        in the middle are enough.
    in_bins : bool
        Whether these are looked for by bins, as those of numbers can be.
    """

    values: tuple[str, ...]
    expression: str
    of_middle: tuple[int, int | None] | None = None
    in_bins: bool = False

    def with_types(self, connection: duckdb.DuckDBPyConnection, relation: str) -> CountedTotal:
        """The same for rows of a `relation`, by whose types it is known whether values can be put into bins."""
        if self.of_middle is None:
            return self
        kinds = connection.execute(f"DESCRIBE SELECT ({self.values[self.of_middle[0]]}\n) FROM {relation}").fetchall()
        return replace(self, in_bins=is_whole_type(kinds[0][1]) or kinds[0][1] in ("DOUBLE", "FLOAT"))

    def of_rows(self, relation: str) -> str:
        """SQL of ``value``, the numbers whose middle is looked for, in the rows of `relation`."""
        value, known = self._known()
        return f"SELECT CAST({value} AS DOUBLE) AS value FROM {relation} WHERE {known}"

    def around(self, relation: str, middle: Middle) -> str:
        """SQL of the rows of `relation` whose values may be in the middle."""
        value, known = self._known()
        # beyond the greatest number there is nothing to leave out
        most = "" if math.isnan(middle.most) else f" AND CAST({value} AS DOUBLE) < {_as_sql(middle.most)}"
        within = f"CAST({value} AS DOUBLE) >= {_as_sql(middle.least)}{most}"
        return f"(SELECT * FROM {relation} WHERE {known} AND {within})"

    def _known(self) -> tuple[str, str]:
        """SQL of the number whose middle is looked for, and of whether a row has one that counts."""
        value, condition = self.of_middle or (0, None)
        number = f"({self.values[value]}\n)"
        counts = "" if condition is None else f" AND ({self.values[condition]}\n)"
        return number, f"{number} IS NOT NULL{counts}"

    def counts(self, relation: str) -> str:
        """SQL of how often values stand in the rows of `relation`; with ``times`` among its columns, of counts."""
        columns = "".join(f"({value}\n) AS {quoted(_name(k))}, " for k, value in enumerate(self.values))
        return f"SELECT {columns}count(*) AS {TIMES} FROM {relation} GROUP BY ALL"

    def together(self, relation: str) -> str:
        """SQL of counts of several parts that stand in `relation`, added up."""
        columns = "".join(f"{quoted(_name(k))}, " for k in range(len(self.values)))
        return f"SELECT {columns}CAST(sum({TIMES}) AS BIGINT) AS {TIMES} FROM {relation} GROUP BY ALL"

    def rows(self, relation: str, middle: Middle | None = None) -> str:
        """SQL of rows over which `expression` gives what it gives over the register.

        Parameters
        ----------
        relation : str
            Has counts.
        middle : Middle, optional
            Where these are of values in the middle alone.
        """
        if self.of_middle is None:
            return f"(SELECT * EXCLUDE ({TIMES}) FROM {relation}, unnest(range({TIMES})))"
        value, condition = self.of_middle
        known = f"{quoted(_name(value))} IS NOT NULL"
        known += "" if condition is None else f" AND {quoted(_name(condition))}"
        upto = f"sum({TIMES}) OVER (ORDER BY {quoted(_name(value))} ROWS UNBOUNDED PRECEDING)"
        before, whole = (0, f"sum({TIMES}) OVER ()") if middle is None else (middle.before, str(middle.whole))
        counted = f"SELECT *, {before} + {upto} AS upto, {whole} AS whole FROM {relation} WHERE {known}"
        in_middle = f"upto - {TIMES} <= whole // 2 AND upto > (whole - 1) // 2"
        return f"(SELECT * FROM ({counted}) WHERE {in_middle})"


def counted_total(connection: duckdb.DuckDBPyConnection, expression: str) -> CountedTotal:
    """Split an expression over totals of a register.

    Parameters
    ----------
    connection : duckdb connection
        Reads and writes SQL with it, and nothing else.
    expression : str
        That has been checked; see `udsat_geo.registers.expressions.check_policy_expressions`.
    """
    answer = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [f"SELECT ({expression}\n)"]).fetchall()
    tree = json.loads(answer[0][0])
    values: list[str] = []
    totals = list(_totals(tree))
    places = []
    for total in totals:
        for argument in _arguments(total):
            places.append(_count(connection, tree, argument, values))
        if total.get("filter"):
            places.append(_count(connection, tree, total["filter"], values))
    only = totals[0] if len(totals) == 1 else None
    of_middle = None
    if only is not None and only["function_name"].lower() == "median" and not only.get("distinct") and places:
        of_middle = (places[0], places[1] if len(places) > 1 else None)
    return CountedTotal(tuple(values), _text(connection, tree).removeprefix("SELECT "), of_middle)


def _as_sql(value: float) -> str:
    return f"CAST('{value!r}' AS DOUBLE)"


def _name(place: int) -> str:
    return f"value {place}"


def _totals(tree: Any) -> list[dict[str, Any]]:
    """The calls of totals in a tree of SQL."""
    if isinstance(tree, list):
        return [total for branch in tree for total in _totals(branch)]
    if not isinstance(tree, dict):
        return []
    if tree.get("class") == "FUNCTION" and tree["function_name"].lower() in AGGREGATES:
        return [tree]
    return [total for branch in tree.values() for total in _totals(branch)]


def _arguments(total: dict[str, Any]) -> list[dict[str, Any]]:
    """The arguments of a call that depend on the row; those of ``quantile_cont(income, 0.5)`` without the share."""
    parts = total.get("arguments") or total.get("children") or []
    arguments = [part.get("expression", part) for part in parts]
    return [argument for argument in arguments if "COLUMN_REF" in json.dumps(argument)]


def _count(connection: duckdb.DuckDBPyConnection, tree: Any, part: dict[str, Any], values: list[str]) -> int:
    """Put a column in the place of a part of a tree, and its SQL among `values`; the number of the column."""
    statement = json.loads(json.dumps(tree["statements"][0]))
    statement["node"]["select_list"] = [dict(part)]
    text = _text(connection, {**tree, "statements": [statement]}).removeprefix("SELECT ")
    if text not in values:
        values.append(text)
    alias = part.get("alias", "")
    part.clear()
    part |= {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": alias, "query_location": 0}
    part["column_names"] = [_name(values.index(text))]
    return values.index(text)


def _text(connection: duckdb.DuckDBPyConnection, tree: Any) -> str:
    answer = connection.execute("SELECT json_deserialize_sql(?::VARCHAR)", [json.dumps(tree)]).fetchall()
    return str(answer[0][0])
