"""Policy expressions: checked before they run, so that a policy can reach nothing but its columns.

Two locks, each enough by itself. An expression is parsed by DuckDB and its tree may hold only what the lists below
name: no statement, no subquery, no table, no parameter, no function that is not listed. And the connection it runs
on has no access to files other than the registers themselves, and its settings cannot be changed.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar, cast

import duckdb

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.limits import limits
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Criterion, Policy, Register
from udsat_geo.registers.cleaning import CleanTable
from udsat_geo.registers.layout import NAMES_OF_THE_ENGINE
from udsat_geo.registers.opening import Opened
from udsat_geo.registers.schema import CRS, DERIVED, SURVEY
from udsat_geo.sources.engine import connect, interrupted_after, memory_for_expressions, quoted

_Reading = TypeVar("_Reading", bound=Callable[..., Any])

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
_OF_A_COLUMN, _OF_A_NUMBER = 100, 40
"""Characters that a column's text is taken to have, own choice; and those of the longest number."""
_DEEPEST = 250
"""Parts within parts: what every Python can follow, with as much below it; own choice."""
_OF_TEXT = frozenset(
    "|| lower upper trim ltrim rtrim left right substring substr replace concat list_value row greatest least coalesce "
    "ifnull nullif if min max median quantile_cont quantile_disc".split()
)
"""Functions whose value may be a text."""
_CLASSES = frozenset(
    ["CONSTANT", "COLUMN_REF", "FUNCTION", "OPERATOR", "CONJUNCTION", "COMPARISON", "BETWEEN", "CASE", "CAST", "TYPE"]
)
_PLURALS = {
    "SUBQUERY": N_("subqueries"),
    "LAMBDA": N_("lambdas"),
    "STAR": N_("stars"),
    "WINDOW": N_("window functions"),
}
_UNKNOWN = {"column": N_("unknown column {name!r}"), "name": N_("unknown name {name!r}")}
_ALL_NAMES = {"column": N_("Columns: {names}."), "name": N_("Names: {names}.")}
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
    problems = _faults_of(connection, expression, columns, where, aggregates, kind)
    quotes = _with_quotes(connection, expression, columns) if problems else None
    if quotes is None:
        return problems
    key = where.rpartition(".")[2]
    remedy = _("A name with spaces or signs, or one that SQL knows, is written in quotes: {key} = {quotes}.").format(
        key=key, quotes=_as_toml(quotes)
    )
    return [dataclasses.replace(problems[0], remedy=remedy)]


def _with_quotes(connection: duckdb.DuckDBPyConnection, expression: str, columns: Collection[str]) -> str | None:
    """The expression with quotes around the columns that need them; None where that does not make it right."""
    found = expression
    for column in sorted(columns, key=len, reverse=True):
        if column.lower() not in expression.lower() or _is_plain_name(connection, column):
            continue
        bare = re.compile(rf'(?<![\w"]){re.escape(column)}(?![\w"])', re.IGNORECASE)
        # an odd part lies between quotes already
        parts = re.split(r"(\"[^\"]*\"|'[^']*')", found)
        parts[::2] = [bare.sub(lambda _match, name=column: quoted(name), part) for part in parts[::2]]
        found = "".join(parts)
    if found == expression or _faults_of(connection, found, columns, "", True, "column"):
        return None
    return found


