"""Areas that fell out: what they were, what their ground is like now, and why it is no area any more, in words."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.least_change import LeastChange, least_change
from udsat_geo.areas.roles import INCLUDED, REASON_TEXTS
from udsat_geo.changes.diff import UNKNOWN, ChangedArea, Changes, changed_areas
from udsat_geo.designation.designation import Designation, remember
from udsat_geo.kernels.arrays import Flags, Floats, Ints
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Criterion
from udsat_geo.scoring.indices import with_indices
from udsat_geo.scoring.scores import composite_of_rates, exceeds, gaps

_REASONS_TOLD, _CRITERIA_TOLD = 3, 2
"""How many reasons of units, and criteria that fell most, a reason names; own choices."""


@dataclass(frozen=True)
class Fallen:
    """An area of the previous designation that is none any more, as its units are now.

    Attributes
    ----------
    row : ChangedArea
        What the comparison says of it.
    before : AreaSet
        The designation that it was in.
    members : int64, shape (n_members,)
        Its units that are still there, in order.
    residents : int
        Of now.
    rate, gap : float64, shape (n_criteria,)
        Of its own residents now; the gap is to the rest of the city, which is all outside every area.
    composite : float
    exceeded : bool, shape (n_criteria,)
    residents_before : int
        In the year of the previous designation.
    composite_before : float
        NaN where it is not known.
    rate_before : tuple of float, length n_criteria
        NaN of what is not known.
    """

    row: ChangedArea
    before: AreaSet
    members: Ints
    residents: int
    rate: Floats
    gap: Floats
    composite: float
    exceeded: Flags
    residents_before: int
    composite_before: float
    rate_before: tuple[float, ...]


def compared(designation: Designation) -> tuple[Changes, AreaSet] | None:
    """The changes and the previous designation; None where there is none."""
    changes, before = designation.changes, designation.previous
    return None if changes is None or before is None else (changes, before)


def fallen_areas(designation: Designation, found: tuple[Changes, AreaSet] | None = None) -> tuple[Fallen, ...]:
    """The areas that are gone, in the order of the layer ``changes``; by default since the previous designation."""
    found = compared(designation) if found is None else found
    gone = [] if found is None else [row for row in changed_areas(*found, designation) if row.gone]
    if found is None or not gone:
        return ()
    before, units, scores, rule = found[1], designation.units, designation.scores, designation.policy.policy
    memory = remember(before, units, designation.year)
    area_of_unit = np.full(len(units), -1, dtype=np.int64) if memory is None else memory.area_of_unit
    residents_before, rest = before.residents, designation.status.rest_of_city
    told = []
    for row in gone:
        members = np.flatnonzero(area_of_unit == row.number)
        rate = with_indices(units.rates_of(members), scores.indices)
        against = scores.comparators.of_members(members, units.residents)
        last = (np.nan, (np.nan,) * len(rate))
        last = last if before.figures is None else before.figures.of(row.number, rule.keys)
        told.append(
            Fallen(
                row=row,
                before=before,
                members=members,
                residents=int(units.residents[members].sum()),
                rate=rate,
                gap=gaps(rate, np.asarray(rest), rule),
                composite=float(composite_of_rates(rate[None, :], scores, rule, against.value)[0]),
                exceeded=exceeds(rate[None, :], gaps(rate[None, :], against.value, rule), rule, against.limit)[0],
                residents_before=int(residents_before[row.number]),
                composite_before=last[0],
                rate_before=last[1],
            )
        )
    return tuple(told)


def fallen_reason(designation: Designation, fallen: Fallen) -> str:
    """Why an area is none any more: what its units fail, how far its composite fell, and by which criteria."""
    language, rule = designation.language, designation.policy.policy
    if fallen.row.event == UNKNOWN:
        return _("its zones are of its year alone: what became of them is not known", language)
    if not len(fallen.members):
        return _("none of its units is left", language)
    parts = _units_by_reason(designation, fallen)
    scored = designation.scores.composite[fallen.members]
    if not np.isnan(scored).all():
        text = _("highest composite {highest}, core from {core}", language)
        highest = decimal(float(np.nanmax(scored)), 2, language)
        parts.append(text.format(highest=highest, core=decimal(rule.rule.core_threshold, 2, language)))
    parts += fell_in_words(designation, fallen)
    n = int(fallen.exceeded[[criterion.counted for criterion in rule.criteria]].sum())
    text = _("{n} of {of} criteria exceeded", language).format(n=n, of=sum(c.counted for c in rule.criteria))
    asked = _(" (at least {least})", language).format(least=rule.rule.criteria)
    return "; ".join([*parts, text + (asked if rule.rule.criteria else "")])


def fell_in_words(designation: Designation, fallen: Fallen) -> list[str]:
    """How far its own composite fell, and by which criteria; nothing where one of the two is not known."""
    language, fell = designation.language, _criteria_that_fell(designation, fallen)
    if np.isnan([fallen.composite_before, fallen.composite]).any():
        return []
    text = _("its own composite from {then} in {year} to {now}", language)
    then, now = (decimal(value, 2, language) for value in (fallen.composite_before, fallen.composite))
    text = text.format(then=then, now=now, year=fallen.before.year)
    most = _(", most by {criteria}", language).format(criteria=_(" and ", language).join(fell))
    return [text + (most if fell else "")]


def _units_by_reason(designation: Designation, fallen: Fallen) -> list[str]:
    """What its units fail, the reason of most residents first."""
    areas, language = designation.areas, designation.language
    units: Counter[int] = Counter()
    residents: Counter[int] = Counter()
    for unit in fallen.members.tolist():
        reason = int(areas.reason[unit]) if areas.area_of_unit[unit] < 0 else -1
        units[reason] += 1
        residents[reason] += int(designation.units.residents[unit])
    text = _("{reason}: {n} of {of} units", language)
    order = sorted(units, key=lambda reason: (-residents[reason], -units[reason], reason))
    return [
        text.format(
            reason=_("now in another area", language) if reason < 0 else _(REASON_TEXTS[reason], language),
            n=decimal(units[reason], 0, language),
            of=decimal(len(fallen.members), 0, language),
        )
        for reason in order[:_REASONS_TOLD]
    ]


def _criteria_that_fell(designation: Designation, fallen: Fallen) -> list[str]:
    """The criteria whose gap to the whole city, on the scale of the composite, fell most, with both gaps."""
    figures = fallen.before.figures
    rule, scores, language = designation.policy.policy, designation.scores, designation.language
    # what an earlier designation compared with is known of the city alone
    if figures is None or not rule.compare.is_city:
        return []
    now = gaps(fallen.rate, scores.city, rule)
    city = np.array([figures.city.get(key, np.nan) for key in rule.keys])
    then = gaps(np.array(fallen.rate_before), city, rule)
    spread = np.array([figures.spread.get(key, np.nan) for key in rule.keys])
    weight = np.array([criterion.weight for criterion in rule.criteria])
    with np.errstate(divide="ignore", invalid="ignore"):
        fell = weight * (then / spread - now / scores.spread)
    order = [j for j in np.argsort(-fell, kind="stable").tolist() if fell[j] > 0 and np.isfinite(fell[j])]
    text = _("{label} (from {then} to {now} against the city)", language)
    return [
        text.format(
            label=rule.criteria[j].label_in(language),
            then=_signed(then[j], rule.criteria[j], language, unit=False),
            now=_signed(now[j], rule.criteria[j], language, unit=True),
        )
        for j in order[:_CRITERIA_TOLD]
    ]


def _signed(gap: float, criterion: Criterion, language: str, unit: bool) -> str:
    value = (100 if criterion.is_share else 1) * gap
    of = _(" points", language) if criterion.is_share else f" {criterion.unit}".rstrip()
    return f"{'+' if value >= 0 else '-'}{decimal(abs(value), 1, language)}{of if unit else ''}"


_TURNED = {
    (-1, True): N_("{label} {n} fewer"),
    (1, True): N_("{label} {n} more"),
    (-1, False): N_("{label} {n} {unit} less"),
    (1, False): N_("{label} {n} {unit} more"),
}
"""What would have to change of a criterion, by which way it goes, and whether it is a share."""


def least_of_areas(designation: Designation) -> list[str | None]:
    """What would take each area out, in words; None where no rule of this year holds it."""
    areas, n_areas = designation.areas, len(designation.areas)
    inside = np.flatnonzero(areas.area_of_unit >= 0)
    order = inside[np.argsort(areas.area_of_unit[inside], kind="stable")]
    bounds = np.searchsorted(areas.area_of_unit[order], np.arange(n_areas + 1))
    told: list[str | None] = []
    for number in range(n_areas):
        members = order[bounds[number] : bounds[number + 1]]
        held = areas.until[number] >= 0 or bool((areas.role[members] == INCLUDED).any())
        told.append(None if held else _least(designation, members, out=True))
    return told


def least_of_near_misses(designation: Designation) -> list[str | None]:
    """What would bring each near miss in, in words."""
    language, told = designation.language, []
    for miss in designation.near_misses:
        if miss.demand == "residents":
            text: str | None = _("{n} residents more", language).format(n=decimal(miss.short, 0, language))
        else:
            text = _least(designation, miss.members, out=False)
        told.append(text)
    return told


def least_of_fallen(designation: Designation, fallen: Fallen) -> str | None:
    """What would have kept an area, in words; None where only a decision keeps it out, or nothing of it is left."""
    outside = fallen.members[designation.areas.area_of_unit[fallen.members] < 0]
    return _least(designation, outside, out=False)


def _least(designation: Designation, members: Ints, out: bool) -> str | None:
    units, scores, rule = designation.units, designation.scores, designation.policy.policy
    found = least_change(members, out, units, scores, designation.edges, rule, designation.areas)
    return None if found is None else least_in_words(found, rule.criteria, designation.language)


def least_in_words(found: LeastChange, criteria: tuple[Criterion, ...], language: str) -> str:
    """A least change in words: by one criterion alone, those that count whole ones and take fewest first."""

    def one(j: int, n: int) -> str:
        criterion, step = criteria[j], found.step[j]
        # what is no share is told by its rate, rounded up: so much does suffice
        by = decimal(n, 0, language) if criterion.is_share else decimal(math.ceil(10 * n * abs(step)) / 10, 1, language)
        text = _TURNED[-1 if step < 0 else 1, criterion.is_share]
        shown = {"label": criterion.label_in(language), "n": by, "unit": criterion.unit}
        return " ".join(_(text, language).format(**shown).split())

    known = [(not criteria[j].is_share, n, j) for j, n in enumerate(found.alone) if n is not None]
    alone = [one(j, n) for _of_others, n, j in sorted(known)]
    parts = [_(", or ", language).join(alone)] if alone else [_("no criterion alone", language)]
    if found.together:
        several = _(" and ", language).join(one(j, n) for j, n in enumerate(found.together) if n)
        text = _("cheapest together: {changes} ({n} in all)", language)
        parts.append(text.format(changes=several, n=decimal(sum(found.together), 0, language)))
    return "; ".join(parts)
