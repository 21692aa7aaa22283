"""The rule behind given areas: every setting against areas formed one by one, and what the best is held against."""

from __future__ import annotations

import dataclasses
from itertools import chain, combinations, product
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import make_areas, make_cell_units, make_policy
from udsat_geo.analysis.infer import (
    City,
    Given,
    Parts,
    Tried,
    best_of_whole_units,
    best_threshold,
    choose,
    equally_good,
    hold,
    hold_out,
    lay_elsewhere,
    parts_of,
    try_all,
)
from udsat_geo.analysis.space import CORE, EDGE, LEAST, LEFT_OUT, Space, default_space, formations, policy_at
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.forming import form_areas
from udsat_geo.designation.surroundings import Surroundings
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import score_units
from udsat_geo.units.edges import find_edges
from udsat_geo.units.places import Places
from udsat_geo.units.units import Units

POLICY = make_policy(
    ("high", "low", "high"),
    context={"method": "nearest", "residents": 20, "reach": 300},
    rule={"core": 0.6, "edge": 0.2, "criteria": 1},
    areas={"residents": 20, "holes": 2},
)
SPACE = Space(
    "small",
    ("context.residents", LEFT_OUT, "weights.c1", EDGE, "rule.criteria", CORE, LEAST),
    ((0, 20, 60), ((), ("c0",), ("c1",)), (1.0, 3.0), (-0.2, 0.2, 0.6), (0, 1, 3), (0.2, 0.6, 0.9), (0, 20, 60)),
    (1, 0, 0, 1, 1, 1, 1),
)


def town(seed: int, width: int = 7) -> Units:
    """A square town, some cells of which are empty, some without a rate."""
    chance = np.random.default_rng(seed)
    cells = [cell for cell in product(range(width), range(width)) if chance.random() < 0.9]
    residents = chance.integers(0, 15, len(cells))
    base = np.minimum(residents[:, None], chance.integers(0, 15, (len(cells), 3)))
    return make_cell_units(cells, residents.tolist(), chance.binomial(base, chance.random((len(cells), 1))), base)


def city_of(units: Units, inside: np.ndarray, n_parts: int = 3) -> City:
    """Whoever is inside lives in one of two areas, by the row of the cell."""
    assert units.row is not None
    unit = np.flatnonzero(inside)
    areas = make_areas([shapely.box(0, 0, 1, 1)] * 2)
    held = Given(areas, unit, units.row[unit] % 2, inside[unit])
    part = np.arange(len(units), dtype=np.int64) % n_parts
    return City(units, Surroundings(), held, Parts(False, tuple("abc"[:n_parts]), part))


def drawn_by(units: Units, policy: Policy) -> np.ndarray:
    """The area of each unit by the rooms below."""
    edges = find_edges(units, policy)
    return form_areas(units, score_units(units, policy, edges), edges, policy).area_of_unit


def tried(
    city: City, space: Space = SPACE, elsewhere: np.ndarray | None = None, policy: Policy = POLICY
) -> tuple[Tried, np.ndarray]:
    none = np.zeros((len(city.units), 0), dtype=np.int64)
    asked = formations(space, policy)
    return try_all(city, space, asked, none if elsewhere is None else elsewhere, lambda _step: None, "en")


def ratio(residents: np.ndarray, inside: np.ndarray, chosen: np.ndarray) -> float:
    """Residents in both over residents in either."""
    both, either = int(inside[chosen].sum()), int(inside.sum() + (residents - inside)[chosen].sum())
    return both / either if either else 0.0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_every_setting_is_as_areas_formed_one_by_one(seed: int) -> None:
    units = town(seed)
    inside = np.random.default_rng(seed + 100).binomial(units.residents, 0.4)
    elsewhere = lay_elsewhere(units, np.array([30, 60]), 2)
    city = city_of(units, inside)
    found, chance = tried(city, elsewhere=elsewhere)
    reached, best_by_chance = found.overlap(), np.zeros(2)
    every = [tuple(place) for place in found.place.tolist()]
    assert len(set(every)) == len(every)
    for row in range(seed, len(every), 23):
        policy = policy_at(POLICY, SPACE.at(every[row]))
        area = drawn_by(units, policy)
        assert found.areas[row] == area.max(initial=-1) + 1
        for part in range(3):
            here = (area >= 0) & (city.parts.of_unit == part)
            assert (found.shared[row, part], found.drawn[row, part]) == (
                inside[here].sum(),
                units.residents[here].sum(),
            )
        assert reached[row] == ratio(units.residents, inside, area >= 0)
        for draw in range(2):
            there = ratio(units.residents, elsewhere[:, draw], area >= 0)
            best_by_chance[draw] = max(best_by_chance[draw], there)
    assert (chance >= best_by_chance).all()


