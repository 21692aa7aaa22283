"""Cells that are added up from addresses are those that registers give, whatever their side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from small_registers import make_registers
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import read_registers
from udsat_geo.units.units import Units, cells_from_registers, cells_of_addresses

pytestmark = pytest.mark.long  # registers opened anew


WITH_A_MEDIAN = """
extends = "kbh-2017"
id = "median"
[context]
residents = 0
[[criteria]]
key = "low_income"
numerator = "disposable_income"
denominator = "1"
quantile = 0.5
worse = "low"
unit = "kr"
"""
"""The income as its median, which no sums give."""


@pytest.mark.parametrize("seed", [2, 7])
def test_cells_of_any_side(tmp_path: Path, seed: int) -> None:
    make_registers(seed, n_addresses=40, n_residents=300, span=600).write(tmp_path)
    (tmp_path / "median.toml").write_text(WITH_A_MEDIAN)
    policy = load_policy(str(tmp_path / "median.toml")).policy
    found: list[Located] = []

    def place(located: Located) -> tuple[np.ndarray, int]:
        found.append(located)
        return np.arange(len(located.easting), dtype=np.int32), len(located.easting)

    sums = read_registers(tmp_path, policy, place)
    easting, northing = found[0].easting, found[0].northing
    for side in (50, 100, 250):
        sized = policy.model_copy(update={"units": policy.units.model_copy(update={"size": side})})
        known, _sums = cells_from_registers(tmp_path, sized)
        units, unit_of_address = cells_of_addresses(sums, easting, northing, sized)
        assert_same(units, known)
        # every resident lives in the cell of the address
        held = unit_of_address >= 0
        count = np.bincount(unit_of_address[held], weights=sums.residents[held], minlength=len(units))
        assert count.tolist() == units.residents.tolist()


def assert_same(units: Units, known: Units) -> None:
    assert units.unit_id.tolist() == known.unit_id.tolist()
    for name in ("row", "col", "easting", "northing", "residents", "numerator", "denominator"):
        np.testing.assert_array_equal(getattr(units, name), getattr(known, name))
    np.testing.assert_array_equal(units.own_rates(), known.own_rates())
