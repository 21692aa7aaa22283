"""`udsat status` as users meet it: tables, files, JSON, and one clear answer to every kind of bad input."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from shapely.geometry import LineString, Polygon, box

from goal_worlds import EAST_AREA, WEST_AREA, write_geometries, write_polygons
from small_registers import Registers, make_registers
from udsat_geo.cli.main import udsat
from udsat_geo.synthetic import YEARS as SYNTHETIC_YEARS

pytestmark = pytest.mark.long  # whole jobs

OWN_POLICY = """
extends = "kbh-2017"
id = "own"
[rule]
criteria = 1
core = 0.5
edge = 0.2
[areas]
residents = 20
[context]
residents = 0
"""


def call(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(udsat, ["status", *(str(argument) for argument in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers of three years in `raw`, of one in `flat`, areas, and a designation of 2017."""
    folder = tmp_path_factory.mktemp("town")
    for seed, year in enumerate((2017, 2019, 2021)):
        make_registers(seed, n_addresses=80, n_residents=600).write(folder / "raw" / str(year))
    make_registers(0).write(folder / "flat")
    write_polygons(folder / "areas.gpkg", [WEST_AREA, EAST_AREA], name=["Vest", "Øst"])
    (folder / "own.toml").write_text(OWN_POLICY, encoding="utf-8")
    made = CliRunner().invoke(
        udsat,
        ["designate", "--year", "2017", "--registers", str(folder / "raw"), "--policy", str(folder / "own.toml"),
         "--out", str(folder), "--format", "gpkg", "--quiet"],
    )  # fmt: skip
    assert made.exit_code == 0, made.stderr
    return folder


def over(town: Path) -> list[str | Path]:
    return ["--areas", town / "areas.gpkg", "--registers", town / "raw", "--years", "2017,2019,2021"]


def test_the_tables_are_printed_in_danish_by_default(town: Path) -> None:
    code, printed, errors = call(*over(town))
    assert (code, errors) == (0, "")
    flat = " ".join(printed.split())
    for piece in (
        "Udsatte byområder: areas.gpkg, 2 polygoner",
        "Tabel 1: Udpegningskriterierne i absolutte tal",
        "Kriterium 2017 2019 2021 Ændring 2017-2021",
        "Tabel 2: Områdernes efterslæb mod resten af byen",
        "Milepæl 2025",
        "Målet: efterslæbet fra 2017 er halveret i 2025 på mindst 3 af 5 kriterier.",
        "Beboere uden placering (tælles ingen steder): 2017:",
    ):
        assert piece in flat, piece
    assert "Tabel 22" not in flat


def test_a_designation_is_measured_by_its_cells_and_one_may_be_made_on_the_way(town: Path) -> None:
    """The file and the year are the same areas: the year is designated from its registers by the same policy."""
    base = [
        "--registers",
        town / "raw",
        "--years",
        "2017,2021",
        "--policy",
        town / "own.toml",
        "--json",
        "--language",
        "en",
    ]
    by_file = call("--areas", town / "designation_2017.gpkg", *base)
    by_year = call("--areas", "2017", *base)
    assert by_file[0] == by_year[0] == 0, by_file[2] + by_year[2]
    read, made = json.loads(by_file[1]), json.loads(by_year[1])
    for part in ("table_1", "table_2", "milestone", "residents"):
        assert read[part] == made[part]
    assert [area["residents"] for area in read["areas"]["areas"]] == [a["residents"] for a in made["areas"]["areas"]]
    assert read["areas"]["designation_of"] == made["areas"]["designation_of"] == 2017
    summary = json.loads((town / "designation_2017.json").read_text(encoding="utf-8"))
    assert read["residents"][0]["in_areas"] == summary["residents_in_areas"]
    for row in summary["status"]:
        assert read["table_1"]["areas"][row["criterion"]]["2017"] == row["areas"]


