"""Other worlds than the city: hostile names, zones, addresses, estates, a single file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from estates import write_estates
from page_reading import Open, data_of
from paths import POLICIES
from small_registers import make_registers
from two_years import designated
from udsat_geo.designation.job import Job, run
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_results
from udsat_geo.messages.words import printable
from udsat_geo.policy.load import load_policy, with_references
from udsat_geo.report.page.build import make_page
from udsat_geo.report.page.read import read_all

HOSTILE = (
    '"><img src=x onerror="document.title=1">',
    "</script><script>document.title = 'taken'</script>",
    '=HYPERLINK("http://example.org","click")',
    "x" * 10_000,
    "أحياء المدينة \u202e txet",
    "'; DROP TABLE areas; -- & <b>bold</b> {{ 7 * 7 }} \u2028 end",
)
ADDRESSES = """
extends = "{base}"
id = "small-addresses"
[rule]
core = 0.3
edge = 0.0
criteria = 1
[areas]
residents = 20
"""


@pytest.fixture(scope="session")
def hostile(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a designation whose areas are called so."""
    folder = tmp_path_factory.mktemp("hostile")
    made = designated(town, town / "town.toml", 2021)
    name = made.name.copy()
    name[: len(HOSTILE)] = HOSTILE[: len(name)]
    district = made.named.district.copy()
    district[:] = HOSTILE[1]
    renamed = dataclasses.replace(made.named, name=name, district=district)
    write_results(dataclasses.replace(made, named=renamed), folder, ("gpkg",))
    path = folder / "page.html"
    path.write_text(make_page(read_all([folder / "designation_2021.gpkg"], False, None), "en"), encoding="utf-8")
    return path


def test_hostile_names_are_only_text(hostile: Path, open_page: Open) -> None:
    text = hostile.read_text(encoding="utf-8")
    names = [area["name"] for area in data_of(text)["years"][-1]["areas"]]
    # what turns the direction of a text stands as a sign
    assert names[: len(HOSTILE)] == [printable(name) for name in HOSTILE[: len(names)]]
    assert len(names) >= 3, "there is something to be hostile with"
    assert "<script>document.title" not in text
    assert "<img src=x" not in text
    opened = open_page(hostile)
    title = opened.page.title()
    for i in range(len(names)):
        opened.page.locator("#areas-table tbody tr").nth(i).locator("button").click()
        opened.page.mouse.move(*opened.at_area(data_of(text)["years"][-1]["areas"][i]["id"]))
        opened.settle()
    opened.page.click("[data-language=da]")
    assert opened.faults == []
    assert opened.requests == [hostile.resolve().as_uri()]
    assert opened.page.locator("img").count() == 0
    assert title != "taken"
    assert opened.page.evaluate("document.querySelectorAll('b, #areas script').length") == 0


