"""Computed figures are rounded as they are shown, and judged as the report's are."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.monitoring.goal_figures import Verdict
from udsat_geo.monitoring.goals import Account, Computed, Ratio, load_goals, rounded, take_account


def computed(key: str, areas: dict[int, tuple[int, int]], city: dict[int, tuple[int, int]]) -> Computed:
    goals = load_goals()
    at = goals.policy.keys.index(key)
    sides = [
        {year: Ratio(Fraction(top), Fraction(bottom)) for year, (top, bottom) in side.items()} for side in (areas, city)
    ]
    return Computed(goals.rules[at], goals.criteria[at], *sides)


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(0, 4))
def test_rounding_is_that_of_decimal_halves_upwards(top: int, bottom: int, decimals: int) -> None:
    exact = (Decimal(top) / Decimal(bottom)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert rounded(Fraction(top, bottom), decimals) == exact


@pytest.mark.parametrize(("value", "shown"), [("0.25", "0.3"), ("0.35", "0.4"), ("-0.25", "-0.2"), ("2", "2.0")])
def test_halves_go_upwards_and_zeros_are_kept(value: str, shown: str) -> None:
    assert str(rounded(Fraction(value), 1)) == shown


def test_a_share_is_shown_with_the_digits_of_the_report_and_a_count_with_none() -> None:
    share = computed("temporarily_out_of_work", {2021: (1, 3)}, {2021: (1, 4)})
    assert str(share.figure(share.areas[2021])) == "33.3"
    count = computed("owner_occupied", {2021: (1234, 5000)}, {2021: (1, 4)})
    assert str(count.figure(count.areas[2021])) == "1234"
    nobody = computed("temporarily_out_of_work", {2021: (0, 0)}, {2021: (1, 4)})
    assert nobody.figure(nobody.areas[2021]) is None


@pytest.mark.parametrize(
    ("last", "verdict"),
    [(2000, Verdict.UNCHANGED), (1995, Verdict.UNCHANGED), (1980, Verdict.ON_THE_WAY), (2020, Verdict.WRONG_WAY)],
)
def test_movements_that_the_report_would_not_print_do_not_count(last: int, verdict: Verdict) -> None:
    """20.00 % to 19.95 % is printed as 20.0 to 20.0 (halves upwards), to 19.80 % as 19.8."""
    series = computed(
        "temporarily_out_of_work", {2017: (2000, 10_000), 2021: (last, 10_000)}, {2017: (1, 4), 2021: (1, 4)}
    )
    judgement = series.judged()
    assert judgement is not None
    assert judgement.verdict == verdict


def test_a_single_dwelling_counts_since_counts_are_exact() -> None:
    series = computed("no_toilet_or_bath", {2017: (100, 1000), 2021: (99, 1000)}, {2017: (1, 4), 2021: (1, 4)})
    judgement = series.judged()
    assert judgement is not None
    assert (judgement.verdict, judgement.lag) == (Verdict.ON_THE_WAY, None)


def test_without_areas_nothing_is_computed() -> None:
    account = take_account()
    assert account == Account(account.published)
    assert account.source is None
    assert account.notes == ()
