"""Readings are told when the figures fit them, and only then."""

from __future__ import annotations

from decimal import Decimal

import pytest
from small_reports import PLACE, altered, check, outcomes, reading, report, states

from udsat_geo.monitoring.printed.checks import Check, declared_checks
from udsat_geo.monitoring.printed.explained import (
    AS_PRINTED,
    CARRIED_ON,
    DISAGREES,
    EDGE,
    NEIGHBOUR,
    OTHER_YEAR,
    READING,
    SIGN,
    SWAPPED,
    Explanation,
    Outcome,
    evaluate_all,
    neighbours,
)
from udsat_geo.monitoring.printed.figures import Report, read_report
from udsat_geo.monitoring.printed.formulas import read_formula
from udsat_geo.policy.published import printed_2021

OF_C = {"da": "mod C: {value}", "en": "against C: {value}"}


def kinds(outcome: Outcome) -> list[str]:
    return [found.kind for found in outcome.explanations]


def only(outcome: Outcome, kind: str) -> Explanation:
    found = [explanation for explanation in outcome.explanations if explanation.kind == kind]
    assert len(found) == 1, outcome.explanations
    return found[0]


def test_nothing_is_explained_where_all_agrees() -> None:
    found = outcomes(report(a="5.0", b="3.0", x="2.0"), check("x", "a - b", reading(OF_C, "a - b")))["table_a.x"]
    assert (found.explanations, found.tried) == ((), 0)


def test_a_reading_that_fits_exactly_within_rounding_or_not_at_all() -> None:
    against_c = check("x", "a - b", reading(OF_C, "a - c"))
    exact = only(outcomes(report(a="5.0", b="3.0", c="4.0", x="1.0"), against_c)["table_a.x"], READING)
    assert (exact.says["da"], exact.says["en"], exact.exactly) == ("mod C: 1,0", "against C: 1.0", True)
    near = only(outcomes(report(a="5.0", b="3.0", c="3.9", x="1.0"), against_c)["table_a.x"], READING)
    assert (near.says["da"], near.exactly) == ("mod C: 1,1", False)
    far = outcomes(report(a="5.0", b="3.0", c="3.0", x="9.0"), against_c)["table_a.x"]
    assert READING not in kinds(far)
    assert far.tried > 0


def test_a_reading_must_meet_what_it_is_provided_with() -> None:
    small = report(a="5.0", b="3.0", c="4.0", x="1.0")
    for relation, fits in ((">", True), ("<", False)):
        one = check("x", "a - b", reading(OF_C, "a - c", provided=f"c - b {relation} 0"))
        assert (READING in kinds(outcomes(small, one)["table_a.x"])) == fits


def test_a_direction_that_holds_of_something_else() -> None:
    said = states("b - a < 0", reading({"da": "for C: {value}", "en": "of C: {value}"}, "c - a < 0"))
    assert only(outcomes(report(a="5.0", b="6.0", c="4.5"), said)["table_a.said"], READING).says["da"] == "for C: -0,5"
    assert not outcomes(report(a="5.0", b="6.0", c="5.5"), said)["table_a.said"].explanations


def test_the_opposite_sign() -> None:
    assert kinds(outcomes(report(a="5.0", b="3.0", x="-2.0"), check("x", "a - b"))["table_a.x"]) == [SIGN]
    assert SIGN not in kinds(outcomes(report(a="5.0", b="3.0", x="-2.5"), check("x", "a - b"))["table_a.x"])


def test_two_figures_that_changed_places() -> None:
    checks = check("x", "a - b"), check("y", "a + b")
    swapped = outcomes(report(a="5.0", b="3.0", x="8.0", y="2.0"), *checks)
    assert only(swapped["table_a.x"], SWAPPED).says["en"] == "Agrees if swapped with field y (2.0)"
    assert only(swapped["table_a.y"], SWAPPED).says["da"] == "Stemmer, hvis byttet om med felt x (8,0)"
    assert SWAPPED not in kinds(outcomes(report(a="5.0", b="3.0", x="8.0", y="2.2"), *checks)["table_a.x"])


def of_years(**change: int) -> tuple[Report, Check]:
    figures = {"2017": 113, "2019": 114, "2021": 123}
    small = read_report({"crossings": figures, "statement": [{"id": "said", "added": 9, **change}]})
    words, added = {"da": "flere", "en": "more"}, "statement.said.added"
    formula = read_formula("crossings.2021 - crossings.2017")
    return small, Check(added, PLACE, words, "text", read_formula(added), formula)


def test_the_figure_of_another_year() -> None:
    small, one = of_years()
    found = only(evaluate_all((one,), small)[0], OTHER_YEAR)
    assert found.says["en"] == "Agrees if computed with 2019 in place of 2017: 123 − 114 = 9"
    small, one = of_years(added=11)
    assert not evaluate_all((one,), small)[0].explanations


def test_one_figure_in_two_ways_that_share_an_edge() -> None:
    found = outcomes(report(a="10.2", b="10.3"), check("b", "a"))["table_a.b"]
    assert only(found, EDGE).says["da"].count("10,25") == 1
    assert EDGE not in kinds(outcomes(report(a="10.2", b="10.4"), check("b", "a"))["table_a.b"])


def test_a_figure_that_stands_in_the_next_field_too() -> None:
    shares = {"one": {"2017": 20, "2019": 21}, "two": {"2017": 20, "2019": 27}, "three": {"2017": 60, "2019": 52}}
    small = read_report({"table_x": shares})
    assert neighbours("table_x.two.2017", small) == ["table_x.two.2019", "table_x.one.2017", "table_x.three.2017"]
    checks = tuple(
        Check(path, PLACE, {"da": row, "en": row}, "shares", read_formula(path), read_formula(number))
        for row, number in (("one", "20"), ("two", "26"), ("three", "60"))
        for path in (f"table_x.{row}.2017",)
    )
    found = {outcome.check.id: outcome for outcome in evaluate_all(checks, small)}["table_x.two.2017"]
    assert only(found, NEIGHBOUR).says["en"] == "The same figure stands in the next field, one"


def test_a_figure_that_was_carried_on_as_it_stands() -> None:
    checks = check("gap", "a - b"), check("half", "gap / 2")
    found = outcomes(report(a="41.6", b="35.6", gap="6.8", half="3.4"), *checks)["table_a.gap"]
    assert "felt half" in only(found, CARRIED_ON).says["da"]
    assert CARRIED_ON not in kinds(outcomes(report(a="41.6", b="35.6", gap="6.8", half="3.0"), *checks)["table_a.gap"])


@pytest.mark.long
def test_explanations_of_the_report_go_when_its_figures_are_others() -> None:
    """They are computed, not typed in."""
    whole = read_report(printed_2021())
    checks = declared_checks(whole)
    path = "goal.17.1.dwellings_city_pct.private_rental.2017"

    def found(printed: str) -> Outcome:
        report = altered(whole, path, Decimal(printed))
        return next(outcome for outcome in evaluate_all(checks, report) if outcome.check.id == path)

    assert kinds(found("20.4")) == [NEIGHBOUR]
    assert found("26.9").verdict == DISAGREES
    assert kinds(found("26.9")) == []
    assert found("26.3").verdict == AS_PRINTED
