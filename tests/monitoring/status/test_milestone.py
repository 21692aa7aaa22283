"""How far a milestone is: each state and each verdict by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_policy
from udsat_geo.designation.status import Status
from udsat_geo.monitoring.chance import Chance, Overlap
from udsat_geo.monitoring.status import Progress, StatusSeries, progress_of, series_of, since_of
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.published import status_2021
from udsat_geo.policy.rules import MilestoneRule
from udsat_geo.scoring.scores import gaps

HALVED = MilestoneRule(since=2017, by=2025, gap=0.5, criteria=0.5)
NAN = float("nan")


def status(areas: Any, rest: Any, worse: str = "high") -> Status:
    levels = [np.array(values, dtype=np.float64) for values in (areas, rest)]
    gap = gaps(levels[0], levels[1], make_policy([worse] * len(levels[0])))
    return Status(levels[0], levels[1], levels[1], gap, 1, 2)


def series(*gap_by_year: tuple[int, Any]) -> StatusSeries:
    """A series with these gaps: the rest of the city is always at 0.1."""
    return series_of({year: status(np.add(gap, 0.1), np.full(len(gap), 0.1)) for year, gap in gap_by_year})


def progress(*gap_by_year: tuple[int, Any], rule: MilestoneRule = HALVED) -> Progress:
    found = progress_of(series(*gap_by_year), rule)
    assert found is not None
    return found


def test_the_rule_of_copenhagen_is_the_published_one() -> None:
    rule, published = load_policy("kbh-2017").policy.milestone, status_2021()["policy"]
    assert rule == HALVED
    assert (rule.since, rule.by) == (published["adopted"], published["milestone"])
    assert published["milestone_rule"].startswith("the gap to the rest of the city is halved on at least half of")


@pytest.mark.parametrize(
    ("gap", "now", "state"),
    [
        (0.08, 0.01, "reached"),
        (0.08, 0.04, "reached"),
        (0.08, -0.02, "reached"),
        (0.08, 0.05, "on_the_way"),
        (0.08, 0.06, "on_the_way"),
        (0.08, 0.0601, "behind"),
        (0.08, 0.09, "behind"),
        (0.0, -0.01, "no_gap"),
        (-0.02, -0.05, "no_gap"),
        (0.08, NAN, "unknown"),
        (NAN, 0.08, "unknown"),
    ],
)
def test_a_criterion_half_way_in_time(gap: float, now: float, state: str) -> None:
    """In 2021 the straight line from 0.08 in 2017 to 0.04 in 2025 lies at 0.06; on it is on the way."""
    assert progress((2017, [gap]), (2021, [now])).state == (state,)


def test_what_is_missing_and_how_much_that_is_a_year() -> None:
    found = progress((2017, [0.08, 0.08, 0.0]), (2021, [0.06, 0.03, 0.05]))
    np.testing.assert_allclose(found.target, [0.04, 0.04, NAN])
    np.testing.assert_allclose(found.path, [0.06, 0.06, NAN])
    np.testing.assert_allclose(found.to_close, [0.02, 0.0, NAN])
    np.testing.assert_allclose(found.per_year, [0.005, 0.0, NAN])


@pytest.mark.parametrize("year", [2025, 2027])
def test_when_the_year_has_come_there_is_no_way_left(year: int) -> None:
    found = progress((2017, [0.08, 0.08]), (year, [0.05, 0.04]))
    assert found.state == ("missed", "reached")
    np.testing.assert_allclose(found.path, [0.04, 0.04])
    np.testing.assert_allclose(found.to_close, [0.01, 0.0])
    assert np.isnan(found.per_year).all()


def test_where_low_is_worse_a_gap_closes_upwards() -> None:
    both = series_of({2017: status([30.0], [40.0], "low"), 2021: status([33.0], [40.0], "low")})
    found = progress_of(both, HALVED)
    assert found is not None
    assert found.state == ("on_the_way",)
    assert (found.target[0], found.path[0], found.to_close[0]) == (5.0, 7.5, 2.0)


def test_half_a_gap_is_halved_though_rounding_says_otherwise() -> None:
    """As floats, 0.4 - 0.1 is a little above half of 0.7 - 0.1."""
    both = series_of({2017: status([0.7], [0.1]), 2021: status([0.4], [0.1])})
    assert both.last.gap[0] > both.of(2017).gap[0] / 2
    found = progress_of(both, HALVED)
    assert found is not None
    assert found.state == ("reached",)
    assert found.to_close[0] == 0.0


@pytest.mark.parametrize(
    ("share", "criteria", "needed"), [(0.5, 5, 3), (0.5, 4, 2), (0.6, 5, 3), (1.0, 5, 5), (0.1, 5, 1), (0.7, 10, 7)]
)
def test_on_how_many_criteria_it_is_needed(share: float, criteria: int, needed: int) -> None:
    """A share of 0.7 of 10 is 7, although 0.7 * 10 is not in every arithmetic of floats."""
    rule = HALVED.model_copy(update={"criteria": share})
    assert progress((2017, [0.1] * criteria), (2021, [0.1] * criteria), rule=rule).needed == needed


REACHED, ON_THE_WAY, BEHIND = 0.03, 0.055, 0.07


@pytest.mark.parametrize(
    ("now", "verdict", "verdict_in_2025"),
    [
        ([REACHED] * 3 + [BEHIND] * 2, "reached", "reached"),
        ([REACHED] * 2 + [ON_THE_WAY] + [BEHIND] * 2, "on_the_way", "missed"),
        ([ON_THE_WAY] * 3 + [BEHIND] * 2, "on_the_way", "missed"),
        ([REACHED, ON_THE_WAY] + [BEHIND] * 3, "behind", "missed"),
        ([REACHED] * 2 + [NAN] * 3, "behind", "missed"),
    ],
)
def test_the_verdict(now: list[float], verdict: str, verdict_in_2025: str) -> None:
    before = (2017, [0.08] * 5)
    assert progress(before, (2021, now)).verdict == verdict
    assert progress(before, (2025, now)).verdict == verdict_in_2025


def test_without_the_first_year_the_earliest_one_serves() -> None:
    assert since_of(series((2015, [0.1]), (2017, [0.1]), (2021, [0.1])), HALVED) == 2017
    assert since_of(series((2018, [0.1]), (2021, [0.1])), HALVED) == 2018
    assert since_of(series((2018, [0.1])), None) == 2018
    later = progress((2018, [0.07]), (2022, [0.05]))
    assert later.since == 2018
    np.testing.assert_allclose(later.path, [0.07 - 0.035 * 4 / 7])


def test_years_between_do_not_count() -> None:
    found = progress((2017, [0.08]), (2019, [5.0]), (2021, [0.06]))
    assert found.state == ("on_the_way",)


@pytest.mark.parametrize("years", [(2021,), (2017,), (2025, 2027), (2026, 2027)])
def test_without_a_later_year_or_before_its_end_there_is_no_progress(years: tuple[int, ...]) -> None:
    assert progress_of(series(*((year, [0.1]) for year in years)), HALVED) is None


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=6), st.integers(2018, 2030))
def test_states_fit_their_figures(pairs: list[tuple[float, float]], year: int) -> None:
    before, now = zip(*pairs, strict=True)
    found = progress((2017, before), (year, now))
    for j, state in enumerate(found.state):
        assert (state == "no_gap") == bool(np.isnan(found.target[j]))
        if state == "reached":
            assert found.to_close[j] == 0
        elif state != "no_gap":
            assert found.to_close[j] > 0
        if state in ("on_the_way", "behind"):
            assert year < 2025
            assert found.per_year[j] * (2025 - year) == pytest.approx(found.to_close[j])
    assert sum(found.count(state) for state in ("reached", "on_the_way", "behind", "missed", "no_gap")) == len(pairs)


def with_chance(gap: float, now: list[float], year: int, error: float) -> Progress:
    """Gaps whose errors are those of `error` in both years and of other people in each."""
    n = len(now)
    shown = series((2017, [gap] * n), (year, now))
    variance = np.full((2, 2, n), error**2 / 2)
    chance = Chance((2017, year), variance, {(2017, year): np.zeros((2, 2, n))}, {(2017, year): Overlap("nothing", 0)})
    found = progress_of(shown, HALVED, chance)
    assert found is not None
    return found


def test_the_error_of_the_milestone_is_that_of_both_gaps() -> None:
    """The target is half of the first gap and brings half of its error; the path of 2021 three quarters."""
    found = with_chance(0.08, [0.05], 2021, 0.01)
    assert found.target_error == pytest.approx(0.01 * np.sqrt(1 + 0.25))
    assert found.path_error == pytest.approx(0.01 * np.sqrt(1 + 0.75**2))
    assert np.isnan(progress((2017, [0.08]), (2021, [0.05])).target_error).all()


@pytest.mark.parametrize(
    ("now", "year", "certain", "verdict", "sure"),
    [
        # the target is 0.04, its error 1.96 * 0.001 * sqrt(1.25) = 0.0022
        ([0.030] * 3 + [0.07] * 2, 2025, [True] * 5, "reached", "reached"),
        ([0.039] * 3 + [0.07] * 2, 2025, [False] * 3 + [True] * 2, "reached", "undecided"),
        ([0.041] + [0.07] * 4, 2025, [False] + [True] * 4, "missed", "missed"),
        ([0.041] * 3 + [0.07] * 2, 2025, [False] * 3 + [True] * 2, "missed", "undecided"),
        ([0.030] * 2 + [0.041] + [0.07] * 2, 2025, [True, True, False, True, True], "missed", "undecided"),
        # half way, the path lies at 0.06 with an error of 0.00245
        ([0.055] * 3 + [0.07] * 2, 2021, [True] * 5, "on_the_way", "on_the_way"),
        ([0.059] * 3 + [0.07] * 2, 2021, [False] * 3 + [True] * 2, "on_the_way", "undecided"),
        ([0.061] * 3 + [0.07] * 2, 2021, [False] * 3 + [True] * 2, "behind", "undecided"),
        ([0.061] * 2 + [0.07] * 3, 2021, [False] * 2 + [True] * 3, "behind", "behind"),
        ([0.030] * 3 + [0.07] * 2, 2021, [True] * 5, "reached", "reached"),
        ([0.055, 0.055, NAN, NAN, NAN], 2021, [True, True, None, None, None], "behind", "behind"),
    ],
)
def test_a_verdict_is_certain_or_could_be_another(
    now: list[float], year: int, certain: list[bool | None], verdict: str, sure: str
) -> None:
    found = with_chance(0.08, now, year, 0.001)
    assert list(found.certain) == certain
    assert (found.verdict, found.sure_verdict) == (verdict, sure)


def test_without_errors_nothing_is_certain() -> None:
    found = progress((2017, [0.08] * 5), (2025, [0.03] * 5))
    assert (found.certain, found.sure_verdict) == ((None,) * 5, None)
