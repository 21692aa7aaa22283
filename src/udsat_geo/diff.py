"""What changed between two designations over the same units, weighed by residents.

Plain events: an area that shares no unit with any earlier area is added; an earlier area that shares none with any
area of now is removed; all others are kept, with the residents they gained and lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem

ADDED, REMOVED, KEPT = "added", "removed", "kept"


@dataclass(frozen=True)
class Designated:
    """What a comparison needs to know of a designation, made now or loaded.

    Attributes
    ----------
    year : int
    policy_id : str
    unit_id : object (str), shape (n_units,)
    residents : int64, shape (n_units,)
    area_of_unit : int64, shape (n_units,)
        -1 is none.
    area_id, name : object (str), shape (n_areas,)
    since : int64, shape (n_areas,)
    outline : object (shapely), shape (n_areas,)
    policy_sha256, source : str
        What it was made by and of; empty where that is not known.
    """

    year: int
    policy_id: str
    unit_id: NDArray[np.object_]
    residents: NDArray[np.int64]
    area_of_unit: NDArray[np.int64]
    area_id: NDArray[np.object_]
    name: NDArray[np.object_]
    since: NDArray[np.int64]
    outline: NDArray[np.object_]
    policy_sha256: str = ""
    source: str = ""


@dataclass(frozen=True)
class Changes:
    """Changes from an earlier designation to this one.

    Attributes
    ----------
    previous_year : int
    event : tuple of str, length n_changes
        The areas of now in their order (added or kept), then the removed ones in theirs.
    area : int64, shape (n_changes,)
        Area of now, -1 for a removed one.
    previous : tuple of tuples of int, length n_changes
        Earlier areas that share units with it; for a removed one, itself.
    residents_added, residents_removed, residents_kept : int64, shape (n_changes,)
        By the residents of now: in units that no area held before; in units of an earlier area that no area holds
        now, told with the area that shares most residents with it; in units that were in an area before and are.
    units_added, units_removed, units_kept : int
    since : int64, shape (n_areas,)
        The first year of each area of now.
    """

    previous_year: int
    event: tuple[str, ...]
    area: NDArray[np.int64]
    previous: tuple[tuple[int, ...], ...]
    residents_added: NDArray[np.int64]
    residents_removed: NDArray[np.int64]
    residents_kept: NDArray[np.int64]
    units_added: int
    units_removed: int
    units_kept: int
    since: NDArray[np.int64]

    def count(self, event: str) -> int:
        """How many areas have an event."""
        return self.event.count(event)


def compare(before: Designated, now: Designated) -> Changes:
    """Compare two designations over the same units.

    Parameters
    ----------
    before, now : Designated

    Raises
    ------
    InputError
        If they have no unit in common, so that nothing can be compared unit by unit.
    """
    earlier, residents, current = _aligned(before, now)
    n_before, n_now = len(before.area_id), len(now.area_id)
    shared = np.zeros((n_now, n_before), dtype=np.int64)
    shared_units = np.zeros((n_now, n_before), dtype=np.int64)
    both = (earlier >= 0) & (current >= 0)
    np.add.at(shared, (current[both], earlier[both]), residents[both])
    np.add.at(shared_units, (current[both], earlier[both]), 1)
    kept_of_now = shared.sum(axis=1)
    added_of_now = _total(current, residents, (current >= 0) & (earlier < 0), n_now)
    lost = _total(earlier, residents, (earlier >= 0) & (current < 0), n_before)
    is_kept = shared_units.sum(axis=1) > 0
    is_removed = shared_units.sum(axis=0) == 0
    lost_of_now = np.zeros(n_now, dtype=np.int64)
    for previous in np.flatnonzero(~is_removed):
        # most residents, then most units, then the first: never left to chance
        heir = max(range(n_now), key=lambda a, p=previous: (shared[a, p], shared_units[a, p], -a))  # type: ignore[misc]
        lost_of_now[heir] += lost[previous]
    removed = np.flatnonzero(is_removed)
    nothing = np.zeros(len(removed), dtype=np.int64)
    return Changes(
        previous_year=before.year,
        event=tuple([KEPT if kept else ADDED for kept in is_kept] + [REMOVED] * len(removed)),
        area=np.concatenate([np.arange(n_now), nothing - 1]),
        previous=tuple(
            [tuple(int(p) for p in np.flatnonzero(shared_units[a])) for a in range(n_now)]
            + [(int(p),) for p in removed]
        ),
        residents_added=np.concatenate([added_of_now, nothing]),
        residents_removed=np.concatenate([lost_of_now, lost[removed]]),
        residents_kept=np.concatenate([kept_of_now, nothing]),
        units_added=int(((current >= 0) & (earlier < 0)).sum()),
        units_removed=int(((earlier >= 0) & (current < 0)).sum()),
        units_kept=int(both.sum()),
        since=_since(before, now, shared_units),
    )


def _aligned(before: Designated, now: Designated) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Earlier area, residents of now and area of now of every unit that either has, by unit id.

    A unit that only the earlier one has holds nobody now.
    """
    place = {unit: i for i, unit in enumerate(now.unit_id.tolist())}
    at = np.array([place.get(unit, -1) for unit in before.unit_id.tolist()], dtype=np.int64)
    if not (at >= 0).any():
        raise InputError(
            Problem(
                f"the designation of {before.year}",
                f"shares no unit with this one ({_first(before.unit_id)} there, {_first(now.unit_id)} here)",
                "Compare designations over the same cells or zones, or give --previous none.",
            )
        )
    gone = np.flatnonzero(at < 0)
    earlier = np.full(len(now.unit_id) + len(gone), -1, dtype=np.int64)
    earlier[at[at >= 0]] = before.area_of_unit[at >= 0]
    earlier[len(now.unit_id) :] = before.area_of_unit[gone]
    residents = np.concatenate([now.residents, np.zeros(len(gone), dtype=np.int64)])
    current = np.concatenate([now.area_of_unit, np.full(len(gone), -1, dtype=np.int64)])
    return earlier, residents, current


def _first(unit_id: NDArray[np.object_]) -> str:
    return str(unit_id[0]) if len(unit_id) else "no unit"


def _total(
    group: NDArray[np.int64], residents: NDArray[np.int64], where: NDArray[np.bool_], n_groups: int
) -> NDArray[np.int64]:
    total = np.zeros(n_groups, dtype=np.int64)
    np.add.at(total, group[where], residents[where])
    return total


def _since(before: Designated, now: Designated, shared_units: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first year of each area of now: the earliest of the areas it descends from."""
    since = np.full(len(now.area_id), now.year, dtype=np.int64)
    for area in range(len(since)):
        previous = np.flatnonzero(shared_units[area])
        if len(previous):
            since[area] = before.since[previous].min()
    return since