def _is_plain_name(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether SQL reads a name as it stands as that of one column."""
    try:
        tree = _tree(connection, f"SELECT ({name}\n)")
    except duckdb.Error:
        return False
    if tree.get("error") or len(tree["statements"]) != 1:
        return False
    selected = tree["statements"][0]["node"].get("select_list", [{}])
    return len(selected) == 1 and [one.lower() for one in selected[0].get("column_names", ())] == [name.lower()]


def _as_toml(text: str) -> str:
    """A text as TOML has it, in single quotes where it holds none."""
    return f"'{text}'" if "'" not in text and "\n" not in text else f"'''{text}'''"


def _faults_of(
    connection: duckdb.DuckDBPyConnection,
    expression: str,
    columns: Collection[str],
    where: str,
    aggregates: bool,
    kind: str,
) -> list[Problem]:
    try:
        return list(
            _faults_in_order(
                connection, expression, _Names({name.lower() for name in columns}, kind), where, aggregates
            )
        )
    except duckdb.Error as error:
        return [Problem(where, _("cannot be read: {first_line}").format(first_line=_first_line(error)))]
    except RecursionError:
        return [Problem(where, _("is nested too deeply"), _("Write it shorter, or in parts."))]


def _faults_in_order(
    connection: duckdb.DuckDBPyConnection, expression: str, names: _Names, where: str, aggregates: bool
) -> list[Problem]:
    tree = _tree(connection, f"SELECT {expression}\n")
    if tree.get("error"):
        return [Problem(where, _("is not one SQL expression: {get}").format(get=tree.get("error_message", "")))]
    statements: list[dict[str, Any]] = tree["statements"]
    node = statements[0]["node"] if len(statements) == 1 else {}
    if not _is_bare_select(node) or not _parses(connection, f"SELECT ({expression}\n)"):
        return [
            Problem(where, _("is more than one expression"), _("Write one expression over the register's columns."))
        ]
    selected = node["select_list"][0]
    return list(_faults(selected, names, where, aggregates)) or _too_much_text(_texts(selected)[1], where)


def check_texts(connection: duckdb.DuckDBPyConnection, policy: Policy) -> None:
    """Check that all expressions of a policy together, each of them good, do not make too much text of a row.

    Thousands of rows are worked on at a time, and DuckDB's own limit does not count what is in work.

    Raises
    ------
    InputError
    """
    expressions = [text for mine in policy.let.values() for text in mine.values()]
    expressions += [side for one in policy.criteria for side in (one.where, one.numerator, one.denominator)]
    # without one of these signs none is made
    makers = [text for text in expressions if any(sign in text for sign in ("(", "|", "::"))]
    made = sum(_texts(_tree(connection, f"SELECT {text}\n"))[1] for text in makers)
    raise_if_any(_too_much_text(made, _("policy {id}").format(id=policy.id)))


def _too_much_text(characters: int, where: str) -> list[Problem]:
    if characters <= limits().expression_characters:
        return []
    what = _("could make {length} characters of text of each row").format(length=decimal(characters, 0))
    remedy = _("Nest replace, concat and || less deeply, or with shorter texts; {variable} allows more.")
    return [Problem(where, what, remedy.format(variable="UDSAT_EXPRESSION_CHARACTERS"))]


def _texts(node: dict[str, Any]) -> tuple[int, int]:
    """How many characters the value of a part may have, and how many it and its own parts make; of one row.

    Columns are taken to hold `_OF_A_COLUMN`.
    """
    kind, name = node.get("class"), str(node.get("function_name")).lower()
    if kind == "COLUMN_REF":
        return _OF_A_COLUMN, 0
    if kind == "CONSTANT":
        # DuckDB 1 has a constant as a value, and what a function is given as its children
        return len(str((node.get("literal") or {}).get("text") or (node.get("value") or {}).get("value") or "")), 0
    found = [_texts(part) for part in _parts(node)]
    longest, made = sum(each[0] for each in found), sum(each[1] for each in found)
    if kind == "FUNCTION" and name == "replace" and len(found) > 1:
        # each character could be one that is replaced
        longest = found[0][0] * max(1, found[-1][0])
    makes_text = name in _OF_TEXT if kind == "FUNCTION" else kind == "CAST" and not _casts_to_a_number(node)
    if makes_text:
        return longest, made + longest
    # a number may be written as a text later
    return (_OF_A_NUMBER if kind in ("FUNCTION", "CAST", "COMPARISON", "CONJUNCTION", "BETWEEN") else longest), made


def _parts(node: dict[str, Any]) -> list[dict[str, Any]]:
    """What a part of an expression is made of, in order."""
    found, left = [], [*reversed(node.values())]
    while left:
        one = left.pop()
        if isinstance(one, dict) and "class" in one:
            found.append(one)
        elif isinstance(one, dict | list):
            left += reversed(list(one.values()) if isinstance(one, dict) else one)
    return found


def _casts_to_a_number(node: dict[str, Any]) -> bool:
    kind = (node.get("type_expr") or {}).get("type_name") or _type_of_duckdb_1(node)[0]
    return str(kind).upper() in _TYPES - {"VARCHAR", "TEXT", "STRING"}


def _type_of_duckdb_1(cast: dict[str, Any]) -> tuple[str, str]:
    """The type that a cast names, and its schema; DuckDB 2 has them as a part of their own."""
    kind = cast.get("cast_type") or {}
    info = kind.get("type_info") or {}
    return str(info.get("name") or kind.get("id") or ""), str(info.get("schema") or info.get("catalog") or "")


def _tree(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    """A query as DuckDB reads it, or what it says is wrong; `RecursionError` where it is nested beyond `_DEEPEST`."""
    answer = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchall()
    tree: dict[str, Any] = json.loads(answer[0][0]) if answer else {"error": True, "error_message": _("no answer")}
    left = [(tree, 0)]
    while left:
        one, depth = left.pop()
        if depth > _DEEPEST:
            raise RecursionError
        left += [(part, depth + 1) for part in _parts(one)]
    return tree


def names_in(connection: duckdb.DuckDBPyConnection, expression: str) -> set[str]:
    """The names that an expression uses, in lower case; none if it cannot be read."""
    try:
        return set(_names(_tree(connection, f"SELECT {expression}\n")))
    except RecursionError:
        return set()


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

    def faults(self, name: str, where: str, is_path: bool = False) -> Iterator[Problem]:
        """What is told of a name that there is not; nothing of one that may be used."""
        if is_path or name.lower() not in self.known:
            near = difflib.get_close_matches(name.lower(), sorted(self.known), 1)
            all_of_them = _(_ALL_NAMES[self.kind]).format(names=", ".join(sorted(self.known)))
            hint = (
                _("Did you mean {near!r}?").format(near=near[0])
                if near
                else all_of_them
                if self.known
                else _("There are none.")
            )
            yield Problem(where, _(_UNKNOWN[self.kind]).format(name=name), hint)


def _parses(connection: duckdb.DuckDBPyConnection, query: str) -> bool:
    """Whether a text is SQL; in brackets, as they are evaluated, a trailing semicolon is none."""
    return not _tree(connection, query).get("error")


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
        what = _(_PLURALS.get(str(kind), f"{str(kind).lower().replace('_', ' ')}s"))
        yield Problem(where, _("may not use {what}").format(what=what), _("Only columns and plain functions."))
        return
    if kind == "COLUMN_REF":
        # two names with a dot are a table and its column, even where a column is called like the two
        path = ".".join(tree["column_names"])
        yield from names.faults(path, where, is_path=len(tree["column_names"]) > 1)
    elif kind == "FUNCTION":
        name = tree["function_name"].lower()
        allowed = SCALAR_FUNCTIONS | AGGREGATES if aggregates else SCALAR_FUNCTIONS
        if name not in allowed or tree.get("schema") or tree.get("catalog"):
            yield Problem(
                where, _("may not use the function {name!r}").format(name=name), _function_remedy(name, allowed)
            )
    elif kind == "TYPE" or (kind == "CAST" and "cast_type" in tree):
        name, schema = (tree.get("type_name", ""), tree.get("schema")) if kind == "TYPE" else _type_of_duckdb_1(tree)
        if name.upper() not in _TYPES or schema:
            yield Problem(where, _("may not use the type {get!r}").format(get=name))
    for branch in tree.values():
        yield from _faults(branch, names, where, aggregates)


def _function_remedy(name: str, allowed: Collection[str]) -> str:
    if name in AGGREGATES:
        return _("Totals over the register belong in [let].")
    return _("Allowed: {names}.").format(names=", ".join(sorted(f for f in allowed if f.isidentifier())))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def raise_if_any(problems: list[Problem]) -> None:
    """Raise all problems at once, if there are any."""
    if problems:
        raise InputError(problems)


_MOST_DIGITS = 18
"""Of a number that is reckoned with as a decimal."""


@dataclass(frozen=True)
class LimitExpressions:
    """The limits of a policy, and what rates are compared with, that are not plain numbers.

    Attributes
    ----------
    text : dict
        Key of the criterion -> the expression of its limit as the policy has it.
    references : tuple of str
        The names of ``[references]`` that they use, in the policy's order.
    given : dict
        Key of the criterion -> the expression of ``[compare.given]``.
    """

    text: dict[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    given: dict[str, str] = field(default_factory=dict)


def check_limits(policy: Policy, values_needed: bool = True) -> LimitExpressions:
    """Check the limits of a policy, and the figures it compares with, as far as they can be without its registers.

    Those over references alone are evaluated as well.

    Parameters
    ----------
    policy : Policy
    values_needed : bool
        Whether every reference that is used must have its value, as for a run.

    Returns
    -------
    LimitExpressions
        Empty where every limit is a number and nothing is given to compare with.

    Raises
    ------
    InputError
        With every fault: no single expression, a function that is not allowed, a name that neither ``[let]`` nor
        ``[references]`` has or that both have, a reference without a value, a result that is no finite number.
    """
    limits = {criterion.key: criterion.limit for criterion in policy.criteria if isinstance(criterion.limit, str)}
    given = {key: str(text) for key, text in policy.compare.given.items()}
    if not limits and not given:
        return LimitExpressions()
    connection = _locked()
    names = [name for expressions in policy.let.values() for name in expressions]
    problems = _ambiguous(policy, names)
    used: set[str] = set()
    texts = [(f"criteria ({key}).limit", text) for key, text in limits.items()]
    for place, text in [*texts, *((f"compare.given.{key}", text) for key, text in given.items())]:
        where = policy.place(place)
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
    return LimitExpressions(limits, references, given)


def resolve_limits(policy: Policy, let: Mapping[str, float | None]) -> Policy:
    """The policy with every limit, and every figure of ``[compare.given]``, as a number.

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
    if not policy.compare.given and not any(isinstance(criterion.limit, str) for criterion in policy.criteria):
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
    given: dict[str, float | None] = {}
    for key, text in policy.compare.given.items():
        given[key], faults = _evaluated(connection, str(text), values, policy.place(f"compare.given.{key}"))
        problems += faults
    connection.close()
    raise_if_any(problems)
    compare = policy.compare.model_copy(update={"given": given})
    return policy.model_copy(update={"criteria": tuple(criteria), "compare": compare})


def _locked() -> duckdb.DuckDBPyConnection:
    connection = connect(for_expressions=True)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _ambiguous(policy: Policy, names: list[str]) -> list[Problem]:
    """Names that a limit could read in two ways."""
    remedy = _("Rename one of them.")
    twice = sorted({name for name in names if names.count(name) > 1})
    both = [name for name in policy.references if name in names]
    problems = [
        Problem(
            _("{id}: let").format(id=policy.id),
            _("{name} stands under more than one register").format(name=name),
            remedy,
        )
        for name in twice
    ]
    return problems + [Problem(policy.place(f"references.{name}"), _("stands in [let] too"), remedy) for name in both]


def _no_value(policy: Policy, name: str) -> Problem:
    remedy = _(
        "Give it with --references {name}=VALUE, or as {name} = VALUE under [references] of a policy of your own."
    ).format(name=name)
    return Problem(policy.place(f"references.{name}"), _("has no value, and the policy needs it"), remedy)


def _values(policy: Policy, let: Mapping[str, float | None]) -> dict[str, float | None]:
    return {**{name: reference.value for name, reference in policy.references.items()}, **let}


def _evaluated(
    connection: duckdb.DuckDBPyConnection, text: str, values: Mapping[str, float | None], where: str
) -> tuple[float | None, list[Problem]]:
    """The value of one expression, and what is wrong with it."""
    mine = {name: values.get(name) for name in names_in(connection, text)}
    known = {name: value for name, value in mine.items() if value is not None}
    if lost := sorted(mine.keys() - known.keys()):
        what = _("{names} gave no value over these registers").format(names=", ".join(lost))
        return None, [Problem(where, what, _("Check the expression of [let] and what it is taken from."))]
    try:
        found = _computed(connection, text, known)
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        return None, [
            Problem(where, _("cannot be evaluated: {reason}").format(reason=reason), _("Mend the expression."))
        ]
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal) or not math.isfinite(found):
        what = _("gives {value}, not a finite number").format(value=_("no value") if found is None else repr(found))
        return None, [Problem(where, what, _("Mend the expression, or the values it uses."))]
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


