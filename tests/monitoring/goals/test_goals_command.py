"""`udsat goals` as users meet it: tables, files, JSON, and one clear answer to every kind of bad input."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from shapely.geometry import LineString, Point, box

from goal_worlds import EAST_AREA, WEST_AREA, make_homes, write_geometries, write_polygons
from small_registers import Registers
from udsat_geo.cli.console import print_table
from udsat_geo.cli.main import udsat
from udsat_geo.monitoring.goal_tables import tables_of
from udsat_geo.monitoring.goals import take_account


def call(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(udsat, ["goals", *(str(argument) for argument in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers of three years in `raw`, of one in `flat`, areas, barriers, crossings and polling districts."""
    folder = tmp_path_factory.mktemp("town")
    for seed, year in enumerate((2017, 2019, 2021)):
        make_homes(seed, n_addresses=80, n_residents=600).write(folder / "raw" / str(year))
    make_homes(0).write(folder / "flat")
    write_polygons(folder / "areas.gpkg", [WEST_AREA, EAST_AREA], name=["Vest", "Øst"])
    write_geometries(folder / "barriers.gpkg", [LineString([(719_000, 6_176_000), (720_200, 6_176_000)])])
    write_geometries(folder / "crossings.gpkg", [Point(719_700, 6_176_010), Point(720_150, 6_176_000), Point(0, 0)])
    write_polygons(
        folder / "polling.gpkg",
        [box(719_600, 6_175_600, 720_000, 6_176_400), box(720_000, 6_175_600, 720_400, 6_176_400)],
        name=["Vest", "Øst"], eligible=[100, 200], voted=[50, 150],
    )  # fmt: skip
    return folder


def everything(town: Path) -> list[str | Path]:
    return [
        "--areas", town / "areas.gpkg", "--registers", town / "raw", "--barriers", town / "barriers.gpkg",
        "--crossings", town / "crossings.gpkg", "--polling", town / "polling.gpkg",
    ]  # fmt: skip


def test_without_areas_the_published_goals_are_printed_with_both_verdicts() -> None:
    code, printed, errors = call()
    assert (code, errors) == (0, "")
    flat = " ".join(printed.split())
    for piece in (
        "De 18 mål",
        "12 Færre utrygge Lokalt organiserende kan ikke bedømmes fremskridt ≠",
        "3 Øget lighed i sundhed Understøttende uændret fremskridt ≠",
        "28 26,7 23,7 22,3 kan ikke bedømmes (22) (17,6) (16,1) (16,1) uden n",
        "Hvor vores dom er en anden end rapportens",
        "7,6 (7,5 til 7,7)",
    ):
        assert piece in flat, piece


def test_english_has_its_own_signs() -> None:
    code, printed, _ = call("--language", "en")
    assert code == 0
    flat = " ".join(printed.split())
    assert "12 Fewer people feel unsafe Locally organising cannot be judged progress ≠" in flat
    assert "28 26.7 23.7 22.3 cannot be judged (22) (17.6) (16.1) (16.1) without n" in flat
    assert "33,678" in flat


def test_numbers_of_answers_need_no_areas(tmp_path: Path) -> None:
    """A share of so many is judged beside chance; of another survey it is still said what is wanting."""
    told = '[[answers]]\ngoal = 12\nindicator = "unsafe_at_night"\nareas = { 2017 = %d, 2021 = %d }\n'
    for n, verdict, least in ((2000, "cannot be judged", "at least 4,464 answers"), (9000, "wrong way", "")):
        (tmp_path / "answers.toml").write_text(told % (n, n), encoding="utf-8")
        code, printed, errors = call("--goals", tmp_path / "answers.toml", "--language", "en")
        assert (code, errors) == (0, "")
        flat = " ".join(printed.split())
        assert f"28 26.7 23.7 22.3 larger {verdict}" in flat
        assert f"So few answers in the areas ({n:,}, {n:,})" in flat or not least
        assert least in flat
        assert "Unsafe in the neighbourhood: cannot be judged without n." in flat
    data = json.loads(call("--goals", tmp_path / "answers.toml", "--json")[1])
    assert [one["name"] for one in data["inputs"]] == ["answers.toml"]
    unsafe = data["goals"][11]["indicators"][1]
    assert unsafe["answers"] == {"2017": {"areas": 9000, "city": None}, "2021": {"areas": 9000, "city": None}}
    assert unsafe["judgement"]["least_answers"] == 4464
    (tmp_path / "answers.toml").write_text(told % (0, 5), encoding="utf-8")
    code, _, errors = call("--goals", tmp_path / "answers.toml", "--language", "en")
    assert code == 2
    assert "answers[1].areas.2017: " in errors


