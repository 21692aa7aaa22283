"""Ready-made units: what their tables say, and how they are filled from registers."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import box

from small_registers import make_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.read import RegisterSums
from udsat_geo.units.table import read_unit_table, units_from_table, units_from_table_and_registers
from udsat_geo.units.units import Units, cells_from_registers

WEST, SOUTH, SIZE, SIDE = 719_600, 6_175_600, 100, 8
"""A square of `SIDE` times `SIDE` cells over the town of `make_registers`."""


def own_policy(kind: str = "zones", **parts: Any) -> Policy:
    """A policy of one criterion over a unit table; parts are added to those of the same name."""
    content: dict[str, Any] = {
        "id": "own",
        "years": [2000, 2100],
        "units": {"kind": kind, "id": "id", "residents": "people"},
        "criteria": [
            {"key": "poor", "register": "units", "numerator": "poor", "denominator": "people", "worse": "high"}
        ],
        "rule": {"core": 1.0},
    }
    for name, part in parts.items():
        content[name] = {**content.get(name, {}), **part}
    return check_policy(content, "own.toml")


def register_policy(kind: str) -> Policy:
    """The built-in criteria over given units."""
    text = resources.files("udsat_geo.policy").joinpath("policies", "kbh-2017.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    content["units"] = {"kind": kind, "size": SIZE, "id": "id"}
    return check_policy(content, "given.toml")


def squares(clip: float = 0.0) -> gpd.GeoDataFrame:
    """Cells as polygons, each larger by `clip` metres on all sides."""
    rows = []
    for row in range(SIDE):
        for col in range(SIDE):
            west, south = WEST + SIZE * col, SOUTH + SIZE * row
            cell = box(west - clip, south - clip, west + SIZE + clip, south + SIZE + clip)
            rows.append({"id": f"100m_{south // SIZE}_{west // SIZE}", "people": 10, "poor": 1, "geometry": cell})
    return gpd.GeoDataFrame(rows, crs="EPSG:25832")


def filled(zones: gpd.GeoDataFrame, kind: str, folder: Path, seed: int = 3) -> tuple[Units, RegisterSums]:
    """Units of a table, filled from a small town."""
    make_registers(seed).write(folder / "raw")
    zones.to_file(folder / "units.gpkg")
    policy = register_policy(kind)
    return units_from_table_and_registers(read_unit_table(folder / "units.gpkg", policy), folder / "raw", policy)


def message_of(table: pd.DataFrame | gpd.GeoDataFrame, policy: Policy, folder: Path) -> str:
    """What is said of a table that cannot be used."""
    path = folder / ("units.gpkg" if isinstance(table, gpd.GeoDataFrame) else "units.csv")
    table.to_file(path) if path.suffix == ".gpkg" else table.to_csv(path, index=False)
    with pytest.raises(InputError) as told:
        units_from_table(read_unit_table(path, policy), policy)
    return str(told.value)


@pytest.mark.parametrize("size", [1e-8, 1e-6, 1.0, 1e6])
def test_numbers_that_are_not_whole_keep_their_digits_whatever_their_size(tmp_path: Path, size: float) -> None:
    table = squares()
    table["poor"] = size * np.linspace(0.123456789, 0.987654321, len(table))
    table.to_file(tmp_path / "units.gpkg")
    policy = own_policy()
    units, _ = units_from_table(read_unit_table(tmp_path / "units.gpkg", policy), policy)
    by_id = table.set_index("id").loc[units.unit_id]
    np.testing.assert_allclose(
        units.rate(units.numerator, units.denominator)[:, 0], by_id["poor"] / by_id["people"], rtol=1e-9
    )


def test_decimals_of_a_table_are_exact_so_that_a_limit_is_reached(tmp_path: Path) -> None:
    table = squares()
    table["poor"] = 0.1 * np.arange(len(table))
    table.to_file(tmp_path / "units.gpkg")
    policy = own_policy(units={"residents": "1"})
    policy = policy.model_copy(update={"criteria": (policy.criteria[0].model_copy(update={"denominator": "1"}),)})
    units, _ = units_from_table(read_unit_table(tmp_path / "units.gpkg", policy), policy)
    assert set(units.rate(units.numerator, units.denominator)[:, 0].tolist()) == {
        round(0.1 * i, 1) for i in range(len(table))
    }


@pytest.mark.long
@pytest.mark.parametrize("kind", ["cells", "zones"])
def test_given_units_hold_what_cells_made_from_the_registers_hold(tmp_path: Path, kind: str) -> None:
    """No address lies on a border: positions are quarters of a metre, and the zones' borders eighths."""
    zones = squares()
    if kind == "zones":
        zones["geometry"] = zones.geometry.translate(-0.125, -0.125)
    units, sums = filled(zones, kind, tmp_path)
    made, made_sums = cells_from_registers(tmp_path / "raw", register_policy("cells"))
    place = {unit: i for i, unit in enumerate(units.unit_id)}
    at = np.array([place[unit] for unit in made.unit_id])
    if kind == "cells":
        np.testing.assert_array_equal(units.residents[at], made.residents)
        np.testing.assert_array_equal(units.numerator[at], made.numerator)
        np.testing.assert_array_equal(units.denominator[at], made.denominator)
    assert units.residents.sum() == made.residents.sum() == sums.counts["residents_placed"]
    np.testing.assert_array_equal(units.numerator.sum(axis=0), made.numerator.sum(axis=0))
    assert sums.counts["addresses_outside_all_units"] == 0
    assert sums.counts["addresses_in_several_units"] == 0
    assert {**sums.counts, "addresses_in_several_units": 0} == {**made_sums.counts, "addresses_in_several_units": 0}


