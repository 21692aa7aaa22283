"""The classes that units and areas are coloured by: by composite, or by the number of criteria exceeded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal

BETTER = ("#b2abd2", "#d8daeb")
"""Purples of PuOr, the most first."""
WORSE = ("#fee0b6", "#fdb863", "#e08214", "#b35806", "#7f3b08")
"""Oranges of PuOr, the least first."""
_FAR = 1e18
"""Beyond any value: QGIS has no class without an end."""
_STEPS_ABOVE = 2
_USUAL = {"gap_sd": (-0.5, 0.0, 0.5, 1.0, 1.5, 2.0), "percentile": (20, 40, 60, 80), "exponential": (20, 40, 60, 80)}
"""Bounds where the policy has no thresholds on the composite: half a standard deviation, fifths of the scale."""
_USUAL_TURN = {"gap_sd": 0.5, "percentile": 60, "exponential": 60}
"""Where full orange begins there."""
_TOP_OF_SCALE = 100.0
"""Of the methods that rank."""
_SHARES = {0.0: "#f6f1e4", 0.05: "#c5dff3", 0.5: "#6fb7e6", 0.95: "#b8480a"}
"""Where classes of shares of draws begin, and their colours, those of the report's page: what is sure on either side of
what chance decides."""


@dataclass(frozen=True)
class ValueClass:
    """Values from `lower`, below `upper`."""

    lower: float
    upper: float
    colour: str
    label: str

    @property
    def last(self) -> float:
        """The greatest number below `upper`: QGIS counts both ends of a class in, but a threshold belongs above."""
        return math.nextafter(self.upper, -math.inf)


@dataclass(frozen=True)
class Classes:
    """Classes of the values of a column, from the least to the greatest."""

    column: str
    classes: tuple[ValueClass, ...]


def unit_classes(rule: Mapping[str, Any], n_criteria: int, language: str) -> Classes:
    """The classes of units: by composite, or without one by the number of criteria exceeded.

    Full orange begins at the threshold for an edge; what is next below it is pale orange, the rest purple. `rule` is
    that of the summary of a designation.
    """
    if rule["score"] == "none":
        return _by_criteria(rule, n_criteria)
    bounds = unit_bounds(rule)
    turn = _USUAL_TURN[rule["score"]] if rule["core"] is None else rule["edge"]
    scale = (*BETTER, *WORSE)
    first = scale.index(WORSE[1]) - sum(bound <= turn for bound in bounds)
    return Classes("composite", _classes(bounds, scale[max(first, 0) :], rule, language))


def share_classes(column: str, language: str) -> Classes:
    """The classes of a share of draws, or of variants of a policy: hardly ever, sooner not, sooner, sure."""
    bounds = (*list(_SHARES)[1:], _FAR)
    ends = [f"{decimal(100 * bound, 0, language)} %" for bound in bounds[:-1]]
    labels = [
        _("below {}", language).format(ends[0]),
        *(_("{} to {}", language).format(*pair) for pair in pairwise(ends)),
        _("{} and above", language).format(ends[-1]),
    ]
    rows = zip(_SHARES.items(), bounds, labels, strict=True)
    return Classes(column, tuple(ValueClass(low, high, colour, label) for (low, colour), high, label in rows))


def area_classes(rule: Mapping[str, Any], n_criteria: int, language: str) -> Classes:
    """The classes of areas: those of units from the threshold for an edge upwards, all below it as one."""
    units = unit_classes(rule, n_criteria, language)
    edge = rule["edge"]
    low = [] if edge is None or not math.isfinite(edge) else [one for one in units.classes if one.upper <= edge]
    if len(low) < 2:
        return units
    label = _("below {}", language).format(_written(edge, rule, language))
    return Classes(units.column, (ValueClass(-_FAR, edge, low[-1].colour, label), *units.classes[len(low) :]))


def unit_bounds(rule: Mapping[str, Any]) -> tuple[float, ...]:
    """Where one class of the composite ends and the next begins, in rising order."""
    core, edge = rule["core"], rule["edge"]
    if core is None or not math.isfinite(core) or not math.isfinite(edge):
        return _USUAL[rule["score"]]
    if rule["score"] != "gap_sd":
        return tuple(sorted({_short(edge / 2), edge, core, _short((core + _TOP_OF_SCALE) / 2)}))
    step = core - edge if core > edge else max(abs(core) / 2, 0.5)
    below = {-edge, 0.0} if edge > 0 else {_short(edge - step)}
    above = {_short(core + step * n) for n in range(1, _STEPS_ABOVE + 1)}
    return tuple(sorted({*below, edge, core, *above}))


def _short(bound: float) -> float:
    """A bound of our own without the last digits that reckoning leaves: 1.1, not 1.0999999999999999."""
    return round(bound, 6)


def _classes(
    bounds: Sequence[float], colours: Sequence[str], rule: Mapping[str, Any], language: str
) -> tuple[ValueClass, ...]:
    made = []
    for i, (lower, upper) in enumerate(pairwise((-_FAR, *bounds, _FAR))):
        low, high = (_written(value, rule, language) for value in (lower, upper))
        if lower == -_FAR:
            label = _("below {}", language).format(high)
        elif upper == _FAR:
            label = _("{} and above", language).format(low)
        else:
            label = _("{} to {}", language).format(low, high)
        if lower == rule["core"]:
            label += " (" + _("from the core threshold", language) + ")"
        elif lower == rule["edge"]:
            label += " (" + _("from the edge threshold", language) + ")"
        made.append(ValueClass(lower, upper, colours[min(i, len(colours) - 1)], label))
    return tuple(made)


def _by_criteria(rule: Mapping[str, Any], n_criteria: int) -> Classes:
    """Orange from the number of criteria that the rule demands."""
    demanded = min(max(int(rule["criteria"]), 1), max(n_criteria, 1))
    firsts = sorted({0, max(demanded - 1, 0), *range(demanded, min(demanded + len(WORSE) - 1, n_criteria) + 1)})
    orange = iter(WORSE[1:])
    made = []
    for first, beyond in zip(firsts, [*firsts[1:], None], strict=True):
        last = n_criteria if beyond is None else beyond - 1
        label = str(first) if first == last else f"{first}–{last}"
        below = BETTER[1] if first == 0 else WORSE[0]
        colour = below if first < demanded else next(orange, WORSE[-1])
        made.append(ValueClass(first - 0.5, _FAR if beyond is None else beyond - 0.5, colour, label))
    return Classes("criteria_exceeded", tuple(made))


def _written(value: float, rule: Mapping[str, Any], language: str) -> str:
    """A bound with the decimals that tell those of its rule apart."""
    bounds = unit_bounds(rule)
    digits = next((digits for digits in range(4) if all(round(bound, digits) == bound for bound in bounds)), 4)
    return decimal(value, digits, language).replace("-", "\N{MINUS SIGN}")
