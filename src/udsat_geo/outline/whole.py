"""The outlines of a designation: of cells, zones or addresses, with their ground, cut along barriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from udsat_geo.barriers import Barriers
from udsat_geo.outline.cut import cut_outlines
from udsat_geo.outline.discs import disc_outlines
from udsat_geo.outline.exact import area_outlines, as_multipolygon, union_by_area
from udsat_geo.outline.ground import Ground
from udsat_geo.outline.parcels import parcel_outlines
from udsat_geo.outline.smooth import smooth_outlines
from udsat_geo.policy import Policy
from udsat_geo.units import Units

if TYPE_CHECKING:
    from udsat_geo.parcels import Parcels


def outline_areas(
    units: Units,
    area_of_unit: NDArray[np.int64],
    ground: Ground,
    policy: Policy,
    barriers: Barriers | None = None,
    parcels: Parcels | None = None,
) -> NDArray[np.object_]:
    """The outlines that a map shows.

    Parameters
    ----------
    units : Units
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    ground : Ground
        Land without units that belongs to areas.
    policy : Policy
        ``areas.outline`` for cells; ``areas.reach`` for addresses, whose discs just meet at it.
    barriers : Barriers, optional
        Outlines of cells and addresses are cut along them.
    parcels : Parcels, optional
        For addresses: outlines are the parcels that hold them.

    Returns
    -------
    object (shapely MultiPolygon), shape (n_areas,)
        Valid and in normal form: the same members give the same bytes.
    """
    if units.row is not None and units.col is not None and units.grid is not None:
        outline = _of_cells(units, area_of_unit, ground, policy)
    elif units.kind == "addresses":
        outline = _of_addresses(units, area_of_unit, policy, parcels)
    else:
        outline = area_outlines(units, area_of_unit)
    if ground.geometry is not None and len(ground):
        outline = _with_ground(outline, ground)
    return outline if barriers is None else cut_outlines(outline, units, area_of_unit, barriers)


def _of_cells(units: Units, area_of_unit: NDArray[np.int64], ground: Ground, policy: Policy) -> NDArray[np.object_]:
    import shapely

    if units.row is None or units.col is None or ground.row is None or ground.col is None:
        return np.empty(0, dtype=object)
    inside = area_of_unit >= 0
    row, col = np.concatenate([units.row[inside], ground.row]), np.concatenate([units.col[inside], ground.col])
    area = np.concatenate([area_of_unit[inside], ground.area])
    if policy.areas.outline == "smooth":
        lived_in = units.residents > 0
        if units.residents_known is not None:
            lived_in |= ~units.residents_known
        others = ~inside & lived_in
        return smooth_outlines(row, col, area, units.row[others], units.col[others], policy.units.size)
    west, south = col * policy.units.size, row * policy.units.size
    squares = shapely.box(west, south, west + policy.units.size, south + policy.units.size)
    return union_by_area(squares, area, int(area_of_unit.max(initial=-1)) + 1)


def _of_addresses(
    units: Units, area_of_unit: NDArray[np.int64], policy: Policy, parcels: Parcels | None
) -> NDArray[np.object_]:
    inside = area_of_unit >= 0
    others = ~inside & (units.residents > 0)
    at = units.easting[inside], units.northing[inside], area_of_unit[inside]
    avoided = units.easting[others], units.northing[others]
    if parcels is None:
        return disc_outlines(*at, policy.areas.reach / 2, *avoided)
    return parcel_outlines(parcels.geometry, *at, policy.areas.reach / 2, units.residents[inside], *avoided)


def _with_ground(outline: NDArray[np.object_], ground: Ground) -> NDArray[np.object_]:
    """Outlines united with the ground of their area, where no other area lies: parcels may have gone to one."""
    import shapely

    result, tree = outline.copy(), shapely.STRtree(outline)
    for area in np.unique(ground.area).tolist():
        pieces = ground.geometry[ground.area == area] if ground.geometry is not None else []
        added = shapely.union_all(pieces)
        others = np.setdiff1d(tree.query(added, predicate="intersects"), [area])
        if len(others):
            added = shapely.difference(added, shapely.union_all(outline[others]))
        result[area] = shapely.normalize(as_multipolygon(shapely.union_all([outline[area], added])))
    return result
