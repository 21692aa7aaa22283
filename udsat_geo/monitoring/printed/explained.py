"""The published status report recomputed: every derived figure of it from its own printed inputs.

`checks` has the checks, this evaluates them and tries readings on what does not agree, `tables` writes it all down.
Nothing here knows in advance what does not agree.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import LANGUAGES, N_, _
from udsat_geo.monitoring.interval import Bound, Interval
from udsat_geo.monitoring.printed.checks import COUNTS, TOTALS, Alternative, Check, Words, declared_checks
from udsat_geo.monitoring.printed.figures import Notation, Report, read_report
from udsat_geo.monitoring.printed.formulas import Formula
from udsat_geo.policy.published import printed_2021

AS_PRINTED, WITHIN_ROUNDING, DISAGREES = "as_printed", "within_rounding", "disagrees"
VERDICTS = {
    AS_PRINTED: N_("agrees"),
    WITHIN_ROUNDING: N_("agrees within rounding"),
    DISAGREES: N_("does not agree"),
}
"""The printed figures give exactly what is printed; figures that may be printed so give one that may; none does."""


@dataclass(frozen=True)
class Explanation:
    """A reading that was tried on a disagreement and fits.

    Attributes
    ----------
    kind : str
        Which: `READING` for one that the check names, else one of those that follow it.
    says : mapping of str
        It in words, Danish and English, with figures.
    exactly : bool
        Whether it gives exactly what is printed, or fits within rounding only.
    """

    kind: str
    says: Words
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
    at_least : Fraction or float
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
    at_least: Bound
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
    computed = check.recomputed.value(report, rounded=True)
    as_printed = check.recomputed.plain_value(report)
    if check.printed.sign:
        surely, maybe = check.printed.holds(computed)
        verdict = AS_PRINTED if surely else WITHIN_ROUNDING if maybe else DISAGREES
        short_by = Fraction(0) if maybe else computed.distance(Interval.exactly(0))
        return Outcome(check, verdict, None, computed, as_printed, None, short_by)
    printed, value = check.printed.value(report, rounded=True), check.printed.plain_value(report)
    verdict = compare(check.printed, check.recomputed, report)
    return Outcome(check, verdict, printed, computed, as_printed, value - as_printed, printed.distance(computed))


def compare(printed: Formula, recomputed: Formula, report: Report) -> str:
    """The verdict on a printed figure and a formula; see `evaluate`."""
    value, result = (of.plain_value(report) for of in (printed, recomputed))
    if round_half_away(result, decimals_of(printed, recomputed, report)) == value:
        return AS_PRINTED
    here, there = (of.figure and report.figures[of.figure] for of in (printed, recomputed))
    if here and there and here.decimals == there.decimals and not (here.about or there.about):
        return DISAGREES
    may, can = (of.value(report, rounded=True) for of in (printed, recomputed))
    return DISAGREES if may.distance(can) else WITHIN_ROUNDING


def decimals_of(printed: Formula, recomputed: Formula, report: Report) -> int:
    """Decimals of the print; of a total that the print only implies, the most of the figures it is held against."""
    return most_decimals(recomputed if printed.is_number else printed, report)


def most_decimals(formula: Formula, report: Report) -> int:
    """The most decimals that a figure of a formula is printed with."""
    return max((report.figures[path].decimals for path in formula.paths), default=0)


def round_half_away(value: Fraction, decimals: int) -> Fraction:
    """Round as is taught in school: halves away from zero."""
    unit = Fraction(10) ** -decimals
    rounded = math.floor(abs(value) / unit + Fraction(1, 2)) * unit
    return rounded if value >= 0 else -rounded


READING, OTHER_YEAR, SIGN, SWAPPED, NEIGHBOUR, CARRIED_ON, EDGE = (
    "reading", "other_year", "sign", "swapped", "neighbour", "carried_on", "edge",
)  # fmt: skip
YEAR = re.compile(r"20\d\d(?=$|\.)")

Tried = tuple[str, bool, bool, Callable[[str], str]]
"""A reading that was tried: its kind, whether it fits, whether exactly, and it in the words of a language."""


def explain(outcome: Outcome, outcomes: dict[str, Outcome], report: Report) -> tuple[tuple[Explanation, ...], int]:
    """The readings that make a disagreement go away.

    Parameters
    ----------
    outcome : Outcome
        One that disagrees.
    outcomes : dict
        All outcomes by the id of their check.
    report : Report

    Returns
    -------
    explanations : tuple of Explanation
        Those that fit.
    tried : int
        How many were tried.
    """
    tried = [_alternative(outcome.check, alternative, report) for alternative in outcome.check.alternatives]
    if outcome.check.printed.figure is not None:
        tried += _other_years(outcome.check, report)
        fits = compare(outcome.check.printed, outcome.check.recomputed.negative(), report) == AS_PRINTED
        tried.append((SIGN, fits, fits, lambda language: _("Agrees with the opposite sign", language)))
        tried += _swapped(outcome.check, outcomes, report)
        tried += _neighbouring(outcome.check, outcomes, report)
        tried.append(_carried_on(outcome.check, outcomes))
        tried += _edge(outcome)
    found = tuple(
        Explanation(kind, {language: says(language) for language in LANGUAGES}, exactly)
        for kind, fits, exactly, says in tried
        if fits
    )
    return found, len(tried)


def _alternative(check: Check, alternative: Alternative, report: Report) -> Tried:
    of = alternative.of
    shown = of.value(report, rounded=False)
    if of.sign:
        fits, exactly = of.holds(shown)[0], of.holds(of.value(report, rounded=True))[0]
        least = most_decimals(of, report)
    elif check.printed.sign:
        raise TypeError(f"{check.id}: a stated direction needs conditions as alternatives")
    else:
        verdict = compare(check.printed, of, report)
        fits, exactly = verdict != DISAGREES, verdict == AS_PRINTED
        least = decimals_of(check.printed, check.recomputed, report)
    if alternative.provided is not None:
        fits = fits and alternative.provided.holds(alternative.provided.value(report, rounded=False))[0]
    if alternative.shows is not None:
        shown, least = alternative.shows.value(report, rounded=True), most_decimals(alternative.shows, report)
    return READING, fits, exactly, lambda lang: alternative.says[lang].format(value=_written(shown, least, lang))


def _written(interval: Interval, least: int, language: str) -> str:
    if interval.high - interval.low > 10:  # of dwellings, not of parts of one
        interval, least = Interval(Fraction(math.ceil(interval.low)), Fraction(math.floor(interval.high))), 0
    return Notation(language).interval(interval, least)


def _other_years(check: Check, report: Report) -> Iterator[Tried]:
    """Each input from another year, where there are so few that it says something; and all inputs from another year."""
    dated = [path for path in dict.fromkeys(check.recomputed.paths) if YEAR.search(path)]
    years = sorted({year for path in report.figures for year in YEAR.findall(path)})
    swaps = [{path: YEAR.sub(year, path)} for path in dated for year in years] if len(dated) <= 2 else []
    swaps += [{path: YEAR.sub(year, path) for path in dated} for year in years] if len(dated) > 1 else []
    for swap in swaps:
        if all(old != new and new in report.figures for old, new in swap.items()):
            yield _other_year(check, swap, report)


def _other_year(check: Check, swap: dict[str, str], report: Report) -> Tried:
    formula = check.recomputed.with_paths(swap)
    before, after = (YEAR.findall(path)[-1] for path in next(iter(swap.items())))

    def says(language: str) -> str:
        notation, least = Notation(language), decimals_of(check.printed, formula, report)
        given = {
            "formula": formula.text(report, notation.in_formula),
            "value": notation.shown(formula.plain_value(report), least),
        }
        told = _("Agrees if computed with {after} in place of {before}: {formula} = {value}", language)
        return told.format(before=before, after=after, **given)

    fits = compare(check.printed, formula, report) == AS_PRINTED
    return OTHER_YEAR, fits, fits, says


def _swapped(check: Check, outcomes: dict[str, Outcome], report: Report) -> Iterator[Tried]:
    """Two figures of one table, both in disagreement, that agree when each takes the place of the other."""
    swapped = N_("Agrees if swapped with {other} ({figure})")
    for other in (of.check for of in outcomes.values() if of.verdict == DISAGREES and of.check.place == check.place):
        if other.printed.figure not in (None, check.printed.figure):
            pairs = ((other.printed, check.recomputed), (check.printed, other.recomputed))
            fits = all(compare(printed, formula, report) == AS_PRINTED for printed, formula in pairs)
            yield SWAPPED, fits, fits, _naming(swapped, other, report)


def _naming(text: str, check: Check, report: Report) -> Callable[[str], str]:
    """What a marked text says of a check's figure, by language."""
    figure = report.figures[str(check.printed.figure)]
    return lambda language: _(text, language).format(
        other=_plain_cell(check, language), figure=Notation(language).figure(figure)
    )


