"""Small worlds of 100 m cells: drawn as text, made up at random, and handed to the package.

What `drawn` draws, with more letters, and with barriers, crossings, earlier areas and decisions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from builders import make_barriers, make_cell_units, make_policy, make_scores
from drawn import City, form
from oracle_areas import Cell, Found, Line, Place, Rules, World
from udsat_geo.areas.decisions import Decisions
from udsat_geo.areas.roles import REASON_KEYS, ROLES, Areas, Memory
from udsat_geo.units.barriers import Barriers

KINDS: dict[str, tuple[int, float | None, int]] = {
    "C": (100, 1.5, 3), "D": (37, 1.0, 3), "K": (0, 1.5, 3),
    "e": (100, 0.7, 3), "f": (37, 0.5, 3), "g": (0, 0.7, 3), "x": (100, 1.5, 1),
    "m": (100, 0.4, 3), "n": (37, 0.3, 3), "y": (100, 0.4, 1),
    ".": (100, 0.0, 3), "o": (0, 0.0, 3), "?": (100, None, 0), "u": (0, None, 0),
}  # fmt: skip
"""Letter -> residents, composite, criteria exceeded; a space is no unit. C, D, K are core (1.0), e, f, g edge (0.5)."""

PALETTES = ("CDKefgxmny.o?u ", "CCeem...o? ", "CDefgo?u  ", "Cefg...", "CCDefgmo? ")
"""Letters that cities are made of: all alike, sparse, with much empty ground, with much that is lived in, and dense."""

COPENHAGEN = (61_757, 7_196)
"""Row and column of a cell there: places are seven digits long."""


def cells_of(text: str) -> dict[Cell, str]:
    """The letters of a drawing, north up, by cell; spaces left out."""
    lines = text.splitlines()[::-1]
    return {(row, col): letter for row, line in enumerate(lines) for col, letter in enumerate(line) if letter != " "}


def world_of(text: str, **rest: Any) -> World:
    """The world of a drawing; see `KINDS`."""
    return with_letters(World({}, {}, {}, **rest), cells_of(text))


def with_letters(world: World, letters: Mapping[Cell, str]) -> World:
    """The same world with what some letters say in their cells."""
    residents, composite, exceeded = (
        {**before, **{cell: KINDS[letter][k] for cell, letter in letters.items()}}
        for k, before in enumerate((world.residents, world.composite, world.exceeded))
    )
    return replace(world, residents=residents, composite=composite, exceeded=exceeded)


def policy_of(rules: Rules) -> Any:
    """A policy with these rules, over three criteria."""
    fill = {} if rules.fill_below is None else {"fill_below": rules.fill_below}
    leave = {} if rules.leave is None else {"leave": rules.leave}
    wide = {key: getattr(rules, key) for key in ("neighbours", "bridge", "holes", "residents", "crossing")}
    return make_policy(
        worse=("high",) * 3,
        rule={"core": rules.core, "edge": rules.edge, "criteria": rules.criteria},
        areas=wide | fill,
        incumbents={"keep_years": rules.keep_years} | leave,
    )


def city_of(world: World, at: Cell = (0, 0), shuffle: Random | None = None) -> City:
    """The units and scores of a world whose cell (0, 0) lies at another, given in any order."""
    cells = sorted(world.residents)
    given = shuffle.sample(cells, len(cells)) if shuffle else cells
    none = np.zeros((len(cells), 3), dtype=np.int64)
    places = [(row + at[0], col + at[1]) for row, col in given]
    units = make_cell_units(places, [world.residents[cell] for cell in given], none, none + 1)
    composite = [world.composite[cell] for cell in cells]
    exceeded = [world.exceeded[cell] for cell in cells]
    scores = make_scores([math.nan if value is None else value for value in composite], exceeded)
    which = np.array([[k < count for k in range(3)] for count in exceeded], dtype=bool)
    nothing = none.astype(np.float64)
    scores = replace(scores, rate=nothing, gap=nothing, city=np.zeros(3), spread=np.ones(3), exceeded=which)
    return City(units, scores, 1 + max(row for row, _ in cells), 1 + max(col for _, col in cells))


def barriers_of(world: World, rules: Rules, at: Cell = (0, 0), shuffle: Random | None = None) -> Barriers | None:
    """The barriers of a world in the order they have once read; shuffled, in any order and direction, some twice."""
    if not world.barriers:
        return None
    east, north = at[1] * 100, at[0] * 100
    lines = [sorted((x + east, y + north) for x, y in line) for line in world.barriers]
    segments = sorted({(*start, *end) for start, end in lines})
    crossings = sorted({(x + east, y + north) for x, y in world.crossings})
    if shuffle:
        segments = [shuffle.choice([(a, b, c, d), (c, d, a, b)]) for a, b, c, d in segments + segments[:2]]
        shuffle.shuffle(segments)
        shuffle.shuffle(crossings)
    return make_barriers(segments, crossings, rules.crossing)


def memory_of(world: World, rules: Rules) -> Memory | None:
    """What a world remembers."""
    if not world.earlier:
        return None
    n_areas = max(world.earlier.values()) + 1
    until = [world.until.get(area, -1) for area in range(n_areas)]
    return Memory(world.year, by_unit(world, world.earlier), np.array(until, dtype=np.int64))


def by_unit(world: World, of_cell: Mapping[Cell, int]) -> Any:
    """A number for each unit in their order, -1 where there is none."""
    return np.array([of_cell.get(cell, -1) for cell in sorted(world.residents)], dtype=np.int64)


def decisions_of(world: World) -> Decisions | None:
    """What was decided in a world."""
    if not world.include and not world.exclude:
        return None
    return Decisions(by_unit(world, dict.fromkeys(world.include, 0)), by_unit(world, dict.fromkeys(world.exclude, 1)))


def formed(world: World, rules: Rules, at: Cell = (0, 0), shuffle: Random | None = None) -> Areas:
    """The areas that the package forms."""
    city, barriers = city_of(world, at, shuffle), barriers_of(world, rules, at, shuffle)
    return form(city, policy_of(rules), barriers, memory_of(world, rules), decisions_of(world))


def seen(world: World, areas: Areas, at: Cell = (0, 0)) -> Found:
    """The areas of the package in the oracle's words."""
    cells = sorted(world.residents)
    units: list[set[Cell]] = [set() for _ in range(len(areas))]
    ground: list[set[Cell]] = [set() for _ in range(len(areas))]
    for cell, area in zip(cells, areas.area_of_unit.tolist(), strict=True):
        if area >= 0:
            units[area].add(cell)
    assert areas.ground.row is not None
    assert areas.ground.col is not None
    land = zip(areas.ground.row.tolist(), areas.ground.col.tolist(), areas.ground.area.tolist(), strict=True)
    for row, col, area in land:
        ground[area].add((row - at[0], col - at[1]))
    return Found(
        units,
        ground,
        [None if year < 0 else year for year in areas.until.tolist()],
        {cell: ROLES[role] for cell, role in zip(cells, areas.role.tolist(), strict=True)},
        {cell: REASON_KEYS[reason] for cell, reason in zip(cells, areas.reason.tolist(), strict=True)},
        {cell for cell, number in zip(cells, areas.override_of_unit.tolist(), strict=True) if number >= 0},
    )


