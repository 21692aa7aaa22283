"""A file that is a recipe of GDAL's by content reads files of this machine for whoever wrote it: it is refused."""

from __future__ import annotations

import sqlite3
import warnings
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from small_registers import make_registers
from udsat_geo.cli.main import designate, udsat
from udsat_geo.files.area_set import read_area_set
from udsat_geo.messages.errors import InputError
from udsat_geo.sources.copies import local_copies
from udsat_geo.sources.features import check_polygons, list_layers, read_features
from udsat_geo.sources.gdal import limited_gdal

FRAME = gpd.GeoDataFrame({"name": ["TOPSECRET"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:25832")
KINDS = {
    ".gpkg": "GPKG", ".geojson": "GeoJSON", ".geojsonl": "GeoJSONSeq", ".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile",
    ".gml": "GML", ".kml": "LIBKML", ".tab": "MapInfo File", ".mif": "MapInfo File", ".gdb": "OpenFileGDB",
}  # fmt: skip


def vrt(secret: Path) -> bytes:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    ).encode()


RECIPES: dict[str, Callable[[Path], bytes]] = {
    "vrt": vrt,
    "vrt after a comment": lambda secret: b"<?xml version='1.0'?>\n<!-- GML -->\n" + vrt(secret),
    "vrt in the guise of GML": lambda secret: b"<!-- http://www.opengis.net/gml -->" + vrt(secret),
    "vrt in the guise of JSON": lambda secret: b'{"type": "FeatureCollection"} ' + vrt(secret),
    "pipeline": lambda secret: (
        f'{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {secret} ! write x"}}'
    ).encode(),
    "pipeline in the guise of GeoJSON": lambda secret: (
        f'{{"type": "gdal_streamed_alg", "command_line": "gdal vector convert {secret}", "a": {{"type": "Feature"}}}}'
    ).encode(),
    "service": lambda _: b"<OGRWFSDataSource><URL>http://127.0.0.1:1/ows</URL></OGRWFSDataSource>",
    "capabilities": lambda _: b"<wfs:WFS_Capabilities version='2.0.0' xmlns:wfs='http://www.opengis.net/wfs/2.0'/>",
    "entities": lambda secret: (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><FeatureCollection '
        'xmlns:gml="http://www.opengis.net/gml">&x;</FeatureCollection>'
    ).encode(),
    "other XML": lambda _: b"<something/>",
    "other JSON": lambda secret: f'{{"open": "{secret}"}}'.encode(),
    "text": lambda secret: str(secret).encode(),
    "archive": lambda secret: b"PK\x03\x04" + str(secret).encode(),
    "seamless table": lambda secret: (
        f'!table\nDefinition Table\n  Type NATIVE\n"\\IsSeamless" = "TRUE"\n{secret}'.encode()
    ),
}


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.gpkg"
    FRAME.to_file(path, driver="GPKG")
    return path


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".gml", ".kml", ".shp", ".fgb", ".tab", ".vrt", ".zip", ""])
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_is_refused_whatever_it_is_called(secret: Path, recipe: str, suffix: str) -> None:
    path = secret.with_name(f"places{suffix}")
    path.write_bytes(RECIPES[recipe](secret))
    for reads in (read_features, list_layers):
        with pytest.raises(InputError, match=f"places{suffix}: ") as caught:
            reads(path)
        assert "TOPSECRET" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE t USING VirtualOGR('{secret}')",
        "CREATE VIRTUAL TABLE t/**/USING/**/VirtualOGR('{secret}')",
        "CREATE VIRTUAL TABLE \"a using rtree(\" USING VirtualOGR('{secret}')",
        "CREATE VIEW t AS SELECT ogr_datasource_load_layers('{secret}')",
        "CREATE VIEW t AS SELECT load_extension ('{secret}')",
    ],
)
def test_a_geopackage_that_reads_from_elsewhere_is_refused(secret: Path, sql: str) -> None:
    path = secret.with_name("places.gpkg")
    FRAME.assign(name="a").to_file(path, driver="GPKG")
    with closing(sqlite3.connect(path)) as connection:
        # as a file may hold it that no SQLite of ours has written
        connection.execute("PRAGMA writable_schema = ON")
        made = sql.format(secret=secret).replace("'", "''")
        kind = "view" if "VIEW" in sql else "table"
        connection.execute(f"INSERT INTO sqlite_master VALUES ('{kind}', 't', 't', 0, '{made}')")
        connection.commit()
    with pytest.raises(InputError, match=r"places\.gpkg: (holds a table|cannot be read: malformed)"):
        read_features(Path(f"{path}|layername=t"))


@pytest.mark.parametrize("suffix", KINDS)
def test_every_kind_of_vector_file_is_still_read(tmp_path: Path, suffix: str) -> None:
    if KINDS[suffix] not in pyogrio.list_drivers(write=True):
        pytest.skip(f"this GDAL writes no {KINDS[suffix]}")
    path = tmp_path / f"areas{suffix}"
    frame = FRAME.to_crs("EPSG:4326") if suffix in (".geojsonl", ".kml") else FRAME
    frame.to_file(path, driver=KINDS[suffix])
    columns = read_features(path).attributes
    name = next(each for each in columns.column_names if each.lower() == "name")
    assert columns[name].to_pylist() == ["TOPSECRET"]


