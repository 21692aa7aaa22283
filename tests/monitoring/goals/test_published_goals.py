"""The 18 goals as printed: every figure in its place, every goal with a verdict, every difference told."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from paths import SHARED
from udsat_geo.monitoring.goal_figures import Goal, Indicator, Verdict, published_goals
from udsat_geo.monitoring.goal_words import differing, reason, reasons_of_goal
from udsat_geo.policy.published import status_2021

REPORT = SHARED / "seed" / "statusrapport-2021.txt"
GOALS = published_goals().goals
INDICATORS = [(goal, indicator) for goal in GOALS for indicator in goal.indicators]
V = Verdict

by_indicator = pytest.mark.parametrize(("goal", "indicator"), INDICATORS, ids=[i.key for _, i in INDICATORS])


def test_there_are_18_goals_of_three_approaches() -> None:
    assert [goal.number for goal in GOALS] == list(range(1, 19))
    # Tabel 3: goals 1-9 support, 10-15 organise locally, 16-18 are structural
    assert [goal.approach for goal in GOALS] == [1] * 9 + [2] * 6 + [3] * 3
    assert sorted(published_goals().approaches) == [1, 2, 3]


VERDICTS = {
    1: V.CANNOT_BE_JUDGED,
    2: V.ON_THE_WAY,
    3: V.UNCHANGED,
    4: V.ON_THE_WAY,
    5: V.CANNOT_BE_JUDGED,
    6: V.ON_THE_WAY,
    7: V.ON_THE_WAY,
    8: V.UNCHANGED,
    9: V.ON_THE_WAY,
    10: V.CANNOT_BE_JUDGED,
    11: V.MIXED,
    12: V.CANNOT_BE_JUDGED,  # a survey, whose number of answers is not printed
    13: V.CANNOT_BE_JUDGED,
    14: V.UNCHANGED,
    15: V.CANNOT_BE_JUDGED,
    16: V.ON_THE_WAY,
    17: V.ON_THE_WAY,
    18: V.ON_THE_WAY,
}
"""Worked out by hand from the report's tables."""


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: str(goal.number))
def test_our_verdict(goal: Goal) -> None:
    assert goal.verdict == VERDICTS[goal.number]


def test_where_ours_differs_from_the_report() -> None:
    assert [goal.number for goal in differing(published_goals())] == [3, 11, 12]
    # the report's conclusion: ten goals with progress
    assert [goal.number for goal in GOALS if goal.report == "progress"] == [2, 3, 4, 6, 7, 9, 12, 16, 17, 18]


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_reasons_name_the_figures_that_decide(language: str) -> None:
    texts = {goal.number: " ".join(text for *_, text in reasons_of_goal(goal, language)) for goal in GOALS}
    comma = {"da": ",", "en": "."}[language]
    for number, figures in {
        3: ("3.9", "3.8", "4.0", "74.7", "79.8"),
        5: ("28", "50", "20", "34"),
        12: ("6 (5", "7.6 (7.5", "23.7", "16.1", " n", "4,464"),
        17: ("39 %", "33,678", "34,665"),
    }.items():
        for figure in figures:
            wanted = figure.translate(str.maketrans(",.", ".,")) if comma == "," else figure
            assert wanted in texts[number], (number, wanted)
    assert all(texts.values())


@by_indicator
def test_every_judged_indicator_has_a_reason_in_both_languages(goal: Goal, indicator: Indicator) -> None:
    judgement = indicator.judged()
    if judgement is None:
        # tenures are shown beside their sum, which is judged
        assert goal.number == 17
        return
    danish, english = (reason(indicator, judgement, language) for language in ("da", "en"))
    assert danish
    assert english
    assert danish != english
    assert "{" not in danish + english


def test_what_the_report_says_about_its_own_figures_is_told() -> None:
    marks = GOALS[0].indicators[0]
    judgement = marks.judged()
    assert judgement is not None
    assert "2019 ikke sammenlignelig" in reason(marks, judgement, "da")
    assert "2021 not comparable" in reason(marks, judgement, "en")


# --- figures ------------------------------------------------------------------------------------------------


def test_figures_keep_the_digits_they_are_printed_with() -> None:
    unsafe = published_goals().indicator(12, "unsafe_neighbourhood")
    assert unsafe is not None
    assert unsafe.areas == {2017: Decimal("16"), 2019: Decimal("15"), 2021: Decimal("15.3")}
    assert unsafe.areas[2017].as_tuple().exponent == 0
    assert unsafe.city[2021].as_tuple().exponent == -2
    assert unsafe.decimals == 2