# --- at random ----------------------------------------------------------------------------------------------


@st.composite
def drawn_lines(draw: DrawFn, height: int, width: int) -> list[Line]:
    """A barrier: a straight line, a zigzag or a ring; through centres, along borders, or anywhere in whole metres."""
    step = draw(st.sampled_from((1, 50, 100)))
    east, north = (st.integers(-1, side * 100 // step + 1).map(lambda k: k * step) for side in (width, height))
    kind = draw(st.sampled_from(("straight", "zigzag", "ring")))
    corners = 2 if kind == "straight" else draw(st.integers(3, 5))
    stops = draw(st.lists(st.tuples(east, north), min_size=corners, max_size=corners))
    return list(zip(stops, stops[1:] + stops[:1] if kind == "ring" else stops[1:], strict=False))


@st.composite
def crossings_on(draw: DrawFn, lines: Sequence[Line], reach: int) -> list[Place]:
    """Crossings at an end or the middle of barriers, or as far from there as they reach, or a metre farther."""
    found = []
    for start, end in draw(st.lists(st.sampled_from(lines), max_size=3)):
        middle = (int(start[0] + end[0]) // 2, int(start[1] + end[1]) // 2)
        east, north = draw(st.sampled_from((start, middle, end)))
        away = draw(st.sampled_from((0, reach, reach + 1)))
        found.append(draw(st.sampled_from(((east + away, north), (east, north - away)))))
    return found


@st.composite
def rings(draw: DrawFn, height: int, width: int) -> dict[Cell, str]:
    """Letters along the sides of some rectangles, which may lie in each other or cross."""
    found: dict[Cell, str] = {}
    for _ in range(draw(st.integers(0, 2))):
        rows, cols = (
            draw(st.tuples(st.integers(0, k - 1), st.integers(0, k - 1)).map(sorted)) for k in (height, width)
        )
        letters = draw(st.sampled_from(("C", "e", "Cfg")))
        for row, col in product(range(rows[0], rows[1] + 1), range(cols[0], cols[1] + 1)):
            if row in rows or col in cols:
                found[row, col] = letters[(row + col) % len(letters)]
    return found


@st.composite
def worlds(draw: DrawFn, *parts: str) -> tuple[World, Rules]:
    """A small city and rules for it, with some of: barriers, crossings, bridges, holes, floors, memory, overrides."""
    height, width = draw(st.integers(4, 8)), draw(st.integers(4, 8))
    letters = st.sampled_from(draw(st.sampled_from(PALETTES)))
    drawn = draw(st.lists(letters, min_size=height * width, max_size=height * width))
    world = world_of("\n".join("".join(drawn[k : k + width]) for k in range(0, len(drawn), width)))
    if not world.residents:
        world = world_of("C")
    if "holes" in parts:
        world = with_letters(world, draw(rings(height, width)))
    rules: dict[str, Any] = {"neighbours": draw(st.sampled_from(("queen", "rook")))}
    if "barriers" in parts:
        lines = [line for lines in draw(st.lists(drawn_lines(height, width), max_size=3)) for line in lines]
        reach = rules["crossing"] = draw(st.sampled_from((0, 10, 50, 75)))
        found = draw(crossings_on(lines, reach)) if lines and "crossings" in parts else []
        world = replace(world, barriers=tuple(lines), crossings=tuple(found))
    if "bridges" in parts:
        rules["bridge"] = draw(st.sampled_from((50, 100, 141, 142, 200, 250)))
    if "holes" in parts:
        rules["holes"] = draw(st.integers(1, 6))
        rules["fill_below"] = draw(st.sampled_from((None, None, 0.0, 0.4, 0.7)))
    if "floors" in parts:
        rules["residents"] = draw(st.sampled_from((0, 100, 237, 300, 500)))
        rules["criteria"] = draw(st.sampled_from((0, 2)))
    if "memory" in parts:
        world = draw(with_memory(world))
        rules["leave"] = draw(st.sampled_from((None, 0.0, 0.3, 0.4)))
        rules["keep_years"] = draw(st.sampled_from((0, 2, 4)))
    if "overrides" in parts:
        decided = draw(st.lists(st.sampled_from(sorted(world.residents)), max_size=12, unique=True))
        some = draw(st.integers(0, len(decided)))
        world = replace(world, include=frozenset(decided[:some]), exclude=frozenset(decided[some:]))
    return world, Rules(**rules)


@st.composite
def with_memory(draw: DrawFn, world: World) -> World:
    """Some blocks of the city were areas before."""
    rows, cols = (1 + max(cell[k] for cell in world.residents) for k in (0, 1))
    earlier: dict[Cell, int] = {}
    for area in range(draw(st.integers(1, 3))):
        south, west = draw(st.integers(0, rows - 1)), draw(st.integers(0, cols - 1))
        high, wide = draw(st.integers(1, 4)), draw(st.integers(1, 4))
        block = [cell for cell in world.residents if 0 <= cell[0] - south < high and 0 <= cell[1] - west < wide]
        earlier |= {cell: area for cell in block if cell not in earlier}
    years = st.sampled_from((2019, 2021, 2022, 2025))
    until = draw(st.dictionaries(st.integers(0, 2), years, max_size=3))
    return replace(world, earlier=earlier, until=until)
