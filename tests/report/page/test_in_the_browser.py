"""What a reader does with the page: looks, points, clicks, sorts, switches, tabs, prints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from page_reading import Open, Opened, data_of
from udsat_geo.messages.words import decimal

BOTH_SIZES = pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
MOST_BYTES = 5_000_000


def pixels(opened: Opened) -> bytes:
    opened.settle()
    return bytes(opened.page.locator("#map").screenshot())


# --- as it opens --------------------------------------------------------------------------------------------


@pytest.mark.long
def test_it_is_small_enough_for_an_email(city_page: Path) -> None:
    assert city_page.stat().st_size <= MOST_BYTES


@BOTH_SIZES
def test_it_opens_without_a_fault_and_asks_for_nothing(
    city_page: Path, open_page: Open, picture: Callable[[str], Path], width: int, height: int
) -> None:
    opened = open_page(city_page, width, height)
    if width < height:
        # a phone shows the map on the screen after the first
        opened.page.evaluate("document.querySelector('#map').scrollIntoView()")
    opened.page.screenshot(path=picture(f"report_{width}.png"))
    opened.page.click('[data-year="2017"]')
    opened.page.click('[data-language="en"]')
    opened.settle()
    assert opened.requests == [city_page.resolve().as_uri()]
    assert opened.faults == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, (
        "nothing makes the page scroll sideways"
    )


def test_the_browser_lets_it_reach_nothing(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    told = opened.page.get_attribute("meta[http-equiv]", "content")
    assert told.startswith("default-src 'none'")
    assert "unsafe-eval" not in told
    tried = "fetch('https://example.org/').then(() => 'reached', () => 'refused')"
    assert opened.page.evaluate(tried) == "refused"
    # what the debugger runs itself is let off, what the page runs later is not
    late = "setTimeout(() => { try { window.ran = new Function('return 1')(); } catch { window.ran = 0; } }, 0)"
    opened.page.add_script_tag(content=late)
    opened.settle()
    assert opened.page.evaluate("window.ran") == 0, "no text becomes a program"


def test_without_javascript_it_says_so(city_page: Path, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(city_page.resolve().as_uri())
    assert page.locator("noscript").inner_text().startswith("Uden JavaScript er dette et almindeligt dokument")
    assert page.locator("h1").inner_text() == "Udsatte byområder 2017–2025"
    areas = data_of(city_page.read_text(encoding="utf-8"))["years"][-1]["areas"]
    assert page.locator("#plot svg text").all_text_contents() == [str(area["number"]) for area in areas]
    assert page.locator("#areas tbody tr").count() == len(areas)
    assert "Nej: 0 af 5 efterslæb er nede på 50 %" in page.locator("#halved").inner_text()
    assert "Ved Gyldenrisvej (2017-12)" in page.locator("#moved").inner_text()
    assert "En enhed danner et område (den er en kerne)" in page.locator("#policy").inner_text()
    assert not page.locator("#search").is_visible()
    context.close()


def test_a_synthetic_source_is_stamped_at_the_top(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    box = opened.page.locator("#stamp").bounding_box()
    assert "Syntetiske data" in opened.shown("#stamp")
    assert box["y"] < 150


def test_figures_are_rounded_as_on_the_console(city_page: Path, open_page: Open) -> None:
    rows = open_page(city_page).page.locator("#areas-table tbody tr").all_inner_texts()
    areas = data_of(city_page.read_text(encoding="utf-8"))["years"][-1]["areas"]
    assert len(rows) == len(areas) > 10
    for area in areas:
        (row,) = (row for row in rows if area["name"] == re.split(r"[\t\n]", row)[1])
        assert decimal(area["composite"], 2, "da") in row.split("\t")


# --- years and layers ---------------------------------------------------------------------------------------


def test_the_year_switch_changes_the_map_and_the_tables(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    now, drawn = opened.of_source("areas", "xs"), pixels(opened)
    opened.page.click('[data-year="2017"]')
    areas = data_of(city_page.read_text(encoding="utf-8"))["years"][0]["areas"]
    assert len(opened.of_source("areas", "xs")) == len(areas)
    assert opened.of_source("areas", "xs") != now
    assert pixels(opened) != drawn
    assert opened.page.locator("#areas-table tbody tr").count() == len(areas)
    assert opened.shown("#areas-title") == "Områderne 2017"
    assert "2017" in opened.shown("#live")
    assert opened.page.get_attribute('[data-year="2017"]', "aria-pressed") == "true"


def test_layers_are_switched(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    before = pixels(opened)
    for layer in ("units", "changes", "areas"):
        opened.page.locator(f"[data-layer={layer}]").set_checked(layer == "changes")
        after = pixels(opened)
        assert after != before, layer
        before = after
    opened.page.click('[data-year="2017"]')
    assert opened.page.is_disabled("[data-layer=changes]"), "nothing was designated before 2017"


def test_zooming_and_moving_by_button_keyboard_and_wheel(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)

    def span() -> float:
        told = "(() => { const r = Bokeh.documents[0].roots()[0].x_range; return r.end - r.start; })()"
        return float(opened.page.evaluate(told))

    def west() -> float:
        return float(opened.page.evaluate("Bokeh.documents[0].roots()[0].x_range.start"))

    whole = span()
    opened.page.click("[data-zoom=in]")
    assert span() == pytest.approx(whole / 1.5)
    opened.page.focus("#map")
    opened.page.keyboard.press("+")
    assert span() == pytest.approx(whole / 2.25)
    at = west()
    opened.page.keyboard.press("ArrowRight")
    assert west() > at
    opened.page.keyboard.press("0")
    assert span() == pytest.approx(whole)
    opened.page.mouse.move(300, 600)
    opened.page.mouse.wheel(0, -300)
    opened.settle()
    assert span() < whole
    at = west()
    opened.page.mouse.down()
    opened.page.mouse.move(400, 620, steps=5)
    opened.page.mouse.up()
    opened.settle()
    assert west() < at


# --- areas --------------------------------------------------------------------------------------------------


def test_pointing_at_an_area_shows_its_name_and_reason(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    area = data_of(city_page.read_text(encoding="utf-8"))["years"][-1]["areas"][0]
    opened.page.mouse.move(*opened.at_area(area["id"]))
    opened.settle()
    told = opened.shown("#tip")
    assert area["name"] in told
    assert area["reason"]["da"] in told
    assert "kerne" in told, "the unit under it says its role"


def test_clicking_an_area_chooses_it_in_the_table(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    area = data_of(city_page.read_text(encoding="utf-8"))["years"][-1]["areas"][1]
    opened.page.mouse.click(*opened.at_area(area["id"]))
    opened.settle()
    assert area["name"] in opened.shown("#card h3")
    assert area["reason"]["da"] in opened.shown("#card")
    assert opened.page.locator("#areas-table tr.chosen").get_attribute("data-row") == area["id"]
    assert area["name"] in opened.shown("#live")
    assert len(opened.of_source("chosen", "xs")) == 1


def test_a_tap_chooses_on_a_phone(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page, 390, 844, touch=True)
    area = data_of(city_page.read_text(encoding="utf-8"))["years"][-1]["areas"][0]
    opened.page.locator("#map").scroll_into_view_if_needed()
    opened.page.touchscreen.tap(*opened.at_area(area["id"]))
    opened.settle()
    assert area["name"] in opened.shown("#card h3")


def test_choosing_a_row_shows_the_area_on_the_map(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    before = pixels(opened)
    area = data_of(city_page.read_text(encoding="utf-8"))["years"][-1]["areas"][-1]
    opened.page.click(f'#areas-table button[data-area="{area["id"]}"]')
    drawn = opened.of_source("chosen", "xs")
    assert len(drawn) == 1
    assert drawn == [opened.of_source("areas", "xs")[-1]]
    assert pixels(opened) != before
    x, y = opened.at_area(area["id"])
    box = opened.page.locator("#map").bounding_box()
    assert box["x"] < x < box["x"] + box["width"]
    assert box["y"] < y < box["y"] + box["height"]
    opened.page.click('[data-year="2021"]')
    assert area["name"] in opened.shown("#card h3"), "what is chosen stays so through the years"


def test_a_unit_outside_says_why_and_no_figures(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    data = data_of(city_page.read_text(encoding="utf-8"))
    units, places = data["years"][-1]["units"], data["places"]
    place = next(i for i, kind in enumerate(units["of"]) if kind >= 0 and units["kinds"][kind][2] == "composite")
    at = """([x, y]) => {
      const plot = Bokeh.documents[0].roots()[0], box = document.getElementById("map").getBoundingClientRect();
      return [box.left + box.width * (x - plot.x_range.start) / (plot.x_range.end - plot.x_range.start),
              box.top + box.height * (plot.y_range.end - y) / (plot.y_range.end - plot.y_range.start)];
    }"""
    opened.page.mouse.click(*opened.page.evaluate(at, [places["x"][place], places["y"][place]]))
    opened.settle()
    told = opened.shown("#card")
    assert "samlet score under kantgrænsen" in told
    assert "beboere" in told
    assert "Ligger uden for områderne" in told


TABLES = ["areas-table", "criteria-table", "status-table", "changes-table", "series-table", "gaps-table"]


@pytest.mark.parametrize("table", TABLES)
def test_tables_sort_both_ways(city_page: Path, open_page: Open, table: str) -> None:
    opened = open_page(city_page)
    heads = opened.page.locator(f"#{table} thead th")
    for column in range(heads.count()):
        head = heads.nth(column)
        orders = []
        for _ in range(2):
            head.locator("button").click()
            direction = head.get_attribute("aria-sort")
            cells = opened.page.locator(f"#{table} tbody tr > :nth-child({column + 1})").all_inner_texts()
            orders.append((direction, cells))
        assert {direction for direction, _ in orders} == {"ascending", "descending"}
        others = [heads.nth(i).get_attribute("aria-sort") for i in range(heads.count()) if i != column]
        assert set(others) <= {"none"}
        (_, first), (_, second) = orders
        assert sorted(first) == sorted(second)
        if len(set(first)) > 1:
            assert first != second


def test_numbers_sort_as_numbers(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    head = opened.page.locator("#areas-table thead th", has_text="Beboere")
    head.locator("button").click()
    told = opened.page.locator("#areas-table tbody tr > :nth-child(3)").all_inner_texts()
    residents = [int(text.replace(".", "")) for text in told]
    assert residents == sorted(residents, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    assert "Beboere, faldende" in opened.shown("#live")


# --- keyboard -----------------------------------------------------------------------------------------------


def test_areas_are_followed_through_the_years(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    row = opened.page.locator("#series-table tbody tr", has_text="Ved Jyllingevej")
    years = data_of(city_page.read_text(encoding="utf-8"))["years"]
    (residents,) = (area["residents"] for area in years[-1]["areas"] if area["name"] == "Ved Jyllingevej")
    assert row.locator("td").all_inner_texts() == ["–", "–", f"{residents:,}".replace(",", ".")]
    row.locator("button").click()
    assert "Ved Jyllingevej" in opened.shown("#card h3")
    opened.page.click('[data-year="2017"]')
    assert "Er ikke et område i 2017." in opened.shown("#card")
    gaps = opened.page.locator("#gaps-table tbody tr", has_text="uden uddannelse").locator("td").all_inner_texts()
    paths = [city_page.parent / f"designation_{year}.json" for year in (2017, 2021, 2025)]
    status = [json.loads(path.read_text(encoding="utf-8"))["status"] for path in paths]
    wanted = [100 * one["gap"] for of_year in status for one in of_year if one["criterion"] == "no_education"]
    assert gaps == [f"+{decimal(gap, 1, 'da')} pct.point" for gap in wanted]


def test_a_row_is_reached_and_chosen_by_keyboard_alone(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.className") == "skip"
    opened.page.keyboard.press("Enter")
    for _ in range(20):
        opened.page.keyboard.press("Tab")
        if opened.page.evaluate("document.activeElement.dataset.area || ''"):
            break
    name = opened.page.evaluate("document.activeElement.textContent")
    outline = opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus is to be seen"
    opened.page.keyboard.press("Enter")
    assert name == "Nordvest"
    assert name in opened.shown("#live")
    assert opened.page.get_attribute("#live", "aria-live") == "polite"
    assert name in opened.shown("#card h3")


def test_every_control_is_reached_by_tab(city_page: Path, open_page: Open) -> None:
    opened = open_page(city_page)
    seen = set()
    for _ in range(60):
        opened.page.keyboard.press("Tab")
        told = "((a) => a.id || Object.values(a.dataset)[0] || '')(document.activeElement)"
        seen.add(opened.page.evaluate(told))
    assert {
        "theme",
        "print",
        "map",
        "in",
        "out",
        "all",
        "areas",
        "units",
        "changes",
        "2017",
        "2025",
        "en",
        "da",
    } <= seen


# --- language, theme, paper ---------------------------------------------------------------------------------


def test_the_language_switch_changes_every_text(city_page: Path, open_page: Open) -> None:
    """No text of the page's own is left in the other language, but what is the same in both."""
    opened = open_page(city_page)
    data = data_of(city_page.read_text(encoding="utf-8"))
    texts, residents = data["texts"], f"{sum(area['residents'] for area in data['years'][-1]['areas']):,}"
    opened.page.click("#areas-table button[data-area]")
    opened.page.check("[data-layer=changes]")

    def seen() -> str:
        # expressions of the policy and names of files are what they are in any language
        opened.page.add_style_tag(content="code, #provenance tbody th { display: none !important }")
        labels = (
            "Array.from(document.querySelectorAll('[aria-label]')).filter((e) => !e.closest('[data-figure-language]'))"
        )
        told = opened.page.evaluate(f"{labels}.map((e) => e.ariaLabel).join('\\n')")
        return f"{opened.page.evaluate('document.body.innerText')}\n{told}"

    for language, other in (("en", "da"), ("da", "en")):
        opened.page.click(f"[data-language={language}]")
        told = seen()
        assert opened.page.get_attribute("html", "lang") == language
        left = [
            text for key, text in texts[other].items()
            if text != texts[language][key] and len(text) > 5 and "{" not in text and text in told
            and not any(text in own for own in texts[language].values())
        ]  # fmt: skip
        assert left == []
        assert opened.shown("#title").startswith({"da": "Udsatte", "en": "Disadvantaged"}[language])
    assert residents.replace(",", ".") in opened.shown("#keys")
    opened.page.click("[data-language=en]")
    assert residents in opened.shown("#keys")
    assert re.search(r"\d+ core units", opened.shown("#card"))
    figures = opened.page.locator("[data-figure-language]:visible")
    assert {figures.nth(i).get_attribute("lang") for i in range(figures.count())} == {"en"}