def test_help_states_the_rule() -> None:
    code, printed, _ = call("--help")
    assert code == 0
    flat = " ".join(printed.split())
    assert "6.8 is 6.75 to 6.85" in flat
    assert "two standard errors" in flat


@pytest.mark.long
def test_everything_over_areas(town: Path, tmp_path: Path) -> None:
    code, printed, errors = call(*everything(town), "--language", "en", "--out", tmp_path / "out")
    assert (code, errors) == (0, "")
    flat = " ".join(printed.split())
    for piece in (
        "2 (Øst)",
        "Goal 16: crossings per km of barrier in the areas, counted within 25 m of it",
        "The areas 0.4 2 5.0",
        "Private dwellings in all",
    ):
        assert piece in flat, piece
    assert flat.count("Goal 15: polling districts where at least 50 % live in an area") == 3
    data = json.loads((tmp_path / "out/goals.json").read_text(encoding="utf-8"))
    assert data["differences"] == [3, 11, 12]
    assert data["source"] == "registers"
    assert data["crossings"]["areas"] == {"length_km": 0.4, "crossings": 2, "per_km": 5.0}
    assert {entry["what"] for entry in data["inputs"]} >= {"areas", "polling", "barriers", "crossings", "goals"}
    assert all(len(entry["sha256"]) == 64 for entry in data["inputs"])
    assert set(data["polling"]["districts"]) == {"2017", "2019", "2021"}


@pytest.mark.long
def test_json_is_alone_on_standard_output_and_the_same_as_the_file(town: Path, tmp_path: Path) -> None:
    code, printed, errors = call(*everything(town), "--json", "--out", tmp_path)
    assert (code, errors) == (0, "")
    assert printed == (tmp_path / "goals.json").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_tables_of_csv_hold_every_goal_and_every_figure(town: Path, tmp_path: Path) -> None:
    call("--areas", town / "areas.gpkg", "--registers", town / "raw", "--years", "2021,2017", "--out", tmp_path)
    with (tmp_path / "goals.csv").open(encoding="utf-8", newline="") as file:
        goals = list(csv.DictReader(file))
    assert [row["goal"] for row in goals] == [str(number) for number in range(1, 19)]
    assert {row["verdict"] for row in goals if row["agrees"] == "false"} == {"unchanged", "mixed", "cannot_be_judged"}
    assert all(row["reason"] for row in goals)
    with (tmp_path / "goals_figures.csv").open(encoding="utf-8", newline="") as file:
        figures = list(csv.DictReader(file))
    (marks,) = (r for r in figures if r["indicator"] == "lively" and r["year"] == "2021" and r["basis"] == "report")
    assert (marks["areas"], marks["city"]) == ("70.9", "61.0")  # as many digits as printed
    computed = [r for r in figures if r["basis"] == "registers" and r["indicator"] == "owner_occupied"]
    assert [r["year"] for r in computed] == ["2017", "2021"]
    assert all(int(r["numerator_areas"]) <= int(r["denominator_areas"]) < int(r["denominator_city"]) for r in computed)


