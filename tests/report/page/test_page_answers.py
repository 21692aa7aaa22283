"""What the first screen answers: do the gaps halve, who came in and went out and why; and labels that can be read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
from click.testing import CliRunner

from page_reading import Open, data_of
from udsat_geo.cli.main import udsat
from udsat_geo.report.page.build import make_page
from udsat_geo.report.page.read import read_all

BOTH_SIZES = pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])


def halved_by_hand(folder: Path) -> tuple[int, list[float]]:
    """How many gaps of 2025 are at most half of those of 2017, and what is left of each, from the summaries alone."""
    told = {year: json.loads((folder / f"designation_{year}.json").read_text())["status"] for year in (2017, 2025)}
    gaps = {year: {row["criterion"]: row["gap"] for row in rows} for year, rows in told.items()}
    left = [gaps[2025][key] / gaps[2017][key] for key in gaps[2017]]
    return sum(share <= 0.5 for share in left), left


def test_the_answer_is_that_of_the_summaries(city_page: Path) -> None:
    (told,) = data_of(city_page.read_text(encoding="utf-8"))["milestone"]["by"]
    there, left = halved_by_hand(city_page.parent)
    assert (told["reached"], told["needed"], told["since"], told["by"]) == (there, 3, 2017, 2025)
    assert [one["gaps"][-1] / one["gaps"][0] for one in told["criteria"]] == pytest.approx(left)
    assert told["told"]["en"]["answer"] == f"No: {there} of 5 gaps are down to 50 %, and it takes 3."


def test_the_reasons_are_those_of_the_file(city_page: Path) -> None:
    """What the page says of a removed area is what QGIS and the console say of it, without single units."""
    data = data_of(city_page.read_text(encoding="utf-8"))
    changes = json.loads((city_page.parent / "designation_2025.json").read_text(encoding="utf-8"))["changes"]["events"]
    (of_file,) = (event for event in changes if event["event"] == "removed")
    (removed,) = data["years"][-1]["moved"]["removed"]
    assert (removed["id"], removed["name"]) == (of_file["area_id"], of_file["name"]) == ("2017-12", "Ved Gyldenrisvej")
    then, now = re.search(
        r"egen samlede score fra ([\d,-]+) i 2021 til ([\d,-]+), mest ved", of_file["reason"]
    ).groups()
    named = re.findall(r"(?:mest ved| og) (Andel [\w -]+?) \(", of_file["reason"])
    assert f"gik fra {then} til {now}, mest ved".replace("-", "\u2212") in removed["text"]["da"]
    assert re.findall(r"(?:mest ved| og) (Andel [\w -]+?) \(", removed["text"]["da"]) == named
    added = {one["name"] for one in data["years"][-1]["moved"]["added"]}
    assert added == {event["name"] for event in changes if event["event"] == "added"}


def test_areas_that_are_followed_are_the_other_yardstick(city_page: Path, tmp_path: Path) -> None:
    summary = json.loads((city_page.parent / "designation_2025.json").read_text(encoding="utf-8"))
    sign = {"high": 1, "low": -1}
    rows = {row["criterion"]: row for row in summary["status"]}
    halved = {
        side: {key: {"2017": row[side], "2025": row["rest_of_city"] + (row[side] - row["rest_of_city"]) / 4}
               for key, row in rows.items()}
        for side in ("areas", "rest_of_city")
    }  # fmt: skip
    content = {
        "years": [2017, 2025],
        "policy": summary["policy"],
        "areas": {"designation_of": 2017},
        "criteria": [{"key": each["key"], "worse": each["worse"]} for each in summary["criteria"]],
        "table_1": halved,
    }
    assert set(sign) >= {each["worse"] for each in content["criteria"]}
    path = tmp_path / "status.json"
    path.write_text(json.dumps(content))
    page = tmp_path / "page.html"
    command = ["report", str(city_page.parent / "designation_2025.gpkg"), "--out", str(page), "--status", str(path)]
    assert CliRunner().invoke(udsat, [*command, "--quiet"], catch_exceptions=False).exit_code == 0
    anew, followed = data_of(page.read_text(encoding="utf-8"))["milestone"]["by"]
    assert (anew["kind"], followed["kind"], followed["reached"], followed["verdict"]) == (
        "anew",
        "followed",
        5,
        "reached",
    )
    content["policy"]["sha256"] = "0" * 64
    path.write_text(json.dumps(content))
    done = CliRunner().invoke(udsat, command)
    assert done.exit_code == 2
    assert "--status status.json: is of another policy than the designations of the page" in done.stderr
    path.write_text("{}")
    assert "is no account of a status" in CliRunner().invoke(udsat, command).stderr


def test_one_year_alone_has_no_answer(city: Path) -> None:
    page = make_page(read_all([city / "designation_2025.gpkg"], False, None), with_units=False)
    assert data_of(page)["milestone"] is None


@BOTH_SIZES
def test_labels_lie_on_no_other_and_districts_on_no_area(
    city_page: Path, open_page: Open, width: int, height: int
) -> None:
    opened = open_page(city_page, width, height)
    for zoom in range(3):
        told = opened.page.evaluate(
            """() => {
          const plot = Bokeh.documents[0].roots()[0], frame = document.getElementById("map");
          const data = Bokeh.documents[0].get_model_by_name("labels data").data;
          const across = frame.clientWidth / (plot.x_range.end - plot.x_range.start);
          const down = frame.clientHeight / (plot.y_range.end - plot.y_range.start);
          return Array.from(data.x).map((x, i) => ({
            text: data.text[i], x: (x - plot.x_range.start) * across, y: (plot.y_range.end - data.y[i]) * down,
            w: data.across[i], h: data.down[i] }));
        }"""
        )
        assert len(told) > 5
        if zoom == 0:
            numbers = {one["text"].split(" ")[0] for one in told}
            areas = data_of(city_page.read_text(encoding="utf-8"))["years"][-1]["areas"]
            assert numbers >= {str(area["number"]) for area in areas}, "every area has its number"
        for i, one in enumerate(told):
            for other in told[:i]:
                apart = abs(one["x"] - other["x"]) >= (one["w"] + other["w"]) / 2 - 0.01
                apart |= abs(one["y"] - other["y"]) >= (one["h"] + other["h"]) / 2 - 0.01
                assert apart, (zoom, one, other)
        opened.page.click("[data-zoom=in]")
        opened.settle()


def test_the_map_lies_on_ground(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    assert len(opened.of_source("base", "xs")) > 30
    assert len(opened.of_source("lines", "xs")) > 20
    assert "Valby" in opened.of_source("labels", "text")


# --- finding, linking, taking away ------------------------------------------------------------------------------


def test_a_link_leads_to_an_area_of_a_year(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    opened.page.goto(city_page.resolve().as_uri() + "#year=2021&area=2017-12&lang=en")
    opened.settle()
    assert "Ved Gyldenrisvej" in opened.shown("#card h3")
    assert opened.page.get_attribute('[data-year="2021"]', "aria-pressed") == "true"
    assert opened.page.get_attribute("html", "lang") == "en"
    opened.page.click('[data-year="2025"]')
    assert opened.page.url.endswith("#year=2025&area=2017-12&lang=en"), "the address is a link to what is shown"
    opened.page.goto(city_page.resolve().as_uri() + "#year=<script>&area=nowhere")
    opened.settle()
    assert opened.faults == []


def test_areas_places_and_positions_are_found(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    for wanted, told in (("gyldenris", "Ved Gyldenrisvej (2017-12)"), ("damhuss", "Damhussøen"), ("valby", "Valby")):
        opened.page.fill("#search", wanted)
        assert told in opened.shown("#found")
    opened.page.fill("#search", "gyldenris")
    opened.page.press("#search", "Enter")
    assert "Ved Gyldenrisvej" in opened.shown("#card h3")
    assert opened.page.get_attribute('[data-year="2021"]', "aria-pressed") == "true", "where it was an area last"
    data = data_of(city_page.read_text(encoding="utf-8"))
    east, north = (data["corner"][i] + data["places"]["xy"[i]][0] for i in range(2))
    opened.page.fill("#search", f"{east} {north}")
    opened.page.press("#search", "Enter")
    assert "Enhed" in opened.shown("#card h3")
    opened.page.fill("#search", "<b>intet</b>")
    assert opened.shown("#nothing-found") == "Intet her hedder sådan."
    assert opened.faults == []


def test_tables_and_layers_are_saved_as_the_page_shows_them(city_page: Path, open_page: Open, tmp_path: Path) -> None:
    opened = open_page(city_page)
    for name in ("areas", "units", "changes"):
        with opened.page.expect_download() as saved:
            opened.page.click(f"[data-save={name}]")
        saved.value.save_as(tmp_path / f"{name}.geojson")
    of_file = pyogrio.read_dataframe(city_page.parent / "designation_2025.gpkg", layer="areas")
    of_page = pyogrio.read_dataframe(tmp_path / "areas.geojson")
    assert of_page.crs == of_file.crs
    assert of_page.area_id.tolist() == of_file.area_id.tolist()
    assert (of_page.area / of_file.area).between(0.99, 1.01).all()
    units = pyogrio.read_dataframe(tmp_path / "units.geojson")
    assert set(units.residents) <= {"færre end 20 beboere", "20-99 beboere", "100 beboere og derover"}, "classes alone"
    with opened.page.expect_download() as saved:
        opened.page.click("#table-of-areas .download")
    saved.value.save_as(tmp_path / "areas.csv")
    table = pd.read_csv(tmp_path / "areas.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert table["area_id"].tolist() == of_file.area_id.tolist()
    assert table["Beboere"].tolist() == of_file.residents.tolist()
