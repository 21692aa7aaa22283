"""What rates are held against: regions, given figures and blends, beside a twin in plain Python."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from builders import make_cell_units, make_policy
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.least_change import least_change
from udsat_geo.areas.near_misses import find_near_misses
from udsat_geo.areas.roles import REASON_KEYS
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import held_against, score_units
from udsat_geo.units.edges import find_edges
from udsat_geo.units.regions import Regions
from udsat_geo.units.units import Units

NAN = math.nan
BLENDS: tuple[Any, ...] = (
    "region",
    "given",
    {"city": 0.25, "region": 0.75},
    {"given": 0.7, "region": 0.3},
    {"given": 0.5, "city": 0.3, "region": 0.2},
)


def policy_of(with_: Any, factor: float | None = None, **parts: Any) -> Policy:
    """One criterion, high is worse; the figure that is given is 0.35."""
    weights = {with_: 1.0} if isinstance(with_, str) else with_
    compare: dict[str, Any] = {"with": with_, "residents": parts.pop("least", 0)}
    if "given" in weights:
        compare["given"] = {"c0": "national"}
    if not compare["residents"]:
        del compare["residents"]
    policy = make_policy(compare=compare, references={"national": 0.35}, **parts)
    compared = policy.compare.model_copy(update={"given": {"c0": 0.35} if "given" in weights else {}})
    criteria = tuple(one.model_copy(update={"limit_factor": factor}) for one in policy.criteria)
    return policy.model_copy(update={"compare": compared, "criteria": criteria})


def town(rows: list[tuple[int, int, int]], residents: list[int] | None = None) -> Units:
    """Cells in a row, each of (numerator, denominator, region); residents are the denominators unless given."""
    units = make_cell_units(
        [(0, col) for col in range(len(rows))],
        residents or [base for _top, base, _region in rows],
        [[top] for top, _base, _region in rows],
        [[base] for _top, base, _region in rows],
    )
    names = np.array(["A", "B", "C"], dtype=object)
    return dataclasses.replace(units, regions=Regions("towns", names, np.array([row[2] for row in rows])))


def twin(rows: list[tuple[int, int, int]], policy: Policy) -> list[tuple[Fraction | None, bool]]:
    """What each unit is compared with, and whether it exceeds that (or so many times it), with nothing rounded."""

    def ratio(of: list[tuple[int, int, int]]) -> Fraction | None:
        base = sum(row[1] for row in of)
        return Fraction(sum(row[0] for row in of), base) if base else None

    weights = {name: Fraction(str(weight)) for name, weight in policy.compare.weights.items()}
    factor = policy.criteria[0].limit_factor
    found: list[tuple[Fraction | None, bool]] = []
    for top, base, region in rows:
        mine = [row for row in rows if row[2] == region]
        alone = "region" in weights and (region < 0 or sum(row[1] for row in mine) < max(policy.compare.residents, 1))
        parts = {"city": ratio(rows), "region": ratio(mine), "given": Fraction("0.35")}
        used = [parts[name] for name in weights]
        value = None
        if not alone and None not in used:
            value = sum((weights[name] * parts[name] for name in weights), Fraction(0))  # type: ignore[operator]
        exceeded = False
        if value is not None and base:
            rate = Fraction(top, base)
            exceeded = rate > value if factor is None else rate >= Fraction(str(factor)) * value
        found.append((value, exceeded))
    return found


ROWS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(-1, 2)).map(lambda t: (min(t[:2]), t[1], t[2])),
    min_size=1,
    max_size=12,
)


@pytest.mark.long
@given(ROWS, st.sampled_from(BLENDS), st.sampled_from([None, 0.6, 1.5]), st.sampled_from([0, 40]))
def test_every_unit_is_compared_as_the_twin_says(
    rows: list[tuple[int, int, int]], with_: Any, factor: float | None, least: int
) -> None:
    least = least if "region" in (with_ if isinstance(with_, dict) else {with_}) else 0
    policy = policy_of(with_, factor, least=least)
    units = town(rows)
    scores = score_units(units, policy)
    against = np.broadcast_to(scores.comparators.of_units().value, (len(rows), 1))[:, 0]
    wanted = twin(rows, policy)
    np.testing.assert_array_equal(against, [NAN if value is None else float(value) for value, _exceeded in wanted])
    assert scores.exceeded[:, 0].tolist() == [exceeded for _value, exceeded in wanted]
    np.testing.assert_array_equal(scores.gap[:, 0], scores.rate[:, 0] - against)
    known = ~np.isnan(scores.gap[:, 0]) & (units.residents > 0)
    weight, gap = units.residents[known], scores.gap[known, 0]
    if known.any():
        assert scores.spread[0] == pytest.approx(math.sqrt((weight * gap**2).sum() / weight.sum()))


@pytest.mark.long
@given(ROWS, st.randoms(use_true_random=False))
def test_no_order_of_units_matters(rows: list[tuple[int, int, int]], chance: Any) -> None:
    policy, order = policy_of({"given": 0.7, "region": 0.3}, 0.6), list(range(len(rows)))
    chance.shuffle(order)
    one, other = score_units(town(rows), policy), score_units(town([rows[i] for i in order]), policy)
    np.testing.assert_array_equal(one.gap[order], other.gap)
    np.testing.assert_array_equal(one.exceeded[order], other.exceeded)


def test_the_city_alone_is_what_it_was() -> None:
    """One row for all, which is the city's rate to the last bit."""
    units = town([(1, 3, 0), (2, 7, 1), (5, 9, -1)])
    scores = score_units(units, make_policy())
    assert scores.comparators.row_of_unit is None
    np.testing.assert_array_equal(scores.comparators.value, [units.rate(np.array([8]), np.array([19]))])
    assert scores.gap[:, 0].tolist() == [1 / 3 - 8 / 19, 2 / 7 - 8 / 19, 5 / 9 - 8 / 19]


