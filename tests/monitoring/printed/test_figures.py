"""Names and rounding of printed figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from udsat_geo.monitoring.interval import Interval
from udsat_geo.monitoring.printed.figures import Figure, Report, read_report
from udsat_geo.policy.published import printed_2021, status_2021

REPORT = read_report(printed_2021())


def figure(path: str) -> Figure:
    return REPORT.figures[path]


def test_a_figure_keeps_the_decimals_of_its_print() -> None:
    assert str(figure("table_1.areas.dwelling_area.2019").printed) == "35.0"
    assert str(figure("table_1.areas.dwelling_area.change").printed) == "0.60"
    assert figure("goal.12.1.city.2021").decimals == 2
    assert figure("goal.12.1.city.2017").decimals == 0


def test_counts_and_years_are_exact_and_whole_percentages_are_not() -> None:
    assert figure("goal.18.1.areas.2021").interval == Interval.exactly(2434)
    assert figure("goal.5.1.persons_areas.2021").interval == Interval.exactly(20)
    assert figure("statement.term.next_status_year").exact
    assert figure("goal.5.1.areas.2021").interval == Interval(Fraction("58.5"), Fraction("59.5"))
    assert not figure("statement.social_control.share_2021_pct").exact


def test_approximate_figures_say_so() -> None:
    assert [path for path, of in REPORT.figures.items() if of.about] == [
        "statement.vocational_case.about_weeks_of_course",
        "statement.cleanliness.about_indicator_pct",
        "statement.noise_renovation.about_dwellings",
    ]
    assert 30 in figure("statement.cleanliness.about_indicator_pct").interval
    assert Decimal("30.9") in figure("statement.cleanliness.about_indicator_pct").interval


def test_only_calendar_years_are_years() -> None:
    assert figure("statement.term.status_year").is_year
    assert figure("policy.adopted").is_year
    assert not figure("goal.18.3.areas.2017").is_year
    assert not figure("goal.18.1.areas_updated").is_year


def test_goals_go_by_number_indicators_by_position_statements_by_id() -> None:
    report = read_report(
        {
            "goal": [{"number": 7, "indicator": [{"name": "a"}, {"name": "b, %", "areas": {"2017": 4}, "persons": 9}]}],
            "statement": [{"id": "said", "more": 3, "true": True, "names": ["a", "b"]}],
            "years": [2021, 2025],
        }
    )
    assert list(report.figures) == [
        "goal.7.2.areas.2017",
        "goal.7.2.persons",
        "statement.said.more",
        "years.1",
        "years.2",
    ]
    assert [of.exact for of in report.figures.values()] == [False, True, True, True, True]


def test_the_figures_with_their_decimals_are_those_without() -> None:
    def plain(node: object) -> object:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items()}
        if isinstance(node, list):
            return [plain(value) for value in node]
        return float(node) if isinstance(node, Decimal) else node

    assert plain(printed_2021()) == status_2021()
    assert isinstance(REPORT, Report)
