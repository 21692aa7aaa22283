"""How sure a year is, on the page: what the files say, what is not told of few, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import udsat_geo as ug
from page_reading import Open, data_of
from udsat_geo.cli.main import udsat
from udsat_geo.report.few import FEWEST, in_tens
from udsat_geo.report.page.build import make_page
from udsat_geo.report.page.read import read_all
from udsat_geo.report.page.sure import with_how_sure

pytestmark = pytest.mark.long  # whole jobs


@pytest.fixture(scope="module")
def asked(town: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What both questions write of the town's later year."""
    folder = tmp_path_factory.mktemp("asked")
    told: dict[str, Any] = {
        "policy": town / "town.toml", "registers": town / "raw", "language": "en",
        "previous": town / "out/designation_2017.gpkg",
    }  # fmt: skip
    return {
        "certainty": ug.certainty(2021, draws=20, **told).to_file(folder),
        "sensitivity": ug.sensitivity(2021, variants=64, **told).to_file(folder),
    }


@pytest.fixture(scope="module")
def page(town: Path, asked: dict[str, Path]) -> str:
    policy = ug.load_policy(str(town / "town.toml"))
    found = read_all([town / "out/designation_2021.gpkg"], True, policy)
    return make_page(with_how_sure(found, [asked["certainty"]], [asked["sensitivity"]]), "en")


@pytest.mark.parametrize("about", ["certainty", "sensitivity"])
def test_the_page_tells_classes_sentences_and_areas(page: str, town: Path, asked: dict[str, Path], about: str) -> None:
    import geopandas as gpd

    data = data_of(page)
    earlier, year = data["years"]
    assert (earlier["year"], earlier["sure"]) == (2017, None)
    told = year["sure"][about]
    assert [len(told["sentences"][language]) for language in ("da", "en")] == [3, 3]
    units = gpd.read_file(asked[about], layer=f"unit_{about}")
    share = units["p_designated" if about == "certainty" else "share_of_variants"]
    inside = units["area_id"].notna()
    either = (inside & (share < 0.95)) | (~inside & (share > 0.05))
    for area, (sure, grey) in zip(year["areas"], told["areas"], strict=True):
        here = units["area_id"] == area["id"]
        assert sure == in_tens(int(units["residents"][here & ~either].sum()))
        assert grey == in_tens(int(units["residents"][here & either].sum()))
    # of few people outside the areas nothing is told
    few = ~inside & (units["residents"] < FEWEST)
    shown = [kind for kind in told["of"] if kind >= 0]
    assert len(shown) == (~few).sum()
    assert shown.count(1) == (either & ~few).sum()
    assert shown.count(2) == (inside & ~either).sum()


def test_a_designation_that_says_how_sure_it_is_needs_no_file(town: Path, tmp_path: Path) -> None:
    from udsat_geo.cli.designate import designate

    call = [
        "--year",
        "2021",
        "--policy",
        str(town / "town.toml"),
        "--registers",
        str(town / "raw"),
        "--previous",
        "none",
    ]
    told = CliRunner().invoke(designate, [*call, "--certainty", "--out", str(tmp_path)])
    assert told.exit_code == 0, told.output
    found = with_how_sure(read_all([tmp_path / "designation_2021.gpkg"], False, None))
    sure = data_of(make_page(found))["years"][-1]["sure"]
    assert set(sure) == {"certainty"}
    assert "of" in sure["certainty"]


def test_without_units_there_is_no_map_of_them(town: Path, asked: dict[str, Path]) -> None:
    found = with_how_sure(read_all([town / "out/designation_2021.gpkg"], False, None), [asked["certainty"]])
    assert "of" not in data_of(make_page(found, with_units=False))["years"][-1]["sure"]["certainty"]


def test_the_settings_have_their_figure_and_pages_without_a_word_have_none(page: str, town: Path) -> None:
    assert page.count('class="figure settings-2021"') == 2
    plain = make_page(read_all([town / "out/designation_2021.gpkg"], True, None), "en")
    assert 'class="figure settings-2021"' not in plain
    assert data_of(plain)["years"][-1]["sure"] is None


def test_files_of_other_runs_are_refused(town: Path, asked: dict[str, Path], tmp_path: Path) -> None:
    call = ["report", str(town / "out/designation_2017.gpkg"), "--alone", "--out", str(tmp_path / "page.html")]
    call += ["--language", "en", "--certainty", str(asked["certainty"])]
    call += ["--certainty", str(asked["sensitivity"]), "--sensitivity", str(tmp_path / "none.gpkg")]
    (tmp_path / "text.gpkg").write_text("no package")
    call += ["--sensitivity", str(tmp_path / "text.gpkg")]
    told = CliRunner().invoke(udsat, call)
    assert told.exit_code != 0
    assert "--certainty certainty_2021.gpkg: is of other units or areas" in told.output
    assert "holds no layer unit_certainty" in told.output
    assert "none.gpkg: no such file" in told.output
    assert "text.gpkg" in told.output
    assert not (tmp_path / "page.html").exists()


def test_units_have_one_colour_at_a_time(page: str, open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    opened = open_page(path)
    before = opened.of_source("units", "fill")
    opened.page.check('[data-layer="certainty"]')
    opened.settle()
    by_chance = opened.of_source("units", "fill")
    assert by_chance != before
    assert not opened.page.is_checked('[data-layer="units"]')
    assert "could go either way" in opened.shown("#legend")
    opened.page.check('[data-layer="sensitivity"]')
    opened.settle()
    assert not opened.page.is_checked('[data-layer="certainty"]')
    assert "if the policy were set otherwise" in opened.shown("#legend")
    assert "live where the settings hardly matter" in opened.shown("#sure")
    opened.page.check('[data-layer="units"]')
    opened.settle()
    assert opened.of_source("units", "fill") == before
    opened.page.click('[data-year="2017"]')
    assert not opened.page.is_visible("#sure")
    assert opened.faults == []
