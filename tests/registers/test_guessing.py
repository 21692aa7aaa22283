"""What a column seems to be: names in Danish and English, and a few others; figures; and what stays doubtful."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from udsat_geo.messages.translate import speaking
from udsat_geo.policy.writing import ProposedCriterion
from udsat_geo.registers.concepts import concept_of
from udsat_geo.registers.guessing import (
    id_column,
    missing_codes,
    phrase_of,
    residents_column,
    summarise,
    words_of,
)
from udsat_geo.registers.proposals import TableColumns, propose
from udsat_geo.sources.engine import connect


def summaries_of(columns: dict[str, list[Any]]) -> Any:
    connection = connect()
    connection.register("t", pa.table(columns))
    return summarise(connection, "t")


def proposed(columns: dict[str, list[Any]], residents: str = "pop") -> dict[str, ProposedCriterion]:
    connection = connect()
    connection.register("t", pa.table(columns))
    found = summarise(connection, "t")
    chosen = next(column for column in found if column.name == residents)
    criteria, _unused = propose(TableColumns(connection, "t", found, chosen))
    return {one.column: one for one in criteria}


def test_names_are_told_apart_into_words() -> None:
    assert words_of("PctUnemployed") == ("pct", "unemployed")
    assert words_of("Andel arbejdsløse (%)") == ("andel", "arbejdsloese")
    assert words_of("befolkning_år") == words_of("befolkning_a\u030ar") == ("befolkning", "aar")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("pct_unemployed", "outside_labour_market"),
        ("Ledige", "outside_labour_market"),
        ("uden_for_arbejdsmarkedet", "outside_labour_market"),
        ("lav_indkomst", "low_income"),
        ("lowinc", "low_income"),
        ("Is low income (imputed and adjusted)?", "low_income"),
        ("income_avg", "income"),
        ("gns_indkomst", "income"),
        ("Noquals", "no_education"),
        ("uden_uddannelse", "no_education"),
        ("education_avg", "education"),
        ("overcrowded_rate", "overcrowded"),
        ("sum_areal", "dwelling_area"),
        ("boligareal", "dwelling_area"),
        ("areal_pr_beboer", "area_per_resident"),
        ("ikke-vestlige", "origin"),
        ("kontanthjælpsmodtagere", "benefits"),
        ("shape_area", None),
        ("IMD_rank", None),
        ("gemiddelde", None),
    ],
)
def test_names_say_what_they_speak_of(name: str, key: str | None) -> None:
    concept = concept_of(phrase_of(name))
    assert (concept and concept.key) == key


@pytest.mark.parametrize("name", ["pop i alt", "antal_borgere", "Total_population", "aantal_inw", "Residents", "ind"])
def test_residents_are_found_among_their_parts(name: str) -> None:
    columns = {name: [100, 200], "population_density": [0.5, 0.7], "Working_age_population": [60, 90]}
    found, sure = residents_column(summaries_of(columns))
    assert (found and found.name, sure) == (name, True)


def test_a_part_of_the_people_is_no_sure_guess_and_two_are_none() -> None:
    found, sure = residents_column(summaries_of({"working_age_population": [60, 90], "x": [1, 2]}))
    assert found is None or not sure
    assert residents_column(summaries_of({"young_people": [60, 90], "old_people": [1, 2]})) == (None, False)


@pytest.mark.long
def test_ids_are_what_stands_once_each() -> None:
    table = {"pop": [5, 7, 9], "district": ["a", "a", "b"], "navn": ["x", "y", "z"], "zone_kode": ["1", "2", "3"]}
    found = id_column(summaries_of(table))
    assert found is not None
    assert found.name == "zone_kode"
    assert id_column(summaries_of({"pop": [5, 7], "navn": ["x", "y"], "zone": [1.0, None]})) is None
    assert id_column(summaries_of({"pop": [5, 7], "share": [0.1, 0.2], "IMD_rank": [2, 1]})) is None


def test_a_lone_number_below_zero_stands_for_not_known() -> None:
    columns = summaries_of({"pop": [-99997, 5, 10], "celsius": [-3.0, -2.0, 1.0], "share": [-0.5, 0.1, 0.2]})
    assert missing_codes(columns) == (-99997.0,)
    assert (columns[0].least, columns[0].total, columns[0].filled) == (5, 15, 2)


POP = [100, 200, 300, 400]


@pytest.mark.parametrize(
    ("name", "values", "numerator", "denominator", "unit"),
    [
        ("ledige", [10, 20, 45, 80], "ledige", "pop", "share"),
        ("pct_ledige", [10.0, 20.5, 5.0, 8.0], "pct_ledige * pop", "100 * pop", "share"),
        ("unemployed_share", [0.1, 0.2, 0.05, 0.8], "unemployed_share * pop", "pop", "share"),
        ("income_avg", [20000, 30000, 25000, 18000], "income_avg * pop", "pop", ""),
        ("boligareal", [4000, 9000, 15000, 16000], "boligareal", "pop", "m2"),
        ("low income?", [True, False, True, None], None, "pop", "share"),
    ],
)
def test_values_say_how_a_figure_is_measured(
    name: str, values: list[Any], numerator: str | None, denominator: str, unit: str
) -> None:
    made = proposed({"pop": POP, name: values})[name]
    assert not made.doubt
    assert (made.denominator, made.unit) == (denominator, unit)
    assert numerator is None or made.numerator == numerator


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ledige", [10, 20, 45, 8000]),
        ("ledige", [3.5, 20.0, 45.0, 80.0]),
        ("employment_count", [10, 20, 45, 80]),
        ("income_rate", [0.1, 0.2, 0.05, 0.8]),
        ("pct_foreigners", [0.1, 0.2, 0.05, 0.8]),
        ("boligareal", [4, 9, 15, 16]),
    ],
)
def test_what_is_not_sure_is_doubtful(name: str, values: list[Any]) -> None:
    assert proposed({"pop": POP, name: values})[name].doubt


@pytest.mark.parametrize(
    ("values", "name", "is_sure"),
    [
        ([10, 20, 45, 80, 90, 100], "ledige", True),
        ([20, 24, 17, 22, 19, 21], "ledige", False),
        ([1, 2, 1, 3, 2, 1], "ledige", False),
        ([1, 2, 1, 3, 2, 1], "antal_ledige", True),
    ],
)
def test_small_whole_numbers_may_be_per_cent(values: list[int], name: str, is_sure: bool) -> None:
    made = proposed({"pop": [100, 200, 300, 400, 500, 600], name: values})[name]
    assert bool(made.doubt) != is_sure


def test_a_count_is_of_those_over_whom_it_gives_the_rate_beside_it() -> None:
    table = {
        "pop": POP,
        "adults": [80, 100, 250, 300],
        "unemployed_count": [8, 20, 100, 30],
        "unemployed_rate": [0.1, 0.2, 0.4, 0.1],
    }
    made = proposed(table)
    assert (made["unemployed_count"].denominator, made["unemployed_count"].doubt) == ("adults", "")
    assert "unemployed_count" in made["unemployed_rate"].doubt


def test_dwellings_stand_in_where_nothing_else_is_sure() -> None:
    table = {"pop": POP, "dwellings": [50, 90, 150, 200]}
    assert not proposed(table)["dwellings"].doubt
    assert proposed({**table, "ledige": [10, 20, 45, 80]})["dwellings"].doubt


def test_names_that_sql_does_not_take_are_quoted() -> None:
    made = proposed({"pop i alt": POP, "ledige i %": [1.0, 20.5, 5.0, 8.0], "order": POP}, "pop i alt")
    assert made["ledige i %"].denominator.endswith('"pop i alt"')


def test_reasons_are_danish_where_the_program_is() -> None:
    with speaking("da"):
        made = proposed({"pop": POP, "ledige": [10, 20, 45, 80]})["ledige"]
    assert made.why == "et antal, ikke større end beboerne"
    assert made.label == {"da": "Uden for arbejdsmarkedet", "en": "Outside the labour market"}
