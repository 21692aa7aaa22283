"""A slow, exact account of which areas a policy forms over a small city of 100 m cells.

Written from the rules as they are told to users, so that it can be held against the package: it imports nothing of
it. Positions are whole metres, what lines share is told in fractions, and nothing is clever. Only for small cities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, product

SIZE = 100
"""Side of a cell, m; so a cell is one hectare."""

Cell = tuple[int, int]
Place = tuple[int | Fraction, int | Fraction]
Line = tuple[Place, Place]


@dataclass(frozen=True)
class Rules:
    """What a policy says of areas, under the names it has there: `bridge` and `crossing` in metres, `holes` in ha."""

    core: float = 1.0
    edge: float = 0.5
    criteria: int = 0
    neighbours: str = "queen"
    bridge: int = 0
    holes: int = 0
    fill_below: float | None = None
    residents: int = 0
    crossing: int = 50
    leave: float | None = None
    keep_years: int = 0


@dataclass(frozen=True)
class World:
    """A city, what lies in it, what was before, and what was decided.

    Attributes
    ----------
    residents, composite, exceeded
        Of each cell (row, col) that is a unit: a composite is None where no rate is known; how many criteria are
        exceeded.
    barriers, crossings
        Segments and points, each place east and north.
    year, earlier, until
        The year of now, the earlier area of a cell, and the end year of an earlier area that only stayed for a while.
    include, exclude
        Cells that a decision puts in or takes out.
    """

    residents: Mapping[Cell, int]
    composite: Mapping[Cell, float | None]
    exceeded: Mapping[Cell, int]
    barriers: tuple[Line, ...] = ()
    crossings: tuple[Place, ...] = ()
    year: int = 2021
    earlier: Mapping[Cell, int] = field(default_factory=dict)
    until: Mapping[int, int] = field(default_factory=dict)
    include: frozenset[Cell] = frozenset()
    exclude: frozenset[Cell] = frozenset()


@dataclass
class Found:
    """The areas of a world, by residents, most first, then from south to north, then from west to east.

    Attributes
    ----------
    areas
        The units of each.
    ground
        The cells of each that are no units: what its bridges run over, and what lies in its filled holes.
    until
        The end year of each; None where it qualifies.
    role, reason
        Of each unit; the reason is the demand that decided.
    changed
        Units that a decision changed.
    """

    areas: list[set[Cell]]
    ground: list[set[Cell]]
    until: list[int | None]
    role: dict[Cell, str]
    reason: dict[Cell, str]
    changed: set[Cell]


# --- lines --------------------------------------------------------------------------------------------------


def centre(cell: Cell) -> Place:
    """The middle of a cell, (easting, northing)."""
    return cell[1] * SIZE + SIZE // 2, cell[0] * SIZE + SIZE // 2


def side(line: Line, place: Place) -> int | Fraction:
    """Positive where a place lies to the left of a line, negative to the right, 0 on it."""
    (east, north), (to_east, to_north) = line
    return (to_east - east) * (place[1] - north) - (to_north - north) * (place[0] - east)


def nearest(line: Line, place: Place) -> Place:
    """The place of a line that is nearest to another."""
    (east, north), (to_east, to_north) = line
    run, rise = to_east - east, to_north - north
    if run == rise == 0:
        return line[0]
    share = Fraction((place[0] - east) * run + (place[1] - north) * rise, run * run + rise * rise)
    share = min(max(share, Fraction(0)), Fraction(1))
    return east + share * run, north + share * rise


def squared(place: Place, line: Line) -> int | Fraction:
    """From a place to the nearest of a line, in square metres."""
    near = nearest(line, place)
    return (near[0] - place[0]) ** 2 + (near[1] - place[1]) ** 2


def meeting(way: Line, barrier: Line) -> Place | None:
    """Where a way (not a point) and a barrier (maybe one) meet; of a stretch that they share, the middle."""
    start, end = (side(way, place) for place in barrier)
    if start == end == 0:
        (east, north), (to_east, to_north) = (nearest(way, place) for place in barrier)
        middle = Fraction(east + to_east, 2), Fraction(north + to_north, 2)
        # where the barrier lies beyond the way, the nearest place of the way is not on the barrier
        return middle if squared(middle, barrier) == 0 else None
    if start * end > 0 or start == end:
        return None
    if side(barrier, way[0]) * side(barrier, way[1]) > 0:
        return None
    (east, north), (to_east, to_north) = barrier
    share = Fraction(start, start - end)
    return east + share * (to_east - east), north + share * (to_north - north)


def is_cut(world: World, rules: Rules, one: Cell, other: Cell) -> bool:
    """Whether the straight way between two centres meets a barrier farther from every crossing than allowed."""
    way = centre(one), centre(other)
    for barrier in world.barriers:
        met = meeting(way, barrier)
        if met is not None and all(
            squared(met, (crossing, crossing)) > rules.crossing**2 for crossing in world.crossings
        ):
            return True
    return False


# --- standing and touching ----------------------------------------------------------------------------------


def standing(world: World, rules: Rules, cell: Cell) -> str:
    """Core, edge or incumbent; or what keeps a cell from being one."""
    composite = world.composite[cell]
    if composite is None:
        return "no_rate"
    if world.exceeded[cell] >= rules.criteria:
        if composite >= rules.edge:
            return "core" if composite >= rules.core else "edge"
        if stays(world, rules, cell):
            return "incumbent"
    return "composite" if composite < rules.edge else "criteria"


def stays(world: World, rules: Rules, cell: Cell) -> bool:
    """Whether a cell was in an area and meets what it must to stay, which makes an area without any core."""
    composite = world.composite[cell]
    if rules.leave is None or composite is None or cell not in world.earlier:
        return False
    return composite >= rules.leave and world.exceeded[cell] >= rules.criteria


def touch(world: World, rules: Rules, one: Cell, other: Cell) -> bool:
    """Whether two cells are neighbours that no barrier parts."""
    up, right = abs(one[0] - other[0]), abs(one[1] - other[1])
    if rules.neighbours == "none" or max(up, right) != 1 or (rules.neighbours == "rook" and up + right != 1):
        return False
    return not is_cut(world, rules, one, other)


def parted(cells: Iterable[Cell], hang_together: Callable[[Cell, Cell], bool]) -> list[set[Cell]]:
    """Cells put together wherever two hang together."""
    waiting, found = set(cells), []
    while waiting:
        front = [min(waiting)]
        waiting -= set(front)
        part = set(front)
        while front:
            row, col = front.pop()
            for near in product((row - 1, row, row + 1), (col - 1, col, col + 1)):
                if near in waiting and hang_together((row, col), near):
                    waiting.remove(near)
                    part.add(near)
                    front.append(near)
        found.append(part)
    return found


def all_or_none(parts: list[set[Cell]], ground: set[Cell]) -> list[set[Cell]]:
    """The parts, those that some ground meets made one with it."""
    met = [part for part in parts if part & ground]
    return [part for part in parts if not part & ground] + [ground.union(*met)]


# --- bridges ------------------------------------------------------------------------------------------------


def nobody_scored(world: World, cell: Cell) -> bool:
    """Whether a cell is no unit, or one without residents or without any rate."""
    return world.residents.get(cell, 0) == 0 or world.composite[cell] is None


def may_span(rules: Rules, one: Cell, other: Cell) -> bool:
    """Whether the gap between two cells, border to border, is one (cells that touch have none) and not too wide."""
    gap = sum((max(abs(one[k] - other[k]) - 1, 0) * SIZE) ** 2 for k in (0, 1))
    return 0 < gap <= rules.bridge**2


def length(way: tuple[Cell, Cell]) -> int:
    """How far two cells' centres lie apart, squared."""
    return sum((way[0][k] - way[1][k]) ** 2 for k in (0, 1))


