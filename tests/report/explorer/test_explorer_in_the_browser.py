"""The explorer in a real Chromium, as an analyst uses it: each step, and what must follow from it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer_walk import NAMES, SLIDE, Walk, browsing, serving, settle
from two_years import write_town
from udsat_geo.designation.job import Job
from udsat_geo.policy.load import load_policy
from udsat_geo.report.explorer.engine import Engine

pytestmark = pytest.mark.long
HOSTILE = "<img src=x onerror=\"document.title='struck'\"></script><b>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the extra test-all has it")
    import shutil

    if not any(map(shutil.which, NAMES)):
        pytest.skip("no Chromium is installed")
    with browsing() as running:
        yield running


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town whose policy's title and labels are hostile."""
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    text = f"extends = 'town.toml'\nid = 'hostile'\ntitle = '''{HOSTILE}'''\n"
    text += f"[[criteria]]\nkey = 'low_income'\nlabel = '''{HOSTILE}'''\n"
    (folder / "hostile.toml").write_text(text, encoding="utf-8")
    return folder


def engine_of(town: Path) -> Engine:
    return Engine.of(Job(2021, load_policy(str(town / "hostile.toml")), town / "raw", language="en"))


@pytest.fixture(scope="module")
def engine(town: Path) -> Iterator[Engine]:
    """The one that pages are held to."""
    made = engine_of(town)
    yield made
    made.close()


@pytest.fixture(scope="module")
def address(town: Path) -> Iterator[str]:
    made = engine_of(town)
    with serving(made, town / "saved") as found:
        yield found
    made.close()


class Seen:
    """A page, and what it asked for and complained of."""

    def __init__(self, browser: Any, address: str, width: int = 1280, height: int = 900):
        self.page = browser.new_context(viewport={"width": width, "height": height}).new_page()
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console", lambda said: self.faults.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.goto(address)
        settle(self.page)

    def slide(self, key: str, value: float) -> None:
        self.page.evaluate(SLIDE, [key, value])
        settle(self.page)

    def click(self, selector: str) -> None:
        self.page.click(selector)
        self.page.wait_for_timeout(50)
        settle(self.page)

    def total(self, name: str) -> str:
        found = self.page.locator(f'[data-total="{name}"] dd').text_content()
        return re.split("[+−]", found)[0]


def test_a_slider_moves_the_map_and_undo_takes_it_back(browser: Any, address: str, engine: Engine) -> None:
    seen = Seen(browser, address)
    before = seen.total("residents in areas")
    assert int(before) == engine.made.status.residents_in_areas
    seen.slide("rule.core", 1.0)
    moved = engine.designation(engine.settings({"values": {"rule.core": 1.0}}))
    assert int(seen.total("residents in areas")) == moved.status.residents_in_areas < int(before)
    assert len(seen.page.evaluate("() => window.explorer.picture().outline[0]")) == len(moved.areas)
    link = seen.page.url
    seen.slide("areas.residents", 50)
    seen.click("#undo")
    assert int(seen.total("residents in areas")) == moved.status.residents_in_areas
    seen.click("#undo")
    assert seen.total("residents in areas") == before
    seen.click("#redo")
    assert int(seen.total("residents in areas")) == moved.status.residents_in_areas
    # a second browser has settings of its own, and the link brings the first one's
    other = Seen(browser, address)
    assert other.total("residents in areas") == before
    assert Seen(browser, link).total("residents in areas") == seen.total("residents in areas")
    assert {request.split("/")[2] for request in seen.requests} == {address.split("/")[2]}
    assert seen.faults == []


def test_settings_side_by_side_and_the_other_language(browser: Any, address: str) -> None:
    seen = Seen(browser, address)
    kept = seen.total("residents in areas")
    seen.click("#keep")
    seen.slide("rule.core", 1.0)
    told = seen.page.locator('[data-total="residents in areas"] dd').text_content()
    assert "−" in told
    fell_out = int(seen.total("fell out"))
    assert fell_out == int(kept) - int(seen.total("residents in areas")) + int(seen.total("came in"))
    assert seen.page.evaluate("() => window.explorer.picture().before") > 0
    seen.page.click('[data-language="da"]')
    assert "beboere i områder" in seen.page.inner_text("#totals")
    assert "Tærskler" in seen.page.inner_text("#knobs")
    seen.page.reload()
    settle(seen.page)
    assert int(seen.total("fell out")) == fell_out