@pytest.mark.parametrize("neighbours", ["none", "rook"])
def test_without_a_composite_criteria_alone_decide(neighbours: str) -> None:
    policy = make_policy(
        ("high", "low", "high"),
        score={"method": "none"},
        rule={"criteria": 2, "require": ["c0"]},
        areas={"residents": 8, "neighbours": neighbours},
    )
    units, space = town(3), default_space(policy)
    inside = np.random.default_rng(3).binomial(units.residents, 0.4)
    found, _chance = tried(city_of(units, inside), space, policy=policy)
    assert space.keys == (LEFT_OUT, "rule.criteria", CORE, LEAST)
    drawn = set()
    for row, place in enumerate(found.place.tolist()):
        area = drawn_by(units, policy_at(policy, space.at(place)))
        assert found.areas[row] == area.max(initial=-1) + 1
        assert found.overlap()[row] == ratio(units.residents, inside, area >= 0)
        drawn.add(int(found.areas[row]))
    assert len(drawn) > 3


@pytest.mark.long
def test_all_that_goes_together_is_tried_and_nothing_else() -> None:
    """Edge above core, more criteria than are left, and another weight of what is left out go together with nothing."""
    found, _chance = tried(city_of(town(0), town(0).residents))
    wanted = set()
    for place in product(*(range(len(values)) for values in SPACE.values)):
        values = SPACE.at(place)
        left_out = values[LEFT_OUT]
        again = left_out == ("c1",) and values["weights.c1"] != 1.0
        if values[EDGE] <= values[CORE] and values["rule.criteria"] <= 3 - len(left_out) and not again:  # type: ignore
            wanted.add(place)
    assert {tuple(place) for place in found.place.tolist()} == wanted


@pytest.mark.long
@settings(deadline=None, max_examples=5)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_settings_that_drew_the_areas_are_among_the_best(seed: int, number: int) -> None:
    units = town(seed, 6)
    every, _chance = tried(city_of(units, units.residents))
    true = number % len(every)
    inside = np.where(drawn_by(units, policy_at(POLICY, SPACE.at(every.place[true].tolist()))) >= 0, units.residents, 0)
    if not inside.any():
        return
    found, _chance = tried(city_of(units, inside))
    reached = found.overlap()
    assert reached[true] == 1.0
    assert equally_good(reached, 0.0)[true]
    best = choose(reached, found, SPACE)
    assert reached[best] == 1.0
    assert hold_out(found, SPACE, best).in_all <= 1.0


def test_of_several_best_the_one_nearest_to_the_policy_is_taken() -> None:
    place = np.array([[0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 1, 1, 1, 2], [1, 0, 0, 1, 2, 2, 2], [1, 0, 0, 1, 1, 2, 1]])
    every = Tried(place.astype(np.int16), np.zeros((4, 1)), np.zeros((4, 1)), np.zeros(4), np.ones(1))
    assert choose(np.array([0.5, 0.5, 0.5, 0.5]), every, SPACE) == 1
    assert choose(np.array([0.5, 0.4, 0.5, 0.4]), every, SPACE) == 2
    assert choose(np.array([0.5, 0.4, 0.4, 0.4]), every, SPACE) == 0


def test_each_part_is_drawn_by_settings_chosen_without_it() -> None:
    """Two settings, each best in one part: whatever is chosen for a part is what the other part wants."""
    shared = np.array([[10, 0], [0, 10]])
    every = Tried(np.zeros((2, 7), dtype=np.int16), shared, shared, np.ones(2, dtype=np.int64), np.array([10, 10]))
    found = hold_out(every, SPACE, 0)
    assert found.chosen.tolist() == [1, 0]
    assert found.of_part.tolist() == [0.0, 0.0]
    assert found.of_best.tolist() == [1.0, 0.0]
    assert found.in_all == 0.0


# --- what it is held against --------------------------------------------------------------------------------------


def subsets(n: int) -> Any:
    return chain.from_iterable(combinations(range(n), size) for size in range(n + 1))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from((-1.0, 0.5, 2.0, np.nan))), max_size=7))
def test_one_threshold_and_the_best_whole_units_by_trying_all(rows: list[tuple[int, int, float]]) -> None:
    residents = np.array([a + b for a, b, _c in rows], dtype=np.int64)
    inside = np.array([a for a, _b, _c in rows], dtype=np.int64)
    composite = np.array([c for _a, _b, c in rows], dtype=np.float64)
    every = [ratio(residents, inside, np.array(chosen, dtype=np.int64)) for chosen in subsets(len(rows))]
    assert best_of_whole_units(inside, residents) == max(every)
    threshold, reached = best_threshold(composite, inside, residents)
    known = [value for value in composite.tolist() if value == value]
    if not known:
        assert threshold != threshold
        return
    assert reached == max(ratio(residents, inside, composite >= value) for value in known)
    assert reached == ratio(residents, inside, composite >= threshold)


def test_areas_elsewhere_are_as_large_hold_together_and_do_not_overlap() -> None:
    units = town(4, 9)
    sizes = np.array([40, 0, 25])
    found = lay_elsewhere(units, sizes, 30)
    assert (found == lay_elsewhere(units, sizes, 30)).all()
    assert ((found == 0) | (found == units.residents[:, None])).all()
    assert (found.sum(axis=0) >= 65).all()
    # the last cell of each takes it over its size
    assert (found.sum(axis=0) < 65 + 2 * units.residents.max()).all()
    assert len(np.unique(found, axis=1).T) > 20


