"""Margins of error that a unit table states beside its estimates, as of the American Community Survey, and their sums.

The margin of a sum or a difference of estimates is the root of the sum of their squares; of estimates that are zero
only the largest margin counts, once. Source: U.S. Census Bureau, Understanding and Using American Community Survey
Data: What All Data Users Need to Know (2020), chapter 8, and of zeros its slides Calculating Margins of Error the ACS
Way (2016), slide 26. That takes estimates for independent, which those of one table
are not quite; the handbook says so too.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import duckdb
import numpy as np

from udsat_geo.kernels.arrays import Floats
from udsat_geo.messages.errors import Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.expressions import names_in, raise_if_any
from udsat_geo.registers.unit_intervals import columns_added
from udsat_geo.sources.engine import quoted


@dataclass(frozen=True)
class Errors:
    """Standard errors of the sums of units, in their own ones.

    Attributes
    ----------
    numerator, denominator : float64, shape (n_units, n_criteria)
        0 where no margin is stated, and where a margin is missing.
    """

    numerator: Floats
    denominator: Floats

    @property
    def stated(self) -> Any:
        """Which criteria have any, bool, shape (n_criteria,)."""
        return ((self.numerator > 0) | (self.denominator > 0)).any(axis=0)


def read_errors(
    connection: duckdb.DuckDBPyConnection, policy: Policy, relation: str, order: str, name: str
) -> Errors | None:
    """The standard errors of the sums of each row; None where the policy names no margins.

    Parameters
    ----------
    connection : duckdb connection
    policy : Policy
    relation, order : str
        SQL of the rows, and of what they are ordered by.
    name : str
        Of the table, for messages.

    Raises
    ------
    InputError
        If a margin is no number of at least 0, or an expression with one is no sum or difference of columns.
    """
    margins = {column.lower(): margin for column, margin in policy.units.margins.items()}
    if not margins:
        return None
    sides: list[list[Floats | None]] = [[], []]
    problems: list[Problem] = []
    for criterion in policy.criteria:
        for found, part in zip(sides, ("numerator", "denominator"), strict=True):
            expression = getattr(criterion, part)
            if not any(column.lower() in margins for column in names_in(connection, expression)):
                found.append(None)
                continue
            columns = columns_added(connection, expression)
            if columns is None:
                what = _("a column with a margin of error stands in {sql}, which is no sum or difference of columns")
                where = policy.place(f"criteria ({criterion.key}).{part}")
                problems.append(Problem(where, what.format(sql=expression), _("Add the columns up as they are.")))
                continue
            pairs = [(column, margins[column.lower()]) for column in columns if column.lower() in margins]
            found.append(_error_of(connection, pairs, relation, order, name, problems))
    raise_if_any(problems)
    n_rows = next(len(each) for side in sides for each in side if each is not None)
    z = NormalDist().inv_cdf((1 + policy.units.margins_level) / 2)
    numerator, denominator = (
        np.column_stack([np.zeros(n_rows) if each is None else each for each in side]) / z for side in sides
    )
    return Errors(numerator, denominator)


def _error_of(
    connection: duckdb.DuckDBPyConnection,
    pairs: list[tuple[str, str]],
    relation: str,
    order: str,
    name: str,
    problems: list[Problem],
) -> Floats | None:
    """The margin of the sum of columns in each row; problems are added to in place."""
    columns = ", ".join(
        f"CAST({quoted(column)} AS DOUBLE) AS e{k}, CAST({quoted(margin)} AS DOUBLE) AS m{k}"
        for k, (column, margin) in enumerate(pairs)
    )
    try:
        rows = connection.execute(f"SELECT {columns} FROM {relation} ORDER BY {order}").fetchnumpy()
    except duckdb.Error as error:
        where = _("{name}: margins of error").format(name=name)
        what = _("cannot be read as numbers: {reason}").format(reason=str(error).strip().split("\n")[0])
        problems.append(Problem(where, what, _("Check [units] margins in the policy.")))
        return None
    estimate, margin = (
        np.column_stack([np.ma.filled(rows[f"{kind}{k}"], np.nan) for k in range(len(pairs))]) for kind in "em"
    )
    if (margin < 0).any():
        first = np.argwhere(margin < 0)[0]
        where = _("{file}, column {name}").format(file=name, name=pairs[first[1]][1])
        remedy = _("List codes under [units] missing: a margin that is missing counts as none.")
        example = str(margin[tuple(first)])
        problems.append(Problem(where, _("margins of error below 0"), remedy, int((margin < 0).sum()), example))
        return None
    squares = np.nan_to_num(margin) ** 2
    zero = estimate == 0
    largest: Floats = np.where(zero, squares, 0.0).max(axis=1)
    whole: Floats = np.sqrt(np.where(zero, 0.0, squares).sum(axis=1) + largest)
    return whole
