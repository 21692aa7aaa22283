"""Criteria that the columns of a ready-made table suggest: how each is measured is read off its values."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.writing import ProposedCriterion
from udsat_geo.registers.concepts import (
    CONCEPTS,
    OF_A_COUNT,
    OF_A_MEAN,
    OF_A_SHARE,
    WORKING_AGE,
    Concept,
    concept_of,
)
from udsat_geo.registers.guessing import ColumnSummary, is_made_by_others, is_of_the_shape
from udsat_geo.sources.engine import quoted

_M2 = (5, 200)
"""Square metres of dwelling for each resident, on average; own choice."""
_NEAR = 0.01
"""A count over its denominator is a rate where most units differ by no more; own choice."""
_FEW = 0.02
"""Share of the residents; numbers up to 100 that add up to less may be per cent. Own choice."""
_SPREAD, _FALLS = 0.3, 0.3
"""Where residents vary by so much of their mean, per cent over residents fall as residents rise: a correlation. Own
choices."""


@dataclass(frozen=True)
class TableColumns:
    """The columns of a table with ready-made units, and its rows.

    Attributes
    ----------
    connection : duckdb connection
    relation : str
        SQL that stands for the rows, codes for missing values being NULL.
    columns : tuple of ColumnSummary
    residents : ColumnSummary
    taken : frozenset of str
        Columns with another meaning: ids, names.
    """

    connection: duckdb.DuckDBPyConnection
    relation: str
    columns: tuple[ColumnSummary, ...]
    residents: ColumnSummary
    taken: frozenset[str] = frozenset()

    def in_sql(self, column: ColumnSummary) -> str:
        """A column's name as an expression has it: quoted where it must be."""
        reserved = "SELECT count(*) FROM duckdb_keywords() WHERE keyword_name = ? AND keyword_category = 'reserved'"
        plain = re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", column.name) is not None
        is_word = plain and self.connection.execute(reserved, [column.name.lower()]).fetchall()[0][0]
        return column.name if plain and not is_word else quoted(column.name)

    def share_of_rows(self, condition: str) -> float:
        """The share of rows for which a condition holds, of those for which it can be said."""
        query = f"SELECT avg(CASE WHEN {condition} THEN 1.0 WHEN NOT ({condition}) THEN 0.0 END) FROM {self.relation}"
        found = self.connection.execute(query).fetchall()[0][0]
        return 0.0 if found is None else float(found)


def propose(table: TableColumns) -> tuple[tuple[ProposedCriterion, ...], tuple[str, ...]]:
    """The criteria that columns suggest, sure ones first, and the columns that suggest none.

    Of several columns of one concept the one that can be counted best is sure; the others are shown.
    """
    found: dict[str, list[ProposedCriterion]] = {}
    unused = []
    for column in table.columns:
        if column.name in table.taken or column.name == table.residents.name:
            continue
        concept = None if is_made_by_others(column) or is_of_the_shape(column) else concept_of(column.phrase)
        made = None if concept is None or WORKING_AGE.search(column.phrase) else _measured(table, column, concept)
        if made is None:
            unused.append(column.name)
        else:
            found.setdefault(made.key, []).append(made)
    order = [concept.key for concept in CONCEPTS]
    chosen: list[ProposedCriterion] = []
    for key in sorted(found, key=order.index):
        best = min(found[key], key=lambda one: (bool(one.doubt), one.rank))
        rest = [one.doubted(_("it speaks of the same as {column}").format(column=best.column)) for one in found[key]]
        chosen += [best if one.column == best.column else other for one, other in zip(found[key], rest, strict=True)]
    chosen = _instead(_once(chosen, "area_per_resident", "dwelling_area"))
    return tuple(sorted(chosen, key=lambda one: bool(one.doubt))), tuple(unused)


def _once(chosen: list[ProposedCriterion], worse: str, better: str) -> list[ProposedCriterion]:
    """Of two concepts that say the same, the one by counts."""
    by_counts = [one for one in chosen if one.key == better and not one.doubt]
    if not by_counts:
        return chosen
    why = _("it speaks of the same as {column}").format(column=by_counts[0].column)
    return [one.doubted(why) if one.key == worse else one for one in chosen]