def test_updated_areas_make_tabel_22(town: Path) -> None:
    arguments = [*over(town), "--updated", town / "designation_2017.gpkg", "--language", "en"]
    code, printed, errors = call(*arguments)
    assert (code, errors) == (0, "")
    assert "Table 22: The areas beside the updated ones, 2021" in printed
    assert "Updated areas: the designation of 2017 (designation_2017.gpkg)" in " ".join(printed.split())
    data = json.loads(call(*arguments, "--json")[1])
    for key, row in data["table_22"]["criteria"].items():
        assert row["areas"] == data["table_1"]["areas"][key]["2021"]
        assert row["difference"] == row["updated"] - row["areas"]


def test_files_are_written_together_and_json_is_the_same_as_on_standard_output(town: Path, tmp_path: Path) -> None:
    code, printed, errors = call(*over(town), "--json", "--out", tmp_path / "out")
    assert (code, errors) == (0, "")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["status.csv", "status.json", "status.md"]
    assert printed == (tmp_path / "out/status.json").read_text(encoding="utf-8")
    data = json.loads(printed)
    assert data["policy"]["id"] == "kbh-2017"
    assert data["source"] == "registers"
    assert [told["year"] for told in data["registers"]] == data["years"] == [2017, 2019, 2021]
    assert all(len(entry["sha256"]) == 64 for told in data["registers"] for entry in told["inputs"])
    assert len(data["areas"]["sha256"]) == 64


def rows_of(path: Path, delimiter: str) -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_csv_has_a_row_for_every_figure_in_the_signs_of_its_language(town: Path, tmp_path: Path) -> None:
    updated = ["--updated", town / "designation_2017.gpkg"]
    for language in ("da", "en"):
        assert call(*over(town), *updated, "--language", language, "--out", tmp_path / language)[0] == 0
    danish, english = rows_of(tmp_path / "da/status.csv", ";"), rows_of(tmp_path / "en/status.csv", ",")
    assert list(danish[0]) == ["Tabel", "Kriterium", "Nøgle", "Sted", "Kolonne", "Værdi", "Enhed", "±"]
    data = json.loads((tmp_path / "en/status.json").read_text(encoding="utf-8"))
    levels = {(row["Key"], row["Place"], row["Column"]): row["Value"] for row in english if row["Table"] == "Table 1"}
    assert len(levels) == 2 * 5 * 4
    for key, series in data["table_1"]["areas"].items():
        scale = 1 if key == "dwelling_area" else 100
        for year in ("2017", "2019", "2021"):
            assert levels[key, "Disadvantaged areas", year] == f"{scale * series[year]:.1f}"
    assert [row["Værdi"].replace(",", ".") for row in danish if row["Tabel"] == "Tabel 1"] == [
        row["Value"] for row in english if row["Table"] == "Table 1"
    ]
    tables = {row["Table"] for row in english}
    assert tables == {"Residents", "Table 1", "Table 2", "Milestone", "Table 22", "Appendix 1"}
    assert len([row for row in english if row["Table"] == "Table 2"]) == 5 * 7
    chance = data["chance"]["table_1"]["areas"]["low_income"]
    (change,) = [row for row in english if row["Key"] == "low_income" and row["Column"] == "Change 2017-2021"][:1]
    assert change["±"] == f"{196 * chance['change']['se']:.2f}"
    assert len([row for row in english if row["Table"] == "Table 22"]) == 5 * 3
    assert len([row for row in english if row["Table"] == "Appendix 1"]) == 21 * 3 * 3


def test_markdown_has_every_table_whole(town: Path, tmp_path: Path) -> None:
    assert call(*over(town), "--updated", town / "areas.gpkg", "--out", tmp_path)[0] == 0
    text = (tmp_path / "status.md").read_text(encoding="utf-8")
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("| ")]
    assert [len(table) - 2 for table in tables] == [3, 12, 5, 5, 5, 4 + 21]
    for table in tables:
        assert len({line.count("|") for line in table}) == 1
    assert "## Milepæl 2025" in text
    assert "(eget valg)" in text


def test_the_same_input_gives_the_same_bytes_in_any_order_of_years(town: Path, tmp_path: Path) -> None:
    common = ["--areas", town / "areas.gpkg", "--registers", town / "raw", "--updated", town / "designation_2017.gpkg"]
    call(*common, "--years", "2021, 2017,2019", "--out", tmp_path / "one")
    call(*common, "--years", "2017,2019,2021", "--threads", "1", "--out", tmp_path / "other")
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert names == {"status.csv", "status.json", "status.md"}
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes(), name


