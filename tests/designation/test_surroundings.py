"""What lies around the units, through the command: what is noted, in both languages, and that order means nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely.geometry import LineString, Point, box

import spoiling as s
from udsat_geo.cli.main import designate

pytestmark = pytest.mark.long  # whole jobs

WEST, SOUTH = s.WEST, s.SOUTH
EVERYWHERE = box(WEST - 100, SOUTH - 100, WEST + 3000, SOUTH + 3000)
ADDRESSES = 'extends = "kbh-2017"\nid = "addresses"\n[units]\nkind = "addresses"\n[areas]\nreach = 80\n'
EVERYBODY = """extends = "kbh-2017"
id = "everybody"
[rule]
core = -1e9
edge = -1e9
criteria = 0
[areas]
residents = 0
bridge = 500
holes = 100000
"""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    s.write_good_input(folder)
    (folder / "addresses.toml").write_text(ADDRESSES)
    (folder / "everybody.toml").write_text(EVERYBODY)
    return folder


def write(path: Path, geometry: list[Any], crs: str = "EPSG:25832", **columns: Any) -> Path:
    made = gpd.GeoDataFrame(columns or {"number": range(len(geometry))}, geometry=geometry, crs="EPSG:25832")
    made = made.to_crs(crs)
    path.unlink(missing_ok=True)
    made.to_parquet(path) if path.suffix == ".parquet" else made.to_file(path)
    return path


def run(good: Path, out: Path, **files: Path | str) -> dict[str, Any]:
    """Designate 2021; the summary, which is what `--json` prints."""
    options = {"raw": good / "raw", "lang": "en", **files}
    named = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    arguments = ["--year", "2021", "--previous", "none", "--out", str(out), "--json", *named]
    done = CliRunner().invoke(designate, arguments, catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
    summary: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)
    return summary


def barriers(folder: Path, **how: Any) -> Path:
    line = LineString([(WEST - 500, SOUTH + 350), (WEST + 3000, SOUTH + 350)])
    return write(folder / "barriers.gpkg", [line], **how)


# --- notes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("da", "barriers.gpkg: omregnet fra EPSG:4326 til EPSG:25832"),
        ("en", "barriers.gpkg: reprojected from EPSG:4326 to EPSG:25832"),
    ],
)
def test_barriers_in_another_reference_system_are_said(good: Path, tmp_path: Path, language: str, told: str) -> None:
    found = run(good, tmp_path, barriers=barriers(tmp_path, crs="EPSG:4326"), lang=language)
    assert told in found["notes"]


@pytest.mark.parametrize("language", ["da", "en"])
def test_crossings_far_from_every_barrier_are_listed(good: Path, tmp_path: Path, language: str) -> None:
    far = write(tmp_path / "crossings.gpkg", [Point(WEST + 350, SOUTH + 350), Point(WEST, SOUTH + 9000)])
    found = run(good, tmp_path, barriers=barriers(tmp_path), crossings=far, lang=language)
    listed = [note for note in found["notes"] if note.startswith("crossings.gpkg")]
    assert len(listed) == 1
    assert ": 1, " in listed[0]
    assert "(719000, 6183000)" in listed[0]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("da", "places.gpkg: 4 af 4 områder har intet af stederne i nærheden"),
        ("en", "places.gpkg: 4 of 4 areas have none of the places near"),
    ],
)
def test_areas_that_no_place_is_near_are_counted(good: Path, tmp_path: Path, language: str, told: str) -> None:
    found = run(
        good,
        tmp_path,
        places=write(tmp_path / "places.gpkg", [Point(WEST - 5000, SOUTH - 5000)], name=["Far"]),
        lang=language,
    )
    assert told in found["notes"]


@pytest.mark.parametrize(("language", "told"), [("da", "her er de uden betydning"), ("en", "here they change nothing")])
def test_parcels_change_nothing_of_cells_and_that_is_said(good: Path, tmp_path: Path, language: str, told: str) -> None:
    parcels = write(tmp_path / "parcels.gpkg", [EVERYWHERE])
    with_them = run(good, tmp_path / "a", parcels=parcels, lang=language)
    without = run(good, tmp_path / "b", lang=language)
    assert [note.endswith(told) for note in with_them["notes"] if "2017" not in note] == [True]
    assert with_them["areas"] == without["areas"]


@pytest.mark.parametrize(("language", "told"), [("da", "Uden omrids"), ("en", "Without an outline")])
def test_an_area_whose_parcels_all_went_to_another_is_named(
    good: Path, tmp_path: Path, language: str, told: str
) -> None:
    """One parcel holds all areas, and so goes to the one with most residents."""
    parcels = write(tmp_path / "parcels.gpkg", [EVERYWHERE])
    found = run(good, tmp_path, parcels=parcels, policy=good / "addresses.toml", lang=language)
    ids = [area["area_id"] for area in found["areas"]]
    assert len(ids) > 1
    assert next(note for note in found["notes"] if note.startswith(told)).endswith(", ".join(ids[1:]))
    outlines = gpd.read_file(tmp_path / "designation_2021.gpkg", layer="areas")
    assert outlines.is_empty.tolist() == [False] + [True] * (len(ids) - 1)


# --- names and files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("two\nlines\r\n\tx", "two lines x"),
        ("a\x1b[31m\x00b", "a[31mb"),
        (" <script>alert('x')</script> ", "<script>alert('x')</script>"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("\u202eمدينة", "مدينة"),
        ("N" * 10_000, "N" * 10_000),
        ("[/b] {x} %s", "[/b] {x} %s"),
    ],
)
def test_a_name_may_hold_anything_and_comes_in_one_line(good: Path, tmp_path: Path, name: str, wanted: str) -> None:
    places = write(tmp_path / "places.parquet", [EVERYWHERE], name=[name])
    found = [area["name"] for area in run(good, tmp_path, places=places)["areas"]]
    assert found == [wanted, *(f"{wanted} {number}" for number in range(2, len(found) + 1))]
    written = gpd.read_file(tmp_path / "designation_2021.gpkg", layer="areas")
    assert written["name"].tolist() == found


@pytest.mark.parametrize("name", ["o*.csv", "[o].csv", "o'o.csv", "O.CSV"])
def test_overrides_in_latin_1_and_semicolons_under_any_name(good: Path, tmp_path: Path, name: str) -> None:
    rows = "unit_id;action;reason;decided_by;date\n100m_61742_7192;exclude;støj, støv;Nørrebro;2021-06-24T10:00\n"
    (tmp_path / "ooo.csv").write_text("another;table\n1;2\n")
    (tmp_path / name).write_bytes(rows.encode("latin-1"))
    found = run(good, tmp_path / "out", overrides=tmp_path / name)
    assert f"{name}: semicolon separated, Latin-1, decimal point" in found["notes"]
    (told,) = found["overrides"]
    assert (told["reason"], told["decided_by"], told["date"]) == ("støj, støv", "Nørrebro", "2021-06-24")
    assert told["units_changed"] == 1


def test_how_overrides_are_written_is_said_in_danish(good: Path, tmp_path: Path) -> None:
    rows = "unit_id,action,reason,decided_by,date\n100m_61742_7192,exclude,r,X,2021-06-24\n"
    (tmp_path / "o.csv").write_text(rows)
    found = run(good, tmp_path / "out", overrides=tmp_path / "o.csv", lang="da")
    assert "o.csv: kommasepareret, UTF-8, decimalpunktum" in found["notes"]


# --- the ends of what can be --------------------------------------------------------------------------------


def decided(folder: Path, action: str, polygon: Any = EVERYWHERE) -> Path:
    told = {"reason": ["r"], "decided_by": ["X"], "date": ["2021-06-24"]}
    return write(folder / "overrides.gpkg", [polygon], action=[action], **told)


@pytest.mark.parametrize("policy", ["kbh-2017", pytest.param("addresses.toml", marks=pytest.mark.long)])
def test_the_whole_city_may_be_excluded_or_included(good: Path, tmp_path: Path, policy: str) -> None:
    rule = policy if policy == "kbh-2017" else good / policy
    out = run(good, tmp_path / "out", overrides=decided(tmp_path, "exclude"), policy=rule)
    assert (out["areas"], out["residents_in_areas"]) == ([], 0)
    whole = run(good, tmp_path / "out", overrides=decided(tmp_path, "include"), policy=rule)
    assert whole["residents_in_areas"] == whole["residents"]
    assert all(row["rest_of_city"] is row["gap"] is None for row in whole["status"])


def at_one_place(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(easting=WEST + 50.0, northing=SOUTH + 50.0)


def without_home(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(dwelling_id=pd.Series([None] * len(rows), dtype="string"))


@pytest.mark.parametrize(
    "policy",
    ["addresses.toml", *(pytest.param(policy, marks=pytest.mark.long) for policy in ("kbh-2017", "everybody.toml"))],
)
@pytest.mark.parametrize(("table", "change"), [("addresses", at_one_place), ("residents", without_home)])
def test_a_city_of_one_cell_and_one_where_nobody_lives(
    tmp_path: Path, policy: str, table: str, change: Callable[[Any], Any]
) -> None:
    s.write_good_input(tmp_path / "in")
    (tmp_path / "in" / "addresses.toml").write_text(ADDRESSES)
    (tmp_path / "in" / "everybody.toml").write_text(EVERYBODY)
    s.frame(table, change)(tmp_path / "in")
    rule = policy if policy == "kbh-2017" else tmp_path / "in" / policy
    found = run(tmp_path / "in", tmp_path, policy=rule, barriers=barriers(tmp_path))
    assert found["residents"] == (0 if table == "residents" else found["counts"]["residents_placed"])


# --- order --------------------------------------------------------------------------------------------------


def without_hashes(out: Path) -> dict[str, bytes]:
    """The results but for the summary; in the map's metadata inputs are told by name, not by hash."""
    told = json.loads(next(out.glob("*.json")).read_text(encoding="utf-8"))["inputs"]
    contents = {path.name: path.read_bytes() for path in out.iterdir() if path.suffix != ".json"}
    for one in told:
        name, digest = one["name"].encode(), one["sha256"].encode()
        contents = {path: content.replace(digest, name) for path, content in contents.items()}
    return contents


