"""What changed between two designations, weighed by the residents of now.

Both are read as labels of the same places: their units, or points that lie in the areas of either (`Atoms`).

An earlier area and one of now are linked when the residents they share are at least `LINK` of the smaller of the two
(where nobody lives in it: of its units). From the links and the residents gained and lost follow the events:

- ``added``: an area of now without a link; ``removed``: an earlier area without one;
- ``merged``: linked to two or more earlier areas; ``split``: linked to one that is linked to two or more areas of now;
- ``grown``, ``shrunk``: the residents gained (lost) are at least `SHIFT` of those it had before, kept and lost;
- ``kept``: none of these. Several events are joined by a plus, in the order above: ``split+grown``.

Residents gained live in an area of now and in no earlier one; residents lost live in an earlier area and in none of
now, and are told with the linked area that shares most residents with that earlier one. Both shares are own choices.

Given zones are of their year. Those that only one of two years has count in no change, unless a crosswalk says which
zones of now they went to: then the residents of now are shared out among the earlier zones that they come from. An area
that holds nothing but zones without a counterpart is ``unknown``, not added or removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects, total
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.units.crosswalk import Pairs, pairs_between, residents_of_pairs


@dataclass(frozen=True)
class Overlaps:
    """The pairs of areas that share a unit, by area of now, then of before.

    Attributes
    ----------
    now, before : int64, shape (n_pairs,)
        Areas.
    residents, units : int64, shape (n_pairs,)
        What they share.
    n_now, n_before : int
        How many areas there are.
    """

    now: Ints
    before: Ints
    residents: Ints
    units: Ints
    n_now: int
    n_before: int

    def __len__(self) -> int:
        return len(self.now)

    def of(self, chosen: Flags | Ints) -> Overlaps:
        """Some of the pairs: `chosen` flags them, shape (n_pairs,), or has their places in another order."""
        now, before, residents, units = (pairs[chosen] for pairs in (self.now, self.before, self.residents, self.units))
        return Overlaps(now, before, residents, units, self.n_now, self.n_before)

    def turned(self) -> Overlaps:
        """The same pairs with now and before changing places, in the order of that."""
        found = self.of(np.lexsort((self.now, self.before)))
        return Overlaps(found.before, found.now, found.residents, found.units, self.n_before, self.n_now)

    def closest(self) -> Ints:
        """For each area of now the area of before that it shares most residents with, shape (n_now,).

        Of several it is the one with most units, then the first; -1 where there is no pair.
        """
        order = np.lexsort((self.before, -self.units, -self.residents, self.now))
        first = np.flatnonzero(np.diff(self.now[order], prepend=-1))
        found = np.full(self.n_now, -1, dtype=np.int64)
        found[self.now[order][first]] = self.before[order][first]
        return found


def find_overlaps(current: Ints, earlier: Ints, residents: Ints, n_now: int, n_before: int) -> Overlaps:
    """Count what every area of now shares with every area of before.

    Parameters
    ----------
    current, earlier : int64, shape (n_places,)
        The areas of each place; -1 is none.
    residents : int64, shape (n_places,)
    n_now, n_before : int
        How many areas there are.
    """
    both = (current >= 0) & (earlier >= 0)
    code, pair = np.unique(current[both] * n_before + earlier[both], return_inverse=True)
    # without earlier areas there is no code, and nothing to divide
    now, before = np.divmod(code, max(n_before, 1))
    units = np.bincount(pair, minlength=len(code)).astype(np.int64)
    return Overlaps(now, before, total(pair, residents[both], len(code)), units, n_now, n_before)


ADDED, REMOVED, KEPT = "added", "removed", "kept"
SPLIT, MERGED, GROWN, SHRUNK = "split", "merged", "grown", "shrunk"
MOVED = "moved"
UNKNOWN = "unknown"
"""Of an area whose zones are of one year alone."""
EVENTS = (ADDED, REMOVED, SPLIT, MERGED, GROWN, SHRUNK, KEPT)
MIRROR = {ADDED: REMOVED, REMOVED: ADDED, SPLIT: MERGED, MERGED: SPLIT, GROWN: SHRUNK, SHRUNK: GROWN, KEPT: KEPT,
          UNKNOWN: UNKNOWN}  # fmt: skip
"""What an event is called when the two designations change places."""

LINK = 0.05
"""Of the residents of the smaller area: from so many shared on, two areas are linked; own choice."""
SHIFT = 0.05
"""Of the residents before: from so many gained (lost) on, an area has grown (shrunk); own choice."""


@dataclass(frozen=True)
class Atoms:
    """The places over which two designations are weighed: those that an area of either holds.

    Attributes
    ----------
    unit_id : object (str), shape (n_atoms,)
    residents : int64, shape (n_atoms,)
    earlier, current : int64, shape (n_atoms,)
        The area before and now; -1 is none, and one of the two is one.
    of_now, of_before : int64, shape (n_atoms,)
        Where each stands among the units of now, or the points of both; and among those of before. -1 is not there.
        Where a crosswalk carries zones, one of now is several atoms, one for each earlier area that its residents come
        from.
    alone_now, alone_before : int64, shape (n_alone_now,) and (n_alone_before,)
        Zones of now, and of before, without a counterpart: they are no atoms.
    """

    unit_id: Objects
    residents: Ints
    earlier: Ints
    current: Ints
    of_now: Ints
    of_before: Ints
    alone_now: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    alone_before: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.residents)


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
    row_of_previous : int64, shape (n_earlier_areas,)
        Where each earlier area is told: with the linked area of now that shares most residents with it, or as removed.
    residents_of_previous : int64, shape (n_earlier_areas,)
        By the residents of now.
    overlaps : Overlaps
        Every pair of areas that share a unit.
    linked : bool, shape (n_pairs,)
        Whether they share enough to be linked.
    """

    previous_year: int
    event: tuple[str, ...]
    event_of_previous: tuple[str, ...]
    area: Ints
    previous: tuple[tuple[int, ...], ...]
    residents_added: Ints
    residents_removed: Ints
    residents_kept: Ints
    units_added: int
    units_removed: int
    units_kept: int
    since: Ints
    continues: Ints
    row_of_previous: Ints
    residents_of_previous: Ints
    overlaps: Overlaps
    linked: Flags

    def count(self, event: str) -> int:
        """How many areas have an event, alone or with others."""
        return sum(event in told.split("+") for told in self.event)


