"""`[let]`: values that a policy takes once from a whole register."""

from __future__ import annotations

import duckdb

from udsat_geo.errors import InputError, Problem
from udsat_geo.policy import Policy, Register

_SIGNIFICANT_DIGITS = 12


def evaluate_let(
    connection: duckdb.DuckDBPyConnection, policy: Policy, register: Register, relation: str
) -> dict[str, float | None]:
    """Evaluate the ``[let]`` expressions of one register over all its rows, placed or not.

    Parameters
    ----------
    connection : duckdb connection
    policy : Policy
        With expressions that have been checked.
    register : {"residents", "dwellings", "units"}
    relation : str
        SQL of the register's rows.

    Returns
    -------
    dict
        Name -> value; None where there is nothing to take it from.

    Raises
    ------
    InputError
        If an expression fails over these rows, or gives a value of each row instead of one of all.
    """
    expressions = policy.let.get(register, {})
    if not expressions:
        return {}
    columns = ", ".join(f"CAST(({expression}\n) AS DOUBLE)" for expression in expressions.values())
    try:
        # HAVING makes it one group: a column outside of a total is an error then, and not the value of some first row
        row = connection.execute(f"SELECT {columns} FROM {relation} HAVING TRUE").fetchall()[0]
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        what, remedy = f"cannot be evaluated: {reason}", "Take one value of the whole register, such as median(...)."
        raise InputError(Problem(f"{policy.id}: let.{register}", what, remedy)) from None
    return {
        name: _steady(value, expression) for (name, expression), value in zip(expressions.items(), row, strict=True)
    }


def _steady(value: float | None, expression: str) -> float | None:
    """Sums and means of fractions depend on the order of rows in their last digits: those are left out."""
    if value is None or not any(name in expression.lower() for name in ("sum", "avg", "mean")):
        return value
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")
