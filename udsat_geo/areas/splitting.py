"""Areas that hold too many residents, or are too drawn out, cut in two at their necks, and each part again.

Two ends of the area are the units that lie farthest apart, by how many units one has to pass. Round each end, its
nearest units are kept together until they hold a third of the area's residents (a quarter, a sixth, at last
``areas.residents``, where the two would meet). Between the two runs the **neck**: the fewest pairs of touching units
whose parting parts the ends, which is a minimum cut. Pairs of two different places count half, so that a cut rather
runs along their border; across a barrier there are none to part. Of the two cuts that lie nearest to either end, the
more even one is taken. All this is our own choice, and the same for any order of rows. Source of the cut: Ford and
Fulkerson, Maximal flow through a network, Canadian Journal of Mathematics 8 (1956).

- With ``areas.most_residents`` an area is cut as long as it holds more.
- With ``areas.compact`` an area is cut that fills less than this share of the smallest circle around it, if that makes
  its parts fill more of theirs, by residents. Source of the measure: Reock, Measuring compactness as a requirement of
  legislative apportionment, Midwest Journal of Political Science 5 (1961). Holes count as filled: own choice.

Every part holds ``areas.residents``, and hangs together. It needs no core unit of its own: it is part of what had one.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import shapely
from numpy.typing import NDArray

from udsat_geo.areas.ground import Ground, outlines_of_members
from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.units.edges import Edges
from udsat_geo.units.units import Units

_SHARES = (1 / 3, 1 / 4, 1 / 6, 0.0)
_WITHIN, _BETWEEN = 2, 1
"""What parting a pair of units costs, within a place and between two."""


def split_areas(
    units: Units, edges: Edges, area_of_unit: Ints, ground: Ground, policy: Policy, place_of_unit: Ints | None = None
) -> tuple[Ints, Ground]:
    """Cut areas as the policy asks.

    Parameters
    ----------
    units : Units
    edges : Edges
        Those that barriers cross left out.
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    ground : Ground
    policy : Policy
    place_of_unit : int64, shape (n_units,), optional
        -1 is none.

    Returns
    -------
    area_of_unit : int64, shape (n_units,)
        The part with the first unit from the south keeps the number; the others have new ones.
    ground : Ground
        Each piece with the part whose unit is nearest.
    """
    if not policy.areas.most_residents and not policy.areas.compact:
        return area_of_unit, ground
    by_position = np.lexsort((units.easting, units.northing))
    rank = np.empty(len(units), dtype=np.int64)
    rank[by_position] = np.arange(len(units))
    if place_of_unit is None:
        place_of_unit = np.full(len(units), -1, dtype=np.int64)
    result, n_areas = area_of_unit.copy(), int(area_of_unit.max(initial=-1)) + 1
    parts_of: dict[int, list[Ints]] = {}
    for area in range(n_areas):
        # by position, whatever the order of the units
        members = by_position[area_of_unit[by_position] == area]
        parts = _parts(_Piece(units, edges, members, place_of_unit, policy), policy)
        if len(parts) > 1:
            parts_of[area] = parts = sorted(parts, key=lambda part: int(rank[part].min()))
            for part in parts[1:]:
                result[part] = n_areas
                n_areas += 1
    return result, _ground_of_parts(units, ground, result, parts_of)


class _Piece:
    """Units that hang together: local numbers in the order of their positions, and who touches whom."""

    def __init__(self, units: Units, edges: Edges, members: Ints, place_of_unit: Ints, policy: Policy):
        self.units, self.edges, self.members, self.place_of_unit = units, edges, members, place_of_unit
        self.policy, self.residents = policy, units.residents[members]
        number = np.full(len(units), -1, dtype=np.int64)
        number[members] = np.arange(len(members))
        head, tail = number[edges.head], number[edges.tail]
        inside = (head >= 0) & (tail >= 0)
        head, tail = head[inside], tail[inside]
        joins = _joins(units.easting[members], units.northing[members], head, tail)
        self.head, self.tail = (np.concatenate([side, more]) for side, more in zip((head, tail), joins, strict=True))
        place = place_of_unit[members]
        self.cost = np.where(place[self.head] == place[self.tail], _WITHIN, _BETWEEN).astype(np.int32)

    def __len__(self) -> int:
        return len(self.members)

    def part(self, chosen: Flags) -> _Piece:
        """Some of its units; `chosen` is of shape (n_members,)."""
        return _Piece(self.units, self.edges, self.members[chosen], self.place_of_unit, self.policy)

    def compactness(self) -> float:
        """The share that the ground, holes filled, has of the smallest circle around it."""
        of_one = np.zeros_like(self.members)
        outline = outlines_of_members(self.units, self.members, of_one, 1, self.policy.areas.reach)[0]
        shells = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(outline)))
        circle = np.pi * float(shapely.minimum_bounding_radius(outline)) ** 2
        return float(shapely.area(shapely.union_all(shells))) / circle if circle else 1.0

    def steps_from(self, start: int) -> Ints:
        """How many units lie on the way from one to each, shape (n_members,)."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import breadth_first_order

        n = len(self)
        graph = coo_array((np.ones(2 * len(self.head)), (self._both(0), self._both(1))), shape=(n, n)).tocsr()
        order, before = breadth_first_order(graph, start, return_predecessors=True)
        steps = np.zeros(n, dtype=np.int64)
        for unit in order[1:].tolist():
            steps[unit] = steps[before[unit]] + 1
        return steps

    def _both(self, side: int) -> Ints:
        sides = (self.head, self.tail) if side == 0 else (self.tail, self.head)
        return np.concatenate(sides)

    def in_two(self) -> Flags | None:
        """Which units are one side of the neck, shape (n_members,); None where no neck leaves enough on both sides."""
        start = int(np.argmax(self.steps_from(0)))
        from_start = self.steps_from(start)
        from_end = self.steps_from(int(np.argmax(from_start)))
        whole, least = int(self.residents.sum()), self.policy.areas.residents
        for share in _SHARES:
            wanted = max(least, int(np.ceil(share * whole)), 1)
            one, other = (self._nearest(steps, wanted) for steps in (from_start, from_end))
            if one is not None and other is not None and not (one & other).any():
                return self._neck(one, other)
        return None

    def _nearest(self, steps: Ints, wanted: int) -> Flags | None:
        """The nearest units that hold so many residents; of those as near, the first by position."""
        order = np.lexsort((np.arange(len(self)), steps))
        enough = np.flatnonzero(np.cumsum(self.residents[order]) >= wanted)
        if not len(enough):
            return None
        near = np.zeros(len(self), dtype=bool)
        near[order[: enough[0] + 1]] = True
        return near

    def _neck(self, one: Flags, other: Flags) -> Flags:
        """The minimum cut between two sets of units: the units on the side of the first."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import breadth_first_order, maximum_flow

        # each end is one unit of the network
        n = len(self)
        node = np.where(one, 0, np.where(other, 1, np.arange(2, n + 2)))
        head, tail = node[self._both(0)], node[self._both(1)]
        cost, apart = np.concatenate([self.cost, self.cost]), head != tail
        shape = (n + 2, n + 2)
        capacity = coo_array((cost[apart], (head[apart], tail[apart])), shape=shape).tocsr()
        capacity.sum_duplicates()
        flow = maximum_flow(capacity.astype(np.int32), 0, 1).flow
        left = (capacity - flow).tocsr()
        left.eliminate_zeros()
        sides = []
        for graph, end in ((left, 0), (left.T.tocsr(), 1)):
            reached = np.zeros(n + 2, dtype=bool)
            reached[breadth_first_order(graph, end, return_predecessors=False)] = True
            sides.append(reached[node])
        near_one, near_other = sides[0], ~sides[1]
        smaller = [
            min(int(self.residents[side].sum()), int(self.residents[~side].sum())) for side in (near_one, near_other)
        ]
        return near_one if smaller[0] >= smaller[1] else near_other


def _joins(easting: Floats, northing: Floats, head: Ints, tail: Ints) -> tuple[Ints, Ints]:
    """Pairs that make one whole of pieces that a bridge over empty ground joins: the nearest units of two pieces."""
    from scipy.spatial import KDTree

    from udsat_geo.kernels.components import label_components

    member = np.ones(len(easting), dtype=bool)
    piece, n_pieces = label_components(member, head.astype(np.int32), tail.astype(np.int32))
    pairs: list[tuple[int, int]] = []
    points = np.column_stack([easting, northing])
    inside = piece == 0
    while n_pieces > 1 and not inside.all():
        here, there = np.flatnonzero(inside), np.flatnonzero(~inside)
        distance, nearest = KDTree(points[here]).query(points[there])
        closest = int(np.lexsort((there, distance))[0])
        pairs.append((int(here[nearest[closest]]), int(there[closest])))
        inside |= piece == piece[there[closest]]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _parts(whole: _Piece, policy: Policy) -> list[Ints]:
    """The units of each part that a piece falls into."""
    areas, done, waiting = policy.areas, list[Ints](), deque([whole])
    while waiting:
        piece = waiting.popleft()
        too_many = bool(areas.most_residents) and int(piece.residents.sum()) > areas.most_residents
        before = piece.compactness() if areas.compact and not too_many else 1.0
        side = piece.in_two() if too_many or before < areas.compact else None
        if side is None:
            done.append(piece.members)
            continue
        halves = [piece.part(side), piece.part(~side)]
        weights = [int(half.residents.sum()) for half in halves]
        if too_many or np.average([half.compactness() for half in halves], weights=weights) > before:
            waiting.extend(halves)
        else:
            done.append(piece.members)
    return done


def _ground_of_parts(units: Units, ground: Ground, area_of_unit: Ints, parts_of: dict[int, list[Ints]]) -> Ground:
    """Empty ground with the part of its area whose unit is nearest to its middle."""
    from scipy.spatial import KDTree

    area = ground.area.copy()
    for number, parts in parts_of.items():
        pieces = np.flatnonzero(ground.area == number)
        if len(pieces):
            members = np.sort(np.concatenate(parts))
            tree = KDTree(np.column_stack([units.easting[members], units.northing[members]]))
            _distance, nearest = tree.query(_middles(units, ground, pieces))
            area[pieces] = area_of_unit[members[nearest]]
    return Ground(area, ground.row, ground.col, ground.geometry)


def _middles(units: Units, ground: Ground, pieces: Ints) -> NDArray[np.float64]:
    if ground.row is not None and ground.col is not None and units.grid is not None:
        return np.column_stack(units.grid.centres(ground.row[pieces], ground.col[pieces]))
    shapes = ground.geometry[pieces] if ground.geometry is not None else np.empty(0, dtype=object)
    return np.asarray(shapely.get_coordinates(shapely.centroid(shapes)), dtype=np.float64)
