"""One city tried by many settings: what settings share is found once, and the cells are laid anew where they vary."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from udsat_geo.designation.surroundings import Surroundings
from udsat_geo.kernels.arrays import Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Policy
from udsat_geo.scoring.scores import Scores, held_against, on_scale, score_units
from udsat_geo.units.edges import Edges, find_edges, uncut_edges
from udsat_geo.units.units import Units


@dataclass
class Trial:
    """What is the same whatever the settings; scores are kept as long as settings share them."""

    units: Units
    around: Surroundings
    _edges: dict[str, Edges] = field(default_factory=dict, init=False)
    _read: dict[Any, Scores] = field(default_factory=dict, init=False)
    _added_up: tuple[Any, Scores] | None = field(default=None, init=False)

    def edges(self, policy: Policy) -> Edges:
        """The edges that no barrier cuts."""
        kind = policy.areas.neighbours
        if kind not in self._edges:
            found, barriers = find_edges(self.units, policy), self.around.barriers
            self._edges[kind] = found if barriers is None else uncut_edges(found, self.units, barriers)
        return self._edges[kind]

    def scores(self, policy: Policy) -> Scores:
        """Rates read once for each context, and added up once for each choice of weights."""
        by_edges = policy.areas.neighbours if policy.context.method == "neighbours" else ""
        by_edges = policy.areas.neighbours if policy.rates.shrink == "local" else by_edges
        # what rates are placed among belongs to the method, and is read with them
        reading = (policy.context, policy.rates, policy.score.method, by_edges)
        if reading not in self._read:
            self._read[reading] = score_units(self.units, policy, self.edges(policy))
        adding = (reading, tuple((one.weight, one.counted) for one in policy.criteria))
        if self._added_up is None or self._added_up[0] != adding:
            self._added_up = (adding, _on_own_scale(self._read[reading], policy))
        return self._added_up[1]


def _on_own_scale(read: Scores, policy: Policy) -> Scores:
    """The same rates added up by a policy: on the year's own scale, or on numbers that it states and that decide."""
    held = policy.score.scale if policy.score.decides == "yardstick" else None
    if held is None:
        return held_against(read, policy, read.comparators, read.spread)
    city, spread = (np.array([of[key] for key in policy.keys]) for of in (held.city, held.spread))
    return on_scale(read, policy, city, spread)


def check_can_vary(policy: Policy, year: int) -> None:
    """Refuse what other settings cannot be tried by: criteria made of others, and a scale that is of another year.

    Raises
    ------
    InputError
    """
    score = policy.score
    for criterion in policy.criteria:
        if criterion.is_index:
            what = _("is an index, and other settings would make another one of its parts")
            remedy = _("Leave it out of the policy.")
            raise InputError(Problem(policy.place(f"criteria ({criterion.key})"), what, remedy))
    if score.decides == "yardstick" and score.scale is None and score.scale_of != year:
        what = _("decides by the scale of {year}, which would be another one for each setting")
        remedy = _('Write its numbers into [score.scale], or decides = "year".')
        raise InputError(Problem(policy.place("score.decides"), what.format(year=score.scale_of), remedy))


def told_of_memory(policy: Policy, language: str) -> tuple[str, ...]:
    """What a policy asks of earlier years, which no trial of other settings can know."""
    notes = []
    if policy.incumbents.remembers:
        notes.append(_("The policy remembers earlier areas; here all units are judged as new.", language))
    if policy.rule.years_running > 1:
        notes.append(_("The policy looks back on earlier years; here the year is judged by itself.", language))
    return tuple(notes)


def moved(around: Surroundings, east: float, north: float) -> Surroundings:
    """Surroundings as they lie about a city that is moved so many metres west and south.

    Moving the city under a grid is moving the grid the other way; nothing decided by hand comes along.
    """
    barriers, places, regions = around.barriers, around.places, around.regions
    if barriers is not None:
        by = {"easting": east, "northing": north}
        names = [f"{side}_{end}" for side in by for end in ("start", "end")] + [f"crossing_{side}" for side in by]
        shifted = {name: getattr(barriers, name) - next(by[side] for side in by if side in name) for name in names}
        barriers = dataclasses.replace(barriers, **shifted)
    if places is not None:
        places = dataclasses.replace(places, geometry=_shifted(places.geometry, east, north))
    if regions is not None:
        regions = dataclasses.replace(regions, geometry=_shifted(regions.geometry, east, north))
    return dataclasses.replace(around, barriers=barriers, places=places, regions=regions, overrides=None)


def _shifted(geometry: Objects, east: float, north: float) -> Objects:
    by: Callable[[Any], Any] = lambda xy: xy - (east, north)  # noqa: E731
    return as_objects(shapely.transform(geometry, by))