def compare(before: AreaSet, now: AreaSet) -> Changes:
    """Compare two designations over the same units.

    Raises
    ------
    InputError
        If they have no unit in common, so that nothing can be compared unit by unit.
    """
    return compare_atoms(before, now, align(before, now))


def compare_atoms(before: AreaSet, now: AreaSet, atoms: Atoms) -> Changes:
    """Compare two designations by labels of common places.

    Parameters
    ----------
    before, now : AreaSet
        Of whom only the years and the areas count here.
    atoms : Atoms
    """
    n_before, n_now = len(before), len(now)
    earlier, current, residents = atoms.earlier, atoms.current, atoms.residents
    overlaps = find_overlaps(current, earlier, residents, n_now, n_before)
    linked = _linked(overlaps, atoms)
    links = overlaps.of(linked)
    back = links.turned()
    gained = total(current[earlier < 0], residents[earlier < 0], n_now)
    lost = total(earlier[current < 0], residents[current < 0], n_before)
    kept, kept_of_before = (
        total(areas, overlaps.residents, n) for areas, n in ((overlaps.now, n_now), (overlaps.before, n_before))
    )
    ancestor, heir = links.closest(), back.closest()
    lost_of_now, gained_of_before = total(heir, lost, n_now), total(ancestor, gained, n_before)
    strange_now = _without_atoms(now, current, atoms.alone_now)
    strange_before = _without_atoms(before, earlier, atoms.alone_before)
    mirrored = _events(back, lost, gained_of_before, kept_of_before, strange_before)
    removed = np.flatnonzero(heir < 0)
    nothing = np.zeros(len(removed), dtype=np.int64)
    row_of_previous = heir.copy()
    row_of_previous[removed] = n_now + np.arange(len(removed))
    return Changes(
        previous_year=before.year,
        event=(
            *_events(links, gained, lost_of_now, kept, strange_now),
            *(UNKNOWN if strange else REMOVED for strange in strange_before[removed].tolist()),
        ),
        event_of_previous=tuple("+".join(_ordered(MIRROR[one] for one in told.split("+"))) for told in mirrored),
        area=np.concatenate([np.arange(n_now), nothing - 1]),
        previous=_by_area(links) + tuple((area,) for area in removed.tolist()),
        residents_added=np.concatenate([gained, nothing]),
        residents_removed=np.concatenate([lost_of_now, lost[removed]]),
        residents_kept=np.concatenate([kept, nothing]),
        units_added=int((earlier < 0).sum()),
        units_removed=int((current < 0).sum()),
        units_kept=int(((earlier >= 0) & (current >= 0)).sum()),
        since=_since(before, now, links),
        continues=np.where(np.append(heir, -1)[ancestor] == np.arange(n_now), ancestor, -1),
        row_of_previous=row_of_previous,
        residents_of_previous=kept_of_before + lost,
        overlaps=overlaps,
        linked=linked,
    )


