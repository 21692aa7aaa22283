"""The engine against the oracle, which was written from the contract alone and shares no code with the package."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from edge_registers import write_edge_registers, write_negative_registers
from oracle import WORSE, OracleResult, oracle_designation
from udsat_geo.areas.roles import ROLES
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.policy.rules import ContextRule, RatesRule

pytestmark = pytest.mark.long  # whole jobs


def kbh_2017(context: int = 0, size: int = 100, **rule: float) -> LoadedPolicy:
    """The built-in policy with another context, cell size and thresholds of the oracle's defaults."""
    loaded = load_policy("kbh-2017")
    policy = loaded.policy
    changed = policy.model_copy(
        update={
            "units": policy.units.model_copy(update={"size": size}),
            "context": ContextRule(residents=context, reach=1000.0),
            "rates": RatesRule(),
            "rule": policy.rule.model_copy(update={"core": 1.0, "edge": 0.5, "criteria": 3, **rule}),
            "areas": policy.areas.model_copy(update={"residents": 1000, "neighbours": "queen"}),
        }
    )
    return LoadedPolicy(policy=changed, name="kbh-2017 changed", sha256="")


def engine(folder: Path, policy: LoadedPolicy) -> Designation:
    return designate(2021, policy, Inputs(folder, None, "registers"))


def assert_equal(made: Designation, oracle: OracleResult) -> None:
    """Every number of the oracle, sums exactly, floats to the last digits."""
    units, wanted = made.units, oracle.units
    assert units.unit_id.tolist() == wanted["unit_id"].tolist()
    assert units.residents.tolist() == wanted["residents"].tolist()
    for j, key in enumerate(made.policy.policy.keys):
        for side, sums, unit in (
            ("num", units.numerator, units.numerator_unit),
            ("den", units.denominator, units.denominator_unit),
        ):
            found = [Fraction(int(value), int(unit[j])) for value in sums[:, j]]
            assert found == wanted[f"{side}_{key}"].tolist(), (side, key)
        np.testing.assert_array_equal(made.scores.rate[:, j], wanted[f"rate_{key}"].to_numpy(float), key)
        np.testing.assert_allclose(made.scores.gap[:, j], wanted[f"gap_{key}"].to_numpy(float), atol=1e-12)
    np.testing.assert_allclose(made.scores.composite, wanted["composite"].to_numpy(float), atol=1e-9)
    assert made.scores.criteria_exceeded.tolist() == wanted["criteria_exceeded"].tolist()
    assert made.scores.criteria_with_rate.tolist() == wanted["criteria_with_rate"].tolist()
    assert (made.areas.area_of_unit + 1).tolist() == wanted["area"].tolist()
    # a unit has a role in an area only; the oracle names thresholds alone
    inside = wanted["area"].to_numpy() > 0
    roles = np.where(inside, wanted["role"].to_numpy(str), "outside")
    assert [ROLES[role] for role in made.areas.role] == roles.tolist()
    status = oracle.status.set_index("criterion").loc[list(made.policy.policy.keys)]
    for column in ("areas", "rest_of_city", "city", "gap"):
        np.testing.assert_allclose(getattr(made.status, column), status[column].to_numpy(float), rtol=1e-12)
    counts = {"residents_with_impossible_age": "ages_impossible"}
    for name, value in made.counts.items():
        if counts.get(name, name) in oracle.counts:
            assert value == oracle.counts[counts.get(name, name)], name


ALL_EDGES = itertools.product((0, 1, 2), (False, True), (0, 500))
QUICK_EDGES = ((0, False, 500), (0, True, 0))
"""Both kinds of origin and both contexts, once each."""


@pytest.mark.parametrize(
    ("seed", "origin_codes", "context"),
    [case if case in QUICK_EDGES else pytest.param(*case, marks=pytest.mark.long) for case in ALL_EDGES],
)
def test_the_engine_agrees_on_every_edge(tmp_path: Path, seed: int, origin_codes: bool, context: int) -> None:
    write_edge_registers(tmp_path, seed, origin_codes)
    oracle = oracle_designation(tmp_path, context_residents=context)
    made = engine(tmp_path, kbh_2017(context))
    assert set(made.policy.policy.keys) == set(WORSE)
    assert_equal(made, oracle)
    if context == 0:
        assert made.areas.residents.tolist() == [1632, 1000, 1000]


@pytest.mark.parametrize("size", [*(pytest.param(size, marks=pytest.mark.long) for size in (50, 100)), 1000])
def test_the_engine_agrees_at_any_cell_size(tmp_path: Path, size: int) -> None:
    write_edge_registers(tmp_path)
    assert_equal(engine(tmp_path, kbh_2017(300, size)), oracle_designation(tmp_path, size, context_residents=300))


def test_the_engine_reads_the_danish_dialect_alike(tmp_path: Path) -> None:
    write_edge_registers(tmp_path, files="csv")
    made = engine(tmp_path, kbh_2017())
    assert_equal(made, oracle_designation(tmp_path / "twin"))
    assert "semikolonsepareret, Latin-1, decimalkomma" in made.notes[0]


def test_positions_west_of_the_origin(tmp_path: Path) -> None:
    write_negative_registers(tmp_path)
    made = engine(tmp_path, kbh_2017())
    assert_equal(made, oracle_designation(tmp_path))
    assert any("-" in unit for unit in made.units.unit_id)
