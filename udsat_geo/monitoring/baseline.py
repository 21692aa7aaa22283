"""What each goal starts from in given areas, as Bilag 3 of the status report tells it of the areas drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from udsat_geo.monitoring.crossings import crossings_in
from udsat_geo.monitoring.goal_figures import Words
from udsat_geo.monitoring.goals import Account, Computed, Measured, rounded
from udsat_geo.monitoring.life import AREAS, CITY

Of = Literal["all", "each"]
"""The areas together, or each by itself as well."""

LEAST = 20
"""Residents of an area below which nothing is told of it by itself, as on the page; own choice."""


@dataclass(frozen=True)
class Start:
    """The figure that a goal starts from.

    Attributes
    ----------
    number : int
        Of the goal.
    key : str
    label : mapping of str
        ``da`` and ``en``.
    unit : str
        As of an indicator.
    areas, city : Decimal or None
        As shown; None where there is none, or too few have answered.
    of_area : tuple of Decimal or None, n_areas or none
        Of each area, where it is asked for and can be told.
    """

    number: int
    key: str
    label: Words
    unit: str
    areas: Decimal | None
    city: Decimal | None
    of_area: tuple[Decimal | None, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """The figures that all goals start from.

    Attributes
    ----------
    year : int
        The areas' own where it was measured, else the last one measured.
    of : {"all", "each"}
    starts : tuple of Start
        By goal; a goal without any has none.
    """

    year: int
    of: Of
    starts: tuple[Start, ...]

    @property
    def without(self) -> tuple[int, ...]:
        """Goals that no figure was found for."""
        found = {start.number for start in self.starts if start.areas is not None}
        return tuple(number for number in range(1, 19) if number not in found)


def baseline_of(account: Account, of: Of = "all") -> Baseline | None:
    """The figures that the goals start from.

    Parameters
    ----------
    account : Account
    of : {"all", "each"}
        Whether each area is told by itself as well.

    Returns
    -------
    Baseline or None
        None where nothing is computed.
    """
    if account.areas is None or not account.measured:
        return None
    year = account.areas.year if account.areas.year in account.years else account.years[-1]
    measured = next(each for each in account.measured if each.year == year)
    starts = [_start(computed, measured, of) for computed in account.computed]
    starts += [*_life(account, year), *_turnout(measured), *_crossings(account, of)]
    return Baseline(year, of, tuple(sorted(starts, key=lambda start: start.number)))


def _start(computed: Computed, measured: Measured, of: Of) -> Start:
    key, criterion = computed.criterion.key, computed.criterion
    is_known = key in measured.areas
    each: Sequence[Decimal | None] = ()
    if of == "each" and is_known:
        told = zip(measured.each, measured.residents_of_area.tolist(), strict=True)
        each = [computed.figure(ratios[key]) if residents >= LEAST else None for ratios, residents in told]
    return Start(
        computed.rule.number,
        key,
        {language: criterion.label_in(language) for language in ("da", "en")},
        computed.unit,
        computed.figure(measured.areas[key]) if is_known else None,
        computed.figure(measured.city(key)) if is_known else None,
        tuple(each),
    )


def _life(account: Account, year: int) -> list[Start]:
    """Goal 3, from the latest tables that are no later than the year."""
    life = None if account.goals is None else account.goals.life
    if life is None:
        return []
    starts = []
    for key in dict.fromkeys(key for key, _year in life.rows):
        latest = max((of for row, of in life.rows if row == key and of <= year), default=None)
        published = account.published.indicator(3, key)
        if latest is not None and published is not None:
            found = [life.figure(key, latest, place) for place in (AREAS, CITY)]
            areas, city = (None if each is None else each.shown for each in found)
            starts.append(Start(3, key, published.label, published.unit, areas, city))
    return starts


def _turnout(measured: Measured) -> list[Start]:
    polling = measured.polling
    if polling is None or polling.turnout_in_areas is None or polling.turnout is None:
        return []
    areas, city = (rounded(100 * share, 1) for share in (polling.turnout_in_areas, polling.turnout))
    return [Start(15, "turnout", {"da": "Valgdeltagelse", "en": "Turnout"}, "%", areas, city)]


def _crossings(account: Account, of: Of) -> list[Start]:
    """Goal 16; its file of barriers is not of a year."""
    if account.barriers is None or account.goals is None or account.areas is None:
        return []
    rule, barriers, outline = account.goals.crossings, account.barriers, account.areas.outline
    places = [account.crossings_in_areas, account.crossings_of_city]
    if of == "each":
        places += [crossings_in(barriers, outline[[i]], rule) for i in range(len(outline))]
    per_km = [None if each is None or each.per_km is None else rounded(each.per_km, 1) for each in places]
    label = {"da": "Overgange pr. km barriere", "en": "Crossings per km of barrier"}
    return [Start(16, "crossings_per_km", label, "per_km", per_km[0], per_km[1], tuple(per_km[2:]))]
