"""Release policies: what a number that is told may stand for, and in which steps rates are told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.messages.errors import InputError
from udsat_geo.release.policy import BUILT_IN, CountsRule, load_release_policy, rate_step, round_counts, with_form
from udsat_geo.release.public import told_rate

OWN = """
id = "own"
source = "a test"
[counts]
least_persons = 5
round_to = 5
[units]
least_persons = 20
"""


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_policies_say_where_their_numbers_come_from(name: str) -> None:
    policy = load_release_policy(name)
    assert policy.id == name
    assert policy.source
    assert policy.counts.width >= policy.counts.least_persons
    assert with_form(policy, "none").units.form == "none"


def test_numbers_stand_to_the_nearest_ten_and_few_are_withheld() -> None:
    told = round_counts(np.array([0, 4, 14, 15, 24, 25, 1128]), CountsRule(least_persons=10, round_to=10))
    assert told.value.tolist() == [-1, -1, -1, 20, 20, 30, 1130]
    assert told.least.tolist() == [0, 0, 0, 15, 15, 25, 1125]
    assert told.most.tolist() == [14, 14, 14, 24, 24, 34, 1134]


@given(least=st.integers(2, 12), more=st.integers(0, 8))
def test_every_number_that_is_told_may_stand_for_as_many_as_promised(least: int, more: int) -> None:
    rule = CountsRule(least_persons=least, round_to=least + more)
    counts = np.arange(20 * rule.round_to - rule.round_to // 2)
    told = round_counts(counts, rule)
    assert ((told.least <= counts) & (counts <= told.most)).all()
    assert min(Counter(told.value.tolist()).values()) >= least
    assert ((told.value < 0) | (told.value >= least)).all()


def test_a_step_of_a_rate_is_never_fewer_people_than_a_number_may_stand_for() -> None:
    """Of those whom a criterion counts: half of the residents, at least."""
    policy = load_release_policy("kbh")
    assert [rate_step(n, policy) for n in (199, 200, 500, 2000, 50_000)] == [None, 0.1, 0.05, 0.01, 0.01]


@pytest.mark.parametrize(
    ("value", "residents", "is_share", "told"),
    [
        (0.3449, 2000, True, 0.34),
        (0.3449, 500, True, 0.35),
        (0.3449, 199, True, None),
        (0.014, 2000, True, None),
        (0.016, 2000, True, 0.02),
        (0.986, 2000, True, None),
        (1.0, 50_000, True, None),
        (36.84, 1000, False, 37.0),
        (213_400.0, 1000, False, 210_000.0),
    ],
)
def test_rates_as_they_are_told(value: float, residents: int, is_share: bool, told: float | None) -> None:
    """One next to nobody, or next to everybody, would tell it of each."""
    assert told_rate(value, residents, is_share, load_release_policy("kbh")) == told


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (("round_to = 5", "round_to = 3"), "could be one of 3"),
        (("round_to = 5", "round_to = 5\nmost_noise = 2"), "not both"),
        (("round_to = 5", "round_to = 1\nmost_noise = 5\nvariance = 40.0"), "variance"),
        (("least_persons = 20", "least_persons = 6"), "units.least_persons must be at least 8"),
        (("round_to = 5", "round_two = 5"), "did you mean"),
    ],
)
def test_a_policy_that_does_not_keep_what_it_promises_is_refused(
    tmp_path: Path, change: tuple[str, str], wanted: str
) -> None:
    (tmp_path / "own.toml").write_text(OWN.replace(*change), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_release_policy(str(tmp_path / "own.toml"))
    assert wanted.lower() in str(error.value).lower()


def test_a_policy_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(InputError, match="dst, eurostat-grid, kbh"):
        load_release_policy("kbhh")