def align(before: AreaSet, now: AreaSet) -> Atoms:
    """The units that are in an area before or now, by unit id: those of now in their order, then those gone.

    A cell or address that only the earlier designation has holds nobody now. Zones are carried over by the earlier
    set's crosswalk, where it has one; else those that only one of the two has are left out.

    Raises
    ------
    InputError
        If no unit is in both.
    """
    then, here = before.members, now.members
    if before.crosswalk is not None:
        return _carried(before, now, pairs_between(before.crosswalk, then.unit_id, here.unit_id))
    members = np.flatnonzero(then.area_of_unit >= 0)
    at = _member_of_unit(then.unit_id, members, here.unit_id)
    if not (at >= 0).any() and set(here.unit_id.tolist()).isdisjoint(then.unit_id.tolist()):
        what = _("shares no unit with this one ({there} there, {here} here)")
        what = what.format(there=_first(then.unit_id), here=_first(here.unit_id))
        remedy = _(
            "Compare designations over the same cells or zones, say with --crosswalk how zones belong together, or "
            "give --previous none."
        )
        raise InputError(Problem(_("the designation of {year}").format(year=before.year), what, remedy))
    of_now = np.flatnonzero((at >= 0) | (here.area_of_unit >= 0))
    found = np.zeros(len(then), dtype=bool)
    found[at[at >= 0]] = True
    gone = members[~found[members]]
    alone_now = alone_before = gone[:0]
    if here.are_zones:
        alone_now, alone_before = _of_one(here.unit_id, then.unit_id), _of_one(then.unit_id, here.unit_id)
        of_now, gone = np.setdiff1d(of_now, alone_now), gone[:0]
    none = np.full(len(gone), -1, dtype=np.int64)
    of_before = np.concatenate([at[of_now], gone])
    return Atoms(
        unit_id=np.concatenate([here.unit_id[of_now], then.unit_id[gone]]),
        residents=np.concatenate([here.residents[of_now], none + 1]),
        earlier=np.append(then.area_of_unit, -1)[of_before],
        current=np.concatenate([here.area_of_unit[of_now], none]),
        of_now=np.concatenate([of_now, none]),
        of_before=of_before,
        alone_now=alone_now,
        alone_before=alone_before,
    )


def _of_one(unit_id: Objects, other: Objects) -> Ints:
    """The units that another designation does not have."""
    known = set(other.tolist())
    return np.flatnonzero([unit not in known for unit in unit_id.tolist()]).astype(np.int64)


