"""Columns of a unit table that are text and are used as numbers: read as such, or told."""

from __future__ import annotations

import dataclasses
import re
from contextlib import suppress
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from udsat_geo.messages.errors import Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.expressions import names_in, raise_if_any
from udsat_geo.sources.engine import literal, quoted
from udsat_geo.sources.number_texts import (
    Thousands,
    Writing,
    Written,
    how_written,
    row_of_first,
    thousands_problem,
    told_writing,
)

_RELATION = "texts_of_units"
_HIDDEN = re.compile(r"(?:<\s*(?P<below>\d+)|(?:<=|≤)\s*(?P<most>\d+)|(?P<least>\d+)\s*[-–]\s*(?P<up_to>\d+))")
"""How sources write a count that they hide for being small: ``<3``, ``≤ 2``, ``1-4``."""
_WHOLE = r"^\s*[+-]?\d{1,18}\s*$"


def with_numbers(
    connection: duckdb.DuckDBPyConnection,
    attributes: Any,
    name: str,
    policy: Policy,
    row_in_file: NDArray[np.int64] | None = None,
) -> Any:
    """The columns of a unit table without the texts that stand for missing values, and numbers where text is used so.

    A column of text is used as numbers where every expression that names it could be reckoned with numbers in its
    place, and holds no text itself.

    Parameters
    ----------
    connection : duckdb connection
    attributes : pyarrow.Table, n_units rows
        The columns that expressions name.
    name : str
        Of the file, for messages.
    policy : Policy
    row_in_file : int64, shape (n_units,), optional
        Where each row stood in the file, from 0; without it, in the order of the table.

    Raises
    ------
    InputError
        If some of their values are no numbers, or one cannot tell how the numbers are written.
    """
    if not any(pa.types.is_string(kind) or pa.types.is_large_string(kind) for kind in attributes.schema.types):
        return attributes
    order = np.arange(attributes.num_rows) if row_in_file is None else row_in_file
    # examples are told by their row in the file
    connection.register(_RELATION, attributes.take(np.argsort(order, kind="stable")))
    kinds = dict(row[:2] for row in connection.execute(f"DESCRIBE SELECT * FROM {_RELATION}").fetchall())
    texts = [column for column, kind in kinds.items() if kind == "VARCHAR"]
    values = {column: _without_missing(column, policy) for column in texts}
    used = _used_as_numbers(connection, kinds, texts, policy)
    written = how_written(connection, _RELATION, {column: values[column] for column in used})
    problems: list[Problem] = []
    changed = dict(values)
    for column in used:
        where = _("{file}, column {name}").format(file=name, name=column)
        needed = _is_needed(connection, kinds, column, policy)
        value, problem = _as_number(connection, values[column], written[column], where, needed, policy)
        changed[column] = value or values[column]
        problems += [] if problem is None else [problem]
    raise_if_any(problems)
    connection.register(_RELATION, attributes)
    columns = ", ".join(f"{changed.get(column, quoted(column))} AS {quoted(column)}" for column in kinds)
    return connection.sql(f"SELECT {columns} FROM {_RELATION}").to_arrow_table()


def _as_number(
    connection: duckdb.DuckDBPyConnection, raw: str, written: Written, where: str, needed: bool, policy: Policy
) -> tuple[str | None, Problem | None]:
    """SQL of a column's text as a number, where every text is one; and what is told where some only are.

    Parameters
    ----------
    connection : duckdb connection
    raw : str
        SQL of the text.
    written : Written
    where : str
        File and column.
    needed : bool
        Whether expressions need numbers there: then every other text is told, else where half of them are numbers.
    policy : Policy
    """
    told = told_writing(policy.units.decimal, policy.units.thousands)
    writing = told or Writing("," if written.with_comma and not written.with_point else ".")
    if told is None and written.may_be_thousands(writing.decimal):
        key = _("the policy, [units]")
        return None, thousands_problem(connection, _RELATION, raw, where, written, writing.decimal, key)
    value = writing.value(raw)
    numbers, whole = connection.execute(
        f"SELECT count({value}), count(*) FILTER (regexp_matches({raw}, {literal(_WHOLE)})) FROM {_RELATION}"
    ).fetchall()[0]
    if numbers == written.filled:
        return f"CAST({value} AS {'BIGINT' if whole == numbers else 'DOUBLE'})", None
    if needed or (numbers and 2 * numbers >= written.filled):
        problem = _no_numbers(connection, raw, value, where, written.filled - numbers)
        if not numbers and "thousands" not in problem.remedy:
            problem = dataclasses.replace(problem, remedy=_("Export the column as numbers."))
        return None, problem
    return None, None


