"""The checks of the status report 2021: what they cover, and that they find what is wrong."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reproduced import MADE
from small_reports import altered

from udsat_geo.messages.errors import InputError
from udsat_geo.monitoring.printed.checks import (
    BASES,
    COUNTS,
    FILE,
    KINDS,
    REPEATED,
    SHARES,
    TEXT,
    YEARS,
    declared_checks,
)
from udsat_geo.monitoring.printed.explained import DISAGREES, WITHIN_ROUNDING, evaluate, evaluate_all, reproduce
from udsat_geo.monitoring.printed.figures import read_report
from udsat_geo.policy.published import printed_2021

REPORT = MADE.report
CHECKS = declared_checks(REPORT)
BY_ID = {outcome.check.id: outcome for outcome in MADE.outcomes}

# figures that are measured, agreed or told of a case: nothing else in the report gives them
GIVEN = (
    r"criteria\..*\.vintage_of_status_2021",
    r"table_1\.\w+\.\w+\.201[89]",
    r"goal\.\d+\.\d\.(areas|city)\.20(17|19|21)",
    r"goal\.\d+\.\d\.target",
    r"statement\.private_dwellings_target\.private_dwellings",
    r"statement\.(school_case|children_in_associations|guidance_case|vocational_case|park_case|energy_case)\.\w+",
    r"statement\.(cleanliness|holiday_camps|noise_renovation)\.\w+",
    r"statement\.social_control\.reached_over",
)

# what a table derives, by the table's own heads or by what the text says it is
DERIVED = (
    r"table_1\.\w+\.\w+\.change",
    r"table_2\..*",
    r"table_22\.\w+\.(areas_2017|difference)",
    r"goal\.5\.1\.areas\.\d+",
    r"goal\.16\.1\.areas(\.\d+|_updated)",
    r"goal\.17\.1\.dwellings_\w+_pct\..*",
    r"goal\.(2|3|6|12|18)\.\d\.city_updated",
    r"goal\.9\.2\.city_updated",
    r"goal\.17\.1\.dwellings_city\.\w+\.updated",
    r"goal\.18\.5\.courtyards_\w+\.all",
    r"statement\.\w+\.(gap_2021|improved|private_dwellings_added|crossings_added|city_fewer|areas_fewer)",
    r"statement\.\w+\.(areas_fell|city_fell|dwelling_area_rose|\w+_fell_pct|more|in_2020|removed|progress|uncertain)",
    r"statement\.policy\.\w+",
    r"statement\.approaches\.\w+",
    r"statement\.citizen_panel_again\.\w+",
    r"statement\.break_in_education\.\w+",
    r"statement\.term\.(years_in_force|next_status_year)",
    r"statement\.(children_in_associations|energy_case)\.years",
)


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(re.fullmatch(pattern, path) for pattern in patterns)


def test_every_derived_figure_is_recomputed() -> None:
    derived = {path for path in REPORT.figures if matches(path, DERIVED)}
    assert len(derived) > 120
    assert not derived - MADE.checked
    assert all(any(re.fullmatch(pattern, path) for path in derived) for pattern in DERIVED)


def test_every_other_figure_is_used_or_known_to_stand_alone() -> None:
    assert not [path for path in MADE.alone if not matches(path, GIVEN)]


def test_checks_are_many_and_have_names_of_their_own() -> None:
    assert len(CHECKS) == len(BY_ID) >= 300
    assert set(KINDS) == {check.kind for check in CHECKS}
    for check in CHECKS:
        assert set(check.recomputed.paths) <= set(REPORT.figures)
        for words in (check.place, check.cell, *(reading.says for reading in check.alternatives)):
            assert set(words) == {"da", "en"}
            assert all(words.values())
            assert not [text for text in words.values() if "{" in text.replace("{value}", "")]


def test_every_figure_of_a_reading_is_in_the_report() -> None:
    for check in CHECKS:
        for reading in check.alternatives:
            for formula in (reading.of, reading.shows, reading.provided):
                assert formula is None or set(formula.paths) <= set(REPORT.figures), check.id


def test_which_way_is_better_is_what_the_report_says() -> None:
    """The checks say it in words of their own, beside the report's."""
    words = tomllib.loads(resources.files("udsat_geo.monitoring.printed").joinpath(FILE).read_text("utf-8"))["words"]
    for goal in REPORT.content["goal"]:
        for position, indicator in enumerate(goal.get("indicator", ()), start=1):
            key = f"{goal['number']}.{position}"
            if key in words:
                assert (words[key]["like"], words[key]["goal"]) == (indicator["better"], goal["number"])
    for criterion, row in REPORT.content["table_2"].items():
        assert words[criterion]["change"] == ("fall" if row["improved"] else "rise")
        low = REPORT.content["criteria"][criterion]["worse"] == "low"
        assert words[criterion]["like"] == ("more_is_better" if low else "less_is_better")


def test_progress_is_checked_of_every_indicator_with_figures_of_both_years() -> None:
    wanted = {
        f"text.progress.{goal['number']}.{position}"
        for goal in REPORT.content["goal"]
        if goal["verdict"] == "progress"
        for position, indicator in enumerate(goal.get("indicator", ()), start=1)
        if {"2017", "2021"} <= set(indicator.get("areas", ()))
    }
    assert {check.id for check in CHECKS if check.id.startswith("text.progress.")} == wanted