def passed(one: Cell, other: Cell) -> set[Cell]:
    """The cells that the straight way between two centres runs through, the two themselves left out."""
    way = centre(one), centre(other)
    found = set()
    for row in range(min(one[0], other[0]), max(one[0], other[0]) + 1):
        for col in range(min(one[1], other[1]), max(one[1], other[1]) + 1):
            corners = product((col * SIZE, (col + 1) * SIZE), (row * SIZE, (row + 1) * SIZE))
            sides = [side(way, corner) for corner in corners]
            if min(sides) < 0 < max(sides):
                found.add((row, col))
    return found - {one, other}


def ways_between(
    world: World, rules: Rules, one: set[Cell], other: set[Cell], members: set[Cell]
) -> list[tuple[Cell, Cell]]:
    """The shortest ways by which two pieces may be joined, each as the cells it runs between.

    They run over no member of any piece.
    """
    ways = [
        (a, b)
        for a, b in product(sorted(one), sorted(other))
        if may_span(rules, a, b)
        and not passed(a, b) & members
        and all(nobody_scored(world, cell) for cell in passed(a, b))
        and not is_cut(world, rules, a, b)
    ]
    return [way for way in ways if length(way) == min(map(length, ways))]


def bridged(world: World, rules: Rules, pieces: list[set[Cell]]) -> tuple[list[set[Cell]], set[Cell]]:
    """Groups of pieces that bridges join, the ground of the bridges with them; and that ground.

    Bridges that cross make their pieces one group. Ground that bridges of two groups run over without crossing goes
    to the group that begins farthest south, then west.
    """
    members = set().union(*pieces)
    ways = [way for one, other in combinations(pieces, 2) for way in ways_between(world, rules, one, other, members)]
    groups = pieces
    for way in ways:
        groups = all_or_none(groups, set(way))
    for way, other in combinations(ways, 2):
        if meeting((centre(way[0]), centre(way[1])), (centre(other[0]), centre(other[1]))) is not None:
            groups = all_or_none(groups, {*way, *other})
    whole, ground = [], set[Cell]()
    for group in sorted(groups, key=min):
        under = set().union(*(passed(*way) for way in ways if way[0] in group)) - ground
        whole.append(group | under)
        ground |= under
    return whole, ground


