"""A random walk over the explorer in a real browser: after each step the picture must be what the engine makes.

    python scripts/explorer_walk.py [--steps 1000] [--seed 1] [--year 2025] [--times]

Sliders, boxes, choices, undo, redo, decisions, barriers and comparisons are moved at random. What the page then shows
(outlines, colours of units, totals, table) is held to a second engine that was told the settings in the page's link.
--times prints instead how long an answer and its picture take, step by step over the core threshold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.report.explorer.answers import Answers
from udsat_geo.report.explorer.engine import Engine
from udsat_geo.report.explorer.picture import year_of
from udsat_geo.report.explorer.server import Server

SETTLED_MS = 600_000
"""Long, for a machine that others use as well."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
SLIDE = """([key, value]) => {
  const slider = document.querySelector('[data-knob="' + key + '"]');
  slider.value = value;
  slider.dispatchEvent(new Event("input"));
  slider.dispatchEvent(new Event("change"));
}"""
TYPE = """([key, value]) => {
  const box = document.querySelector('[data-number="' + key + '"]');
  box.value = value;
  box.dispatchEvent(new Event("change"));
}"""
CHOOSE = """([key, place]) => {
  const box = document.querySelector('select[data-knob="' + key + '"]');
  box.value = String(place);
  box.dispatchEvent(new Event("change"));
}"""
OPEN = """(key) => {
  for (const row of document.querySelectorAll("[data-of]"))
    if (row.dataset.of === key) row.closest("details").open = true;
}"""
SHOWN = """() => ({
  picture: window.explorer.picture(),
  settings: window.explorer.now.settings,
  link: location.hash,
  refused: "refused" in document.documentElement.dataset,
  totals: [...document.querySelectorAll("[data-total] dd")].map((each) => each.firstChild.textContent),
  rows: [...document.querySelectorAll("#areas-table tbody tr")].map((row) =>
    [...row.cells].map((cell) => cell.textContent),
  ),
})"""


@contextmanager
def serving(engine: Engine, policies: Path, language: str = "en") -> Iterator[str]:
    """The address of a page, for as long as the context lasts."""
    server = Server(Answers(engine, policies, language=language), 0)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.run(stop),), daemon=True)
    thread.start()
    try:
        yield server.address
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@contextmanager
def browsing() -> Iterator[Any]:
    """A real Chromium."""
    from playwright.sync_api import sync_playwright

    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=program, args=list(FLAGS))
        yield running
        running.close()


def settle(page: Any) -> None:
    """Wait until what is set is what is shown."""
    page.wait_for_selector("html[data-settled]", timeout=SETTLED_MS, state="attached")


