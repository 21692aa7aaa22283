"""Areas from any vector file: overlaps refused by name, a designation's own layer found, other places told."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, box

from goal_worlds import EAST_AREA, WEST_AREA, write_geometries, write_polygons
from paths import SHARED
from udsat_geo.areas.polygons import check_in_city, outside_city, read_polygons
from udsat_geo.messages.errors import InputError

OFFICIAL = SHARED / "real" / "copenhagen" / "udsatte_byomraader_2017.gpkg"


@pytest.mark.long
def test_polygons_are_called_by_their_id_and_names(tmp_path: Path) -> None:
    path = write_polygons(
        tmp_path / "a.gpkg",
        [WEST_AREA, EAST_AREA],
        id=[7, 3],
        navn=["Vest", "Øst"],
        del_=["Vest", "Nord"],
        m2=[1.0, 2.0],
    )
    assert read_polygons(path, "en")[0].labels == ("7 (Vest)", "3 (Øst, Nord)")


def test_polygons_without_names_are_called_by_their_row(tmp_path: Path) -> None:
    path = write_polygons(tmp_path / "a.gpkg", [WEST_AREA, EAST_AREA], m2=[1.0, 2.0])
    assert read_polygons(path, "en")[0].labels == ("1", "2")


def test_the_areas_of_a_file_of_several_layers_are_found(tmp_path: Path) -> None:
    write_polygons(tmp_path / "d.gpkg", [WEST_AREA], layer="areas")
    write_polygons(tmp_path / "d.gpkg", [EAST_AREA], layer="units")
    assert read_polygons(tmp_path / "d.gpkg", "en")[0].outline[0].equals(WEST_AREA)
    named = read_polygons(Path(f"{tmp_path / 'd.gpkg'}|layername=units"), "en")[0]
    assert named.outline[0].equals(EAST_AREA)
    assert named.path == tmp_path / "d.gpkg"


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb", "shp"])
def test_any_vector_file_serves(tmp_path: Path, suffix: str) -> None:
    assert len(read_polygons(write_polygons(tmp_path / f"a.{suffix}", [WEST_AREA, EAST_AREA]), "en")[0]) == 2


def test_every_overlapping_pair_is_named(tmp_path: Path) -> None:
    polygons = [box(0, 0, 100, 100), box(90, 0, 200, 100), box(190, 0, 300, 100), box(300, 0, 400, 100)]
    path = write_polygons(tmp_path / "a.gpkg", polygons, name=["A", "B", "C", "D"])
    with pytest.raises(InputError) as refused:
        read_polygons(path, "en")[0]
    assert len(refused.value.messages) == 2
    for message, pair in zip(refused.value.messages, ("1 (A) and 2 (B)", "2 (B) and 3 (C)"), strict=True):
        assert pair in message
        assert "1,000 m2" in message


def test_polygons_that_only_touch_or_share_a_sliver_do_not_overlap(tmp_path: Path) -> None:
    polygons = [box(0, 0, 100, 100), box(100, 0, 200, 100), box(0, 99.995, 100, 200)]
    assert len(read_polygons(write_polygons(tmp_path / "a.gpkg", polygons), "en")[0]) == 3


def test_a_sliver_of_digitising_is_tolerated_and_said(tmp_path: Path) -> None:
    polygons = [box(0, 0, 100, 100), box(99.995, 0, 200, 100), box(0, 99.998, 100, 200)]
    (note,) = read_polygons(write_polygons(tmp_path / "a.gpkg", polygons), "en")[0].notes
    assert note.startswith("a.gpkg: 2 pairs overlap by a sliver of digitising, 0.7000 m2 in all;")


def test_overlaps_that_are_allowed_are_said(tmp_path: Path) -> None:
    path = write_polygons(tmp_path / "a.gpkg", [box(0, 0, 100, 100), box(50, 0, 200, 100)], name=["A", "B"])
    (note,) = read_polygons(path, "en", allow_overlaps=True)[0].notes
    assert note == "1 (A) and 2 (B) overlap (5,000 m2): their residents count in the first."


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:25833"])
def test_another_reference_system_is_brought_to_that_of_the_registers_and_said(tmp_path: Path, crs: str) -> None:
    moved = gpd.GeoSeries([WEST_AREA, EAST_AREA], crs="EPSG:25832").to_crs(crs)
    read = read_polygons(write_polygons(tmp_path / "a.gpkg", moved, crs=crs), "en")[0]
    assert shapely.hausdorff_distance(read.outline, [WEST_AREA, EAST_AREA]).max() < 0.001
    (note,) = read.notes
    assert crs in note
    assert "EPSG:25832" in note


def test_no_reference_system_is_refused(tmp_path: Path) -> None:
    path = write_polygons(tmp_path / "a.shp", [WEST_AREA])
    (tmp_path / "a.prj").unlink()
    with pytest.raises(InputError, match="does not say its reference system"):
        read_polygons(path, "en")[0]


def test_what_are_no_polygons_is_refused(tmp_path: Path) -> None:
    path = write_geometries(tmp_path / "a.gpkg", [LineString([(0, 0), (1, 1)])])
    with pytest.raises(InputError, match="geometries that are no polygons"):
        read_polygons(path, "en")[0]


def test_areas_outside_the_city_are_named_and_those_at_its_edge_are_not(tmp_path: Path) -> None:
    polygons = [box(0, 0, 10, 10), box(100, 0, 120, 10), box(300, 0, 310, 10)]
    areas = read_polygons(write_polygons(tmp_path / "a.gpkg", polygons, name=["in", "edge", "out"]), "en")[0]
    addresses = np.array([[5.0, 5.0], [101.0, 5.0], [50.0, 90.0]])
    with pytest.raises(InputError) as refused:
        check_in_city(areas, outside_city(areas.outline, addresses[:, 0], addresses[:, 1]))
    (message,) = refused.value.messages
    assert "area 3 (out) lies outside the city" in message


@pytest.mark.skipif(not OFFICIAL.is_file(), reason="the official polygons are not part of the repository")
def test_the_official_polygons_of_2017_overlap_in_one_place() -> None:
    with pytest.raises(InputError) as refused:
        read_polygons(OFFICIAL, "en")[0]
    (message,) = refused.value.messages
    assert "Nordvest" in message
    assert "Ydre Nørrebro" in message
    assert len(read_polygons(OFFICIAL, "en", allow_overlaps=True)[0]) == 17