def _carried(before: AreaSet, now: AreaSet, pairs: Pairs) -> Atoms:
    """The zones of now that are in an area before or now, parted by the earlier areas that residents come from."""
    then, here = before.members, now.members
    residents = residents_of_pairs(pairs, then.residents, here.residents)
    earlier = then.area_of_unit[pairs.unit_of_earlier]
    inside = (earlier >= 0) | (here.area_of_unit[pairs.unit_of_now] >= 0)
    # a part in which nobody lives tells nothing, unless nobody lives in the whole zone
    counts = np.flatnonzero(inside & ((residents > 0) | (here.residents[pairs.unit_of_now] == 0)))
    code = pairs.unit_of_now[counts] * (len(before) + 1) + earlier[counts] + 1
    _, first, atom = np.unique(code, return_index=True, return_inverse=True)
    of_now, of_before = pairs.unit_of_now[counts][first], pairs.unit_of_earlier[counts][first]
    return Atoms(
        unit_id=here.unit_id[of_now],
        residents=total(atom, residents[counts], len(first)),
        earlier=then.area_of_unit[of_before],
        current=here.area_of_unit[of_now],
        of_now=of_now,
        of_before=of_before,
        alone_now=np.setdiff1d(np.arange(len(here)), pairs.unit_of_now),
    )


def _without_atoms(side: AreaSet, area_of_atom: Ints, alone: Ints) -> Flags:
    """Which areas hold nothing but zones without a counterpart, shape (n_areas,)."""
    none = np.ones(len(side), dtype=bool)
    none[area_of_atom[area_of_atom >= 0]] = False
    held = np.zeros(len(side), dtype=bool)
    of_alone = side.members.area_of_unit[alone]
    held[of_alone[of_alone >= 0]] = True
    return none & held


def _member_of_unit(earlier_id: Objects, members: Ints, unit_id: Objects) -> Ints:
    """The member of an earlier area that each unit is, by its id; -1 is none; shape (n_units,)."""
    if len(earlier_id) == len(unit_id) and bool((earlier_id[members] == unit_id[members]).all()):
        # the usual case: both years have the same units
        at = np.full(len(unit_id), -1, dtype=np.int64)
        at[members] = members
        return at
    # only members are looked up: most units are in no area, and a lookup costs more than all that follows
    place = dict(zip(earlier_id[members].tolist(), members.tolist(), strict=True))
    units = unit_id.tolist()
    return np.fromiter(map(place.get, units, repeat(-1)), dtype=np.int64, count=len(units))


def unit_events(atoms: Atoms, changes: Changes) -> tuple[Ints, Objects]:
    """The units that changed.

    Returns
    -------
    atom : int64, shape (n_changed,)
        In their order.
    event : object (str), shape (n_changed,)
        ``added`` or ``removed``; ``moved`` from an area to another one that does not continue it.
    """
    continued = np.append(changes.continues, -1)[atoms.current]
    moved = (atoms.current >= 0) & (atoms.earlier >= 0) & (continued != atoms.earlier)
    event = np.full(len(atoms), KEPT, dtype=object)
    event[moved], event[atoms.earlier < 0], event[atoms.current < 0] = MOVED, ADDED, REMOVED
    atom = np.flatnonzero(event != KEPT)
    return atom, event[atom]


def _linked(overlaps: Overlaps, atoms: Atoms) -> Flags:
    """Which pairs of areas are linked, shape (n_pairs,)."""
    one = np.ones(len(atoms), dtype=np.int64)
    smaller, fewer = (
        np.minimum(
            total(atoms.current, weight, overlaps.n_now)[overlaps.now],
            total(atoms.earlier, weight, overlaps.n_before)[overlaps.before],
        )
        for weight in (atoms.residents, one)
    )
    by_residents = (overlaps.residents >= LINK * smaller) & (overlaps.residents > 0)
    linked: Flags = np.where(smaller > 0, by_residents, overlaps.units >= LINK * fewer)
    return linked


