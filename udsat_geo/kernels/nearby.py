"""Pairs of points near each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels._jit import kernel
from udsat_geo.kernels.cells import find_cell


@kernel
def squared_distance(easting: float, northing: float, other_easting: float, other_northing: float) -> float:
    """The square of the distance of two points.

    The one expression for it: whether points are equally far, or within reach, is decided on its floats. The same
    either way round.
    """
    east = other_easting - easting
    north = other_northing - northing
    return east * east + north * north


@kernel
def points_in_strips(
    northing: NDArray[np.float64], by_easting: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], float, float]:
    """Points sorted into strips of one height, about two strips for the root of the number of points.

    That is about as many strips as points in half of one, for searches that take in a few to some hundreds of points
    (own choice, measured: twice or half as many strips change little).

    Parameters
    ----------
    northing : float64, shape (n_points,)
    by_easting : int64, shape (n_points,)
        The points from west to east.

    Returns
    -------
    point_at : int64, shape (n_points,)
        The point at each place: by strip, then from west to east, then as in `by_easting`.
    strip_start : int64, shape (n_strips + 1,)
        Places of strip s are those from ``strip_start[s]`` to ``strip_start[s + 1]``.
    south : float
        Where strip 0 begins.
    height : float
        Of a strip; above 0. Point p is in strip ``floor((northing[p] - south) / height)``.
    """
    n_points = northing.shape[0]
    south, north = (northing[0], northing[0]) if n_points > 0 else (0.0, 0.0)
    for point in range(n_points):
        south, north = min(south, northing[point]), max(north, northing[point])
    n_parts = max(int(2 * np.sqrt(n_points)), 1)
    height = (north - south) / n_parts
    if not height > 0.0:
        height = 1.0
    # the northernmost point lies at the end of the last part, or rounded past it: in a strip of its own
    strip_start = np.zeros(n_parts + 2, dtype=np.int64)
    strip_of_point = np.empty(n_points, dtype=np.int64)
    for point in range(n_points):
        strip_of_point[point] = int((northing[point] - south) / height)
        strip_start[strip_of_point[point] + 1] += 1
    for strip in range(n_parts + 1):
        strip_start[strip + 1] += strip_start[strip]
    following = strip_start.copy()
    point_at = np.empty(n_points, dtype=np.int64)
    for point in by_easting:
        place = following[strip_of_point[point]]
        point_at[place] = point
        following[strip_of_point[point]] = place + 1
    return point_at, strip_start, south, height


@kernel
def points_within(
    easting: float,
    northing: float,
    radius: float,
    east: NDArray[np.float64],
    north: NDArray[np.float64],
    strip_start: NDArray[np.int64],
    south: float,
    height: float,
    near: NDArray[np.int64],
    square: NDArray[np.float64],
) -> int:
    """The points within a radius of a place; inclusive.

    Parameters
    ----------
    easting, northing : float
        The place, in metres.
    radius : float
        In metres.
    east, north : float64, shape (n_points,)
        Positions in the order of the strips.
    strip_start : int64, shape (n_strips + 1,)
    south, height : float
        From `points_in_strips`.
    near : int64, shape (n_points + 1,)
        Written to: the places (in the order of the strips) of the points found, in rising order.
    square : float64, shape (n_points + 1,)
        Written to: the square of the distance of each.

    Returns
    -------
    n_near : int
        How many were found; what stands beyond them in `near` and `square` means nothing.
    """
    # a little wider: rounding must not leave out a point that `squared_distance` says is within, nor one so near that
    # the square of its distance is too small for a float and so 0
    wide = radius * (1.0 + 1e-9) + 1e-15 * (abs(easting) + abs(northing)) + 1e-150
    last_strip = strip_start.shape[0] - 2
    first = int(min(max((northing - wide - south) / height, 0.0), float(last_strip)))
    last = int(min(max((northing + wide - south) / height, 0.0), float(last_strip)))
    n_near = 0
    for strip in range(first, last + 1):
        place, beyond = strip_start[strip], strip_start[strip + 1]
        while place < beyond:
            middle = (place + beyond) // 2
            if east[middle] < easting - wide:
                place = middle + 1
            else:
                beyond = middle
        beyond = strip_start[strip + 1]
        while place < beyond and east[place] <= easting + wide:
            # written first and counted if within: quicker than a branch that no processor can foresee
            near[n_near] = place
            square[n_near] = squared_distance(easting, northing, east[place], north[place])
            n_near += square[n_near] <= radius * radius
            place += 1
    return n_near


@kernel
def context_of_cells(
    row: NDArray[np.int64],
    col: NDArray[np.int64],
    unit_of_slot: NDArray[np.int32],
    unit_at: NDArray[np.int32],
    south: int,
    west: int,
    row_step: NDArray[np.int64],
    col_step: NDArray[np.int64],
    ring_start: NDArray[np.int64],
    residents: NDArray[np.int64],
    sums: NDArray[np.int64],
    least_residents: int,
    first: int,
    last: int,
    residents_in_view: NDArray[np.int64],
    sums_in_view: NDArray[np.int64],
) -> None:
    """Residents and sums in view of each cell of a part.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
    unit_of_slot : int32, shape (n_slots,)
        From `udsat_geo.kernels.cells.index_cells`; read where there is no image.
    unit_at : int32, shape (height, width)
        The unit at each place of a rectangle that every step from a unit ends in, -1 where there is none; without
        rows where there is no such image.
    south, west : int
        Row and column of its first place.
    row_step, col_step : int64, shape (n_steps,)
    ring_start : int64, shape (n_rings + 1,)
        Steps in rings of equal distance, from `udsat_geo.units.grid.rings`.
    residents : int64, shape (n_units,)
    sums : int64, shape (n_units, n_sums)
    least_residents : int
    first, last : int
        The part: units from `first` to before `last`.
    residents_in_view : int64, shape (n_units,)
        Written in place for the units of the part.
    sums_in_view : int64, shape (n_units, n_sums)
        Likewise; zeros before.
    """
    for unit in range(first, last):
        seen = 0
        for ring in range(ring_start.shape[0] - 1):
            for k in range(ring_start[ring], ring_start[ring + 1]):
                to_row, to_col = row[unit] + row_step[k], col[unit] + col_step[k]
                if unit_at.shape[0] > 0:
                    other = int(unit_at[to_row - south, to_col - west])
                else:
                    other = find_cell(to_row, to_col, unit_of_slot, row, col)
                if other >= 0:
                    seen += residents[other]
                    for j in range(sums.shape[1]):
                        sums_in_view[unit, j] += sums[other, j]
            if seen >= least_residents:
                break
        residents_in_view[unit] = seen


@kernel
def square_with_enough(square: NDArray[np.float64], residents: NDArray[np.int64], least_residents: int) -> float:
    """The least squared distance within which enough residents live.

    The distances are first told apart in bands, in one pass, so that only those of the band that decides are sorted.

    Parameters
    ----------
    square : float64, shape (n_near,)
        At least one.
    residents : int64, shape (n_near,)
    least_residents : int
        No more than there are.
    """
    n_near = square.shape[0]
    nearest, farthest = np.inf, 1e-300
    for k in range(n_near):
        nearest, farthest = min(nearest, square[k]), max(farthest, square[k])
    if least_residents <= 0:
        return nearest
    in_bands = 63.5 / farthest
    residents_in_band = np.zeros(64, dtype=np.int64)
    for k in range(n_near):
        residents_in_band[int(square[k] * in_bands)] += residents[k]
    missing, band = least_residents, 0
    while residents_in_band[band] < missing:
        missing -= residents_in_band[band]
        band += 1
    in_band, living = np.empty(n_near, dtype=np.float64), np.empty(n_near, dtype=np.int64)
    n_in_band = 0
    for k in range(n_near):
        in_band[n_in_band], living[n_in_band] = square[k], residents[k]
        n_in_band += int(square[k] * in_bands) == band
    order = np.argsort(in_band[:n_in_band])
    k = 0
    while living[order[k]] < missing:
        missing -= living[order[k]]
        k += 1
    return float(in_band[order[k]])


@kernel
def context_of_points(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    by_easting: NDArray[np.int64],
    reach: float,
    residents: NDArray[np.int64],
    sums: NDArray[np.int64],
    least_residents: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Residents and sums in view of units that lie anywhere.

    All units within a radius are gathered; when enough residents live there, the distance within which they do is
    looked for among them, else the radius is widened. The radius to begin with comes from the unit before, a
    neighbour, and is mostly right; it has no influence on the result.

    Parameters
    ----------
    easting, northing : float64, shape (n_units,)
        Centres, in metres.
    by_easting : int64, shape (n_units,)
        The units from west to east.
    reach : float
        Farthest distance in metres; inclusive.
    residents : int64, shape (n_units,)
    sums : int64, shape (n_units, n_sums)
    least_residents : int

    Returns
    -------
    residents_in_view : int64, shape (n_units,)
    sums_in_view : int64, shape (n_units, n_sums)
    """
    n_units, n_sums = sums.shape
    unit_at, strip_start, south, height = points_in_strips(northing, by_easting)
    east, north, living = easting[unit_at], northing[unit_at], residents[unit_at]
    residents_in_view = np.zeros(n_units, dtype=np.int64)
    sums_in_view = np.zeros((n_units, n_sums), dtype=np.int64)
    near = np.empty(n_units + 1, dtype=np.int64)
    square = np.empty(n_units + 1, dtype=np.float64)
    living_near = np.empty(n_units, dtype=np.int64)
    radius = min(height, reach)
    for place in range(n_units):
        unit = unit_at[place]
        if place > 0 and east[place] == east[place - 1] and north[place] == north[place - 1]:
            # at one place one sees the same
            before = unit_at[place - 1]
            residents_in_view[unit] = residents_in_view[before]
            for j in range(n_sums):
                sums_in_view[unit, j] = sums_in_view[before, j]
            continue
        while True:
            n_near = points_within(
                east[place], north[place], radius, east, north, strip_start, south, height, near, square
            )
            seen = 0
            for k in range(n_near):
                living_near[k] = living[near[k]]
                seen += living_near[k]
            if seen >= least_residents or radius >= reach:
                break
            radius = min(1.4 * radius, reach)
        farthest = radius * radius
        if seen >= least_residents:
            farthest = square_with_enough(square[:n_near], living_near[:n_near], least_residents)
        seen = 0
        for k in range(n_near):
            if square[k] <= farthest:
                seen += living_near[k]
                other = unit_at[near[k]]
                for j in range(n_sums):
                    sums_in_view[unit, j] += sums[other, j]
        residents_in_view[unit] = seen
        radius = min(max(1.15 * np.sqrt(farthest), 0.25 * height), reach)
    return residents_in_view, sums_in_view