@by_indicator
def test_ratios_agree_with_their_own_numbers(goal: Goal, indicator: Indicator) -> None:
    """Where both numbers of a ratio are printed, it rounds to what is printed."""
    for year, denominator in indicator.denominator.items():
        ratio = indicator.numerator[year] / denominator
        assert abs(ratio - indicator.areas[year]) <= Decimal("0.06"), year
    for year, (have, of) in indicator.persons.items():
        assert round(100 * have / of) == indicator.areas[year], year


def test_private_dwellings_are_the_sum_of_three_tenures() -> None:
    private = published_goals().indicator(17, "private_dwellings")
    assert private is not None
    assert private.areas == {2017: 33_678, 2019: 35_194, 2021: 34_665}
    # the report: 987 more private dwellings since 2017
    assert private.areas[2021] - private.areas[2017] == 987


@by_indicator
def test_the_same_figures_stand_in_the_status_report_file(goal: Goal, indicator: Indicator) -> None:
    """Two copies of one report: numbers equal, though this one keeps printed digits as well."""
    if indicator.key == "private_dwellings":
        return
    entry = next(entry for entry in status_2021()["goal"] if entry["number"] == goal.number)
    if goal.number == 17:
        found = entry["indicator"][0]
        areas, city = found["dwellings_areas"][indicator.key], found["dwellings_city"][indicator.key]
        updated = areas["updated"], city["updated"]
        per_cent = found["dwellings_areas_pct"][indicator.key], found["dwellings_city_pct"][indicator.key]
        assert [{year: float(figure) for year, figure in side.items()} for side in _per_cents(indicator)] == [
            {year: float(figure) for year, figure in side.items()} for side in per_cent
        ]
    else:
        found = entry["indicator"][goal.indicators.index(indicator)]
        areas, city = found["areas"], found.get("city", {})
        updated = found.get("areas_updated"), found.get("city_updated")
    assert _floats(indicator.areas) == _by_year(areas)
    assert _floats(indicator.city) == _by_year(city)
    ours = indicator.areas_updated, indicator.city_updated
    assert [None if figure is None else float(figure) for figure in ours] == list(updated)


def _per_cents(indicator: Indicator) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    return indicator.areas_per_cent, indicator.city_per_cent


def _floats(figures: dict[int, Decimal]) -> dict[int, float]:
    return {year: float(figure) for year, figure in figures.items()}


def _by_year(figures: dict[str, float]) -> dict[int, float]:
    return {int(year): float(figure) for year, figure in figures.items() if year.isdigit()}


@pytest.mark.skipif(not REPORT.is_file(), reason="the report's text is not part of the repository")
@by_indicator
def test_every_figure_stands_in_its_table_of_the_report(goal: Goal, indicator: Indicator) -> None:
    """With as many digits as ours has; in the goal's own section, or in Bilag 3 for the updated areas."""
    if indicator.key == "private_dwellings":
        return
    text = REPORT.read_text(encoding="utf-8")
    start = text.index(goal.table + ":")
    following = re.search(r"\n(Forvaltningens komm|Case|Udvikling på de|Mål \d+:)", text[start:])
    section = text[start : start + (following.start() if following else len(text))]
    if goal.number == 9:
        section = text[start : text.index("I forhold til tallet for andel")]
    appendix = text[text.index("Bilag 3: Data for") :]
    for figure in (*indicator.areas.values(), *indicator.city.values()):
        assert _stands_in(section, figure), figure
    for figure in (*indicator.numerator.values(), *indicator.denominator.values()):
        assert _stands_in(section, figure), figure
    for updated in (indicator.areas_updated, indicator.city_updated):
        assert updated is None or _stands_in(appendix, updated), updated


def _stands_in(text: str, figure: Decimal) -> bool:
    """Whether a figure is printed so, in Danish signs, with or without a sign between thousands."""
    plain = str(figure).replace(".", ",")
    grouped = f"{figure:,}".translate(str.maketrans(",.", ".,"))
    return any(re.search(rf"(?<![\d.,]){re.escape(form)}(?![\d]|[.,]\d)", text) for form in (plain, grouped))
