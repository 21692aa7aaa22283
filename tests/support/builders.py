"""Small worlds made by hand: policies, units and scores with only what a test is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from udsat_geo.areas.area_set import AreaSet, Members
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.comparators import Comparators
from udsat_geo.scoring.scores import Scores
from udsat_geo.units.barriers import Barriers
from udsat_geo.units.grid import Grid
from udsat_geo.units.units import Units


def make_policy(
    worse: Sequence[str] = ("high",),
    weight: Sequence[float] | None = None,
    limit: Sequence[float | str | None] | None = None,
    **parts: Any,
) -> Policy:
    """A policy of as many criteria as `worse` has entries.

    Parameters
    ----------
    parts
        ``units``, ``context``, ``rule``, ``areas`` and other tables as in a policy file.
    """
    criteria = []
    for j, side in enumerate(worse):
        criterion: dict[str, Any] = {
            "key": f"c{j}",
            "register": "residents",
            "numerator": "age > 60",
            "worse": side,
            "weight": 1.0 if weight is None else weight[j],
        }
        if limit is not None and limit[j] is not None:
            criterion["limit"] = limit[j]
        criteria.append(criterion)
    content: dict[str, Any] = {"id": "small", "years": (2000, 2100), "criteria": criteria}
    content["rule"] = {"core": 1.0, "edge": 0.5}
    content["areas"] = {"residents": 0}
    return Policy.model_validate(content | parts)


def make_cell_units(
    cells: Sequence[tuple[int, int]],
    residents: Sequence[int] | None = None,
    numerator: Any = None,
    denominator: Any = None,
    size: int = 100,
) -> Units:
    """Units over (row, col) cells, put into their canonical order; one criterion without sums if none are given."""
    n_units = len(cells)
    order = np.array(sorted(range(n_units), key=lambda i: cells[i]), dtype=np.int64)
    row = np.array([cell[0] for cell in cells], dtype=np.int64)[order]
    col = np.array([cell[1] for cell in cells], dtype=np.int64)[order]
    grid = Grid(size)
    easting, northing = grid.centres(row, col)
    top = np.zeros((n_units, 1), dtype=np.int64) if numerator is None else np.asarray(numerator, np.int64)
    over = np.ones_like(top) if denominator is None else np.asarray(denominator, np.int64)
    living = np.ones(n_units, dtype=np.int64) if residents is None else np.asarray(residents, np.int64)
    ones = np.ones(top.shape[1], dtype=np.int64)
    return Units(
        "cells", "EPSG:25832", grid.ids(row, col), easting, northing, living[order], top[order], over[order],
        ones, ones, row, col, grid,
    )  # fmt: skip


def make_zone_units(geometry: Sequence[Any], residents: Sequence[int] | None = None) -> Units:
    """Units over polygons, in the given order, with one criterion without sums."""
    import shapely

    n_units = len(geometry)
    zones = np.empty(n_units, dtype=object)
    zones[:] = list(geometry)
    centres = shapely.centroid(zones)
    names = np.array([f"Z{i:03d}" for i in range(n_units)], dtype=object)
    living = np.ones(n_units, dtype=np.int64) if residents is None else np.asarray(residents, np.int64)
    none = np.zeros((n_units, 1), dtype=np.int64)
    one = np.ones(1, dtype=np.int64)
    return Units(
        "zones", "EPSG:25832", names, shapely.get_x(centres), shapely.get_y(centres), living, none, none + 1,
        one, one, geometry=zones,
    )  # fmt: skip


def make_address_units(
    points: Sequence[tuple[float, float]],
    residents: Sequence[int] | None = None,
    numerator: Any = None,
    denominator: Any = None,
) -> Units:
    """Units over (easting, northing) addresses, put into their canonical order, as `make_cell_units` does."""
    n_units = len(points)
    order = np.array(sorted(range(n_units), key=lambda i: (points[i][1], points[i][0], i)), dtype=np.int64)
    easting, northing = (np.array([point[side] for point in points], dtype=np.float64)[order] for side in (0, 1))
    names = np.array([f"A{i:03d}" for i in order], dtype=object)
    top = np.zeros((n_units, 1), dtype=np.int64) if numerator is None else np.asarray(numerator, np.int64)
    over = np.ones_like(top) if denominator is None else np.asarray(denominator, np.int64)
    living = np.ones(n_units, dtype=np.int64) if residents is None else np.asarray(residents, np.int64)
    ones = np.ones(top.shape[1], dtype=np.int64)
    return Units(
        "addresses", "EPSG:25832", names, easting, northing, living[order], top[order], over[order], ones, ones
    )


def make_scores(composite: Sequence[float], exceeded: Sequence[int] | None = None) -> Scores:
    """Scores of one criterion with a given composite; nothing else in them has a meaning.

    Parameters
    ----------
    exceeded
        How many criteria are; without it, the one that there is.
    """
    values = np.array(composite, dtype=np.float64)
    ones = np.ones(len(values), dtype=np.int64)
    counted = ones if exceeded is None else np.array(exceeded, dtype=np.int64)
    column = values[:, None]
    exceeds = counted[:, None] > 0
    city = Comparators(np.zeros((1, 1)), np.full((1, 1), np.nan))
    return Scores(ones, column, column, column, np.zeros(1), city, np.ones(1), values, values, ones, counted, exceeds)


def make_designated(
    area_of_unit: dict[str, int], residents: dict[str, int] | None = None, year: int = 2021, since: int | None = None
) -> AreaSet:
    """What a comparison knows of a designation: unit id -> area (-1 is none), and residents (1 each if not given)."""
    n_areas = max(area_of_unit.values(), default=-1) + 1
    unit_id = np.array(list(area_of_unit), dtype=object)
    living = [1 if residents is None else residents[unit] for unit in area_of_unit]
    names = np.array([f"{year}-{i + 1:02d}" for i in range(n_areas)], dtype=object)
    areas = np.array(list(area_of_unit.values()), dtype=np.int64)
    members = Members(unit_id, np.array(living, dtype=np.int64), areas)
    since_year = np.full(n_areas, year if since is None else since, dtype=np.int64)
    return AreaSet(
        names, names, np.empty(n_areas, dtype=object), "EPSG:25832", year, since_year, policy_id="small",
        members=members,
    )  # fmt: skip


def make_areas(outline: Sequence[Any], members: Members | None = None, year: int = -1) -> AreaSet:
    """Areas A0, A1 and so on, in the reference system of the registers: polygons, or a designation of members."""
    shapes = np.empty(len(outline), dtype=object)
    shapes[:] = list(outline)
    names = np.array([*(f"A{i}" for i in range(len(shapes))), None], dtype=object)[:-1]
    since = np.full(len(shapes), year, dtype=np.int64)
    more = {} if members is None else {"members": members, "policy_id": "small"}
    return AreaSet(names, names, shapes, "EPSG:25832", year, since, "areas", **more)


def make_barriers(
    segments: Sequence[Sequence[float]], crossings: Sequence[Sequence[float]] = (), reach: float = 0.0
) -> Barriers:
    """Barriers from the eastings and northings of where segments start and end, and of crossings."""
    ends = np.array(segments, dtype=np.float64).reshape(-1, 4)
    places = np.array(crossings, dtype=np.float64).reshape(-1, 2)
    return Barriers(*(column.copy() for column in (*ends.T, *places.T)), crossing_reach=reach)
