"""Life tables against published worked examples, and against the plain sums that they stand for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from udsat_geo.monitoring.life_table import LifeTable, expectancy, life_table, variance_of_answers, variance_of_deaths

# The example of phe_life_expectancy, in PHEindicatormethods of Public Health England (life expectancy by Chiang's
# method, limits by Silcocks et al.): the counts of its documentation, and the results that its own tests hold it to.
AGE = [0, 1, *range(5, 95, 5)]
PEOPLE = [
    7060, 35059, 46974, 48489, 43219, 38561, 46009, 57208, 61435, 55601, 50209, 56416, 46411, 39820, 37978, 37039,
    33288, 23306, 11936, 11936,
]  # fmt: skip
DEATHS = [17, 9, 4, 8, 20, 15, 24, 33, 50, 71, 100, 163, 263, 304, 536, 872, 1390, 1605, 1936, 1937]
PUBLISHED = {
    0: (80.16960813, 79.88268548, 80.45653078), 25: (55.78835987, 55.53801579, 56.03870395),
    65: (18.76856852, 18.57570352, 18.96143352), 85: (6.163942934, 5.978358351, 6.349527517),
    90: (6.16210635, 5.887683386, 6.436529314),
}  # fmt: skip


def of_example() -> LifeTable:
    lived = np.array([0.1, *[0.5] * 19])
    return life_table(np.array(AGE, float), np.array(PEOPLE, float), np.array(DEATHS), lived)


@pytest.mark.parametrize("age", PUBLISHED)
def test_a_published_life_table_with_its_limits(age: int) -> None:
    table, at = of_example(), AGE.index(age)
    years, low, high = PUBLISHED[age]
    error = math.sqrt(variance_of_deaths(table, at))
    assert expectancy(table)[at] == pytest.approx(years, abs=1e-8)
    assert (years - 1.96 * error, years + 1.96 * error) == pytest.approx((low, high), abs=1e-6)


# Practical Guide on Health Expectancy Calculation: Sullivan Method (E. Hauet, EURO-REVES, 1996, revised 1997), France,
# males, 1991: survivors, years lived, shares without disability and their variance, years without disability and their
# standard error as printed.
SULLIVAN = {
    65: (89_367, 436_589, 0.804, 0.000281, 12.3, 0.22), 70: (84_968, 408_793, 0.714, 0.000507, 8.8, 0.21),
    75: (78_012, 364_013, 0.630, 0.000675, 5.8, 0.20), 80: (66_625, 290_533, 0.487, 0.000914, 3.4, 0.18),
    85: (48_532, 289_068, 0.290, 0.000805, 1.7, 0.17),
}  # fmt: skip


def test_published_years_without_disability_with_their_error() -> None:
    """Shares are rounded to three digits there; in the last row 0.710 are those with a disability."""
    surviving, years, share, variance, healthy, error = (
        np.array(column) for column in zip(*SULLIVAN.values(), strict=True)
    )
    table = LifeTable(
        np.array(list(SULLIVAN), float),
        np.full(5, 0.5),
        np.ones(5),
        np.ones(5, dtype=np.int64),
        surviving / 1e5,
        years / 1e5,
    )
    asked, band = share * (1 - share) / variance, np.arange(5)
    assert expectancy(table, share).round(1).tolist() == healthy.tolist()
    found = [math.sqrt(variance_of_answers(table, at, share, band, asked)) for at in range(5)]
    np.testing.assert_allclose(found, error, atol=0.0051)


COUNTS = st.lists(
    st.tuples(st.sampled_from([1, 4, 5]), st.integers(200, 5000), st.integers(0, 150), st.integers(0, 10)),
    min_size=2, max_size=8,
)  # fmt: skip


def plain(
    width: list[int], people: list[int], deaths: list[int], share: list[float], start: int
) -> tuple[list[float], float]:
    """Chiang's columns one by one, without arrays: years in health at each age, and their variance at one."""
    n = len(people)
    rate = [d / p for d, p in zip(deaths, people, strict=True)]
    dying = [width[i] * rate[i] / (1 + width[i] * rate[i] / 2) for i in range(n - 1)]
    reach = [1.0]
    for q in dying:
        reach.append(reach[-1] * (1 - q))
    lived = [width[i] * (reach[i + 1] + (reach[i] - reach[i + 1]) / 2) for i in range(n - 1)] + [reach[-1] / rate[-1]]
    left = [sum(share[j] * lived[j] for j in range(i, n)) / reach[i] for i in range(n)]
    variance = reach[-1] ** 2 * left[-1] ** 2 / deaths[-1]
    for i in range(start, n - 1):
        if deaths[i]:
            lost = left[i + 1] + width[i] * share[i] / 2
            variance += reach[i] ** 2 * lost**2 * dying[i] ** 2 * (1 - dying[i]) / deaths[i]
    return left, variance / reach[start] ** 2


@settings(max_examples=30)
@given(COUNTS, st.integers(0, 7))
def test_they_are_the_plain_sums(counts: list[tuple[int, int, int, int]], start: int) -> None:
    width, people, deaths, share = (list(column) for column in zip(*counts, strict=True))
    deaths[-1], start = max(1, deaths[-1]), start % len(counts)
    assume(all(w * d < 2 * p for w, d, p in zip(width, deaths, people, strict=True)))
    age = np.concatenate([[0.0], np.cumsum(width[:-1])])
    table = life_table(age, np.array(people, float), np.array(deaths), np.full(len(age), 0.5))
    left, variance = plain(width, people, deaths, [h / 10 for h in share], start)
    healthy = np.array(share) / 10
    np.testing.assert_allclose(expectancy(table, healthy), left)
    assert variance_of_deaths(table, start, healthy) == pytest.approx(variance)


@pytest.mark.long
def test_the_variance_is_that_of_many_draws() -> None:
    """Deaths drawn anew a few thousand times: what comes out varies as the formula says."""
    rng, expected = np.random.default_rng(7), np.array(DEATHS) / np.array(PEOPLE)
    people, lived = np.array(PEOPLE) / 20, np.array([0.1, *[0.5] * 19])
    share = np.linspace(0.95, 0.4, 20)
    drawn = [
        expectancy(
            life_table(np.array(AGE, float), people, np.maximum(rng.poisson(expected * people), [0] * 19 + [1]), lived),
            share,
        )[7]
        for _ in range(1500)
    ]
    mean = life_table(np.array(AGE, float), people * 1000, (expected * people * 1000).astype(np.int64), lived)
    assert np.var(drawn) == pytest.approx(1000 * variance_of_deaths(mean, 7, share), rel=0.1)


def test_what_cannot_be_a_life_table() -> None:
    age, lived = np.array([0.0, 5.0]), np.array([0.5, 0.5])
    with pytest.raises(ValueError, match="nobody dies"):
        life_table(age, np.array([10.0, 10.0]), np.array([1, 0]), lived)
    with pytest.raises(ValueError, match="more die"):
        life_table(age, np.array([1.0, 10.0]), np.array([9, 1]), lived)
