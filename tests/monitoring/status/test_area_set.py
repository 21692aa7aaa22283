"""Who lives in an area: the same people as when it was designated, made or read back."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from builders import make_areas
from edge_registers import write_edge_registers
from goal_worlds import write_geometries, write_polygons
from paths import POLICIES
from udsat_geo.areas.area_set import AreaSet, Members, members_of_shapes
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.files.area_set import read_areas_of_registers
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.monitoring.measure import measure_year
from udsat_geo.policy.load import LoadedPolicy, check_policy, load_policy

KBH = load_policy("kbh-2017")
ADDRESSES = POLICIES / "addresses.toml"


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    write_edge_registers(folder)
    return folder


def over_zones(size: int) -> LoadedPolicy:
    """The built-in policy over zones that are cells in a table."""
    content = tomllib.loads(
        resources.files("udsat_geo.policy").joinpath("policies", "kbh-2017.toml").read_text("utf-8")
    )
    content["units"] = {"kind": "zones", "size": size, "id": "id"}
    content["areas"]["outline"] = "exact"
    return KBH.model_copy(update={"policy": check_policy(content, "zones.toml")})


def zones_of(folder: Path) -> Path:
    """Oblong zones over the whole city, a little off the grid."""
    rows = [
        {"id": f"Z{row:03d}-{col:03d}", "geometry": box(x, y, x + 190, y + 140)}
        for row, y in enumerate(np.arange(6_173_900.5, 6_176_500, 140).tolist())
        for col, x in enumerate(np.arange(718_900.5, 722_000, 190).tolist())
    ]
    gpd.GeoDataFrame(rows, crs="EPSG:25832").to_file(folder / "zones.gpkg")
    return folder / "zones.gpkg"


def made_over(kind: str, registers: Path, folder: Path) -> Designation:
    if kind == "zones":
        return designate(2021, over_zones(100), Inputs(registers, zones_of(folder), "registers"))
    policy = load_policy(str(ADDRESSES)) if kind == "addresses" else KBH
    return designate(2021, policy, Inputs(registers, None, "registers"))


@pytest.mark.long
@pytest.mark.parametrize("kind", ["cells", "addresses", "zones"])
def test_a_designation_is_measured_as_it_was_designated(kind: str, registers: Path, tmp_path: Path) -> None:
    made = made_over(kind, registers, tmp_path)
    assert len(made.areas) > 0
    write_results(made, tmp_path / "out", ("gpkg",))
    inside = made.area_set()
    read = read_areas_of_registers(tmp_path / "out" / "designation_2021.gpkg", "en")
    for areas in (inside, read):
        assert (areas.members.size, areas.members.are_addresses) == (100 * (kind == "cells"), kind == "addresses")
        found = measure_year(registers, made.policy.policy, [areas])
        assert found.residents().tolist() == made.areas.residents.tolist() == areas.residents.tolist()
        for part in ("areas", "rest_of_city", "city", "gap"):
            np.testing.assert_array_equal(getattr(found.status(), part), getattr(made.status, part))
    assert inside.labels == read.labels
    assert (read.year, read.source, read.file) == (2021, "registers", "designation_2021.gpkg")
    assert not found.outside[0].any()


@pytest.mark.long
@pytest.mark.parametrize("kind", ["cells", "addresses", "zones"])
def test_any_file_that_is_read_back_gives_the_same_areas(kind: str, registers: Path, tmp_path: Path) -> None:
    """A GeoPackage, a GeoParquet file of any layer, and the designation itself."""
    made = made_over(kind, registers, tmp_path)
    write_results(made, tmp_path / "out", ("gpkg", "parquet"))
    wanted = made.area_set()
    for name in ("designation_2021.gpkg", "designation_2021_areas.parquet", "designation_2021_units.parquet"):
        found = read_areas_of_registers(tmp_path / "out" / name, "en")
        assert found.labels == wanted.labels
        assert (found.year, found.policy_id, found.policy_sha256, found.source, found.crs) == (
            2021, wanted.policy_id, wanted.policy_sha256, "registers", "EPSG:25832"
        )  # fmt: skip
        assert found.since.tolist() == wanted.since.tolist()
        assert found.end_year.tolist() == wanted.end_year.tolist()
        assert shapely.equals_exact(found.outline, wanted.outline, 1e-9).all()
        for part in ("unit_id", "residents", "area_of_unit"):
            assert getattr(found.members, part).tolist() == getattr(wanted.members, part).tolist()
        assert shapely.equals(found.members.places(), wanted.members.places()).all()


@pytest.mark.long
def test_the_outline_of_a_designation_takes_nobody_in_and_leaves_nobody_out(registers: Path, tmp_path: Path) -> None:
    """Its smoothed outlines cut corners of cells; who wants them as polygons names the layer."""
    made = made_over("cells", registers, tmp_path)
    write_results(made, tmp_path, ("gpkg",))
    path = tmp_path / "designation_2021.gpkg"
    named = read_areas_of_registers(Path(f"{path}|layername=areas"), "en")
    assert not len(named.members)
    assert named.known_year is None
    by_cell = measure_year(registers, KBH.policy, [read_areas_of_registers(path, "en")]).status()
    by_outline = measure_year(registers, KBH.policy, [named]).status()
    assert by_cell.residents == by_outline.residents


def members(area: list[int], **places: Any) -> AreaSet:
    """Two areas of some units."""
    ids = places.pop("unit_id", np.arange(len(area)).astype(str).astype(object))
    return make_areas([None, None], Members(ids, np.zeros(len(area), np.int64), np.array(area, np.int64), **places))


def test_addresses_are_found_by_the_cell_that_holds_them() -> None:
    """Whatever the order of the cells; half open, as in the grid."""
    cells = members([0, 1, 0], row=np.array([7, 5, 5]), col=np.array([2, -1, 3]), size=100)
    points = np.array([(350, 550), (300, 500), (400, 500), (-0.5, 599.5), (250, 799), (250, 800)], dtype=np.float64)
    assert cells.area_of(points[:, 0], points[:, 1]).tolist() == [0, 0, -1, 1, 0, -1]
    none = np.empty(0, dtype=np.int64)
    assert members([], row=none, col=none, size=100).area_of(np.ones(1), np.ones(1)).tolist() == [-1]


def test_addresses_are_found_by_their_id() -> None:
    named = members(
        [1, 0, 0], unit_id=np.array(["A2", "A0", "other"], dtype=object), geometry=np.array([Point(9, 9)] * 3)
    )
    x = np.array([1.0, 2.0, 3.0])
    assert named.area_of(x, x, pa.array(["A0", "A1", "A2"])).tolist() == [0, -1, 1]


def test_cells_in_a_unit_table_are_no_cells_when_they_are_clipped() -> None:
    whole, clipped = [box(0, 0, 100, 100), box(100, 0, 200, 100)], [box(0, 0, 100, 100), box(100, 0, 150, 100)]
    ids, ones = np.array(["a", "b"], dtype=object), np.ones(2, dtype=np.int64)
    assert members_of_shapes(ids, ones, ones, np.array(whole)).size == 100
    assert members_of_shapes(ids, ones, ones, np.array(clipped)).size == 0


# --- files that cannot be used ------------------------------------------------------------------------------


def refused(path: Path, wanted: str) -> None:
    with pytest.raises(InputError, match=wanted):
        read_areas_of_registers(path, "en")


def designation_file(registers: Path, folder: Path) -> Path:
    write_results(made_over("cells", registers, folder), folder, ("gpkg",))
    return folder / "designation_2021.gpkg"


@pytest.mark.long
def test_a_designation_needs_its_summary(registers: Path, tmp_path: Path) -> None:
    path = designation_file(registers, tmp_path)
    path.with_suffix(".json").unlink()
    refused(path, "designation_2021.json: cannot be read")


@pytest.mark.long
def test_a_damaged_designation_is_told(registers: Path, tmp_path: Path) -> None:
    path = designation_file(registers, tmp_path)
    path.write_bytes(path.read_bytes()[:5000])
    refused(path, r"designation_2021.gpkg: (cannot be read|is no designation of ours)")


@pytest.mark.long
def test_a_designation_of_another_city_is_told(registers: Path, tmp_path: Path) -> None:
    path = designation_file(registers, tmp_path)
    areas = gpd.read_file(path, layer="areas")
    areas.set_crs("EPSG:28992", allow_override=True).to_file(path, layer="areas")
    refused(path, "is a designation in EPSG:28992, and the policy works in EPSG:25832")


def test_layers_called_like_those_of_a_designation_do_not_make_one(tmp_path: Path) -> None:
    path = tmp_path / "d.gpkg"
    for layer in ("areas", "units"):
        write_polygons(path, [box(0, 0, 1, 1)], layer=layer)
    refused(path, "d.json: cannot be read")
    (tmp_path / "d.json").write_text('{"year": 2017, "policy": {"id": "x"}, "source": "", "inputs": []}')
    refused(path, "d.gpkg: is no designation of ours")


@pytest.mark.long
def test_files_that_are_no_polygons_are_told(tmp_path: Path) -> None:
    refused(tmp_path / "none.gpkg", "none.gpkg: no such file")
    (tmp_path / "empty.gpkg").write_bytes(b"")
    refused(tmp_path / "empty.gpkg", "is an empty file")
    (tmp_path / "text.gpkg").write_text("no database")
    refused(tmp_path / "text.gpkg", "cannot be read")
    (tmp_path / "table.csv").write_text("id,name\n1,x\n")
    refused(tmp_path / "table.csv", "holds no geometries")
    refused(write_geometries(tmp_path / "l.gpkg", [LineString([(0, 0), (1, 1)])]), "geometries that are no polygons")
    refused(write_geometries(tmp_path / "p.gpkg", [Point(0, 0)]), "geometries that are no polygons")
    bow = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    refused(write_polygons(tmp_path / "bow.gpkg", [bow]), r"invalid geometries .*area 1 \(polygon A\) \(Self-inter")


def test_a_reference_system_must_be_said_and_known(tmp_path: Path) -> None:
    path = write_polygons(tmp_path / "a.shp", [box(0, 0, 1, 1)])
    path.with_suffix(".prj").unlink()
    refused(path, "does not say its reference system")