def _without_missing(column: str, policy: Policy) -> str:
    """SQL of a column's text, NULL where it stands for a missing value."""
    raw = quoted(column)
    texts = [literal(code.strip()) for code in policy.units.missing_of(column) if isinstance(code, str)]
    return f"CASE WHEN trim({raw}) IN ({', '.join(texts)}) THEN NULL ELSE {raw} END" if texts else raw


def _expressions(policy: Policy) -> list[str]:
    sides = [side for one in policy.criteria for side in (one.where, one.numerator, one.denominator)]
    return [*sides, *policy.let.get("units", {}).values(), policy.units.residents or "0"]


def _naming(connection: duckdb.DuckDBPyConnection, column: str, policy: Policy) -> list[str]:
    """The expressions that name a column."""
    found = []
    for expression in _expressions(policy):
        with suppress(duckdb.Error):
            if column.lower() in names_in(connection, expression):
                found.append(expression)
    return found


def _used_as_numbers(
    connection: duckdb.DuckDBPyConnection, kinds: dict[str, str], texts: list[str], policy: Policy
) -> list[str]:
    as_numbers = {**kinds, **dict.fromkeys(texts, "DOUBLE")}
    used = []
    for column in texts:
        naming = _naming(connection, column, policy)
        if naming and all("'" not in one and _fits(connection, as_numbers, one, policy) for one in naming):
            used.append(column)
    return used


def _is_needed(connection: duckdb.DuckDBPyConnection, kinds: dict[str, str], column: str, policy: Policy) -> bool:
    """Whether an expression that names a column of text cannot be reckoned with text, or gives text."""
    return not all(_fits(connection, kinds, one, policy) for one in _naming(connection, column, policy))


def _fits(connection: duckdb.DuckDBPyConnection, kinds: dict[str, str], expression: str, policy: Policy) -> bool:
    """Whether an expression over columns of these types gives something else than text."""
    columns = [f"CAST(NULL AS {kind}) AS {quoted(column)}" for column, kind in kinds.items()]
    columns += [f"CAST(NULL AS DOUBLE) AS {quoted(let)}" for let in policy.let.get("units", {})]
    try:
        kind = connection.execute(f"DESCRIBE SELECT ({expression}\n) FROM (SELECT {', '.join(columns)})").fetchall()
    except duckdb.Error:
        return False
    return str(kind[0][1]) != "VARCHAR"


def hidden_bounds(text: str) -> tuple[int, int] | None:
    """The least and the most that a count may be which a source hides; nothing says that 0 is not hidden too.

    Parameters
    ----------
    text : str
        What stands in its place, such as ``<3``, ``≤ 2`` or ``1-4``.
    """
    found = _HIDDEN.fullmatch(text)
    if found is None:
        return None
    if found["below"] is not None:
        return 0, int(found["below"]) - 1
    return int(found["least"] or 0), int(found["most"] or found["up_to"])


def _no_numbers(connection: duckdb.DuckDBPyConnection, raw: str, value: str, where: str, count: int) -> Problem:
    """Texts among numbers, with the first of them."""
    first = row_of_first(connection, _RELATION, raw, f"nullif(trim({raw}), '') IS NOT NULL AND ({value}) IS NULL")
    example = None if first is None else _("{value!r} in row {row}").format(value=first[0], row=decimal(first[1], 0))
    code = "..." if first is None else str(first[0]).strip()
    least, most = hidden_bounds(code) or (0, -1)
    remedy = _('If it stands for a missing value, list it under [units] missing, as in missing = ["{code}"].')
    if least <= most:
        remedy = _(
            "If it stands for a count that is hidden for being small, say its bounds: [units.intervals], "
            '"*" = {{ "{code}" = [{least}, {most}] }}; if for a missing value, list it under [units] missing.'
        )
    for sign in (" ", "'"):
        # Danish offices and Swiss ones write thousands so
        if first is not None and _is_grouped(connection, str(first[0]), sign):
            remedy = _('Say in the policy, [units] how numbers are written: thousands = "{code}".')
            code = sign
    remedy = remedy.format(code=code, least=least, most=most)
    return Problem(where, _("text where a number belongs"), remedy, count, example)


def _is_grouped(connection: duckdb.DuckDBPyConnection, text: str, sign: Thousands) -> bool:
    """Whether a text is a number with a sign between thousands."""
    tests = " OR ".join(Writing(mark, sign).matches(literal(text)) for mark in (".", ","))
    return bool(connection.execute(f"SELECT {tests}").fetchall()[0][0])
