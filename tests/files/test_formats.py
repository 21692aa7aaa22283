"""What is particular to each format: what its standard asks, what others' readers make of it, how it is chosen."""

from __future__ import annotations

import importlib.util
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from edge_registers import write_edge_registers
from paths import POLICIES
from round_trips import TEXTS, TRIALS, WRITERS, designation_of
from two_years import designated, write_town
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.designation.layers import Layers, differences, layers_of
from udsat_geo.files.raster import write_cog
from udsat_geo.files.read import read_layers
from udsat_geo.files.workbook import LONGEST, cell_text
from udsat_geo.files.write import FORMATS, check_formats, write_results
from udsat_geo.messages.errors import InputError, OutputError
from udsat_geo.messages.tables import guarded
from udsat_geo.policy.load import load_policy


@dataclass(frozen=True)
class Town:
    """The second year of a small town in every format."""

    made: Designation
    stored: Layers
    folder: Path
    files: list[Path]

    def file(self, end: str) -> Path:
        return self.folder / f"designation_2021{end}"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    made = designated(folder, folder / "town.toml", 2021)
    files = write_results(made, folder / "all", tuple(FORMATS))
    return Town(made, layers_of(made), folder / "all", files)


# --- all of them --------------------------------------------------------------------------------------------


@pytest.mark.long
def test_every_file_that_is_named_is_there_and_no_other(town: Town) -> None:
    assert sorted(town.folder.iterdir()) == sorted(town.files)
    assert len(town.files) == len(set(town.files))
    assert town.files[-1] == town.file(".json")
    assert {"_areas.parquet", "_status.csv", ".xlsx", "_changed_units.fgb"} <= {
        path.name.removeprefix("designation_2021") for path in town.files
    }


@pytest.mark.long
@pytest.mark.parametrize("end", [".gpkg", "_units.parquet", "_changed_units.parquet", ".json"])
def test_any_of_its_files_leads_to_a_designation(town: Town, end: str) -> None:
    assert differences(town.stored, read_layers(town.file(end))) == []


@pytest.mark.parametrize("end", [".xlsx", "_near_misses.csv", "_status.fgb", "_areas.geojson", ".tif"])
def test_what_is_written_for_others_says_what_is_read_back(town: Town, end: str) -> None:
    told = r"is written for others, and not read back\. Name the file of \.gpkg or \.parquet beside it"
    with pytest.raises(InputError, match=told):
        read_layers(town.file(end))


@pytest.mark.long
def test_all_formats_give_the_same_bytes_again(town: Town, tmp_path: Path) -> None:
    for path in write_results(town.made, tmp_path, tuple(FORMATS)):
        assert path.read_bytes() == (town.folder / path.name).read_bytes(), path.name


@pytest.mark.long
def test_units_that_are_no_cells_make_no_raster(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "raw")
    policy = load_policy(str(POLICIES / "addresses.toml"))
    made = designate(2021, policy, Inputs(tmp_path / "raw", None, "registers"))
    files = write_results(made, tmp_path / "out", ("tif", "areas-tif", "parquet", "geojson", "fgb"))
    assert not [path for path in files if ".tif" in path.name]
    stored = layers_of(made)
    assert stored.layers["units"].geometry_type == "Point"
    assert differences(stored, read_layers(tmp_path / "out" / "designation_2021_units.parquet")) == []
    read = gpd.read_file(tmp_path / "out/designation_2021_units.geojson")
    points = shapely.from_wkb(stored.layers["units"].table["geom"].to_numpy())
    assert shapely.distance(points, read.to_crs(25832).geometry.array).max() < 0.001


