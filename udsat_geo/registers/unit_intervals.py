"""Suppressed counts of a unit table: what stands for an interval, used as its midpoint, with both bounds kept.

A cell such as ``<3``, which the policy says is 0 to 2, is reckoned with as 1. The bounds of an expression are those of
interval arithmetic on its tree: they hold whatever the counts are, and are wider than need be where one column stands
in it twice.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import Problem
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Interval, Policy, one_form
from udsat_geo.registers.expressions import raise_if_any
from udsat_geo.registers.read import Ratios, add_ratios
from udsat_geo.sources.engine import quoted


@dataclass(frozen=True)
class IntervalColumn:
    """How many values of a column are intervals, and how wide they are together."""

    column: str
    values: int
    width: float


@dataclass(frozen=True)
class Suppressed:
    """The cells of one column that stand for intervals.

    Attributes
    ----------
    column : str
    intervals : dict
        Text -> least and most.
    code_of_row : int64, shape (n_rows,)
        Which of `intervals`; -1 where the cell is none.
    values : pyarrow.ChunkedArray
        The column as it was.
    """

    column: str
    intervals: dict[str, Interval]
    code_of_row: NDArray[np.int64]
    values: Any

    def numbers(self) -> dict[str, Any]:
        """``lower``, ``midpoint`` and ``upper`` of each cell as Arrow arrays, null where it is no interval."""
        bounds = np.array([*self.intervals.values(), (0.0, 0.0)])
        three = {"lower": bounds[:, 0], "midpoint": bounds.mean(axis=1), "upper": bounds[:, 1]}
        mask = self.code_of_row < 0
        # a half is a fraction: then all three are
        found = np.unique(self.code_of_row[~mask])
        whole = all((each[found] == np.floor(each[found])).all() for each in three.values())
        kind = np.int64 if whole else np.float64
        return {name: pa.array(each[self.code_of_row].astype(kind), mask=mask) for name, each in three.items()}

    def counted(self) -> IntervalColumn:
        """How many, and how wide."""
        widths = np.array([upper - lower for lower, upper in self.intervals.values()])
        found = self.code_of_row[self.code_of_row >= 0]
        return IntervalColumn(self.column, len(found), float(widths[found].sum()))

    def used(self) -> set[str]:
        """The texts that stand in the column."""
        codes = list(self.intervals)
        return {codes[number] for number in np.unique(self.code_of_row) if number >= 0}


def set_aside(attributes: Any, policy: Policy) -> tuple[Any, dict[str, Suppressed]]:
    """The columns of a unit table with null in the place of intervals, and those by column.

    Parameters
    ----------
    attributes : pyarrow.Table, n_rows
        The columns that expressions name.
    policy : Policy
    """
    found: dict[str, Suppressed] = {}
    if not policy.units.intervals:
        return attributes, found
    import pyarrow.compute as pc

    for place, column in enumerate(attributes.column_names):
        values, intervals = attributes.column(column), policy.units.intervals_of(column)
        code_of_row = _codes_of(values, list(intervals))
        if (code_of_row >= 0).any():
            found[column] = Suppressed(column, intervals, code_of_row, values)
            kept = pc.if_else(pa.array(code_of_row < 0), values, pa.scalar(None, values.type))
            attributes = attributes.set_column(place, column, kept)
    return attributes, found


def _codes_of(values: Any, codes: list[str]) -> NDArray[np.int64]:
    """Which of `codes` each value is, -1 for none: a text without spaces around it, or a number."""
    found = np.full(len(values), -1, dtype=np.int64)
    if not codes:
        return found
    import pyarrow.compute as pc

    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        texts = pc.utf8_trim_whitespace(values)
        place = pc.index_in(texts, value_set=pa.array(codes, texts.type))
        return np.asarray(pc.fill_null(place, -1).to_numpy(), dtype=np.int64)
    if pa.types.is_boolean(values.type) or pa.types.is_temporal(values.type):
        return found
    with suppress(pa.ArrowException):
        numbers = values.cast(pa.float64(), safe=False).to_numpy()
        for place, code in enumerate(codes):
            with suppress(ValueError):
                found[numbers == float(code)] = place
    return found


def put_back(attributes: Any, found: dict[str, Suppressed], name: str, policy: Policy) -> Any:
    """The table with columns that expressions use as text as they were: no text stands for a count there.

    Parameters
    ----------
    attributes : pyarrow.Table
        After texts have been read as numbers where expressions use them so.
    found : dict
        From `set_aside`; those columns are taken out of it.
    name : str
        Of the file, for messages.
    policy : Policy

    Raises
    ------
    InputError
        If the policy names such a column.
    """
    problems = []
    for column in list(found):
        kind = attributes.schema.field(column).type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            continue
        if any(_meant(key, column, policy) for key in policy.units.intervals if key != "*"):
            what = _("the column {column} of {name} is used as text, and a text is no interval")
            remedy = _("Use it as a number, as in CAST({column} AS DOUBLE), or remove it there.")
            where = policy.place("units.intervals")
            problems.append(Problem(where, what.format(column=column, name=name), remedy.format(column=column)))
        place = attributes.column_names.index(column)
        attributes = attributes.set_column(place, column, found.pop(column).values)
    raise_if_any(problems)
    return attributes


def _meant(key: str, column: str, policy: Policy) -> bool:
    """Whether a key of ``[units.intervals]`` is meant for a column."""
    names = {key.lower(), *(name.lower() for name in policy.units.columns.get(key, ()))}
    ours = [mine for mine, theirs in policy.units.columns.items() if key in theirs]
    return key == "*" or one_form(column).lower() in {one_form(name) for name in (*names, *ours)}


def notes_of(found: Mapping[str, Suppressed], cut: Mapping[str, int], name: str, policy: Policy) -> tuple[Note, ...]:
    """What is told: how many values of each column are intervals, which texts stand nowhere, and what was cut.

    Parameters
    ----------
    found : mapping
        Column -> its intervals.
    cut : mapping
        Criterion -> units, from `within_the_whole`.
    name : str
        Of the file.
    policy : Policy
    """
    notes = []
    for one in found.values():
        counted = one.counted()
        text = N_(
            "{name}, {column}: values that are intervals ({codes}), used as their midpoints: {count}; {width} wide in "
            "all"
        )
        told = {"name": name, "column": one.column, "codes": ", ".join(sorted(one.used()))}
        width = decimal(counted.width, 0 if counted.width.is_integer() else 3)
        notes.append(Note(text, {**told, "count": counted.values, "width": width}))
    for key, codes in policy.units.intervals.items():
        used = {code for column, one in found.items() if _meant(key, column, policy) for code in one.used()}
        lost = [code for code in codes if code.strip() not in used]
        text = N_("{name}: units.intervals of {column}: no value that is used is {codes}")
        if lost:
            notes.append(Note(text, {"name": name, "column": key, "codes": ", ".join(map(repr, lost))}))
    text = N_("{name}, {criterion}: units where an interval reaches above the whole, and was ended there: {count}")
    notes += [Note(text, {"name": name, "criterion": key, "count": count}) for key, count in cut.items()]
    return tuple(notes)


def with_bounds(attributes: Any, found: Mapping[str, Suppressed]) -> tuple[Any, dict[str, dict[str, str]]]:
    """The table with three columns more for each that holds intervals, and what they are called.

    Returns
    -------
    attributes : pyarrow.Table
    names : dict
        Column -> ``lower``, ``midpoint`` and ``upper`` -> its name.
    """
    names: dict[str, dict[str, str]] = {}
    for column, one in found.items():
        names[column] = {}
        for which, values in one.numbers().items():
            called = f"{which} of {column}"
            while called.lower() in (taken.lower() for taken in attributes.column_names):
                called += "_"
            names[column][which] = called
            attributes = attributes.append_column(called, values)
    return attributes, names


@dataclass(frozen=True)
class Bounds:
    """The least and the most that the sums of units can be, where counts are suppressed.

    Attributes
    ----------
    numerator_lower, numerator_upper, denominator_lower, denominator_upper : int64, shape (n_units, n_criteria)
        In the units of the sums.
    """

    numerator_lower: Ints
    numerator_upper: Ints
    denominator_lower: Ints
    denominator_upper: Ints

    def without(self, criteria: Sequence[int]) -> Bounds:
        """The same with no sums of some criteria."""
        kept = {part.name: getattr(self, part.name).copy() for part in dataclasses.fields(self)}
        for sums in kept.values():
            sums[:, criteria] = 0
        return Bounds(**kept)


def add_bounded(
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
    relation: str,
    row_column: str,
    let: dict[str, float | None],
    names: Mapping[str, Mapping[str, str]],
    n_units: int,
) -> tuple[Ratios, Bounds | None]:
    """The sums of each row at the midpoints, and their bounds where an expression names a column of intervals.

    Parameters
    ----------
    connection : duckdb connection
    policy : Policy
    relation, row_column : str
        SQL of the rows, and of their number.
    let : dict
        Values that expressions may use by name.
    names : dict
        From `with_bounds`.
    n_units : int

    Raises
    ------
    InputError
        If an expression cannot be evaluated, or its bounds cannot be told.
    """
    tree = _Trees(connection, {column.lower(): each for column, each in names.items()})
    policies = (policy, *_at_bounds(policy, tree)) if names else (policy,)
    _check_conditions(connection, policy, tree, relation, let) if names else None
    made = []
    for each in policies:
        ratios = Ratios.empty(n_units, len(policy.criteria))
        add_ratios(connection, each, "units", relation, row_column, lambda row: row, let, ratios)
        made.append(ratios)
    if not names:
        return made[0], None
    tops, top_unit = _in_one_unit([(one.numerator, one.numerator_unit) for one in made])
    belows, below_unit = _in_one_unit([(one.denominator, one.denominator_unit) for one in made])
    bounds = Bounds(tops[1], tops[2], belows[1], belows[2])
    return Ratios(tops[0], belows[0], top_unit, below_unit), bounds


def within_the_whole(policy: Policy, sums: Ratios, bounds: Bounds) -> tuple[Ratios, Bounds, dict[str, int]]:
    """Shares whose part could lie above its whole, with both brought to what they can be together.

    A part of 1 to 4 in a whole of 3 is 1 to 3, and used as 2. Parts that lie above in any case stay, to be told.

    Returns
    -------
    sums : Ratios
    bounds : Bounds
    changed : dict
        Key of the criterion -> the units that were changed, where there are any.
    """
    top, below = sums.numerator.copy(), sums.denominator.copy()
    units = [sums.numerator_unit.copy(), sums.denominator_unit.copy()]
    four = [
        each.copy()
        for each in (bounds.numerator_lower, bounds.numerator_upper, bounds.denominator_lower, bounds.denominator_upper)
    ]
    changed: dict[str, int] = {}
    for j, criterion in enumerate(policy.criteria):
        if criterion.unit != "share" or criterion.may_exceed_one:
            continue
        least, most, whole_least, whole_most = (each[:, j] for each in four)
        scale = float(units[1][j]) / float(units[0][j])
        beyond = ((most > least) & (most * scale > whole_most)) | (
            (whole_most > whole_least) & (least * scale > whole_least)
        )
        rows = np.flatnonzero(beyond & (least * scale <= whole_most))
        if not len(rows):
            continue
        changed[criterion.key] = len(rows)
        most[rows] = np.minimum(most[rows], np.floor(whole_most[rows] / scale)).astype(np.int64)
        whole_least[rows] = np.maximum(whole_least[rows], np.ceil(least[rows] * scale)).astype(np.int64)
        # both sides in halves of their unit, so that no midpoint is rounded
        for values, unit, lower, upper in ((top, units[0], least, most), (below, units[1], whole_least, whole_most)):
            values[:, j] *= 2
            values[rows, j] = lower[rows] + upper[rows]
            unit[j], lower[:], upper[:] = unit[j] * 2, lower * 2, upper * 2
    return Ratios(top, below, units[0], units[1]), Bounds(*four), changed


def _in_one_unit(sums: list[tuple[Ints, Ints]]) -> tuple[list[Ints], Ints]:
    """Sums of three kinds in the coarsest of their units: in a finer one, the largest might leave 64 bits."""
    unit = np.min([each for _sums, each in sums], axis=0)
    return [
        np.rint(values / (each // unit)).astype(np.int64) if (each != unit).any() else values for values, each in sums
    ], unit


class _NotBoundedError(Exception):
    """An expression whose bounds cannot be told; what stands there."""


_MONOTONE = {"+", "round", "floor", "ceil", "ceiling", "trunc", "greatest", "least", "ifnull", "coalesce"}
_MONOTONE_KINDS = {"OPERATOR_COALESCE", "OPERATOR_CAST"}
_ORDERED = {
    "COMPARE_GREATERTHAN", "COMPARE_GREATERTHANOREQUALTO", "COMPARE_LESSTHAN", "COMPARE_LESSTHANOREQUALTO",
}  # fmt: skip
_TESTS_OF_NULL = {"OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"}

Tree = dict[str, Any]


class _Trees:
    """Expressions as DuckDB's trees, and their bounds.

    Parameters
    ----------
    connection : duckdb connection
    names : dict
        Column in lower case -> ``lower``, ``upper`` -> the column of its bound.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, names: Mapping[str, Mapping[str, str]]):
        self.connection, self.names = connection, names

    def of(self, expression: str) -> Tree:
        """The tree of an expression."""
        answer = self.connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [f"SELECT ({expression}\n)"])
        tree: Tree = json.loads(answer.fetchall()[0][0])["statements"][0]["node"]["select_list"][0]
        return tree

    def sql(self, tree: Tree) -> str:
        """The SQL of a tree."""
        answer = self.connection.execute("SELECT json_serialize_sql('SELECT 1')").fetchall()[0][0]
        statement = json.loads(answer)
        statement["statements"][0]["node"]["select_list"] = [tree]
        found = self.connection.execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(statement)]).fetchall()
        return str(found[0][0]).removeprefix("SELECT ")

    def names_one(self, tree: Any) -> bool:
        """Whether a tree names a column of intervals."""
        if isinstance(tree, dict) and tree.get("class") == "COLUMN_REF":
            return ".".join(tree["column_names"]).lower() in self.names
        branches = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
        return any(self.names_one(branch) for branch in branches)

    def bounds(self, tree: Tree) -> tuple[Tree, Tree]:
        """The trees of the lower and the upper bound of what a tree gives.

        Raises
        ------
        _NotBoundedError
            Of anything but sums, differences, products, quotients by what is known, and what keeps the order.
        """
        if not self.names_one(tree) or tree["type"] in _TESTS_OF_NULL:
            return tree, tree
        if tree["class"] == "COLUMN_REF":
            found = self.names[".".join(tree["column_names"]).lower()]
            return {**tree, "column_names": [found["lower"]]}, {**tree, "column_names": [found["upper"]]}
        name = str(tree.get("function_name", "")).lower()
        children = list(_children(tree))
        bounded = [self.bounds(child) for child in children]
        lower, upper = [pair[0] for pair in bounded], [pair[1] for pair in bounded]
        if name == "-":
            return _with(tree, [*lower[:-1], upper[-1]]), _with(tree, [*upper[:-1], lower[-1]])
        if name == "*" or (name == "/" and not self.names_one(children[1])):
            corners = [_with(tree, [left, right]) for left in bounded[0] for right in bounded[1]]
            return self._call("least", corners), self._call("greatest", corners)
        keeps_order = name in _MONOTONE or tree["type"] in _MONOTONE_KINDS
        if not keeps_order or (name in ("round", "trunc") and any(map(self.names_one, children[1:]))):
            raise _NotBoundedError(self.sql(tree))
        return _with(tree, lower), _with(tree, upper)

    def _call(self, function: str, arguments: list[Tree]) -> Tree:
        return _with(self.of(f"{function}({', '.join('0' * len(arguments))})"), arguments)

    def conditions(self, tree: Any) -> Iterator[Tree]:
        """For each comparison of a condition that names a column of intervals, a tree of whether it is undecided.

        Raises
        ------
        _NotBoundedError
            Where such a column stands in anything but a comparison by order or a test for NULL.
        """
        if not self.names_one(tree) or tree.get("type") in _TESTS_OF_NULL:
            return
        if tree["type"] in _ORDERED:
            (left, right) = (self.bounds(tree[side]) for side in ("left", "right"))
            low, high = ({**tree, "left": left[k], "right": right[1 - k]} for k in (0, 1))
            template = self.of("0 IS DISTINCT FROM 1")
            yield {**template, "left": low, "right": high}
        elif tree["class"] == "CONJUNCTION" or tree["type"] == "OPERATOR_NOT":
            for child in tree["children"]:
                yield from self.conditions(child)
        else:
            raise _NotBoundedError(self.sql(tree))


