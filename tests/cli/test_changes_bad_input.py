"""Bad input of `udsat diff`, `lineage` and `why`: one clear answer each, exit code 2, and nothing written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner

import spoiling as s
from two_years import write_polygons, write_town
from udsat_geo.cli.main import udsat

BOTH = "{d}/out/designation_2017.gpkg {d}/out/designation_2021.gpkg"
EARLIER, LATER = BOTH.split()
DRAWN = "{d}/drawn.gpkg"
RAW = "--registers {d}/raw"
TOWN = "--policy {d}/town.toml " + RAW


@dataclass(frozen=True)
class Row:
    """One kind of bad input; `{d}` in the arguments is the folder."""

    name: str
    spoil: Callable[[Path], None]
    arguments: str
    told: tuple[str, ...]


def in_summary(**changes: object) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "out" / "designation_2017.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes), encoding="utf-8")

    return spoil


def in_database(statement: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        connection = sqlite3.connect(folder / "out" / "designation_2017.gpkg")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(statement)
        connection.commit()
        connection.close()

    return spoil


def drawn(*boxes: tuple[float, float, float, float], names: str = "abcdefgh") -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / "drawn.gpkg").unlink()
        write_polygons(folder / "drawn.gpkg", list(names[: len(boxes)]), list(boxes))

    return spoil


def frame(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        read = gpd.read_file(folder / "drawn.gpkg")
        (folder / "drawn.gpkg").unlink()
        change(read).to_file(folder / "drawn.gpkg")

    return spoil


HERE = (719_000, 6_175_000, 721_000, 6_177_000)
BOWTIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])

DIFF = (
    Row("A is missing", s.remove("out/designation_2017.gpkg"), f"diff {BOTH}",
        ("designation_2017.gpkg: no such file",)),
    Row("B is empty", s.write("out/designation_2021.gpkg", ""), f"diff {BOTH}",
        ("designation_2021.gpkg: is an empty file", "Export it again")),
    Row("A is cut in half", s.cut("out/designation_2017.gpkg"), f"diff {BOTH}", ("designation_2017.gpkg",)),
    Row("A is no GeoPackage", s.write("out/designation_2017.gpkg", "hello"), f"diff {BOTH}", ("cannot be read",)),
    Row("summary is gone", s.remove("out/designation_2017.json"), f"diff {BOTH}",
        ("designation_2017.json: cannot be read", "beside the other files")),
    Row("summary is no JSON", s.write("out/designation_2017.json", "{"), f"diff {BOTH}", ("is not JSON",)),
    Row("summary of something else", s.write("out/designation_2017.json", "[1]"), f"diff {BOTH}",
        ("is not the summary of a designation",)),
    Row("units layer without areas", in_database('ALTER TABLE units RENAME COLUMN area_id TO other'), f"diff {BOTH}",
        ("is no designation of ours",)),
    Row("area deleted by hand", in_database("DELETE FROM areas WHERE number = 1"), f"diff {BOTH}",
        ("units of areas that the layer areas does not have", "Make the designation again")),
    Row("area twice", in_database("UPDATE areas SET area_id = '2017-01'"), f"diff {BOTH}",
        ("areas of one id", "2017-01")),
    Row("unit without a geometry", in_database("UPDATE units SET geom = NULL WHERE fid = 1"), f"diff {BOTH}",
        ("units without a geometry",)),
    Row("years in the wrong order", s.nothing, f"diff {LATER} {EARLIER}",
        ("designation_2021.gpkg: is of 2021, and designation_2017.gpkg of 2017", "Name the earlier one first")),
    Row("units of one id elsewhere", lambda d: moved(d), f"diff {BOTH}",
        ("units of ids that designation_2017.gpkg has elsewhere", "--registers DIR --year Y", "--units FILE")),
    Row("registers of no such year", s.nothing, f"diff {DRAWN} {DRAWN} {RAW} --year 1999",
        ("1999: no such folder", "There are registers of 2017, 2021")),
    Row("registers without a year", s.nothing, f"diff {DRAWN} {DRAWN} {RAW}",
        ("--year: is missing", "There are registers of 2017, 2021")),
    Row("no such register folder", s.nothing, f"diff {DRAWN} {DRAWN} --registers {{d}}/nix", ("nix: no such folder",)),
    Row("broken registers", s.remove("raw/2021/dwellings.parquet"), f"diff {DRAWN} {DRAWN} {RAW} --year 2021",
        ("no table of dwellings",)),
    Row("synthetic city of no such year", s.nothing, f"diff {DRAWN} {DRAWN} --year 1999",
        ("The synthetic city has registers for 2017", "1999")),
    Row("polygons and nobody to weigh them by", drawn((0, 0, 10, 10)), f"diff {DRAWN} {DRAWN}",
        ("none of its 1 areas holds any of the", "synthetic Copenhagen", "--registers DIR --year Y", "--units FILE")),
    Row("areas outside the city", drawn((0, 0, 10, 10), (20, 0, 30, 10)), f"diff {DRAWN} {LATER}",
        ("drawn.gpkg: none of its 2 areas", "points of designation_2021.gpkg")),
    Row("polygons that overlap", drawn(HERE, (719_500, 6_175_500, 721_500, 6_177_500)), f"diff {DRAWN} {LATER}",
        ("areas a and b overlap by", "--allow-overlaps: the first of them counts then")),
    Row("polygons that share residents on a sliver", drawn(HERE, (719_000, 6_176_990, 740_000, 6_190_000)),
        f"diff {DRAWN} {DRAWN} --units {{d}}/people.gpkg", ("areas a and b overlap by",)),
    Row("no such name column", s.nothing, f"diff {DRAWN} {LATER} --name navne",
        ("drawn.gpkg, column navne: is missing", "The file has: name")),
    Row("three name columns", s.nothing, f"diff {BOTH} --name a --name b --name c", ("--name: stands 3 times",)),
    Row("areas without a name", frame(lambda f: f.assign(name=None)), f"diff {DRAWN} {LATER} --name name",
        ("areas without a name", "row 1")),
    Row("polygons that are points", frame(lambda f: f.set_geometry(f.centroid)), f"diff {DRAWN} {LATER}",
        ("geometries that are no polygons",)),
    Row("invalid polygons", frame(lambda f: f.set_geometry([BOWTIE] * len(f))), f"diff {DRAWN} {LATER}",
        ("invalid geometries", "Fix geometries")),
    Row("polygons without a geometry", frame(lambda f: f.set_geometry([None] * len(f))), f"diff {DRAWN} {LATER}",
        ("areas without a geometry",)),
    Row("polygons without a reference system", frame(lambda f: f.set_crs(None, allow_override=True)),
        f"diff {DRAWN} {LATER}", ("does not say its reference system",)),
    Row("no polygons at all", frame(lambda f: f.iloc[:0]), f"diff {DRAWN} {LATER}", ("drawn.gpkg: holds no polygons",)),
    Row("a table for a map", s.write("areas.csv", "name,residents\na,1\n"), f"diff {{d}}/areas.csv {LATER}",
        ("areas.csv: holds no geometries",)),
    Row("units without residents", s.nothing, f"diff {DRAWN} {DRAWN} --units {DRAWN}",
        ("drawn.gpkg: has no column residents or beboere", "--policy")),
    Row("units with half a resident", frame(lambda f: f.assign(residents=0.5)),
        f"diff {LATER} {LATER} --units {DRAWN}", ("no whole number of residents (1 row)", "0.5")),
    Row("units with residents in words", frame(lambda f: f.assign(residents="few")),
        f"diff {LATER} {LATER} --units {DRAWN}", ("is no number of residents",)),
    Row("units and registers at once", s.nothing,
        f"diff {BOTH} {RAW} --units {DRAWN}", ("--units, --registers: both say",)),
    Row("a policy over registers for a table of units", s.nothing,
        f"diff {BOTH} --units {DRAWN} --policy {{d}}/town.toml", ("policy town", "the table was made for")),
    Row("--out is no GeoPackage", s.nothing, f"diff {BOTH} --out {{d}}/x.shp", ("x.shp is no GeoPackage",)),
    Row("--out is one of the files", s.nothing, f"diff {BOTH} --out {LATER}", ("is one of the files compared",)),
    Row("--out under a file", s.nothing, f"diff {BOTH} --out {{d}}/town.toml/x.gpkg", ("town.toml is not a folder",)),
    Row("--why of polygons", s.nothing, f"diff {DRAWN} {LATER} --why",
        ("--why, drawn.gpkg: is no designation of ours",)),
    Row("--why without the policy", s.nothing, f"diff {BOTH} --why {RAW}",
        ("was made by the policy town", "Name its file with --policy")),
    Row("--why without the registers", s.nothing, f"diff {BOTH} --why --policy {{d}}/town.toml",
        ("designation_2017.gpkg: was made from registers, which are not here",
         "designation_2021.gpkg: was made from registers", "--registers DIR")),
    Row("--why of one year twice", s.nothing, f"diff {LATER} {LATER} --why {TOWN}", ("2021 does not lie after 2021",)),
    Row("--why without registers of a year", s.remove("raw/2017"), f"diff {BOTH} --why {TOWN}",
        ("has no registers of 2017", "There are registers of 2021")),
)  # fmt: skip

OTHERS = (
    Row("lineage of nothing", s.nothing, "lineage", ("needs files or --years",)),
    Row("lineage of files and years", s.nothing, f"lineage {BOTH} --years 2017,2021", ("one of them",)),
    Row("lineage of one file", s.nothing, f"lineage {LATER}", ("fewer than two",)),
    Row("lineage backwards", s.nothing, f"lineage {LATER} {EARLIER}",
        ("designation_2017.gpkg: is of 2017, which does not lie after 2021 (designation_2021.gpkg)",)),
    Row("lineage of a year twice", s.nothing, f"lineage {LATER} {LATER}", ("does not lie after 2021",)),
    Row("lineage of years that do not rise", s.nothing, "lineage --years 2017,2025,2021",
        ("2021 does not lie after 2025",)),
    Row("lineage of no years", s.nothing, "lineage --years 2017,MMXXI", ("'MMXXI' is no year", "2017,2021,2025")),
    Row("lineage of polygons without a year", s.nothing, f"lineage {DRAWN} {LATER}",
        ("drawn.gpkg: does not say its year", "Write YEAR=")),
    Row("lineage of a designation of another year", s.nothing, f"lineage 2016={EARLIER} {LATER}", ("is of 2017",)),
    Row("lineage of a year without registers", s.nothing, f"lineage --years 2017,2020 {TOWN}",
        ("has no registers of 2020", "There are registers of 2017, 2021")),
    Row("lineage in two forms", s.nothing, f"lineage {BOTH} --json --csv", ("--json, --csv: both",)),
    Row("lineage of a year the policy does not hold for", s.nothing, f"lineage --years 2016,2017 {TOWN}",
        ("--year 2016: the policy town holds for",)),
    Row("why of years backwards", s.nothing, f"why 2021 2017 {TOWN}", ("2017 does not lie after 2021",)),
    Row("why of one year", s.nothing, f"why 2021 2021 {TOWN}", ("2021 does not lie after 2021",)),
    Row("why without registers of a year", s.nothing, f"why 2017 2019 {TOWN}", ("has no registers of 2019",)),
    Row("why of one folder for both years", s.nothing, "why 2017 2021 --policy {d}/town.toml --registers {d}/raw/2017",
        ("has no registers of 2017, 2021", "a folder of its own")),
    Row("why of one table for both years", s.nothing, f"why 2017 2021 --policy {{d}}/town.toml --units {DRAWN}",
        ("is one table", "{year}")),
    Row("why under policies over other cells", lambda d: coarser(d),
        f"why 2017 2021 {TOWN} --to-policy {{d}}/coarse.toml",
        ("policy coarse: judges other units than town: units.size = 200, not 100",)),
    Row("why of a policy that is not there", s.nothing, "why 2017 2021 --policy {d}/nix.toml", ("nix.toml",)),
)  # fmt: skip


def moved(folder: Path) -> None:
    """The same ids, a kilometre to the east."""
    path = folder / "out" / "designation_2021.gpkg"
    layers = {name: gpd.read_file(path, layer=name) for name in ("areas", "units", "changes")}
    layers["units"] = layers["units"].set_geometry(layers["units"].translate(1000))
    path.unlink()
    for name, content in layers.items():
        content.to_file(path, layer=name)


def coarser(folder: Path) -> None:
    text = (folder / "town.toml").read_text(encoding="utf-8").replace('id = "town"', 'id = "coarse"')
    (folder / "coarse.toml").write_text(text + "[units]\nsize = 200\n", encoding="utf-8")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    write_town(folder)
    write_polygons(folder / "drawn.gpkg", ["a"], [HERE])
    people = gpd.GeoDataFrame({"residents": [3]}, geometry=[shapely.Point(720_000, 6_176_995)], crs="EPSG:25832")
    people.to_file(folder / "people.gpkg")
    return folder


def content_of(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("row", [*DIFF, *OTHERS], ids=lambda row: row.name)
def test_bad_input_is_told_and_writes_nothing(
    row: Row, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copytree(good, tmp_path / "in")
    row.spoil(folder)
    monkeypatch.chdir(folder)
    before = content_of(folder)
    arguments = [part.replace("{d}", str(folder)) for part in row.arguments.split()]
    result = CliRunner().invoke(udsat, [*arguments, "--language", "en"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    flat = " ".join(result.stderr.split())
    missing = [piece for piece in row.told if piece not in flat]
    assert not missing, f"{missing} not in:\n{result.stderr}"
    assert content_of(folder) == before


# --- what is said, and not refused --------------------------------------------------------------------------


def told_by(arguments: str, folder: Path) -> list[str]:
    parts = [part.replace("{d}", str(folder)) for part in arguments.split()]
    result = CliRunner().invoke(udsat, [*parts, "--language", "en", "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["notes"]


def test_an_area_that_nobody_lives_in_and_one_outside_the_city_are_told(good: Path, tmp_path: Path) -> None:
    boxes = [HERE, (700_000, 6_100_000, 700_100, 6_100_100), (717_000, 6_174_000, 717_001, 6_174_001)]
    write_polygons(tmp_path / "drawn.gpkg", ["city", "far", "wood"], boxes)
    notes = told_by(f"diff {tmp_path}/drawn.gpkg {LATER}", good)
    assert "drawn.gpkg: areas outside the city: 2, among them far, wood" in notes
    assert "drawn.gpkg: areas that nobody lives in: 2, among them far, wood" in notes


def test_overlaps_may_be_allowed_and_are_told(good: Path, tmp_path: Path) -> None:
    write_polygons(tmp_path / "drawn.gpkg", ["b", "a"], [HERE, HERE])
    notes = told_by(f"diff {tmp_path}/drawn.gpkg {LATER} --allow-overlaps", good)
    assert any("residents of two areas count in the first by name" in note and "'a' / 'b'" in note for note in notes)


@pytest.mark.long
def test_another_policy_and_another_reference_system_are_told(good: Path, tmp_path: Path) -> None:
    read = gpd.read_file(good / "drawn.gpkg").to_crs("EPSG:4326")
    read.to_file(tmp_path / "degrees.gpkg")
    notes = told_by(f"diff {tmp_path}/degrees.gpkg {LATER}", good)
    assert notes == ["degrees.gpkg: reprojected from EPSG:4326 to EPSG:25832"]
    folder = copytree(good, tmp_path / "in")
    in_summary(policy={"id": "other", "sha256": "ff"}, source="synthetic")(folder)
    notes = told_by(f"diff {BOTH}", folder)
    assert "The designations were made by different policies: other and town" in notes
    assert "The designations rest on different kinds of data: synthetic and registers" in notes


@pytest.mark.long
def test_a_designation_that_cannot_be_made_again_is_told(good: Path, tmp_path: Path) -> None:
    folder = copytree(good, tmp_path / "in")
    in_database("UPDATE units SET area_id = NULL WHERE fid = (SELECT min(fid) FROM units WHERE area_id NOT NULL)")(
        folder
    )
    parts = [part.replace("{d}", str(folder)) for part in f"diff {BOTH} --why {TOWN} --language en --json".split()]
    result = CliRunner().invoke(udsat, parts)
    assert result.exit_code == 0, result.output
    notes = json.loads(result.stdout)["why"]["notes"]
    assert (
        notes[0]
        == "designation_2017.gpkg: 1 units are not designated as registers and policy have it; that is not explained"
    )