@pytest.mark.parametrize("policy", ["everybody.toml", pytest.param("addresses.toml", marks=pytest.mark.long)])
def test_neither_the_order_of_rows_nor_threads_change_a_byte(good: Path, tmp_path: Path, policy: str) -> None:
    rng = np.random.default_rng(5)

    def at(count: int) -> Any:
        return np.column_stack([WEST + rng.uniform(0, 2600, count), SOUTH + rng.uniform(0, 2500, count)])

    files = {
        "barriers": {"geometry": [LineString(at(6)) for _ in range(9)]},
        "crossings": {"geometry": [Point(xy) for xy in at(60)]},
        "places": {"geometry": [Point(xy) for xy in at(30)], "name": [f"P{n % 7}" for n in range(30)]},
        "parcels": {"geometry": [box(x, SOUTH, x + 50, SOUTH + 2500) for x in range(WEST, WEST + 2600, 90)]},
    }
    made = []
    for number, threads in enumerate(("1", "2")):
        folder = tmp_path / str(number)
        folder.mkdir()
        orders = {name: np.random.default_rng(number).permutation(len(c["geometry"])) for name, c in files.items()}
        paths = {
            name: write(
                folder / f"{name}.gpkg", **{key: [values[i] for i in orders[name]] for key, values in c.items()}
            )
            for name, c in files.items()
        }
        run(good, folder / "out", policy=good / policy, threads=threads, **paths)
        made.append(without_hashes(folder / "out"))
    assert made[0].keys() == made[1].keys()
    for name, content in made[0].items():
        assert content == made[1][name], name
    assert made[0]
