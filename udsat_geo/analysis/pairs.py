"""How sure a change is: pairs of draws, one of the earlier year and one of now, each pair compared as the years are.

Who both years have draws the same in both (`udsat_geo.designation.draws.Draws.after`), so that a pair differs by what
is different, and by the chance of those whom only one of the years has.

What a city that does not change would add and remove is found from pairs of two draws of the earlier year. Once they
share the draws of those who stay until now: as if nothing befell them, and those who left were replaced by others
alike. Once they share none, as if all were replaced: what happens to those who stay is chance as well, so that the
truth lies between. Where the rule remembers, the later draw of a pair remembers the earlier.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.ground import area_outlines, as_multipolygon
from udsat_geo.areas.roles import Areas, Memory
from udsat_geo.changes.diff import (
    ADDED,
    REMOVED,
    UNKNOWN,
    Atoms,
    ChangedArea,
    Changes,
    changed_areas,
    compare_atoms,
    find_overlaps,
)
from udsat_geo.designation.designation import Designation, forming, remember
from udsat_geo.designation.draws import NOTHING, Draws, scores_of_draw
from udsat_geo.designation.job import Job, ran_before
from udsat_geo.designation.layers import Layer, as_table
from udsat_geo.kernels.arrays import Flags, Floats, Ints, as_objects, total
from udsat_geo.scoring.scores import Scores
from udsat_geo.units.units import Units

DETECTED_AT = 1.959963984540054
"""Standard errors, the quantile of the normal distribution at 97.5 %: a change of a composite beyond so many of them
would come about by chance in one of twenty units, and is called detectable. The level is our own choice."""
PAIRS = 50
"""Of `udsat why`, without another word: few enough to be quick; own choice."""
HALF = 0.5
"""A draw has an area, or a piece, where it has at least this share of its residents."""


@dataclass(frozen=True)
class Drawn:
    """One draw of a year's units, scored and formed."""

    units: Units
    scores: Scores
    areas: Areas


@dataclass(frozen=True)
class Forming:
    """What scores drawn units and forms their areas as a designation was made, on the scale that was counted.

    Attributes
    ----------
    made : Designation
    memory : Memory or None
        What the designation remembered.
    ran : bool, shape (n_units,), or None
        Units that qualified in the earlier years that the rule asks for.
    """

    made: Designation
    memory: Memory | None
    ran: Flags | None

    @staticmethod
    def of(designation: Designation, job: Job) -> Forming:
        """As a job made it."""
        before, rule = designation.previous, designation.policy.policy
        memory = remember(before, designation.units, designation.year) if rule.incumbents.remembers else None
        looks_back = ran_before(job, designation.year, designation.inputs)
        crosswalk = None if before is None else before.crosswalk
        ran = None if looks_back is None else looks_back(designation.units.unit_id, crosswalk)
        return Forming(designation, memory, ran)

    @property
    def remembers(self) -> bool:
        """Whether areas depend on those before."""
        return self.made.policy.policy.incumbents.remembers

    def scores(self, units: Units) -> Scores:
        """What drawn units score."""
        return scores_of_draw(units, self.made.policy.policy, self.made.edges, self.made.scores)

    def areas(self, units: Units, scores: Scores, memory: Memory | None = None) -> Areas:
        """Their areas; with another memory where one is given."""
        known = self.memory if memory is None else memory
        made, rule = self.made, self.made.policy.policy
        return forming(units, made.edges, rule, made.surroundings, known, self.ran)(scores)

    def draw(self, units: Units, memory: Memory | None = None) -> Drawn:
        """Scores and areas of drawn units."""
        scores = self.scores(units)
        return Drawn(units, scores, self.areas(units, scores, memory))


@dataclass(frozen=True)
class Places:
    """The units of two years in one list: those of now in their order, then those gone; zones of one year alone not.

    Attributes
    ----------
    of_before, of_now : int64, shape (n_places,)
        The unit of each year; -1 is none.
    """

    of_before: Ints
    of_now: Ints

    @staticmethod
    def of(before: Units, now: Units) -> Places:
        """By the ids of the units."""
        place = {unit: i for i, unit in enumerate(before.unit_id.tolist())}
        earlier = np.array([place.pop(unit, -1) for unit in now.unit_id.tolist()], dtype=np.int64)
        gone = np.array(list(place.values()), dtype=np.int64)
        if now.kind == "zones":
            both = np.flatnonzero(earlier >= 0)
            return Places(earlier[both], both)
        none = np.full(len(gone), -1, dtype=np.int64)
        return Places(np.concatenate([earlier, gone]), np.concatenate([np.arange(len(now)), none]))

    def __len__(self) -> int:
        return len(self.of_now)

    def memory_of(self, drawn: Areas, year: int, n_units: int) -> Memory:
        """What the later year, of so many units, remembers of a draw of the earlier one."""
        there = self.of_now >= 0
        label = np.full(n_units, -1, dtype=np.int64)
        label[self.of_now[there]] = np.append(drawn.area_of_unit, -1)[self.of_before[there]]
        return Memory(year, label, drawn.until)