def _slots(tree: Tree) -> list[tuple[Any, Any]]:
    """Where the operands of a function, operator or cast stand: container and key."""
    if tree["class"] == "CAST":
        return [(tree, "child")]
    for key in ("arguments", "children"):
        if tree.get(key):
            # DuckDB 1.5 gives arguments names, and before that had the operands alone
            return [
                (one, "expression") if "expression" in one and "class" not in one else (tree[key], place)
                for place, one in enumerate(tree[key])
            ]
    return []


def _children(tree: Tree) -> Iterator[Tree]:
    for container, key in _slots(tree):
        yield container[key]


def columns_added(connection: duckdb.DuckDBPyConnection, expression: str) -> list[str] | None:
    """The columns of an expression that does nothing but add and subtract columns; None of any other."""
    trees = _Trees(connection, {})

    def columns(tree: Tree) -> list[str] | None:
        if tree["class"] == "COLUMN_REF":
            return [".".join(tree["column_names"])]
        if str(tree.get("function_name", "")) not in ("+", "-") and tree["class"] != "CAST":
            return None
        found = [columns(child) for child in _children(tree)]
        return None if None in found else [column for each in found for column in each or ()]

    return columns(trees.of(expression))


def _with(tree: Tree, children: list[Tree]) -> Tree:
    """A tree with other operands."""
    changed = copy.deepcopy(tree)
    for (container, key), child in zip(_slots(changed), children, strict=True):
        container[key] = child
    return changed