def test_dark_follows_the_system_and_the_switch(
    city_page: Path, open_page: Open, picture: Callable[[str], Path]
) -> None:
    def background(opened: Opened) -> str:
        return str(opened.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light, dark = open_page(city_page), open_page(city_page, scheme="dark")
    dark.page.screenshot(path=picture("report_dark.png"))
    assert background(light) == "rgb(255, 255, 255)"
    assert background(dark) == "rgb(20, 23, 28)"
    sea = light.page.evaluate("Bokeh.documents[0].roots()[0].background_fill_color")
    light.page.click("#theme")
    light.settle()
    assert background(light) == background(dark)
    assert light.page.get_attribute("#theme", "aria-pressed") == "true"
    assert light.page.evaluate("Bokeh.documents[0].roots()[0].background_fill_color") != sea
    dark.page.click("#theme")
    assert background(dark) == "rgb(255, 255, 255)"


def test_it_prints(city_page: Path, open_page: Open, tmp_path: Path) -> None:
    opened = open_page(city_page)
    opened.page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert (tmp_path / "report.pdf").read_bytes()[:5] == b"%PDF-"
    painted = """() => {
      const copy = document.getElementById("printed");
      const pixels = copy.getContext("2d").getImageData(0, 0, copy.width, copy.height).data;
      const colours = new Set();
      for (let i = 0; i < pixels.length; i += 4) colours.add(pixels[i] * 65536 + pixels[i + 1] * 256 + pixels[i + 2]);
      return colours.size;
    }"""
    assert opened.page.evaluate(painted) > 10, "the map is on the paper"
    opened.page.emulate_media(media="print")
    for control in (".zooms", ".tools", ".bar", ".skip"):
        assert not opened.page.locator(control).first.is_visible()
    assert opened.page.locator("#stamp").is_visible()
    assert opened.page.evaluate("getComputedStyle(document.querySelector('#areas-table tr')).breakInside") == "avoid"


@BOTH_SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(city_page: Path, open_page: Open, width: int, height: int, scheme: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python", reason="axe-playwright-python is not installed: the extra test has it"
    )
    opened = open_page(city_page, width, height, scheme)
    opened.page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    for language in ("da", "en"):
        opened.page.click(f"[data-language={language}]")
        opened.page.click("#areas-table button[data-area]")
        # the paths inside a figure are one picture to a reader, and hundreds of elements
        found = opened.page.evaluate("axe.run({exclude: ['.figure svg > *']}, {resultTypes: ['violations']})")
        assert len(found["passes"]) > 20, "it looked at something"
        serious = [fault["id"] for fault in found["violations"] if fault["impact"] in ("serious", "critical")]
        assert serious == [], language
