"""The tables of what changed, column by column: areas, units, links. What every format writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation import Designation
from udsat_geo.diff import REMOVED, Atoms, Changes, Designated, unit_events
from udsat_geo.outline import unit_polygons

Columns = Mapping[str, Any]

AREA_COLUMNS = ("event", "area_id", "previous_ids", "residents_added", "residents_removed", "residents_kept")
UNIT_COLUMNS = ("unit_id", "event", "previous_area_id", "area_id", "residents")


def changed_areas(
    changes: Changes,
    before: Designated,
    now: Designated,
    outline_before: NDArray[np.object_],
    outline_now: NDArray[np.object_],
) -> tuple[Columns, NDArray[np.object_]]:
    """The columns of the layer ``changes`` and its outlines, each of shape (n_changes,)."""
    n_changes = len(changes.event)
    area_id, previous_ids, outline = (np.empty(n_changes, dtype=object) for _ in range(3))
    for i, (event, area, previous) in enumerate(zip(changes.event, changes.area, changes.previous, strict=True)):
        ids = [str(before.area_id[p]) for p in previous]
        previous_ids[i] = ",".join(ids)
        area_id[i] = ids[0] if event == REMOVED else now.area_id[area]
        outline[i] = outline_before[previous[0]] if event == REMOVED else outline_now[area]
    return {
        "event": np.array(changes.event, dtype=object),
        "area_id": area_id,
        "previous_ids": previous_ids,
        "residents_added": changes.residents_added,
        "residents_removed": changes.residents_removed,
        "residents_kept": changes.residents_kept,
    }, outline


def changed_units(
    atoms: Atoms, changes: Changes, before: Designated, now: Designated
) -> tuple[Columns, NDArray[np.int64]]:
    """The columns of the layer ``changed_units``, and where each of its rows stands among the atoms."""
    atom, event = unit_events(atoms, changes)
    return {
        "unit_id": atoms.unit_id[atom],
        "event": event,
        "previous_area_id": _ids(before.area_id, atoms.earlier[atom]),
        "area_id": _ids(now.area_id, atoms.current[atom]),
        "residents": atoms.residents[atom],
    }, atom


def unit_geometry(designation: Designation, atoms: Atoms, atom: NDArray[np.int64]) -> NDArray[np.object_]:
    """Where some units of a designation and of its previous one lie, shape (n_atoms,).

    None where the previous one has a unit that is gone and does not say where it was.
    """
    import shapely

    units, before = designation.units, designation.previous
    geometry = np.empty(len(atom), dtype=object)
    here = atoms.of_now[atom] >= 0
    unit = atoms.of_now[atom[here]]
    has_polygons = units.geometry is not None or units.grid is not None
    geometry[here] = (
        unit_polygons(units, unit) if has_polygons else shapely.points(units.easting[unit], units.northing[unit])
    )
    gone = atom[~here]
    if before is None or not len(gone):
        return geometry
    if before.geometry is not None:
        geometry[~here] = before.geometry[atoms.of_before[gone]]
    elif units.grid is not None:
        size = units.grid.size
        row, col = units.grid.parse_ids(atoms.unit_id[gone].tolist(), f"the designation of {before.year}")
        geometry[~here] = shapely.box(col * size, row * size, (col + 1) * size, (row + 1) * size)
    return geometry


def links(changes: Changes, before: Designated, now: Designated) -> Columns:
    """The columns of the table ``links``: every pair of areas that share a unit, each of shape (n_pairs,)."""
    pairs = changes.overlaps
    of_now = changes.residents_added + changes.residents_kept
    shared, whole = pairs.residents, of_now[pairs.now]
    of_before = changes.residents_of_previous[pairs.before]
    return {
        "previous_id": before.area_id[pairs.before],
        "area_id": now.area_id[pairs.now],
        "residents": shared,
        "units": pairs.units,
        "share_of_previous": _shares(shared, of_before),
        "share_of_area": _shares(shared, whole),
        "intersection_over_union": _shares(shared, whole + of_before - shared),
        "linked": changes.linked,
        "continues": changes.continues[pairs.now] == pairs.before,
    }


def _ids(area_id: NDArray[np.object_], area: NDArray[np.int64]) -> NDArray[np.object_]:
    """The id of each area, None for none."""
    ids = np.empty(len(area_id) + 1, dtype=object)
    ids[:-1] = area_id
    return ids[area]


def _shares(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Part over whole; NaN of nothing."""
    result = np.full(len(part), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result
