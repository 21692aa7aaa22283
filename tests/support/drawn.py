"""Small cities drawn as text, north up, one character a cell of 100 m.

``C`` core, ``e`` edge, ``m`` between leave (0.3) and edge, ``.`` low, ``o`` nobody lives there (low), ``?`` lived in
without any rate, a space: no unit at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

import numpy as np

from builders import make_cell_units, make_policy, make_scores
from udsat_geo.areas.decisions import Decisions
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.roles import ROLES, Areas, Memory
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores
from udsat_geo.units.barriers import Barriers
from udsat_geo.units.edges import find_edges, uncut_edges
from udsat_geo.units.units import Units

COMPOSITE = {"C": 1.5, "e": 0.7, "m": 0.4, ".": 0.0, "o": 0.0, "?": math.nan}


@dataclass(frozen=True)
class City:
    """Units and scores of a drawing; `height` and `width` of the drawing in cells."""

    units: Units
    scores: Scores
    height: int
    width: int

    def text_of(self, letters: list[str]) -> str:
        """One letter a unit, in their places."""
        rows = [[" "] * self.width for _ in range(self.height)]
        assert self.units.row is not None
        assert self.units.col is not None
        for row, col, letter in zip(self.units.row.tolist(), self.units.col.tolist(), letters, strict=True):
            rows[self.height - 1 - row][col] = letter
        return "\n".join("".join(row) for row in rows)

    def areas_of(self, areas: Areas) -> str:
        """Areas as 1, 2, 3 ...; units outside as dots."""
        return self.text_of([str(area + 1) if area >= 0 else "." for area in areas.area_of_unit.tolist()])

    def roles_of(self, areas: Areas) -> str:
        """The first letter of each unit's role; ``i`` is an incumbent, ``+`` one that was included."""
        letters = {"outside": ".", "included": "+"}
        return self.text_of([letters.get(ROLES[role], ROLES[role][0]) for role in areas.role.tolist()])


def draw(text: str, residents: int = 100) -> City:
    """A city from its drawing; everyone has `residents`, but for uninhabited units."""
    lines = [line for line in dedent(text).splitlines() if line.strip()]
    width = max(len(line) for line in lines)
    found = {
        (len(lines) - 1 - i, col): letter
        for i, line in enumerate(lines)
        for col, letter in enumerate(line.ljust(width))
        if letter != " "
    }
    cells = sorted(found)
    living = [0 if found[cell] == "o" else residents for cell in cells]
    units = make_cell_units(cells, living)
    return City(units, make_scores([COMPOSITE[found[cell]] for cell in cells]), len(lines), width)


def policy_with(**areas: Any) -> Policy:
    """Core 1, edge 0.5, no least residents, and what else `areas` says; `incumbents` as a table of its own."""
    incumbents = areas.pop("incumbents", {})
    rule = areas.pop("rule", {"core": 1.0, "edge": 0.5})
    return make_policy(rule=rule, areas={"residents": 0, **areas}, incumbents=incumbents)


def form(
    city: City,
    policy: Policy,
    barriers: Barriers | None = None,
    memory: Memory | None = None,
    decisions: Decisions | None = None,
) -> Areas:
    """The areas of a drawing."""
    edges = find_edges(city.units, policy)
    if barriers is not None:
        edges = uncut_edges(edges, city.units, barriers)
    return form_areas(city.units, city.scores, edges, policy, barriers, memory, None, decisions)


def remembered(before: City, areas: Areas, now: City, year: int, until: dict[int, int] | None = None) -> Memory:
    """What a later city over other cells remembers of earlier areas."""
    earlier = dict(zip(before.units.unit_id.tolist(), areas.area_of_unit.tolist(), strict=True))
    of_now = np.array([earlier.get(unit, -1) for unit in now.units.unit_id.tolist()], dtype=np.int64)
    ends = np.array([(until or {}).get(area, -1) for area in range(len(areas))], dtype=np.int64)
    return Memory(year, of_now, ends)
