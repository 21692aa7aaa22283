"""The order of areas: by residents, then from south to north, then from west to east."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from udsat_geo.units import Units


def number_areas(units: Units, area_of_unit: NDArray[np.int64], n_before: int) -> NDArray[np.int64]:
    """The final number of each area: by residents, then by its southernmost, then westernmost unit.

    Parameters
    ----------
    units : Units
    area_of_unit : int64, shape (n_units,)
    n_before : int
        Areas that there may have been before overrides emptied some.

    Returns
    -------
    int64, shape (at least n_before + 1,)
        -1 for an area without units, and at the end, where the number -1 reads it.
    """
    n_areas = max(int(area_of_unit.max(initial=-1)) + 1, n_before)
    inside = area_of_unit >= 0
    residents = np.zeros(n_areas, dtype=np.int64)
    np.add.at(residents, area_of_unit[inside], units.residents[inside])
    by_position = np.lexsort((units.easting, units.northing))
    rank = np.empty(len(units), dtype=np.int64)
    rank[by_position] = np.arange(len(units))
    first = np.full(n_areas, len(units), dtype=np.int64)
    np.minimum.at(first, area_of_unit[inside], rank[inside])
    there = np.flatnonzero(first < len(units))
    order = there[np.lexsort((first[there], -residents[there]))]
    place = np.full(n_areas + 1, -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    return place