@kernel
def pairs_within(
    easting: NDArray[np.float64], northing: NDArray[np.float64], by_easting: NDArray[np.int64], reach: float, most: int
) -> tuple[bool, NDArray[np.int32], NDArray[np.int32]]:
    """All pairs of points no farther apart than a reach, each pair once.

    For each point, those near it with smaller numbers are listed; the list is then turned round, which sorts it.
    Memory: 8 bytes a pair for the result, and while it is made up to 10 more a pair and about 100 a point. Points that
    stand in the order of their northing are read quickest.

    Parameters
    ----------
    easting, northing : float64, shape (n_points,)
        In metres; fewer than 2^31 points.
    by_easting : int64, shape (n_points,)
        The points from west to east.
    reach : float
        In metres; inclusive.
    most : int
        How many pairs there may be: listing ends where there are more.

    Returns
    -------
    fits : bool
        Whether there are no more; if there are, no pair is given.
    head, tail : int32, shape (n_pairs,)
        ``head < tail``, sorted by head, then tail.
    """
    n_points = easting.shape[0]
    point_at, strip_start, south, height = points_in_strips(northing, by_easting)
    east, north = easting[point_at], northing[point_at]
    near = np.empty(n_points + 1, dtype=np.int64)
    square = np.empty(n_points + 1, dtype=np.float64)
    listed = np.empty(4 * n_points, dtype=np.int32)
    listed_start = np.zeros(n_points + 1, dtype=np.int64)
    # tails of head h are filled in from following[h + 1] on, which so becomes the start of those of head h + 1
    following = np.zeros(n_points + 2, dtype=np.int64)
    n_pairs = 0
    for point in range(n_points):
        n_near = points_within(
            easting[point], northing[point], reach, east, north, strip_start, south, height, near, square
        )
        if n_pairs + n_near > listed.shape[0]:
            longer = np.empty(3 * listed.shape[0] // 2 + n_near, dtype=np.int32)
            for k in range(n_pairs):
                longer[k] = listed[k]
            listed = longer
        for k in range(n_near):
            other = point_at[near[k]]
            if other < point:
                listed[n_pairs] = other
                following[other + 2] += 1
                n_pairs += 1
        if n_pairs > most:
            return False, np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
        listed_start[point + 1] = n_pairs
    for point in range(n_points):
        following[point + 2] += following[point + 1]
    head, tail = np.empty(n_pairs, dtype=np.int32), np.empty(n_pairs, dtype=np.int32)
    for point in range(n_points):
        for other in listed[listed_start[point] : listed_start[point + 1]]:
            place = following[other + 1]
            head[place], tail[place] = other, point
            following[other + 1] = place + 1
    return True, head, tail
