"""A survey beside the registers: answers with weights, each placed by what it knows of the person, added up by place.

An answer is placed by the first of these that the survey has: person, dwelling, address, position, district. What a
criterion adds up of an answer it adds up times its weight; how many answers count is kept beside the sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Criterion, Policy
from udsat_geo.registers.cleaning import CleanTable, reading
from udsat_geo.registers.key_index import Linked
from udsat_geo.registers.schema import SURVEY

WAYS = ("person_id", "dwelling_id", "address_id", "easting", "district")
"""Columns of a survey by which its answers are placed; the first that there is holds."""
UNKNOWN, UNPLACED = -2, -1
"""Why an answer has no place: a key that no row has, or none; a person, dwelling or address without a place."""

LEFT_OUT = ("answers_without_weight", "answers_of_unknown", "answers_unplaced")
"""What is counted of answers that do not count."""

ANSWERED = "(SELECT s.*, p.place_of_answer FROM survey s JOIN places p USING (answer) WHERE s.weight IS NOT NULL)"
"""SQL of the answers that have a weight, with their places, once these are known."""

PlaceOfDistrict = Callable[[Sequence[str | None]], NDArray[np.int32]]
"""The place of each district by its name: `UNKNOWN` without one, `UNPLACED` where nobody lives."""


ANSWERS = Policy.model_validate(
    {
        "id": "answers",
        "years": (1, 9999),
        "criteria": [{"key": "answers", "register": SURVEY, "numerator": "1", "worse": "high"}],
        "score": {"method": "none"},
        "rule": {"criteria": 1},
    }
)
"""What counts the answers of a survey, whatever they say."""


def is_answered_by_survey(policy: Policy) -> bool:
    """Whether any criterion of a policy reads a survey."""
    return any(criterion.register_name == SURVEY for criterion in policy.criteria)


def way_of(survey: CleanTable) -> str:
    """By which of its columns the answers of a survey are placed.

    Raises
    ------
    InputError
        If it has none of them.
    """
    found = [name for name in WAYS if name in survey.columns and (name != "easting" or "northing" in survey.columns)]
    if not found:
        what = _("no column says whose an answer is")
        remedy = _("Name one of {names} under [survey.columns].").format(names=", ".join(WAYS))
        raise InputError(Problem(survey.source.file, what, remedy))
    return found[0]


def keep_answers(connection: duckdb.DuckDBPyConnection, survey: CleanTable, residents: CleanTable) -> None:
    """Keep the answers as a table ``survey`` of the connection, each with its number as ``answer``.

    Raises
    ------
    InputError
        If weights add up to nothing, or persons are named and the residents have no such key.
    """
    with reading(survey.source):
        connection.execute(
            f"CREATE TEMP TABLE survey AS SELECT CAST(row_number() OVER () - 1 AS INTEGER) AS answer, s.* "
            f"FROM {survey.select()} s"
        )
    problems = []
    (total,) = connection.execute("SELECT coalesce(sum(weight), 0) FROM survey").fetchall()[0]
    where = _("{name}, column {column}")
    if total == 0:
        weight = where.format(name=survey.source.file, column=survey.source.column_in_file("weight"))
        problems.append(Problem(weight, _("weights that add up to nothing"), _("Give each answer its weight.")))
    if way_of(survey) == "person_id" and "person_id" not in residents.columns:
        remedy = _('Name the key of persons: [residents.columns] person_id = "..." in registers.toml.')
        what = _("has no person_id, by which the survey names persons")
        problems.append(Problem(residents.source.file, what, remedy))
    if problems:
        raise InputError(problems)


def answers_at(connection: duckdb.DuckDBPyConnection) -> Any:
    """The numbers and positions of the answers that have one, as an Arrow table."""
    return connection.sql(
        "SELECT answer, easting, northing FROM survey WHERE easting IS NOT NULL AND northing IS NOT NULL ORDER BY 1"
    ).to_arrow_table()


def places_of_answers(
    connection: duckdb.DuckDBPyConnection,
    survey: CleanTable,
    residents: CleanTable,
    linked: Linked,
    districts: PlaceOfDistrict | None,
) -> NDArray[np.int32]:
    """The place of each answer, in the order of their numbers; shape (n_answers,).

    Parameters
    ----------
    connection : duckdb connection
        With the table ``survey``, and ``addresses`` or ``answers_placed``.
    survey, residents : CleanTable
    linked : Linked
    districts : callable or None
        Where there is no telling, no district is known.
    """
    way = way_of(survey)
    if way == "district":
        names = [name for (name,) in connection.execute("SELECT district FROM survey ORDER BY answer").fetchall()]
        return np.full(len(names), UNKNOWN, dtype=np.int32) if districts is None else districts(names)
    known = {"person_id": "r.person_id", "dwelling_id": "d.key", "address_id": "a.address_id"}
    joined = {
        "person_id": f"LEFT JOIN {residents.select()} r ON s.person_id = r.person_id "
        f"{linked.join(connection, 'r.dwelling_id', 'LEFT JOIN')}",
        "dwelling_id": linked.join(connection, "s.dwelling_id", "LEFT JOIN"),
        "address_id": "LEFT JOIN addresses a ON s.address_id = a.address_id",
        "easting": "LEFT JOIN answers_placed a ON s.answer = a.answer",
    }
    at = "a.place" if way in ("address_id", "easting") else "d.dwelling_row"
    with reading(residents.source):
        found = connection.sql(
            f"SELECT CASE WHEN {known.get(way, 'a.answer')} IS NULL THEN {UNKNOWN} "
            f"ELSE greatest(coalesce({at}, -1), -1) END::INTEGER AS place FROM survey s {joined[way]} ORDER BY s.answer"
        ).fetchnumpy()["place"]
    place = np.asarray(found, dtype=np.int32)
    if way in ("person_id", "dwelling_id"):
        return np.where(place < 0, place, np.append(linked.place, -1)[place]).astype(np.int32)
    return place


def count_answers(connection: duckdb.DuckDBPyConnection, place: NDArray[np.int32], counts: dict[str, int]) -> None:
    """Count the answers that do not count, each under one reason; `counts` is added to in place."""
    weighted = connection.sql("SELECT weight IS NOT NULL AS weighted FROM survey ORDER BY answer").fetchnumpy()
    has_weight = np.asarray(weighted["weighted"], dtype=bool)
    counts["answers_without_weight"] = int((~has_weight).sum())
    counts["answers_of_unknown"] = int((has_weight & (place == UNKNOWN)).sum())
    counts["answers_unplaced"] = int((has_weight & (place == UNPLACED)).sum())
    counts["answers_placed"] = int((has_weight & (place >= 0)).sum())


def weighted(policy: Policy) -> tuple[Policy, Ints]:
    """A policy that adds up weights, and counts answers, for each criterion over a survey.

    Returns
    -------
    policy : Policy
        Two criteria for each: its ratio, both sides times the weight, and how many answers it has.
    criterion : int64, shape (n_survey_criteria,)
        The place of each in the policy that was given.
    """
    criteria: list[Criterion] = []
    mine = [j for j, criterion in enumerate(policy.criteria) if criterion.register_name == SURVEY]
    for j in mine:
        one = policy.criteria[j]
        sides = (one.numerator, one.denominator)
        times = [f"weight * CAST(({side}\n) AS DOUBLE)" for side in sides]
        counts = " AND ".join([f"({one.where}\n)", *(f"({side}\n) IS NOT NULL" for side in sides)])
        criteria.append(one.model_copy(update={"numerator": times[0], "denominator": times[1]}))
        criteria.append(one.model_copy(update={"where": counts, "numerator": "1", "denominator": "1"}))
    return policy.model_copy(update={"criteria": tuple(criteria)}), np.array(mine, dtype=np.int64)
