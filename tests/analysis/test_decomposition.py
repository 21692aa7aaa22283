"""Contributions to a change, against orders enumerated by hand in plain Python."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from udsat_geo.analysis.why import (
    BORDER,
    DATA,
    MOVING,
    OF_AREA_RATES,
    OF_RATES,
    OF_RESIDENTS,
    RULE,
    WITHIN,
    Decomposition,
    Parts,
    Situation,
    decompose,
    rounded_parts,
    shapley,
)

pytestmark = pytest.mark.long  # whole jobs

ROUNDING = Fraction(1, 10**12)


@st.composite
def situations(draw: DrawFn, same_rule: bool = False) -> Situation:
    """A city of up to six units and one criterion, in up to three rows."""
    n_units, n_rows = draw(st.integers(1, 6)), draw(st.integers(1, 3))

    def whole(low: int, high: int, *shape: int) -> np.ndarray:
        size = int(np.prod(shape))
        drawn = draw(st.lists(st.integers(low, high), min_size=size, max_size=size))
        return np.array(drawn, dtype=np.int64).reshape(shape)

    row_before, row_now = whole(-1, n_rows - 1, n_units), whole(-1, n_rows - 1, n_units)
    inside = whole(0, 1, 2, 2, n_units).astype(bool)
    if same_rule:
        inside[:, 1] = inside[:, 0]
    # the real designations are the ones that the rows tell of
    inside[0, 0], inside[1, 1] = row_before >= 0, row_now >= 0
    if same_rule:
        inside[0, 1], inside[1, 0] = inside[0, 0], inside[1, 1]
    return Situation(
        residents=whole(0, 9, 2, n_units),
        inside=inside,
        numerator=whole(0, 9, 2, n_units, 1),
        denominator=whole(0, 9, 2, n_units, 1),
        numerator_unit=np.array([[1], [draw(st.sampled_from([1, 10]))]], dtype=np.int64),
        denominator_unit=np.array([[draw(st.sampled_from([1, 3]))], [1]], dtype=np.int64),
        worse=np.array([draw(st.sampled_from([1.0, -1.0]))]),
        row_before=row_before,
        row_now=row_now,
        n_rows=n_rows,
    )


# --- by hand ------------------------------------------------------------------------------------------------


def by_hand(components: tuple[str, ...], value: object) -> dict[str, Fraction] | None:
    """The mean, over all orders, of what exchanging each component adds."""
    gained = {name: [] for name in components}
    for order in permutations(components):
        new: set[str] = set()
        for name in order:
            before, after = value(frozenset(new)), value(frozenset({*new, name}))  # type: ignore[operator]
            if before is None or after is None:
                return None
            gained[name].append(after - before)
            new.add(name)
    return {name: sum(steps, Fraction(0)) / len(steps) for name, steps in gained.items()}


def rate_and_count(city: Situation, unit: int, a: int, b: int) -> tuple[Fraction | None, Fraction]:
    """The unit's rate of year a (of the other year, if it has none), and its count in year b, in real units."""

    def count(year: int) -> Fraction:
        return Fraction(int(city.denominator[year, unit, 0]), int(city.denominator_unit[year, 0]))

    def rate(year: int) -> Fraction | None:
        top = Fraction(int(city.numerator[year, unit, 0]), int(city.numerator_unit[year, 0]))
        return top / count(year) if count(year) else None

    return rate(a) if rate(a) is not None else rate(1 - a), count(b)


def rate_of(city: Situation, members: list[int], a: int, b: int) -> Fraction | None:
    """The rate of some units by the rates of year a and the counts of year b."""
    top, bottom = Fraction(0), Fraction(0)
    for unit in members:
        rate, count = rate_and_count(city, unit, a, b)
        if a == b:
            # a real year: its own sums, counted or not
            top += Fraction(int(city.numerator[a, unit, 0]), int(city.numerator_unit[a, 0]))
        elif rate is not None and city.denominator[a, unit, 0]:
            top += rate * count
        else:
            top += Fraction(int(city.numerator[b, unit, 0]), int(city.numerator_unit[b, 0]))
        bottom += count
    return top / bottom if bottom else None


def parts_equal(found: Parts, wanted: dict[str, Fraction] | None) -> bool:
    if wanted is None:
        return not found.of
    return found.of.keys() == wanted.keys() and all(abs(found.of[name] - wanted[name]) <= ROUNDING for name in wanted)


def test_shapley_of_a_product_by_hand() -> None:
    """2 * 3 becomes 4 * 6: exchanging the first first adds 6 then 12, the other way round 6 then 12."""

    def value(new: frozenset[str]) -> Fraction:
        return Fraction((4 if "x" in new else 2) * (6 if "y" in new else 3))

    assert shapley(("x", "y"), value) == {"x": Fraction(9), "y": Fraction(9)}