def test_a_table_that_is_no_more_goes_with_the_run_that_had_it(town: Town, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in (
        "designation_2021_overrides.csv",
        "designation_2021_overrides.parquet",
        "designation_2017_overrides.csv",
    ):
        (out / name).write_text("of an earlier run", encoding="utf-8")
    write_results(town.made, out, ("csv",))
    assert not (out / "designation_2021_overrides.csv").exists()
    assert (out / "designation_2021_overrides.parquet").exists()
    assert (out / "designation_2017_overrides.csv").exists()


def test_a_fault_in_one_format_leaves_all_as_they_were(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "designation_2021_overrides.csv").write_text("earlier", encoding="utf-8")
    monkeypatch.setattr("udsat_geo.files.workbook.MOST_ROWS", 3)
    with pytest.raises(OutputError, match=r"the layer areas has .* rows, and a sheet holds 2. Leave xlsx out"):
        write_results(town.made, out, ("csv", "parquet", "xlsx"))
    assert [path.name for path in out.iterdir()] == ["designation_2021_overrides.csv"]


def test_formats_are_read_from_a_list() -> None:
    assert check_formats("Parquet, geojson,,fgb") == ("parquet", "geojson", "fgb")
    with pytest.raises(InputError, match=r"unknown format shp, dxf\. Known: gpkg, tif, areas-tif, parquet"):
        check_formats("shp,gpkg,dxf")


def test_a_format_without_its_library_names_the_extra(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    lacking = ("xlsxwriter", "adbc_driver_postgresql")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name in lacking else find(name, *more))
    with pytest.raises(
        InputError,
        match=r'--format xlsx: needs xlsxwriter, which is not installed. Install it with: pip install "udsat_geo.excel',
    ):
        check_formats("gpkg,xlsx")
    with pytest.raises(
        InputError,
        match=r"a database: needs adbc_driver_postgresql, which is not installed.*pip install .udsat_geo.post",
    ):
        read_layers("postgresql://host/db")
    assert check_formats("gpkg,parquet,geojson,fgb,csv")


def test_a_folder_of_none_or_several_is_told(town: Town, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no designation"):
        read_layers(tmp_path)
    for year in (2017, 2021):
        (tmp_path / f"designation_{year}.json").write_bytes(town.file(".json").read_bytes())
    with pytest.raises(InputError, match=r"holds several designations: designation_2017\.json, designation_2021\.json"):
        read_layers(tmp_path)
    with pytest.raises(InputError, match="stands alone: no file beside it can be read back"):
        read_layers(tmp_path / "designation_2017.json")


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 300, b"{}", b"a;b\r\n1;2;3\r\n"])
def test_a_damaged_file_is_told(town: Town, tmp_path: Path, content: bytes) -> None:
    write_results(town.made, tmp_path, ("parquet",))
    path = tmp_path / "designation_2021_units.parquet"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is no designation of ours"):
        read_layers(path)


def test_a_file_of_no_layer_is_told(tmp_path: Path) -> None:
    (tmp_path / "people.parquet").write_bytes(b"x")
    with pytest.raises(InputError, match="its name does not end in the name of a layer"):
        read_layers(tmp_path / "people.parquet")


# --- GeoParquet ---------------------------------------------------------------------------------------------


def test_geoparquet_says_what_its_standard_asks(town: Town) -> None:
    file = pq.ParquetFile(town.file("_areas.parquet"))
    geo = json.loads(file.schema_arrow.metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    assert geo["version"] == "1.1.0"
    assert geo["primary_column"] == "geom"
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["MultiPolygon"]
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 25832}
    assert column["covering"]["bbox"] == {corner: ["bbox", corner] for corner in ("xmin", "ymin", "xmax", "ymax")}
    assert column["bbox"] == shapely.total_bounds(town.made.outline).tolist()
    boxes = file.read(["bbox"])["bbox"].to_pylist()
    assert [list(box.values()) for box in boxes] == shapely.bounds(town.made.outline).tolist()
    group = file.metadata.row_group(0).column(0)
    assert group.compression == "ZSTD"
    assert group.statistics.has_min_max
    assert group.has_column_index


def test_geoparquet_opens_in_geopandas_and_by_box(town: Town) -> None:
    whole = gpd.read_parquet(town.file("_units.parquet"))
    assert whole.crs.to_epsg() == 25832
    assert len(whole) == len(town.made.units)
    west, south, east, north = whole.total_bounds
    part = gpd.read_parquet(town.file("_units.parquet"), bbox=(west, south, (west + east) / 2, (south + north) / 2))
    assert 0 < len(part) < len(whole)
    # the statistics of the box column's parts are what readers skip row groups by
    group = pq.ParquetFile(town.file("_units.parquet")).metadata.row_group(0)
    columns = {group.column(i).path_in_schema: group.column(i).statistics for i in range(group.num_columns)}
    assert (columns["bbox.xmin"].min, columns["bbox.ymax"].max) == (west, north)


