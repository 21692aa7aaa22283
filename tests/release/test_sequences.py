"""Sets that are published one after the other: what they tell together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.ndimage import label
from scipy.optimize import linprog

from public_towns import areas_from, release_policy, town
from udsat_geo.designation.layers import Layers
from udsat_geo.messages.errors import InputError
from udsat_geo.release.audit import Region, atoms_of
from udsat_geo.release.ledger import Ledger, check_ledger, safe_set, with_release
from udsat_geo.release.policy import ReleasePolicy
from udsat_geo.release.public import PublicSet

SALT = b"s" * 32


def publish(ledger: Ledger, layers: Layers, policy: ReleasePolicy) -> tuple[Ledger, PublicSet]:
    salt = SALT if policy.counts.most_noise else None
    check_ledger(ledger, layers, policy, salt, "the ledger")
    found, _left_out = safe_set(layers, policy, ledger, salt)
    return with_release(ledger, layers, policy, found, salt), found


def numbers_left(regions: tuple[Region, ...]) -> Iterator[float]:
    """Of each group of cells, how many numbers of residents are possible: every program solved, none spared."""
    atoms, of_region = atoms_of(regions)
    counts = np.zeros((len(regions), len(atoms)))
    for number, members in enumerate(of_region):
        counts[number, members] = 1
    most = [region.most for region in regions] + [-region.least for region in regions]
    for place in range(len(atoms)):
        cost = np.eye(len(atoms))[place]
        low, high = (linprog(sign * cost, np.vstack([counts, -counts]), most) for sign in (1, -1))
        yield np.floor(-high.fun + 1e-6) - np.ceil(low.fun - 1e-6) + 1


@pytest.mark.long
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), noise=st.sampled_from([0, 0, 5]), sets=st.integers(1, 4))
def test_no_sequence_of_releases_leaves_fewer_numbers_than_promised(seed: int, noise: int, sets: int) -> None:
    """Towns, areas, policies and years by chance; what is refused is not published."""
    rng = np.random.default_rng(seed)
    residents = rng.integers(0, rng.choice([8, 40]), (4, 5))
    having = rng.binomial(residents, 0.4)
    composite, before = rng.normal(size=(4, 5)), None
    ledger, done = Ledger(), 0
    for _set in range(sets):
        policy = release_policy(int(rng.choice([3, 5])), 5, noise, str(rng.choice(["quadtree", "none"])))
        area = areas_from(composite + rng.normal(scale=0.3, size=(4, 5)), 0.3)
        layers = town(residents, having, area, before, int(rng.choice([2021, 2025])), policy=f"rule {_set}")
        try:
            ledger, found = publish(ledger, layers, policy)
        except InputError:
            continue
        before, done = area, done + 1
        told = [row["residents"] or 0 for row in found.content["areas"]]
        assert found.content["residents_in_areas"] == sum(told)
    least = max((release.least_persons for release in ledger.releases), default=0)
    assert len(ledger.releases) <= done
    assert all(left >= least for left in numbers_left(ledger.regions))
    of_cells: dict[tuple[object, ...], set[tuple[float, float]]] = {}
    for release in ledger.releases:
        for told_of in release.told:
            key = (release.release, *sorted(told_of.units))
            of_cells.setdefault(key, set()).add((told_of.least, told_of.most))
    assert all(len(bounds) == 1 for bounds in of_cells.values()), "the same people are told alike in every table"


def test_ten_scenarios_of_thresholds_never_cut_out_few_people() -> None:
    """Small steps of a threshold cut pieces of one to four cells out of each other's areas."""
    rng = np.random.default_rng(4)
    residents = rng.integers(1, 12, (12, 12))
    rough = np.cumsum(rng.normal(size=(12, 12)), axis=0)
    having = rng.binomial(residents, 0.4)
    thresholds = np.quantile(rough, np.linspace(0.6, 0.8, 10))
    pieces = sum(int(label((rough >= low) & (rough < high))[1]) for low, high in pairwise(thresholds.tolist()))
    assert pieces > 20
    ledger, refused, inside = Ledger(), [], []
    for number, least in enumerate(thresholds.tolist()):
        layers = town(residents, having, areas_from(rough, least), policy=f"scenario {number}")
        try:
            ledger, _found = publish(ledger, layers, release_policy(10, 10, form="none"))
        except InputError as error:
            refused.append(str(error))
        else:
            inside.append(rough >= least)
    assert len(refused) > 5
    assert all("2025 scenario 0 (p10-10-0)" in each for each in refused[:3]), "the pair is named"
    assert all("differ in outline by a part of" in each for each in refused[:3])
    for one, other in pairwise(inside):
        parts, n_parts = label(one != other)
        assert all(residents[parts == part].sum() >= 10 for part in range(1, n_parts + 1))


def test_the_same_people_under_another_year_are_attacked_together() -> None:
    residents = np.array([[40, 40, 4]])
    having = residents // 2
    ledger, _found = publish(Ledger(), town(residents, having, np.array([[1, 1, 1]])), release_policy())
    moved = town(residents, having, np.array([[1, 1, 0]]), year=2021)
    with pytest.raises(InputError, match=r"outside all areas; 2025 small .*: area 2025-01: differ"):
        publish(ledger, moved, release_policy())
    # of other people, it is another matter
    publish(ledger, town(residents + 1, having, np.array([[1, 1, 0]]), year=2021), release_policy())


def test_rates_of_areas_are_left_out_where_two_outlines_would_give_few_people_away() -> None:
    """12 people live in the cell by which the outlines differ, all of them poor."""
    residents, having = np.array([[600, 12, 300]]), np.array([[120, 12, 60]])
    policy = release_policy(3, 3, form="none")
    ledger, first = publish(Ledger(), town(residents, having, np.array([[1, 0, 0]])), policy)
    ledger, second = publish(ledger, town(residents, having, np.array([[1, 1, 0]]), policy="other"), policy)
    assert first.content["areas"][0]["rate_poor"] == 0.2
    assert second.content["areas"][0]["rate_poor"] is None
    assert second.content["areas"][0]["withheld"] == "poor"
    assert [rate.name for rate in ledger.rates["poor"] if "area 2025-01" in rate.name] == [
        "2025 small (p3-3-0): rates: area 2025-01"
    ]


def test_near_misses_goals_and_unit_rates_never_leave() -> None:
    residents = np.array([[40, 40, 4]])
    found = publish(Ledger(), town(residents, residents // 2, np.array([[1, 0, 0]])), release_policy())[1]
    assert [layer.name for layer in found.layers] == ["public_areas", "public_status", "public_units"]
    assert set(found.layers[2].table.column_names) == {"unit_id", "residents", "class", "geom"}