@dataclass(frozen=True)
class Piece:
    """Units that came in, or left, and touch.

    Attributes
    ----------
    event : str
        ``added`` or ``removed``.
    area : int
        The area of now that it came into, or the earlier one that it left.
    units : int64, shape (n_members,)
        Of now, or of the earlier year.
    residents : int
        Of now.
    p_event : float
        The share of the pairs in which at least half of its residents come in, or leave.
    """

    event: str
    area: int
    units: Ints
    residents: int
    p_event: float


@dataclass(frozen=True)
class SureChanges:
    """What pairs of draws say of the changes between two designations.

    Attributes
    ----------
    before, now : Designation
    changes : Changes
    places : Places
    inside : bool, shape (2, n_places)
        Whether each place is in an area before, and now.
    residents : int64, shape (n_places,)
        Of now.
    pairs : int
    times_added, times_removed : int64, shape (n_places,)
        Pairs in which the place comes in, and in which it leaves.
    difference, difference_se : float64, shape (n_places,)
        Of the composite, now less before, and its standard error: its standard deviation over the pairs. NaN where a
        year has none, and where the two rules are not one.
    added, removed : int64, shape (n_pairs,)
        Residents of now.
    unchanged : int64, shape (2, n_pairs)
        Residents of the earlier year that a city which does not change adds, and removes, if all are replaced.
    unchanged_stayers : int64, shape (2, n_pairs), or None
        The same if those are replaced who left; None where it is not known who they are.
    p_event : float64, shape (n_changes,)
        The share of the pairs in which the same befalls each area of the comparison; NaN of what is unknown.
    pieces : tuple of Piece
    drawn, seed : str and int
        As of `udsat_geo.designation.draws.Draws`.
    shared : str
        One of `udsat_geo.designation.draws.SHARED`: by what the two years' draws know who is the same.
    """

    before: Designation
    now: Designation
    changes: Changes
    places: Places
    inside: Flags
    residents: Ints
    pairs: int
    times_added: Ints
    times_removed: Ints
    difference: Floats
    difference_se: Floats
    added: Ints
    removed: Ints
    unchanged: Ints
    unchanged_stayers: Ints | None
    p_event: Floats
    pieces: tuple[Piece, ...]
    drawn: str
    seed: int
    shared: str

    @cached_property
    def rows(self) -> list[ChangedArea]:
        """The areas that the comparison tells of, in the order of `p_event`."""
        return changed_areas(self.changes, self.before, self.now)

    @property
    def p_changed(self) -> Floats:
        """The share of the pairs in which each place changes side, shape (n_places,)."""
        return (self.times_added + self.times_removed) / self.pairs

    @property
    def p_changed_of_units(self) -> Floats:
        """The same of the units of now, shape (n_units,); NaN of zones that the earlier year does not have."""
        result = np.full(len(self.now.units), np.nan)
        there = self.places.of_now >= 0
        result[self.places.of_now[there]] = self.p_changed[there]
        return result

    @cached_property
    def nothing_detectable(self) -> Flags | None:
        """Where the composite differs by no more than `DETECTED_AT` standard errors, shape (n_places,).

        False where a year has no composite; None where no place has one in both, as under two rules.
        """
        known = ~np.isnan(self.difference) & ~np.isnan(self.difference_se)
        if not known.any():
            return None
        with np.errstate(invalid="ignore"):
            small = np.abs(self.difference) <= DETECTED_AT * self.difference_se
        result: Flags = known & small
        return result

    def residents_of(self, event: str, of: Flags | None = None) -> int:
        """Residents added, or removed, of all places or some, flagged: shape (n_places,)."""
        before, now = self.inside
        changed = (now & ~before) if event == ADDED else (before & ~now)
        return int(self.residents[changed if of is None else changed & of].sum())


