"""The report's page in a real Chromium, where one is installed, without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from page_reading import Open, Opened
from two_years import write_town
from udsat_geo.designation.job import Job, run
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy
from udsat_geo.report.page.build import make_page
from udsat_geo.report.page.read import read_all

YEARS = (2017, 2021, 2025)
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
READY_MS = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Ended with the module: while it runs, nothing else in the process may have an event loop of its own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the extra test has it")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Open a file as a reader does, and watch it."""
    contexts = []

    def opened(path: Path, width: int = 1280, height: int = 900, scheme: str = "light", touch: bool = False) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=touch, reduced_motion="reduce"
        )
        contexts.append(context)
        found = Opened(context.new_page())
        found.page.on("request", lambda request: found.requests.append(request.url))
        found.page.on("pageerror", lambda error: found.faults.append(str(error)))
        found.page.on(
            "console",
            lambda message: found.faults.append(message.text) if message.type in ("error", "warning") else None,
        )
        found.page.goto(path.resolve().as_uri())
        found.page.wait_for_selector("html[data-ready]", timeout=READY_MS)
        found.settle()
        return found

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic city designated in three years, in a folder."""
    out = tmp_path_factory.mktemp("city")
    for year in YEARS:
        write_results(run(Job(year, load_policy("kbh-2017"), store=store_of(out))), out, ("gpkg",))
    return out


@pytest.fixture(scope="session")
def city_page(city: Path) -> Path:
    """The page of the three years."""
    path = city / "report.html"
    path.write_text(make_page(read_all([city / "designation_2025.gpkg"], True, None)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small town of two years: `raw`, policies, and `out` with its designations, in English."""
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    return folder


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[str], Path]:
    """Where a picture goes: beside those of the documentation where the environment says so."""
    folder = Path(os.environ.get("UDSAT_PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return lambda name: folder / name