def test_a_rate_of_just_the_limit_is_at_it() -> None:
    """0.6 times (0.7 times 0.35 and 0.3 times a fifth) is 0.183, which floating point would miss."""
    policy = policy_of({"given": 0.7, "region": 0.3}, 0.6)
    strict = tuple(one.model_copy(update={"strict": True}) for one in policy.criteria)
    rows = [(183, 1000, 0), (182, 1000, 0), (184, 1000, 0), (251, 1000, 0)]
    assert Fraction(sum(row[0] for row in rows), 4000) == Fraction(1, 5)
    assert 0.6 * (0.7 * 0.35 + 0.3 * 0.2) != 0.183
    assert score_units(town(rows), policy).exceeded[:, 0].tolist() == [True, False, True, True]
    beyond = score_units(town(rows), policy.model_copy(update={"criteria": strict}))
    assert beyond.exceeded[:, 0].tolist() == [False, False, True, True]


def test_groups_are_held_against_the_mean_of_their_residents() -> None:
    units = town([(10, 100, 0), (30, 100, 1), (90, 300, 1), (5, 10, -1)])
    scores = score_units(units, policy_of("region"))
    of = scores.comparators.of_groups(np.array([0, 1, 1, 1]), 3, units.residents)
    np.testing.assert_array_equal(of.value[:, 0], [0.1, 0.3, NAN])
    both = scores.comparators.of_members(np.array([0, 1, 3]), units.residents)
    assert both.value[0, 0] == pytest.approx((100 * 0.1 + 100 * 0.3) / 200)


def test_areas_near_misses_and_least_changes_follow_the_region() -> None:
    """In the poor region 60 % is half the usual, in the well-off one 20 % is twice as much."""
    rows = [(60, 100, 0), (240, 100 * 2, 0), (20, 100, 1), (10, 200, 1), (9, 10, -1)]
    rule = {"criteria": 1}
    policy = policy_of("region", 1.5, rule=rule, score={"method": "none"}, areas={"residents": 10})
    units = town([(min(top, base), base, region) for top, base, region in rows])
    scores, edges = score_units(units, policy), find_edges(units, policy)
    areas = form_areas(units, scores, edges, policy)
    assert areas.area_of_unit.tolist() == [-1, -1, 0, -1, -1]
    assert [REASON_KEYS[reason] for reason in areas.reason] == ["criteria", "criteria", "core", "criteria", "region"]
    assert areas.exceeded.tolist() == [[True]]
    # the gap of an area stays against the rest of the city
    rest = (60 + 200 + 10 + 9) / (100 + 200 + 200 + 10)
    assert areas.gap[0, 0] == pytest.approx(0.2 - rest)
    least = least_change(np.array([2]), True, units, scores, edges, policy, areas)
    # its region stands at 30 of 300: exceeded from 15 on
    assert least is not None
    assert least.alone == (6,)
    rule = policy.rule.model_copy(update={"require": ("c0",), "criteria": 0})
    required = policy.model_copy(update={"rule": rule})
    misses = find_near_misses(units, scores, edges, required, form_areas(units, scores, edges, required), None)
    assert {tuple(miss.members.tolist()): miss.short for miss in misses} == {
        (0, 1): pytest.approx(1.5 * 260 / 300 - 260 / 300),
        (3,): pytest.approx(0.15 - 0.05),
    }


@pytest.mark.parametrize(
    ("compare", "told"),
    [
        ({"with": {"given": 0.7, "region": 0.2}, "given": {"c0": "national"}}, "must add up to 1, and add up to 0.9"),
        ({"with": {}}, "must add up to 1, and add up to 0"),
        ({"with": "given"}, "compare.given: does not name the criteria, each once: c0"),
        ({"with": "given", "given": {"c0": 0.35}}, "must name one of [references]"),
        ({"column": "town"}, 'compare.column: says nothing without "region" in compare.with'),
        ({"residents": 100}, "compare.residents: says nothing"),
        ({"with": "town"}, "Input should be 'city', 'region' or 'given'"),
    ],
)
def test_what_does_not_fit_is_told(compare: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as error:
        make_policy(compare=compare, references={"national": 0.35})
    assert told in str(error.value)


def test_a_yardstick_knows_the_city_alone() -> None:
    with pytest.raises(ValidationError, match=r"score.scale_of: holds the city's rates of a year"):
        make_policy(compare={"with": "region"}, score={"scale_of": 2017})
    with pytest.raises(ValidationError, match=r"limit_factor: stands beside a limit"):
        Policy.model_validate(
            {
                "id": "two", "years": (2000, 2100), "rule": {"core": 1.0},
                "criteria": [
                    {"key": "c0", "register": "residents", "numerator": "age > 60", "worse": "high", "limit": 0.1,
                     "limit_factor": 0.6}
                ],
            }
        )  # fmt: skip


def test_scores_added_up_anew_are_held_against_the_same() -> None:
    """As where only weights differ: nothing of what is compared with is lost."""
    policy = policy_of({"given": 0.7, "region": 0.3}, 0.6)
    scores = score_units(town([(1, 3, 0), (2, 7, 1), (5, 9, -1), (4, 4, 1)]), policy)
    again = held_against(scores, policy, scores.comparators, scores.spread)
    np.testing.assert_array_equal(again.composite, scores.composite)
    np.testing.assert_array_equal(again.exceeded, scores.exceeded)
