"""The one engine: evaluates every declared check, and says what agrees."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

from udsat_geo.reproduction.checks import Check
from udsat_geo.reproduction.expressions import Condition, Expression, Number, Printed, Reading
from udsat_geo.reproduction.figures import Figure, Report
from udsat_geo.reproduction.intervals import Interval

AS_PRINTED, WITHIN_ROUNDING, DISAGREES = "as_printed", "within_rounding", "disagrees"
VERDICTS = (AS_PRINTED, WITHIN_ROUNDING, DISAGREES)
"""The printed figures give exactly what is printed; figures that may be printed so give one that may; none does."""


@dataclass(frozen=True)
class Explanation:
    """A reading that was tried on a disagreement and fits.

    Attributes
    ----------
    kind : str
        Which: see `udsat_geo.reproduction.explanations`.
    da, en : str
        It in words, with figures.
    exactly : bool
        Whether it gives exactly what is printed, or fits within rounding only.
    """

    kind: str
    da: str
    en: str
    exactly: bool


@dataclass(frozen=True)
class Outcome:
    """What a check came to.

    Attributes
    ----------
    check : Check
    verdict : str
        One of `VERDICTS`.
    printed : Interval or None
        All figures that may be printed as the checked one is; None for a stated direction.
    computed : Interval
        All results for inputs that may be printed as they are.
    as_printed : Fraction
        The result of the inputs as printed.
    difference : Fraction or None
        Printed less computed, both as printed; None for a stated direction.
    at_least : Fraction
        The least by which they differ whatever was rounded away; 0 where they agree.
    explanations : tuple of Explanation
        Readings that fit.
    tried : int
        How many readings were tried.
    """

    check: Check
    verdict: str
    printed: Interval | None
    computed: Interval
    as_printed: Fraction
    difference: Fraction | None
    at_least: Fraction
    explanations: tuple[Explanation, ...] = field(default=())
    tried: int = 0


def evaluate(check: Check, report: Report) -> Outcome:
    """Evaluate one check.

    A figure agrees as printed when the result of the printed inputs, rounded half away from zero to the decimals of the
    print, is the printed figure; within rounding when some inputs that may be printed so give a result that may be.
    One figure printed twice with as many decimals must read the same: no value can be printed in two ways. A
    stated direction agrees as printed when it holds for all figures that may be printed so, and within rounding when it
    holds for some.
    """
    computed = check.recomputed.value(Reading(report, rounded=True))
    as_printed = check.recomputed.value(Reading(report, rounded=False)).low
    if isinstance(check.printed, Condition):
        surely, maybe = check.printed.holds(computed)
        verdict = AS_PRINTED if surely else WITHIN_ROUNDING if maybe else DISAGREES
        return Outcome(check, verdict, None, computed, as_printed, None, check.printed.short_by(computed))
    printed = check.printed.value(Reading(report, rounded=True))
    value = check.printed.value(Reading(report, rounded=False)).low
    verdict = compare(check.printed, check.recomputed, report)
    return Outcome(check, verdict, printed, computed, as_printed, value - as_printed, printed.distance(computed))


def compare(printed: Expression, recomputed: Expression, report: Report) -> str:
    """The verdict on a printed figure and a formula; see `evaluate`."""
    value, result = (of.value(Reading(report, rounded=False)).low for of in (printed, recomputed))
    if round_half_away(result, decimals_of(printed, recomputed, report)) == value:
        return AS_PRINTED
    here, there = figure_of(printed, report), figure_of(recomputed, report)
    if here is not None and there is not None and here.decimals == there.decimals and not (here.about or there.about):
        return DISAGREES
    may, can = (of.value(Reading(report, rounded=True)) for of in (printed, recomputed))
    return WITHIN_ROUNDING if may.overlaps(can) else DISAGREES


def figure_of(of: Expression, report: Report) -> Figure | None:
    """The figure that a formula is, if it is a single one."""
    return report.figures[of.path] if isinstance(of, Printed) else None


def decimals_of(printed: Expression, recomputed: Expression, report: Report) -> int:
    """Decimals of the print; of a total that the print only implies, the most of the figures it is held against."""
    paths = list(recomputed.paths() if isinstance(printed, Number) else printed.paths())
    return max((report.figures[path].decimals for path in paths), default=0)


def round_half_away(value: Fraction, decimals: int) -> Fraction:
    """Round as is taught in school: halves away from zero."""
    unit = Fraction(10) ** -decimals
    rounded = math.floor(abs(value) / unit + Fraction(1, 2)) * unit
    return rounded if value >= 0 else -rounded