def _plain_cell(check: Check, language: str) -> str:
    """The name of a cell without what it is held against."""
    return re.sub(r" \([^()]*\)$", "", check.cell[language])


def _neighbouring(check: Check, outcomes: dict[str, Outcome], report: Report) -> Iterator[Tried]:
    """The same figure in the field above, below, before or after."""
    same = N_("The same figure stands in the next field, {other}")
    own = str(check.printed.figure)
    if own.startswith(("table_", "goal.")):
        for path in neighbours(own, report):
            if path in outcomes:
                fits = report.figures[path].printed == report.figures[own].printed
                yield NEIGHBOUR, fits, fits, _naming(same, outcomes[path].check, report)


def neighbours(path: str, report: Report) -> list[str]:
    """Paths of the fields beside one in its row and in its column."""
    parts = path.split(".")
    found: list[str] = []
    for position in (len(parts) - 1, len(parts) - 2):
        kin = [
            other
            for other in report.figures
            if len(split := other.split(".")) == len(parts)
            and split[:position] + split[position + 1 :] == parts[:position] + parts[position + 1 :]
        ]
        at = kin.index(path)
        found += kin[max(0, at - 1) : at] + kin[at + 1 : at + 2]
    return found


def _carried_on(check: Check, outcomes: dict[str, Outcome]) -> Tried:
    """Figures computed from this one, all of which agree with it as it is printed."""
    uses = [
        other
        for other in outcomes.values()
        if check.printed.figure in other.check.recomputed.paths
        and not other.check.printed.sign
        and other.check.kind not in (TOTALS, COUNTS)
    ]

    def says(language: str) -> str:
        told = _("The figure was carried on as it stands ({others}): hardly a misprint, rather other inputs", language)
        return told.format(others="; ".join(_plain_cell(other.check, language) for other in uses))

    fits = bool(uses) and all(other.verdict != DISAGREES for other in uses)
    return CARRIED_ON, fits, fits, says


