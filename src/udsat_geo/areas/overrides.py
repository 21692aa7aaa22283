"""Overrides: decisions that change the result last, unit by unit, and nothing else.

Excluded units leave their area; included ones, together with those they touch that are included too, join the area they
touch, or, where they touch none, make areas of their own. Of several areas they join that with most residents once the
excluded have left (of several such, the southernmost). Nothing is judged anew afterwards: an area keeps its name and
place however few residents are left, and one without any unit is no longer there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.numbers import number_areas
from udsat_geo.contiguity import Edges
from udsat_geo.units import Units


@dataclass(frozen=True)
class Decisions:
    """What was decided about which units.

    Attributes
    ----------
    include, exclude : int64, shape (n_units,)
        Number of the override that includes (excludes) the unit; -1 is none. No unit has both.
    """

    include: NDArray[np.int64]
    exclude: NDArray[np.int64]


def apply_decisions(
    units: Units, edges: Edges, area_of_unit: NDArray[np.int64], decisions: Decisions
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Change the result by what was decided.

    Parameters
    ----------
    units : Units
    edges : Edges
        Along which an included unit touches an area.
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    decisions : Decisions

    Returns
    -------
    area_of_unit : int64, shape (n_units,)
        New areas of included units come after all others, in the order of their first unit.
    override_of_unit : int64, shape (n_units,)
        The override that changed the unit; -1 where none did, or where it only confirmed what was so already.
    """
    from udsat_geo.kernels.components import label_components

    changed = np.full(len(units), -1, dtype=np.int64)
    result = area_of_unit.copy()
    out = (decisions.exclude >= 0) & (result >= 0)
    changed[out], result[out] = decisions.exclude[out], -1
    new = (decisions.include >= 0) & (result < 0)
    changed[new] = decisions.include[new]
    n_areas = int(area_of_unit.max(initial=-1)) + 1
    inside = result >= 0
    place = number_areas(units, result, n_areas)
    # units that are included together and touch go together
    piece, n_pieces = label_components(new, edges.head, edges.tail)
    area_of_piece = np.full(n_pieces, -1, dtype=np.int64)
    for one, other in ((edges.head, edges.tail), (edges.tail, edges.head)):
        touching = new[one] & inside[other]
        for p, area in zip(piece[one[touching]].tolist(), result[other[touching]].tolist(), strict=True):
            best = area_of_piece[p]
            if best < 0 or place[area] < place[best]:
                area_of_piece[p] = area
    alone = area_of_piece < 0
    area_of_piece[alone] = n_areas + np.arange(int(alone.sum()))
    result[new] = area_of_piece[piece[new]]
    return result, changed