# --- holes --------------------------------------------------------------------------------------------------


def holes_of(group: set[Cell], rules: Rules) -> list[set[Cell]]:
    """Ground that a group encloses: what hangs together and does not reach the outside.

    Where members hold together across corners, open ground does not, and the other way round.
    """
    rows, cols = [cell[0] for cell in group], [cell[1] for cell in group]
    around = set(product(range(min(rows) - 1, max(rows) + 2), range(min(cols) - 1, max(cols) + 2)))
    parts = parted(
        around - group, lambda one, other: rules.neighbours == "rook" or one[0] == other[0] or one[1] == other[1]
    )
    return [part for part in parts if (min(rows) - 1, min(cols) - 1) not in part]


def may_fill(world: World, rules: Rules, hole: set[Cell]) -> bool:
    """Whether a hole is small enough, nobody lives in it who is too well off, and no barrier parts or cuts it off."""
    if len(hole) > rules.holes:
        return False
    for cell in hole:
        if not nobody_scored(world, cell) and (rules.fill_below is None or world.composite[cell] < rules.fill_below):
            return False
    beside = product(hole, ((1, 0), (-1, 0), (0, 1), (0, -1)))
    return not any(is_cut(world, rules, cell, (cell[0] + up, cell[1] + right)) for cell, (up, right) in beside)


def filled(world: World, rules: Rules, groups: list[set[Cell]]) -> tuple[list[set[Cell]], set[Cell]]:
    """Groups with their holes filled, the largest first; and the ground that was filled."""
    ground = set[Cell]()
    while True:
        holes = [(hole, group) for group in groups for hole in holes_of(group, rules) if may_fill(world, rules, hole)]
        if not holes:
            return groups, ground
        hole, group = max(holes, key=lambda found: (len(found[0]), min(found[0])))
        ground |= hole
        groups = all_or_none(groups, hole | group)