def _instead(chosen: list[ProposedCriterion]) -> list[ProposedCriterion]:
    """Dwellings per resident stand in where nothing else is sure, and are shown otherwise."""
    if not any(not one.doubt and one.key != "dwellings_per_resident" for one in chosen):
        return chosen
    why = _("it says little of how people live, and there are better criteria")
    return [one.doubted(why) if one.key == "dwellings_per_resident" else one for one in chosen]


def _measured(table: TableColumns, column: ColumnSummary, concept: Concept) -> ProposedCriterion | None:
    if column.kind == "boolean" and concept.form == "people":
        x, residents = table.in_sql(column), table.in_sql(table.residents)
        top = f"CASE WHEN {x} THEN {residents} WHEN NOT {x} THEN 0 END"
        why = _("yes or no for a whole unit: all its residents count, or none")
        return _made(concept, column, top, residents, "share", why, rank=3)
    if not column.is_numeric or column.filled == 0 or column.greatest == column.least:
        return None
    if concept.form in ("mean", "m2", "dwellings"):
        return _of_figures(table, column, concept)
    return _of_people(table, column, concept)


def _of_people(table: TableColumns, column: ColumnSummary, concept: Concept) -> ProposedCriterion:
    """How many people, or which share of them; by name and size."""
    x, residents = table.in_sql(column), table.in_sql(table.residents)
    is_share = OF_A_SHARE.search(column.phrase) is not None
    span = _span(column)
    if column.least >= 0 and column.greatest <= 1 and (is_share or column.kind == "number"):
        why = _("a share between 0 and 1 ({span}), of the residents, since no count beside it says of whom").format(
            span=span
        )
        return _made(concept, column, f"{x} * {residents}", residents, "share", why, rank=1)
    if is_share and column.least >= 0 and column.greatest <= 100:
        why = _("per cent ({span}), of the residents, since no count beside it says of whom").format(span=span)
        return _made(concept, column, f"{x} * {residents}", f"100 * {residents}", "share", why, rank=1)
    if column.kind == "whole" and not is_share and column.least >= 0:
        below, why = _denominator(table, column, concept)
        if _may_be_percent(table, column):
            doubt = _("it may be a count or per cent ({span})").format(span=span)
            return _made(concept, column, x, below, "share", "", rank=4, doubt=doubt)
        if table.share_of_rows(f"{x} <= {below}") == 1:
            return _made(concept, column, x, below, "share", why, rank=0)
        doubt = _("it is larger than {below} in some units").format(below=below)
        return _made(concept, column, x, below, "share", _("a count"), rank=4, doubt=doubt)
    if column.kind == "number" and column.greatest > 100 and not is_share:
        why = _("neither a count nor a share ({span}): a figure, averaged by residents").format(span=span)
        return _made(concept, column, f"{x} * {residents}", residents, "", why, rank=2)
    doubt = _("it may be a count or a share ({span})").format(span=span)
    return _made(concept, column, x, residents, "", "", rank=4, doubt=doubt)


def _may_be_percent(table: TableColumns, column: ColumnSummary) -> bool:
    """Whether whole numbers up to 100 do not grow with the residents, as counts do, or are few for so many people."""
    if column.greatest > 100 or OF_A_COUNT.search(column.phrase):
        return False
    if column.total < _FEW * table.residents.total:
        return True
    x, residents = table.in_sql(column), table.in_sql(table.residents)
    query = f"""SELECT stddev_pop({residents}) / nullif(avg({residents}), 0), corr({x}, {residents}),
        corr({x} / nullif({residents}, 0), {residents}) FROM {table.relation}"""
    spread, with_residents, of_rate = table.connection.execute(query).fetchall()[0]
    if spread is None or spread < _SPREAD or with_residents is None or of_rate is None:
        return False
    return bool(with_residents < -of_rate and of_rate < -_FALLS)


