"""Households and persons one by one: what they add up to, and which of them two years share."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from small_registers import Registers, make_registers
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.households import Households, read_households, read_persons
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import read_registers

pytestmark = pytest.mark.long  # registers opened anew

POLICY = load_policy("kbh-2017").policy


def one_place(located: Located) -> tuple[np.ndarray, int]:
    return np.zeros(len(located.easting), dtype=np.int32), 1


def with_persons(made: Registers, start: int = 0) -> Registers:
    ids = pa.array([f"P{start + i}" for i in range(made.residents.num_rows)])
    return dataclasses.replace(made, residents=made.residents.append_column("person_id", ids))


def read(made: Registers, folder: Path, with_members: bool = True) -> Households:
    made.write(folder)
    return read_households(folder, POLICY, one_place, with_members=with_members)


@pytest.mark.parametrize("reader", [read_households, read_persons])
@pytest.mark.parametrize("keys", [True, False])
def test_they_add_up_to_what_the_registers_do(tmp_path: Path, reader: Callable[..., Households], keys: bool) -> None:
    made = with_persons(make_registers(3)) if keys else make_registers(3)
    made.write(tmp_path)
    whole, found = read_registers(tmp_path, POLICY, one_place), reader(tmp_path, POLICY, one_place)
    assert found.numerator.sum(axis=0).tolist() == whole.numerator[0].tolist()
    assert found.denominator.sum(axis=0).tolist() == whole.denominator[0].tolist()
    assert found.numerator_unit.tolist() == whole.numerator_unit.tolist()
    assert len(set(found.key.tolist())) == len(found)


@pytest.mark.parametrize("reader", [read_households, read_persons])
def test_no_order_of_rows_changes_what_a_key_stands_for(tmp_path: Path, reader: Callable[..., Households]) -> None:
    rows = []
    for place, made in enumerate((make_registers(4), make_registers(4).shuffled(9))):
        made.write(tmp_path / str(place))
        found = reader(tmp_path / str(place), POLICY, one_place)
        rows.append(sorted(zip(found.key.tolist(), found.numerator.tolist(), found.denominator.tolist(), strict=True)))
    assert rows[0] == rows[1]


def test_households_go_on_where_one_of_them_stays(tmp_path: Path) -> None:
    """D0 keeps one of two residents, D1 has others, D2 was empty, D3 is; a mover takes nothing along."""
    made = make_registers(1, n_addresses=2, n_residents=4)
    homes = pa.table(
        {"dwelling_id": ["D0", "D1", "D2", "D3"], "address_id": ["A0"] * 4, "area_m2": pa.array([50.0] * 4)}
    )
    addresses = pa.table({"address_id": ["A0"], "easting": [720_050.0], "northing": [6_176_050.0]})
    years = []
    for year, (persons, dwellings) in enumerate(
        (("abcd", ["D0", "D0", "D1", "D3"]), ("axyc", ["D0", "D0", "D1", "D2"]))
    ):
        residents = made.residents.set_column(
            made.residents.column_names.index("dwelling_id"), "dwelling_id", pa.array(dwellings)
        ).append_column("person_id", pa.array(list(persons)))
        years.append(read(Registers(residents, homes, addresses), tmp_path / str(year)))
    before, now = years
    order = {key: place for place, key in enumerate(before.key.tolist())}
    linked = [key in order for key in now.after(before).key.tolist()]
    # by the dwellings' order in the registers: D0 goes on; D1, D2 and D3 hold others, or nobody
    assert linked == [True, False, False, False]


def test_without_keys_of_persons_a_dwelling_is_one_household(tmp_path: Path) -> None:
    years = [read(make_registers(6), tmp_path / "a"), read(make_registers(6), tmp_path / "b")]
    assert years[0].member is None
    np.testing.assert_array_equal(years[1].after(years[0]).key, years[0].key)


def test_the_same_people_are_the_same_households(tmp_path: Path) -> None:
    made = with_persons(make_registers(7))
    before, now = read(made, tmp_path / "a"), read(made.shuffled(2), tmp_path / "b")
    lived_in = set(before.key[np.unique(before.household_of_member)].tolist())
    assert set(now.after(before).key.tolist()) & set(before.key.tolist()) == lived_in