_SIGNIFICANT_DIGITS = 12


@contextmanager
def within_limits(connection: duckdb.DuckDBPyConnection, policy: Policy) -> Iterator[None]:
    """Hold the expressions of a policy, evaluated within this block, to a time, and tell when memory is used up.

    Raises
    ------
    InputError
        If they take longer than `Limits.expression_s`, or more than `memory_for_expressions`.
    """
    most = limits().expression_s
    with interrupted_after(connection, most) as is_over:
        try:
            yield
        except (InputError, duckdb.Error) as error:
            if is_over():
                what = _("its expressions are not evaluated within {seconds} s").format(seconds=f"{most:g}")
                variable = "UDSAT_EXPRESSION_SECONDS"
            elif isinstance(error, duckdb.OutOfMemoryException) or isinstance(
                error.__context__, duckdb.OutOfMemoryException
            ):
                size, variable = memory_for_expressions()
                what = _("its expressions take more than {size} MB of memory").format(size=decimal(size / 10**6, 0))
            else:
                raise
            remedy = _("Write them shorter, or allow more with {variable}.").format(variable=variable)
            raise InputError(Problem(_("policy {id}").format(id=policy.id), what, remedy)) from None


@contextmanager
def evaluating(where: str) -> Iterator[None]:
    """Tell expressions that cannot be evaluated as such; `where` says whose they are.

    Raises
    ------
    InputError
    """
    try:
        yield
    except duckdb.Error as error:
        what = _("cannot be evaluated: {reason}").format(reason=str(error).strip().split("\n")[0])
        raise InputError(Problem(where, what, _("Mend the expressions."))) from None