def test_long_names_are_cut_and_whole_where_asked(hostile: Path, open_page: Open) -> None:
    opened = open_page(hostile, 390, 844)
    button = opened.page.locator("#areas-table button[data-area]", has_text="xxxxxxxxxx")
    assert len(button.inner_text()) <= 80
    assert len(button.locator("bdi").get_attribute("title")) > 80
    button.click()
    opened.page.click("#card details summary")
    assert opened.page.locator("#card .long").first.inner_text() == "x" * 10_000
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture(scope="session")
def zones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Estates of the law, each an area by itself: zones without any composite."""
    folder = tmp_path_factory.mktemp("zones")
    poor = {"no_work_or_education_18_64": 900, "no_work_or_education_18_64_previous_year": 2900, "convicted": 500,
            "convicted_previous_year": 500, "basic_school_30_59": 900, "non_western_origin": 4000}  # fmt: skip
    write_estates(folder / "estates.gpkg", {"A": poor, "B": {}, "C": poor})
    policy = with_references(load_policy("boligomraade-2021"), ("convicted_national=0.0174",))
    made = run(Job(2024, policy, units=folder / "estates.gpkg", store=store_of(folder)))
    write_results(made, folder, ("gpkg",))
    return folder / "designation_2024.gpkg"


def test_zones_without_a_composite(zones: Path, tmp_path: Path, open_page: Open) -> None:
    path = tmp_path / "zones.html"
    path.write_text(make_page(read_all([zones], True, None)), encoding="utf-8")
    data = data_of(path.read_text(encoding="utf-8"))
    assert data["places"]["kind"] == "cells", "these estates are squares"
    assert data["years"][-1]["breaks"] == []
    assert len(data["years"][-1]["areas"]) == 2
    opened = open_page(path)
    opened.page.mouse.move(*opened.at_area(data["years"][-1]["areas"][0]["id"]))
    opened.settle()
    assert data["years"][-1]["areas"][0]["name"] in opened.shown("#tip")
    assert opened.faults == []


def test_addresses_as_units(tmp_path: Path, open_page: Open) -> None:
    registers = make_registers(5, n_addresses=60, n_residents=1500, span=600)
    registers.write(tmp_path / "raw" / "2025")
    base = POLICIES / "addresses.toml"
    (tmp_path / "small.toml").write_text(ADDRESSES.format(base=base), encoding="utf-8")
    policy = load_policy(str(tmp_path / "small.toml"))
    made = run(Job(2025, policy, tmp_path / "raw", previous="none", store=store_of(tmp_path), language="en"))
    write_results(made, tmp_path, ("gpkg",))
    path = tmp_path / "addresses.html"
    path.write_text(make_page(read_all([tmp_path / "designation_2025.gpkg"], True, policy)), encoding="utf-8")
    data = data_of(path.read_text(encoding="utf-8"))
    assert data["places"]["kind"] == "points"
    assert len(data["places"]["x"]) == len(set(zip(made.units.easting, made.units.northing, strict=True)))
    opened = open_page(path)
    assert len(opened.of_source("units", "x")) == len(data["places"]["x"])
    assert opened.faults == []


def test_a_single_file_has_a_year_switch_too(city: Path, tmp_path: Path, open_page: Open) -> None:
    path = tmp_path / "alone.html"
    path.write_text(make_page(read_all([city / "designation_2025.gpkg"], False, None)), encoding="utf-8")
    opened = open_page(path)
    drawn = opened.of_source("areas", "xs")
    opened.page.click('[data-year="2021"]')
    assert opened.of_source("areas", "xs") != drawn
    assert "kendes kun gennem udpegningen fra 2025" in opened.shown("#partial")
    areas = data_of(path.read_text(encoding="utf-8"))["years"][0]["areas"]
    assert opened.page.locator("#areas-table tbody tr").count() == len(areas)
    opened.page.click("#areas-table button[data-area]")
    assert "Beboere (2025)" in opened.shown("#card")
    opened.page.click("[data-language=en]")
    assert "known through the designation of 2025" in opened.shown("#partial")
    assert opened.faults == []


def test_zones_with_names_say_them(tmp_path: Path, open_page: Open) -> None:
    west = 700_000 + 100.0 * np.arange(6)
    places = list(shapely.box(west, 6_170_000, west + 100, 6_170_100))
    table = {
        "id": list("abcdef"),
        "called": [f"Zone {n}" for n in "abcdef"],
        "n": [500] * 6,
        "poor": [400] * 2 + [10] * 4,
    }
    gpd.GeoDataFrame(table, geometry=places, crs="EPSG:25832").to_file(tmp_path / "zones.gpkg")
    (tmp_path / "named.toml").write_text(
        'id = "named"\nyears = [2000, 2030]\n[units]\nkind = "zones"\nid = "id"\nname = "called"\nresidents = "n"\n'
        '[[criteria]]\nkey = "poor"\nregister = "units"\nnumerator = "poor"\ndenominator = "n"\nworse = "high"\n'
        "[rule]\ncore = 0.5\ncriteria = 1\n[areas]\nresidents = 100\n",
        encoding="utf-8",
    )
    policy = load_policy(str(tmp_path / "named.toml"))
    write_results(run(Job(2025, policy, units=tmp_path / "zones.gpkg", store=store_of(tmp_path))), tmp_path, ("gpkg",))
    path = tmp_path / "named.html"
    path.write_text(make_page(read_all([tmp_path / "designation_2025.gpkg"], True, policy)), encoding="utf-8")
    units = data_of(path.read_text(encoding="utf-8"))["years"][-1]["units"]
    assert sorted(units["names"]) == [f"Zone {n}" for n in "abcdef"]
    opened = open_page(path)
    box = opened.page.locator("#map").bounding_box()
    opened.page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.5 * box["height"])
    opened.settle()
    assert "Zone f" in opened.shown("#card")
    assert opened.faults == []
