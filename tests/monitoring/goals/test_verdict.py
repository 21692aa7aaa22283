"""The rule of our verdict: small cases by hand, and what must hold of any figures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.monitoring.goal_figures import Aim, Series, Verdict, agrees, combine, judge, least_answers, way_covered
from udsat_geo.monitoring.interval import Interval

V = Verdict
FALL, RISE = Aim("better", "low"), Aim("better", "high")
LEVEL_LOW, LEVEL_HIGH = Aim("level", "low"), Aim("level", "high")


def printed(figures: Mapping[int, str]) -> dict[int, Interval]:
    return {year: Interval.printed(Decimal(figure)) for year, figure in figures.items()}


def series(areas: Mapping[int, str], city: Mapping[int, str] | None = None, **known: Any) -> Series:
    return Series(printed(areas), printed(city or {}), **known)


@pytest.mark.parametrize(
    ("areas", "aim", "verdict"),
    [
        ({2017: "20.7", 2021: "17.2"}, FALL, V.ON_THE_WAY),
        ({2017: "20.7", 2021: "17.2"}, RISE, V.WRONG_WAY),
        ({2017: "88.8", 2021: "90.1"}, RISE, V.ON_THE_WAY),
        ({2017: "6.8", 2021: "6.9"}, RISE, V.UNCHANGED),  # both can be 6.85
        ({2017: "6.8", 2021: "6.90"}, RISE, V.ON_THE_WAY),  # 6.895 at the least
        ({2017: "56.4"}, RISE, V.CANNOT_BE_JUDGED),
        ({}, RISE, V.CANNOT_BE_JUDGED),
        ({2017: "20.7", 2025: "17.2"}, FALL, V.REACHED),  # no number to reach, and the last year has come
    ],
)
def test_the_areas_own_movement(areas: dict[int, str], aim: Aim, verdict: Verdict) -> None:
    assert judge(series(areas), aim).verdict == verdict


@pytest.mark.parametrize(
    ("areas", "city", "aim", "verdict", "lag"),
    [
        # both live longer, by as much: the lag stays 3.9
        (("74.7", "75.9"), ("78.6", "79.8"), LEVEL_HIGH, V.UNCHANGED, "unchanged"),
        # fewer feel unsafe, but the city's number fell more: 6 (5 to 7) became 7.6
        (("28", "23.7"), ("22", "16.1"), LEVEL_LOW, V.WRONG_WAY, "larger"),
        (("75.8", "85.8"), ("85.5", "89.9"), LEVEL_HIGH, V.ON_THE_WAY, "smaller"),
        # worse than before, and yet nearer to a city that became worse still
        (("30.0", "31.0"), ("20.0", "26.0"), LEVEL_LOW, V.ON_THE_WAY, "smaller"),
        (("30.0", "24.0"), ("20.0", "24.0"), LEVEL_LOW, V.REACHED, "smaller"),
        (("30.0", "19.0"), ("20.0", "24.0"), LEVEL_LOW, V.REACHED, "smaller"),
        # ahead of the city, and less than before: the level is still reached
        (("10.0", "12.0"), ("20.0", "20.0"), LEVEL_LOW, V.REACHED, "larger"),
    ],
)
def test_the_lag_behind_the_city(
    areas: tuple[str, str], city: tuple[str, str], aim: Aim, verdict: Verdict, lag: str
) -> None:
    years = (2017, 2021)
    judgement = judge(series(dict(zip(years, areas, strict=True)), dict(zip(years, city, strict=True))), aim)
    assert (judgement.verdict, judgement.lag) == (verdict, lag)


def test_the_citys_level_in_the_first_year_is_nothing_reached() -> None:
    assert judge(series({2017: "61.7"}, {2017: "59.2"}), LEVEL_HIGH).verdict == V.CANNOT_BE_JUDGED
    assert judge(series({2019: "61.7"}, {2019: "59.2"}), LEVEL_HIGH).verdict == V.REACHED


def test_a_level_needs_the_citys_figure_and_a_movement_does_not() -> None:
    figures = series({2017: "30.0", 2019: "25.0", 2021: "20.0"}, {2017: "10.0", 2019: "10.0"})
    assert judge(figures, LEVEL_LOW).last == 2019
    assert judge(figures, FALL).last == 2021


@pytest.mark.parametrize(
    ("last", "verdict"),
    [("1.6", V.WRONG_WAY), ("1.5", V.UNCHANGED), ("1.2", V.ON_THE_WAY), ("1.0", V.ON_THE_WAY), ("0.9", V.REACHED)],
)
def test_a_number_to_reach_must_be_met_for_certain(last: str, verdict: Verdict) -> None:
    """A quarter less than 1.35 to 1.45 is 1.0125 to 1.0875: a printed 1.0 (up to 1.05) may lie above that."""
    aim = Aim("by", "low", Fraction(25), per_cent=True)
    judgement = judge(series({2017: "1.4", 2021: last}), aim)
    assert judgement.verdict == verdict
    assert judgement.target == Interval(Fraction("1.0125"), Fraction("1.0875"))


def test_a_number_to_reach_counts_from_the_base_year_alone() -> None:
    aim = Aim("by", "low", Fraction(1))
    judgement = judge(series({2019: "9.0", 2021: "1.0"}), aim)
    assert judgement.verdict == V.ON_THE_WAY
    assert judgement.target is None
    assert judgement.share_of_target is None


def test_the_share_of_the_way() -> None:
    counts = {2017: Interval.exactly(33_678), 2021: Interval.exactly(34_665)}
    judgement = judge(Series(counts), Aim("by", "high", Fraction(2500)))
    assert judgement.verdict == V.ON_THE_WAY
    assert judgement.share_of_target == Fraction(987, 2500)


@pytest.mark.parametrize(
    ("areas", "aim", "covered"),
    [
        (("9.0", "7.0"), Aim("level", "low"), "0.4"),
        (("9.0", "4.0"), Aim("level", "low"), "1"),
        (("9.0", "9.5"), Aim("level", "low"), "0"),
        (("9.0", "9.05"), Aim("level", "low"), None),
        (("9.0", "7.0"), Aim("by", "low", Fraction(4)), "0.5"),
        (("9.0", "1.0"), Aim("by", "low", Fraction(4)), "1"),
        (("9.0", "11.0"), Aim("by", "low", Fraction(4)), "0"),
        (("9.0", "7.0"), Aim("better", "low"), None),
    ],
)
def test_how_much_of_the_way_is_covered(areas: tuple[str, str], aim: Aim, covered: str | None) -> None:
    """Against a city that stays at 4.0: of a lag of 5 two are gone."""
    figures = series(dict(zip((2017, 2021), areas, strict=True)), dict.fromkeys((2017, 2021), "4.0"))
    found = way_covered(judge(figures, aim), aim)
    assert found == (None if covered is None else Fraction(covered))


def test_years_on_two_sides_of_a_break_are_not_compared() -> None:
    figures = {2017: "31.3", 2019: "28.3", 2021: "40.0"}
    assert judge(series(figures, breaks={2021}), FALL).last == 2019
    after = judge(series(figures, breaks={2019}), FALL)
    assert (after.verdict, after.first, after.last) == (V.WRONG_WAY, 2019, 2021)
    assert judge(series(figures, breaks={2019, 2021}), FALL).verdict == V.CANNOT_BE_JUDGED


def test_a_break_in_a_year_that_is_left_out_still_parts_the_series() -> None:
    figures = {2017: "31.3", 2019: "28.3", 2021: "20.0"}
    assert judge(series(figures, breaks={2019}, set_aside={2019}), FALL).verdict == V.CANNOT_BE_JUDGED


def test_years_that_are_set_aside_do_not_count() -> None:
    figures = {2017: "4.0", 2019: "2.0", 2021: "9.0"}
    judgement = judge(series(figures, set_aside={2021}), FALL)
    assert (judgement.verdict, judgement.first, judgement.last) == (V.ON_THE_WAY, 2017, 2019)


def test_a_figure_pushed_down_is_no_fall_and_the_year_before_speaks() -> None:
    areas = printed({2017: "20.7", 2019: "18.9", 2021: "17.2"})
    disturbed = Series(areas | {2021: areas[2021].open_above()})
    judgement = judge(disturbed, FALL)
    assert (judgement.verdict, judgement.last) == (V.ON_THE_WAY, 2019)
    assert judge(Series({2017: areas[2017], 2021: areas[2021].open_above()}), FALL).verdict == V.CANNOT_BE_JUDGED


def test_a_figure_that_moved_against_the_push_stands() -> None:
    areas = printed({2017: "4.1", 2021: "3.1"})
    assert judge(Series(areas | {2021: areas[2021].open_below()}), FALL).verdict == V.ON_THE_WAY
    assert judge(Series(areas | {2021: areas[2021].open_above()}), FALL).verdict == V.CANNOT_BE_JUDGED


def test_what_the_source_found_not_significant_is_unchanged() -> None:
    judgement = judge(series({2019: "30.1", 2021: "28.7"}, not_significant={2021}), FALL)
    assert (judgement.verdict, judgement.cause) == (V.UNCHANGED, "not_significant")


@pytest.mark.parametrize(
    ("persons", "verdict"),
    [
        (((28, 50), (20, 34)), V.CANNOT_BE_JUDGED),
        (((2800, 5000), (2000, 3400)), V.WRONG_WAY),  # a hundred times as many: no chance
        (((28, 50), (28, 50)), V.CANNOT_BE_JUDGED),
    ],
)
def test_chance_moves_a_share_of_few_persons(persons: tuple[tuple[int, int], ...], verdict: Verdict) -> None:
    figures = series({2017: "56", 2021: "59"}, persons=dict(zip((2017, 2021), persons, strict=True)))
    assert judge(figures, FALL).verdict == verdict


# --- surveys ------------------------------------------------------------------------------------------------

AT_NIGHT = ({2017: "28", 2021: "23.7"}, {2017: "22", 2021: "16.1"})
"""Goal 12 as printed: the lag went from 6 to 7.6."""


def asked(n: int, of_city: int | None = None) -> dict[int, tuple[int, int | None]]:
    return dict.fromkeys((2017, 2021), (n, of_city))


def test_a_survey_without_n_cannot_be_judged() -> None:
    for answers in ({}, {2017: (5000, None)}):
        judgement = judge(series(*AT_NIGHT, survey=True, answers=answers), LEVEL_LOW)
        assert (judgement.verdict, judgement.cause) == (V.CANNOT_BE_JUDGED, "no_answers")
        assert (judgement.first, judgement.last) == (2017, 2021)
        assert way_covered(judgement, LEVEL_LOW) is None
    # not even that it is at the city's level
    at_level = series({2017: "20.0", 2021: "10.0"}, {2017: "10.0", 2021: "10.0"}, survey=True)
    assert judge(at_level, LEVEL_LOW).verdict == V.CANNOT_BE_JUDGED
    # what the source tested with its own n stands
    tested = series({2019: "30.1", 2021: "28.7"}, survey=True, not_significant={2021})
    assert (judge(tested, FALL).verdict, judge(tested, FALL).cause) == (V.UNCHANGED, "not_significant")


def test_the_error_of_a_share_of_answers_by_hand() -> None:
    """30 % and 28 % of 2000 each: two errors of the difference are 2 sqrt((0.21 + 0.2016) / 2000) = 2.87 points."""
    for moved, verdict in (("27.2", V.CANNOT_BE_JUDGED), ("27.0", V.ON_THE_WAY)):
        figures = series({2017: "30.0", 2021: moved}, survey=True, answers=asked(2000))
        assert judge(figures, FALL).verdict == verdict
    # of a movement of 2.0 points: 4 (0.21 + 0.2016) / 0.02 ** 2 = 4116, which is two errors and no more
    assert least_answers(series({2017: "30.0", 2021: "28.0"}, survey=True), FALL, 2017, 2021) == 4117


def test_the_error_of_a_lag_behind_the_city_by_hand() -> None:
    """Areas 100 of 500 answers, 40 % against 20 % in the city: 15 % in the rest; the lag is 0.8 of that of 25 points,
    so its variance is 0.64 (0.24 / 100 + 0.1275 / 400). Two errors of what two such years differ by: 11.8 points."""
    two_errors = 200 * (2 * 0.64 * (0.24 / 100 + 0.1275 / 400)) ** 0.5
    assert two_errors == pytest.approx(11.80, abs=0.01)
    for moved, verdict in (("28.9", V.CANNOT_BE_JUDGED), ("27.6", V.ON_THE_WAY)):
        figures = series(
            {2017: "40.0", 2021: moved}, {2017: "20.0", 2021: "20.0"}, survey=True, answers=asked(100, 500)
        )
        assert judge(figures, LEVEL_LOW).verdict == verdict


def test_the_least_number_of_answers_decides() -> None:
    """One answer fewer cannot be judged, and so many can."""
    least = least_answers(series(*AT_NIGHT, survey=True), LEVEL_LOW, 2017, 2021)
    assert least is not None
    for n, verdict in ((least - 1, V.CANNOT_BE_JUDGED), (least, V.WRONG_WAY)):
        assert judge(series(*AT_NIGHT, survey=True, answers=asked(n)), LEVEL_LOW).verdict == verdict
    # fewer of the city's answers are from the areas: more weight on theirs, and a larger error
    assert judge(series(*AT_NIGHT, survey=True, answers=asked(least, 20 * least)), LEVEL_LOW).verdict != V.WRONG_WAY


def test_what_did_not_move_is_told_by_no_number_of_answers() -> None:
    still = series({2017: "30.0", 2021: "30.0"}, survey=True)
    assert least_answers(still, FALL, 2017, 2021) is None


@pytest.mark.parametrize(("error", "verdict"), [(1.0, V.CANNOT_BE_JUDGED), (0.9, V.ON_THE_WAY)])
def test_errors_that_are_known_are_held_against_the_movement(error: float, verdict: Verdict) -> None:
    figures = series({2017: "30.0", 2021: "28.0"}, errors={(2017, 2021): error})
    assert judge(figures, FALL).verdict == verdict


# --- goals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdicts", "goal"),
    [
        ([V.REACHED, V.REACHED], V.REACHED),
        ([V.REACHED, V.ON_THE_WAY], V.ON_THE_WAY),
        ([V.REACHED, V.UNCHANGED], V.ON_THE_WAY),
        ([V.UNCHANGED, V.WRONG_WAY], V.WRONG_WAY),
        ([V.REACHED, V.WRONG_WAY], V.MIXED),
        ([V.UNCHANGED, V.UNCHANGED], V.UNCHANGED),
        ([], V.CANNOT_BE_JUDGED),
    ],
)
def test_a_goal_of_several_indicators(verdicts: list[Verdict], goal: Verdict) -> None:
    assert combine(verdicts) == goal
    assert combine([*verdicts, V.CANNOT_BE_JUDGED]) == goal


def test_neither_order_nor_repetition_of_indicators_matters() -> None:
    for some in product(V, repeat=3):
        assert len({combine(order) for order in permutations(some)}) == 1
        assert combine([*some, some[0]]) == combine(some)


def test_the_report_knows_two_verdicts_and_each_of_ours_but_the_bad_ones_agrees_with_one() -> None:
    assert [v for v in V if agrees(v, "progress")] == [V.REACHED, V.ON_THE_WAY]
    assert [v for v in V if agrees(v, "uncertain")] == [V.UNCHANGED, V.CANNOT_BE_JUDGED]


# --- what holds of any figures ------------------------------------------------------------------------------

FIGURES = st.decimals(1, 100, places=1)
YEARS = (2017, 2019, 2021)


@st.composite
def any_series(draw: st.DrawFn) -> Series:
    sides = []
    for _ in range(2):
        years = draw(st.sets(st.sampled_from(YEARS)))
        intervals = {}
        for year in sorted(years):
            interval = Interval.printed(draw(FIGURES))
            intervals[year] = draw(st.sampled_from([interval, interval, interval.open_above(), interval.open_below()]))
        sides.append(intervals)
    some = st.sets(st.sampled_from(YEARS), max_size=1)
    return Series(sides[0], sides[1], breaks=draw(some), set_aside=draw(some), not_significant=draw(some))


@st.composite
def any_aim(draw: st.DrawFn) -> Aim:
    kind = draw(st.sampled_from(["level", "better", "by"]))
    by = Fraction(draw(st.integers(1, 30))) if kind == "by" else None
    return Aim(kind, draw(st.sampled_from(["low", "high"])), by, per_cent=kind == "by" and draw(st.booleans()))


def turned(aim: Aim) -> Aim:
    return Aim(aim.kind, "high" if aim.better == "low" else "low", aim.by, aim.per_cent)


def negative(figures: Mapping[int, Interval]) -> dict[int, Interval]:
    return {year: -interval for year, interval in figures.items()}


def mirrored(of: Series) -> Series:
    return Series(negative(of.areas), negative(of.city), of.breaks, of.set_aside, of.not_significant)


@pytest.mark.long
@given(any_series(), any_aim())
def test_figures_and_aim_mirrored_give_the_same_verdict(of: Series, aim: Aim) -> None:
    one, other = judge(of, aim), judge(mirrored(of), turned(aim))
    assert one == other


@pytest.mark.long
@given(any_series(), any_aim())
def test_the_aim_mirrored_mirrors_the_verdict(of: Series, aim: Aim) -> None:
    """What goes the right way goes the wrong way for who wants the opposite, and what stands still does for both."""
    one, other = judge(of, aim).verdict, judge(of, turned(aim)).verdict
    right = {V.REACHED, V.ON_THE_WAY}
    if aim.kind == "level" and V.REACHED in (one, other):
        # who is at the city's level has reached it, whichever side is the better one
        return
    pairs = {V.WRONG_WAY: right, V.UNCHANGED: {V.UNCHANGED}, V.CANNOT_BE_JUDGED: {V.CANNOT_BE_JUDGED}}
    if one in right:
        assert other == V.WRONG_WAY
    else:
        assert other in pairs[one]


@pytest.mark.long
@given(any_series(), any_aim(), FIGURES)
def test_what_both_sides_gain_changes_no_lag(of: Series, aim: Aim, more: Decimal) -> None:
    moved = Series(
        {year: interval + Fraction(more) for year, interval in of.areas.items()},
        {year: interval + Fraction(more) for year, interval in of.city.items()},
        of.breaks,
        of.set_aside,
        of.not_significant,
    )
    level = Aim("level", aim.better)
    assert judge(of, level) == judge(moved, level)


def coarser(of: Series, digits: int) -> Series:
    width = Fraction(1, 10**digits)

    def wider(figures: Mapping[int, Interval]) -> dict[int, Interval]:
        return {year: Interval(i.low - width, i.high + width) for year, i in figures.items()}

    return Series(wider(of.areas), wider(of.city), of.breaks, of.set_aside, of.not_significant)


@pytest.mark.long
@given(any_series(), any_aim(), st.integers(0, 2))
def test_coarser_figures_never_turn_a_verdict_round(of: Series, aim: Aim, digits: int) -> None:
    """Knowing less may silence a verdict or let an earlier year speak, never make right of wrong over equal years."""
    fine, coarse = judge(of, aim), judge(coarser(of, digits), aim)
    if fine.last == coarse.last and V.REACHED not in (fine.verdict, coarse.verdict):
        assert {fine.verdict, coarse.verdict} != {V.ON_THE_WAY, V.WRONG_WAY}


@pytest.mark.long
@given(any_series(), any_aim())
def test_a_verdict_says_what_it_rests_on(of: Series, aim: Aim) -> None:
    judgement = judge(of, aim)
    if judgement.cause == "no_two_years":
        assert judgement.verdict == V.CANNOT_BE_JUDGED
        return
    assert judgement.first is not None
    assert judgement.last is not None
    assert judgement.first <= judgement.last
    assert judgement.last not in of.set_aside
    assert not [year for year in of.breaks if judgement.first < year <= judgement.last]