def limited(read: _Reading) -> _Reading:
    """A reading on a connection by a policy, these two given first, held to `within_limits`."""

    @functools.wraps(read)
    def reading(connection: duckdb.DuckDBPyConnection, policy: Policy, *given: Any, **named: Any) -> Any:
        with within_limits(connection, policy):
            return read(connection, policy, *given, **named)

    return cast(_Reading, reading)


@limited
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
        what, remedy = (
            _("cannot be evaluated: {reason}").format(reason=reason),
            _("Take one value of the whole register, such as median(...)."),
        )
        raise InputError(
            Problem(_("{id}: let.{register}").format(id=policy.id, register=register), what, remedy)
        ) from None
    return {
        name: _steady(value, expression) for (name, expression), value in zip(expressions.items(), row, strict=True)
    }


def _steady(value: float | None, expression: str) -> float | None:
    """Sums and means of fractions depend on the order of rows in their last digits: those are left out."""
    if value is None or not any(name in expression.lower() for name in ("sum", "avg", "mean")):
        return value
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def check_policy_fits(policy: Policy, may_read_survey: bool = False) -> None:
    """Check that a policy asks for what registers have.

    Raises
    ------
    InputError
        If its criteria read a unit table, or a survey where that may not be, or it works in a system that is not
        in metres.
    """
    if policy.reads_unit_table:
        what = _("its criteria read a unit table, not registers")
        raise InputError(
            Problem(_("policy {id}").format(id=policy.id), what, _("Leave out --registers, or choose another policy."))
        )
    of_survey = [criterion.key for criterion in policy.criteria if criterion.register_name == SURVEY]
    if of_survey and not may_read_survey:
        what = _("a survey answers for areas, not for each unit")
        remedy = _("Put it into a goals file: udsat goals --goals FILE.")
        raise InputError(Problem(policy.place(f"criteria ({key})"), what, remedy) for key in of_survey)
    if policy.units.crs is not None and policy.units.crs != CRS:
        from udsat_geo.sources.crs import check_crs, is_projected_in_metres, short_crs

        where = policy.place("units.crs")
        check_crs(policy.units.crs, where)
        if not is_projected_in_metres(policy.units.crs):
            what = _("is {crs}, whose positions are not metres").format(crs=short_crs(policy.units.crs))
            remedy = _("Name a projected system in metres; without one it is {CRS}.").format(CRS=CRS)
            raise InputError(Problem(where, what, remedy))


