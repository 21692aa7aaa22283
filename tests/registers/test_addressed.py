"""Residents of every address, against pandas."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_registers import write_edge_registers
from small_registers import make_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.addressed import residents_by_address
from udsat_geo.units.units import cells_from_registers, grid_of


@pytest.mark.parametrize("seed", range(4))
def test_residents_of_addresses_are_those_pandas_counts(tmp_path: Path, seed: int) -> None:
    made = make_registers(seed)
    made.write(tmp_path)
    found = residents_by_address(tmp_path)
    residents, dwellings, addresses = (table.to_pandas() for table in (made.residents, made.dwellings, made.addresses))
    located = addresses.dropna(subset=["easting", "northing"])
    homes = dwellings.dropna(subset=["address_id"]).set_index("dwelling_id")["address_id"]
    living = residents["dwelling_id"].map(homes).value_counts()
    assert found.address_id.tolist() == located["address_id"].tolist()
    assert found.easting.tolist() == located["easting"].tolist()
    assert found.northing.tolist() == located["northing"].tolist()
    assert found.residents.tolist() == [int(living.get(key, 0)) for key in located["address_id"]]
    assert found.counts["residents_placed"] == found.residents.sum()
    assert found.counts["residents_placed"] + found.counts["residents_unplaced"] == len(residents)


@pytest.mark.long
@pytest.mark.parametrize("files", ["parquet", "csv"])
def test_addresses_hold_as_many_as_the_cells_they_lie_in(tmp_path: Path, files: str) -> None:
    write_edge_registers(tmp_path, files=files)
    policy = load_policy("kbh-2017").policy
    units, _ = cells_from_registers(tmp_path, policy)
    found = residents_by_address(tmp_path)
    row, col = grid_of(policy).cell_of(found.easting, found.northing)
    of_cell: dict[tuple[int, int], int] = {}
    for *cell, count in zip(row.tolist(), col.tolist(), found.residents.tolist(), strict=True):
        of_cell[cell[0], cell[1]] = of_cell.get((cell[0], cell[1]), 0) + count
    assert units.row is not None
    assert units.col is not None
    cells = zip(units.row.tolist(), units.col.tolist(), strict=True)
    assert units.residents.tolist() == [of_cell[cell] for cell in cells]
    assert bool(found.notes) == (files == "csv")


def test_broken_registers_are_refused_as_for_a_designation(tmp_path: Path) -> None:
    made = make_registers(0)
    made.write(tmp_path)
    (tmp_path / "dwellings.parquet").unlink()
    with pytest.raises(InputError, match="no table of dwellings"):
        residents_by_address(tmp_path)