@pytest.mark.long
def test_addresses_in_overlapping_zones_are_counted_and_belong_to_the_first(tmp_path: Path) -> None:
    units, sums = filled(squares(clip=20.0), "zones", tmp_path)
    addresses = make_registers(3).addresses.to_pandas().dropna()
    points = shapely.points(addresses["easting"], addresses["northing"])
    inside = np.array([shapely.contains(units.geometry, point) for point in points])
    several = int((inside.sum(axis=1) > 1).sum())
    assert several > 0
    assert sums.counts["addresses_in_several_units"] == several
    alone, _ = cells_from_registers(tmp_path / "raw", register_policy("cells"))
    assert units.residents.sum() == alone.residents.sum(), "everyone counts once"


@pytest.mark.long
def test_an_address_on_a_shared_border_lies_in_no_overlap(tmp_path: Path) -> None:
    """All addresses on one line, which two zones share: the first by id holds them, and nothing overlaps."""
    made = make_registers(4)
    middle = WEST + SIZE * SIDE // 2
    addresses = made.addresses.to_pandas().assign(easting=float(middle))
    make_registers(4).write(tmp_path / "raw")
    addresses.to_parquet(tmp_path / "raw" / "addresses.parquet", index=False)
    south, north = SOUTH - 1000, SOUTH + 2000
    zones = gpd.GeoDataFrame(
        {"id": ["west", "east"]},
        geometry=[box(middle - 500, south, middle, north), box(middle, south, middle + 500, north)],
        crs="EPSG:25832",
    )
    zones.to_file(tmp_path / "units.gpkg")
    policy = register_policy("zones")
    units, sums = units_from_table_and_registers(
        read_unit_table(tmp_path / "units.gpkg", policy), tmp_path / "raw", policy
    )
    assert units.unit_id.tolist() == ["east", "west"]
    assert units.residents.tolist() == [sums.counts["residents_placed"], 0]
    assert sums.counts["addresses_in_several_units"] == 0