def test_no_rounded_figure_comes_into_a_formula_twice() -> None:
    """Intervals are then as narrow as can be, and no disagreement is missed."""
    for check in CHECKS:
        if not check.recomputed.counts_conditions:
            counts = Counter(check.recomputed.paths)
            assert not [path for path, count in counts.items() if count > 1 and not REPORT.figures[path].exact], (
                check.id
            )


def test_what_the_published_tables_are_known_for() -> None:
    """A few figures worked out by hand; the program is not told any of them."""
    assert float(BY_ID["table_2.low_income.gap_2017"].at_least) == 1.65
    assert BY_ID["table_2.outside_labour_market.gap_2017"].verdict == WITHIN_ROUNDING
    assert float(BY_ID["statement.gap_outside_labour_market.gap_2021"].at_least) == pytest.approx(0.2)
    assert BY_ID["statement.crossings.crossings_added"].as_printed == 10
    assert BY_ID["text.table_2.gap.low_income.by_table_1"].verdict == DISAGREES
    assert float(BY_ID["goal.17.1.dwellings_areas_pct.total.updated"].as_printed) == pytest.approx(101.1)
    assert BY_ID["text.goal_17.2019_2021"].as_printed == -529
    assert {o.check.kind for o in MADE.disagreements} >= {SHARES, REPEATED, TEXT}
    assert [o.check.id for o in MADE.disagreements if o.check.kind == COUNTS] == ["text.table_2.grew.by_table_1"]


def test_points_that_are_printed_as_per_cent_and_bases_that_shift() -> None:
    """What each should be, by hand: 9.2 of 30.1 is 30.6 per cent; 6.75 of a gap without 21.1 % of the city is 8.56."""
    found = {o.check.id: float(o.as_printed) for o in MADE.disagreements if o.check.kind in (BASES, YEARS)}
    assert found["statement.levels.no_education_fell_pct.per_cent"] == pytest.approx(30.56, abs=0.01)
    assert found["statement.levels.outside_labour_market_fell_pct.per_cent"] == pytest.approx(16.14, abs=0.01)
    assert found["table_22.low_income.difference.per_cent"] == pytest.approx(0.911, abs=0.001)
    assert found["text.table_1.data_year.low_income"] == 2019
    assert found["text.table_21.energy_labels"] == 2
    assert found["text.rest_of_city.12.1"] == pytest.approx(6.75 / (1 - 69680 / 329960))
    assert [name for name in found if name.startswith("text.baseline")] == ["text.baseline.11.4", "text.baseline.15.1"]
    directions = {o.check.id for o in MADE.disagreements if ".own_data_year." in o.check.id}
    assert directions == {f"text.table_1.own_data_year.{key}" for key in ("outside_labour_market", "low_income")}
    assert all(o.explanations for o in MADE.disagreements if o.check.kind in (BASES, YEARS))


@given(st.integers(0, 999), st.integers(1, 999), st.integers(0, 9999), st.integers(1, 9999))
def test_a_gap_to_the_mean_is_the_gap_to_the_rest_without_the_share_of_the_areas(
    a: int, n: int, b: int, m: int
) -> None:
    areas, rest, city, share = Fraction(a, n), Fraction(b, m), Fraction(a + b, n + m), Fraction(n, n + m)
    assert areas - city == (areas - rest) * (1 - share)


def figures_of(kinds: tuple[str, ...]) -> list[str]:
    return sorted({c.printed.figure for c in CHECKS if c.printed.figure is not None and c.kind in kinds})


@pytest.mark.parametrize("path", sorted(MADE.checked))
def test_a_planted_error_in_a_derived_figure_is_found(path: str) -> None:
    wrong = altered(REPORT, path, REPORT.figures[path].printed * 3 + 50)
    about = [check for check in CHECKS if check.printed.figure == path]
    assert about
    assert all(evaluate(check, wrong).verdict == DISAGREES for check in about)


@pytest.mark.parametrize("path", figures_of((SHARES, REPEATED, COUNTS)))
def test_an_error_of_one_unit_is_found_where_the_inputs_are_counts(path: str) -> None:
    figure = REPORT.figures[path]
    unit = Decimal(1).scaleb(-figure.decimals)
    for check in CHECKS:
        if check.printed.figure == path and all(REPORT.figures[p].exact for p in check.recomputed.paths):
            for wrong in (figure.printed + 2 * unit, figure.printed - 2 * unit):
                outcome = evaluate(check, altered(REPORT, path, wrong))
                if BY_ID[check.id].verdict != DISAGREES:
                    assert outcome.verdict == DISAGREES, (check.id, wrong)


@pytest.mark.parametrize("path", sorted(MADE.used - MADE.checked))
def test_a_planted_error_in_an_input_is_found(path: str) -> None:
    uses = [check for check in CHECKS if path in check.recomputed.paths]
    for wrong in (Decimal(10**6), Decimal(-(10**6))):
        if any(evaluate(check, altered(REPORT, path, wrong)).verdict == DISAGREES for check in uses):
            return
    pytest.fail(f"no check minds what {path} is")


@pytest.mark.long
def test_a_verdict_changed_in_the_report_is_found() -> None:
    content = printed_2021()
    goals = [{**goal, "verdict": "progress"} if goal["number"] == 5 else goal for goal in content["goal"]]
    wrong = read_report({**content, "goal": goals})
    found = {o.check.id for o in evaluate_all(declared_checks(wrong), wrong) if o.verdict == DISAGREES}
    assert {"text.progress.5.1", "statement.verdicts.progress", "statement.verdicts.uncertain"} <= found


def test_another_year_has_no_report() -> None:
    with pytest.raises(InputError, match="There are those of 2021"):
        reproduce(2019)