def test_areas_elsewhere_end_where_everybody_is_in_one() -> None:
    units = make_cell_units([(0, 0), (0, 1), (5, 5)], [3, 4, 5])
    assert lay_elsewhere(units, np.array([100, 100]), 2).T.tolist() == [[3, 4, 5]] * 2


# --- districts and parts ------------------------------------------------------------------------------------------


def test_a_city_without_districts_is_cut_into_parts_of_as_many_residents() -> None:
    units = make_cell_units(list(product(range(16), range(16))), [3] * 256)
    parts = parts_of(units, None, "en")
    assert not parts.are_districts
    assert parts.name[:2] == ("part 1", "part 2")
    assert np.bincount(parts.of_unit).tolist() == [32] * 8
    for part in range(8):
        assert units.row is not None
        assert units.col is not None
        row, col = units.row[parts.of_unit == part], units.col[parts.of_unit == part]
        assert (np.ptp(row) + 1) * (np.ptp(col) + 1) == 32


def test_few_units_make_few_parts() -> None:
    units = make_cell_units([(0, 0), (0, 1), (3, 0)], [1, 50, 1])
    assert parts_of(units, None, "en").of_unit.tolist() == [0, 0, 1]
    assert parts_of(make_cell_units([(0, 0)], [4]), None, "en").name == ("part 1",)


def test_districts_are_the_parts_and_what_lies_in_none_is_one() -> None:
    units = make_cell_units([(0, 0), (0, 1), (0, 9)], [1, 1, 1])
    boxes = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    named = np.array(["West", "East"], dtype=object)
    parts = parts_of(units, Places(named, np.array([True, True]), boxes), "en")
    assert parts.are_districts
    assert [parts.name[part] for part in parts.of_unit] == ["West", "East", "in no district"]


# --- who lives in given areas -------------------------------------------------------------------------------------

STREET = make_cell_units([(0, col) for col in range(4)], [10, 20, 30, 0])


def areas_at(*boxes: tuple[float, float]) -> AreaSet:
    return make_areas([shapely.box(west, 0, east, 100) for west, east in boxes])


def test_units_stand_at_a_point_inside_them() -> None:
    held, notes = hold(areas_at((0, 140), (140, 260)), STREET, None, "en")
    assert held.of_area.tolist() == [10, 20 + 30]
    assert held.of_unit(4).tolist() == [10, 20, 30, 0]
    assert notes == ()


def test_addresses_part_a_unit_that_a_border_cuts() -> None:
    easting, northing = np.array([50.0, 110.0, 190.0, 250.0, 999.0]), np.full(5, 50.0)
    points = (easting, northing, np.array([10, 12, 8, 30, 7]), np.array(list("abcde"), dtype=object))
    held, _notes = hold(areas_at((0, 140), (140, 180), (180, 200)), STREET, points, "en")
    assert held.of_area.tolist() == [22, 0, 8]
    assert held.of_unit(4).tolist() == [10, 20, 0, 0]
    assert list(zip(held.unit.tolist(), held.area.tolist(), held.residents.tolist(), strict=True)) == [
        (0, 0, 10), (1, 0, 12), (1, 2, 8),
    ]  # fmt: skip


def test_areas_that_nobody_lives_in_are_told() -> None:
    _held, notes = hold(areas_at((0, 140), (300, 400)), STREET, None, "en")
    assert notes == ("areas: areas that nobody lives in, of which nothing can be said: A1",)


@pytest.mark.parametrize(
    ("areas", "told"),
    [
        (areas_at(), "areas: holds no areas. Name a file of areas."),
        (
            areas_at((0, 10), (9000, 9100), (20, 60)),
            "areas: area A1 lies outside the units. Check the file and its reference system.",
        ),
        (
            areas_at((310, 390), (300, 305)),
            "areas: nobody lives in any of its 2 areas. Name the registers or units of that place and year.",
        ),
    ],
    ids=["none", "elsewhere", "empty"],
)
def test_areas_that_serve_nothing_are_refused(areas: AreaSet, told: str) -> None:
    with pytest.raises(InputError) as error:
        hold(areas, STREET, None, "en")
    assert error.value.messages == (told,)


def test_scores_are_kept_for_the_settings_that_share_them() -> None:
    """Settings in any order score as they do alone."""
    units = town(5)
    city = city_of(units, units.residents)
    for residents, left_out in ((0, ("c0",)), (20, ()), (0, ()), (0, ("c0",)), (20, ("c1",))):
        policy = policy_at(POLICY, {"context.residents": residents, LEFT_OUT: left_out})
        alone = score_units(units, policy)
        found = city.scores(policy)
        for of in (lambda scores: scores, lambda scores: scores.comparators):
            for part in dataclasses.fields(of(alone)):
                one, other = (getattr(of(scores), part.name) for scores in (found, alone))
                if part.name != "comparators":
                    np.testing.assert_array_equal(one, other)