@pytest.mark.long
def test_addresses_outside_all_zones_are_counted(tmp_path: Path) -> None:
    units, sums = filled(squares().iloc[: SIDE * SIDE // 2], "zones", tmp_path)
    assert sums.counts["addresses_outside_all_units"] > 0
    assert units.residents.sum() == sums.counts["residents_placed"]
    assert sums.counts["residents_placed"] + sums.counts["residents_unplaced"] == sums.rows["residents"]


def test_two_ids_of_one_cell_are_told(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": ["100m_1_2", "100m_01_2", "100m_1_3"], "people": 10, "poor": 1})
    told = message_of(table, own_policy("cells"), tmp_path)
    assert "ids that name the same cell (1 row), for example 100m_1_2 and 100m_01_2" in told


@pytest.mark.long
def test_zones_that_lie_in_another_are_told(tmp_path: Path) -> None:
    def notes(*more: tuple[str, Any]) -> tuple[str, ...]:
        zones = squares()
        for name, shape in more:
            zones.loc[len(zones)] = [name, 10, 1, shape]
        zones.to_file(tmp_path / "zones.gpkg")
        return read_unit_table(tmp_path / "zones.gpkg", own_policy()).notes

    first, second = squares().geometry[:2]
    assert notes() == ()
    told = "zones.gpkg: zones that lie wholly in another: {}, for example {} in {}. Where one"
    assert notes(("both", first.union(second)))[0].startswith(told.format(2, squares().id[0], "both"))
    assert notes(("again", first))[0].startswith(told.format(2, squares().id[0], "again"))
    # they share an edge, and no ground
    assert notes(("beside", box(WEST - SIZE, SOUTH, WEST, SOUTH + SIZE))) == ()


def test_a_let_that_hides_a_column_of_the_table_is_told(tmp_path: Path) -> None:
    policy = own_policy(let={"units": {"poor": "sum(people)"}})
    assert "let.units.poor: is a column already" in message_of(squares(), policy, tmp_path)


def test_a_let_that_is_no_total_is_told(tmp_path: Path) -> None:
    policy = own_policy(let={"units": {"most": "people"}})
    assert "let.units: cannot be evaluated" in message_of(squares(), policy, tmp_path)


def test_our_name_for_a_column_must_not_stand_in_the_file_already(tmp_path: Path) -> None:
    policy = own_policy(units={"columns": {"poor": ["people"]}})
    assert "column poor: stands in the file beside people" in message_of(squares(), policy, tmp_path)


def test_our_name_may_be_the_file_s_in_lower_case(tmp_path: Path) -> None:
    squares().rename(columns={"poor": "Poor"}).to_file(tmp_path / "units.gpkg")
    policy = own_policy(units={"columns": {"poor": ["Poor"]}})
    units, _ = units_from_table(read_unit_table(tmp_path / "units.gpkg", policy), policy)
    assert units.numerator.ravel().tolist() == [1] * SIDE**2


@pytest.mark.long
def test_columns_that_differ_in_case_alone_are_told(tmp_path: Path) -> None:
    squares().assign(Poor=2).to_parquet(tmp_path / "units.parquet")
    policy = own_policy()
    with pytest.raises(InputError, match="column poor: stands more than once"):
        units_from_table(read_unit_table(tmp_path / "units.parquet", policy), policy)


@pytest.mark.long
def test_totals_of_fractions_do_not_depend_on_threads() -> None:
    """A million fractions, added up by as many threads as there are, several times."""
    import pyarrow as pa

    from udsat_geo.registers.unit_rows import sum_unit_rows

    number = np.arange(1_000_000)
    table = pa.table({"id": number, "people": number % 9, "poor": (number % 7) / 3})
    policy = own_policy(let={"units": {"whole": "sum(poor)"}})
    assert len({sum_unit_rows(table, "units", policy).let["whole"] for _ in range(5)}) == 1


@pytest.mark.long
def test_a_reference_system_without_a_code_is_kept_in_full(tmp_path: Path) -> None:
    local = "+proj=tmerc +lat_0=0 +lon_0=11 +k=0.9996 +x_0=123456 +y_0=0 +ellps=GRS80 +units=m +no_defs"
    squares().set_crs(local, allow_override=True).to_file(tmp_path / "units.gpkg")
    table = read_unit_table(tmp_path / "units.gpkg", own_policy())
    assert "123456" in table.crs


def test_heights_are_left_out(tmp_path: Path) -> None:
    zones = squares()
    zones["geometry"] = shapely.force_3d(zones.geometry.to_numpy(), 5.0)
    zones.to_file(tmp_path / "units.gpkg")
    table = read_unit_table(tmp_path / "units.gpkg", own_policy())
    assert table.geometry is not None
    assert not shapely.has_z(table.geometry).any()


@pytest.mark.long
def test_what_was_found_out_about_a_csv_table_is_said(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": ["100m_61740_7190", "100m_61740_7191"], "people": 10, "poor": [1.5, 2.25]})
    table.to_csv(tmp_path / "units.csv", sep=";", decimal=",", index=False)
    read = read_unit_table(tmp_path / "units.csv", own_policy("cells"))
    assert read.notes == ("units.csv: semicolon separated, UTF-8, decimal comma",)
    units, _ = units_from_table(read, own_policy("cells"))
    assert (units.numerator[:, 0] / units.numerator_unit[0]).tolist() == [1.5, 2.25]


@pytest.mark.parametrize("name", ["units.csv", "u*[1].csv", "UNITS.CSV"])
def test_a_latin_1_table_is_read_under_any_name(tmp_path: Path, name: str) -> None:
    rows = "id;people;poor;kvarter\n100m_61740_7190;100;10;Nørrebro\n100m_61740_7191;;5;Ørestad\n"
    (tmp_path / "u2.csv").write_text("another;table\n1;2\n")
    (tmp_path / name).write_bytes(rows.encode("latin-1"))
    read = read_unit_table(tmp_path / name, own_policy("cells"))
    assert read.attributes.column("kvarter").to_pylist() == ["Nørrebro", "Ørestad"]
    assert read.notes == (f"{name}: semicolon separated, Latin-1, decimal point",)


def test_a_date_stays_the_text_that_it_is(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("id,people,poor,day\n100m_61740_7190,100,10,03-04-2021\n")
    read = read_unit_table(tmp_path / "units.csv", own_policy("cells"))
    assert read.attributes.column("day").to_pylist() == ["03-04-2021"]