def _events(links: Overlaps, gained: Ints, lost: Ints, kept: Ints, strange: Flags) -> list[str]:
    """The events of each area of now; all arrays are of shape (n_now,), `strange` are those without atoms."""
    many = np.bincount(links.before, minlength=links.n_before) > 1
    n_links = np.bincount(links.now, minlength=links.n_now)
    before = kept + lost
    happened = {
        SPLIT: np.bincount(links.now[many[links.before]], minlength=links.n_now) > 0,
        MERGED: n_links > 1,
        GROWN: (gained > 0) & (gained >= SHIFT * before),
        SHRUNK: (lost > 0) & (lost >= SHIFT * before),
    }
    new = np.where(strange, UNKNOWN, ADDED).tolist()
    rows = zip(new, n_links.tolist(), *(flags.tolist() for flags in happened.values()), strict=True)
    return [
        "+".join(event for event, flag in zip(happened, flags, strict=True) if flag) or KEPT if n else alone
        for alone, n, *flags in rows
    ]


def _ordered(events: Iterable[str]) -> list[str]:
    return sorted(events, key=(*EVENTS, UNKNOWN).index)


def _by_area(links: Overlaps) -> tuple[tuple[int, ...], ...]:
    """The earlier areas that each area of now is linked to."""
    before = links.before.tolist()
    bounds = np.searchsorted(links.now, np.arange(links.n_now + 1)).tolist()
    return tuple(tuple(before[first:last]) for first, last in pairwise(bounds))


def _first(unit_id: Objects) -> str:
    return str(unit_id[0]) if len(unit_id) else _("no unit")


def _since(before: AreaSet, now: AreaSet, links: Overlaps) -> Ints:
    """The first year of each area of now: the earliest of the areas it descends from."""
    since = np.full(len(now), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(since, links.now, before.since[links.before])
    descends = np.bincount(links.now, minlength=links.n_now) > 0
    return np.where(descends, since, now.year)


@dataclass(frozen=True)
class ChangedArea:
    """One row of a comparison: an area of now, or an earlier one that is gone.

    Attributes
    ----------
    event : str
    gone : bool
    number : int
        Its place among the areas of now; of one that is gone, among the earlier ones.
    area_id, name : str
    since : int or None
        The first year; None where it is not known.
    previous : tuple of str
        Ids of the earlier areas linked to it; of one that is gone, its own.
    added, removed, kept : int
        Residents.
    """

    event: str
    gone: bool
    number: int
    area_id: str
    name: str
    since: int | None
    previous: tuple[str, ...]
    added: int
    removed: int
    kept: int


class NamedAreas(Protocol):
    """Areas with ids and names, whatever carries them."""

    @property
    def area_id(self) -> Objects:
        """Shape (n_areas,)."""

    @property
    def name(self) -> Objects:
        """Shape (n_areas,)."""

    @property
    def since(self) -> Ints:
        """First years, shape (n_areas,)."""


def changed_areas(changes: Changes, before: NamedAreas, now: NamedAreas) -> list[ChangedArea]:
    """The rows of a comparison, in its order."""
    residents = (changes.residents_added, changes.residents_removed, changes.residents_kept)
    counts = zip(*(counted.tolist() for counted in residents), strict=True)
    rows = []
    for event, area, previous, counted in zip(changes.event, changes.area, changes.previous, counts, strict=True):
        gone = area < 0
        side, number = (before, previous[0]) if gone else (now, int(area))
        ids = tuple(str(before.area_id[p]) for p in previous)
        since = int(before.since[number] if gone else changes.since[number])
        named = (str(side.area_id[number]), str(side.name[number]), since if since >= 0 else None)
        rows.append(ChangedArea(event, gone, number, *named, ids, *counted))
    return rows


def links(changes: Changes, before: AreaSet, now: AreaSet) -> dict[str, NDArray[Any]]:
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


def _shares(part: Ints, whole: Ints) -> Floats:
    """Part over whole; NaN of nothing."""
    result = np.full(len(part), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result
