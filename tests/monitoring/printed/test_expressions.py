"""Formulas over printed figures."""

from __future__ import annotations

import pytest
from small_reports import figure, report
from udsat_geo.monitoring.printed.figures import (
    Condition,
    Entries,
    HowMany,
    Interval,
    Notation,
    Number,
    Printed,
    Reading,
    Report,
    read_report,
)

SMALL = report(a="6.8", b="5.8", c="-0.1", d=1321)
A, B, C, D = figure("a"), figure("b"), figure("c"), figure("d")
DANISH = Notation("da").in_formula


def values(formula: object, of: Report = SMALL) -> tuple[float, list[float]]:
    plain = formula.value(Reading(of, rounded=False))  # type: ignore[attr-defined]
    rounded = formula.value(Reading(of, rounded=True))  # type: ignore[attr-defined]
    assert plain.low == plain.high
    return float(plain.low), [float(rounded.low), float(rounded.high)]


def test_a_formula_is_computed_as_printed_and_within_rounding() -> None:
    assert values(A - B) == (1.0, [0.9, 1.1])
    assert values(A / Number(2)) == (3.4, [3.375, 3.425])
    assert values(abs(B - A)) == (1.0, [0.9, 1.1])
    assert values(D * Number(2)) == (2642.0, [2642.0, 2642.0])


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (A - B, "6,8 − 5,8"),
        (A - (B - C), "6,8 − (5,8 − (-0,1))"),
        (A - B - C, "6,8 − 5,8 − (-0,1)"),
        (A - B / Number(2), "6,8 − 5,8 / 2"),
        (Number(100) * (Number(1) - B / A), "100 × (1 − 5,8 / 6,8)"),
        (D / (A + B), "1.321 / (6,8 + 5,8)"),
        (A / (B / C), "6,8 / (5,8 / (-0,1))"),
        (abs(A - B), "|6,8 − 5,8|"),
    ],
)
def test_a_formula_is_written_with_just_the_brackets_it_needs(formula: Printed, text: str) -> None:
    assert formula.text(SMALL, DANISH) == text


def test_a_formula_knows_its_figures_and_takes_others() -> None:
    formula = abs(A - B) / A
    assert list(formula.paths()) == ["table_a.a", "table_a.b", "table_a.a"]
    assert formula.with_paths({"table_a.a": "table_a.d"}) == abs(D - B) / D


@pytest.mark.parametrize(
    ("relation", "certain", "possible", "never"),
    [
        ("above", (1, 2), (-1, 2), (-2, 0)),
        ("below", (-2, -1), (-1, 2), (0, 2)),
        ("not_above", (-2, 0), (-1, 2), (1, 2)),
        ("not_below", (0, 2), (-1, 2), (-2, -1)),
        ("equal", (0, 0), (-1, 2), (1, 2)),
    ],
)
def test_a_condition_holds_for_all_for_some_or_for_none(
    relation: str, certain: tuple[int, int], possible: tuple[int, int], never: tuple[int, int]
) -> None:
    condition = Condition(A, relation)

    def between(ends: tuple[int, int]) -> Interval:
        return Interval(Interval.exactly(ends[0]).low, Interval.exactly(ends[1]).low)

    assert condition.holds(between(certain)) == (True, True)
    assert condition.holds(between(possible)) == (False, True)
    assert condition.holds(between(never)) == (False, False)
    assert condition.short_by(between(possible)) == 0
    assert condition.short_by(between(never)) == between(never).distance(Interval.exactly(0))


def test_conditions_are_counted_from_those_that_surely_hold_to_those_that_may() -> None:
    near = report(a="6.8", b="6.8", c="5.0")
    counted = HowMany((Condition(A - B, "above"), Condition(A - C, "above"), Condition(C - A, "above")))
    assert values(counted, near) == (1.0, [1.0, 2.0])
    assert counted.text(near, DANISH) == "#{6,8 − 6,8 > 0; 6,8 − 5,0 > 0; 5,0 − 6,8 > 0}"


def test_entries_of_lists_are_counted() -> None:
    content = {
        "goal": [
            {"number": 1, "verdict": "progress", "administration": "Social, Teknik"},
            {"number": 2, "verdict": "uncertain", "administration": "Teknik"},
        ],
        "statement": [{"id": "named", "names": ["a", "b", "c"]}],
    }
    of = read_report(content)
    assert values(Entries(("goal",)), of)[0] == 2
    assert values(Entries(("goal",), (("verdict", "progress"),)), of)[0] == 1
    assert values(Entries(("goal",), (("administration", "Teknik"),)), of)[0] == 2
    assert values(Entries(("goal",), distinct="administration"), of)[0] == 2
    assert values(Entries(("statement", "named", "names")), of)[0] == 3
