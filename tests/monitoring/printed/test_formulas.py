"""Formulas over printed figures."""

from __future__ import annotations

import pytest
from small_reports import over, report

from udsat_geo.monitoring.interval import Interval
from udsat_geo.monitoring.printed.figures import Notation, Report, read_report
from udsat_geo.monitoring.printed.formulas import Formula, read_formula

SMALL = report(a="6.8", b="5.8", c="-0.1", d=1321)
DANISH = Notation("da").in_formula


def values(formula: str | Formula, of: Report = SMALL) -> tuple[float, list[float]]:
    formula = over(formula) if isinstance(formula, str) else formula
    plain, rounded = (formula.value(of, rounded=within) for within in (False, True))
    assert plain.low == plain.high == formula.plain_value(of)
    return float(plain.low), [float(rounded.low), float(rounded.high)]


def test_a_formula_is_computed_as_printed_and_within_rounding() -> None:
    assert values("a - b") == (1.0, [0.9, 1.1])
    assert values("a / 2") == (3.4, [3.375, 3.425])
    assert values("abs(b - a)") == (1.0, [0.9, 1.1])
    assert values("d * 2") == (2642.0, [2642.0, 2642.0])
    assert values(over("a - b").negative()) == (-1.0, [-1.1, -0.9])


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("a - b", "6,8 − 5,8"),
        ("a - (b - c)", "6,8 − (5,8 − (-0,1))"),
        ("a - b - c", "6,8 − 5,8 − (-0,1)"),
        ("a - b / 2", "6,8 − 5,8 / 2"),
        ("100 * (1 - b / a)", "100 × (1 − 5,8 / 6,8)"),
        ("d / (a + b)", "1.321 / (6,8 + 5,8)"),
        ("a / (b / c)", "6,8 / (5,8 / (-0,1))"),
        ("abs(a - b)", "|6,8 − 5,8|"),
        ("sum(a, b, c) > 0", "6,8 + 5,8 + (-0,1) > 0"),
        ("a - b <= 0", "6,8 − 5,8 ≤ 0"),
    ],
)
def test_a_formula_is_written_with_just_the_brackets_it_needs(formula: str, text: str) -> None:
    assert over(formula).text(SMALL, DANISH) == text


def test_a_formula_knows_its_figures_and_takes_others() -> None:
    formula = over("abs(a - b) / a")
    assert formula.paths == ("table_a.a", "table_a.b", "table_a.a")
    assert formula.with_paths({"table_a.a": "table_a.d"}).paths == ("table_a.d", "table_a.b", "table_a.d")
    assert formula.paths == ("table_a.a", "table_a.b", "table_a.a")
    assert (formula.figure, over("a").figure, over("100").figure, over("100").is_number) == (
        None, "table_a.a", None, True,
    )  # fmt: skip


def test_lists_and_shorthands_are_written_out() -> None:
    lists = {"letters": ["a", "b", "d"]}
    shorthands = {"share": "lambda part, whole: 100 * (part / whole)"}
    total = read_formula("sum(table_a.$x for x in letters)", lists)
    assert total.text(SMALL, DANISH) == "6,8 + 5,8 + 1.321"
    others = read_formula("sum(table_a.$x for x in letters if x != b)", lists)
    assert others.paths == ("table_a.a", "table_a.d")
    share = read_formula("share(table_a.a, sum(table_a.$x for x in letters))", lists, shorthands)
    assert share.text(SMALL, DANISH) == "100 × (6,8 / (6,8 + 5,8 + 1.321))"
    nested = read_formula("how_many(table_a.$y - sum(table_a.$x for x in letters) < 0 for y in letters)", lists)
    assert values(nested)[0] == 3


@pytest.mark.parametrize(
    "text",
    [
        "a b", "a ** 2", "a > 1", "a > 0 > 0", "a.b.c()", "__import__('os').system('true')", "table_a.a[0]",
        "a if b else c", "lambda: 0", "how_many(table_a.a)", "abs(table_a.a, 1)", "(table_a.a > 0) + 1", "1.5", "None",
        "entries(goal, verdict=table_a.a + 1)", "open('x')",
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"formula|conditions|values"):
        read_formula(text)


@pytest.mark.parametrize(
    ("sign", "certain", "possible", "never"),
    [
        (">", (1, 2), (-1, 2), (-2, 0)),
        ("<", (-2, -1), (-1, 2), (0, 2)),
        ("<=", (-2, 0), (-1, 2), (1, 2)),
        (">=", (0, 2), (-1, 2), (-2, -1)),
        ("==", (0, 0), (-1, 2), (1, 2)),
    ],
)
def test_a_condition_holds_for_all_for_some_or_for_none(
    sign: str, certain: tuple[int, int], possible: tuple[int, int], never: tuple[int, int]
) -> None:
    condition = over(f"a {sign} 0")

    def between(ends: tuple[int, int]) -> Interval:
        return Interval(Interval.exactly(ends[0]).low, Interval.exactly(ends[1]).low)

    assert condition.holds(between(certain)) == (True, True)
    assert condition.holds(between(possible)) == (False, True)
    assert condition.holds(between(never)) == (False, False)


def test_conditions_are_counted_from_those_that_surely_hold_to_those_that_may() -> None:
    near = report(a="6.8", b="6.8", c="5.0")
    counted = over("how_many(a - b > 0, a - c > 0, c - a > 0)")
    assert values(counted, near) == (1.0, [1.0, 2.0])
    assert counted.text(near, DANISH) == "#{6,8 − 6,8 > 0; 6,8 − 5,0 > 0; 5,0 − 6,8 > 0}"
    assert counted.counts_conditions


def test_entries_of_lists_are_counted() -> None:
    content = {
        "goal": [
            {"number": 1, "verdict": "progress", "administration": "Social, Teknik"},
            {"number": 2, "verdict": "uncertain", "administration": "Teknik"},
        ],
        "statement": [{"id": "named", "names": ["a", "b", "c"]}],
    }
    of = read_report(content)
    for text, count in (
        ("entries(goal)", 2),
        ('entries(goal, verdict="progress")', 1),
        ("entries(goal, number=2)", 1),
        ('entries(goal, administration="Teknik")', 2),
        ('entries(goal, distinct="administration")', 2),
        ("entries(statement.named.names)", 3),
    ):
        assert values(read_formula(text), of)[0] == count
    assert read_formula('entries(goal, verdict="progress")').text(of, DANISH) == "#{goal: progress}"


def test_whether_a_figure_is_printed_at_all() -> None:
    assert values("printed(a, b, nothing)") == (2.0, [2.0, 2.0])
    assert over("printed(nothing)").paths == ()
    assert over("1 - printed(nothing)").text(SMALL, DANISH) == "1 − #{table_a.nothing}"
    with pytest.raises(ValueError, match="printed takes figures"):
        read_formula("printed(1)")
