"""Which reference systems are the same, and which layer of a file is meant."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from udsat_geo.messages.errors import InputError
from udsat_geo.sources.crs import crs_code, crs_to_write, plane_of, same_crs, scale_at
from udsat_geo.sources.features import points_of, read_features

UTM = "EPSG:25832"
BARE = "+proj=utm +zone=32 +ellps=GRS80"


@pytest.mark.parametrize(
    ("crs", "same"),
    [
        ("EPSG:7416", True), (f"{BARE} +towgs84=0,0,0,0,0,0,0", True), (BARE, True), ("EPSG:25832+5799", True),
        ("EPSG:25833", False), ("EPSG:23032", False), ("EPSG:32632", False), ("+proj=utm +zone=32 +ellps=intl", False),
        (f"{BARE} +towgs84=100,0,0", False), (f"{BARE} +units=km", False),
    ],
)  # fmt: skip
def test_systems_are_the_same_by_their_plane(crs: str, same: bool) -> None:
    assert same_crs(crs, UTM) is same
    assert same_crs(UTM, crs) is same


@pytest.mark.long
def test_a_system_is_named_so_that_it_is_understood() -> None:
    assert crs_code("EPSG:7416") == UTM
    odd = "+proj=tmerc +lat_0=0 +lon_0=9.5 +k=0.9996 +x_0=500000 +y_0=0 +ellps=GRS80"
    assert same_crs(crs_to_write(odd), odd)


def test_scales_and_zones() -> None:
    assert scale_at(1_391_000, 7_484_000, "EPSG:3857") == pytest.approx((1.77, 1.77), abs=0.01)
    assert scale_at(720_000, 6_175_000, UTM) == pytest.approx((1, 1), abs=0.001)
    assert [plane_of(12.5, 55.7), plane_of(18.1, 59.3), plane_of(-84.5, 38.0), plane_of(18.4, -33.9)] == [
        UTM, "EPSG:25834", "EPSG:32616", "EPSG:32734",
    ]  # fmt: skip


def points(crs: str | None = UTM) -> gpd.GeoDataFrame:
    place = [shapely.Point(720_000, 6_175_000), shapely.Point(), None, shapely.MultiPoint([(720_001, 6_175_002)])]
    return gpd.GeoDataFrame({"address_id": list("abcd")}, geometry=place, crs=crs)


def positions(path: Path, told: str | None = None) -> tuple[list[float | None], list[str]]:
    table, _crs, notes = points_of(read_features(path), told)
    return table.column("easting").to_pylist(), [note.told("en") for note in notes]


def test_empty_points_have_no_position_and_one_of_a_collection_has(tmp_path: Path) -> None:
    points().to_file(tmp_path / "a.gpkg")
    assert positions(tmp_path / "a.gpkg") == ([720_000, None, None, 720_001], [])


@pytest.mark.long
def test_points_stay_in_their_own_system(tmp_path: Path) -> None:
    points().to_crs(25833).to_parquet(tmp_path / "a.parquet")
    table, crs, notes = points_of(read_features(tmp_path / "a.parquet"))
    assert (same_crs(crs, "EPSG:25833"), notes) == (True, ())
    there = points().to_crs(25833).geometry.iloc[0]
    assert table.column("easting").to_pylist()[0] == pytest.approx(there.x)


def geojson(path: Path, x: float, y: float, **members: object) -> Path:
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [x, y]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature], **members}))
    return path


def test_geojson_whose_numbers_are_no_degrees_says_no_system(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", 720_000, 6_175_000)
    assert read_features(path).crs is None
    told = ["a.geojson: does not say its reference system, and is taken to be in EPSG:25832"]
    assert positions(path, UTM) == ([720_000], told)
    with pytest.raises(InputError, match=r"does not say its reference system\. Set it in the file, or say it in reg"):
        positions(path)


def test_geojson_that_says_its_system_or_holds_degrees_is_taken_at_its_word(tmp_path: Path) -> None:
    assert read_features(geojson(tmp_path / "a.geojson", 12.5, 55.7)).crs == "EPSG:4326"
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    assert read_features(geojson(tmp_path / "b.geojson", 720_000, 6_175_000, crs=crs)).crs == UTM
    crs["properties"] = {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}  # type: ignore[assignment]
    assert read_features(geojson(tmp_path / "c.geojson", 720_000, 6_175_000, crs=crs)).crs is not None


def test_a_geopackage_may_say_that_it_says_nothing(tmp_path: Path) -> None:
    points(None).to_file(tmp_path / "a.gpkg")
    assert read_features(tmp_path / "a.gpkg").crs is None


def with_styles(path: Path) -> Path:
    points().to_file(path, layer="addresses")
    pyogrio.write_dataframe(pd.DataFrame({"styleQML": ["<qgis/>"]}), path, layer="layer_styles")
    return path


def test_tables_without_geometry_beside_one_layer_are_no_choice(tmp_path: Path) -> None:
    assert read_features(with_styles(tmp_path / "a.gpkg")).attributes.column_names == ["address_id"]
    named = Path(f"{tmp_path / 'a.gpkg'}|layername=layer_styles")
    assert read_features(named).attributes.column_names == ["styleQML"]


def test_two_layers_with_geometry_are_a_choice_without_the_tables_beside_them(tmp_path: Path) -> None:
    points().to_file(with_styles(tmp_path / "a.gpkg"), layer="more")
    with pytest.raises(InputError, match=r"holds several layers: addresses, more\. Name one"):
        read_features(tmp_path / "a.gpkg")
