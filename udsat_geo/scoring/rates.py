"""How a unit's rates are read: alone or with its surroundings, as they are or drawn towards a mean."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.policy.rules import Policy
from udsat_geo.units.edges import Edges, find_edges
from udsat_geo.units.grid import rings
from udsat_geo.units.units import Units

Nearest = Callable[[Units, Ints, Policy], tuple[Ints, Ints]]
"""Units, sums and policy -> residents and sums in view of each unit, as of `sums_of_nearest`."""


def read_rates(
    units: Units, policy: Policy, edges: Edges | None = None, nearest: Nearest | None = None
) -> tuple[Ints, Floats]:
    """The rates of every unit as ``[context]`` and ``[rates]`` ask.

    Parameters
    ----------
    units : Units
    policy : Policy
    edges : Edges, optional
        The units that touch, where they are found already. A policy whose areas know no neighbours
        (``areas.neighbours = "none"``) reads with those that share a point.
    nearest : callable, optional
        What reads units with their nearest ones in the place of `sums_of_nearest`.

    Returns
    -------
    residents_in_view : int64, shape (n_units,)
        Residents over whom the rates are read.
    rate : float64, shape (n_units, n_criteria)
        NaN where the denominator in view is 0.
    """
    n_columns = units.numerator.shape[1]
    sums = np.hstack([units.numerator, units.denominator])
    if policy.context.method == "neighbours":
        from udsat_geo.kernels.neighbours import sums_with_neighbours

        all_sums = np.ascontiguousarray(np.column_stack([units.residents, sums]))
        in_view = sums_with_neighbours(*_neighbours(units, policy, edges), all_sums)
        residents, sums = in_view[:, 0].copy(), in_view[:, 1:]
    elif policy.context.reads_beyond:
        residents, sums = (nearest or sums_of_nearest)(units, sums, policy)
    else:
        residents = units.residents
    if policy.rates.shrink != "none":
        return residents, _shrunk_rates(units, policy, edges)
    if units.quantiles:
        return residents, units.own_rates()
    return residents, units.rate(sums[:, :n_columns], sums[:, n_columns:])


def _neighbours(units: Units, policy: Policy, edges: Edges | None) -> tuple[Ints, np.ndarray]:
    """The units that each unit touches: see `udsat_geo.kernels.neighbours.neighbour_lists`."""
    from udsat_geo.kernels.neighbours import neighbour_lists

    if policy.areas.neighbours == "none":
        areas = policy.areas.model_copy(update={"neighbours": "queen"})
        edges = find_edges(units, policy.model_copy(update={"areas": areas}))
    elif edges is None:
        edges = find_edges(units, policy)
    return neighbour_lists(len(units), edges.head, edges.tail)


def _shrunk_rates(units: Units, policy: Policy, edges: Edges | None) -> Floats:
    """Own rates drawn towards the city's or the neighbours' by empirical Bayes, shape (n_units, n_criteria).

    See `udsat_geo.kernels.neighbours.shrink_to_neighbours`; towards the city's, all units are one neighbourhood.
    """
    from udsat_geo.kernels.neighbours import mean_and_variance, shrink_to_neighbours

    lists = _neighbours(units, policy, edges) if policy.rates.shrink == "local" else None
    result = units.rate(units.numerator, units.denominator)
    everybody = np.arange(len(units), dtype=np.int32)
    for j, criterion in enumerate(policy.criteria):
        numerator = units.numerator[:, j] / units.numerator_unit[j]
        base = units.denominator[:, j] / units.denominator_unit[j]
        if lists is not None:
            result[:, j] = shrink_to_neighbours(numerator, base, *lists, criterion.is_share)
            continue
        mean, noise, between = mean_and_variance(numerator, base, everybody, criterion.is_share)
        known = base > 0
        whole = between + noise / base[known]
        share = np.divide(between, whole, out=np.zeros_like(whole), where=whole > 0)
        result[known, j] = mean + share * (result[known, j] - mean)
    return result


def sums_of_nearest(units: Units, sums: Ints, policy: Policy) -> tuple[Ints, Ints]:
    """Residents and sums over each unit and its nearest units until enough residents are in view.

    By ``context.residents`` and ``context.reach``; `sums` is of shape (n_units, n_sums), and so is what is returned.
    """
    least, reach = policy.context.residents, policy.context.reach
    if units.grid is not None and units.row is not None and units.col is not None:
        return sums_on_grid(units.row, units.col, rings(units.grid.size, reach), units.residents, sums, least)
    from udsat_geo.kernels.nearby import context_of_points

    by_easting = np.argsort(units.easting, kind="stable")
    return context_of_points(units.easting, units.northing, by_easting, reach, units.residents, sums, least)


_MOST_PLACES = 64
"""Places of the rectangle around all cells for each of them, up to which it is held in memory, in four bytes a place:
a country's cells take a fiftieth of it. Own choice; cells that lie farther apart are found by a table."""
_CELLS_AT_A_TIME = 32_768
"""Own choice; no result depends on it."""


def sums_on_grid(
    row: Ints, col: Ints, steps: tuple[Ints, Ints, Ints], residents: Ints, sums: Ints, least: int
) -> tuple[Ints, Ints]:
    """Residents and sums over each cell and its nearest cells until enough residents are in view.

    Parameters
    ----------
    row, col : int64, shape (n_units,)
        Distinct cells.
    steps : tuple of int64
        From `udsat_geo.units.grid.rings`.
    residents : int64, shape (n_units,)
    sums : int64, shape (n_units, n_sums)
    least : int

    Returns
    -------
    residents_in_view : int64, shape (n_units,)
    sums_in_view : int64, shape (n_units, n_sums)
    """
    import numba

    from udsat_geo.kernels.cells import index_cells
    from udsat_geo.kernels.nearby import context_of_cells

    n_units, farthest = len(row), int(max(np.abs(steps[0]).max(), np.abs(steps[1]).max()))
    in_view = np.empty(n_units, dtype=np.int64), np.zeros(sums.shape, dtype=np.int64)
    if not n_units:
        return in_view
    south, west = int(row.min()) - farthest, int(col.min()) - farthest
    shape = int(row.max()) + farthest - south + 1, int(col.max()) + farthest - west + 1
    table, unit_at = np.full(1, -1, dtype=np.int32), np.empty((0, 0), dtype=np.int32)
    if shape[0] * shape[1] <= _MOST_PLACES * n_units:
        unit_at = np.full(shape, -1, dtype=np.int32)
        unit_at[row - south, col - west] = np.arange(n_units, dtype=np.int32)
    else:
        table = index_cells(row, col)

    def read(first: int) -> None:
        part = first, min(first + _CELLS_AT_A_TIME, n_units)
        context_of_cells(row, col, table, unit_at, south, west, *steps, residents, sums, least, *part, *in_view)

    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        for _done in pool.map(read, range(0, n_units, _CELLS_AT_A_TIME)):
            pass
    return in_view