def working_crs(policy: Policy) -> str:
    """The reference system that a policy over registers works in: its own, else that of Danish registers."""
    return policy.units.crs or CRS


def let_name_problems(policy: Policy, register: Register, taken: Collection[str]) -> list[Problem]:
    """Names of ``[let]`` that would hide a column, or one that the engine itself adds; SQL knows no upper case."""
    lower = {name.lower() for name in taken}
    return [
        Problem(policy.place(f"let.{register}.{name}"), _("is a column already"), _("Choose another name."))
        for name in policy.let.get(register, {})
        if name in lower
    ]


def check_policy_expressions(opened: Opened, policy: Policy) -> None:
    """Check every expression of a policy against the columns of these registers.

    Raises
    ------
    InputError
        With every fault of every expression.
    """
    problems: list[Problem] = []
    tables = {"residents": opened.residents, "dwellings": opened.dwellings}
    tables |= {} if opened.survey is None else {SURVEY: opened.survey}
    for register, expressions in policy.let.items():
        if register not in ("residents", "dwellings"):
            problems.append(
                Problem(
                    _("let.{register}").format(register=register),
                    _("this policy's registers are residents and dwellings"),
                )
            )
            continue
        problems += let_name_problems(policy, register, [*tables[register].columns, "residents", *NAMES_OF_THE_ENGINE])
        columns = _columns_of(tables[register], register)
        for name, expression in expressions.items():
            where = policy.place(f"let.{register}.{name}")
            problems += check_expression(opened.connection, expression, columns, where, aggregates=True)
    for criterion in policy.criteria:
        register = criterion.register_name
        columns = [*_columns_of(tables[register], register), *policy.let.get(register, {})]
        for part in ("where", "numerator", "denominator"):
            where = policy.place(f"criteria ({criterion.key}).{part}")
            problems += check_expression(opened.connection, getattr(criterion, part), columns, where)
    raise_if_any(problems)
    check_texts(opened.connection, policy)


def _columns_of(table: CleanTable, register: Register) -> list[str]:
    """The columns of a register that expressions may use, derived ones too."""
    return [*table.columns, *DERIVED.get(register, ())]