@pytest.mark.parametrize("language", ["da", pytest.param("en", marks=pytest.mark.long)])
def test_the_same_input_gives_the_same_bytes(language: str, town: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert call(*everything(town), "--language", language, "--out", tmp_path / name)[0] == 0
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["goals.csv", "goals.json", "goals.md", "goals_figures.csv"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_markdown_has_a_whole_row_for_every_goal(tmp_path: Path) -> None:
    assert call("--out", tmp_path)[0] == 0
    text = (tmp_path / "goals.md").read_text(encoding="utf-8")
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("| ")]
    assert [len(table) for table in tables] == [2 + 18, 2 + 35]
    for table in tables:
        assert len({line.replace("\\|", "").count("|") for line in table}) == 1


@pytest.mark.long
def test_the_synthetic_city_serves_where_there_are_no_registers(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    areas = write_polygons(tmp_path / "areas.gpkg", [box(718_500, 6_178_500, 719_800, 6_180_000)])
    code, printed, errors = call("--areas", areas, "--years", "2021", "--language", "en")
    assert (code, errors) == (0, "")
    assert "synthetic Copenhagen, whose residents do not exist" in printed.splitlines()[0]
    assert "Synthetic registers: these people do not exist." in printed


@pytest.mark.long
def test_registers_that_lack_columns_are_said_and_the_rest_is_there(town: Path, tmp_path: Path) -> None:
    made = make_homes(0)
    Registers(made.residents, made.dwellings.drop_columns(["tenure"]), made.addresses).write(tmp_path / "raw" / "2021")
    code, printed, errors = call(
        "--areas", town / "areas.gpkg", "--registers", tmp_path / "raw", "--json", "--language", "en"
    )
    assert (code, errors) == (0, "")
    data = json.loads(printed)
    blank = {entry["key"] for entry in data["computed"] if not entry["years"]}
    assert "private_dwellings" in blank
    assert "no_toilet_or_bath" not in blank
    assert any("no column tenure; left blank: Private dwellings in all" in note for note in data["notes"])


# --- bad input ----------------------------------------------------------------------------------------------

Spoil = Callable[[Path], object]


def nothing(folder: Path) -> None:
    """The call alone is at fault."""


def overlapping(folder: Path) -> None:
    write_polygons(folder / "areas.gpkg", [WEST_AREA, WEST_AREA.buffer(-100)], name=["Vest", "Midt"])


def degrees_called_metres(folder: Path) -> None:
    write_polygons(folder / "areas.gpkg", [box(12.5, 55.6, 12.6, 55.7)])


def elsewhere(folder: Path) -> None:
    write_polygons(
        folder / "areas.gpkg", [WEST_AREA, box(500_000, 6_000_000, 500_100, 6_000_100)], name=["Vest", "Fyn"]
    )


def no_tenure_code(folder: Path) -> None:
    made = make_homes(0)
    odd = made.dwellings.drop_columns(["tenure"]).append_column("tenure", [["rented"] * made.dwellings.num_rows])
    Registers(made.residents, odd, made.addresses).write(folder / "raw" / "2021")


def faulty_goals(folder: Path) -> None:
    (folder / "goals.toml").write_text(
        '[[goals]]\nnumber = 6\n[goals.criterion]\nkey = "a"\nregister = "residents"\nnumerator = "agee > 3"\n'
        'worse = "high"\n',
        encoding="utf-8",
    )


AREAS = "--areas {d}/areas.gpkg --registers {d}/raw"
BAD: dict[str, tuple[Spoil, str, tuple[str, ...]]] = {
    "years without areas": (nothing, "--years 2017", ("--years: is about figures computed over areas",)),
    "raw without areas": (nothing, "--registers {d}/raw", ("--registers: is about figures", "--areas")),
    "barriers alone": (nothing, AREAS + " --barriers {d}/barriers.gpkg", ("--barriers", "Give --crossings too.")),
    "crossings alone": (nothing, AREAS + " --crossings {d}/crossings.gpkg", ("--crossings", "Give --barriers too.")),
    "years that are none": (nothing, AREAS + " --years 2017,soon", ("'soon' is no year",)),
    "no areas file": (nothing, "--areas {d}/none.gpkg", ("none.gpkg: no such file",)),
    "areas that overlap": (overlapping, AREAS, ("areas 1 (Vest) and 2 (Midt) overlap by",)),
    "degrees called metres": (degrees_called_metres, AREAS, ("area 1 (polygon A) lies outside the city",)),
    "an area outside the city": (elsewhere, AREAS, ("area 2 (Fyn) lies outside the city of the registers",)),
    "a year without registers": (nothing, AREAS + " --years 2017,2018", ("2018: no such folder", "2017, 2019, 2021")),
    "several years of one folder": (
        nothing, "--areas {d}/areas.gpkg --registers {d}/flat --years 2017,2021",
        ("--years 2017: ", "has no folder of that year", "--years 2021", "Each year needs a folder of its own"),
    ),
    "a folder that does not say its year": (
        nothing, "--areas {d}/areas.gpkg --registers {d}/flat", ("does not say which year", "--years"),
    ),
    "no register folder": (nothing, "--areas {d}/areas.gpkg --registers {d}/none", ("no such folder",)),
    "a synthetic year there is not": (nothing, "--areas {d}/areas.gpkg --years 2016", ("has no such year", "2017")),
    "an unknown code": (no_tenure_code, AREAS, ("column tenure: unknown codes", "'rented'")),
    "a goals file with an unknown column": (
        faulty_goals, AREAS + " --goals {d}/goals.toml", ("goals: criteria (a).numerator: unknown column 'agee'",),
    ),
    "points as barriers": (
        nothing, AREAS + " --barriers {d}/crossings.gpkg --crossings {d}/barriers.gpkg",
        ("crossings.gpkg: geometries that are no lines", "barriers.gpkg: geometries that are no points"),
    ),
    "every file at fault": (
        overlapping, "--areas {d}/areas.gpkg --registers {d}/raw --goals {d}/none.toml --polling {d}/none.gpkg",
        ("none.toml: cannot be read", "overlap by", "none.gpkg: no such file"),
    ),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_and_changes_nothing(
    name: str, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil, arguments, told = BAD[name]
    shutil.copytree(town, tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out"
    assert call("--out", out)[0] == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    spoil(tmp_path / "in")
    code, printed, errors = call(*arguments.replace("{d}", str(tmp_path / "in")).split(), "--out", out, "--json")
    assert code == 2, errors
    assert printed == ""
    assert "Traceback" not in errors
    assert all(line.startswith("error: ") for line in errors.splitlines())
    missing = [piece for piece in told if piece not in errors]
    assert not missing, errors
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.skipif(os.name == "nt", reason="folders are not closed to writing this way there")
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, errors = call("--out", tmp_path / "file" / "out")
    assert code == 2
    assert "is not a folder" in errors


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("width", [80, 100, 139, 140, 200])
def test_tables_fit_their_console(language: str, width: int) -> None:
    """A table that fits ends in spaces; one that does not is cut at the edge."""
    console = Console(width=width, file=io.StringIO(), record=True)
    tables = tables_of(take_account(), language)
    for table in tables:
        print_table(table, console, language)
    text = console.export_text()
    assert max(len(line.rstrip()) for line in text.splitlines() if "─" not in line) <= width
    # every row of the 18 goals and the 35 indicators begins with its goal's number
    assert len([line for line in text.splitlines() if re.match(r"\s+\d+  ", line)]) == 18 + 35
    for table in tables:
        for head in table.heads:
            assert all(word in text for word in head.split()), head


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_window_of_80_leaves_out_no_verdict(language: str) -> None:
    console = Console(width=80, file=io.StringIO(), record=True)
    for table in tables_of(take_account(), language)[:2]:
        print_table(table, console, language)
    left_out = re.findall(r"(?:The window is too narrow for|Vinduet er for smalt til): (.*)\.", console.export_text())
    assert left_out
    assert not any(head in told for told in left_out for head in ("Verdict", "verdict", "Dom", "dom"))
