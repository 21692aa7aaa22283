"""The spread of gaps, and the composite."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from numpy.typing import NDArray

import reference
from strategies import gaps, residents
from udsat_geo.kernels.scores import LIMB_BITS, composite_of_gaps, squares_of_gaps
from udsat_geo.scoring.spread import spread_of_gaps, spread_of_squares

pytestmark = pytest.mark.filterwarnings("error")

Gapped = tuple[NDArray[np.float64], NDArray[np.int64]]
SPREADS = st.one_of(st.just(0.0), st.floats(1e-6, 1e3))
WEIGHTS = st.floats(0.01, 100.0)


@st.composite
def gapped(draw: DrawFn) -> Gapped:
    n_units, n_criteria = draw(st.integers(0, 15)), draw(st.integers(1, 4))
    return draw(gaps(n_units, n_criteria)), draw(residents(n_units))


@given(gapped())
def test_squares_equal_those_of_their_twin(drawn: Gapped) -> None:
    gap, living = drawn
    digits, weight = squares_of_gaps(gap, living)
    wanted = reference.squares_of_gaps(gap.tolist(), living.tolist(), gap.shape[1])
    whole = [sum(digit << (LIMB_BITS * place) for place, digit in enumerate(row)) for row in digits.tolist()]
    assert ([Fraction(each, 1 << 1074) for each in whole], weight.tolist()) == wanted


@given(gapped())
def test_spread_equals_its_twin_to_the_last_bit(drawn: Gapped) -> None:
    gap, living = drawn
    assert spread_of_gaps(gap, living).tolist() == reference.spread_of_gaps(gap.tolist(), living.tolist(), gap.shape[1])


@given(gapped(), st.randoms())
def test_spread_is_the_same_in_any_order_and_added_up_from_parts(drawn: Gapped, random: Any) -> None:
    gap, living = drawn
    order = np.array(random.sample(range(len(gap)), len(gap)), dtype=np.int64)
    cut = random.randint(0, len(gap))
    parts = [squares_of_gaps(gap[part], living[part]) for part in (order[:cut], order[cut:])]
    added = [one + other for one, other in zip(*parts, strict=True)]
    assert spread_of_squares(*added).tolist() == spread_of_gaps(gap, living).tolist()


@given(st.lists(st.floats(0, 1e150), max_size=20))
def test_the_sum_of_squares_is_rounded_once(values: list[float]) -> None:
    """Against math.fsum, from the smallest numbers there are to large ones."""
    spread = spread_of_gaps(np.array(values).reshape(-1, 1), np.ones(len(values), dtype=np.int64))[0]
    wanted = math.sqrt(math.fsum(value * value for value in values) / len(values)) if values else 0.0
    assert spread == wanted


def test_a_sum_beyond_all_numbers_is_infinite() -> None:
    largest = np.array([[1e200], [1.3e154]])
    # without the JIT it is NumPy that multiplies, and would say so
    with np.errstate(over="ignore"):
        assert spread_of_gaps(largest, np.array([1, 0])).tolist() == [math.inf]
        assert spread_of_gaps(largest[1:].repeat(3, axis=0), np.array([1, 1, 1])).tolist() == [math.inf]


@given(gapped())
def test_spread_is_the_weighted_root_mean_square(drawn: Gapped) -> None:
    """Against numpy's weighted mean, whose order of adding is another."""
    gap, living = drawn
    for j, spread in enumerate(spread_of_gaps(gap, living)):
        rated = ~np.isnan(gap[:, j])
        if living[rated].sum() == 0:
            assert spread == 0
        else:
            mean = np.average(gap[rated, j] ** 2, weights=living[rated])
            assert math.isclose(spread, math.sqrt(mean), rel_tol=1e-9, abs_tol=1e-150)


@pytest.mark.long
@given(gapped(), st.data())
def test_composite_equals_its_twin_to_the_last_bit(drawn: Gapped, data: Any) -> None:
    gap = drawn[0]
    spread = data.draw(hnp.arrays(np.float64, gap.shape[1], elements=SPREADS))
    weight = data.draw(hnp.arrays(np.float64, gap.shape[1], elements=WEIGHTS))
    composite, criteria_with_rate = composite_of_gaps(gap, spread, weight)
    wanted = reference.composite_of_gaps(gap.tolist(), spread.tolist(), weight.tolist())
    np.testing.assert_array_equal(composite, np.array(wanted[0], dtype=np.float64))
    assert criteria_with_rate.tolist() == wanted[1]


@pytest.mark.long
@given(gapped())
def test_better_off_turned_worse_off_turns_the_composite(drawn: Gapped) -> None:
    gap, living = drawn
    spread, weight = spread_of_gaps(gap, living), np.ones(gap.shape[1])
    assert spread.tolist() == spread_of_gaps(-gap, living).tolist()
    composite, _ = composite_of_gaps(gap, spread, weight)
    np.testing.assert_array_equal(composite_of_gaps(-gap, spread, weight)[0], -composite)


@given(gapped())
def test_the_measure_of_a_criterion_does_not_matter(drawn: Gapped) -> None:
    """Gaps in another unit (a power of two, which loses no digit) give the same composite."""
    gap, living = drawn
    gap = np.where(np.abs(gap) < 1e-100, 0.0 * gap, gap)  # smaller ones would lose digits all the same
    weight = np.ones(gap.shape[1])
    wanted, _ = composite_of_gaps(gap, spread_of_gaps(gap, living), weight)
    found, _ = composite_of_gaps(gap * 1024, spread_of_gaps(gap * 1024, living), weight)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.long
@given(gapped(), st.randoms())
def test_the_order_of_units_moves_composites_along(drawn: Gapped, random: Any) -> None:
    gap, _ = drawn
    order = list(range(len(gap)))
    random.shuffle(order)
    spread, weight = np.ones(gap.shape[1]), np.ones(gap.shape[1])
    shuffled = np.array(order, dtype=np.int64)
    composite, _ = composite_of_gaps(gap, spread, weight)
    np.testing.assert_array_equal(composite_of_gaps(gap[shuffled], spread, weight)[0], composite[shuffled])


@given(gapped())
def test_units_that_nobody_lives_in_do_not_widen_the_spread(drawn: Gapped) -> None:
    gap, living = drawn
    with_empty = np.vstack([gap, np.full((1, gap.shape[1]), 1e3)])
    assert spread_of_gaps(with_empty, np.append(living, 0)).tolist() == spread_of_gaps(gap, living).tolist()


def test_spread_by_hand() -> None:
    """sqrt((1 * 3^2 + 3 * 1^2) / 4) over those with a rate; 0 without any."""
    gap = np.array([[3.0, np.nan], [-1.0, np.nan], [np.nan, np.nan]])
    assert spread_of_gaps(gap, np.array([1, 3, 100])).tolist() == [math.sqrt(3.0), 0.0]


def test_composite_by_hand() -> None:
    """(1 * 2/1 + 3 * 2/2) / 4; over the one with a rate; a criterion without spread scores 0; none at all."""
    gap = np.array([[2.0, 2.0, np.nan], [np.nan, 2.0, np.nan], [2.0, np.nan, 5.0], [np.nan, np.nan, np.nan]])
    composite, criteria_with_rate = composite_of_gaps(gap, np.array([1.0, 2.0, 0.0]), np.array([1.0, 3.0, 1.0]))
    np.testing.assert_array_equal(composite, [1.25, 1.0, 1.0, np.nan])
    assert criteria_with_rate.tolist() == [2, 1, 2, 0]
