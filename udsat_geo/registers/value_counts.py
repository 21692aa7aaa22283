"""Values of a whole register, such as a median, from how often each value stands: counts of parts add up.

What ``[let]`` takes from a register is an expression over totals, as in ``0.75 * median(income) FILTER (WHERE age >=
18)``. It is split here into what is counted of each row (``income`` and ``age >= 18``) and the same expression over
columns of these values, which gives over the counted rows just what it gives over the register itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import duckdb

from udsat_geo.registers.expressions import AGGREGATES
from udsat_geo.sources.engine import quoted

TIMES = "times"
"""The column that says how often values stand."""


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
    """

    values: tuple[str, ...]
    expression: str
    of_middle: tuple[int, int | None] | None = None

    def counts(self, relation: str) -> str:
        """SQL of how often values stand in the rows of `relation`; with ``times`` among its columns, of counts."""
        columns = "".join(f"({value}\n) AS {quoted(_name(k))}, " for k, value in enumerate(self.values))
        return f"SELECT {columns}count(*) AS {TIMES} FROM {relation} GROUP BY ALL"

    def together(self, relation: str) -> str:
        """SQL of counts of several parts that stand in `relation`, added up."""
        columns = "".join(f"{quoted(_name(k))}, " for k in range(len(self.values)))
        return f"SELECT {columns}CAST(sum({TIMES}) AS BIGINT) AS {TIMES} FROM {relation} GROUP BY ALL"

    def rows(self, relation: str) -> str:
        """SQL of rows over which `expression` gives what it gives over the register; `relation` has counts."""
        if self.of_middle is None:
            return f"(SELECT * EXCLUDE ({TIMES}) FROM {relation}, unnest(range({TIMES})))"
        value, condition = self.of_middle
        known = f"{quoted(_name(value))} IS NOT NULL"
        known += "" if condition is None else f" AND {quoted(_name(condition))}"
        upto = f"sum({TIMES}) OVER (ORDER BY {quoted(_name(value))} ROWS UNBOUNDED PRECEDING)"
        counted = f"SELECT *, {upto} AS upto, sum({TIMES}) OVER () AS whole FROM {relation} WHERE {known}"
        middle = f"upto - {TIMES} <= whole // 2 AND upto > (whole - 1) // 2"
        return f"(SELECT * FROM ({counted}) WHERE {middle})"


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
