"""`udsat figures` as users meet it, over a small town and the synthetic city."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner

from figures_by_hand import STATUS
from two_years import write_polygons, write_town
from udsat_geo.cli import figures
from udsat_geo.cli.main import udsat
from udsat_geo.policy.load import load_policy
from udsat_geo.report.figures import FiguresJob, Shown, gather

WEST, EAST = (719_500.0, 6_175_500.0, 719_850.0, 6_176_500.0), (720_050.0, 6_175_600.0, 720_400.0, 6_176_300.0)


def call(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(udsat, ["figures", *(str(argument) for argument in arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    write_polygons(folder / "areas.gpkg", ["Vest", "Øst"], [WEST, EAST])
    return folder


def of_town(town: Path) -> list[str | Path]:
    return ["--registers", town / "raw", "--policy", town / "town.toml", "--language", "en"]


@pytest.mark.long
def test_all_figures_of_registers(town: Path, tmp_path: Path) -> None:
    code, out, err = call("--years", "2017,2021", *of_town(town), "--out", tmp_path)
    assert (code, err) == (0, "")
    names = [
        "areas_2017", "areas_2021", "changes_2017_2021", "gaps_2017_2021", "lineage_2017_2021",
        "scales_2017_2021", "status_2021_areas_2017", "status_2021_areas_2021",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{n}.{e}" for n in names for e in ("png", "svg"))
    assert "synthetic" not in out
    assert out.splitlines()[-1].strip() == str(tmp_path / "scales_2017_2021.svg")


@pytest.mark.long
def test_the_same_call_gives_the_same_bytes(town: Path, tmp_path: Path) -> None:
    for run in ("one", "two"):
        assert call("--years", "2017,2021", *of_town(town), "--format", "svg", "--quiet", "--out", tmp_path / run) == (
            0, "", "",
        )  # fmt: skip
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()} for run in ("one", "two"))
    assert len(one) == 8
    assert one == two


@pytest.mark.long
def test_one_year_has_a_map_and_a_status(town: Path, tmp_path: Path) -> None:
    code, out, _ = call("--years", "2021", *of_town(town), "--format", "png", "--out", tmp_path)
    assert code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["areas_2021.png", "status_2021_areas_2021.png"]
    assert "No figure of the gaps" in out


@pytest.mark.long
def test_how_sure_the_last_designation_is_is_drawn_where_it_is_asked_for(town: Path, tmp_path: Path) -> None:
    asked = ["--draws", "4", "--variants", "40", "--format", "svg", "--out", tmp_path]
    code, _out, err = call("--years", "2017,2021", *of_town(town), *asked)
    assert (code, err) == (0, "")
    names = {path.stem for path in tmp_path.iterdir()}
    assert {"certainty_2021", "sensitivity_2021", "settings_2021"} <= names
    text = (tmp_path / "certainty_2021.svg").read_text(encoding="utf-8")
    assert "Map in three colours: sure, could go either way, out. Of " in text


def test_a_file_of_areas_alone_has_nothing_to_be_sure_of(town: Path, tmp_path: Path) -> None:
    call_of = ["--areas", town / "areas.gpkg", "--draws", "4", "--out", tmp_path]
    code, _out, err = call("--years", "2021", *of_town(town), *call_of)
    assert code != 0
    assert "--draws: asks how sure a designation is" in err


@pytest.mark.long
def test_polygons_stand_for_the_areas_of_the_first_year(town: Path) -> None:
    policy = load_policy(str(town / "town.toml"))
    made = gather(FiguresJob((2017, 2021), policy, town / "raw", areas=town / "areas.gpkg", language="en"))
    first, second = made.areas
    assert set(first.name) == {"Vest", "Øst"}
    assert sorted(first.residents.tolist(), reverse=True) == first.residents.tolist()
    assert [shapely.box(*WEST).equals(first.outline[first.name.index("Vest")])] == [True]
    assert first.origin.areas == "areas.gpkg"
    assert second.origin.areas == ""
    assert made.flows is not None
    assert made.flows.lineage.nodes.name[:2].tolist() == ["Vest", "Øst"]
    assert made.changes[0].origin.areas == "areas.gpkg"
    assert made.statuses[0].designated == 2017


@pytest.mark.long
def test_a_designation_of_ours_stands_for_itself(town: Path) -> None:
    """Taken from its file, the first designation shows what it shows made anew."""
    policy = load_policy(str(town / "town.toml"))
    job = FiguresJob((2017, 2021), policy, town / "raw", language="en")
    file = town / "out" / "designation_2017.gpkg"
    anew, taken = gather(job), gather(FiguresJob(**{**job.__dict__, "areas": file}))
    assert anew.areas[0].name == taken.areas[0].name
    assert anew.areas[0].residents.tolist() == taken.areas[0].residents.tolist()
    assert shapely.equals_exact(anew.areas[0].outline, taken.areas[0].outline, 1e-6).all()
    assert anew.statuses[0].areas.tolist() == taken.statuses[0].areas.tolist()
    assert anew.gaps is not None
    assert taken.gaps is not None
    assert anew.gaps.gap.tolist() == taken.gaps.gap.tolist()
    assert anew.changes[0].residents_added == taken.changes[0].residents_added


@pytest.mark.long
def test_the_synthetic_city_is_told_in_the_first_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    statuses = tuple(dataclasses.replace(STATUS, designated=year) for year in (2017, 2021))
    monkeypatch.setattr(figures, "gather", lambda job, progress: Shown((), statuses))
    code, out, _ = call("--years", "2017,2021", "--format", "png")
    assert code == 0
    assert out.splitlines()[0].startswith("Ingen registre i data/raw: kører på det syntetiske København")
    written = sorted(path.name for path in (tmp_path / "data" / "out").iterdir())
    assert written == ["status_2021_areas_2017.png", "status_2021_areas_2021.png"]


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (["--years", "20x7,2021,hvad"], ["'20x7' is no year", "'hvad' is no year"]),
        (["--years", "x", "--format", "pdf", "--policy", "no-such"], ["'x' is no year", "'pdf' is no", "no-such"]),
        (["--years", "2021,2017"], ["2017 does not lie after 2021"]),
        (["--years", "2021,2021"], ["2021 does not lie after 2021"]),
        (["--years", "1999,2018"], ["holds for 2017-2028", "1999"]),
        (["--years", "2017,2021", "--format", "pdf,tiff"], ["'pdf' is no format", "'tiff' is no format"]),
        (["--years", "2017,2021", "--policy", "no-such"], ["no-such"]),
        (["--years", "2017,2021", "--areas", "no-such.gpkg"], ["no-such.gpkg"]),
        (["--years", "2017,2021", "--policy", "boligomraade-2021"], ["figures are drawn from registers"]),
        (["--years", "2020,2025"], ["2020", "synthetic Copenhagen has no such year"]),
        (["--years", "2017,2021", "--registers", "no-such-folder"], ["no such folder"]),
    ],
)
def test_bad_calls_are_answered_with_everything_that_is_wrong(
    arguments: list[str], messages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*arguments, "--out", tmp_path / "figures")
    assert code == 2
    assert "Traceback" not in out + err
    for message in messages:
        assert message in err
    assert all(line.startswith("error: ") for line in err.splitlines())
    assert not (tmp_path / "figures").exists()


def test_faults_of_years_registers_and_areas_are_told_together(town: Path, tmp_path: Path) -> None:
    areas = write_polygons(tmp_path / "areas.gpkg", ["Vest", "Vest 2"], [WEST, WEST])
    code, _, err = call(
        "--years", "2017,2019,2040", *of_town(town), "--areas", areas, "--out", tmp_path / "figures"
    )  # fmt: skip
    assert code == 2
    lines = err.splitlines()
    assert len(lines) == 4
    assert "--years 2040" in lines[0]
    assert "has no folder of that year" in lines[1] or "no such folder" in lines[1]
    assert "2019" in lines[1]
    assert "2040" in lines[2]
    assert "areas Vest and Vest 2 overlap by" in lines[3]


@pytest.mark.long
def test_areas_elsewhere_are_refused(town: Path, tmp_path: Path) -> None:
    far = write_polygons(tmp_path / "far.gpkg", ["Vest", "Bornholm"], [WEST, (870_000, 6_110_000, 871_000, 6_111_000)])
    code, _, err = call("--years", "2017,2021", *of_town(town), "--areas", far, "--out", tmp_path / "figures")
    assert code == 2
    assert "area Bornholm lies outside the city" in err


def test_a_designation_of_another_year_is_refused(town: Path, tmp_path: Path) -> None:
    file = town / "out" / "designation_2021.gpkg"
    code, _, err = call("--years", "2017,2021", *of_town(town), "--areas", file, "--out", tmp_path / "figures")
    assert code == 2
    assert "is of 2021, and --years begins with 2017" in err


def test_without_matplotlib_the_command_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "matplotlib" else find(name))
    code, out, err = call("--years", "2017,2021", "--out", tmp_path / "figures")
    assert (code, out) == (2, "")
    assert err.count("error: ") == 1
    assert 'pip install "udsat_geo[report]"' in err
