"""Standard errors of rates, gaps and changes: by hand, pair by pair, by drawing again, and where the truth is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import make_areas
from goal_worlds import EAST_AREA, WEST_AREA, homes_by_pandas
from reference_chance import Person, gaps_of_draws, shared_by_pairs
from small_registers import Registers, make_registers
from udsat_geo.monitoring.chance import SURE, Chance, errors_of_figure, judged, take_chance
from udsat_geo.monitoring.measure import MeasuredYear, measure_year
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.followed import Followed, Persons

KBH = load_policy("kbh-2017").policy
NAN = float("nan")


def key_of(text: str) -> int:
    """A number that stands for a key, as a hash does."""
    return int.from_bytes(text.encode().rjust(8, b"\0")[-8:], "big")


def year_of(people: Sequence[Person], with_keys: bool = True) -> MeasuredYear:
    """A year of one criterion, places 0 (inside) and 1 (outside)."""
    place = {one.dwelling: 0 if one.inside else 1 for one in people}
    dwellings = sorted(place, key=key_of)
    number = {dwelling: i for i, dwelling in enumerate(dwellings)}
    y, x = (np.zeros((len(dwellings), 1), dtype=np.int64) for _ in range(2))
    for one in people:
        y[number[one.dwelling]] += one.has
        x[number[one.dwelling]] += 1
    named = sorted((one for one in people if one.key is not None), key=lambda one: key_of(str(one.key)))
    persons = Persons(
        np.array([key_of(str(one.key)) for one in named], dtype=np.uint64),
        np.array([number[one.dwelling] for one in named], dtype=np.int64),
        np.array([[one.has] for one in named], dtype=np.int8).reshape(-1, 1),
        np.ones((len(named), 1), dtype=np.int8),
    )
    followed = Followed(
        np.array([key_of(dwelling) for dwelling in dwellings], dtype=np.uint64),
        np.array([place[dwelling] for dwelling in dwellings], dtype=np.int64),
        x[:, 0],
        y,
        x,
        np.ones(1, dtype=np.int64),
        np.ones(1, dtype=np.int64),
        persons if with_keys else None,
    )
    return cast(MeasuredYear, SimpleNamespace(followed=followed, area_of_place=(np.array([0, -1]),), sets=(None,)))


def chance_of(one: Sequence[Person], other: Sequence[Person], with_keys: bool = True) -> Chance:
    return take_chance({2017: year_of(one, with_keys), 2021: year_of(other, with_keys)}, [(2017, 2021)])


def homes(first: int, has: Sequence[Sequence[int]], inside: bool) -> list[Person]:
    """Households by who of their members has it; persons have no key."""
    return [Person(None, f"D{first + i}", inside, bool(one)) for i, household in enumerate(has) for one in household]


def test_the_error_of_a_rate_by_hand() -> None:
    """Inside, 1 of 4 residents of two households: influences (1 - 2/4)/4 and (0 - 2/4)/4, times 2/1 for two."""
    people = homes(0, [[1, 0], [0, 0]], True) + homes(10, [[1], [0], [0], [0]], False)
    found = chance_of(people, people)
    assert found.of_year(2017, "areas") ** 2 == pytest.approx(2 * (1 / 64 + 1 / 64))
    # outside, four persons by themselves: p (1 - p) / (n - 1)
    assert found.of_year(2017, "rest_of_city") ** 2 == pytest.approx(0.25 * 0.75 / 3)
    assert found.of_year(2017, "gap") ** 2 == pytest.approx(1 / 16 + 1 / 16)


def test_persons_by_themselves_have_the_error_of_a_share() -> None:
    people = homes(0, [[1]] * 30 + [[0]] * 70, True) + homes(200, [[1]] * 10 + [[0]] * 190, False)
    assert chance_of(people, people).of_year(2017, "areas") ** 2 == pytest.approx(0.3 * 0.7 / 99)


def test_members_who_are_alike_count_as_one() -> None:
    """Four of a kind in each household: the error of a quarter as many persons, and no smaller one."""
    single = homes(0, [[1]] * 5 + [[0]] * 15, True)
    alike = homes(0, [[1] * 4] * 5 + [[0] * 4] * 15, True)
    rest = homes(50, [[1], [0], [0]], False)
    one, other = (chance_of(people + rest, people + rest).of_year(2021, "areas") for people in (single, alike))
    assert one == pytest.approx(other)


def test_years_of_the_same_people_differ_by_nothing() -> None:
    people = homes(0, [[1, 0], [0, 0], [1]], True) + homes(10, [[1], [0], [0]], False)
    found = chance_of(people, people)
    assert found.of_change(2017, 2021, "gap") == pytest.approx(0, abs=1e-12)
    assert judged(np.zeros(1), found.of_change(2017, 2021, "gap")) == ("undecided",)
    # half of the first gap is another figure
    assert found.of_change(2017, 2021, "gap", 0.5) == pytest.approx(found.of_year(2017, "gap") / 2)
    assert (found.overlap[2017, 2021].by, found.overlap[2017, 2021].share) == ("dwellings", 1.0)


def test_years_of_other_people_add_their_errors() -> None:
    one = homes(0, [[1, 0], [0, 0], [1]], True) + homes(10, [[1], [0], [0]], False)
    other = [dataclasses.replace(person, dwelling=f"E{person.dwelling}") for person in one]
    found = chance_of(one, other)
    assert found.overlap[2017, 2021].by == "nothing"
    assert found.of_change(2017, 2021, "gap") ** 2 == pytest.approx(2 * found.of_year(2017, "gap") ** 2)


def test_what_tells_nothing_of_chance_is_not_known() -> None:
    """One household alone, and households that are all alike."""
    rest = homes(10, [[1], [0], [0]], False)
    for inside in (homes(0, [[1, 0, 1]], True), homes(0, [[0], [0], [0, 0]], True)):
        found = chance_of(inside + rest, inside + rest)
        assert np.isnan(found.of_year(2017, "areas")).all()
        assert np.isnan(found.of_change(2017, 2021, "gap")).all()
        assert not np.isnan(found.of_year(2017, "rest_of_city")).any()
    assert judged(np.array([-1.0, NAN]), np.array([NAN, 0.1])) == (None, None)


def test_verdicts_by_hand() -> None:
    error = np.array([0.5, 0.5, 0.5, 0.5])
    assert judged(np.array([-1.0, -0.9, 0.9, 1.0]), error) == ("improved", "undecided", "undecided", "worse")


def town(rng: np.random.Generator, n_dwellings: int) -> list[Person]:
    """People by dwelling, alike within it, the first half of the dwellings inside."""
    people = []
    for i in range(n_dwellings):
        inside, kind = i < n_dwellings // 2, rng.random()
        chance = 0.9 if kind < (0.4 if inside else 0.2) else 0.1
        people += [Person(f"P{i}.{k}", f"D{i}", inside, bool(rng.random() < chance)) for k in range(rng.integers(1, 5))]
    return people


def later(people: Sequence[Person], rng: np.random.Generator) -> list[Person]:
    """Some leave, some change, and some move to the dwelling of another."""
    at = {one.dwelling: one.inside for one in people}
    dwellings, after = list(at), []
    for one in people:
        if rng.random() < 0.2:
            one = dataclasses.replace(one, key=f"N{one.key}", has=bool(rng.random() < 0.3))
        if rng.random() < 0.3:
            dwelling = dwellings[rng.integers(len(dwellings))]
            one = dataclasses.replace(one, dwelling=dwelling, inside=at[dwelling])
        if rng.random() < 0.2:
            one = dataclasses.replace(one, has=not one.has)
        after.append(one)
    return after


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("with_keys", [True, False])
def test_every_pair_that_belongs_together_is_counted(seed: int, with_keys: bool) -> None:
    rng = np.random.default_rng(seed)
    one = town(rng, 40)
    other = later(one, rng)
    found = chance_of(one, other, with_keys)
    if not with_keys:
        one, other = ([dataclasses.replace(person, key=None) for person in people] for people in (one, other))
    variances = (
        shared_by_pairs([dataclasses.replace(each, key=None) for each in one], one),
        shared_by_pairs([dataclasses.replace(each, key=None) for each in other], other),
    )
    assert found.of_year(2017, "gap")[0] ** 2 == pytest.approx(variances[0])
    assert found.of_year(2021, "gap")[0] ** 2 == pytest.approx(variances[1])
    for share in (1.0, 0.5):
        wanted = variances[1] + share**2 * variances[0] - 2 * share * shared_by_pairs(one, other)
        assert found.of_change(2017, 2021, "gap", share)[0] ** 2 == pytest.approx(wanted)


def test_households_drawn_again_and_again_say_the_same() -> None:
    rng = np.random.default_rng(5)
    one = town(rng, 300)
    other = [dataclasses.replace(each, has=each.has if rng.random() < 0.8 else not each.has) for each in one]
    found = chance_of(one, other, with_keys=False)
    gaps = gaps_of_draws([one, other], 4000, 1)
    for errors, drawn in (
        (found.of_year(2017, "gap"), gaps[:, 0]),
        (found.of_year(2021, "gap"), gaps[:, 1]),
        (found.of_change(2017, 2021, "gap"), gaps[:, 1] - gaps[:, 0]),
        (found.of_change(2017, 2021, "gap", 0.5), gaps[:, 1] - 0.5 * gaps[:, 0]),
    ):
        assert errors[0] == pytest.approx(drawn.std(), rel=0.05)


def test_a_ratio_lies_where_what_is_left_of_the_gap_is_not_told_from_nothing() -> None:
    """By its definition: at both ends the gap less that much of the first one is just `SURE` errors from 0."""
    rng = np.random.default_rng(8)
    one = homes(0, [[1]] * 60 + [[0]] * 40, True) + homes(200, [[1]] * 20 + [[0]] * 180, False)
    other = [dataclasses.replace(each, has=each.has if rng.random() < 0.8 else not each.has) for each in one]
    found = chance_of(one, other)
    before, now = (np.array([share_inside(year) - share_outside(year)]) for year in (one, other))
    ends = found.of_ratio(2017, 2021, before, now)[:, 0]
    assert ends[0] < now / before < ends[1]
    for end, turn in zip(ends, (1, -1), strict=True):
        assert (now - end * before) / found.of_change(2017, 2021, "gap", end) == pytest.approx(turn * SURE)


def share_inside(people: Sequence[Person]) -> float:
    return float(np.mean([one.has for one in people if one.inside]))


def share_outside(people: Sequence[Person]) -> float:
    return float(np.mean([one.has for one in people if not one.inside]))


@pytest.mark.long
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Rounds of a city whose people stay, change, move and are replaced, made anew 400 times: singles, so nothing is
    left out; of what moves the gap nothing has changed, and 95 of 100 verdicts say so."""
    rng = np.random.default_rng(11)
    errors, changes = [], []
    for _number in range(400):
        n = 240
        inside = np.arange(n) < 100
        had = rng.random(n) < np.where(inside, 0.35, 0.2)
        one = [Person(f"P{i}", f"D{i}", bool(inside[i]), bool(had[i])) for i in range(n)]
        # a third of each side change homes within it, and a third of all are others now
        home = np.arange(n)
        for side in (inside, ~inside):
            movers = rng.choice(np.flatnonzero(side), side.sum() // 3, replace=False)
            home[movers] = movers[rng.permutation(len(movers))]
        new = rng.random(n) < 1 / 3
        has = np.where(new, rng.random(n) < np.where(inside, 0.35, 0.2), had)
        other = [Person(f"N{i}" if new[i] else f"P{i}", f"D{home[i]}", bool(inside[i]), bool(has[i])) for i in range(n)]
        errors.append(chance_of(one, other).of_change(2017, 2021, "gap")[0])
        changes.append(share_inside(other) - share_outside(other) - share_inside(one) + share_outside(one))
    assert np.mean(np.square(errors)) == pytest.approx(np.var(changes), rel=0.15)
    within = np.abs(changes) <= SURE * np.array(errors)
    assert 0.92 <= within.mean() <= 0.98


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_a_change_is_never_known_worse_than_of_other_people_where_people_stay(seed: int) -> None:
    """And half of the first gap comes off with half of its error at most."""
    rng = np.random.default_rng(seed)
    one = town(rng, 20)
    found = chance_of(one, one)
    v = found.of_year(2017, "gap") ** 2
    if np.isnan(v).any():
        return
    assert (found.of_change(2017, 2021, "gap") ** 2 <= 2 * v + 1e-12).all()
    assert (found.of_change(2017, 2021, "gap", 0.5) ** 2 <= 1.25 * v + 1e-12).all()


def test_a_gap_that_is_none_for_certain_has_no_share() -> None:
    people = homes(0, [[1], [0], [1]], True) + homes(10, [[1], [0], [0]], False)
    found = chance_of(people, people)
    assert np.isnan(found.of_ratio(2017, 2021, np.array([1 / 3]), np.array([1 / 3]))).all()


def test_what_pairs_leave_less_than_nothing_is_not_known() -> None:
    """Partners who cancel out part and find others: each person goes with itself, and no household has an error."""

    def couples(shift: int) -> list[Person]:
        rest = homes(50, [[1], [0], [0], [1]], False)
        pairs = [
            (Person(f"A{i}", f"{shift}D{i}", True, True), Person(f"B{i}", f"{shift}D{(i + shift) % 8}", True, False))
            for i in range(8)
        ]
        # one household makes it more than none
        return [*(one for pair in pairs for one in pair), Person("C", f"{shift}D9", True, True), *rest]

    found = chance_of(couples(0), couples(1))
    assert (found.of_year(2017, "areas") > 0).all()
    # never more than both errors multiplied, so that what is left is not below nothing
    most = found.of_year(2017, "areas") * found.of_year(2021, "areas")
    assert (np.abs(found.covariance[2017, 2021][0, 0]) <= most * (1 + 1e-12)).all()
    assert found.of_change(2017, 2021, "areas") >= 0
    below = dataclasses.replace(found, covariance={(2017, 2021): np.full((2, 2, 1), 10.0)})
    assert np.isnan(below.of_change(2017, 2021, "areas")).all()


def test_errors_of_a_figure_stand_in_its_unit() -> None:
    """The lag behind the city is that behind the rest times the rest's share of the city, in each year."""
    rng = np.random.default_rng(3)
    one = town(rng, 40)
    found = chance_of(one, later(one, rng))
    plain = errors_of_figure(found, 0, 100)
    assert plain.areas[2017] == pytest.approx(100 * found.of_year(2017, "areas")[0])
    assert plain.rest[2021] == pytest.approx(100 * found.of_year(2021, "rest_of_city")[0])
    assert plain.moved[2017, 2021] == pytest.approx(100 * found.of_change(2017, 2021, "areas")[0])
    lag = errors_of_figure(found, 0, 100, {2017: 0.8, 2021: 0.6})
    gap = found.of_year(2017, "gap")[0], found.of_year(2021, "gap")[0]
    shared = (gap[0] ** 2 + gap[1] ** 2 - found.of_change(2017, 2021, "gap")[0] ** 2) / 2
    wanted = 0.8**2 * gap[0] ** 2 + 0.6**2 * gap[1] ** 2 - 2 * 0.8 * 0.6 * shared
    assert (lag.moved[2017, 2021] / 100) ** 2 == pytest.approx(wanted)
    unknown = errors_of_figure(dataclasses.replace(found, variance=np.full((2, 2, 1), NAN)), 0)
    assert (unknown.areas, unknown.rest, unknown.moved) == ({}, {}, {})


# --- from registers -----------------------------------------------------------------------------------------

AREAS = (WEST_AREA, EAST_AREA)


def with_persons(made: Registers, seed: int) -> Registers:
    """Persons with keys, a few empty."""
    n = made.residents.num_rows
    rng = np.random.default_rng(seed)
    keys: list[str | None] = [None if rng.random() < 0.05 else f"P{i}" for i in range(n)]
    return dataclasses.replace(made, residents=made.residents.append_column("person_id", pa.array(keys, pa.string())))


def moved_on(made: Registers, seed: int) -> Registers:
    """The same persons later: some in other dwellings, some of another origin."""
    rng = np.random.default_rng(seed)
    people = made.residents.to_pandas()
    moved = rng.random(len(people)) < 0.3
    people.loc[moved, "dwelling_id"] = [f"D{i}" for i in rng.integers(0, made.dwellings.num_rows, moved.sum())]
    changed = rng.random(len(people)) < 0.2
    people.loc[changed, "origin"] = "danish"
    schema = made.residents.schema
    return dataclasses.replace(made, residents=pa.Table.from_pandas(people, schema, preserve_index=False))


def origins(made: Registers) -> list[Person]:
    """Whom the criterion of origin counts, by pandas."""
    _homes, people = homes_by_pandas(made, AREAS)
    known = people[people["origin"].notna()]
    twice = known["person_id"].duplicated(keep=False) | known["person_id"].isna()
    return [
        Person(None if alone else str(key), str(dwelling), area >= 0, origin == "non_western")
        for key, dwelling, area, origin, alone in zip(
            known["person_id"], known["dwelling_id"], known["area"], known["origin"], twice, strict=True
        )
    ]


@pytest.mark.long
def test_registers_are_followed_by_person_and_dwelling(tmp_path: Path) -> None:
    """Also by keys that are numbers in one year, with rows in another order."""
    years: dict[int, Any] = {2017: with_persons(make_registers(2, n_addresses=60, n_residents=300), 1)}
    years[2021] = moved_on(years[2017], 3)
    for name, made in (("a", years), ("b", {year: made.shuffled(7) for year, made in years.items()})):
        for year in made:
            made[year].write(tmp_path / name / str(year))
    found = {
        name: take_chance(
            {y: measure_year(tmp_path / name / str(y), KBH, [make_areas(AREAS)], year=y, follow=True) for y in years},
            [(2017, 2021)],
        )
        for name in ("a", "b")
    }
    np.testing.assert_array_equal(found["a"].variance, found["b"].variance)
    np.testing.assert_array_equal(found["a"].covariance[2017, 2021], found["b"].covariance[2017, 2021])
    j = KBH.keys.index("non_western_origin")
    one, other = origins(years[2017]), origins(years[2021])
    alone = [[dataclasses.replace(each, key=None) for each in people] for people in (one, other)]
    before, after = (shared_by_pairs(people, people) for people in alone)
    assert found["a"].of_year(2017, "gap")[j] ** 2 == pytest.approx(before)
    assert found["a"].of_year(2021, "gap")[j] ** 2 == pytest.approx(after)
    wanted = before + after - 2 * shared_by_pairs(one, other)
    assert found["a"].of_change(2017, 2021, "gap")[j] ** 2 == pytest.approx(wanted)
    assert found["a"].overlap[2017, 2021].by == "persons"


@pytest.mark.long
def test_dwelling_area_has_the_error_of_its_dwellings(tmp_path: Path) -> None:
    made = make_registers(4, n_addresses=60, n_residents=300)
    made.write(tmp_path)
    measured = measure_year(tmp_path, KBH, [make_areas(AREAS)], follow=True)
    found = take_chance({2021: measured}, [])
    assert found.overlap == {}
    counted, _people = homes_by_pandas(made, AREAS)
    counted["living"] = counted["dwelling_id"].map(made.residents.to_pandas()["dwelling_id"].value_counts()).fillna(0)
    inside = counted[counted["living"].between(1, 15) & counted["area_m2"].between(10, 1000) & (counted["area"] >= 0)]
    rate = inside["area_m2"].sum() / inside["living"].sum()
    n = len(inside)
    squares = ((inside["area_m2"] - rate * inside["living"]) ** 2).sum() * n / (n - 1)
    wanted = squares / inside["living"].sum() ** 2
    assert found.of_year(2021, "areas")[0] ** 2 == pytest.approx(wanted, rel=1e-6)


@pytest.mark.long
def test_areas_that_follow_are_compared_within_the_year(tmp_path: Path) -> None:
    """The same areas differ by nothing; other ones by the households that are in one of them alone."""
    make_registers(4, n_addresses=60, n_residents=300).write(tmp_path)
    same = measure_year(tmp_path, KBH, [make_areas(AREAS), make_areas(AREAS)], follow=True)
    assert take_chance({2021: same}, []).of_difference == pytest.approx(np.zeros(5))
    apart = measure_year(tmp_path, KBH, [make_areas(AREAS[:1]), make_areas(AREAS[1:])], follow=True)
    found = take_chance({2021: apart}, [])
    other = take_chance({2021: measure_year(tmp_path, KBH, [make_areas(AREAS[1:])], follow=True)}, [])
    both = found.of_year(2021, "areas") ** 2 + other.of_year(2021, "areas") ** 2
    assert found.of_difference == pytest.approx(both, nan_ok=True)
