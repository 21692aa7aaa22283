"""How sure a designation is: the same rule over the same places with other households, or counts that fell otherwise.

What is drawn is in `udsat_geo.designation.draws`. Rates and areas are made of each draw as of the people themselves,
on the scale that was counted: a draw adds chance to what chance there is already, and would widen the spread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from udsat_geo.analysis.pairs import (
    HALF,
    LEVEL,
    Drawn,
    Forming,
    PairsTaken,
    SureChanges,
    change_layers,
    changes_as_data,
    interval,
)
from udsat_geo.areas.ground import as_multipolygon
from udsat_geo.changes.diff import compare
from udsat_geo.designation.designation import Designation, Progress
from udsat_geo.designation.draws import DRAWS, Chance, Draws, check_can_be_drawn, check_draws, draws_of
from udsat_geo.designation.job import Job, make_again, make_earlier
from udsat_geo.designation.layers import Layer, as_table, unit_wkb
from udsat_geo.kernels.arrays import Floats, Ints, as_objects, total
from udsat_geo.messages.translate import _
from udsat_geo.scoring.scores import composite_of_rates, gaps

SURE = 0.95
"""The least share of the draws that designate what is sure; own choice."""
_AT_A_TIME = 32
"""Draws that are held at once, so that memory does not grow with their number."""


@dataclass(frozen=True)
class Certainty:
    """What the draws say of a designation.

    Attributes
    ----------
    designation : Designation
    drawn : str
        One of `udsat_geo.designation.draws.KINDS`.
    draws, seed : int
    held : tuple of str
        Criteria that no draw changes, since they are no counts.
    by_margin : tuple of str
        Criteria that are drawn from stated margins of error.
    times : int64, shape (n_units,)
        Draws in which the unit is in an area.
    composite_se : float64, shape (n_units,)
        The standard deviation of the composite over the draws; NaN with fewer than two that have one.
    times_of_area : int64, shape (n_areas,)
        Draws that designate at least half of the area's residents.
    residents : int64, shape (n_draws,)
        Residents in areas.
    areas : int64, shape (n_draws,)
        How many areas.
    rate, gap : float64, shape (n_draws, n_areas, n_criteria)
        Of the areas as they were designated; the gap to the rest of the city.
    composite : float64, shape (n_draws, n_areas)
    changes : SureChanges or None
        Since an earlier designation, where they were drawn.
    """

    designation: Designation
    drawn: str
    draws: int
    seed: int
    held: tuple[str, ...]
    by_margin: tuple[str, ...]
    times: Ints
    composite_se: Floats
    times_of_area: Ints
    residents: Ints
    areas: Ints
    rate: Floats
    gap: Floats
    composite: Floats
    changes: SureChanges | None = None

    @property
    def p_designated(self) -> Floats:
        """The share of the draws in which each unit is in an area, shape (n_units,)."""
        return self.times / self.draws

    @property
    def p_area(self) -> Floats:
        """The share of the draws in which each area is there, shape (n_areas,)."""
        return self.times_of_area / self.draws

    def residents_of_areas(self, sure: bool) -> Ints:
        """Residents of each area who are surely in it, or who are not, shape (n_areas,)."""
        made = self.designation
        which = (self.p_designated >= SURE) == sure
        area = np.where(which, made.areas.area_of_unit, -1)
        return total(area, made.units.residents, len(made.areas))

    @property
    def grey_outside(self) -> int:
        """Residents outside all areas who are in one in more draws than `SURE` leaves."""
        grey = (self.designation.areas.area_of_unit < 0) & (self.p_designated > 1 - SURE)
        return int(self.designation.units.residents[grey].sum())

    @property
    def by_chance(self) -> tuple[float, float]:
        """Residents expected to leave the areas, and to come in, if chance falls otherwise."""
        inside, residents = self.designation.areas.area_of_unit >= 0, self.designation.units.residents
        p = self.p_designated
        return float((residents * (1 - p))[inside].sum()), float((residents * p)[~inside].sum())


def certainty_of(
    job: Job, draws: int = DRAWS, seed: int = 0, progress: Progress | None = None, drawn: str | None = None
) -> Certainty:
    """How sure the designation of a job is, and its changes since the one before where that can be made again.

    Parameters
    ----------
    job : Job
    draws, seed, progress, drawn
        As of `take_certainty`.

    Raises
    ------
    InputError
        If the input is at fault, there are too few draws, the seed is none, or nothing can be drawn.
    """
    check_draws(draws, seed)
    made = make_again(job, progress)
    check_can_be_drawn(made.policy.policy)
    before, notes = make_earlier(job, made, progress)
    if made.inputs.rests_on_sums:
        text = _("Sums by unit name nobody: counts are drawn, and where members of a household are alike, the "
                 "designation seems surer than it is.", job.language)  # fmt: skip
        notes = (*notes, text)
    made = dataclasses.replace(made, notes=(*made.notes, *notes))
    return take_certainty(made, job, draws, seed, progress, before, drawn)


def with_certainty(
    made: Designation, job: Job, draws: int = DRAWS, seed: int = 0, progress: Progress | None = None
) -> Designation:
    """A designation with how sure it is, which is written with it.

    Parameters
    ----------
    made : Designation
    job, draws, seed, progress
        As of `take_certainty`.

    Raises
    ------
    InputError
        If there are too few draws, the seed is none, or nothing can be drawn.
    """
    found = take_certainty(made, job, draws, seed, progress)
    chance = Chance(
        found.drawn,
        found.draws,
        found.seed,
        found.held,
        found.p_designated,
        found.composite_se,
        found.p_area,
        found.residents_of_areas(True),
        found.residents_of_areas(False),
        found.grey_outside,
        *found.by_chance,
    )
    return dataclasses.replace(made, chance=chance)


def take_certainty(
    designation: Designation,
    job: Job,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
    before: tuple[Designation, Job] | None = None,
    drawn: str | None = None,
) -> Certainty:
    """Draw anew and designate each draw.

    Parameters
    ----------
    designation : Designation
    job : Job
        That it was made by.
    draws : int
        At least 2.
    seed : int
    progress : callable, optional
    before : (Designation, Job), optional
        An earlier year and the job that it was made by: then changes since are drawn as well.
    drawn : str, optional
        One of `udsat_geo.designation.draws.KINDS`; without it households where there are registers, else counts.

    Raises
    ------
    InputError
        If there are too few draws, the seed is none, or nothing can be drawn.
    """
    check_draws(draws, seed)
    drawing = draws_of(designation, seed, drawn, job.threads, with_members=before is not None)
    form, pairs = Forming.of(designation, job), None
    if before is not None:
        pairs, drawing = _pairs(before, form, drawing, draws)
    rule, numbered = designation.policy.policy, designation.areas.area_of_unit
    against = designation.scores.comparators.of_groups(numbered, len(designation.areas), drawing.units.residents).value
    taken = _Taken.empty(designation, draws)

    def one(number: int) -> tuple[Drawn, Floats, tuple[Drawn, Drawn | None] | None]:
        now = form.draw(drawing.of(number))
        rates = now.units.rates_of_groups(numbered, len(designation.areas))
        then = None if pairs is None else pairs.draw(number)
        return now, composite_of_rates(rates, now.scores, rule, against), then

    done = 0
    with ThreadPoolExecutor(job.threads or None) as pool:
        for numbers in _parts(draws):
            for number, (now, of_areas, then) in zip(numbers, pool.map(one, numbers), strict=True):
                taken.add(number, designation, now, of_areas)
                if pairs is not None and then is not None:
                    pairs.add(number, then[0], now, then[1])
            done += len(numbers)
            if progress is not None:
                progress(_("{done} of {draws} draws", job.language).format(done=done, draws=draws))
    changed = None if pairs is None else pairs.told()
    drawn_by = (drawing.drawn, draws, seed, drawing.held, drawing.by_margin)
    return Certainty(designation, *drawn_by, **taken.told(), changes=changed)


def _pairs(before: tuple[Designation, Job], now: Forming, drawing: Draws, draws: int) -> tuple[PairsTaken, Draws]:
    """What pairs are taken of, and what is drawn of now beside the earlier year."""
    made, job = before
    earlier = draws_of(made, drawing.seed, drawing.drawn, job.threads, with_members=True)
    changes = compare(made.area_set(), now.made.area_set())
    return PairsTaken.empty(Forming.of(made, job), now, (earlier, drawing), changes, draws), drawing.after(earlier)


def _parts(draws: int) -> Iterator[range]:
    for first in range(0, draws, _AT_A_TIME):
        yield range(first, min(first + _AT_A_TIME, draws))


@dataclass
class _Taken:
    """What is kept of the draws, added to in their order."""

    times: Ints
    sums: Floats
    squares: Floats
    known: Ints
    times_of_area: Ints
    residents: Ints
    areas: Ints
    rate: Floats
    gap: Floats
    composite: Floats

    @staticmethod
    def empty(designation: Designation, draws: int) -> _Taken:
        """Before the first draw."""
        n_units, n_areas = len(designation.units), len(designation.areas)
        by_criterion = (draws, n_areas, len(designation.policy.policy.criteria))
        whole = [np.zeros(n, dtype=np.int64) for n in (n_units, n_units, n_areas, draws, draws)]
        return _Taken(
            times=whole[0],
            sums=np.zeros(n_units),
            squares=np.zeros(n_units),
            known=whole[1],
            times_of_area=whole[2],
            residents=whole[3],
            areas=whole[4],
            rate=np.zeros(by_criterion),
            gap=np.zeros(by_criterion),
            composite=np.zeros(by_criterion[:2]),
        )

    def add(self, number: int, made: Designation, drawn: Drawn, of_areas: Floats) -> None:
        """One draw more."""
        composite, areas, units = drawn.scores.composite, drawn.areas, drawn.units
        inside, own = areas.area_of_unit >= 0, made.areas.area_of_unit
        self.times += inside
        known = ~np.isnan(composite)
        # about the composite as it was counted, so that little is lost
        off = np.where(known, composite - np.nan_to_num(made.scores.composite), 0.0)
        self.sums += off
        self.squares += off**2
        self.known += known
        here = total(np.where(inside, own, -1), units.residents, len(made.areas))
        self.times_of_area += (here >= HALF * made.areas.residents) & (here > 0)
        self.residents[number] = units.residents[inside].sum()
        self.areas[number] = len(areas)
        self.rate[number] = units.rates_of_groups(own, len(made.areas))
        self.gap[number] = gaps(self.rate[number], units.rates_of(own < 0), made.policy.policy)
        self.composite[number] = of_areas

    def told(self) -> dict[str, Any]:
        """As `Certainty` has it."""
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = (self.squares - self.sums**2 / self.known) / (self.known - 1)
        se = np.where(self.known > 1, np.sqrt(np.maximum(variance, 0.0)), np.nan)
        names = ("times", "times_of_area", "residents", "areas", "rate", "gap", "composite")
        return {"composite_se": se, **{name: getattr(self, name) for name in names}}


def certainty_as_data(found: Certainty) -> dict[str, Any]:
    """Everything as plain data, for JSON."""
    made = found.designation
    policy = made.policy.policy
    leaving, coming = found.by_chance
    sure, grey = found.residents_of_areas(True), found.residents_of_areas(False)
    ends = {name: interval(getattr(found, name)) for name in ("rate", "gap", "composite")}
    areas = [
        {
            "area_id": made.area_id[i],
            "name": made.name[i],
            "residents": int(made.areas.residents[i]),
            "residents_sure": int(sure[i]),
            "residents_grey": int(grey[i]),
            "p_area": float(found.p_area[i]),
            "composite": plain(made.areas.composite[i]),
            "composite_interval": [plain(end) for end in ends["composite"][:, i]],
            "criteria": {
                key: {
                    "rate": plain(made.areas.rate[i, j]),
                    "rate_interval": [plain(end) for end in ends["rate"][:, i, j]],
                    "gap": plain(made.areas.gap[i, j]),
                    "gap_interval": [plain(end) for end in ends["gap"][:, i, j]],
                }
                for j, key in enumerate(policy.keys)
            },
        }
        for i in range(len(made.areas))
    ]
    return {
        "year": made.year,
        "policy": policy.id,
        "source": made.inputs.source,
        "drawn": found.drawn,
        "draws": found.draws,
        "seed": found.seed,
        "held": list(found.held),
        "by_margin": list(found.by_margin),
        "sure_from": SURE,
        "level": LEVEL,
        "residents_in_areas": made.status.residents_in_areas,
        "residents_sure": int(sure.sum()),
        "residents_grey": int(grey.sum()),
        "residents_grey_outside": found.grey_outside,
        "residents_leaving_by_chance": leaving,
        "residents_coming_by_chance": coming,
        "residents_interval": [float(end) for end in interval(found.residents)],
        "areas_interval": [float(end) for end in interval(found.areas)],
        "areas": areas,
        **({} if found.changes is None else {"changes": changes_as_data(found.changes)}),
    }


def plain(value: float) -> float | None:
    """A number for JSON, which has no NaN."""
    return None if np.isnan(value) else float(value)


def certainty_layers(found: Certainty) -> list[Layer]:
    """The layers ``unit_certainty`` and ``area_certainty``, and those of changes where they were drawn."""
    made = found.designation
    area_id = as_objects([*made.area_id, None])[made.areas.area_of_unit]
    units = {
        "unit_id": made.units.unit_id,
        "residents": made.units.residents,
        "area_id": area_id,
        "composite": made.scores.composite,
        "composite_se": found.composite_se,
        "p_designated": found.p_designated,
        **({} if found.changes is None else {"p_changed": found.changes.p_changed_of_units}),
    }
    low, high = interval(found.composite)
    areas = {
        "area_id": made.area_id,
        "name": made.name,
        "residents": made.areas.residents,
        "residents_sure": found.residents_of_areas(True),
        "residents_grey": found.residents_of_areas(False),
        "p_area": found.p_area,
        "composite": made.areas.composite,
        "composite_low": low,
        "composite_high": high,
    }
    shapes = as_objects(as_multipolygon(each) for each in made.outline)
    wkb, kind = unit_wkb(made.units)
    return [
        Layer("unit_certainty", as_table(units, wkb), kind, made.units.crs),
        Layer("area_certainty", as_table(areas, shapely.to_wkb(shapes)), "MultiPolygon", made.units.crs),
        *([] if found.changes is None else change_layers(found.changes)),
    ]