# --- areas --------------------------------------------------------------------------------------------------


def form_oracle(world: World, rules: Rules) -> Found:
    """The areas of a world by the rules."""
    stands = {cell: standing(world, rules, cell) for cell in world.residents}
    members = {cell for cell, what in stands.items() if what in ("core", "edge", "incumbent")}
    pieces = parted(members, lambda one, other: touch(world, rules, one, other))
    groups, of_bridges = bridged(world, rules, pieces)
    groups, of_holes = filled(world, rules, groups)
    found = Found([], [], [], dict.fromkeys(stands, "outside"), dict(stands), set())
    added = dict.fromkeys(of_bridges, "bridge") | dict.fromkeys(of_holes - of_bridges - members, "hole")
    for group in groups:
        judge(world, rules, {cell: added.get(cell) or stands[cell] for cell in group}, found)
    keep(world, rules, found)
    decide(world, rules, found)
    there = [k for k, area in enumerate(found.areas) if area]
    order = sorted(there, key=lambda k: rank(world, found.areas[k]))
    found.areas, found.ground, found.until = (
        [column[k] for k in order] for column in (found.areas, found.ground, found.until)
    )
    return found


def rank(world: World, area: set[Cell]) -> tuple[int, Cell]:
    """Areas come by residents, most first, then by their southernmost, there westernmost, unit."""
    return -sum(world.residents[cell] for cell in area), min(area)


def judge(world: World, rules: Rules, group: dict[Cell, str], found: Found) -> None:
    """Make a group, cell -> what it is in it as, an area if it may be one, and tell its units why (not)."""
    units = {cell: what for cell, what in group.items() if cell in world.residents}
    has_core = "core" in units.values()
    holding = {cell for cell in units if stays(world, rules, cell)}
    if not has_core and not holding:
        short = "no_core"
    elif sum(world.residents[cell] for cell in units) < rules.residents:
        short = "residents"
    else:
        # without a core, whoever was there before holds the area
        why = units if has_core else units | dict.fromkeys(holding, "incumbent")
        found.areas.append(set(units))
        found.ground.append(set(group) - set(units))
        found.until.append(None)
        found.reason |= why
        found.role |= {cell: "fill" if what == "hole" else what for cell, what in why.items()}
        return
    found.reason |= {cell: short for cell, what in units.items() if what not in ("bridge", "hole")}


def keep(world: World, rules: Rules, found: Found) -> None:
    """Let earlier areas of which nothing is left stay until their end year."""
    for area in sorted(set(world.earlier.values())):
        cells = {cell for cell, earlier in world.earlier.items() if earlier == area}
        until = world.until.get(area, world.year + rules.keep_years)
        if rules.keep_years == 0 or until <= world.year or cells & inside(found):
            continue
        found.areas.append(cells)
        found.ground.append(set())
        found.until.append(until)
        found.role |= dict.fromkeys(cells, "kept")
        found.reason |= dict.fromkeys(cells, "keep_years")


def inside(found: Found) -> set[Cell]:
    """The units of all areas."""
    return set().union(*found.areas)


def decide(world: World, rules: Rules, found: Found) -> None:
    """Change what was decided, and nothing else."""
    out, new = world.exclude & inside(found), world.include - inside(found)
    left = [area - out for area in found.areas]
    found.areas = [set(area) for area in left]
    for part in parted(new, lambda one, other: touch(world, rules, one, other)):
        touched = [
            k for k, area in enumerate(left) if any(touch(world, rules, one, other) for one in part for other in area)
        ]
        if touched:
            found.areas[min(touched, key=lambda k: rank(world, left[k]))] |= part
        else:
            found.areas.append(part)
            found.ground.append(set())
            found.until.append(None)
    for cells, role, reason in ((out, "outside", "override_exclude"), (new, "included", "override_include")):
        found.role |= dict.fromkeys(cells, role)
        found.reason |= dict.fromkeys(cells, reason)
        found.changed |= cells