@given(st.lists(st.integers(-9, 9), min_size=16, max_size=16), st.integers(1, 4))
def test_shapley_is_the_mean_over_all_orders(drawn: list[int], n: int) -> None:
    names = ("a", "b", "c", "d")[:n]

    def value(new: frozenset[str]) -> Fraction:
        return Fraction(drawn[sum(1 << names.index(name) for name in new)])

    found = shapley(names, value)
    assert found == by_hand(names, value)
    assert sum(found.values()) == drawn[2**n - 1] - drawn[0]  # type: ignore[union-attr]


@pytest.mark.long
@given(situations())
def test_residents_are_taken_apart_as_by_hand(city: Situation) -> None:
    found = decompose(city)
    rows: list[list[int]] = [[] for _ in range(city.n_rows + 1)]
    for unit in range(city.residents.shape[1]):
        row = city.row_now[unit] if city.row_now[unit] >= 0 else city.row_before[unit]
        rows[row if row >= 0 else city.n_rows].append(unit)
    for units, parts in zip(rows, (*found.residents, found.elsewhere), strict=True):

        def value(new: frozenset[str], units: list[int] = units) -> Fraction:
            inside = city.inside[int(DATA in new), int(RULE in new)]
            return Fraction(sum(int(city.residents[int(MOVING in new), u]) for u in units if inside[u]))

        assert parts.of == by_hand(OF_RESIDENTS, value)
        assert (parts.before, parts.now) == (value(frozenset()), value(frozenset(OF_RESIDENTS)))
    assert found.elsewhere.change == 0


@pytest.mark.long
@given(situations())
def test_rates_of_the_areas_are_taken_apart_as_by_hand(city: Situation) -> None:
    found = decompose(city)
    for parts, inside in ((found.areas[0], city.inside), (found.rest_of_city[0], ~city.inside)):

        def split(new: frozenset[str], inside: np.ndarray = inside) -> Fraction | None:
            members = np.flatnonzero(inside[int(DATA in new), int(RULE in new)]).tolist()
            return rate_of(city, members, int(WITHIN in new), int(MOVING in new))

        def joined(new: frozenset[str], inside: np.ndarray = inside) -> Fraction | None:
            members = np.flatnonzero(inside[int(BORDER in new), int(BORDER in new)]).tolist()
            return rate_of(city, members, int(WITHIN in new), int(MOVING in new))

        wanted = by_hand(OF_RATES, split)
        assert parts_equal(parts, by_hand(OF_AREA_RATES, joined) if wanted is None else wanted)


@pytest.mark.long
@given(situations())
def test_rates_of_each_area_are_taken_apart_as_by_hand(city: Situation) -> None:
    found = decompose(city)
    for row in range(city.n_rows):
        drawn = [np.flatnonzero(rows == row).tolist() for rows in (city.row_before, city.row_now)]
        drawn = [drawn[0] or drawn[1], drawn[1] or drawn[0]]

        def value(new: frozenset[str], drawn: list[list[int]] = drawn) -> Fraction | None:
            return rate_of(city, drawn[int(BORDER in new)], int(WITHIN in new), int(MOVING in new))

        assert parts_equal(found.rows[row][0], by_hand(OF_AREA_RATES, value))


# --- what holds always --------------------------------------------------------------------------------------


def all_parts(found: Decomposition) -> list[Parts]:
    rates = [*found.areas, *found.rest_of_city, *found.gap, *(parts for row in found.rows for parts in row)]
    return [*found.residents, found.elsewhere, found.in_all, *rates]


@pytest.mark.long
@given(situations())
def test_contributions_add_up_to_the_change_exactly(city: Situation) -> None:
    found = decompose(city)
    for parts in all_parts(found):
        if parts.of:
            assert sum(parts.of.values()) == parts.change
            assert (
                parts.border is None
                or parts.of.keys() == set(OF_RESIDENTS)
                or parts.border == (parts.change - parts.of[WITHIN] - parts.of[MOVING])
            )
    assert found.in_all.now == city.residents[1, city.inside[1, 1]].sum()
    assert found.in_all.before == city.residents[0, city.inside[0, 0]].sum()
    for name in OF_RESIDENTS:
        assert found.in_all.of[name] == sum(p.of[name] for p in (*found.residents, found.elsewhere))


@pytest.mark.long
@given(situations())
def test_rates_are_those_of_the_sums(city: Situation) -> None:
    found = decompose(city)
    for year, end in ((0, "before"), (1, "now")):
        members = np.flatnonzero(city.inside[year, year]).tolist()
        everyone = list(range(city.residents.shape[1]))
        rest = [unit for unit in everyone if unit not in members]
        rates = [rate_of(city, some, year, year) for some in (members, rest, everyone)]
        assert [getattr(p[0], end) for p in (found.areas, found.rest_of_city, found.city)] == rates
        gap = None if None in rates[:2] else Fraction(int(city.worse[0])) * (rates[0] - rates[1])  # type: ignore[operator]
        assert getattr(found.gap[0], end) == gap


