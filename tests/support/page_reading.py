"""The report's page as its reader has it: opened in a browser, or its data taken out of the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


def data_of(page: str) -> dict[str, Any]:
    """The data that a page holds."""
    start = page.index('id="page-data">') + len('id="page-data">')
    found: dict[str, Any] = json.loads(page[start : page.index("</script>", start)])
    return found


@dataclass
class Opened:
    """A page in the browser, and what it did that a page must not do."""

    page: Any
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def shown(self, selector: str) -> str:
        """The text that a reader sees."""
        return str(self.page.locator(selector).first.inner_text())

    def of_source(self, name: str, column: str) -> list[Any]:
        """A column of what a layer of the map draws."""
        told = "([name, column]) => Array.from(Bokeh.documents[0].get_model_by_name(name + ' data').data[column])"
        return list(self.page.evaluate(told, [name, column]))

    def settle(self) -> None:
        """Wait until the map is painted."""
        self.page.wait_for_timeout(250)

    def at_area(self, area_id: str) -> tuple[float, float]:
        """Where on the screen an area has its number."""
        told = """(id) => {
          const plot = Bokeh.documents[0].roots()[0], box = document.getElementById("map").getBoundingClientRect();
          const data = JSON.parse(document.getElementById("page-data").textContent);
          const year = Number(document.querySelector('[data-year][aria-pressed="true"]').dataset.year);
          const area = data.years.find((each) => each.year === year).areas.find((each) => each.id === id);
          const [x, y] = area.label.map((step) => step * data.step), xr = plot.x_range, yr = plot.y_range;
          return [box.left + box.width * (x - xr.start) / (xr.end - xr.start),
                  box.top + box.height * (yr.end - y) / (yr.end - yr.start)];
        }"""
        x, y = self.page.evaluate(told, area_id)
        return float(x), float(y)


Open = Callable[..., Opened]