def _not_bounded(policy: Policy, key: str, part: str, error: _NotBoundedError) -> Problem:
    what = _("a column that holds intervals stands in {sql}, whose bounds cannot be told")
    remedy = _(
        "Use it in sums, differences and products, over a denominator of its own, and in where by <, >, <=, >= or "
        "IS NOT NULL; or list the text under [units] missing."
    )
    return Problem(policy.place(f"criteria ({key}).{part}"), what.format(sql=error), remedy)


def _at_bounds(policy: Policy, tree: _Trees) -> tuple[Policy, Policy]:
    """The policy with the lower bounds of its sums in their place, and with the upper ones."""
    problems: list[Problem] = []
    two: tuple[list[Any], list[Any]] = ([], [])
    for criterion in policy.criteria:
        changes: tuple[dict[str, str], dict[str, str]] = ({}, {})
        for part in ("numerator", "denominator"):
            parsed = tree.of(getattr(criterion, part))
            if not tree.names_one(parsed):
                continue
            try:
                for change, bound in zip(changes, tree.bounds(parsed), strict=True):
                    change[part] = tree.sql(bound)
            except _NotBoundedError as error:
                problems.append(_not_bounded(policy, criterion.key, part, error))
        for criteria, change in zip(two, changes, strict=True):
            criteria.append(criterion.model_copy(update=change))
    raise_if_any(problems)
    lower, upper = (policy.model_copy(update={"criteria": tuple(criteria)}) for criteria in two)
    return lower, upper


def _check_conditions(
    connection: duckdb.DuckDBPyConnection, policy: Policy, tree: _Trees, relation: str, let: Mapping[str, float | None]
) -> None:
    """Check that it is known of each row whether it counts, whatever its suppressed counts are."""
    problems = []
    constants = "".join(
        f", CAST({'NULL' if value is None else repr(value)} AS DOUBLE) AS {quoted(name)}" for name, value in let.items()
    )
    for criterion in policy.criteria:
        try:
            undecided = [tree.sql(each) for each in tree.conditions(tree.of(criterion.where))]
        except _NotBoundedError as error:
            problems.append(_not_bounded(policy, criterion.key, "where", error))
            continue
        if not undecided:
            continue
        count = connection.execute(
            f"SELECT count(*) FILTER ({' OR '.join(undecided)}) FROM (SELECT *{constants} FROM {relation})"
        ).fetchall()[0][0]
        if count:
            where = policy.place(f"criteria ({criterion.key}).where")
            what = _("rows of which one cannot tell, as a count is an interval")
            remedy = _("Narrow the interval under [units.intervals], or write the condition otherwise.")
            problems.append(Problem(where, what, remedy, count, criterion.where))
    raise_if_any(problems)