@pytest.mark.long
def test_the_synthetic_city_serves_where_there_are_no_registers(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    areas = write_polygons(tmp_path / "areas.gpkg", [box(718_500, 6_178_500, 719_800, 6_180_000)])
    code, printed, errors = call("--areas", areas, "--years", "2021", "--language", "en")
    assert (code, errors) == (0, "")
    assert "synthetic Copenhagen, whose residents do not exist" in printed.splitlines()[0]
    assert json.loads(call("--areas", areas, "--years", "2021", "--json")[1])["source"] == "synthetic"


def test_registers_that_say_they_are_synthetic_are_said_to_be(town: Path, tmp_path: Path) -> None:
    shutil.copytree(town / "raw" / "2021", tmp_path / "raw")
    (tmp_path / "raw" / "registers.toml").write_text('source = "synthetic"\n', encoding="utf-8")
    code, printed, _ = call("--areas", town / "areas.gpkg", "--registers", tmp_path / "raw", "--years", "2021")
    assert code == 0
    assert printed.splitlines()[0] == "Registrene er syntetiske: ingen af beboerne findes."
    arguments = ["--areas", town / "designation_2017.gpkg", "--registers", tmp_path / "raw", "--years", "2021"]
    flat = " ".join(call(*arguments)[1].split())
    assert "designation_2017.gpkg er udpeget efter registre, men måles med syntetiske registre." in flat


def test_one_folder_serves_for_one_year(town: Path) -> None:
    code, printed, errors = call("--areas", town / "areas.gpkg", "--registers", town / "flat", "--years", "2019")
    assert (code, errors) == (0, "")
    assert "2019" in printed


def test_what_is_blank_is_said(town: Path, tmp_path: Path) -> None:
    shutil.copytree(town / "raw", tmp_path / "raw")
    made = make_registers(1, n_addresses=80, n_residents=600)
    lacking = Registers(made.residents.drop_columns(["education"]), made.dwellings, made.addresses)
    lacking.write(tmp_path / "raw" / "2019")
    arguments = ["--areas", town / "areas.gpkg", "--registers", tmp_path / "raw", "--years", "2017,2019,2021"]
    code, printed, errors = call(*arguments)
    assert (code, errors) == (0, "")
    flat = " ".join(printed.split())
    assert "2019: Andel uden uddannelse kan ikke beregnes; registrene mangler residents.education." in flat
    data = json.loads(call(*arguments, "--json")[1])
    assert data["table_1"]["areas"]["no_education"]["2019"] is None
    assert data["table_1"]["areas"]["no_education"]["2021"] is not None


# --- bad input ----------------------------------------------------------------------------------------------

Spoil = Callable[[Path], object]


def nothing(folder: Path) -> None:
    """The call alone is at fault."""


def drawn(*polygons: Any, **columns: Any) -> Spoil:
    return lambda folder: write_polygons(folder / "areas.gpkg", polygons, **columns)


def lines(folder: Path) -> None:
    (folder / "areas.gpkg").unlink()
    write_geometries(folder / "areas.gpkg", [LineString([(719_700, 6_176_000), (720_000, 6_176_000)])])


def unknown_system(folder: Path) -> None:
    write_polygons(folder / "areas.shp", [WEST_AREA])
    (folder / "areas.prj").unlink()


def unknown_epsg(folder: Path) -> None:
    gpd.GeoDataFrame({"n": [1]}, geometry=[WEST_AREA], crs="EPSG:25832").to_parquet(folder / "areas.parquet")
    table = pq.read_table(folder / "areas.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    geo["columns"]["geometry"]["crs"] = "EPSG:99999"
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo)}), folder / "areas.parquet")


def damaged(folder: Path) -> None:
    path = folder / "designation_2017.gpkg"
    path.write_bytes(path.read_bytes()[:3000])