@dataclass
class PairsTaken:
    """What is kept of pairs of draws, added to in their order."""

    before: Forming
    now: Forming
    earlier: Draws
    replaced: Draws | None
    draws: int
    places: Places
    residents: Ints
    inside: Flags
    changes: Changes
    pieces: list[tuple[str, int, Ints, Ints]]
    shared: str
    times_added: Ints
    times_removed: Ints
    sums: Floats
    squares: Floats
    known: Ints
    added: Ints
    removed: Ints
    unchanged: Ints
    unchanged_stayers: Ints | None
    times_of_event: Ints
    times_of_piece: Ints
    _of_before: list[Drawn] = field(default_factory=list)

    @staticmethod
    def empty(before: Forming, now: Forming, drawn: tuple[Draws, Draws], changes: Changes, draws: int) -> PairsTaken:
        """Before the first pair; `drawn` is of the earlier year, and of now by itself."""
        earlier, later = drawn
        shared = later.shared_with(earlier)
        places = Places.of(before.made.units, now.made.units)
        inside = np.stack([
            np.append(before.made.areas.area_of_unit, -1)[places.of_before] >= 0,
            np.append(now.made.areas.area_of_unit, -1)[places.of_now] >= 0,
        ])  # fmt: skip
        pieces = [*_pieces(before.made, now.made, places, inside)]
        n = [len(places)] * 3 + [draws] * 2 + [len(changes.event), len(pieces)]
        counts = [np.zeros(size, dtype=np.int64) for size in n]
        return PairsTaken(
            before=before,
            now=now,
            earlier=earlier,
            replaced=None if shared == NOTHING else earlier.after(later),
            draws=draws,
            places=places,
            residents=np.append(now.made.units.residents, 0)[places.of_now],
            inside=inside,
            changes=changes,
            pieces=pieces,
            shared=shared,
            times_added=counts[0],
            times_removed=counts[1],
            sums=np.zeros(len(places)),
            squares=np.zeros(len(places)),
            known=counts[2],
            added=counts[3],
            removed=counts[4],
            unchanged=np.zeros((2, draws), dtype=np.int64),
            unchanged_stayers=None if shared == NOTHING else np.zeros((2, draws), dtype=np.int64),
            times_of_event=counts[5],
            times_of_piece=counts[6],
        )

    def draw(self, number: int) -> tuple[Drawn, Drawn | None]:
        """A draw of the earlier year, and the same with those who left replaced."""
        before = self.before.draw(self.earlier.of(number))
        return before, None if self.replaced is None else self.before.draw(self.replaced.of(number))

    def add(self, number: int, before: Drawn, now: Drawn, again: Drawn | None) -> None:
        """One pair more; where the rule remembers, the later draw remembers the earlier one.

        Parameters
        ----------
        number : int
        before, now : Drawn
        again : Drawn or None
            The earlier year with those who left replaced.
        """
        if self.now.remembers:
            memory = self.places.memory_of(before.areas, self.now.made.year, len(self.now.made.units))
            now = dataclasses.replace(now, areas=self.now.areas(now.units, now.scores, memory))
        earlier = np.append(before.areas.area_of_unit, -1)[self.places.of_before]
        current = np.append(now.areas.area_of_unit, -1)[self.places.of_now]
        comes, leaves = (current >= 0) & (earlier < 0), (earlier >= 0) & (current < 0)
        self.times_added += comes
        self.times_removed += leaves
        self.added[number], self.removed[number] = self.residents[comes].sum(), self.residents[leaves].sum()
        off = self._difference(before.scores.composite, now.scores.composite) - self.difference
        there = ~np.isnan(off)
        off = np.where(there, off, 0.0)
        self.sums += off
        self.squares += off**2
        self.known += there
        self._add_events(earlier, current, len(before.areas), len(now.areas))
        for piece, (event, _area, place, _unit) in enumerate(self.pieces):
            changed = int(self.residents[place][(comes if event == ADDED else leaves)[place]].sum())
            self.times_of_piece[piece] += changed > 0 and changed >= HALF * self.residents[place].sum()
        if self.unchanged_stayers is not None and again is not None:
            self.unchanged_stayers[:, number] = self._exchanged(before, again)
        if self._of_before:
            self.unchanged[:, number] = self._exchanged(self._of_before[-1], before)
        # the first is kept for the last pair, and the one before for the next
        self._of_before[1:] = [before]
        if number == self.draws - 1:
            self.unchanged[:, 0] = self._exchanged(before, self._of_before[0])

    @cached_property
    def difference(self) -> Floats:
        """Of the composites as counted, shape (n_places,)."""
        return self._difference(self.before.made.scores.composite, self.now.made.scores.composite)

    def _difference(self, before: Floats, now: Floats) -> Floats:
        """Now less before by place; NaN under two rules, whose composites are of different scales."""
        if self.before.made.policy.sha256 != self.now.made.policy.sha256:
            return np.full(len(self.places), np.nan)
        result: Floats = np.append(now, np.nan)[self.places.of_now] - np.append(before, np.nan)[self.places.of_before]
        return result

    def _exchanged(self, one: Drawn, other: Drawn) -> tuple[int, int]:
        """Residents added and removed from one draw of the earlier year to another that comes after it."""
        areas, residents = other.areas, self.before.made.units.residents
        if self.before.remembers:
            memory = Memory(self.before.made.year, one.areas.area_of_unit, one.areas.until)
            areas = self.before.areas(other.units, other.scores, memory)
        first, second = one.areas.area_of_unit >= 0, areas.area_of_unit >= 0
        return int(residents[second & ~first].sum()), int(residents[first & ~second].sum())

    def _add_events(self, earlier: Ints, current: Ints, n_before: int, n_now: int) -> None:
        """Count the areas of the comparison that the same befalls in a pair."""
        either = np.flatnonzero((earlier >= 0) | (current >= 0))
        nothing = np.full(len(either), -1, dtype=np.int64)
        atoms = Atoms(
            np.empty(len(either), dtype=object), self.residents[either], earlier[either], current[either], nothing,
            nothing,
        )  # fmt: skip
        drawn = compare_atoms(_bare(self.before.made, n_before), _bare(self.now.made, n_now), atoms)
        real_now = np.append(self.now.made.areas.area_of_unit, -1)[self.places.of_now]
        real_before = np.append(self.before.made.areas.area_of_unit, -1)[self.places.of_before]
        n_real = len(self.now.made.areas)
        of_now = self._same(real_now, current, n_real, n_now)
        of_before = self._same(real_before, earlier, len(self.before.made.areas), n_before)
        for row, event in enumerate(self.changes.event):
            same, told = (
                (of_now[row], drawn.event)
                if self.changes.area[row] >= 0
                else (of_before[self.changes.previous[row][0]], drawn.event_of_previous)
            )
            self.times_of_event[row] += same >= 0 and set(event.split("+")) <= set(told[same].split("+"))

    def _same(self, real: Ints, drawn: Ints, n_real: int, n_drawn: int) -> Ints:
        """The drawn area that holds most of each real one's residents; -1 where fewer than half are in any."""
        closest = find_overlaps(real, drawn, self.residents, n_real, n_drawn).closest()
        whole, there = (total(label, self.residents, n_real) for label in (real, np.where(drawn >= 0, real, -1)))
        return np.where((there >= HALF * whole) & (there > 0), closest, -1)

    def told(self) -> SureChanges:
        """As `SureChanges` has it."""
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = (self.squares - self.sums**2 / self.known) / (self.known - 1)
        unknown = np.array([event == UNKNOWN for event in self.changes.event], dtype=bool)
        pieces = tuple(
            Piece(event, area, unit, int(self.residents[place].sum()), float(times / self.draws))
            for (event, area, place, unit), times in zip(self.pieces, self.times_of_piece, strict=True)
        )
        return SureChanges(
            before=self.before.made,
            now=self.now.made,
            changes=self.changes,
            places=self.places,
            inside=self.inside,
            residents=self.residents,
            pairs=self.draws,
            times_added=self.times_added,
            times_removed=self.times_removed,
            difference=self.difference,
            difference_se=np.where(self.known > 1, np.sqrt(np.maximum(variance, 0.0)), np.nan),
            added=self.added,
            removed=self.removed,
            unchanged=self.unchanged,
            unchanged_stayers=self.unchanged_stayers,
            p_event=np.where(unknown, np.nan, self.times_of_event / self.draws),
            pieces=pieces,
            drawn=self.earlier.drawn,
            seed=self.earlier.seed,
            shared=self.shared,
        )


