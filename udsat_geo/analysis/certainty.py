"""How sure a designation is: the same rule over the same places with other households, or counts that fell otherwise.

What is drawn is in `udsat_geo.designation.draws`. Rates and areas are made of each draw as of the people themselves,
on the scale that was counted: a draw adds chance to what chance there is already, and would widen the spread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from udsat_geo.areas.ground import as_multipolygon
from udsat_geo.areas.roles import Areas
from udsat_geo.designation.designation import Designation, Progress, forming, remember
from udsat_geo.designation.draws import DRAWS, check_draws, draws_of
from udsat_geo.designation.job import Job, ran_before
from udsat_geo.designation.layers import Layer, as_table, unit_wkb
from udsat_geo.kernels.arrays import Floats, Ints, as_objects, total
from udsat_geo.messages.translate import _
from udsat_geo.scoring.scores import Scores, composite_of_rates, gaps, held_against, score_units
from udsat_geo.units.units import Units

SURE, LEVEL = 0.95, 0.95
"""The least share of the draws that designate what is sure; what intervals hold. Own choices."""
_HALF = 0.5
"""An area is there in a draw that designates at least this share of its residents."""
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
    """

    designation: Designation
    drawn: str
    draws: int
    seed: int
    held: tuple[str, ...]
    times: Ints
    composite_se: Floats
    times_of_area: Ints
    residents: Ints
    areas: Ints
    rate: Floats
    gap: Floats
    composite: Floats

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


def interval(values: Floats | Ints, level: float = LEVEL) -> Floats:
    """The middle share of what was drawn: its quantiles on both sides, shape (2, ...) of values (n_draws, ...)."""
    if values.size == 0:
        return np.zeros((2, *values.shape[1:]))
    beyond = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        return np.nanquantile(values, [beyond, 1 - beyond], axis=0, method="median_unbiased")


def take_certainty(
    designation: Designation, job: Job, draws: int = DRAWS, seed: int = 0, progress: Progress | None = None
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

    Raises
    ------
    InputError
        If there are too few draws, the seed is none, or nothing can be drawn.
    """
    check_draws(draws, seed)
    drawing = draws_of(designation, seed, threads=job.threads)
    rule, numbered = designation.policy.policy, designation.areas.area_of_unit
    form = _forming(designation, job)
    against = designation.scores.comparators.of_groups(numbered, len(designation.areas), drawing.units.residents).value
    taken = _Taken.empty(designation, draws)

    def one(number: int) -> tuple[Floats, Areas, Units, Floats]:
        again = drawing.of(number)
        scores, areas = form(again)
        rates = again.rates_of_groups(numbered, len(designation.areas))
        return scores.composite, areas, again, composite_of_rates(rates, scores, rule, against)

    done = 0
    with ThreadPoolExecutor(job.threads or None) as pool:
        for numbers in _parts(draws):
            for number, found in zip(numbers, pool.map(one, numbers), strict=True):
                taken.add(number, designation, *found)
            done += len(numbers)
            if progress is not None:
                progress(_("{done} of {draws} draws", job.language).format(done=done, draws=draws))
    return Certainty(designation, drawing.drawn, draws, seed, drawing.held, **taken.told())


def _parts(draws: int) -> Iterator[range]:
    for first in range(0, draws, _AT_A_TIME):
        yield range(first, min(first + _AT_A_TIME, draws))


def _forming(designation: Designation, job: Job) -> Callable[[Units], tuple[Scores, Areas]]:
    """What scores units and forms their areas as the designation was made."""
    made, rule = designation, designation.policy.policy
    before = made.previous
    memory = remember(before, made.units, made.year) if rule.incumbents.remembers else None
    looks_back = ran_before(job, made.year, made.inputs)
    crosswalk = None if before is None else before.crosswalk
    ran = None if looks_back is None else looks_back(made.units.unit_id, crosswalk)

    def form(units: Units) -> tuple[Scores, Areas]:
        counted = made.scores
        drawn = dataclasses.replace(score_units(units, rule, made.edges), city=counted.city, scale=counted.scale)
        scores = held_against(drawn, rule, counted.comparators, counted.spread)
        return scores, forming(units, made.edges, rule, made.surroundings, memory, ran)(scores)

    return form


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

    def add(
        self, number: int, made: Designation, composite: Floats, areas: Areas, units: Units, of_areas: Floats
    ) -> None:
        """One draw more."""
        inside, own = areas.area_of_unit >= 0, made.areas.area_of_unit
        self.times += inside
        known = ~np.isnan(composite)
        # about the composite as it was counted, so that little is lost
        off = np.where(known, composite - np.nan_to_num(made.scores.composite), 0.0)
        self.sums += off
        self.squares += off**2
        self.known += known
        here = total(np.where(inside, own, -1), units.residents, len(made.areas))
        self.times_of_area += (here >= _HALF * made.areas.residents) & (here > 0)
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
    }


def plain(value: float) -> float | None:
    """A number for JSON, which has no NaN."""
    return None if np.isnan(value) else float(value)


def certainty_layers(found: Certainty) -> list[Layer]:
    """The layers ``unit_certainty`` and ``area_certainty``, a row for each unit and each area."""
    made = found.designation
    area_id = as_objects([*made.area_id, None])[made.areas.area_of_unit]
    units = {
        "unit_id": made.units.unit_id,
        "residents": made.units.residents,
        "area_id": area_id,
        "composite": made.scores.composite,
        "composite_se": found.composite_se,
        "p_designated": found.p_designated,
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
    ]
