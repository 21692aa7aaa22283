"""Results written and read back are the same again; formats that are written for others say what to read."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box

import udsat_geo as ug
from api_town import Town

pytestmark = pytest.mark.long  # whole jobs

WHOLE = ("gpkg", "parquet")


@pytest.mark.long
@pytest.mark.parametrize("read_before", [False, True], ids=["made", "read"])
@pytest.mark.parametrize("name", WHOLE)
def test_what_is_written_reads_back_equal(
    town: Town, made: ug.Result, tmp_path: Path, name: str, read_before: bool
) -> None:
    result = ug.read(town.file(2021)) if read_before else made
    files = result.to_folder(tmp_path / "out", name)
    assert files[-1].name == "designation_2021.json"
    assert all(file.is_file() for file in files)
    assert ug.read(files[0]).differences(made) == []


def test_a_result_that_was_read_writes_the_same_bytes_again(town: Town, tmp_path: Path) -> None:
    again = ug.read(town.file(2021)).to_folder(tmp_path, ("gpkg",))
    assert again[0].read_bytes() == town.file(2021).read_bytes()
    assert again[1].read_bytes() == town.file(2021).with_suffix(".json").read_bytes()


@pytest.mark.long
@pytest.mark.parametrize("read_before", [False, True], ids=["made", "read"])
def test_one_file_is_called_as_it_is_asked_for(town: Town, made: ug.Result, tmp_path: Path, read_before: bool) -> None:
    result = ug.read(town.file(2021)) if read_before else made
    path = result.to_file(tmp_path / "new" / "mine.gpkg")
    assert sorted(file.name for file in path.parent.iterdir()) == ["mine.gpkg", "mine.json"]
    assert ug.read(path) == made
    with closing(sqlite3.connect(path)) as connection:
        ((project,),) = connection.execute("SELECT content FROM qgis_projects").fetchall()
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(project))) as packed:
        inside = packed.read("designation.qgs").decode("utf-8")
    assert "mine.gpkg" in inside
    assert "designation_2021" not in inside
    again = made.to_file(tmp_path / "designation_2021.gpkg")
    assert again.read_bytes() == town.file(2021).read_bytes()
    assert made.to_file(str(tmp_path / "mine.tif")) == tmp_path / "mine.tif"


def test_what_is_written_for_others_is_not_read_back(made: ug.Result, tmp_path: Path) -> None:
    for name in ("fgb", "geojson", "csv"):
        with pytest.raises(ug.InputError, match="is written for others, and not read back"):
            ug.read(made.to_folder(tmp_path, name)[0])
    pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed")
    with pytest.raises(ug.InputError, match="is written for others, and not read back"):
        ug.read(made.to_file(tmp_path / "mine.xlsx"))


@pytest.mark.long
def test_what_cannot_be_written_is_told(town: Town, made: ug.Result, tmp_path: Path) -> None:
    with pytest.raises(ug.InputError, match=r"x\.parquet: is no format that holds a designation in one file"):
        made.to_file(tmp_path / "x.parquet")
    with pytest.raises(ug.InputError, match="unknown format dwg"):
        made.to_folder(tmp_path, "gpkg,dwg")
    pytest.importorskip("rocrate", reason="rocrate is not installed")
    with pytest.raises(ug.InputError, match="format crate: tells of a run of the command"):
        made.to_folder(tmp_path, "gpkg,crate")
    with pytest.raises(ug.InputError, match="format tif: cannot be made of a designation that was read back"):
        ug.read(town.file(2021)).to_file(tmp_path / "x.tif")
    (tmp_path / "a file").write_text("", encoding="utf-8")
    for result in (made, ug.read(town.file(2021))):
        with pytest.raises(ug.OutputError):
            result.to_file(tmp_path / "a file" / "x.gpkg")
        with pytest.raises(ug.OutputError):
            result.to_folder(tmp_path / "a file" / "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a file"]


@pytest.mark.long
def test_files_are_written_when_those_of_the_frames_are_gone(town: Town, tmp_path: Path) -> None:
    """Their hashes stand in the summary since the result was made."""
    places = gpd.GeoDataFrame(
        {"name": ["All"]}, geometry=[box(718_000, 6_174_000, 723_000, 6_179_000)], crs="EPSG:25832"
    )
    named = town.designate(places=places, previous=None)
    named.to_folder(tmp_path, ("gpkg", "tif"))
    assert ug.read(tmp_path) == named