def test_gdal_has_its_drivers_back_afterwards() -> None:
    before = pyogrio.list_drivers()
    with limited_gdal() as gdal:
        assert not {"OGR_VRT", "GDALG", "WFS", "OAPIF", "CSV", "HTTP", "CSW"} & gdal.list_drivers().keys()
    assert pyogrio.list_drivers() == before


def test_a_recipe_in_an_archive_is_refused(secret: Path) -> None:
    path = secret.with_name("places.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("places.geojson", vrt(secret))
    with pytest.raises(InputError, match="recipe of GDAL's"), local_copies({"places": f"/vsizip/{path}"}):
        pass


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    make_registers(2, n_addresses=20, n_residents=100).write(folder)
    return folder


@pytest.mark.long
@pytest.mark.parametrize("option", ["units", "barriers", "crossings", "places", "parcels", "overrides"])
def test_no_option_of_designate_takes_a_recipe(secret: Path, registers: Path, tmp_path: Path, option: str) -> None:
    path = tmp_path / "given.geojson"
    path.write_bytes(vrt(secret))
    call = [
        "--year",
        "2021",
        "--registers",
        str(registers),
        "--previous",
        "none",
        "--out",
        str(tmp_path / "out"),
        "--quiet",
    ]
    if option == "crossings":
        FRAME.set_geometry(FRAME.boundary).to_file(tmp_path / "lines.gpkg", driver="GPKG")
        call += ["--barriers", str(tmp_path / "lines.gpkg")]
    told = CliRunner().invoke(designate, [*call, f"--{option}", str(path)])
    assert told.exit_code == 2
    assert "given.geojson: is a recipe of GDAL's (OGR VRT)" in told.stderr
    assert not (tmp_path / "out").exists()


def test_addresses_of_a_register_are_no_recipe(secret: Path, tmp_path: Path) -> None:
    make_registers(2, n_addresses=20, n_residents=100).write(tmp_path / "raw")
    next((tmp_path / "raw").rglob("addresses.*")).unlink()
    next((tmp_path / "raw").rglob("residents.*")).with_name("addresses.geojson").write_bytes(vrt(secret))
    told = CliRunner().invoke(
        designate, ["--year", "2021", "--registers", str(tmp_path / "raw"), "--out", str(tmp_path / "o")]
    )
    assert told.exit_code == 2
    assert "recipe of GDAL's" in told.stderr


@pytest.mark.parametrize(
    "call",
    [
        ["status", "--areas", "PATH", "--years", "2021"],
        ["goals", "--areas", "PATH", "--years", "2021"],
        ["diff", "PATH", "SECRET"],
    ],
)
def test_no_polygons_to_compare_with_are_a_recipe(
    secret: Path, registers: Path, tmp_path: Path, call: list[str]
) -> None:
    path = tmp_path / "given.gpkg"
    path.write_bytes(vrt(secret))
    given = [text.replace("PATH", str(path)).replace("SECRET", str(secret)) for text in call]
    told = CliRunner().invoke(udsat, [*given, "--registers", str(registers)])
    assert told.exit_code == 2
    assert "given.gpkg: " in told.stderr
    assert "TOPSECRET" not in told.stdout


def test_a_table_in_another_store_is_told_what_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "residents.sqlite")) as connection:
        connection.execute("CREATE TABLE residents (age INTEGER)")
    (tmp_path / "residents.json").write_text('[{"age": 30}]', encoding="utf-8")
    with pytest.raises(InputError, match=r"residents\.sqlite: is an SQLite database, and no GeoPackage"):
        read_features(tmp_path / "residents.sqlite")
    with pytest.raises(InputError, match=r"residents\.json: is JSON, and no GeoJSON\. Export it as CSV, Parquet"):
        read_features(tmp_path / "residents.json")


def test_a_geopackage_whose_schema_is_damaged_is_told(tmp_path: Path) -> None:
    """SQLite says which table it is, in bytes that are no text."""
    squares = gpd.GeoDataFrame(
        {"name": ["A"]}, geometry=[shapely.box(720_000, 6_170_000, 720_100, 6_170_100)], crs=25832
    )
    squares.to_file(tmp_path / "areas.gpkg")
    whole = (tmp_path / "areas.gpkg").read_bytes()
    (tmp_path / "areas.gpkg").write_bytes(
        whole.replace(b"CREATE TABLE gpkg_contents", b"CREATE TABL\xfe gpkg_contents")
    )
    with pytest.raises(InputError, match=r"areas\.gpkg: cannot be read"):
        read_area_set(tmp_path / "areas.gpkg", "en")


def test_coordinates_at_the_end_of_numbers_are_told_and_nothing_else_is(tmp_path: Path) -> None:
    bow = shapely.Polygon([(1e308, 0), (-1e308, 1e308), (1e308, 1e308), (0, -1e308)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError, match="invalid geometries"):
            check_polygons("a", np.array([bow], dtype=object), np.array(["x"], dtype=object))