def test_what_is_refused_is_told_and_the_map_stays(browser: Any, address: str, engine: Engine) -> None:
    seen = Seen(browser, address)
    before = seen.page.evaluate("() => JSON.stringify(window.explorer.picture())")
    seen.slide("rule.criteria", 1)
    seen.page.evaluate(
        "() => { location.hash = '#' + encodeURIComponent(JSON.stringify({values: {'rule.edge': 9}})); }"
    )
    seen.page.wait_for_selector("html[data-refused]", state="attached")
    assert "rule.edge" in seen.page.inner_text("#problems")
    seen.click("#reset")
    assert seen.page.is_hidden("#problems")
    assert seen.page.evaluate("() => JSON.stringify(window.explorer.picture())") == before
    # an edge above the core takes it along, so that no slider leads there
    seen.slide("rule.edge", 1.5)
    assert seen.page.input_value('[data-number="rule.core"]') == "1.5"
    assert seen.page.is_hidden("#problems")


def test_by_hand_by_keyboard_and_saved(browser: Any, address: str, town: Path) -> None:
    seen = Seen(browser, address)
    page = seen.page
    page.focus("#areas-table tbody button")
    page.keyboard.press("Enter")
    page.fill(".decide [name=reason]", HOSTILE)
    page.fill(".decide [name=decided_by]", "Jørgen")
    page.keyboard.press("Enter")
    page.wait_for_selector("#decisions li")
    settle(page)
    assert HOSTILE in page.locator("#decisions li span").text_content()
    page.focus("#draw")
    page.keyboard.press("Enter")
    page.focus("#map")
    for key in (" ", "ArrowRight", " ", "ArrowUp", " ", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("#barriers li")
    settle(page)
    assert page.evaluate("() => window.explorer.picture().lines") == 1
    page.click("#saving")
    page.fill("#save-id", "by-hand")
    page.keyboard.press("Enter")
    page.wait_for_selector("#saved pre")
    assert "--overrides" in page.inner_text("#saved pre")
    names = {"by-hand.toml", "by-hand-barriers.geojson", "by-hand-overrides.csv"}
    assert names <= {path.name for path in (town / "saved").iterdir()}
    # neither title, label nor reason is run or becomes an element
    assert page.title() != "struck"
    assert page.locator("img").count() == page.locator("#main b").count() == 0
    assert seen.faults == []


def test_how_sure_it_is(browser: Any, address: str) -> None:
    seen = Seen(browser, address)
    seen.page.click("#certain")
    seen.page.wait_for_selector("#legend .swatch-sure-1")
    assert "100 draws" in seen.page.inner_text("#sure")
    seen.slide("rule.core", 0.5)
    assert seen.page.inner_text("#sure") == ""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_hangs_over_and_axe_finds_nothing(browser: Any, address: str, width: int, tmp_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    seen = Seen(browser, address, width, 844)
    assert seen.page.evaluate("() => document.documentElement.scrollWidth") <= width
    found = axe.Axe().run(seen.page)
    assert found.violations_count == 0, found.generate_report()
    folder = Path(os.environ.get("UDSAT_PICTURES") or tmp_path)
    seen.slide("rule.core", 0.8)
    seen.page.screenshot(path=str(folder / f"explorer_town_{width}.png"))


def test_a_random_walk_never_leaves_engine_and_picture_disagreeing(browser: Any, address: str, engine: Engine) -> None:
    seen = Seen(browser, address)
    walk = Walk(seen.page, engine, 7)
    for _number in range(60):
        told = walk.step()
        fault = walk.fault()
        assert fault is None, f"{told}: {fault}"
    assert seen.faults == []
