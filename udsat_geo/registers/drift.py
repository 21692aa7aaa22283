"""How what registers hold differs from another year's, and which criteria of a policy read what has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import duckdb

from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.registers.expressions import names_in
from udsat_geo.registers.holdings import ColumnHeld
from udsat_geo.sources.engine import connect

LEAST_SHARE = 0.002
"""Of the rows: a rarer code may come and go."""
JUMP_POINTS = 0.03
"""A code's share of the rows that changes by more has jumped, and so has the share of empty rows."""
JUMP_TIMES = 2.0
"""And so has a code whose share becomes so many times another, or as small a part of it."""
JUMP_OF_MEDIAN = 1.5
"""And a median."""
JUMP_OF_ROWS = 1.2
"""And the rows of a table. All five are own choices: above what a city of this size changes by itself in four years."""


@dataclass(frozen=True)
class Drift:
    """One difference between two years' registers.

    Attributes
    ----------
    table, column : str
    text : str
        Marked.
    values : dict
        For `text`.
    criteria : tuple of str
        Keys of the criteria that read the column.
    """

    table: str
    column: str
    text: str
    values: dict[str, str]
    criteria: tuple[str, ...]

    def told(self, language: str) -> str:
        """What has changed."""
        return _(self.text, language).format(**self.values)


def drift(now: Sequence[ColumnHeld], before: Sequence[ColumnHeld], policy: Policy, language: str) -> tuple[Drift, ...]:
    """What changed from one year's registers to another's.

    Parameters
    ----------
    now, before : sequence of ColumnHeld
    policy : Policy
    language : {"da", "en"}
        Of numbers.
    """
    earlier = {(one.table, one.name): one for one in before}
    later = {(one.table, one.name): one for one in now}
    readers = _readers(policy)
    found = []
    for key in [*later, *(key for key in earlier if key not in later)]:
        criteria = tuple(readers.get((key[0], key[1].lower()), ()))
        told = _column_of_one(key in later) if key not in later or key not in earlier else None
        changes = [told] if told else _changes(later[key], earlier[key], language)
        found += [Drift(*key, text, values, criteria) for text, values in changes]
    return (*_rows(now, before, language), *found)


def _rows(now: Sequence[ColumnHeld], before: Sequence[ColumnHeld], language: str) -> Iterator[Drift]:
    """Tables that have many more rows, or many fewer."""
    earlier = {one.table: one.rows for one in before}
    for table, rows in {one.table: one.rows for one in now}.items():
        if table in earlier and _jumped(rows, earlier[table], JUMP_OF_ROWS):
            told = {"before": decimal(earlier[table], 0, language), "now": decimal(rows, 0, language)}
            yield Drift(table, "", N_("rows went from {before} to {now}"), told, ())


Change = tuple[str, dict[str, str]]


def _column_of_one(is_later: bool) -> Change:
    return (N_("the column is new") if is_later else N_("the column is no longer there")), {}


def _changes(now: ColumnHeld, before: ColumnHeld, language: str) -> Iterator[Change]:
    def percent(share: float) -> str:
        return f"{decimal(100 * share, 1, language)} %"

    if abs(now.share_empty - before.share_empty) > JUMP_POINTS:
        shares = {"before": percent(before.share_empty), "now": percent(now.share_empty)}
        yield N_("empty rows went from {before} to {now}"), shares
    if now.median is not None and before.median is not None and _jumped(now.median, before.median, JUMP_OF_MEDIAN):
        medians = {"before": decimal(before.median, 1, language), "now": decimal(now.median, 1, language)}
        yield N_("the median went from {before} to {now}"), medians
    counts, counts_before = dict(now.codes), dict(before.codes)
    if not counts or not counts_before:
        return
    for code in dict.fromkeys([*counts_before, *counts]):
        share, share_before = counts.get(code, 0) / now.rows, counts_before.get(code, 0) / before.rows
        told = {"code": repr(code), "before": percent(share_before), "now": percent(share)}
        if max(share, share_before) < LEAST_SHARE:
            continue
        if code not in counts:
            yield N_("the code {code} has vanished: it stood in {before} of the rows"), told
        elif code not in counts_before:
            yield N_("the code {code} is new: it stands in {now} of the rows"), told
        elif abs(share - share_before) > JUMP_POINTS or _jumped(share, share_before, JUMP_TIMES):
            yield N_("the code {code} has jumped from {before} to {now} of the rows"), told


def _jumped(one: float, other: float, times: float) -> bool:
    low, high = sorted((abs(one), abs(other)))
    return high > times * low


def _readers(policy: Policy) -> dict[tuple[str, str], list[str]]:
    """Table and column, in lower case -> keys of the criteria that read it, by way of ``[let]`` too."""
    connection = connect()
    of_let = {
        (register, name): _names(connection, [expression])
        for register, listed in policy.let.items()
        for name, expression in listed.items()
    }
    found: dict[tuple[str, str], list[str]] = {}
    for criterion in policy.criteria:
        register = str(criterion.register_name)
        names = _names(connection, _expressions(criterion))
        for (table, name), inner in of_let.items():
            if name.lower() in names:
                for column in inner:
                    found.setdefault((table, column), []).append(criterion.key)
        for name in names:
            if criterion.key not in found.setdefault((register, name), []):
                found[register, name].append(criterion.key)
    for name in _names(connection, [policy.units.residents or "0"]):
        found["units", name] = list(policy.keys)
    for ours, names_there in policy.units.columns.items():
        for theirs in names_there:
            found.setdefault(("units", theirs.lower()), []).extend(found.get(("units", ours), []))
    return found


def _expressions(criterion: Criterion) -> list[str]:
    limit = [criterion.limit] if isinstance(criterion.limit, str) else []
    return [criterion.where, criterion.numerator, criterion.denominator, *limit]


def _names(connection: duckdb.DuckDBPyConnection, expressions: Sequence[str]) -> set[str]:
    names: set[str] = set()
    for expression in expressions:
        with suppress(duckdb.Error):
            names |= names_in(connection, expression)
    return names