def test_parquet_carries_titles_and_meanings(town: Town) -> None:
    schema = pq.read_schema(town.file("_status.parquet"))
    assert b"geo" not in schema.metadata
    assert json.loads(schema.metadata[b"udsat_geo"])["title"] == "Status"
    assert schema.field("gap").metadata[b"title"].decode() == "Gap"


def test_an_empty_layer_is_geoparquet_too(tmp_path: Path) -> None:
    WRITERS["parquet"](designation_of({}), tmp_path)
    empty = gpd.read_parquet(tmp_path / "designation_2025_areas.parquet")
    assert len(empty) == 0
    assert empty.crs.to_epsg() == 25832


# --- GeoJSON ------------------------------------------------------------------------------------------------


def test_geojson_is_as_rfc_7946_has_it(town: Town) -> None:
    collection = json.loads(town.file("_areas.geojson").read_text(encoding="utf-8"))
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    for feature in collection["features"]:
        assert feature["type"] == "Feature"
        west, south, east, north = shapely.bounds(shapely.from_geojson(json.dumps(feature["geometry"])))
        assert 8 < west < east < 13
        assert 54 < south < north < 58
        for polygon in feature["geometry"]["coordinates"]:
            outer, *holes = [shapely.LinearRing(ring) for ring in polygon]
            assert outer.is_ccw
            assert not any(hole.is_ccw for hole in holes)
    assert (collection["title"], collection["policy"]) == ("Designated areas", "town")
    digits = re.findall(r"\[ ?\d+\.(\d+),", town.file("_areas.geojson").read_text(encoding="utf-8"))
    assert max(map(len, digits)) == 9


def test_geojson_gives_its_texts_to_others(tmp_path: Path) -> None:
    WRITERS["geojson"](designation_of(TRIALS["any text"]), tmp_path)
    for layer, column in (("areas", "name"), ("overrides", "reason")):
        collection = json.loads((tmp_path / f"designation_2025_{layer}.geojson").read_text(encoding="utf-8"))
        assert [feature["properties"][column] for feature in collection["features"]] == TEXTS


def test_geojson_opens_in_gdal(town: Town) -> None:
    for layer in town.stored:
        meta, table = pyogrio.read_arrow(town.file(f"_{layer.name}.geojson"))
        assert len(table) == len(layer.table)
        assert meta["geometry_type"] in (layer.geometry_type, None, "Unknown")
    status = json.loads(town.file("_status.geojson").read_text(encoding="utf-8"))
    assert [feature["geometry"] for feature in status["features"]] == [None] * 5


# --- FlatGeobuf ---------------------------------------------------------------------------------------------


def test_flatgeobuf_has_an_index_and_says_what_it_is(town: Town) -> None:
    info = pyogrio.read_info(town.file("_units.fgb"))
    assert info["capabilities"]["fast_spatial_filter"]
    assert info["layer_metadata"]["TITLE"] == "Units"
    assert info["layer_metadata"]["DESCRIPTION"].startswith("All units judged")
    assert info["features"] == len(town.made.units)
    west, south, _, north = info["total_bounds"]
    _, table = pyogrio.read_arrow(town.file("_units.fgb"), bbox=(west, south, west + 1, (south + north) / 2))
    assert len(table) < len(town.made.units)


def test_flatgeobuf_columns_have_titles(town: Town) -> None:
    _, table = pyogrio.read_arrow(town.file("_areas.fgb"), max_features=1)
    told = table.schema.field("composite").metadata
    assert told[b"GDAL:OGR:alternative_name"] == b"Composite"
    assert table.column_names[0] == "row"


# --- CSV ----------------------------------------------------------------------------------------------------


