"""The published status report recomputed: every derived figure of it from its own printed inputs.

`declared` lists the checks as data, `engine` evaluates them, `explanations` tries readings on what does not agree,
`tables` writes it all down. Nothing here knows in advance what does not agree.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.monitoring.printed.checks import COUNTS, TOTALS, Alternative, Check, Words, declared_checks
from udsat_geo.monitoring.printed.figures import (
    Condition,
    Expression,
    Figure,
    Interval,
    Notation,
    Number,
    Printed,
    Reading,
    Report,
    read_report,
)
from udsat_geo.policy.published import printed_2021

AS_PRINTED, WITHIN_ROUNDING, DISAGREES = "as_printed", "within_rounding", "disagrees"
VERDICTS = (AS_PRINTED, WITHIN_ROUNDING, DISAGREES)
"""The printed figures give exactly what is printed; figures that may be printed so give one that may; none does."""


@dataclass(frozen=True)
class Explanation:
    """A reading that was tried on a disagreement and fits.

    Attributes
    ----------
    kind : str
        Which: see `udsat_geo.monitoring.printed.explained`.
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


READING, OTHER_YEAR, SIGN, SWAPPED, NEIGHBOUR, CARRIED_ON, EDGE = (
    "reading", "other_year", "sign", "swapped", "neighbour", "carried_on", "edge",
)  # fmt: skip
YEAR = re.compile(r"20\d\d(?=$|\.)")

_OTHER_YEAR = Words(
    "Stemmer, hvis der regnes med {after} i stedet for {before}: {formula} = {value}",
    "Agrees if computed with {after} in place of {before}: {formula} = {value}",
)
_SIGN = Words("Stemmer med modsat fortegn", "Agrees with the opposite sign")
_SWAPPED = Words("Stemmer, hvis byttet om med {other} ({figure})", "Agrees if swapped with {other} ({figure})")
_NEIGHBOUR = Words("Samme tal står i nabofeltet {other}", "The same figure stands in the next field, {other}")
_CARRIED_ON = Words(
    "Tallet er regnet videre, som det står ({others}): næppe en trykfejl, men andre udgangstal",
    "The figure was carried on as it stands ({others}): hardly a misprint, rather other inputs",
)
_EDGE = Words(
    "Begge kan kun passe, hvis det sande tal er netop {value}, rundet op det ene sted og ned det andet",
    "Both can be right only if the true figure is just {value}, rounded up in one place and down in the other",
)


Texts = Callable[[], Iterable[str]]


class Told:
    """Collects the readings of one disagreement that fit, and counts those that were tried."""

    def __init__(self) -> None:
        self.found: list[Explanation] = []
        self.tried = 0

    def tell(self, kind: str, fits: bool, exactly: bool, texts: Texts) -> None:
        """Note a reading that was tried; its Danish and English text are made only if it fits."""
        self.tried += 1
        if fits:
            da, en = texts()
            self.found.append(Explanation(kind, da, en, exactly))


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
    told = Told()
    for alternative in outcome.check.alternatives:
        _try_alternative(outcome.check, alternative, report, told)
    figure = outcome.check.printed
    if isinstance(figure, Printed):
        _try_other_years(figure, outcome.check.recomputed, report, told)
        _try_sign(figure, outcome.check.recomputed, report, told)
        _try_swapped(figure, outcome.check, outcomes, report, told)
        _try_neighbours(figure, outcomes, report, told)
        _try_carried_on(figure, outcomes, told)
        _try_edge(outcome, told)
    return tuple(told.found), told.tried


def _try_alternative(check: Check, alternative: Alternative, report: Report, told: Told) -> None:
    of, rounded, plain = alternative.of, Reading(report, rounded=True), Reading(report, rounded=False)
    if isinstance(of, Condition):
        shown_value = of.of.value(plain)
        fits, exactly = of.holds(shown_value)[0], of.holds(of.of.value(rounded))[0]
        least = _most_decimals(of.of, report)
    elif isinstance(check.printed, Condition):
        raise TypeError(f"{check.id}: a stated direction needs conditions as alternatives")
    else:
        shown_value, verdict = of.value(plain), compare(check.printed, of, report)
        fits, exactly = verdict != DISAGREES, verdict == AS_PRINTED
        least = decimals_of(check.printed, check.recomputed, report)
    if alternative.provided is not None:
        fits = fits and alternative.provided.holds(alternative.provided.of.value(plain))[0]
    if alternative.shows is not None:
        shown_value, least = alternative.shows.value(rounded), _most_decimals(alternative.shows, report)
    told.tell(READING, fits, exactly, partial(_with_value, alternative.words, shown_value, least))


def _with_value(words: Words, value: Interval, least: int) -> Iterator[str]:
    for text, language in _both(words):
        yield text.format(value=_value(value, least, language))


def _value(interval: Interval, least: int, language: str) -> str:
    if interval.high - interval.low > 10:  # of dwellings, not of parts of one
        interval, least = Interval(Fraction(math.ceil(interval.low)), Fraction(math.floor(interval.high))), 0
    return Notation(language).interval(interval, least)


def _most_decimals(formula: Expression, report: Report) -> int:
    return max((report.figures[path].decimals for path in formula.paths()), default=0)