def _bare(made: Designation, n_areas: int) -> AreaSet:
    """As much of a draw's areas as a comparison by places asks for."""
    none = np.empty(n_areas, dtype=object)
    return AreaSet(none, none, none, made.units.crs, made.year, np.full(n_areas, made.year, dtype=np.int64))


def _pieces(before: Designation, now: Designation, places: Places, inside: Flags) -> list[tuple[str, int, Ints, Ints]]:
    """Units that touch and came in, or left: what befell them, their area, their places and their units."""
    from udsat_geo.kernels.components import label_components

    found = []
    for event, made, unit_of_place, changed in (
        (ADDED, now, places.of_now, inside[1] & ~inside[0]),
        (REMOVED, before, places.of_before, inside[0] & ~inside[1]),
    ):
        flags = np.zeros(len(made.units), dtype=bool)
        flags[unit_of_place[changed]] = True
        piece, n_pieces = label_components(flags, made.edges.head, made.edges.tail)
        place = np.full(len(made.units), -1, dtype=np.int64)
        place[unit_of_place[changed]] = np.flatnonzero(changed)
        for number in range(n_pieces):
            units = np.flatnonzero(piece == number)
            found.append((event, int(made.areas.area_of_unit[units[0]]), place[units], units))
    return found


def changes_as_data(found: SureChanges) -> dict[str, Any]:
    """Everything as plain data, for JSON."""
    little = found.nothing_detectable
    told = {"added": found.residents_of(ADDED), "removed": found.residents_of(REMOVED)}
    events = [
        {"event": row.event, "area_id": row.area_id, "name": row.name, "p_event": None if np.isnan(p) else float(p)}
        for row, p in zip(found.rows, found.p_event, strict=True)
    ]
    pieces = [
        {
            "event": piece.event,
            "area_id": str((found.now if piece.event == ADDED else found.before).area_id[piece.area]),
            "units": len(piece.units),
            "residents": piece.residents,
            "p_event": piece.p_event,
        }
        for piece in found.pieces
    ]
    return {
        "previous_year": found.before.year,
        "drawn": found.drawn,
        "pairs": found.pairs,
        "seed": found.seed,
        "shared": found.shared,
        "residents": told,
        "residents_without_detectable_change": None
        if little is None
        else {event: found.residents_of(event, little) for event in told},
        "detected_from_standard_errors": DETECTED_AT,
        "unchanged_city": {
            "all_replaced": _exchange(found.unchanged),
            "leavers_replaced": None if found.unchanged_stayers is None else _exchange(found.unchanged_stayers),
        },
        "events": events,
        "pieces": pieces,
    }