def no_summary(folder: Path) -> None:
    (folder / "designation_2017.json").unlink()


def unknown_code(folder: Path) -> None:
    made = make_registers(2)
    place = made.residents.column_names.index("origin")
    odd = made.residents.set_column(place, "origin", [["martian"] * made.residents.num_rows])
    Registers(odd, made.dwellings, made.addresses).write(folder / "raw" / "2021")


def says_another_year(folder: Path) -> None:
    (folder / "raw" / "2021" / "registers.toml").write_text("year = 2011\n", encoding="utf-8")


def zone_policy(folder: Path) -> None:
    text = OWN_POLICY.replace("[rule]", '[units]\nkind = "zones"\nid = "id"\n[rule]')
    (folder / "zones.toml").write_text(text, encoding="utf-8")


def no_areas_policy(folder: Path) -> None:
    (folder / "none.toml").write_text(OWN_POLICY.replace("residents = 20", "residents = 99999"), encoding="utf-8")


RAW = "--registers {d}/raw --years 2017,2021"
AREAS = f"--areas {{d}}/areas.gpkg {RAW}"
known = ", ".join(str(year) for year in SYNTHETIC_YEARS)
BAD: dict[str, tuple[Spoil, str, tuple[str, ...]]] = {
    "no areas": (nothing, RAW, ("--areas",)),
    "no years": (nothing, "--areas {d}/areas.gpkg --registers {d}/raw", ("--years",)),
    "years that are none": (nothing, AREAS + ",soon,17", ("'soon' is no year", "'17' is no year")),
    "an empty list of years": (nothing, AREAS + ",", ("'' is no year",)),
    "a year twice": (nothing, AREAS + ",2017", ("--years 2017: stands more than once",)),
    "a year outside the policy's": (
        nothing, AREAS + ",2013,2040",
        ("--years 2013: the policy kbh-2017 holds for 2017-2028", "--years 2040: the policy"),
    ),
    "a year without registers": (
        nothing, AREAS + ",2018,2020", ("2018: no such folder", "2020: no such folder", "2017, 2019, 2021"),
    ),
    "several years of one folder": (
        nothing, "--areas {d}/areas.gpkg --registers {d}/flat --years 2017,2021",
        ("--years 2017:", "has no folder of that year", "--years 2021:", "Each year needs a folder of its own in it."),
    ),
    "areas of one year, people of another, in one folder": (
        nothing, "--areas 2017 --registers {d}/flat --years 2021", ("--years 2021:", "has no folder of that year"),
    ),
    "a synthetic year there is not": (
        nothing, "--areas {d}/areas.gpkg --years 2020",
        ("--years 2020: no registers in data/raw, and the synthetic", f"It has {known}"),
    ),
    "a synthetic designation there is not": (
        nothing, "--areas 2020 --years 2021", ("--areas 2020: no registers in data/raw", f"It has {known}"),
    ),
    "no register folder": (
        nothing, "--areas {d}/areas.gpkg --registers {d}/none --years 2017", ("none: no such folder",)
    ),
    "registers of another year": (
        says_another_year, AREAS, ("--years 2021: registers.toml says that these registers are of 2011",),
    ),
    "an unknown code": (unknown_code, AREAS, ("column origin: unknown codes", "'martian'")),
    "no areas file": (nothing, f"--areas {{d}}/none.gpkg {RAW}", ("none.gpkg: no such file",)),
    "a designation of no year": (
        nothing, f"--areas 2018 {RAW}", ("2018: no such folder", "2017, 2019, 2021"),
    ),
    "a designation outside the policy's years": (
        nothing, f"--areas 2010 {RAW}", ("--areas 2010: the policy kbh-2017 holds for 2017-2028",),
    ),
    "a designation without an area": (
        no_areas_policy, f"--areas 2017 {RAW} --policy {{d}}/none.toml",
        ("--areas 2017: the designation by own has no area",),
    ),
    "a designation over zones by its year": (
        zone_policy, f"--areas 2017 {RAW} --policy {{d}}/zones.toml",
        ("--areas 2017: the policy own designates zones",),
    ),
    "a damaged designation": (damaged, f"--areas {{d}}/designation_2017.gpkg {RAW}", ("designation_2017.gpkg: ",)),
    "a designation without its summary": (
        no_summary, f"--areas {{d}}/designation_2017.gpkg {RAW}", ("designation_2017.json: cannot be read",),
    ),
    "areas that overlap": (
        drawn(WEST_AREA, WEST_AREA.buffer(-100), name=["Vest", "Midt"]), AREAS,
        ("areas 1 (Vest) and 2 (Midt) overlap by 60,000 m2", "--allow-overlaps"),
    ),
    "an area outside the city": (
        drawn(WEST_AREA, box(500_000, 6_000_000, 500_100, 6_000_100), name=["Vest", "Fyn"]), AREAS,
        ("area 2 (Fyn) lies outside the city of the registers",),
    ),
    "degrees called metres": (
        drawn(box(12.5, 55.6, 12.6, 55.7)), AREAS, ("area 1 (polygon A) lies outside the city",),
    ),
    "a crossed polygon": (
        drawn(Polygon([(719_700, 6_176_000), (719_900, 6_176_200), (719_900, 6_176_000), (719_700, 6_176_200)])),
        AREAS, ("areas.gpkg: invalid geometries", "area 1 (polygon A) (Self-intersection"),
    ),
    "lines": (lines, AREAS, ("areas.gpkg: geometries that are no polygons",)),
    "metres called degrees": (
        drawn(WEST_AREA, crs="EPSG:4326"), AREAS,
        ("areas.gpkg: positions that EPSG:25832 cannot hold (1 row)", "Check its reference system"),
    ),
    "a reference system that is not known": (
        unknown_epsg, f"--areas {{d}}/areas.parquet {RAW}",
        ("areas.parquet: the reference system 'EPSG:99999' is not known",),
    ),
    "no reference system": (
        unknown_system, f"--areas {{d}}/areas.shp {RAW}", ("areas.shp: does not say its reference system",),
    ),
    "a policy over a unit table": (
        nothing, AREAS + " --policy boligomraade-2021", ("policy boligomraade-2021: its criteria read a unit table",),
    ),
    "no such policy": (nothing, AREAS + " --policy kbh-2071", ("no built-in policy", "Did you mean 'kbh-2017'?")),
    "both sets of areas at fault": (
        drawn(WEST_AREA, WEST_AREA), f"{AREAS} --updated {{d}}/none.gpkg", ("overlap by", "none.gpkg: no such file"),
    ),
}  # fmt: skip