def _both(words: Words) -> Iterator[tuple[str, str]]:
    return zip(words, ("da", "en"), strict=True)


def _try_other_years(figure: Printed, formula: Expression, report: Report, told: Told) -> None:
    """Each input from another year, where there are so few that it says something; and all inputs from another year."""
    dated = [path for path in dict.fromkeys(formula.paths()) if YEAR.search(path)]
    years = sorted({year for path in report.figures for year in YEAR.findall(path)})
    swaps = [{path: YEAR.sub(year, path)} for path in dated for year in years] if len(dated) <= 2 else []
    swaps += [{path: YEAR.sub(year, path) for path in dated} for year in years] if len(dated) > 1 else []
    for swap in swaps:
        if all(old != new and new in report.figures for old, new in swap.items()):
            other = formula.with_paths(swap)
            fits = compare(figure, other, report) == AS_PRINTED
            told.tell(OTHER_YEAR, fits, fits, partial(_of_other_year, figure, other, swap, report))


def _of_other_year(figure: Printed, formula: Expression, swap: dict[str, str], report: Report) -> Iterator[str]:
    before, after = (YEAR.findall(path)[-1] for path in next(iter(swap.items())))
    value, least = formula.value(Reading(report, rounded=False)).low, decimals_of(figure, formula, report)
    for text, language in _both(_OTHER_YEAR):
        notation = Notation(language)
        written = formula.text(report, notation.in_formula)
        yield text.format(before=before, after=after, formula=written, value=notation.shown(value, least))


def _try_sign(figure: Printed, formula: Expression, report: Report, told: Told) -> None:
    fits = compare(figure, Number(0) - formula, report) == AS_PRINTED
    told.tell(SIGN, fits, fits, lambda: _SIGN)


def _try_swapped(figure: Printed, check: Check, outcomes: dict[str, Outcome], report: Report, told: Told) -> None:
    """Two figures of one table, both in disagreement, that agree when each takes the place of the other."""
    for other in outcomes.values():
        theirs = other.check.printed
        if other.verdict != DISAGREES or other.check.place != check.place or not isinstance(theirs, Printed):
            continue
        if theirs != figure:
            pairs = ((theirs, check.recomputed), (figure, other.check.recomputed))
            fits = all(compare(printed_one, formula, report) == AS_PRINTED for printed_one, formula in pairs)
            told.tell(SWAPPED, fits, fits, partial(_naming, _SWAPPED, other.check, report.figures[theirs.path]))


def _naming(words: Words, check: Check, figure: Figure) -> Iterator[str]:
    for text, language in _both(words):
        yield text.format(other=_plain_cell(check, language), figure=Notation(language).figure(figure))


def _plain_cell(check: Check, language: str) -> str:
    """The name of a cell without what it is held against."""
    return re.sub(r" \([^()]*\)$", "", check.cell.in_language(language))


def _try_neighbours(figure: Printed, outcomes: dict[str, Outcome], report: Report, told: Told) -> None:
    """The same figure in the field above, below, before or after."""
    if figure.path.startswith(("table_", "goal.")):
        for path in neighbours(figure.path, report):
            if path in outcomes:
                fits = report.figures[path].printed == report.figures[figure.path].printed
                texts = partial(_naming, _NEIGHBOUR, outcomes[path].check, report.figures[path])
                told.tell(NEIGHBOUR, fits, fits, texts)


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


def _try_carried_on(figure: Printed, outcomes: dict[str, Outcome], told: Told) -> None:
    """Figures computed from this one, all of which agree with it as it is printed."""
    uses = [
        other
        for other in outcomes.values()
        if figure.path in other.check.recomputed.paths()
        and not isinstance(other.check.printed, Condition)
        and other.check.kind not in (TOTALS, COUNTS)
    ]
    fits = bool(uses) and all(other.verdict != DISAGREES for other in uses)
    told.tell(CARRIED_ON, fits, fits, partial(_naming_all, _CARRIED_ON, [other.check for other in uses]))


def _naming_all(words: Words, checks: list[Check]) -> Iterator[str]:
    for text, language in _both(words):
        yield text.format(others="; ".join(_plain_cell(check, language) for check in checks))


def _try_edge(outcome: Outcome, told: Told) -> None:
    """One figure printed in two ways that share a single true figure."""
    if outcome.printed is None or not isinstance(outcome.check.recomputed, Printed):
        return
    edge = outcome.printed.low if outcome.printed.low == outcome.computed.high else outcome.printed.high
    fits = outcome.at_least == 0
    told.tell(EDGE, fits, fits, partial(_with_value, _EDGE, Interval.exactly(edge), 0))


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
        return frozenset(
            outcome.check.printed.path for outcome in self.outcomes if isinstance(outcome.check.printed, Printed)
        )

    @property
    def used(self) -> frozenset[str]:
        """Paths of the printed figures that others, or statements of the text, are recomputed from."""
        return frozenset(path for outcome in self.outcomes for path in outcome.check.recomputed.paths())

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
        known, what = ", ".join(str(known) for known in YEARS), "its figures are not in the package"
        raise InputError(Problem(f"report of {year}", what, f"There are those of {known}."))


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
    return Reproduction(year, report, evaluate_all(declared_checks(report.content), report))


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
