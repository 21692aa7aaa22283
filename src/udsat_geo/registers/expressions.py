"""Policy expressions: checked before they run, so that a policy can reach nothing but its columns.

Two locks, each enough by itself. An expression is parsed by DuckDB and its tree may hold only what the lists below
name: no statement, no subquery, no table, no parameter, no function that is not listed. And the connection it runs
on has no access to files other than the registers themselves, and its settings cannot be changed.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from udsat_geo.errors import InputError, Problem

SCALAR_FUNCTIONS = frozenset(
    """
    + - * / // % ^ ** || ~~ !~~ ~~* !~~* abs round floor ceil ceiling trunc sign sqrt ln log log2 log10
    exp pow power greatest least coalesce ifnull nullif if lower upper trim ltrim rtrim length left
    right substring substr starts_with ends_with contains prefix suffix replace concat isnan isfinite
    list_value row list_contains like_escape not_like_escape
    """.split()
)
AGGREGATES = frozenset(
    ["count", "count_star", "min", "max", "sum", "avg", "mean", "median", "quantile_cont", "quantile_disc"]
)
_CLASSES = frozenset(
    ["CONSTANT", "COLUMN_REF", "FUNCTION", "OPERATOR", "CONJUNCTION", "COMPARISON", "BETWEEN", "CASE", "CAST", "TYPE"]
)
_PLURALS = {"SUBQUERY": "subqueries", "LAMBDA": "lambdas", "STAR": "stars", "WINDOW": "window functions"}
_TYPES = frozenset(
    """
    BOOLEAN BOOL TINYINT SMALLINT INTEGER INT BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT
    REAL DOUBLE DECIMAL NUMERIC VARCHAR TEXT STRING DATE INT1 INT2 INT4 INT8 FLOAT4 FLOAT8
    """.split()
)


def check_expression(
    connection: duckdb.DuckDBPyConnection,
    expression: str,
    columns: Collection[str],
    where: str,
    aggregates: bool = False,
    kind: str = "column",
) -> list[Problem]:
    """Every fault of one expression; an empty list means that it may run.

    Parameters
    ----------
    connection : duckdb connection
        Used to parse only.
    expression : str
        A scalar expression over `columns`.
    columns : collection of str
        The names it may use.
    where : str
        Policy file and key, for the message.
    aggregates : bool
        Whether it is evaluated over a whole register (``[let]``), where aggregates are allowed.
    kind : str
        What the names are, for the message.
    """
    try:
        answer = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [f"SELECT {expression}\n"]).fetchall()
    except duckdb.Error as error:
        return [Problem(where, f"cannot be read: {_first_line(error)}")]
    tree: dict[str, Any] = json.loads(answer[0][0]) if answer else {"error": True, "error_message": "no answer"}
    if tree.get("error"):
        return [Problem(where, f"is not one SQL expression: {tree.get('error_message', '')}")]
    statements: list[dict[str, Any]] = tree["statements"]
    node = statements[0]["node"] if len(statements) == 1 else {}
    if not _is_bare_select(node) or not _parses(connection, f"SELECT ({expression}\n)"):
        return [Problem(where, "is more than one expression", "Write one expression over the register's columns.")]
    names = _Names({name.lower() for name in columns}, kind)
    return list(_faults(node["select_list"][0], names, where, aggregates))


def names_in(connection: duckdb.DuckDBPyConnection, expression: str) -> set[str]:
    """The names that an expression uses, in lower case; none if it cannot be read."""
    answer = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [f"SELECT {expression}\n"]).fetchall()
    return set(_names(json.loads(answer[0][0])))


def _names(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict) and tree.get("class") == "COLUMN_REF":
        yield ".".join(tree["column_names"]).lower()
    branches = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for branch in branches:
        yield from _names(branch)


@dataclass(frozen=True)
class _Names:
    """The names that an expression may use, and what is said of others."""

    known: set[str]
    kind: str

    def faults(self, name: str, where: str) -> Iterator[Problem]:
        if name.lower() not in self.known:
            near = difflib.get_close_matches(name.lower(), sorted(self.known), 1)
            all_of_them = f"{self.kind.capitalize()}s: {', '.join(sorted(self.known))}."
            hint = f"Did you mean {near[0]!r}?" if near else all_of_them if self.known else "There are none."
            yield Problem(where, f"unknown {self.kind} {name!r}", hint)


def _parses(connection: duckdb.DuckDBPyConnection, query: str) -> bool:
    """Whether a text is SQL; in brackets, as they are evaluated, a trailing semicolon is none."""
    answer = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchall()
    return not json.loads(answer[0][0]).get("error")


def _is_bare_select(node: dict[str, Any]) -> bool:
    """Whether a parsed statement is ``SELECT expression`` and nothing more."""
    empty = ("where_clause", "having", "sample", "qualify", "group_expressions", "group_sets", "modifiers")
    return (
        node.get("type") == "SELECT_NODE"
        and len(node.get("select_list", ())) == 1
        and (node.get("from_table") or {}).get("type") == "EMPTY"
        and not any(node.get(part) for part in empty)
        and not (node.get("cte_map") or {}).get("map")
        and not node["select_list"][0].get("alias")
    )


def _faults(tree: Any, names: _Names, where: str, aggregates: bool) -> Iterator[Problem]:
    if isinstance(tree, list):
        for branch in tree:
            yield from _faults(branch, names, where, aggregates)
        return
    if not isinstance(tree, dict):
        return
    kind = tree.get("class")
    if kind is not None and kind not in _CLASSES:
        what = _PLURALS.get(str(kind), f"{str(kind).lower().replace('_', ' ')}s")
        yield Problem(where, f"may not use {what}", "Only columns and plain functions.")
        return
    if kind == "COLUMN_REF":
        yield from names.faults(".".join(tree["column_names"]), where)
    elif kind == "FUNCTION":
        name = tree["function_name"].lower()
        allowed = SCALAR_FUNCTIONS | AGGREGATES if aggregates else SCALAR_FUNCTIONS
        if name not in allowed or tree.get("schema") or tree.get("catalog"):
            yield Problem(where, f"may not use the function {name!r}", _function_remedy(name, allowed))
    elif kind == "TYPE" and (tree.get("type_name", "").upper() not in _TYPES or tree.get("schema")):
        yield Problem(where, f"may not use the type {tree.get('type_name')!r}")
    for branch in tree.values():
        yield from _faults(branch, names, where, aggregates)


def _function_remedy(name: str, allowed: Collection[str]) -> str:
    if name in AGGREGATES:
        return "Totals over the register belong in [let]."
    return f"Allowed: {', '.join(sorted(f for f in allowed if f.isidentifier()))}."


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def raise_if_any(problems: list[Problem]) -> None:
    """Raise all problems at once, if there are any."""
    if problems:
        raise InputError(problems)
