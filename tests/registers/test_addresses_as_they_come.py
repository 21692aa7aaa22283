"""Addresses in any reference system, layer and kind of geometry give the same sums."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from small_registers import make_registers
from tests.registers.test_register_folders import sums
from udsat_geo.messages.errors import InputError


def as_layer(folder: Path, crs: str, name: str = "addresses.gpkg", layer: str = "addresses") -> None:
    """Write registers whose addresses are points; those without a position have an empty one."""
    made = make_registers(1)
    made.write(folder)
    rows = made.addresses.to_pandas()
    (folder / "addresses.parquet").unlink()
    place = gpd.points_from_xy(rows["easting"], rows["northing"], crs="EPSG:25832").to_crs(crs)
    gpd.GeoDataFrame(rows[["address_id"]], geometry=place).to_file(folder / name, layer=layer)


@pytest.mark.long
@pytest.mark.parametrize("crs", ["EPSG:25832", "EPSG:7416", "EPSG:25833", "EPSG:4326", "EPSG:3857"])
def test_a_stated_system_is_reprojected_and_told(tmp_path: Path, crs: str) -> None:
    make_registers(1).write(tmp_path / "plain")
    as_layer(tmp_path / "raw", crs)
    found, plain = sums(tmp_path / "raw"), sums(tmp_path / "plain")
    assert found.residents.sum() == plain.residents.sum()
    np.testing.assert_array_equal(found.numerator.sum(axis=0), plain.numerator.sum(axis=0))
    told = [note.told("en") for note in found.notes]
    same = crs in ("EPSG:25832", "EPSG:7416")
    assert told == ([] if same else [f"addresses.gpkg: reprojected from {crs} to EPSG:25832"])


@pytest.mark.long
def test_plain_positions_in_another_system_are_reprojected_and_told(tmp_path: Path) -> None:
    make_registers(1).write(tmp_path / "plain")
    made = make_registers(1)
    made.write(tmp_path / "raw")
    rows = made.addresses.to_pandas()
    place = gpd.points_from_xy(rows["easting"], rows["northing"], crs="EPSG:25832").to_crs("EPSG:4326")
    rows = rows.assign(easting=place.x, northing=place.y)
    rows.to_parquet(tmp_path / "raw" / "addresses.parquet")
    with pytest.raises(InputError, match="positions look like degrees"):
        sums(tmp_path / "raw")
    (tmp_path / "raw" / "registers.toml").write_text('[addresses]\ncrs = "EPSG:4326"\n')
    found = sums(tmp_path / "raw")
    assert found.residents.sum() == sums(tmp_path / "plain").residents.sum()
    assert found.notes[0].told("en") == "addresses.parquet: reprojected from EPSG:4326 to EPSG:25832"


@pytest.mark.long
@pytest.mark.parametrize("settings", ['file = "town.gpkg|layername=homes"', 'file = "town.gpkg"\nlayer = "homes"'])
def test_a_layer_is_named_in_the_settings(tmp_path: Path, settings: str) -> None:
    as_layer(tmp_path, "EPSG:25832", "town.gpkg", "homes")
    pyogrio.write_dataframe(
        gpd.GeoDataFrame({"n": [1]}, geometry=gpd.points_from_xy([0], [0]), crs=25832),
        tmp_path / "town.gpkg",
        layer="trees",
    )
    (tmp_path / "registers.toml").write_text(f"[addresses]\n{settings}\n")
    assert sums(tmp_path).residents.sum() > 0
    (tmp_path / "registers.toml").write_text('[addresses]\nfile = "town.gpkg"\n')
    with pytest.raises(InputError, match="holds several layers: homes, trees"):
        sums(tmp_path)


def test_a_stray_address_is_told_by_its_id_and_columns(tmp_path: Path) -> None:
    made = make_registers(1)
    made.write(tmp_path)
    rows = pd.DataFrame(made.addresses.to_pandas()).rename(columns={"easting": "X"})
    rows.loc[3, ["X", "northing"]] = 0.0
    rows.to_parquet(tmp_path / "addresses.parquet")
    (tmp_path / "registers.toml").write_text('[addresses.columns]\neasting = "X"\n')
    told = r"addresses.parquet, columns X and northing: positions at 0.*\(1 row\), for example A3 at \(0, 0\)"
    with pytest.raises(InputError, match=told):
        sums(tmp_path)