def _denominator(table: TableColumns, column: ColumnSummary, concept: Concept) -> tuple[str, str]:
    """Of whom a count is: of those over whom it gives a rate that stands beside it; else of the residents."""
    x = table.in_sql(column)
    others = [one for one in table.columns if one.kind == "whole" and one.total >= column.total]
    rates = [one for one in table.columns if one.is_numeric and _is_rate_of(one, column)]
    for rate in rates:
        per = 1 if rate.greatest <= 1 else 100
        for other in sorted(others, key=lambda one: one.name != table.residents.name):
            near = f"abs({x} / nullif({table.in_sql(other)}, 0) - {table.in_sql(rate)} / {per}.0) <= {_NEAR}"
            if other.name != column.name and table.share_of_rows(near) >= 0.9:
                why = _("a count; over {other} it gives {rate}").format(other=other.name, rate=rate.name)
                return table.in_sql(other), why
    working = [one for one in others if WORKING_AGE.search(one.phrase)]
    if concept.key == "outside_labour_market" and len(working) == 1:
        why = _("a count; {other} are those whom it may be about").format(other=working[0].name)
        return table.in_sql(working[0]), why
    return table.in_sql(table.residents), _("a count, no larger than the residents")


def _is_rate_of(rate: ColumnSummary, count: ColumnSummary) -> bool:
    """Whether a column is called as another, but for the word that says that it is a share."""
    apart = "_(pct|percent|procent|share|rate|ratio|andel|count|number|antal|n|total)(?=_)"
    stems = [re.sub(apart, "", column.phrase) for column in (rate, count)]
    return rate.name != count.name and stems[0] == stems[1] and OF_A_SHARE.search(rate.phrase) is not None


def _of_figures(table: TableColumns, column: ColumnSummary, concept: Concept) -> ProposedCriterion | None:
    x, residents = table.in_sql(column), table.in_sql(table.residents)
    span = _span(column)
    if concept.form == "dwellings":
        if column.kind != "whole" or column.least < 0:
            return None
        why = _("a count of dwellings or households: the fewer for so many residents, the more crowded")
        return _made(concept, column, x, residents, "", why, rank=0)
    if concept.form == "m2":
        each = column.total / max(table.residents.total, 1)
        why = _("square metres in all, {each} for each resident").format(each=decimal(each, 0))
        doubt = "" if _M2[0] <= each <= _M2[1] else _("so many square metres for each resident are not likely")
        where = f"{x} > 0 AND {residents} > 0"
        return _made(concept, column, x, residents, "m2", why, rank=0, doubt=doubt, where=where)
    is_mean = OF_A_MEAN.search(column.phrase) is not None or (concept.key == "income" and column.least >= 1000)
    why = _("a mean ({span}), averaged by residents").format(span=span)
    if concept.key == "area_per_resident":
        return _made(concept, column, f"{x} * {residents}", residents, "m2", why, rank=1, where=f"{x} > 0")
    if column.greatest <= 1 or OF_A_SHARE.search(column.phrase) or not is_mean:
        doubt = _("its name does not say which way is worse, or of whom it speaks")
        made = _of_people(table, column, concept)
        return made.doubted(doubt).turned("high")
    return _made(concept, column, f"{x} * {residents}", residents, "", why, rank=1)


def _span(column: ColumnSummary) -> str:
    digits = 0 if column.kind == "whole" or column.greatest > 1000 else 2
    return _("{least} to {greatest}").format(
        least=decimal(column.least, digits), greatest=decimal(column.greatest, digits)
    )


def _made(
    concept: Concept,
    column: ColumnSummary,
    numerator: str,
    denominator: str,
    unit: str,
    why: str,
    rank: int,
    doubt: str = "",
    where: str = "",
) -> ProposedCriterion:
    return ProposedCriterion(
        key=concept.key,
        label={language: _(concept.label, language) for language in ("da", "en")},
        column=column.name,
        numerator=numerator,
        denominator=denominator,
        worse=concept.worse,
        unit=unit,
        why=why,
        rank=rank,
        doubt=doubt or _(concept.doubt),
        where=where,
    )