@pytest.mark.long
@given(situations(same_rule=True))
def test_the_same_rule_contributes_nothing(city: Situation) -> None:
    found = decompose(city)
    for parts in (*found.residents, found.elsewhere, found.in_all, *found.areas, *found.rest_of_city, *found.gap):
        assert parts.of.get(RULE, 0) == 0


@pytest.mark.long
@given(situations())
def test_turned_around_every_contribution_changes_its_sign(city: Situation) -> None:
    """Whichever year is called the earlier: the contributions are the same, with the other sign."""
    turned = Situation(
        residents=city.residents[::-1],
        inside=city.inside[::-1, ::-1],
        numerator=city.numerator[::-1],
        denominator=city.denominator[::-1],
        numerator_unit=city.numerator_unit[::-1],
        denominator_unit=city.denominator_unit[::-1],
        worse=city.worse,
        row_before=city.row_now,
        row_now=city.row_before,
        n_rows=city.n_rows,
    )
    there, back = decompose(city), decompose(turned)
    for name in ("areas", "rest_of_city", "gap"):
        one, other = getattr(there, name)[0], getattr(back, name)[0]
        assert (one.before, one.now) == (other.now, other.before)
        assert parts_equal(one, {part: -value for part, value in other.of.items()} or None)
    assert there.in_all.of == {part: -value for part, value in back.in_all.of.items()}
    for one, other in zip(there.rows, back.rows, strict=True):
        assert parts_equal(one[0], {part: -value for part, value in other[0].of.items()} or None)


def test_nothing_changed_is_nothing_everywhere() -> None:
    same = np.array([[4, 5], [4, 5]], dtype=np.int64)
    inside, one, row = np.array([[[True, False]] * 2] * 2), np.ones((2, 1), dtype=np.int64), np.array([0, -1])
    sums = same[:, :, None]
    city = Situation(same, inside, sums, sums + 1, one, one, np.ones(1), row, row, 1)
    for parts in all_parts(decompose(city)):
        assert parts.change == 0
        assert not any(parts.of.values())


def test_a_change_by_hand() -> None:
    """One unit stays and one comes in; the rates of the first rise, and people move into the second.

    Old areas: unit 0 with 2 of 10. New areas: units 0 and 1 with 4 of 10 and 12 of 20. Rate 0.2 -> 16/30.
    """
    one = np.ones((2, 1), dtype=np.int64)
    city = Situation(
        residents=np.array([[10, 10], [10, 20]]),
        inside=np.array([[[True, False], [True, False]], [[True, True], [True, True]]]),
        numerator=np.array([[[2], [6]], [[4], [12]]]),
        denominator=np.array([[[10], [10]], [[10], [20]]]),
        numerator_unit=one, denominator_unit=one, worse=np.ones(1),
        row_before=np.array([0, -1]), row_now=np.array([0, 0]), n_rows=1,
    )  # fmt: skip
    found = decompose(city)
    # 10 -> 30 residents: the border brings in 10 people of before or 20 of now, 15 on average
    assert found.in_all.of == {DATA: 15, RULE: 0, MOVING: 5}
    # rates 0.2, 0.6 and 0.4, 0.6: every exchange by hand
    border = (Fraction(4, 10) - Fraction(2, 10)) * 2 + (Fraction(14, 30) - Fraction(2, 10))
    border += (Fraction(5, 10) - Fraction(4, 10)) + (Fraction(16, 30) - Fraction(4, 10)) * 2
    assert found.areas[0].of[DATA] == border / 6
    assert found.areas[0].change == Fraction(16, 30) - Fraction(2, 10)


@pytest.mark.long
@given(st.lists(st.fractions(-5, 5, max_denominator=40), min_size=1, max_size=5), st.integers(0, 2))
def test_rounded_contributions_add_up_to_the_rounded_whole(parts: list[Fraction], digits: int) -> None:
    whole = sum(parts, Fraction(0))
    rounded = rounded_parts(parts, whole, digits)
    assert sum(rounded) == round(whole, digits)
    assert all(abs(one - other) < Fraction(1, 10**digits) for one, other in zip(parts, rounded, strict=True))


def test_a_rate_of_nobody_has_no_parts() -> None:
    none = np.zeros((2, 1, 1), dtype=np.int64)
    one = np.ones((2, 1), dtype=np.int64)
    city = Situation(
        np.array([[0], [3]]), np.array([[[False]], [[True]]]).repeat(2, axis=1), none, none, one, one, np.ones(1),
        np.array([-1]), np.array([0]), 1,
    )  # fmt: skip
    found = decompose(city)
    for parts in (*found.areas, *found.rest_of_city, *found.gap, *found.rows[0]):
        assert parts.change is None
        assert not parts.of
        assert parts.border is None
    assert found.in_all.of == pytest.approx({DATA: 1.5, RULE: 0, MOVING: 1.5})
