"""A ready-made unit table as a register whose rows are the units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Floats
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy, one_form
from udsat_geo.registers.column_types import readable
from udsat_geo.registers.expressions import (
    check_expression,
    check_texts,
    evaluate_let,
    let_name_problems,
    names_in,
    raise_if_any,
    within_limits,
)
from udsat_geo.registers.unit_intervals import (
    Bounds,
    IntervalColumn,
    add_bounded,
    notes_of,
    put_back,
    set_aside,
    with_bounds,
    within_the_whole,
)
from udsat_geo.registers.unit_margins import Errors, read_errors
from udsat_geo.registers.unit_texts import with_numbers
from udsat_geo.sources.engine import connect, quoted

MOST_RESIDENTS = 10**10
"""Of one unit: more than there are people, so a code or a mistake; own choice."""

_ROW = "row_of_unit"


@dataclass(frozen=True)
class UnitSums:
    """What a unit table says of its units; see `udsat_geo.registers.read.RegisterSums` for the sums.

    Attributes
    ----------
    residents : int64, shape (n_units,)
    numerator, denominator : int64, shape (n_units, n_criteria)
    numerator_unit, denominator_unit : int64, shape (n_criteria,)
    counts : dict
        Units that have no value, by reason.
    rows : dict
        ``units`` -> number of rows.
    residents_known : bool, shape (n_units,)
        False where `residents` is 0 for want of a number.
    let : dict
        Name -> value of what ``[let]`` evaluated.
    notes : tuple of Note
        How residents were rounded, where they had to be, and how many counts are intervals.
    bounds : Bounds or None
        Of the sums, where counts are intervals.
    intervals : tuple of IntervalColumn
        How many values of each column are intervals.
    errors : Errors or None
        Standard errors of the sums, where the table states margins of error.
    """

    residents: NDArray[np.int64]
    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    numerator_unit: NDArray[np.int64]
    denominator_unit: NDArray[np.int64]
    counts: dict[str, int]
    rows: dict[str, int]
    residents_known: NDArray[np.bool_]
    let: dict[str, float | None] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    bounds: Bounds | None = None
    intervals: tuple[IntervalColumn, ...] = ()
    errors: Errors | None = None


def sum_unit_rows(attributes: Any, name: str, policy: Policy, row_in_file: NDArray[np.int64] | None = None) -> UnitSums:
    """The sums of each unit from its own row.

    Parameters
    ----------
    attributes : pyarrow.Table, n_units rows
    name : str
        Of the file, for messages.
    policy : Policy
        Its criteria read ``units``; values of ``[units] missing`` are no values, those of ``[units.intervals]`` are
        used as their midpoints.
    row_in_file : int64, shape (n_units,), optional
        Where each row stood in the file, from 0, for messages.

    Raises
    ------
    InputError
        If the criteria read other registers, an expression is faulty, or residents are not whole and at least 0.
    """
    if not policy.reads_unit_table:
        remedy = _('Give the registers with --registers, or use a policy whose criteria have register = "units".')
        raise InputError(
            Problem(name, _("the criteria of {id} read registers, not a unit table").format(id=policy.id), remedy)
        )
    attributes = _with_our_names(attributes, name, policy)
    connection = connect(for_expressions=True)
    columns = attributes.column_names
    _check_missing(columns, name, policy)
    attributes, suppressed = set_aside(_used(connection, attributes, name, policy), policy)
    attributes = with_numbers(connection, attributes, name, policy, row_in_file)
    attributes = put_back(attributes, suppressed, name, policy)
    _check_finite(attributes, name)
    attributes, bound_names = with_bounds(attributes, suppressed)
    connection.register("attributes", attributes)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    relation = _without_missing(connection, policy, bound_names)
    _check(connection, columns, policy)
    let = evaluate_let(connection, policy, "units", relation)
    n_units = attributes.num_rows
    row = f"CAST({_ROW} AS INTEGER)"
    with within_limits(connection, policy):
        residents, known, notes = _residents(connection, relation, policy, name)
        ratios, bounds = add_bounded(connection, policy, relation, row, let, bound_names, n_units)
    cut: dict[str, int] = {}
    if bounds is not None:
        ratios, bounds, cut = within_the_whole(policy, ratios, bounds)
    counts = {"units_without_residents_known": int((~known).sum())}
    for j, key in enumerate(policy.keys):
        counts[f"units_without_{key}"] = int((ratios.denominator[:, j] == 0).sum())
    return UnitSums(
        residents,
        ratios.numerator,
        ratios.denominator,
        ratios.numerator_unit,
        ratios.denominator_unit,
        counts,
        {"units": n_units},
        known,
        let,
        (*notes, *notes_of(suppressed, cut, name, policy)),
        bounds,
        tuple(one.counted() for one in suppressed.values()),
        read_errors(connection, policy, relation, _ROW, name),
    )


def _with_our_names(attributes: Any, name: str, policy: Policy) -> Any:
    """The table with the columns of ``[units.columns]`` under our names as well."""
    problems = []
    for ours, theirs in policy.units.columns.items():
        found = [column for column in theirs if column in attributes.column_names]
        if not found:
            problems.append(
                Problem(
                    _("{name}, column {ours}").format(name=name, ours=ours),
                    _("none of {names} is there").format(names=", ".join(theirs)),
                )
            )
        elif found[0].lower() == ours:
            continue
        elif ours in (column.lower() for column in attributes.column_names):
            what = _("stands in the file beside {found}, which the policy calls so").format(found=found[0])
            problems.append(
                Problem(
                    _("{name}, column {ours}").format(name=name, ours=ours),
                    what,
                    _("Choose another name in [units.columns]."),
                )
            )
        else:
            attributes = attributes.append_column(ours, attributes.column(found[0]))
    raise_if_any(problems)
    return attributes


def _used(connection: duckdb.DuckDBPyConnection, attributes: Any, name: str, policy: Policy) -> Any:
    """The columns that expressions name, each with a name of its own and a type that the engine can reckon with.

    What the others hold does not matter.
    """
    used = _names_used(connection, policy)
    columns = [column for column in attributes.column_names if column.lower() in used]
    _check_names(columns, name)
    problems: list[Problem] = []
    table = attributes.select(columns)
    for place, column in enumerate(columns):
        values, problem = readable(
            connection, table.column(column), _("{file}, column {name}").format(file=name, name=column)
        )
        table = table.set_column(place, column, values)
        problems += [] if problem is None else [problem]
    raise_if_any(problems)
    if not columns:
        # rows without columns would not be counted
        table = table.append_column("no_column", pa.nulls(attributes.num_rows, pa.int64()))
    return table


def _check_finite(attributes: Any, name: str) -> None:
    """Check that no number is infinite: it would stand for more than there can be of anything."""
    import pyarrow.compute as pc

    problems = []
    for one in attributes.schema:
        if not pa.types.is_floating(one.type):
            continue
        count = pc.sum(pc.is_inf(attributes.column(one.name))).as_py() or 0
        if count:
            where = _("{file}, column {name}").format(file=name, name=one.name)
            remedy = _("Leave such cells empty; a division by 0 makes them.")
            problems.append(Problem(where, _("infinite numbers"), remedy, count))
    raise_if_any(problems)


def _names_used(connection: duckdb.DuckDBPyConnection, policy: Policy) -> set[str]:
    """The names that any expression of a policy uses, in lower case; one that cannot be read is told when checked."""
    sides = [side for one in policy.criteria for side in (one.where, one.numerator, one.denominator)]
    margins = policy.units.margins
    names = {one_form(column).lower() for column in (*margins, *margins.values())}
    for expression in (*sides, *policy.let.get("units", {}).values(), policy.units.residents or "0"):
        with suppress(duckdb.Error):
            names |= names_in(connection, expression)
    return names


def _check_names(names: list[str], file: str) -> None:
    """Check that every column has a name of its own, as SQL reads names, and none that the engine uses itself."""
    problems = []
    lower = [name.lower() for name in names]
    if _ROW in lower:
        what = _("is a name that the engine uses itself")
        problems.append(
            Problem(
                _("{file}, column {ROW}").format(file=file, ROW=_ROW), what, _("Rename the column or leave it out.")
            )
        )
    for name in sorted({name for name in lower if lower.count(name) > 1}):
        what = _("stands more than once, upper and lower case being the same")
        problems.append(
            Problem(_("{file}, column {name}").format(file=file, name=name), what, _("Rename one of them."))
        )
    raise_if_any(problems)


def _codes_as_numbers(column: str, policy: Policy) -> list[str]:
    """SQL of the numbers that stand for missing values in a column, also where they are written as text."""
    found = []
    for code in policy.units.missing_of(column):
        with suppress(ValueError):
            number = float(code)
            found += [repr(number)] if math.isfinite(number) else []
    return found


def _check_missing(columns: list[str], name: str, policy: Policy) -> None:
    """Check that the columns that ``[units.missing]`` and ``[units.intervals]`` name are there."""
    margins = {column: None for pair in policy.units.margins.items() for column in pair}
    given = {
        "units.missing": policy.units.missing,
        "units.intervals": policy.units.intervals,
        "units.margins": margins,
    }
    known = {column.lower() for column in columns} | set(policy.units.columns)
    problems = [
        Problem(
            policy.place(key),
            _("the table {name} has no column {column!r}").format(name=name, column=column),
            _("Mend or remove it."),
        )
        for key, by_column in given.items()
        for column in (by_column if isinstance(by_column, dict) else ())
        if column != "*" and one_form(column).lower() not in known
    ]
    raise_if_any(problems)


def _without_missing(
    connection: duckdb.DuckDBPyConnection, policy: Policy, bound_names: Mapping[str, Mapping[str, str]]
) -> str:
    """SQL of the rows with missing values, and NaN, as NULL, and with intervals as their midpoints and bounds."""
    columns = []
    of_bounds = {called for names in bound_names.values() for called in names.values()}
    for column, kind, *_ignored in connection.execute("DESCRIBE SELECT * FROM attributes").fetchall():
        raw = quoted(column)
        if column in of_bounds:
            continue
        numeric = kind in ("DOUBLE", "FLOAT", "INTEGER", "UINTEGER") or kind.endswith("INT")
        numeric = numeric or kind.startswith("DECIMAL")
        value, codes = raw, ", ".join(_codes_as_numbers(column, policy))
        if numeric and codes:
            value = f"CASE WHEN {raw} IN ({codes}) THEN NULL ELSE {raw} END"
        if kind in ("DOUBLE", "FLOAT"):
            value = f"CASE WHEN isnan({raw}) THEN NULL ELSE {value} END"
        if column in bound_names:
            # no bound is a code: 0 may stand for a missing value, and be the least of an interval
            three = {which: f"coalesce({quoted(called)}, {value})" for which, called in bound_names[column].items()}
            columns += [f"{three[which]} AS {quoted(bound_names[column][which])}" for which in ("lower", "upper")]
            value = three["midpoint"]
        columns.append(f"{value} AS {raw}")
    return f"(SELECT {', '.join(columns)}, row_number() OVER () - 1 AS {_ROW} FROM attributes)"


def _check(connection: duckdb.DuckDBPyConnection, columns: list[str], policy: Policy) -> None:
    problems = let_name_problems(policy, "units", [*columns, _ROW])
    let = policy.let.get("units", {})
    for key, expression in let.items():
        problems += check_expression(connection, expression, columns, policy.place(f"let.units.{key}"), aggregates=True)
    known = [*columns, *let]
    for criterion in policy.criteria:
        for part in ("where", "numerator", "denominator"):
            where = policy.place(f"criteria ({criterion.key}).{part}")
            problems += check_expression(connection, getattr(criterion, part), known, where)
    problems += check_expression(connection, policy.units.residents or "0", columns, policy.place("units.residents"))
    raise_if_any(problems)
    check_texts(connection, policy)


def _residents(
    connection: duckdb.DuckDBPyConnection, relation: str, policy: Policy, name: str
) -> tuple[NDArray[np.int64], NDArray[np.bool_], tuple[Note, ...]]:
    """Residents of each unit, 0 where they are not known; where they are; and how they were rounded."""
    expression = policy.units.residents
    try:
        found = connection.execute(
            f"SELECT coalesce(CAST(({expression}\n) AS DOUBLE), 'nan'::DOUBLE) AS residents "
            f"FROM {relation} ORDER BY {_ROW}"
        ).fetchnumpy()["residents"]
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(
            Problem(policy.place("units.residents"), _("cannot be evaluated: {reason}").format(reason=reason))
        ) from None
    values = np.asarray(found, dtype=float)
    unknown = np.isnan(values)
    values, notes = _rounded(values, policy, f"{name}, {expression}")
    wrong = ~unknown & ((values < 0) | (values != np.floor(values)) | (values > MOST_RESIDENTS))
    if wrong.any():
        first = float(values[np.flatnonzero(wrong)[0]])
        what = _("residents that are no whole number of at least 0")
        remedy = _("List codes for missing values under [units] missing.")
        if (values[wrong] > 0).all() and (values[wrong] < MOST_RESIDENTS).all():
            remedy = _('Round them by [units] round_residents = "nearest", or list codes under [units] missing.')
        raise InputError(Problem(f"{name}, {expression}", what, remedy, int(wrong.sum()), str(first)))
    return np.where(unknown, 0, values).astype(np.int64), ~unknown, notes


def _rounded(values: Floats, policy: Policy, where: str) -> tuple[Floats, tuple[Note, ...]]:
    """Residents rounded where the policy says so, halves up, and what is told of it."""
    broken = np.isfinite(values) & (values != np.floor(values))
    if policy.units.round_residents is None or not broken.any():
        return values, ()
    rounded = np.where(broken & (values > 0), np.floor(values + 0.5), values)
    text = N_(
        "{where}: residents of {count} units are no whole numbers and were rounded to the nearest, from {before} in "
        "all to {after}"
    )
    before, after = (decimal(float(np.nansum(side)), digits) for side, digits in ((values, 1), (rounded, 0)))
    return rounded, (Note(text, {"where": where, "count": int(broken.sum()), "before": before, "after": after}),)