def test_danish_csv_is_as_a_danish_spreadsheet_wants_it(tmp_path: Path) -> None:
    rows = {"areas": [{"name": 'Æblegade; "øst"', "rate_low": 0.25, "residents": 1000}]}
    for language, line in (
        ("da", 'areas-0;"Æblegade; ""øst""";;1000;;;;;0,25;'),
        ("en", 'areas-0,"Æblegade; ""øst""",,1000'),
    ):
        WRITERS["csv"](designation_of(rows, language), tmp_path)
        text = (tmp_path / "designation_2025_areas.csv").read_bytes().decode("utf-8")
        assert text.startswith("\ufeffarea_id" + (";" if language == "da" else ","))
        assert text.splitlines()[1].startswith(line)
        assert text.endswith("\r\n")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_csv_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    import csv

    texts = [f"{start}cmd|' /C calc'!A0", f"'{start}1", f"a{start}"]
    WRITERS["csv"](designation_of({"areas": [{"name": text} for text in texts]}, "en"), tmp_path)
    text = (tmp_path / "designation_2025_areas.csv").read_bytes().decode("utf-8-sig")
    names = [row["name"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert names == [f"'{texts[0]}", f"'{texts[1]}", texts[2]]


def test_csv_gives_its_texts_to_others(tmp_path: Path) -> None:
    import csv

    WRITERS["csv"](designation_of(TRIALS["any text"], "en"), tmp_path)
    text = (tmp_path / "designation_2025_areas.csv").read_bytes().decode("utf-8-sig")
    names = [row["name"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert names == [guarded(text) for text in TEXTS]


# --- Excel --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(town: Town) -> Any:
    from openpyxl import load_workbook

    return load_workbook(town.file(".xlsx"))


@pytest.mark.long
def test_a_workbook_has_a_sheet_for_each_layer_and_says_what_it_is(book: Any, town: Town) -> None:
    assert book.sheetnames == [
        "About", "Columns", "Designated areas", "Units", "Changes", "Changed units", "Near misses", "Status",
    ]  # fmt: skip
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert about["Designation of disadvantaged urban areas 2021"] is None
    assert about["Policy"] == "town"
    assert about["Designated areas"] == len(town.made.areas)
    meant = {row[1]: row[3] for row in book["Columns"].iter_rows(values_only=True) if row[0] == "Designated areas"}
    assert meant.keys() == set(town.stored.layers["areas"].table.column_names) - {"geom"}


@pytest.mark.long
def test_a_sheet_is_ready_to_work_with(book: Any) -> None:
    sheet = book["Designated areas"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:Y{sheet.max_row}"
    cells = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert cells["rate_low_income"].number_format == "0.0%"
    assert cells["rate_dwelling_area"].number_format == "#,##0.00"
    assert cells["residents"].number_format == "#,##0"
    assert cells["since"].number_format == "0"
    assert cells["area_id"].number_format == "@"
    assert isinstance(cells["residents"].value, int)
    assert isinstance(cells["composite"].value, float)
    assert max(column.width for column in sheet.column_dimensions.values()) == pytest.approx(60, abs=1)
    status = {row[0].value: row[1].number_format for row in book["Status"].iter_rows(min_row=2)}
    assert (status["low_income"], status["dwelling_area"]) == ("0.0%", "#,##0.00")
    assert book["Units"].cell(2, book["Units"].max_column).value in (True, False)


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    texts = ["=1+1", "+1", "@x", '=HYPERLINK("http://x")', "#N/A", "fine"]
    stored = designation_of({"areas": [{"name": text} for text in texts]}, "en")
    stored.summary.notes.append("=1+1")
    WRITERS["xlsx"](stored, tmp_path)
    book = load_workbook(tmp_path / "designation_2025.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "n", "b"}
    cells = book["Designated areas"]["B"][1:]
    assert [cell.value for cell in cells] == texts
    assert [cell.quotePrefix for cell in cells] == [True, True, True, True, False, False]


def test_a_text_that_looks_like_the_markup_of_a_cell_is_a_text(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    hostile = '<r><t>x</t></r></is></c><c r="Z9"><f>1+1</f></c><c><is><r></r>'
    WRITERS["xlsx"](designation_of({"areas": [{"name": hostile}]}, "en"), tmp_path)
    sheet = load_workbook(tmp_path / "designation_2025.xlsx")["Designated areas"]
    assert str(sheet["B2"].value).strip() == hostile
    assert sheet["Z9"].value is None


def test_a_workbook_gives_its_texts_to_others(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    texts = [text for text in TEXTS if text.isprintable() and "_x" not in text]
    WRITERS["xlsx"](designation_of({"areas": [{"name": text} for text in texts]}, "en"), tmp_path)
    cells = load_workbook(tmp_path / "designation_2025.xlsx")["Designated areas"]["B"][1:]
    assert [cell.value for cell in cells] == texts


def test_every_hostile_text_leaves_a_workbook_whole(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    WRITERS["xlsx"](designation_of(TRIALS["any text"], "en"), tmp_path)
    cells = load_workbook(tmp_path / "designation_2025.xlsx")["Designated areas"]["B"][1:]
    assert len(cells) == len(TEXTS)


def test_a_text_that_no_cell_holds_is_cut_and_told(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    long = ["x" * (LONGEST + 1), "😀" * 20_000, "x" * LONGEST, "😀" * 16_383, "=" * 40_000]
    WRITERS["xlsx"](designation_of({"areas": [{"name": text} for text in long]}, "en"), tmp_path)
    book = load_workbook(tmp_path / "designation_2025.xlsx")
    for text, cell in zip(long, book["Designated areas"]["B"][1:], strict=True):
        found = str(cell.value)
        assert (found, found != text) == cell_text(text)
        assert found == text or (found[-1] == "…" and text.startswith(found[:-1]))
        assert len(found.encode("utf-16-le")) // 2 <= LONGEST
    last = [cell.value for cell in list(book["About"].rows)[-1]]
    assert last[:2] == ["Texts that are longer than a cell holds, and end in … therefore", 3]


def test_a_workbook_knows_no_time_of_now(book: Any, town: Town) -> None:
    import zipfile

    assert book.properties.created == book.properties.modified
    assert book.properties.modified.year == 2021
    with zipfile.ZipFile(town.file(".xlsx")) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert archive.testzip() is None


# --- rasters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [".tif", "_areas.tif"])
def test_rasters_are_cloud_optimised(town: Town, end: str) -> None:
    from rio_cogeo import cog_validate

    valid, errors, warnings = cog_validate(town.file(end), strict=True, quiet=True)
    assert (valid, errors, warnings) == (True, [], [])


def test_bands_say_what_they_hold(town: Town) -> None:
    import rasterio

    with rasterio.open(town.file(".tif")) as raster:
        assert raster.descriptions[-2:] == ("composite", "area")
        assert raster.units[:2] == ("m2", "1")
        assert raster.tags(2)["TITLE"] == "Outside the labour market"
        assert raster.tags(7)["TITLE"] == "Number"
        rate = town.made.scores.rate[:, 1]
        assert float(raster.tags(2)["STATISTICS_MAXIMUM"]) == pytest.approx(np.nanmax(rate))


def test_areas_are_classes_with_colours_and_names(town: Town) -> None:
    import rasterio

    with rasterio.open(town.file("_areas.tif")) as raster, rasterio.open(town.file(".tif")) as rates:
        assert raster.dtypes == ("uint8",)
        assert raster.nodata == 0
        assert (raster.read(1) == rates.read(rates.count)).all()
        colours = raster.colormap(1)
    of_areas = [colours[number] for number in range(1, len(town.made.areas) + 1)]
    assert len(set(of_areas)) == len(of_areas)
    told = town.file("_areas.tif.aux.xml").read_text(encoding="utf-8")
    for area, name in zip(town.made.area_id, town.made.name, strict=True):
        assert f"<Category>{area} {name}</Category>" in told


@pytest.mark.parametrize("overviews", ["nearest", "mode"])
def test_large_rasters_have_overviews_of_values_that_there_are(tmp_path: Path, overviews: str) -> None:
    import rasterio
    from rasterio.transform import from_origin
    from rio_cogeo import cog_validate

    areas = np.random.default_rng(1).choice([0, 3, 9], size=(90, 110), p=[0.6, 0.3, 0.1]).repeat(12, 0).repeat(12, 1)
    profile = {"driver": "GTiff", "height": 1080, "width": 1320, "count": 1, "dtype": "uint8", "nodata": 0}
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile, crs="EPSG:25832", transform=from_origin(7e5, 6.2e6, 100, 100)) as raster:
            raster.write(areas.astype(np.uint8), 1)
        write_cog(memory, tmp_path / "large.tif", overviews)
    assert cog_validate(tmp_path / "large.tif", strict=True, quiet=True)[0]
    with rasterio.open(tmp_path / "large.tif") as raster:
        assert raster.overviews(1) == [2, 4, 8]
        small = raster.read(1, out_shape=(270, 330))
    # the squares of one value are whole at a quarter of the size
    assert (small == areas[::4, ::4]).all()
