"""What changed between two designations over the same units, weighed by the residents of now.

An earlier area and one of now are linked when the residents they share are at least `LINK` of the smaller of the two
(where nobody lives in it: of its units). From the links and the residents gained and lost follow the events:

- ``added``: an area of now without a link; ``removed``: an earlier area without one;
- ``merged``: linked to two or more earlier areas; ``split``: linked to one that is linked to two or more areas of now;
- ``grown``, ``shrunk``: the residents gained (lost) are at least `SHIFT` of those it had before, kept and lost;
- ``kept``: none of these. Several events are joined by a plus, in the order above: ``split+grown``.

Residents gained live in an area of now and in no earlier one; residents lost live in an earlier area and in none of
now, and are told with the linked area that shares most residents with that earlier one. Both shares are own choices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from udsat_geo.errors import InputError, Problem

ADDED, REMOVED, KEPT = "added", "removed", "kept"
SPLIT, MERGED, GROWN, SHRUNK = "split", "merged", "grown", "shrunk"
EVENTS = (ADDED, REMOVED, SPLIT, MERGED, GROWN, SHRUNK, KEPT)
MIRROR = {ADDED: REMOVED, REMOVED: ADDED, SPLIT: MERGED, MERGED: SPLIT, GROWN: SHRUNK, SHRUNK: GROWN, KEPT: KEPT}
"""What an event is called when the two designations change places."""

LINK = 0.05
"""Of the residents of the smaller area: from so many shared on, two areas are linked; own choice."""
SHIFT = 0.05
"""Of the residents before: from so many gained (lost) on, an area has grown (shrunk); own choice."""


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
    until : int64, shape (n_areas,), or None
        The end year of an area that only stays for a while; -1, or None for all, is none.
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
    until: NDArray[np.int64] | None = None

    @property
    def end_year(self) -> NDArray[np.int64]:
        """The end year of each area, -1 where it has none, shape (n_areas,)."""
        return np.full(len(self.area_id), -1, dtype=np.int64) if self.until is None else self.until


@dataclass(frozen=True)
class Changes:
    """Changes from an earlier designation to this one.

    Attributes
    ----------
    previous_year : int
    event : tuple of str, length n_changes
        The areas of now in their order, then the removed ones in theirs; several events of one area joined by a plus.
    event_of_previous : tuple of str, length n_earlier_areas
        What became of each earlier area, in the same words: ``grown`` when it is part of what has grown.
    area : int64, shape (n_changes,)
        Area of now, -1 for a removed one.
    previous : tuple of tuples of int, length n_changes
        Earlier areas linked to it; for a removed one, itself.
    residents_added, residents_removed, residents_kept : int64, shape (n_changes,)
        By the residents of now: in units that no area held before; in units of an earlier area that no area holds
        now, told with the area that shares most residents with it; in units that were in an area before and are.
    units_added, units_removed, units_kept : int
    since : int64, shape (n_areas,)
        The first year of each area of now.
    continues : int64, shape (n_areas,)
        The earlier area that each area of now continues, -1 is none: of all earlier areas it shares most residents with
        that one, and of all areas of now that one shares most with it. So each is continued once at most.
    """

    previous_year: int
    event: tuple[str, ...]
    event_of_previous: tuple[str, ...]
    area: NDArray[np.int64]
    previous: tuple[tuple[int, ...], ...]
    residents_added: NDArray[np.int64]
    residents_removed: NDArray[np.int64]
    residents_kept: NDArray[np.int64]
    units_added: int
    units_removed: int
    units_kept: int
    since: NDArray[np.int64]
    continues: NDArray[np.int64]

    def count(self, event: str) -> int:
        """How many areas have an event, alone or with others."""
        return sum(event in told.split("+") for told in self.event)


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
    both = (earlier >= 0) & (current >= 0)
    pair = current[both] * n_before + earlier[both]
    shared = _total(pair, residents[both], n_now * n_before).reshape(n_now, n_before)
    shared_units = np.bincount(pair, minlength=n_now * n_before).reshape(n_now, n_before).astype(np.int64)
    gained = _total(current[earlier < 0], residents[earlier < 0], n_now)
    lost = _total(earlier[current < 0], residents[current < 0], n_before)
    linked = _linked(shared, shared_units, earlier, current, residents)
    of_linked, units_of_linked = np.where(linked, shared, -1), np.where(linked, shared_units, 0)
    ancestor, heir = _closest(of_linked.T, units_of_linked.T), _closest(of_linked, units_of_linked)
    lost_of_now, gained_of_before = np.zeros(n_now, dtype=np.int64), np.zeros(n_before, dtype=np.int64)
    has_heir, has_ancestor = linked.any(axis=0), linked.any(axis=1)
    np.add.at(lost_of_now, heir[has_heir], lost[has_heir])
    np.add.at(gained_of_before, ancestor[has_ancestor], gained[has_ancestor])
    event = _events(linked, gained, lost_of_now, shared.sum(axis=1))
    mirrored = _events(linked.T, lost, gained_of_before, shared.sum(axis=0))
    removed = np.flatnonzero(~has_heir)
    nothing = np.zeros(len(removed), dtype=np.int64)
    mutual = [int(p) if p >= 0 and heir[p] == a else -1 for a, p in enumerate(ancestor)]
    return Changes(
        previous_year=before.year,
        event=tuple(event + [REMOVED] * len(removed)),
        event_of_previous=tuple("+".join(_ordered(MIRROR[one] for one in told.split("+"))) for told in mirrored),
        area=np.concatenate([np.arange(n_now), nothing - 1]),
        previous=tuple(
            [tuple(np.flatnonzero(linked[a]).tolist()) for a in range(n_now)] + [(int(p),) for p in removed]
        ),
        residents_added=np.concatenate([gained, nothing]),
        residents_removed=np.concatenate([lost_of_now, lost[removed]]),
        residents_kept=np.concatenate([shared.sum(axis=1), nothing]),
        units_added=int(((current >= 0) & (earlier < 0)).sum()),
        units_removed=int(((earlier >= 0) & (current < 0)).sum()),
        units_kept=int(both.sum()),
        since=_since(before, now, linked),
        continues=np.array(mutual, dtype=np.int64).reshape(-1),
    )


def _linked(
    shared: NDArray[np.int64],
    shared_units: NDArray[np.int64],
    earlier: NDArray[np.int64],
    current: NDArray[np.int64],
    residents: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which areas of now and before are linked, shape (n_now, n_before)."""
    n_now, n_before = shared.shape
    size_now = _total(current[current >= 0], residents[current >= 0], n_now)
    size_before = _total(earlier[earlier >= 0], residents[earlier >= 0], n_before)
    smaller = np.minimum(size_now[:, None], size_before[None, :])
    units_now = np.bincount(current[current >= 0], minlength=n_now)
    units_before = np.bincount(earlier[earlier >= 0], minlength=n_before)
    fewer = np.minimum(units_now[:, None], units_before[None, :])
    by_residents, by_units = shared >= LINK * smaller, shared_units >= LINK * fewer
    linked: NDArray[np.bool_] = (shared_units > 0) & np.where(smaller > 0, by_residents & (shared > 0), by_units)
    return linked