def _edge(outcome: Outcome) -> Iterator[Tried]:
    """One figure printed in two ways that share a single true figure."""
    if outcome.printed is None or outcome.check.recomputed.figure is None:
        return
    edge = outcome.printed.low if outcome.printed.low == outcome.computed.high else outcome.printed.high
    both = N_(
        "Both can be right only if the true figure is just {value}, rounded up in one place and down in the other"
    )
    fits = outcome.at_least == 0
    yield EDGE, fits, fits, lambda lang: _(both, lang).format(value=_written(Interval(edge, edge), 0, lang))


YEARS = (2021,)
"""Years whose report is in the package."""


@dataclass(frozen=True)
class Reproduction:
    """A report and what its checks came to.

    Attributes
    ----------
    year : int
    report : Report
    outcomes : tuple of Outcome
        In the order of the report's parts.
    """

    year: int
    report: Report
    outcomes: tuple[Outcome, ...]

    @property
    def disagreements(self) -> tuple[Outcome, ...]:
        """What does not agree."""
        return tuple(outcome for outcome in self.outcomes if outcome.verdict == DISAGREES)

    @property
    def checked(self) -> frozenset[str]:
        """Paths of the printed figures that are recomputed."""
        return frozenset(path for outcome in self.outcomes if (path := outcome.check.printed.figure) is not None)

    @property
    def used(self) -> frozenset[str]:
        """Paths of the printed figures that others, or statements of the text, are recomputed from."""
        return frozenset(path for outcome in self.outcomes for path in outcome.check.recomputed.paths)

    @property
    def alone(self) -> tuple[str, ...]:
        """Paths of the figures that nothing else in the report bears upon."""
        return tuple(path for path in self.report.figures if path not in self.checked | self.used)


def check_report_year(year: int) -> None:
    """Check that the report of a year is there.

    Raises
    ------
    InputError
    """
    if year not in YEARS:
        where, what = _("report of {year}").format(year=year), _("its figures are not in the package")
        known = ", ".join(str(known) for known in YEARS)
        raise InputError(Problem(where, what, _("There are those of {known}.").format(known=known)))


def reproduce(year: int = 2021) -> Reproduction:
    """Recompute a status report from its own printed figures.

    Parameters
    ----------
    year : int
        Of the report.

    Raises
    ------
    InputError
        If the package does not hold the report of that year.
    """
    check_report_year(year)
    report = read_report(printed_2021())
    return Reproduction(year, report, evaluate_all(declared_checks(report), report))


def evaluate_all(checks: tuple[Check, ...], report: Report) -> tuple[Outcome, ...]:
    """Evaluate checks over a report, and try readings on what does not agree."""
    outcomes = {check.id: evaluate(check, report) for check in checks}
    explained: list[Outcome] = []
    for outcome in outcomes.values():
        if outcome.verdict == DISAGREES:
            found, tried = explain(outcome, outcomes, report)
            outcome = dataclasses.replace(outcome, explanations=found, tried=tried)
        explained.append(outcome)
    return tuple(explained)