class Walk:
    """A walk over a page, and the engine that it is held to.

    Parameters
    ----------
    page : playwright page
        On the explorer, settled.
    engine : Engine
        Another than the page's own.
    seed : int
    """

    def __init__(self, page: Any, engine: Engine, seed: int):
        self.page, self.engine, self.chance = page, engine, random.Random(seed)
        self.corner = Answers(engine, Path()).corner

    def step(self) -> str:
        """One step, and what it was."""
        acts = [self.slide] * 8 + [self.type] * 3 + [self.choose] * 3 + [self.undo] * 3
        acts += [self.redo, self.against, self.keep, self.decide, self.decide, self.barrier, self.remove, self.reset]
        acts += [self.speak, self.press]
        told = self.chance.choice(acts)()
        settle(self.page)
        return told

    def _knob(self, *kinds: str) -> Any:
        return self.chance.choice([knob for knob in self.engine.knobs if knob.kind in kinds])

    def slide(self) -> str:
        """A slider anywhere."""
        knob = self._knob("number", "whole", "share")
        value = round(knob.least + self.chance.random() * (knob.most - knob.least), 3)
        self.page.evaluate(SLIDE, [knob.key, value])
        return f"{knob.key} to {value}"

    def type(self) -> str:
        """A number, sometimes one that no slider gives."""
        knob = self._knob("number", "whole")
        value = self.chance.choice([knob.least, knob.most, -1, 0, 1, 0.1, 1e6])
        self.page.evaluate(TYPE, [knob.key, value])
        return f"{knob.key} = {value}"

    def choose(self) -> str:
        """A choice."""
        knob = self._knob("choice")
        place = self.chance.randrange(len(knob.choices))
        self.page.evaluate(CHOOSE, [knob.key, place])
        return f"{knob.key} = {knob.choices[place]}"

    def press(self) -> str:
        """An arrow key on a slider."""
        knob = self._knob("number", "whole", "share")
        self.page.evaluate(OPEN, knob.key)
        self.page.locator(f'[data-knob="{knob.key}"]').press(self.chance.choice(["ArrowRight", "ArrowLeft", "End"]))
        return f"{knob.key} by a key"

    def _click(self, selector: str) -> str:
        return self.page.evaluate(
            "(at) => { const found = document.querySelector(at); if (!found || found.disabled) return 'nothing';"
            " found.click(); return at; }",
            selector,
        )  # type: ignore[no-any-return]

    def undo(self) -> str:
        """The step before."""
        told = self._click("#undo")
        self.page.wait_for_timeout(30)
        return told

    def redo(self) -> str:
        """The step that was undone."""
        told = self._click("#redo")
        self.page.wait_for_timeout(30)
        return told

    def reset(self) -> str:
        """Back to the policy."""
        return self._click("#reset") if self.chance.random() < 0.3 else "nothing"

    def keep(self) -> str:
        """Keep what is set to compare with."""
        return self._click("#keep")

    def against(self) -> str:
        """Compare with something else."""
        return self._click(f'[data-against="{self.chance.choice(["shipped", "last", "kept"])}"]')

    def speak(self) -> str:
        """The other language."""
        return self._click(f'[data-language="{self.chance.choice(["da", "en"])}"]')

    def remove(self) -> str:
        """Take back what was decided or drawn."""
        return self._click(self.chance.choice(["#decisions button", "#barriers button"]))

    def decide(self) -> str:
        """Take an area out."""
        self._click("#areas-table tbody button")
        self.page.evaluate(
            "() => { for (const box of document.querySelectorAll('.decide input')) box.value = '<b>because</b>'; }"
        )
        return self._click(".decide button")

    def barrier(self) -> str:
        """A line across the map."""
        box = self.page.locator("#map")
        box.scroll_into_view_if_needed()
        self._click("#draw")
        frame = box.bounding_box()
        for _corner in range(self.chance.randint(2, 4)):
            x, y = (frame[side] * (0.2 + 0.6 * self.chance.random()) for side in ("width", "height"))
            self.page.mouse.click(frame["x"] + x, frame["y"] + y)
        return self._click("#draw")

    def fault(self) -> str | None:
        """In what the picture and the engine disagree; None where they do not."""
        shown = self.page.evaluate(SHOWN)
        try:
            made = self.engine.designation(self.engine.settings(shown["settings"]))
        except InputError:
            return None if shown["refused"] else "the engine refuses what the page shows"
        return "the page refuses what the engine makes" if shown["refused"] else self._unlike(shown, made)

    def _unlike(self, shown: dict[str, Any], made: Designation) -> str | None:
        wanted, picture = year_of(made, self.corner), shown["picture"]
        areas = wanted["areas"]
        if picture["areas"] != len(areas):
            return "how many areas there are"
        drawn = list(zip(*picture["outline"], strict=True))
        for area, (xs, ys) in zip(areas, drawn, strict=True):
            if (xs, ys) != self._decoded(area):
                return f"the outline of {area['name']}"
        groups: dict[str, set[int]] = {}
        for fill, kind in zip(picture["fills"], wanted["units"]["of"], strict=True):
            groups.setdefault(fill, set()).add(kind)
        if any(len(kinds) > 1 for kinds in groups.values()):
            return "colours of units"
        if _digits(shown["totals"][1]) != made.status.residents_in_areas or _digits(shown["totals"][0]) != len(areas):
            return "totals"
        rows = sorted((row[1], _digits(row[2])) for row in shown["rows"])
        return None if rows == sorted((area["name"], area["residents"]) for area in areas) else "table"

    def _decoded(self, area: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        xs: list[Any] = []
        ys: list[Any] = []
        for polygon in area["shape"]:
            xs.append([_summed(ring[::2], self.corner.step) for ring in polygon])
            ys.append([_summed(ring[1::2], self.corner.step) for ring in polygon])
        return xs, ys


def _summed(steps: list[int], step: float) -> list[float]:
    at, found = 0, []
    for one in steps:
        at += one
        found.append(at * step)
    return found


def _digits(text: str) -> int:
    return int("".join(sign for sign in text if sign.isdigit()) or 0)


def times(page: Any, steps: int) -> None:
    """Print how long answers and pictures take, and what they cost: on a machine with other work cost is what holds."""
    answers, pictures = [], []
    tool = page.context.new_cdp_session(page)
    tool.send("Performance.enable", {"timeDomain": "threadTicks"})

    def cost() -> tuple[float, float]:
        told = {each["name"]: each["value"] for each in tool.send("Performance.getMetrics")["metrics"]}
        return time.process_time(), told["TaskDuration"]

    page.evaluate(SLIDE, ["rule.core", 2])
    settle(page)
    before = cost()
    for number in range(steps):
        page.evaluate(SLIDE, ["rule.core", round(0.8 + 0.01 * number, 2)])
        settle(page)
        told = page.evaluate("() => ({ ...document.documentElement.dataset })")
        answers.append(float(told["answered"]))
        pictures.append(float(told["took"]))
    for name, found in (("answer", answers), ("picture", pictures)):
        low, high = statistics.median(found), statistics.quantiles(found, n=20)[-1]
        print(f"{name}: median {low:.0f} ms, 95 % within {high:.0f} ms")
    engine, browser = (1000 * (now - then) / steps for now, then in zip(cost(), before, strict=True))
    print(f"CPU of a step: engine and server {engine:.0f} ms, the page's main thread {browser:.0f} ms")


def main() -> None:
    """Walk, and print each disagreement."""
    read = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("--steps", 1000), ("--seed", 1), ("--year", 2025)):
        read.add_argument(name, type=int, default=value)
    read.add_argument("--times", action="store_true")
    given = read.parse_args()
    job = Job(given.year, load_policy("kbh-2017"))
    engine, other = Engine.of(job), Engine.of(job)
    faults, began = 0, time.monotonic()
    with serving(engine, Path()) as address, browsing() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        settle(page)
        if given.times:
            times(page, min(given.steps, 100))
            return
        walk = Walk(page, other, given.seed)
        refused = 0
        for number in range(given.steps):
            told = walk.step()
            fault = walk.fault()
            refused += bool(page.evaluate("() => 'refused' in document.documentElement.dataset"))
            if fault is not None:
                faults += 1
                print(f"step {number}, {told}: {fault}; {json.dumps(page.evaluate(SHOWN)['link'])}", flush=True)
            if (number + 1) % 100 == 0:
                print(f"{number + 1} steps, {faults} disagreements so far", flush=True)
    print(f"{given.steps} steps, {refused} of them refused, {faults} disagreements, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