def _events(
    linked: NDArray[np.bool_], gained: NDArray[np.int64], lost: NDArray[np.int64], kept: NDArray[np.int64]
) -> list[str]:
    """The events of each row's area; `linked` is (n_rows, n_others), all else (n_rows,)."""
    links = linked.sum(axis=1)
    links_of_other = linked.sum(axis=0)
    before = kept + lost
    told = []
    for area in range(len(links)):
        if not links[area]:
            told.append(ADDED)
            continue
        events = [SPLIT] if (links_of_other[linked[area]] > 1).any() else []
        events += [MERGED] if links[area] > 1 else []
        events += [GROWN] if gained[area] > 0 and gained[area] >= SHIFT * before[area] else []
        events += [SHRUNK] if lost[area] > 0 and lost[area] >= SHIFT * before[area] else []
        told.append("+".join(events) or KEPT)
    return told


def _ordered(events: Iterable[str]) -> list[str]:
    return sorted(events, key=EVENTS.index)


def _closest(shared: NDArray[np.int64], shared_units: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each column the row that shares most residents with it; of several, most units, then the first.

    Parameters
    ----------
    shared, shared_units : int64, shape (n_rows, n_columns)

    Returns
    -------
    int64, shape (n_columns,)
        -1 where no row shares a unit.
    """
    if not len(shared):
        return np.full(shared.shape[1], -1, dtype=np.int64)
    most = shared == shared.max(axis=0)
    # argmax takes the first of equals; units count from 1, so that rows without the most residents fall behind
    row = np.argmax(np.where(most, shared_units + 1, 0), axis=0)
    return np.where(shared_units.max(axis=0) > 0, row, -1)


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


def _total(group: NDArray[np.int64], residents: NDArray[np.int64], n_groups: int) -> NDArray[np.int64]:
    """Residents of each group, shape (n_groups,); -1 is no group."""
    total = np.zeros(n_groups, dtype=np.int64)
    np.add.at(total, group[group >= 0], residents[group >= 0])
    return total


def _since(before: Designated, now: Designated, linked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The first year of each area of now: the earliest of the areas it descends from."""
    since = np.full(len(now.area_id), now.year, dtype=np.int64)
    for area in range(len(since)):
        previous = np.flatnonzero(linked[area])
        if len(previous):
            since[area] = before.since[previous].min()
    return since
