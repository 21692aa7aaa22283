"""Lineage: which area descends from which across several sets in a row, since when, with how many residents.

Every two sets that follow each other are compared (`udsat_geo.changes.diff`). An area that continues one of the
designation before goes on with its chain, which has the id of its first area; any other area begins a chain of its own.
The areas are the nodes of a graph and their links its flows; residents also come from outside every earlier area, and
leave to outside every later one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.changes.compare import Weighing, compare_areas
from udsat_geo.changes.diff import UNKNOWN, Changes
from udsat_geo.kernels.arrays import Flags, Ints, Objects, as_objects, total
from udsat_geo.registers.folders import check_rising


@dataclass(frozen=True)
class Nodes:
    """The areas of all years, year by year in the order of their designation; all of shape (n_nodes,).

    Attributes
    ----------
    year, area : int64
        The designation, and the area's place in it.
    area_id, name : object (str)
    chain : object (str)
        The id of the first area that it goes on from, area by area, without a gap.
    since : int64
        The first year of all areas it descends from; -1 where that is not known.
    residents : int64
        Of its own year, or by the weights of the comparison with it.
    from_outside : int64
        Residents in no area of the designation before; 0 in the first year.
    to_outside : int64
        Residents in no area of the next designation, by its residents; 0 in the last year.
    event : object (str or None)
        What the comparison with the designation before says; None in the first year.
    ends : bool
        Whether no area of the next designation descends from it; false in the last year.
    strange : bool, or None for none
        Whether it ends since all its zones are of its year alone: it is unknown what became of it.
    """

    year: Ints
    area: Ints
    area_id: Objects
    name: Objects
    chain: Objects
    since: Ints
    residents: Ints
    from_outside: Ints
    to_outside: Ints
    event: Objects
    ends: Flags
    strange: Flags | None = None

    def __len__(self) -> int:
        return len(self.year)


@dataclass(frozen=True)
class Flows:
    """Residents that an area shares with one of the next designation, by the residents of then; shape (n_flows,).

    Attributes
    ----------
    tail, head : int64
        The earlier and the later node.
    residents, units : int64
    linked : bool
        Whether they share enough for the one to descend from the other; the others are slivers.
    continues : bool
        Whether the later one goes on with the earlier one's chain.
    """

    tail: Ints
    head: Ints
    residents: Ints
    units: Ints
    linked: Flags
    continues: Flags

    def __len__(self) -> int:
        return len(self.tail)


@dataclass(frozen=True)
class Lineage:
    """Areas of several years and what flows between them.

    Attributes
    ----------
    years : tuple of int
    nodes : Nodes
    flows : Flows
        By the later node, then by the earlier one.
    """

    years: tuple[int, ...]
    nodes: Nodes
    flows: Flows


def trace(sets: Sequence[AreaSet], changes: Sequence[Changes]) -> Lineage:
    """Follow areas from set to set.

    Parameters
    ----------
    sets : sequence of AreaSet
        In the order of their years.
    changes : sequence of Changes, one fewer
        Each from a designation to the next.

    Raises
    ------
    InputError
        If the years do not rise.
    """
    check_rising([areas.year for areas in sets])
    first = np.cumsum([0, *(len(areas) for areas in sets)])
    since = [sets[0].since]
    chain = [_new_chains(sets[0], np.arange(first[1]), set())]
    used = set(chain[0].tolist())
    for areas, change in zip(sets[1:], changes, strict=True):
        pairs = change.overlaps.of(change.linked)
        years = np.full(len(areas), areas.year, dtype=np.int64)
        np.minimum.at(years, pairs.now, since[-1][pairs.before])
        since.append(years)
        own = np.full(len(areas), None, dtype=object)
        goes_on = change.continues >= 0
        own[goes_on] = chain[-1][change.continues[goes_on]]
        begins = np.flatnonzero(change.continues < 0)
        own[begins] = _new_chains(areas, begins, used)
        used |= set(own.tolist())
        chain.append(own)
    nodes = _nodes(sets, changes, chain, since)
    return Lineage(tuple(areas.year for areas in sets), nodes, _flows(changes, first))


def _new_chains(areas: AreaSet, begins: Ints, used: set[str]) -> Objects:
    """Chains that begin with these areas; one whose id was used before, as of a name that returns, has its year."""
    wanted = map(str, areas.area_id[begins].tolist())
    return as_objects(f"{name} ({areas.year})" if name in used else name for name in wanted)


def _nodes(
    sets: Sequence[AreaSet], changes: Sequence[Changes], chain: Sequence[Objects], since: Sequence[Ints]
) -> Nodes:
    residents, inflow, outflow, event, ends, strange = [], [], [], [], [], []
    for place, areas in enumerate(sets):
        n_areas = len(areas)
        came = changes[place - 1] if place else None
        goes = changes[place] if place < len(changes) else None
        event.append([None] * n_areas if came is None else list(came.event[:n_areas]))
        none = np.zeros(n_areas, dtype=np.int64)
        inflow.append(none if came is None else came.residents_added[:n_areas])
        outflow.append(none if goes is None else _to_outside(goes))
        ends.append(none > 0 if goes is None else goes.row_of_previous >= goes.overlaps.n_now)
        lost = [] if goes is None else [told == UNKNOWN for told in goes.event_of_previous]
        strange.append(none > 0 if goes is None else np.array(lost, dtype=bool))
        residents.append(_residents(areas, came, goes))
    years = [np.full(len(areas), areas.year, dtype=np.int64) for areas in sets]
    return Nodes(
        year=np.concatenate(years),
        area=np.concatenate([np.arange(len(each), dtype=np.int64) for each in years]),
        area_id=np.concatenate([areas.area_id for areas in sets]),
        name=np.concatenate([areas.name for areas in sets]),
        chain=np.concatenate(chain),
        since=np.concatenate(since),
        residents=np.concatenate(residents),
        from_outside=np.concatenate(inflow),
        to_outside=np.concatenate(outflow),
        event=np.array([told for year in event for told in year] + [None], dtype=object)[:-1],
        ends=np.concatenate(ends),
        strange=np.concatenate(strange),
    )


def _to_outside(changes: Changes) -> Ints:
    shared = total(changes.overlaps.before, changes.overlaps.residents, changes.overlaps.n_before)
    return changes.residents_of_previous - shared


def _residents(areas: AreaSet, came: Changes | None, goes: Changes | None) -> Ints:
    """Residents of each area: as its comparison with the one before has them, else by its own units."""
    n_areas = len(areas)
    if came is not None:
        return (came.residents_added + came.residents_kept)[:n_areas]
    if len(areas.members) or goes is None:
        return areas.residents
    return goes.residents_of_previous


def _flows(changes: Sequence[Changes], first: Ints) -> Flows:
    pairs = [change.overlaps for change in changes]
    return Flows(
        tail=np.concatenate([each.before + first[i] for i, each in enumerate(pairs)]),
        head=np.concatenate([each.now + first[i + 1] for i, each in enumerate(pairs)]),
        residents=np.concatenate([each.residents for each in pairs]),
        units=np.concatenate([each.units for each in pairs]),
        linked=np.concatenate([change.linked for change in changes]),
        continues=np.concatenate(
            [change.continues[each.now] == each.before for change, each in zip(changes, pairs, strict=True)]
        ),
    )


def trace_areas(
    sets: Sequence[AreaSet], weighing: Weighing, language: str = "da", progress: Callable[[str], None] | None = None
) -> tuple[Lineage, tuple[str, ...]]:
    """Follow areas from set to set.

    Parameters
    ----------
    sets : sequence of AreaSet
        From the earliest to the latest, each of a known year.
    weighing : Weighing
        Whom to weigh them by where they have no common units.
    language : {"da", "en"}
    progress : callable, optional

    Returns
    -------
    lineage : Lineage
    notes : tuple of str
        What is to be said about the comparisons.

    Raises
    ------
    InputError
        If the years do not rise, or two sets cannot be compared.
    """
    check_rising([areas.year for areas in sets], [areas.file for areas in sets])
    compared = [compare_areas(before, now, weighing, language, progress) for before, now in pairwise(sets)]
    notes = dict.fromkeys(note for each in compared for note in each.notes)
    return trace(sets, [each.changes for each in compared]), tuple(notes)