def test_empty_names_of_areas_are_told(town: Path) -> None:
    code, _, errors = call("--areas", "", "--updated", " ", "--registers", town / "raw", "--years", "2017")
    assert code == 2
    assert errors.splitlines() == [
        f"error: {name}: is empty. Name a file or a year." for name in ("--areas", "--updated")
    ]


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_and_changes_nothing(
    name: str, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil, arguments, told = BAD[name]
    shutil.copytree(town, tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    (out / "status.md").write_text("earlier", encoding="utf-8")
    spoil(tmp_path / "in")
    code, printed, errors = call(*arguments.replace("{d}", str(tmp_path / "in")).split(), "--out", out)
    assert code == 2, errors
    assert printed == ""
    assert "Traceback" not in errors
    missing = [piece for piece in told if piece not in errors]
    assert not missing, errors
    assert [path.name for path in out.iterdir()] == ["status.md"]
    assert (out / "status.md").read_text(encoding="utf-8") == "earlier"


@pytest.mark.skipif(os.name == "nt", reason="folders are not closed to writing this way there")
def test_a_place_that_cannot_be_written_is_told_before_the_work(town: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, printed, errors = call(*over(town), "--out", tmp_path / "file" / "out")
    assert (code, printed) == (2, "")
    assert "is not a folder" in errors


def test_help_names_the_tables() -> None:
    code, printed, _ = call("--help")
    assert code == 0
    flat = " ".join(printed.split())
    for piece in ("Tabel 1", "Tabel 2", "Tabel 22", "milestone", "an address on a border belongs to the first"):
        assert piece in flat
