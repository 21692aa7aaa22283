"""Registers of any country: a policy says the reference system that it works in."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from small_registers import make_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.units.table import read_unit_table, units_from_table_and_registers
from udsat_geo.units.units import addresses_from_registers, cells_from_registers

pytestmark = pytest.mark.long  # registers opened anew

SPAIN = 'extends = "kbh-2017"\nid = "spain"\n[units]\ncrs = "EPSG:25830"\n'


def policy(folder: Path, text: str) -> Policy:
    (folder / "policy.toml").write_text(text)
    return load_policy(str(folder / "policy.toml")).policy


def in_valencia(folder: Path) -> None:
    """A town of registers around 726 km east and 4,373 km north of UTM 30: the same town, moved by whole cells."""
    made = make_registers(3, n_addresses=40, n_residents=300, span=600)
    made.write(folder)
    rows = made.addresses.to_pandas()
    corner = rows[["easting", "northing"]].min() // 1000 * 1000
    rows[["easting", "northing"]] += np.array([726_000.0, 4_373_000.0]) - corner.to_numpy()
    rows.to_parquet(folder / "addresses.parquet")
    (folder / "registers.toml").write_text('[addresses]\ncrs = "EPSG:25830"\n')


def test_a_town_in_spain_is_that_of_denmark_elsewhere(tmp_path: Path) -> None:
    make_registers(3, n_addresses=40, n_residents=300, span=600).write(tmp_path / "danish")
    in_valencia(tmp_path / "spanish")
    danish, _sums = cells_from_registers(tmp_path / "danish", load_policy("kbh-2017").policy)
    spanish, sums = cells_from_registers(tmp_path / "spanish", policy(tmp_path, SPAIN))
    assert (danish.crs, spanish.crs) == ("EPSG:25832", "EPSG:25830")
    assert spanish.residents.tolist() == danish.residents.tolist()
    assert spanish.numerator.tolist() == danish.numerator.tolist()
    assert (np.diff(spanish.row).tolist(), np.diff(spanish.col).tolist()) == (
        np.diff(danish.row).tolist(),
        np.diff(danish.col).tolist(),
    )
    assert not sums.notes  # nothing had to be reprojected
    with pytest.raises(InputError, match="outside the area that EPSG:25832 is used in"):
        cells_from_registers(tmp_path / "spanish", load_policy("kbh-2017").policy)


def test_danish_addresses_in_cells_of_the_grid_of_europe(tmp_path: Path) -> None:
    made = make_registers(3, n_addresses=40, n_residents=300, span=600)
    made.write(tmp_path / "raw")
    inspire = 'crs = "EPSG:3035"\nid_pattern = "CRS3035RES100mN{northing_m}E{easting_m}"\n'
    rule = policy(tmp_path, SPAIN.replace('crs = "EPSG:25830"\n', inspire))
    units, sums = cells_from_registers(tmp_path / "raw", rule)
    rows = made.addresses.to_pandas().dropna()
    moved = gpd.GeoSeries.from_xy(rows["easting"], rows["northing"], crs="EPSG:25832").to_crs("EPSG:3035")
    corners = {
        f"CRS3035RES100mN{y // 100 * 100:.0f}E{x // 100 * 100:.0f}" for x, y in zip(moved.x, moved.y, strict=True)
    }
    assert set(units.unit_id.tolist()) <= corners
    assert [note.told("en") for note in sums.notes] == ["addresses.parquet: reprojected from EPSG:25832 to EPSG:3035"]
    at, _sums = addresses_from_registers(tmp_path / "raw", rule)
    assert at.crs == "EPSG:3035"
    np.testing.assert_allclose(np.sort(at.easting)[[0, -1]], [moved.x.min(), moved.x.max()], atol=100)


def test_given_zones_say_the_system_that_registers_are_read_in(tmp_path: Path) -> None:
    in_valencia(tmp_path / "raw")
    whole, _all = cells_from_registers(tmp_path / "raw", policy(tmp_path, SPAIN))
    middle = float(np.median(whole.easting[whole.residents > 0]))
    ground = [box(725_000, 4_372_000, middle, 4_375_000), box(middle, 4_372_000, 728_000, 4_375_000)]
    gpd.GeoDataFrame({"zone": ["west", "east"]}, geometry=ground, crs="EPSG:25830").to_file(tmp_path / "zones.gpkg")
    rule = policy(tmp_path, SPAIN.replace('crs = "EPSG:25830"\n', 'kind = "zones"\nid = "zone"\n'))
    table = read_unit_table(tmp_path / "zones.gpkg", rule)
    units, _sums = units_from_table_and_registers(table, tmp_path / "raw", rule)
    assert units.crs == "EPSG:25830"
    assert units.residents.sum() == whole.residents.sum()
    assert units.residents.all()