def _exchange(residents: Ints) -> dict[str, Any]:
    """Means and intervals of residents added and removed, shape (2, n_pairs)."""
    return {
        name: {"mean": float(values.mean()), "interval": [float(end) for end in interval(values)]}
        for name, values in zip((ADDED, REMOVED), residents, strict=True)
    }


def change_layers(found: SureChanges) -> list[Layer]:
    """The layers ``change_certainty`` and ``piece_certainty``: areas that changed, and units that did and touch."""
    before, now, reach = found.before, found.now, found.now.policy.policy.areas.reach
    rows = found.rows
    areas = {
        "event": as_objects(row.event for row in rows),
        "area_id": as_objects(row.area_id for row in rows),
        "name": as_objects(row.name for row in rows),
        "residents_added": found.changes.residents_added,
        "residents_removed": found.changes.residents_removed,
        "residents_kept": found.changes.residents_kept,
        "p_event": found.p_event,
    }
    drawn = as_objects(as_multipolygon((before if row.gone else now).outline[row.number]) for row in rows)
    sides = [before if piece.event == REMOVED else now for piece in found.pieces]
    outlines = []
    for side, piece in zip(sides, found.pieces, strict=True):
        group = np.full(len(side.units), -1, dtype=np.int64)
        group[piece.units] = 0
        outlines.append(area_outlines(side.units, group, reach)[0])
    pieces = {
        "event": as_objects(piece.event for piece in found.pieces),
        "area_id": as_objects(side.area_id[piece.area] for side, piece in zip(sides, found.pieces, strict=True)),
        "residents": np.array([piece.residents for piece in found.pieces], dtype=np.int64),
        "units": np.array([len(piece.units) for piece in found.pieces], dtype=np.int64),
        "p_event": np.array([piece.p_event for piece in found.pieces], dtype=np.float64),
    }
    crs = now.units.crs
    return [
        Layer("change_certainty", as_table(areas, shapely.to_wkb(drawn)), "MultiPolygon", crs),
        Layer("piece_certainty", as_table(pieces, shapely.to_wkb(as_objects(outlines))), "MultiPolygon", crs),
    ]


LEVEL = 0.95
"""What intervals hold; own choice."""


def interval(values: Floats | Ints, level: float = LEVEL) -> Floats:
    """The middle share of what was drawn: its quantiles on both sides, shape (2, ...) of values (n_draws, ...)."""
    if values.size == 0:
        return np.zeros((2, *values.shape[1:]))
    beyond = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        return np.nanquantile(values, [beyond, 1 - beyond], axis=0, method="median_unbiased")
