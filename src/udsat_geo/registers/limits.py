"""Limits that a policy writes as expressions over ``[let]`` values and ``[references]``.

They are checked before anything is read, and evaluated once ``[let]`` is known, on a connection that has no table, no
file and no setting to reach.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from udsat_geo.errors import Problem
from udsat_geo.policy import Criterion, Policy
from udsat_geo.registers.expressions import check_expression, names_in, raise_if_any
from udsat_geo.registers.sql import quoted

_MOST_DIGITS = 18
"""Of a number that is reckoned with as a decimal."""


@dataclass(frozen=True)
class LimitExpressions:
    """The limits of a policy that are not plain numbers.

    Attributes
    ----------
    text : dict
        Key of the criterion -> the expression as the policy has it.
    references : tuple of str
        The names of ``[references]`` that they use, in the policy's order.
    """

    text: dict[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()


def check_limits(policy: Policy, values_needed: bool = True) -> LimitExpressions:
    """Check the limits of a policy as far as they can be without its registers.

    Those over references alone are evaluated as well.

    Parameters
    ----------
    policy : Policy
    values_needed : bool
        Whether every reference that is used must have its value, as for a run.

    Returns
    -------
    LimitExpressions
        Empty where every limit is a number.

    Raises
    ------
    InputError
        With every fault: no single expression, a function that is not allowed, a name that neither ``[let]`` nor
        ``[references]`` has or that both have, a reference without a value, a result that is no finite number.
    """
    texts = {criterion.key: criterion.limit for criterion in policy.criteria if isinstance(criterion.limit, str)}
    if not texts:
        return LimitExpressions()
    connection = _locked()
    names = [name for expressions in policy.let.values() for name in expressions]
    problems = _ambiguous(policy, names)
    used: set[str] = set()
    for key, text in texts.items():
        where = policy.place(f"criteria ({key}).limit")
        faults = check_expression(connection, text, [*names, *policy.references], where, kind="name")
        problems += faults
        if not faults:
            mine = names_in(connection, text)
            used |= mine
            missing = [name for name in policy.references if name in mine and policy.references[name].value is None]
            if not missing and not mine & set(names):
                problems += _evaluated(connection, text, _values(policy, {}), where)[1]
    references = tuple(name for name in policy.references if name in used)
    if values_needed:
        problems += [_no_value(policy, name) for name in references if policy.references[name].value is None]
    connection.close()
    raise_if_any(problems)
    return LimitExpressions(texts, references)


def resolve_limits(policy: Policy, let: Mapping[str, float | None]) -> Policy:
    """The policy with every limit as a number.

    Parameters
    ----------
    policy : Policy
        With limits that `check_limits` has passed.
    let : mapping
        Name -> value of what ``[let]`` gave over the registers of the run.

    Raises
    ------
    InputError
        With every limit that does not come out as a finite number.
    """
    if not any(isinstance(criterion.limit, str) for criterion in policy.criteria):
        return policy
    connection = _locked()
    values = _values(policy, let)
    problems: list[Problem] = []
    criteria: list[Criterion] = []
    for criterion in policy.criteria:
        limit = criterion.limit
        if isinstance(limit, str):
            where = policy.place(f"criteria ({criterion.key}).limit")
            limit, faults = _evaluated(connection, limit, values, where)
            problems += faults
        criteria.append(criterion.model_copy(update={"limit": limit}))
    connection.close()
    raise_if_any(problems)
    return policy.model_copy(update={"criteria": tuple(criteria)})


def _locked() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config={"python_enable_replacements": "false"})
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _ambiguous(policy: Policy, names: list[str]) -> list[Problem]:
    """Names that a limit could read in two ways."""
    remedy = "Rename one of them."
    twice = sorted({name for name in names if names.count(name) > 1})
    both = [name for name in policy.references if name in names]
    problems = [Problem(f"{policy.id}: let", f"{name} stands under more than one register", remedy) for name in twice]
    return problems + [Problem(policy.place(f"references.{name}"), "stands in [let] too", remedy) for name in both]


def _no_value(policy: Policy, name: str) -> Problem:
    remedy = f"Give it with --reference {name}=VALUE, or as {name} = VALUE under [references] of a policy of your own."
    return Problem(policy.place(f"references.{name}"), "has no value, and a limit needs it", remedy)


def _values(policy: Policy, let: Mapping[str, float | None]) -> dict[str, float | None]:
    return {**{name: reference.value for name, reference in policy.references.items()}, **let}


def _evaluated(
    connection: duckdb.DuckDBPyConnection, text: str, values: Mapping[str, float | None], where: str
) -> tuple[float | None, list[Problem]]:
    """The value of one expression, and what is wrong with it."""
    mine = {name: values.get(name) for name in names_in(connection, text)}
    known = {name: value for name, value in mine.items() if value is not None}
    if lost := sorted(mine.keys() - known.keys()):
        what = f"{', '.join(lost)} gave no value over these registers"
        return None, [Problem(where, what, "Check the expression of [let] and what it is taken from.")]
    try:
        found = _computed(connection, text, known)
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        return None, [Problem(where, f"cannot be evaluated: {reason}", "Mend the expression.")]
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal) or not math.isfinite(found):
        what = f"gives {'no value' if found is None else repr(found)}, not a finite number"
        return None, [Problem(where, what, "Mend the expression, or the values it uses.")]
    return float(found), []


def _computed(connection: duckdb.DuckDBPyConnection, text: str, values: Mapping[str, float]) -> Any:
    """What an expression gives.

    It is reckoned in decimals: three times 0.0174 is 0.0522 then, to the last digit, and a rate of just that is at
    the limit. Where a decimal cannot hold the digits, in floating point.
    """
    try:
        return _selected(connection, text, {name: _decimal(value) for name, value in values.items()})
    except duckdb.Error:
        return _selected(connection, text, {name: _double(value) for name, value in values.items()})


def _selected(connection: duckdb.DuckDBPyConnection, text: str, literals: Mapping[str, str]) -> Any:
    columns = "".join(f", {literal} AS {quoted(name)}" for name, literal in literals.items())
    return connection.execute(f"SELECT ({text}\n) FROM (SELECT 0{columns})").fetchall()[0][0]


def _decimal(value: float) -> str:
    """A number as SQL that is reckoned with exactly, where it has few enough digits."""
    plain = format(Decimal(repr(value)), "f")
    return plain if len(plain.lstrip("-").replace(".", "")) <= _MOST_DIGITS else _double(value)


def _double(value: float) -> str:
    return f"CAST({value!r} AS DOUBLE)"
